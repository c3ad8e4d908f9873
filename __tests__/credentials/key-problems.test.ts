import { expect, test } from '@jest/globals';
import { toKeyError, type KeyProblem } from '../../src/credentials/key-problems.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { commandsIn } from './action-error.ts';

interface Expected {
  readonly code?: ErrorCode;
  /** What the message says: numbers of bytes, and names of formats and inputs. */
  readonly facts?: readonly string[];
  /** What the remedy quotes, for `private-key`. */
  readonly commands?: readonly string[];
  /** What else the remedy names. */
  readonly names?: readonly string[];
  /** The file to pass for `private-key`. By default, server.key. */
  readonly file?: string;
}

const useKeyFile = { names: ['server.key'] };
const copyFile = { names: ['server.key'] };
const decryptWith = (options = ''): Expected => ({
  commands: [`openssl pkcs8 -topk8 -nocrypt -inform PEM -in encrypted.key -out server.key${options}`],
});
const createKey = { commands: ['openssl genrsa -out server.key 2048'] };

const LEGACY = ' -provider legacy -provider default';

const EXPECTED: Readonly<Record<KeyProblem, Expected>> = {
  empty: { code: 'INPUT_MISSING', facts: ['empty'] },
  certificate: { facts: ['certificate'], ...useKeyFile },
  'certificate-request': { facts: ['certificate request'], ...useKeyFile },
  'public-key': { facts: ['public key'], ...useKeyFile },
  pkcs7: { facts: ['PKCS#7'], ...useKeyFile },
  'other-der': { facts: ['DER', '1200 bytes'], ...useKeyFile },
  'end-missing': { facts: ['END'], ...useKeyFile },
  'end-line': { facts: ['BEGIN'], ...useKeyFile },
  oversized: { facts: ['1200 bytes'], ...useKeyFile },
  'pem-garbled': { facts: ['PEM', 'base64', 'BEGIN', 'END'], ...useKeyFile },
  'pem-unknown': { facts: ['PEM', '1200 bytes'], ...useKeyFile },
  jwt: { facts: ['JWT'], ...useKeyFile },
  json: { facts: ['JSON', 'JWK'], ...useKeyFile },
  markup: { facts: ['XML', 'HTML'], ...useKeyFile },
  'base64-unknown': { facts: ['base64', '1200 decoded bytes'], ...useKeyFile },
  'text-unknown': { facts: ['1200 characters', 'base64', 'PEM'], ...useKeyFile },
  damaged: { facts: ['damaged'], ...copyFile },
  truncated: { facts: ['truncated', '1200 of its 1218 bytes'], ...copyFile },
  trailing: { facts: ['1218 bytes', '-18'], ...copyFile },
  'first-line': { facts: ['first line', 'PEM'], ...copyFile },
  'raw-bytes': { facts: ['DER'], names: ['server.der', 'base64'], file: 'server.der' },
  dashes: { facts: ['hyphens', 'dashes'], ...useKeyFile },
  assignment: { facts: ['.env'], names: ['after the equals sign'] },
  percent: { facts: ['%', 'zsh'], names: ['%'] },
  path: { facts: ['name of a file'] },
  hex: { facts: ['hexadecimal', 'base64'], ...copyFile },
  placeholder: { facts: ['placeholder'], names: ['secret'] },
  openssh: {
    facts: ['OpenSSH'],
    commands: ['cp id_rsa server.key && ssh-keygen -p -m PKCS8 -N "" -f server.key'],
  },
  ppk: { facts: ['PuTTY'], commands: ['puttygen key.ppk -O private-openssh -o server.key'] },
  pkcs12: {
    facts: ['PKCS#12'],
    commands: ['openssl pkcs12 -in server.p12 -nocerts -nodes -out server.key'],
  },
  jks: {
    facts: ['JKS'],
    commands: [
      'keytool -importkeystore -srckeystore server.jks -destkeystore server.p12 -deststoretype PKCS12',
      'openssl pkcs12 -in server.p12 -nocerts -nodes -out server.key',
    ],
  },
  'legacy-pkcs12': {
    facts: ['PKCS#12', 'old'],
    commands: ['openssl pkcs12 -legacy -in server.p12 -nocerts -nodes -out server.key'],
  },
  pgp: { code: 'KEY_UNSUPPORTED', facts: ['OpenPGP'], ...createKey },
  'pgp-public': { facts: ['OpenPGP public key'], ...useKeyFile },
  tpm: { code: 'KEY_UNSUPPORTED', facts: ['TPM', 'TSS2'], ...createKey },
  dsa: { code: 'KEY_UNSUPPORTED', facts: ['DSA'], ...createKey },
  'passphrase-missing': {
    code: 'KEY_ENCRYPTED',
    facts: ['`private-key-passphrase`', 'empty'],
    names: ['`private-key-passphrase`'],
    ...decryptWith(),
  },
  'passphrase-wrong': {
    code: 'KEY_ENCRYPTED',
    facts: ['`private-key-passphrase`'],
    names: ['`private-key-passphrase`'],
    ...decryptWith(),
  },
  'cipher-unsupported': {
    code: 'KEY_UNSUPPORTED',
    facts: ['old algorithm', 'OpenSSL 3'],
    ...decryptWith(LEGACY),
  },
  'cipher-unsupported-without-passphrase': {
    code: 'KEY_UNSUPPORTED',
    facts: ['old algorithm', 'OpenSSL 3', '`private-key-passphrase`', 'empty'],
    ...decryptWith(LEGACY),
  },
};

