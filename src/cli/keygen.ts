import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { generateKeyMaterial, type KeyMaterial, type Subject } from '../credentials/keygen.ts';
import { CliError, usageError } from './errors.ts';
import { checkFolder, writeFiles, type NewFile } from './files.ts';
import { gh, requireGh } from './gh.ts';
import { note, print, progress, type Io } from './io.ts';
import { deleteCommands, SECRET, storeCommands, VARIABLE } from './keygen/instructions.ts';
import { integerOption } from './options.ts';
import { ask, isInteractive } from './prompts.ts';
import { describeRepository, ghFlags, parseRepository, type Repository } from './repository.ts';
import { requireIgnored } from './work-tree.ts';

const KEY_FILES = ['server.key', 'server.der'];
const ALL_FILES = [...KEY_FILES, 'server.csr', 'server.crt'];

interface Options {
  readonly commonName?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  readonly country?: string;
  readonly state?: string;
  readonly locality?: string;
  readonly email?: string;
  readonly days: number;
  readonly bits: string;
  readonly folder?: string;
  readonly force?: true;
  readonly secretsTo?: string;
  readonly env?: string;
  /** False for `--no-files`. */
  readonly files: boolean;
}

/** Creates the key, certificate request, and certificate of the guide's step 3, without openssl. */
export function addKeygen(program: Command, io: Io): Command {
  return program
    .command('keygen')
    .summary('create a key and a certificate, and store them in GitHub')
    .description(
      "Creates what step 3 of Sprinklr's guide creates, without openssl: a private key (server.key, and server.der for " +
        'the secret), a certificate request (server.csr), and a self-signed certificate (server.crt).',
    )
    .option('--common-name <text>', "the certificate's common name; without it, keygen asks")
    .option('--organization <text>', 'organization')
    .option('--organizational-unit <text>', 'organizational unit')
    .option('--country <code>', 'country, two letters')
    .option('--state <text>', 'state or province')
    .option('--locality <text>', 'city')
    .option('--email <address>', 'email address')
    .addOption(
      integerOption('days', 'days until the certificate expires', { min: 1, max: 3650, default: 365 }),
    )
    .addOption(
      new Option('--bits <number>', 'length of the key')
        .choices(['2048', '3072', '4096'])
        .default('2048', '2048'),
    )
    .option(
      '--folder <dir>',
      'folder for the files (default: the current folder). In a git work tree, git must ignore the key files',
    )
    .option('--force', 'replace existing files and, with --secrets-to, the stored secret and variable')
    .option(
      '--secrets-to <OWNER/REPO>',
      `store the key as the secret ${SECRET} and the certificate as the variable ${VARIABLE}, with the GitHub CLI (gh)`,
    )
    .option('--env <name>', 'with --secrets-to: store them in this environment of the repository')
    .option('--no-files', 'with --secrets-to: keep no files, and print the certificate')
    .addHelpText(
      'before',
      `Examples:
  sprinklr-token keygen --common-name sprinklr-ci --folder ../sprinklr-key
  sprinklr-token keygen --common-name sprinklr-ci --secrets-to OWNER/REPO --no-files > server.crt
`,
    )
    .action((options: Options) => keygen(options, io));
}

async function keygen(options: Options, io: Io): Promise<void> {
  const repository = parseTarget(options);
  const folder = parseFolder(options, repository, io);
  const replace = options.force === true;
  requireName(options, io);
  if (folder !== undefined) {
    checkFolder(folder, ALL_FILES, { replace });
    requireIgnored(folder, KEY_FILES, io);
  }
  if (repository !== undefined) await requireStorable(io, repository, { replace });

  const subject = await askSubject(subjectOf(options), io);
  progress(io, `Generating a ${options.bits}-bit key`);
  const material = await generateKeyMaterial({
    subject,
    days: options.days,
    bits: Number(options.bits),
    now: io.now(),
  });
  if (folder !== undefined) await writeFiles(folder, filesOf(material), { replace, io });
  note(
    io,
    `Created an RSA key (${options.bits} bits) and a self-signed certificate for ${subject.commonName}.`,
    `  fingerprint  ${material.fingerprint} (SHA-256)`,
    `  expires      ${material.expiresAt.toISOString()}`,
    ...(folder === undefined ? [] : describeFiles(folder)),
    '',
  );
  if (repository !== undefined) {
    await storeMaterial(io, material, { repository, folder });
    note(
      io,
      `Stored in ${describeRepository(repository)}: the secret ${SECRET} and the variable ${VARIABLE}.`,
    );
  }
  if (folder === undefined) {
    note(io, 'No copy of the key was kept, and GitHub never shows a secret again.');
    print(io, material.certificatePem.trimEnd());
  } else {
    if (repository === undefined) note(io, ...storeCommands(folder));
    note(io, '', ...deleteCommands(folder));
  }
  note(
    io,
    '',
    'Next step: register the certificate with "sprinklr-token register". Add --dispatch to register it in a workflow.',
  );
}

function parseTarget({ secretsTo, env }: Options): Repository | undefined {
  if (secretsTo === undefined) {
    if (env === undefined) return undefined;
    throw usageError('--env requires --secrets-to.', 'Add --secrets-to OWNER/REPO.');
  }
  // An empty name, for example from an unset variable, must not select the whole repository.
  if (env?.trim() === '')
    throw usageError('--env is empty.', 'Pass the name of an environment of the repository.');
  return { ...parseRepository(secretsTo, '--secrets-to'), environment: env?.trim() };
}

