import { ActionError, type ErrorCode, type ErrorDetails } from '../errors.ts';
import type { DerKind } from './der.ts';
import { hasControlCharacters, startsWithEndLine } from './pem.ts';

/** Why a value cannot be used as a private key: what it is instead, or what is wrong with it. */
export type KeyProblem =
  | Exclude<DerKind, 'pkcs8' | 'pkcs1' | 'sec1' | 'encrypted-pkcs8'>
  | 'empty'
  | 'damaged'
  | 'truncated'
  | 'end-missing'
  | 'trailing'
  | 'oversized'
  | 'first-line'
  | 'end-line'
  | 'pem-garbled'
  | 'pem-unknown'
  | 'openssh'
  | 'jks'
  | 'ppk'
  | 'pgp'
  | 'pgp-public'
  | 'raw-bytes'
  | 'dashes'
  | 'assignment'
  | 'percent'
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
  | 'cipher-unsupported'
  | 'cipher-unsupported-without-passphrase';

/** Recognizable texts; the first match wins. Every pattern takes linear time. */
const TEXT_PATTERNS: [RegExp, KeyProblem][] = [
  [/^$/, 'empty'],
  [/^[{[]/, 'json'],
  [/^PuTTY-User-Key-File-/, 'ppk'],
  [/-BEGIN PGP PUBLIC KEY/, 'pgp-public'],
  [/(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{1,20}|sk-\S{1,40}) AAAA/, 'public-key'],
  [/^eyJ[\w-]*(?:\.[\w-]*){2,4}$/, 'jwt'],
  [/^(?:\$.{1,200}|%\w+%|\*+|<[^<>]*>|[A-Z0-9]+(?:_[A-Z0-9]+)+)$/s, 'placeholder'],
  [/^</, 'markup'],
  [/^(?=.{1,260}$)(?:@|~[\\/]|\.{1,2}[\\/]|[a-z]:[\\/]|file:|\/[\w.-]+(?:\/[\w.-]+)+$)/is, 'path'],
  [/^.{1,260}\.(?:der|key|pem|p8|pk8|p12|pfx|jks|ppk|crt|cer|csr|pub|b64|base64|txt)$/is, 'path'],
  [/^(?:0x)?(?:[0-9a-f]{2}[\s:]?){16,}$/i, 'hex'],
  [/^0\u201a/, 'raw-bytes'],
  [/[\u2010-\u2015\u2212]\s?BEGIN/, 'dashes'],
  [/^(?:export )?[A-Z][A-Z0-9_]{0,60}=[^=]/, 'assignment'],
  [/^[\w+/=\s-]+%$/, 'percent'],
];

/** The kind of a text, by its form. Undefined if it is unknown. */
export function recognizeText(text: string): KeyProblem | undefined {
  if (hasControlCharacters(text)) return 'raw-bytes';
  if (startsWithEndLine(text)) return 'end-line';
  return TEXT_PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
}

/** Facts for the messages. No message contains a character of the value itself. */
interface KeyFacts {
  readonly input: string;
  /** Bytes of a decoded file, or characters of a text. */
  readonly length: number;
  /** Bytes that the file should have, by its own length field. */
  readonly size: number;
  /** Whether the user's file is DER, for the commands that read it. */
  readonly isDer?: boolean;
  readonly cause?: unknown;
}

/** The files and commands for one of the two inputs that take a private key. */
interface KeyInput {
  readonly passphrase: string;
  /** The name of all files of the pair, without an extension. */
  readonly baseName: string;
  /** The key's PEM file. It can be used as it is. */
  readonly pemFile: string;
  /** The key's DER file, if the user has one. */
  readonly derFile: string;
  readonly certify: string;
}

const SIGNING_KEY: KeyInput = {
  passphrase: 'private-key-passphrase',
  baseName: 'server',
  pemFile: 'server.key',
  derFile: 'server.der',
  certify: 'Register a certificate for it.',
};

const MUTUAL_TLS_KEY: KeyInput = {
  passphrase: 'mtls-passphrase',
  baseName: 'client',
  pemFile: 'client.key',
  derFile: 'client.key',
  certify: 'Get a client certificate for it.',
};

/** OpenSSL 3 decrypts old algorithms only with it. */
const LEGACY_PROVIDER = ' -provider legacy -provider default';

/** The command that removes the passphrase of a file in the user's encoding, for the end of a sentence. */
function decrypt({ pemFile }: KeyInput, { isDer = false }: KeyFacts, options = ''): string {
  const [format, file] = isDer ? ['DER', 'encrypted.der'] : ['PEM', 'encrypted.key'];
  return `from ${file}: \`openssl pkcs8 -topk8 -nocrypt -inform ${format} -in ${file} -out ${pemFile}${options}\``;
}

function keyInputFor(input: string): KeyInput {
  return input === 'mtls-private-key' ? MUTUAL_TLS_KEY : SIGNING_KEY;
}

/** What to do about a key of a kind that cannot be used. */
export function newKeyDetails(input: string): ErrorDetails {
  if (input === 'certificate') {
    return {
      remedy:
        'Create an RSA key and a certificate: `npx @org/sprinklr-token@1 keygen`. Register the certificate.',
      inputs: [input],
      // Never the key's file: the front end would tell users to store it in a public place.
      file: 'server.crt',
    };
  }
  const { pemFile, certify } = keyInputFor(input);
  const remedy = `Create an RSA key: \`openssl genrsa -out ${pemFile} 2048\`. ${certify}`;
  return { remedy, inputs: [input], file: pemFile };
}

/** The input, and the file whose content belongs in it. */
type KeyFile = KeyInput & { readonly file: string };

interface KeyProblemText {
  readonly code?: ErrorCode;
  /** Follows the input's name. */
  readonly problem: string | ((facts: KeyFacts, key: KeyFile) => string);
  readonly remedy: (key: KeyFile, facts: KeyFacts) => string;
}

const useKeyFile = ({ pemFile }: KeyFile): string => `Use the private key's file, ${pemFile}.`;
const copyAgain = ({ file }: KeyFile): string => `Copy the whole file (${file}) again.`;
const createAnother = (_: KeyFile, { input }: KeyFacts): string => newKeyDetails(input).remedy;

/** Extracts the key from a PKCS#12 file. */
function extractFromPkcs12({ baseName, pemFile }: KeyInput, options = ''): string {
  return `\`openssl pkcs12${options} -in ${baseName}.p12 -nocerts -nodes -out ${pemFile}\``;
}

/** A shorter value is not a damaged key, but something else. In bytes or characters. */
const MIN_KEY_LENGTH = 32;

function unlessTooShort({ length }: KeyFacts, problem: string): string {
  return length < MIN_KEY_LENGTH ? 'is too short to be a key' : problem;
}

const OLD_CIPHER = 'an old algorithm that OpenSSL 3 no longer supports';

const KEY_PROBLEMS: Readonly<Record<KeyProblem, KeyProblemText>> = {
  empty: { code: 'INPUT_MISSING', problem: 'is empty', remedy: () => '' },
  certificate: { problem: 'is a certificate, not a private key', remedy: useKeyFile },
  'certificate-request': { problem: 'is a certificate request, not a private key', remedy: useKeyFile },
  'public-key': { problem: 'is a public key. Only the private key can sign', remedy: useKeyFile },
  openssh: {
    problem: 'is a private key in OpenSSH format',
    remedy: ({ pemFile }) =>
      `Convert id_rsa: \`cp id_rsa ${pemFile} && ssh-keygen -p -m PKCS8 -N "" -f ${pemFile}\`.`,
  },
  ppk: {
    problem: 'is a private key in PuTTY format (.ppk)',
    remedy: ({ pemFile }) => `Convert key.ppk: \`puttygen key.ppk -O private-openssh -o ${pemFile}\`.`,
  },
  pgp: { code: 'KEY_UNSUPPORTED', problem: 'is an OpenPGP key, which cannot be used', remedy: createAnother },
  'pgp-public': { problem: 'is an OpenPGP public key, not a private key', remedy: useKeyFile },
  tpm: {
    code: 'KEY_UNSUPPORTED',
    problem: 'is a TPM key (TSS2), which works only in its TPM',
    remedy: createAnother,
  },
  pkcs12: {
    problem: 'is a PKCS#12 file (.p12 or .pfx)',
    remedy: (key) => `Convert ${key.baseName}.p12: ${extractFromPkcs12(key)}.`,
  },
  'legacy-pkcs12': {
    problem: 'is a PKCS#12 file (.p12 or .pfx) with an old encryption algorithm',
    remedy: (key) => `Convert ${key.baseName}.p12: ${extractFromPkcs12(key, ' -legacy')}.`,
  },
  jks: {
    problem: 'is a Java keystore (JKS)',
    remedy: (key) =>
      `Convert ${key.baseName}.jks: \`keytool -importkeystore -srckeystore ${key.baseName}.jks -destkeystore ` +
      `${key.baseName}.p12 -deststoretype PKCS12\`, then ${extractFromPkcs12(key)}.`,
  },
  pkcs7: { problem: 'is a PKCS#7 file, which contains certificates but no key', remedy: useKeyFile },
  dsa: {
    code: 'KEY_UNSUPPORTED',
    problem: 'is a DSA key, which cannot be used',
    remedy: createAnother,
  },
  'other-der': {
    problem: ({ length }) => `is a DER file (${length} bytes) that is not a private key`,
    remedy: useKeyFile,
  },
  damaged: {
    problem: 'starts like a private key, but is damaged or of an unknown type',
    remedy: copyAgain,
  },
  truncated: {
    problem: ({ length, size }) => `is truncated: it has ${length} of its ${size} bytes`,
    remedy: copyAgain,
  },
  'end-missing': { problem: 'is a truncated PEM file: its END line is missing', remedy: useKeyFile },
  trailing: {
    problem: ({ length, size }) =>
      `is a private key of ${size} bytes, followed by ${length - size} extra ${length - size === 1 ? 'byte' : 'bytes'}`,
    remedy: copyAgain,
  },
  oversized: {
    problem: ({ length }) => `is a file of ${length} bytes, too large for a private key`,
    remedy: useKeyFile,
  },
  'first-line': {
    problem: 'contains only the first line of a PEM file: the command that stored it reads only one line',
    remedy: copyAgain,
  },
  'end-line': {
    problem: 'contains only the end of a PEM file: its BEGIN line is missing',
    remedy: useKeyFile,
  },
  'pem-garbled': {
    problem: 'is a PEM file with something other than base64 between BEGIN and END',
    remedy: useKeyFile,
  },
  'pem-unknown': {
    problem: (facts) =>
      unlessTooShort(facts, `is a PEM file, but the ${facts.length} bytes inside are not a key`),
    remedy: useKeyFile,
  },
  'raw-bytes': {
    problem: 'contains binary data (such as DER) that was corrupted when it was stored as text',
    remedy: ({ file }) => `Store the file (${file}) as text, in base64.`,
  },
  dashes: { problem: 'is a PEM file whose hyphens were replaced with dashes', remedy: useKeyFile },
  assignment: {
    problem: 'starts with a name and an equals sign, like a line of an .env file',
    remedy: () => 'Use only the text after the equals sign.',
  },
  percent: {
    problem: 'ends with %, which zsh prints after output without a line break',
    remedy: () => 'Copy it without the %.',
  },
  path: {
    problem: 'looks like the name of a file, not its content',
    remedy: () => '',
  },
  jwt: { problem: 'is a JWT, not the private key that signs it', remedy: useKeyFile },
  json: { problem: "is a JSON document (a JWK, or another service's key)", remedy: useKeyFile },
  markup: { problem: 'is an XML or HTML document', remedy: useKeyFile },
  hex: { problem: 'contains hexadecimal digits instead of base64', remedy: copyAgain },
  placeholder: {
    problem: 'is a placeholder or the name of a variable, not its value',
    remedy: () => 'Check the reference to the secret. If the secret does not exist, store the key.',
  },
  'base64-unknown': {
    problem: (facts) =>
      unlessTooShort(facts, `is base64, but the ${facts.length} decoded bytes are not a key`),
    remedy: useKeyFile,
  },
  'text-unknown': {
    problem: (facts) =>
      unlessTooShort(facts, `contains ${facts.length} characters of text that are neither base64 nor PEM`),
    remedy: useKeyFile,
  },
  'passphrase-missing': {
    code: 'KEY_ENCRYPTED',
    problem: (_, { passphrase }) => `is an encrypted private key, and \`${passphrase}\` is empty`,
    remedy: (key, facts) => `Set \`${key.passphrase}\`, or remove the passphrase ${decrypt(key, facts)}.`,
  },
  'passphrase-wrong': {
    code: 'KEY_ENCRYPTED',
    problem: (_, { passphrase }) => `is an encrypted private key that \`${passphrase}\` does not decrypt`,
    remedy: (key, facts) =>
      `Correct \`${key.passphrase}\` (check for extra spaces and quotes), or remove the passphrase ${decrypt(key, facts)}.`,
  },
  'cipher-unsupported': {
    code: 'KEY_UNSUPPORTED',
    problem: `is a private key encrypted with ${OLD_CIPHER}`,
    remedy: (key, facts) => `Remove its passphrase ${decrypt(key, facts, LEGACY_PROVIDER)}.`,
  },
  'cipher-unsupported-without-passphrase': {
    code: 'KEY_UNSUPPORTED',
    problem: (_, { passphrase }) =>
      `is a private key encrypted with ${OLD_CIPHER}, and \`${passphrase}\` is empty`,
    remedy: (key, facts) =>
      `Setting the passphrase is not enough. Remove it ${decrypt(key, facts, LEGACY_PROVIDER)}. The command prompts for it.`,
  },
};

/** A damaged DER file is copied again as it is. For anything else, PEM needs no conversion. */
function fileFor(kind: KeyProblem, { pemFile, derFile }: KeyInput, isDer = false): string {
  const isDamaged = kind === 'damaged' || kind === 'truncated' || kind === 'trailing';
  return kind === 'raw-bytes' || (isDamaged && isDer) ? derFile : pemFile;
}

/** The error for a value that cannot be used as a private key. */
export function toKeyError(kind: KeyProblem, facts: KeyFacts): ActionError {
  const { code = 'KEY_UNREADABLE', problem, remedy } = KEY_PROBLEMS[kind];
  const input = keyInputFor(facts.input);
  const key = { ...input, file: fileFor(kind, input, facts.isDer) };
  const text = typeof problem === 'string' ? problem : problem(facts, key);
  return new ActionError(code, `\`${facts.input}\` ${text}.`, {
    remedy: remedy(key, facts),
    inputs: [facts.input],
    file: key.file,
    cause: facts.cause,
  });
}
