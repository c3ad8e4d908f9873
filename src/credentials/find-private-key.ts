import type { Buffer } from 'node:buffer';
import { identifyDer, type DerFile } from './der.ts';
import { recogniseText, type NotAKey } from './not-a-key.ts';
import { decodeBase64, findFrames, textOf, tidy, type Frame } from './pem.ts';

/** The looks that OpenSSL can read. */
export const privateKeys = {
  pkcs8: { name: 'PKCS#8', encrypted: false, encoding: { format: 'der', type: 'pkcs8' } },
  pkcs1: { name: 'PKCS#1', encrypted: false, encoding: { format: 'der', type: 'pkcs1' } },
  sec1: { name: 'SEC1', encrypted: false, encoding: { format: 'der', type: 'sec1' } },
  'encrypted-pkcs8': {
    name: 'encrypted PKCS#8',
    encrypted: true,
    encoding: { format: 'der', type: 'pkcs8' },
  },
  'encrypted-pem': { name: 'encrypted in the old way', encrypted: true, encoding: { format: 'pem' } },
} as const;

type PrivateLook = keyof typeof privateKeys;

/** What a pasted value turned out to be. */
interface Sighting {
  look: PrivateLook | NotAKey;
  /** The file behind the wrapping, or a text that has none. */
  content: Buffer | string;
  /** Bytes that a DER file has by its own account. */
  size?: number;
  /** Wrapping and file in words. */
  form: string;
}

/** The largest key that is taken, of 16,384 bits, has some 9.2 KiB in PKCS#8. */
const largestFile = 10 * 1024;

/** Looks at a tidy text: base64 of a file, or PEM, or something to be named. */
export function findPrivateKey(text: string, depth = 0): Sighting {
  const file = decodeBase64(text);
  const inside = file && sightFile(file, depth);
  if (inside) return { ...inside, form: `base64 of ${inside.form}` };

  // The service account file of another vendor has a PEM key within its JSON.
  const frames = text.startsWith('{') ? [] : findFrames(text).map((frame) => sightFrame(frame, depth));
  const framed = frames.find(({ look }) => isPrivate(look)) ?? frames[0];
  if (framed) return framed;

  const look = recogniseText(text) ?? (file ? 'base64-unknown' : 'text-unknown');
  return { look, content: file ?? text, form: 'text' };
}

export function isPrivate(look: Sighting['look']): look is PrivateLook {
  return Object.hasOwn(privateKeys, look);
}

/** Looks at a file; undefined if it is of no known kind. */
function sightFile(file: Buffer, depth: number): Sighting | undefined {
  const der = identifyDer(file);
  if (der) {
    const look = judgeSize(der, file.length);
    return {
      look,
      content: file,
      size: der.size,
      form: isPrivate(look) ? `${privateKeys[look].name} DER` : 'DER',
    };
  }
  const start = file.toString('latin1', 0, 14);
  const magic = magics.find(([bytes]) => start.startsWith(bytes));
  if (magic) return { look: magic[1], content: file, form: 'a binary file' };

  // Encoded twice happens, with a frame between even; a bound all the same.
  const text = depth < 3 ? textOf(file) : undefined;
  const inside = text === undefined ? undefined : findPrivateKey(tidy(text).text, depth + 1);
  return inside && !unknown.has(inside.look) ? inside : undefined;
}

const unknown = new Set<Sighting['look']>(['empty', 'text-unknown', 'base64-unknown']);

const magics: [string, NotAKey][] = [
  ['\xfe\xed\xfe\xed', 'jks'],
  ['\xce\xce\xce\xce', 'jks'],
  ['openssh-key-v1', 'openssh'],
];

/** A private key must be there in full, with nothing after it; other files get named as they are. */
function judgeSize({ kind, size }: DerFile, length: number): Sighting['look'] {
  if (!isPrivate(kind) && kind !== 'dsa' && kind !== 'other-der') return kind;
  if (size > length) return 'cut-short';
  if (size < length) return 'trailing';
  return length > largestFile ? 'oversized' : kind;
}

/** Looks into a PEM frame. Its label counts for little: `certutil -encode` calls every file a certificate. */
function sightFrame({ label, body, encryptedPem, closed, hasLines }: Frame, depth: number): Sighting {
  const layout = hasLines ? '' : ' on one line';
  if (encryptedPem) {
    const { name } = privateKeys['encrypted-pem'];
    return {
      look: closed ? 'encrypted-pem' : 'end-missing',
      content: encryptedPem,
      form: `PEM (${name})${layout}`,
    };
  }
  if (body === '') return { look: 'first-line', content: body, form: 'PEM' };
  const file = decodeBase64(body);
  if (!file) return { look: 'frame-garbled', content: body, form: 'PEM' };
  const inside = sightFile(file, depth);
  if (!inside) return { look: 'frame-unknown', content: file, form: 'PEM' };
  const form =
    isPrivate(inside.look) && label.includes('PRIVATE')
      ? `PEM (${privateKeys[inside.look].name})`
      : `${inside.form} in a PEM frame of another kind`;
  return { ...inside, form: form + layout };
}
