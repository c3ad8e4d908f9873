import { resolve } from 'node:path';
import { generateKeyMaterial, type KeyMaterial, type Subject } from '../credentials/keygen.ts';
import { ActionError } from '../errors.ts';
import { choiceOf, DeskError, integerOf, textOf, usageError, type Command, type Flags } from './command.ts';
import { filesMade, howToDelete, howToStore } from './keygen/advice.ts';
import { requireRoom, writeSet, type NewFile } from './keygen/file-set.ts';
import {
  nameOf,
  requireStore,
  SECRET,
  storeCertificate,
  storeKey,
  VARIABLE,
  type Store,
} from './keygen/github-store.ts';
import { ask, during, isInteractive, paint, print, printError } from './terminal.ts';
import { requireIgnored } from './keygen/work-tree.ts';

const KEY_FILES = ['server.key', 'server.der'];
const ALL_FILES = [...KEY_FILES, 'server.csr', 'server.crt'];

/** As gh takes it: OWNER/REPO, with HOST/ before it for a GitHub of one's own. */
const REPOSITORY = /^((?<host>[a-z0-9][a-z0-9.-]*(:\d+)?)\/)?[a-z0-9][\w-]*\/[\w.-]+$/i;

/** Makes what step 3 of the guide makes, without openssl, and stores it. */
export const keygen: Command = {
  help: `Usage: sprinklr-token keygen [flags]

Makes what step 3 of Sprinklr's guide makes, without openssl: a private key (server.key, and server.der for the
secret), a certificate request (server.csr) and a self-signed certificate (server.crt).

  --common-name TEXT          whose certificate it is; asked for on a terminal
  --organization TEXT
  --organizational-unit TEXT
  --country XX                two letters
  --state TEXT
  --locality TEXT
  --email ADDRESS
  --days N                    how long the certificate is valid; 1 to 3650, default 365
  --bits N                    length of the key: 2048 (default), 3072 or 4096

  --folder DIR                where the files go; default the current folder, made if its parent is there.
                              Not in a git work tree, unless git ignores the key files there
  --force                     replace what is there already: files, and with --secrets-to what GitHub holds

  --secrets-to OWNER/REPO     store the key as the secret ${SECRET} and the certificate as the
                              variable ${VARIABLE}, by GitHub's gh
  --env NAME                  in this environment of the repository
  --no-files                  with --secrets-to: keep no files; the certificate is printed

Examples: sprinklr-token keygen --common-name sprinklr-ci --folder ../sprinklr-key
          sprinklr-token keygen --common-name sprinklr-ci --secrets-to OWNER/REPO --no-files > server.crt`,
  options: {
    'common-name': { type: 'string' },
    organization: { type: 'string' },
    'organizational-unit': { type: 'string' },
    country: { type: 'string' },
    state: { type: 'string' },
    locality: { type: 'string' },
    email: { type: 'string' },
    days: { type: 'string' },
    bits: { type: 'string' },
    folder: { type: 'string' },
    force: { type: 'boolean' },
    'secrets-to': { type: 'string' },
    env: { type: 'string' },
    'no-files': { type: 'boolean' },
  },
  async run(flags) {
    const { days, bits, folder, force, store } = readFlags(flags);
    if (folder !== undefined) {
      requireRoom(folder, ALL_FILES, { replace: force });
      requireIgnored(folder, KEY_FILES);
    }
    if (store !== undefined) await requireStore(store, { replace: force });

    const subject = await askSubject(readSubject(flags));
    const material = await make({ subject, days, bits });
    if (folder !== undefined) await writeSet(folder, filesOf(material), { replace: force });

    // Without files, standard output is for the certificate alone: it can be sent on into one.
    const tell = folder === undefined ? printError : print;
    tell(
      paint(
        'bold',
        `Made an RSA key of ${bits} bits and a self-signed certificate for ${subject.commonName}.`,
      ),
      `  fingerprint  ${material.fingerprint} (SHA-256)`,
      `  expires      ${material.expiresAt.toISOString()}`,
      ...(folder === undefined ? [] : filesMade(folder)),
      '',
    );
    if (store !== undefined) {
      await keep(material, store, folder);
      tell(`Stored in ${nameOf(store)}: the secret ${SECRET} and the variable ${VARIABLE}.`);
    }
    if (folder === undefined) {
      tell('No copy of the key was kept, and GitHub does not give it back.');
      print(material.certificatePem.trimEnd());
    } else {
      if (store === undefined) tell(...howToStore(folder));
      tell('', ...howToDelete(folder));
    }
    tell(
      '',
      'What comes next:',
      '  1. Get the one-time code that registering needs: sprinklr-token authorize',
      '  2. Register the certificate, in a step with "mode: register". That gives the App ID.',
    );
    return 0;
  },
};

interface Plan {
  readonly days: number;
  readonly bits: number;
  /** Absolute; missing where no files are wanted. */
  readonly folder: string | undefined;
  readonly force: boolean;
  readonly store: Store | undefined;
}

