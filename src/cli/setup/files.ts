import { chmod } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatVariable } from '../env-file.ts';
import { CliError, usageError } from '../errors.ts';
import { checkFolder, writeFiles } from '../files.ts';
import { note } from '../io.ts';
import { quoteForBash } from '../quoting.ts';
import type { SavedSet } from './saved-set.ts';
import { deleteFolder } from './store.ts';
import { succeed, type Session } from './session.ts';
import { publicValues, type SetupValues } from './values.ts';
import { variableOf } from '../inputs.ts';
import type { InputName } from '../../request/schema.ts';

/** Checks that files can be created in a folder, and that it is new or empty. @throws {CliError} */
export function checkNewFolder(folder: string): void {
  checkFolder(folder, [], { replace: false });
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw usageError(
      `${folder} is not an empty folder. setup never replaces files.`,
      'Pass a folder that is new or empty: --files DIR.',
    );
}

/** Writes the set to a folder instead of storing it in GitHub, and then deletes the set's own folder. */
export async function writeSetFiles(
  set: SavedSet,
  { values, folder }: { values: SetupValues; folder: string },
  session: Session,
): Promise<void> {
  const { io, progress } = session;
  const all = { values, folder, appId: set.state.appId ?? '' };
  const files = [
    // First: git must not see a key, not even for a moment.
    { name: '.gitignore', content: '*\n', secret: true },
    { name: 'server.key', content: set.privateKeyPem, secret: true },
    { name: 'server.crt', content: set.certificatePem, secret: true },
    { name: '.env', content: environmentFile(all), secret: true },
  ];
  try {
    checkNewFolder(folder);
    await writeFiles(folder, files, { replace: false, io });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { message, exitCode } = error;
    const remedy = 'Fix this, or use another folder: add --files OTHER to the command below.';
    throw new CliError(message, remedy, { exitCode, cause: error });
  }
  // The folder may already have existed.
  await chmod(folder, 0o700);
  progress.files = files.map(({ name }) => join(folder, name));
  succeed(
    session,
    `Wrote ${folder}. Only you can read it, and git ignores it.`,
    'server.key  the private key',
    'server.crt  the certificate',
    '.env        the variables of the command line, for your shell',
  );
  await deleteFolder(set, session);
  note(io, '', ...variableInstructions(all));
}

/** Checks that the `.env` file can be written. @throws {CliError} usage error */
export function checkEnvironmentFile(values: SetupValues, folder: string): void {
  environmentFile({ values, folder, appId: '' });
}

interface SetFiles {
  readonly values: SetupValues;
  readonly folder: string;
  readonly appId: string;
}

/** With the key in a separate file. */
function variablesOf({ values, folder, appId }: SetFiles): Record<string, string> {
  const text = (name: InputName): string => values.get(name)?.text.trim() ?? '';
  return {
    SPRINKLR_PRIVATE_KEY_FILE: join(folder, 'server.key'),
    SPRINKLR_CERTIFICATE_FILE: join(folder, 'server.crt'),
    SPRINKLR_APP_ID: appId,
    ...publicVariables(values),
    SPRINKLR_API_KEY: text('api-key'),
    SPRINKLR_API_SECRET: text('api-secret'),
  };
}

function publicVariables(values: SetupValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(publicValues(values)).map(([name, value]) => [variableOf(name as InputName), value]),
  );
}

/** The `.env` file, for POSIX shells and dotenv parsers. @throws {CliError} usage error */
function environmentFile(set: SetFiles): string {
  const lines = Object.entries(variablesOf(set)).map(([name, value]) => {
    const line = formatVariable(name, value);
    if (line !== undefined) return line;
    throw usageError(
      `The value of ${name} contains quotes or backslashes that no dotenv parser can read.`,
      'Omit --files, or use a value without quotes and backslashes.',
    );
  });
  return lines.join('');
}

function variableInstructions({ values, folder, appId }: SetFiles): string[] {
  const lines = {
    SPRINKLR_APP_ID: appId,
    ...publicVariables(values),
    SPRINKLR_CERTIFICATE: `the content of ${join(folder, 'server.crt')}`,
    SPRINKLR_API_KEY: 'the API key (secret)',
    SPRINKLR_API_SECRET: 'the API secret (secret)',
    SPRINKLR_PRIVATE_KEY_FILE: `a file with the content of ${join(folder, 'server.key')} (secret)`,
  };
  return [
    'Create these variables in your CI system:',
    '',
    ...Object.entries(lines).map(([name, value]) => `  ${name.padEnd(26)} ${value}`),
    '',
    'GitLab: in Settings > CI/CD > Variables. API key and secret: masked and hidden. The key: type File, protected.',
    'Jenkins: store the API key and secret as Secret text credentials, and the key as a Secret file credential. Bind them with withCredentials.',
    'Azure Pipelines: API key and secret as secret variables, mapped with env. The key as a secure file (DownloadSecureFile@1).',
    '',
    `To load them in a POSIX shell: set -a; . ${quoteForBash(join(folder, '.env'))}; set +a`,
    'Then run your command with a token: npx @org/sprinklr-token@1 exec -- COMMAND',
  ];
}
