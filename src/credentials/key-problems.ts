import { ActionError, type ErrorCode } from '../errors.ts';
import type { DerKind } from './der.ts';
import { hasControlCharacters, startsWithEndLine } from './pem.ts';

/** What a pasted value can be instead of a private key that can be read. */
export type KeyProblem =
  | Exclude<DerKind, 'pkcs8' | 'pkcs1' | 'sec1' | 'encrypted-pkcs8'>
  | 'empty'
  | 'damaged'
  | 'cut-short'
  | 'end-missing'
  | 'trailing'
  | 'oversized'
  | 'first-line'
  | 'end-line'
  | 'frame-garbled'
  | 'frame-unknown'
  | 'openssh'
  | 'jks'
  | 'ppk'
  | 'raw-bytes'
  | 'path'
  | 'jwt'
  | 'json'
  | 'markup'
  | 'hex'
  | 'placeholder'
  | 'base64-unknown'
  | 'text-unknown'
  | 'passphrase-missing'
  | 'passphrase-wrong'
  | 'cipher-unsupported';

/** Texts that give themselves away, in the order of trying. No pattern takes more than linear time. */
const TEXT_PATTERNS: [RegExp, KeyProblem][] = [
  [/^$/, 'empty'],
  [/^[{[]/, 'json'],
  [/^PuTTY-User-Key-File-/, 'ppk'],
  [/(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{1,20}|sk-\S{1,40}) AAAA/, 'public-key'],
  [/^eyJ[\w-]*(?:\.[\w-]*){2,4}$/, 'jwt'],
  [/^(?:\$.{1,200}|%\w+%|\*+|<[^<>]*>|[A-Z0-9]+(?:_[A-Z0-9]+)+)$/s, 'placeholder'],
  [/^</, 'markup'],
  [/^(?=.{1,260}$)(?:@|~[\\/]|\.{1,2}[\\/]|[a-z]:[\\/]|file:|\/[\w.-]+(?:\/[\w.-]+)+$)/is, 'path'],
  [/^.{1,260}\.(?:der|key|pem|p8|pk8|p12|pfx|jks|ppk|crt|cer|csr|pub|b64|base64|txt)$/is, 'path'],
  [/^(?:0x)?(?:[0-9a-f]{2}[\s:]?){16,}$/i, 'hex'],
  [/^0\u201a/, 'raw-bytes'],
];

/** Tells by its looks what a text is; undefined if it looks like nothing known. */
export function recognizeText(text: string): KeyProblem | undefined {
  if (hasControlCharacters(text)) return 'raw-bytes';
  if (startsWithEndLine(text)) return 'end-line';
  return TEXT_PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
}

/** Numbers for the messages. A message never contains a character of the value itself. */
export interface SizeFacts {
  /** Length: bytes of a decoded file, or characters of a text. */
  length: number;
  /** Bytes that the file should have by its own account. */
  size: number;
}

/** How to speak of the input that held the value, and the commands that fill it. */
interface Words {
  input: string;
  passphrase: string;
  /** What the key's PEM file is called in the commands. */
  file: string;
  /** Makes the right value of that file, and stores it. */
  store: string;
  /** Stores it where the right file is there already. */
  storeAgain: string;
  /** Makes a value without a passphrase, and stores it. */
  storePlain: string;
  /** What a new key needs before it is of use. */
  certify: string;
}

const storeDer = '`openssl base64 -A -in server.der | gh secret set SPRINKLR_PRIVATE_KEY`';
const makeDer = '`openssl pkcs8 -topk8 -inform PEM -outform DER -in server.key -out server.der -nocrypt`';
const storePem = '`gh secret set SPRINKLR_MTLS_PRIVATE_KEY < client.key`';

const wordsForSigning: Omit<Words, 'input'> = {
  passphrase: 'private-key-passphrase',
  file: 'server.key',
  store: `${makeDer}, then ${storeDer}`,
  storeAgain: storeDer,
  storePlain: `${makeDer}, then ${storeDer}`,
  certify: 'register a certificate for it with `mode: register`',
};

const wordsForMutualTls: Words = {
  input: 'mtls-private-key',
  passphrase: 'mtls-passphrase',
  file: 'client.key',
  store: storePem,
  storeAgain: storePem,
  storePlain: `\`openssl pkey -in encrypted.key -out client.key\`, then ${storePem}`,
  certify: 'get a client certificate for it',
};

function wordsFor(input: string): Words {
  return input === wordsForMutualTls.input ? wordsForMutualTls : { ...wordsForSigning, input };
}

/** The commands that make and store what an input for a key wants. */
export function howToStoreKey(input: string): string {
  return wordsFor(input).store;
}

/** How a key of a kind that is of no use gets replaced. */
export function remedyForNewKey(input: string): string {
  const { file, certify, store } = wordsFor(input);
  return `Make an RSA key: \`openssl genrsa -out ${file} 2048\`; ${certify}; then run ${store}.`;
}

interface KeyProblemText {
  code?: ErrorCode;
  /** Follows "The input … ". */
  problem: string | ((facts: SizeFacts, words: Words) => string);
  remedy: (words: Words) => string;
}

const fromKeyFile = ({ store, file }: Words): string =>
  `With the private key's own file (${file}), run ${store}.`;
const again = ({ storeAgain }: Words): string => `Store the whole file once more: ${storeAgain}.`;

const KEY_PROBLEMS: Record<KeyProblem, KeyProblemText> = {
  empty: {
    code: 'INPUT_MISSING',
    problem: 'is empty',
    remedy: ({ store }) =>
      'Compare the name of the secret with the one in the workflow: a secret that does not exist is an empty text. ' +
      'Runs for forks and for Dependabot get no secrets. The secret of an environment needs `environment:` on the job; ' +
      `a reusable workflow needs \`secrets: inherit\`. If it was never set, run ${store}.`,
  },
  certificate: { problem: 'holds a certificate, not its private key', remedy: fromKeyFile },
  'certificate-request': { problem: 'holds a certificate request, not a private key', remedy: fromKeyFile },
  'public-key': { problem: 'holds a public key, and only the private one can sign', remedy: fromKeyFile },
  openssh: {
    problem: "holds a private key in OpenSSH's own format",
    remedy: ({ file, store }) =>
      `Convert a copy: \`cp id_rsa ${file} && ssh-keygen -p -m PKCS8 -N "" -f ${file}\`, then ${store}.`,
  },
  ppk: {
    problem: "holds a private key in PuTTY's own format (.ppk)",
    remedy: ({ file, store }) =>
      `Convert it: \`puttygen key.ppk -O private-openssh -o ${file}\`, then ${store}.`,
  },
  pkcs12: {
    problem: 'holds a PKCS#12 file (.p12 or .pfx)',
    remedy: ({ file, store }) =>
      `Take the key out: \`openssl pkcs12 -in server.p12 -nocerts -nodes -out ${file}\`, then ${store}.`,
  },
  jks: {
    problem: 'holds a Java keystore (JKS)',
    remedy: ({ file, store }) =>
      'Take the key out: `keytool -importkeystore -srckeystore server.jks -destkeystore server.p12 -deststoretype PKCS12` ' +
      `and \`openssl pkcs12 -in server.p12 -nocerts -nodes -out ${file}\`, then ${store}.`,
  },
  pkcs7: { problem: 'holds a PKCS#7 file, which has certificates but no key', remedy: fromKeyFile },
  dsa: {
    code: 'KEY_UNSUPPORTED',
    problem: 'holds a DSA key, which is of no use here',
    remedy: ({ input }) => remedyForNewKey(input),
  },
  'other-der': {
    problem: ({ length }) => `holds a DER file (${length} bytes) that is not a private key`,
    remedy: fromKeyFile,
  },
  damaged: {
    problem: 'holds what begins as a private key, but is damaged inside or of a kind unknown here',
    remedy: again,
  },
  'cut-short': {
    problem: ({ length, size }) =>
      `holds a file that is cut short: ${length} of its ${size} bytes are there, ${size - length} are missing`,
    remedy: again,
  },
  'end-missing': {
    problem: 'holds a PEM file that is cut short: its END line is missing',
    remedy: fromKeyFile,
  },
  trailing: {
    problem: ({ length, size }) =>
      `holds a private key of ${size} bytes with ${length - size} bytes after it that do not belong to it`,
    remedy: again,
  },
  oversized: {
    problem: ({ length }) => `holds a file of ${length} bytes, which is too large for a private key`,
    remedy: fromKeyFile,
  },
  'first-line': {
    problem: 'holds only the first line of a PEM file: whatever stored it takes one line of text',
    remedy: ({ store }) => `Store it with a command that reads all of the file: ${store}.`,
  },
  'end-line': {
    problem: 'holds only the end of a PEM file: its BEGIN line is missing',
    remedy: fromKeyFile,
  },
  'frame-garbled': {
    problem: 'holds a PEM file with something other than base64 between BEGIN and END',
    remedy: fromKeyFile,
  },
  'frame-unknown': {
    problem: ({ length }) => `holds a PEM file, but the ${length} bytes inside are not a key`,
    remedy: fromKeyFile,
  },
  'raw-bytes': {
    problem: 'holds the bytes of a binary file such as DER, damaged by storing them as text',
    remedy: ({ storeAgain }) => `A secret holds text only, so store the file as text: ${storeAgain}.`,
  },
  path: {
    problem: 'looks like the name of a file, and the content is wanted',
    remedy: ({ storeAgain }) => `Store what is in the file: ${storeAgain}.`,
  },
  jwt: {
    problem: 'holds a JWT, which is what the action makes with the key, not the key',
    remedy: fromKeyFile,
  },
  json: {
    problem: 'holds a JSON document (the key of another service, or a JWK)',
    remedy: fromKeyFile,
  },
  markup: { problem: 'holds an XML or HTML document', remedy: fromKeyFile },
  hex: {
    problem: 'holds hexadecimal digits, and base64 is wanted',
    remedy: again,
  },
  placeholder: {
    problem: 'holds a placeholder or the name of a variable, not its value',
    remedy: ({ input, store }) =>
      `Write \`${input}: \${{ secrets.NAME }}\` in the workflow; no shell fills in variables there. To set the secret, run ${store}.`,
  },
  'base64-unknown': {
    problem: ({ length }) => `holds base64, but the ${length} bytes in it are not a key`,
    remedy: fromKeyFile,
  },
  'text-unknown': {
    problem: ({ length }) => `holds ${length} characters of text that are neither base64 nor PEM`,
    remedy: fromKeyFile,
  },
  'passphrase-missing': {
    code: 'KEY_ENCRYPTED',
    problem: (_, { passphrase }) => `holds an encrypted private key, and ${passphrase} is empty`,
    remedy: ({ passphrase, storePlain }) =>
      `Set ${passphrase}, or store the key without a passphrase: ${storePlain}.`,
  },
  'passphrase-wrong': {
    code: 'KEY_ENCRYPTED',
    problem: (_, { passphrase }) => `holds an encrypted private key that ${passphrase} does not open`,
    remedy: ({ passphrase, storePlain }) =>
      `Correct ${passphrase} (mind spaces and quotes that came along), or store the key without a passphrase: ${storePlain}.`,
  },
  'cipher-unsupported': {
    code: 'KEY_UNSUPPORTED',
    problem: 'holds a private key encrypted with an old algorithm that OpenSSL 3 no longer has',
    remedy: ({ file, store }) =>
      `Encrypt it anew: \`openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in old.key -out ${file}\`, then ${store}.`,
  },
};

/** Names what a value is instead of a usable private key, and what to do about it. */
export function toKeyError(kind: KeyProblem, input: string, facts: SizeFacts): ActionError {
  const { code = 'KEY_UNREADABLE', problem, remedy } = KEY_PROBLEMS[kind];
  const words = wordsFor(input);
  const said = typeof problem === 'string' ? problem : problem(facts, words);
  return new ActionError(code, `The input ${input} ${said}.`, remedy(words));
}