function readFlags(flags: Flags): Plan {
  const store = readStore(flags);
  const noFiles = flags['no-files'] === true;
  if (noFiles && store === undefined) {
    throw usageError(
      '--no-files alone would throw the key away.',
      'Say with --secrets-to OWNER/REPO where the key goes.',
    );
  }
  if (noFiles && textOf(flags, 'folder') !== '')
    throw usageError('--no-files and --folder contradict each other.', 'Leave one of them away.');
  if (textOf(flags, 'common-name') === '' && !isInteractive()) {
    throw usageError(
      '--common-name is missing, and there is no terminal to ask on.',
      'Give the certificate a name to know it by, such as --common-name sprinklr-ci.',
    );
  }
  return {
    days: integerOf(flags, 'days', { least: 1, most: 3650, default: 365 }),
    bits: Number(choiceOf(flags, 'bits', ['2048', '3072', '4096'])),
    folder: noFiles ? undefined : resolve(textOf(flags, 'folder')),
    force: flags['force'] === true,
    store,
  };
}

function readStore(flags: Flags): Store | undefined {
  const repository = textOf(flags, 'secrets-to');
  const environment = textOf(flags, 'env');
  if (flags['secrets-to'] === undefined) {
    if (flags['env'] === undefined) return undefined;
    throw usageError('--env is for use with --secrets-to.', 'Add --secrets-to OWNER/REPO.');
  }
  const parts = REPOSITORY.exec(repository);
  if (parts === null) {
    throw usageError(
      '--secrets-to is not a repository.',
      'Give it as OWNER/REPO, without https:// before it.',
    );
  }
  // Empty, as from a variable that is not set, it must not mean the whole repository.
  if (flags['env'] !== undefined && environment === '')
    throw usageError('--env is empty.', 'Give the name of an environment of the repository.');
  return { repository, host: parts.groups?.['host'], environment: environment || undefined };
}

function readSubject(flags: Flags): Subject {
  return {
    commonName: textOf(flags, 'common-name'),
    organization: textOf(flags, 'organization'),
    organizationalUnit: textOf(flags, 'organizational-unit'),
    country: textOf(flags, 'country'),
    state: textOf(flags, 'state'),
    locality: textOf(flags, 'locality'),
    emailAddress: textOf(flags, 'email'),
  };
}

/** Asks for what has no flag. One who gives the common name as a flag wants no questions. */
async function askSubject(given: Subject): Promise<Subject> {
  if (given.commonName !== '') return given;
  let commonName = '';
  while (commonName === '')
    commonName = await ask('Common name, to know the certificate by (sprinklr-ci, say): ');
  let organization = given.organization ?? '';
  if (organization === '') organization = await ask('Organization (Enter for none): ');
  let country = given.country ?? '';
  if (country === '') {
    do country = await ask('Country, two letters (Enter for none): ');
    while (!/^([a-z]{2})?$/i.test(country));
  }
  return { ...given, commonName, organization, country };
}

async function make(wanted: { subject: Subject; days: number; bits: number }): Promise<KeyMaterial> {
  try {
    return await during(
      `Making a key of ${wanted.bits} bits`,
      generateKeyMaterial({ ...wanted, now: new Date() }),
    );
  } catch (error) {
    if (error instanceof ActionError && error.code === 'INPUT_INVALID')
      throw usageError(error.message, error.remedy);
    throw error;
  }
}

function filesOf(material: KeyMaterial): NewFile[] {
  return [
    { name: 'server.csr', content: material.certificateRequestPem, secret: false },
    { name: 'server.crt', content: material.certificatePem, secret: false },
    { name: 'server.key', content: material.privateKeyPem, secret: true },
    { name: 'server.der', content: material.privateKeyDer, secret: true },
  ];
}

/** Stores both, the key first: the certificate can be had again. @throws {DeskError} that says what is where */
async function keep(material: KeyMaterial, store: Store, folder: string | undefined): Promise<void> {
  const place = nameOf(store);
  const byHand =
    folder === undefined
      ? undefined
      : ['The files above are complete. Store them yourself.', ...howToStore(folder, store)].join('\n');
  try {
    await during(`Storing the key in ${place}`, storeKey(material.privateKeyDer, store));
  } catch (error) {
    throw new DeskError(
      `${SECRET} could not be stored in ${place}. ${(error as Error).message}`,
      byHand ?? 'Nothing was kept, and no files were written. Run it again for a new key.',
    );
  }
  try {
    await during(`Storing the certificate in ${place}`, storeCertificate(material.certificatePem, store));
  } catch (error) {
    // Without it, the key that is stored now would be of no use.
    if (folder === undefined) print(material.certificatePem.trimEnd());
    throw new DeskError(
      `${SECRET} is stored in ${place}, but ${VARIABLE} could not be. ${(error as Error).message}`,
      byHand ?? 'Save the certificate, which is on standard output, and store it yourself.',
    );
  }
}
