import { createPrivateKey, randomBytes } from 'node:crypto';
import type { ReadInput } from '../../request/parsers.ts';
import type { InputName } from '../../request/schema.ts';
import { sanitize } from '../../redaction.ts';
import { CliError } from '../errors.ts';
import { gh } from '../gh.ts';
import { variableOf } from '../inputs.ts';
import { progress as showProgress } from '../io.ts';
import { describeRepository, ghFlags } from '../repository.ts';
import type { Plan } from './plan.ts';
import { createEnvironment } from './github.ts';
import { repositoryOf, type GitHubTarget, type SavedSet } from './saved-set.ts';
import { succeed, warn, type Session } from './session.ts';
import { publicValues } from './values.ts';

interface Entry {
  readonly kind: 'secret' | 'variable';
  readonly name: string;
  readonly value: string;
}

/** The name of the secret that seals tokens for other jobs. The command line has no such input. */
const SEAL_KEY = 'SPRINKLR_SEAL_KEY';

/** Stores the set in GitHub, and then deletes its folder. */
export async function store(
  set: SavedSet,
  { read, plan }: { read: ReadInput; plan: Plan },
  session: Session,
): Promise<void> {
  const { io, context, interruption, progress } = session;
  const { secrets } = context;
  const repository = repositoryOf(plan.target as GitHubTarget);
  const where = describeRepository(repository);
  const entries = entriesOf(set, read, plan);
  const names = entries.map(({ name }) => name);
  progress.remaining = names;
  if (plan.github?.isEnvironmentMissing === true) {
    await createEnvironment(repository, io);
    succeed(session, `Created the environment ${repository.environment ?? ''}.`);
  }
  for (const [index, { kind, name, value }] of entries.entries()) {
    interruption.check();
    if (kind === 'secret') secrets.mask(value);
    showProgress(io, `Storing ${name}`);
    try {
      await gh(io, [kind, 'set', name, ...ghFlags(repository)], { input: value });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const problem = `Cannot store ${name} in ${where}. ${sanitize(error.message, secrets)}`;
      throw new CliError(problem, 'Fix this, then continue with the command below.');
    }
    progress.remaining = names.slice(index + 1);
    await set.update({ stored: [...new Set([...set.state.stored, name])] }, io);
  }
  const list = (kind: Entry['kind']): string =>
    entries.flatMap((entry) => (entry.kind === kind ? [entry.name] : [])).join(', ');
  succeed(
    session,
    `Stored in ${where}.`,
    `secrets    ${list('secret')}`,
    `variables  ${list('variable')}`,
    `${SEAL_KEY} is a random key. With it, a job can pass its token to other jobs, encrypted.`,
  );
  await deleteFolder(set, session);
}

/** The App ID is last: a repository that has it has everything. */
function entriesOf(set: SavedSet, read: ReadInput, { values }: Plan): Entry[] {
  const key = createPrivateKey(set.privateKeyPem).export({ type: 'pkcs8', format: 'der' });
  const secret = (name: InputName, value: string): Entry => ({
    kind: 'secret',
    name: variableOf(name),
    value,
  });
  const variable = (name: string, value: string): Entry => ({
    kind: 'variable',
    name: variableOf(name as InputName),
    value,
  });
  return [
    secret('private-key', key.toString('base64')),
    secret('api-key', read('api-key')),
    secret('api-secret', read('api-secret')),
    { kind: 'secret', name: SEAL_KEY, value: randomBytes(32).toString('base64') },
    variable('certificate', set.certificatePem),
    ...Object.entries(publicValues(values)).map(([name, value]) => variable(name, value)),
    variable('app-id', set.state.appId ?? ''),
  ];
}

/** Nothing needs the folder anymore. It stays if someone added a file to it. */
export async function deleteFolder(set: SavedSet, session: Session): Promise<void> {
  try {
    await set.delete();
  } catch {
    warn(
      session,
      `Everything is stored, but ${set.folder} could not be deleted. Delete it yourself: it can contain the private key.`,
    );
    return;
  }
  session.progress.isFolderDeleted = true;
  succeed(session, `Deleted ${set.folder}.`);
}
