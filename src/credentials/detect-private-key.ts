import type { Buffer } from 'node:buffer';
import { identifyDer, type DerFile } from './der.ts';
import { recognizeText, type KeyProblem } from './key-problems.ts';
import { decodeBase64, findPemBlocks, decodeText, normalizePastedText, type PemBlock } from './pem.ts';

/** The kinds that OpenSSL can read. */
export const PRIVATE_KEY_KINDS = {
  pkcs8: { name: 'PKCS#8', encrypted: false, encoding: { format: 'der', type: 'pkcs8' } },
  pkcs1: { name: 'PKCS#1', encrypted: false, encoding: { format: 'der', type: 'pkcs1' } },
  sec1: { name: 'SEC1', encrypted: false, encoding: { format: 'der', type: 'sec1' } },
  'encrypted-pkcs8': {
    name: 'encrypted PKCS#8',
    encrypted: true,
    encoding: { format: 'der', type: 'pkcs8' },
  },
  'encrypted-pem': { name: 'traditional encryption', encrypted: true, encoding: { format: 'pem' } },
} as const;

type PrivateKeyKind = keyof typeof PRIVATE_KEY_KINDS;

/** What a pasted value is. */
interface Detection {
  kind: PrivateKeyKind | KeyProblem;
  /** The file inside the wrapping, or the text if there is none. */
  content: Buffer | string;
  /** A DER file's length in bytes, by its own length field. */
  size?: number;
  /** The wrapping and the file, in words: `base64 of PKCS#8 DER`. */
  form: string;
}

/** A key of 16,384 bits, the longest that is accepted, takes about 9.2 KiB in PKCS#8. */
const MAX_KEY_BYTES = 10 * 1024;

/** Detects what a normalized text is: base64 of a file, PEM, or something else that a message can name. */
export function detectPrivateKey(text: string, depth = 0): Detection {
  const file = decodeBase64(text);
  const inside = file && detectFile(file, depth);
  if (inside) return { ...inside, form: `base64 of ${inside.form}` };

  // Another vendor's service account file contains a PEM key in its JSON.
  const blocks = text.startsWith('{') ? [] : findPemBlocks(text).map((frame) => detectPemBlock(frame, depth));
  const found = blocks.find(({ kind: kind }) => isPrivateKeyKind(kind)) ?? blocks[0];
  if (found) return found;

  const kind = recognizeText(text) ?? (file ? 'base64-unknown' : 'text-unknown');
  return { kind: kind, content: file ?? text, form: 'text' };
}

export function isPrivateKeyKind(kind: Detection['kind']): kind is PrivateKeyKind {
  return Object.hasOwn(PRIVATE_KEY_KINDS, kind);
}

/** Detects the kind of a file. Undefined if it is unknown. */
function detectFile(file: Buffer, depth: number): Detection | undefined {
  const der = identifyDer(file);
  if (der) {
    const kind = kindBySize(der, file.length);
    return {
      kind: kind,
      content: file,
      size: der.size,
      form: isPrivateKeyKind(kind) ? `${PRIVATE_KEY_KINDS[kind].name} DER` : 'DER',
    };
  }
  const start = file.toString('hex', 0, 14);
  const magic = MAGIC_NUMBERS.find(([pattern]) => pattern.test(start));
  if (magic) return { kind: magic[1], content: file, form: 'a binary file' };

  // Values are sometimes encoded twice, even with a PEM block in between.
  const text = depth < 3 ? decodeText(file) : undefined;
  const inside = text === undefined ? undefined : detectPrivateKey(normalizePastedText(text).text, depth + 1);
  return inside && !UNKNOWN_KINDS.has(inside.kind) ? inside : undefined;
}

const UNKNOWN_KINDS = new Set<Detection['kind']>(['empty', 'text-unknown', 'base64-unknown']);

/** How a binary file starts, in hex. */
const MAGIC_NUMBERS: [RegExp, KeyProblem][] = [
  [/^(?:(?:feed){2}|(?:ce){4})/, 'jks'],
  [/^6f70656e7373682d6b65792d7631/, 'openssh'], // openssh-key-v1
  // A secret or public key packet of version 4 (RFC 9580 §4.2.2), as `gpg --export` writes it.
  [/^(?:94..|95....)04/, 'pgp'],
  [/^(?:98..|99....)04/, 'pgp-public'],
];

/** Kinds that only the label shows, or that the label names more precisely. */
const PEM_LABELS: [RegExp, KeyProblem][] = [
  [/TSS2\s?PRIVATE/, 'tpm'],
  [/PGP\s?PRIVATE/, 'pgp'],
  [/PGP\s?PUBLIC/, 'pgp-public'],
];

/** A private key must be complete, with nothing after it. The size of other files does not matter. */
function kindBySize({ kind, size }: DerFile, length: number): Detection['kind'] {
  if (!isPrivateKeyKind(kind) && kind !== 'dsa' && kind !== 'other-der') return kind;
  if (size > length) return 'truncated';
  if (size < length) return 'trailing';
  return length > MAX_KEY_BYTES ? 'oversized' : kind;
}

/** Detects what a PEM block contains. Its label is unreliable: `certutil -encode` labels every file a certificate. */
function detectPemBlock(
  { label, body, encryptedPem, closed, isMultiline: hasLines }: PemBlock,
  depth: number,
): Detection {
  const labeled = PEM_LABELS.find(([pattern]) => pattern.test(label))?.[1];
  if (labeled) return { kind: labeled, content: body, form: 'PEM' };
  const layout = hasLines ? '' : ' on one line';
  if (encryptedPem) {
    const { name } = PRIVATE_KEY_KINDS['encrypted-pem'];
    return {
      kind: closed ? 'encrypted-pem' : 'end-missing',
      content: encryptedPem,
      form: `PEM (${name})${layout}`,
    };
  }
  if (body === '') return { kind: 'first-line', content: body, form: 'PEM' };
  const file = decodeBase64(body);
  if (!file) return { kind: 'pem-garbled', content: body, form: 'PEM' };
  const inside = detectFile(file, depth);
  if (!inside) return { kind: 'pem-unknown', content: file, form: 'PEM' };
  if (!label.includes('PRIVATE'))
    return { ...inside, form: `${inside.form} in a PEM block with another label${layout}` };
  const form = isPrivateKeyKind(inside.kind) ? `PEM (${PRIVATE_KEY_KINDS[inside.kind].name})` : 'PEM';
  return { ...inside, form: form + layout };
}