const problems = Object.entries(EXPECTED) as [KeyProblem, Expected][];

test.each(problems)(
  '"%s" has a code, its facts, and a remedy with commands for private-key',
  (kind, expected) => {
    const error = toKeyError(kind, { input: 'private-key', length: 1200, size: 1218 });
    const { code = 'KEY_UNREADABLE', facts = [], commands = [], names = [], file = 'server.key' } = expected;
    expect(error).toMatchObject({ code, inputs: ['private-key'], file });
    expect(error.message).toMatch(/^`private-key` .*\.$/);
    for (const fact of facts) expect(error.message).toContain(fact);
    expect(commandsIn(error)).toEqual(commands);
    for (const name of names) expect(error.remedy).toContain(name);
  },
);

test.each(problems)('"%s" names the inputs and files of mtls-private-key', (kind, expected) => {
  const error = toKeyError(kind, { input: 'mtls-private-key', length: 1200, size: 1218 });
  const { code = 'KEY_UNREADABLE', commands = [] } = expected;
  expect(error).toMatchObject({ code, inputs: ['mtls-private-key'], file: 'client.key' });
  expect(commandsIn(error)).toEqual(commands.map((command) => command.replaceAll('server.', 'client.')));
  const text = `${error.message} ${error.remedy}`;
  expect(text).not.toMatch(/`private-key|server\./);
  if (code === 'KEY_ENCRYPTED') expect(text.match(/`mtls-passphrase`/g)).toHaveLength(2);
});

test('the original error is kept as the cause, and its text is not shown', () => {
  const cause = new Error('the reason');
  const error = toKeyError('damaged', { input: 'private-key', length: 0, size: 0, cause });
  expect(error.cause).toBe(cause);
  expect(`${error.message} ${error.remedy}`).not.toContain('the reason');
});

test.each(['damaged', 'truncated', 'trailing'] as const)('a %s DER file is copied again as it is', (kind) => {
  const facts = { input: 'private-key', length: 1200, size: 1218, isDer: true };
  const error = toKeyError(kind, facts);
  expect(error.remedy).toBe('Copy the whole file (server.der) again.');
  expect(error.file).toBe('server.der');
  expect(toKeyError('certificate', facts).file).toBe('server.key');
});

test.each(['base64-unknown', 'text-unknown', 'pem-unknown'] as const)(
  'a %s of a few characters is too short to be a key',
  (kind) => {
    const { message } = toKeyError(kind, { input: 'private-key', length: 31, size: 0 });
    expect(message).toBe('`private-key` is too short to be a key.');
  },
);

test('one extra byte is not plural', () => {
  const { message } = toKeyError('trailing', { input: 'private-key', length: 2, size: 1 });
  expect(message).toMatch(/ 1 extra byte\.$/);
});