/** @returns an absolute path; undefined for `--no-files` */
function parseFolder(options: Options, repository: Repository | undefined, io: Io): string | undefined {
  if (options.files) return resolve(io.cwd, options.folder ?? '');
  if (repository === undefined)
    throw usageError(
      '--no-files requires --secrets-to. Otherwise the key would be lost.',
      'Add --secrets-to OWNER/REPO.',
    );
  if (options.folder !== undefined)
    throw usageError('--no-files and --folder contradict each other.', 'Omit one of them.');
  return undefined;
}

function requireName({ commonName = '' }: Options, io: Io): void {
  if (commonName.trim() !== '' || isInteractive(io)) return;
  throw usageError(
    '--common-name is missing, and there is no terminal to ask on.',
    'Pass a name for the certificate, such as --common-name sprinklr-ci.',
  );
}

function subjectOf(options: Options): Subject {
  const trim = (text = ''): string => text.trim();
  return {
    commonName: trim(options.commonName),
    organization: trim(options.organization),
    organizationalUnit: trim(options.organizationalUnit),
    country: trim(options.country),
    state: trim(options.state),
    locality: trim(options.locality),
    emailAddress: trim(options.email),
  };
}

/** Asks for what is missing, unless the common name is a flag. */
async function askSubject(given: Subject, io: Io): Promise<Subject> {
  if (given.commonName !== '') return given;
  const commonName = await ask(io, {
    message: 'Common name of the certificate',
    placeholder: 'sprinklr-ci',
    validate: (answer) => (answer === '' ? 'Enter a name.' : undefined),
  });
  const { organization = '', country = '' } = given;
  return {
    ...given,
    commonName,
    organization:
      organization === '' ? await ask(io, { message: 'Organization (Enter for none)' }) : organization,
    country:
      country === ''
        ? await ask(io, {
            message: 'Country, two letters (Enter for none)',
            validate: (answer) =>
              /^([a-z]{2})?$/i.test(answer) ? undefined : 'Enter two letters, such as US, or nothing.',
          })
        : country,
  };
}

function filesOf(material: KeyMaterial): NewFile[] {
  return [
    { name: 'server.csr', content: material.certificateRequestPem, secret: false },
    { name: 'server.crt', content: material.certificatePem, secret: false },
    { name: 'server.key', content: material.privateKeyPem, secret: true },
    { name: 'server.der', content: material.privateKeyDer, secret: true },
  ];
}

function describeFiles(folder: string): string[] {
  return [
    `  folder       ${folder}`,
    '  server.key   the private key',
    '  server.der   the same key; its base64 goes into the secret',
    '  server.csr   the certificate request; no longer needed',
    '  server.crt   the certificate to register; public',
  ];
}

/**
 * Checks that gh can store both and that nothing would be lost. GitHub never shows a secret again, and after it is
 * replaced, jobs fail until the new certificate is registered.
 */
async function requireStorable(
  io: Io,
  repository: Repository,
  { replace }: { replace: boolean },
): Promise<void> {
  await requireGh(io, repository.host);
  for (const [kind, name] of [
    ['secret', SECRET],
    ['variable', VARIABLE],
  ] as const) {
    const list = await gh(io, [kind, 'list', ...ghFlags(repository)]);
    if (replace || !list.split('\n').some((line) => line.split(/\s/)[0] === name)) continue;
    throw new CliError(
      `${describeRepository(repository)} already has the ${kind} ${name}.`,
      'If you replace it, jobs fail until the new certificate is registered. Store the new pair in another environment (--env NAME), or add --force.',
    );
  }
}

/** Stores the key first, because the certificate can be printed again. @throws {CliError} that says what is where */
async function storeMaterial(
  io: Io,
  { privateKeyDer, certificatePem }: KeyMaterial,
  { repository, folder }: { repository: Repository; folder: string | undefined },
): Promise<void> {
  const target = describeRepository(repository);
  const flags = ghFlags(repository);
  const byHand =
    folder === undefined
      ? undefined
      : ['The files are complete.', ...storeCommands(folder, repository)].join('\n');
  try {
    progress(io, `Storing the key in ${target}`);
    await gh(io, ['secret', 'set', SECRET, ...flags], { input: privateKeyDer.toString('base64') });
  } catch (error) {
    throw new CliError(
      `Cannot store ${SECRET} in ${target}. ${(error as Error).message}`,
      byHand ?? 'Nothing was kept. Run the command again to create a new key.',
      { cause: error },
    );
  }
  try {
    progress(io, `Storing the certificate in ${target}`);
    await gh(io, ['variable', 'set', VARIABLE, ...flags], { input: certificatePem });
  } catch (error) {
    // The stored key is useless without its certificate.
    if (folder === undefined) print(io, certificatePem.trimEnd());
    throw new CliError(
      `${SECRET} is stored in ${target}, but ${VARIABLE} is not. ${(error as Error).message}`,
      byHand ?? 'Save the certificate from standard output, and store it yourself.',
      { cause: error },
    );
  }
}
