import { identifyDer, type DerKind } from './der.ts';
import { decodeBase64, findPemBlocks, decodeText, normalizePastedText } from './pem.ts';

type PrivateKind = (typeof PRIVATE_KINDS)[number];
/** What was detected, by its bytes, or how it is damaged. */
export type DetectedKind = Exclude<DerKind, PrivateKind> | 'private-key' | Damage;
export type Damage = 'truncated' | 'damaged';

export interface Detection {
  kind: DetectedKind;
  der: Buffer;
  /** The label of the PEM block that it is in. Undefined for a file that is not PEM. */
  label?: string | undefined;
}

const NO_BYTES = Buffer.alloc(0);
const PRIVATE_KEY: Detection = { kind: 'private-key', der: NO_BYTES };

/** Values are not wrapped more often: a file, its base64, a `certutil -encode` block around that, and base64 again. */
const MAX_NESTING = 3;

/** Everything that can be recognized in a text, in order, inside any layers of base64. */
export function* detectCertificates(text: string, depth = 0): Generator<Detection> {
  if (mentionsPrivateKey(text) || hasEncodedPrivateKey(text)) yield PRIVATE_KEY;

  const blocks = findPemBlocks(text);
  for (const { label, body, closed } of blocks) {
    const isCertificate = label.trim().endsWith('CERTIFICATE');
    const bytes = decodeBase64(body);
    const detections = bytes ? [...detectInFile(bytes, depth)].map((found) => ({ label, ...found })) : [];
    // OpenSSL appends its trust settings to a TRUSTED CERTIFICATE. They are dropped.
    yield* label.includes('TRUSTED') ? detections.slice(0, 1) : detections;
    if (!closed) yield { kind: 'truncated', der: NO_BYTES };
    else if (isCertificate && detections.every(({ kind }) => kind === 'other-der')) {
      yield { kind: 'damaged', der: NO_BYTES };
    }
  }
  if (blocks.length > 0) return;

  const bytes = decodeBase64(text);
  if (bytes) yield* detectInFile(bytes, depth);
}

/** What a decoded file contains: a sequence of DER structures, or text. */
function* detectInFile(file: Buffer, depth: number): Generator<Detection> {
  if (mentionsPrivateKey(file.toString('latin1').replaceAll('\0', ''))) yield PRIVATE_KEY;
  const text = identifyDer(file) ? undefined : decodeText(file);
  if (text !== undefined) {
    if (depth < MAX_NESTING) yield* detectCertificates(normalizePastedText(text).text, depth + 1);
    return;
  }
  for (let rest = file; rest.length > 0;) {
    const der = identifyDer(rest);
    if (!der) {
      // Unknown bytes after a certificate are damage. On their own, they can be anything.
      if (rest !== file) yield { kind: 'damaged', der: NO_BYTES };
      return;
    }
    const bytes = rest.subarray(0, der.size);
    yield { kind: kindOf(der.kind), der: bytes };
    if (bytes.length < der.size) yield { kind: 'truncated', der: NO_BYTES };
    rest = rest.subarray(der.size);
    while (rest[0] === LINE_FEED || rest[0] === CARRIAGE_RETURN) rest = rest.subarray(1);
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const PRIVATE_KINDS = [
  'pkcs8',
  'pkcs1',
  'sec1',
  'encrypted-pkcs8',
  'dsa',
  'tpm',
] as const satisfies DerKind[];

function kindOf(kind: DerKind): DetectedKind {
  return isPrivateKind(kind) ? 'private-key' : kind;
}

function isPrivateKind(kind: DerKind): kind is PrivateKind {
  return PRIVATE_KINDS.some((one) => one === kind);
}

/**
 * Whether a text contains words that only a private key's file has: PEM and PGP, OpenSSH's binary form, PuTTY,
 * `openssl rsa -text`, JWK. It is still a key if dashes, spaces, or line breaks were lost.
 */
function mentionsPrivateKey(text: string): boolean {
  const words =
    /(?:BEGIN|END)[A-Z0-9]{0,30}PRIVATEKEY|openssh-key-v1|PuTTY-User-Key-File|privateExponent:|[{,]"d":"[\w-]{20}/;
  return words.test(text.replace(/[\s\\]+/g, ''));
}

/**
 * Whether base64 of a private key starts anywhere in a text, for example below a certificate. Decoding only its first bytes
 * keeps the time linear in the length of the text.
 */
function hasEncodedPrivateKey(text: string): boolean {
  // Base64 of a DER sequence, of `---` (also in UTF-16), and of `openssh-key-v1`, at the start of a word.
  for (const { index } of text.matchAll(/(?<![A-Za-z0-9+/])(?:M[A-P]|LS0t|LQAt|AC0A|b3Bl)/g)) {
    // Decoding skips white space and backslashes.
    const file = Buffer.from(text.slice(index, index + 400), 'base64');
    const der = identifyDer(file);
    if (der && isPrivateKind(der.kind)) return true;
    if (mentionsPrivateKey(file.toString('latin1').replaceAll('\0', ''))) return true;
  }
  return false;
}
