import type { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { ActionError } from '../errors.ts';
import { identifyDer, type DerFile } from './der.ts';
import { notAKey, recogniseText, remedyForNewKey, type NotAKey } from './not-a-key.ts';
import { decodeBase64, findFrames, textOf, tidy, type Frame } from './pem.ts';

/** A private key as a workflow author handed it over. */
export interface PastedKey {
  value: string;
  /** Empty for none; ignored if the key is not encrypted. */
  passphrase: string;
  /** The input's name, for messages: `private-key` or `mtls-private-key`. */
  input: string;
}

/** The looks that OpenSSL can read. */
const privateKeys = {
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

/** The largest RSA key that OpenSSL checks signatures of has 16,384 bits, some 9.2 KiB in PKCS#8. */
const largestModulus = 16_384;
const largestFile = 10 * 1024;

/**
 * Reads a private key in any form that people paste: base64 of DER or PEM, or PEM, however its line ends fared.
 *
 * @throws ActionError INPUT_MISSING, KEY_ENCRYPTED, KEY_UNSUPPORTED or KEY_UNREADABLE; no message holds any of the value
 */
export function readPrivateKey({ value, passphrase, input }: PastedKey): KeyObject {
  const { look, content, size = 0 } = sightText(tidy(value).text);
  const failure = (seen: NotAKey): ActionError => notAKey(seen, input, { length: content.length, size });
  if (!isPrivate(look)) throw failure(look);

  const { encrypted, encoding } = privateKeys[look];
  if (encrypted && passphrase === '') throw failure('passphrase-missing');
  try {
    return createPrivateKey({ key: content, passphrase, ...encoding });
  } catch (error) {
    if (!encrypted) throw failure('damaged');
    // A wrong passphrase ends in several codes, by chance; an algorithm that is gone in this one only.
    const unsupported = (error as NodeJS.ErrnoException).code === 'ERR_OSSL_EVP_UNSUPPORTED';
    throw failure(unsupported ? 'cipher-unsupported' : 'passphrase-wrong');
  }
}

/** Says in which form a value holds a private key (`base64 of PKCS#8 DER`); undefined if it holds none. */
export function describePastedKey(value: string): string | undefined {
  const { text, repairs } = tidy(value);
  const { look, form } = sightText(text);
  return isPrivate(look) ? [form, ...repairs].join(', ') : undefined;
}

/**
 * Makes sure that a key can sign RS256 (RFC 7518 §3.3): RSA of 2048 bits or more, with numbers that fit each other.
 *
 * @throws ActionError KEY_UNSUPPORTED, or KEY_UNREADABLE for a key whose signatures are wrong
 */
export function requireRs256(key: KeyObject, input: string): KeyObject {
  requireRsa(key, input);
  if (!signsWell(key)) throw notAKey('damaged', input, { length: 0, size: 0 });
  return key;
}

/**
 * Makes sure that a key, or the one in a certificate, is of the only kind that is known to work with Sprinklr
 * (contract.md, "Unknown"): RSA of 2048 bits or more.
 *
 * @throws ActionError KEY_UNSUPPORTED
 */
export function requireRsa(key: KeyObject, input: string): void {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= largestModulus) return;
  const kind = kinds[key.asymmetricKeyType ?? ''] ?? 'a key of another kind';
  const detail = namedCurve ?? (modulusLength && `${modulusLength} bits`);
  const isCertificate = input === 'certificate';
  throw new ActionError(
    'KEY_UNSUPPORTED',
    `The input ${input} ${isCertificate ? 'is of' : 'holds'} ${kind}${detail ? ` (${detail})` : ''}; Sprinklr takes RSA keys of 2048 bits or more.`,
    remedyForNewKey(isCertificate ? 'private-key' : input),
  );
}

/** The key as unencrypted PKCS#8 DER: the same bytes, whatever form it was pasted in. */
export function toPkcs8Der(key: KeyObject): Buffer {
  return key.export({ type: 'pkcs8', format: 'der' });
}

const kinds: Record<string, string> = {
  rsa: 'an RSA key',
  'rsa-pss': 'an RSA-PSS key',
  dsa: 'a DSA key',
  dh: 'a Diffie-Hellman key',
  ec: 'an EC key',
  ed25519: 'an Ed25519 key',
  ed448: 'an Ed448 key',
  x25519: 'an X25519 key',
  x448: 'an X448 key',
};

/** OpenSSL reads a key with flipped bits without complaint; its signatures show (about 1 ms). */
function signsWell(key: KeyObject): boolean {
  const probe = new Uint8Array(1);
  try {
    return verify('sha256', probe, createPublicKey(key), sign('sha256', probe, key));
  } catch {
    return false;
  }
}

function isPrivate(look: Sighting['look']): look is PrivateLook {
  return Object.hasOwn(privateKeys, look);
}

/** Looks at a tidy text: base64 of a file, or PEM, or something to be named. */
function sightText(text: string, depth = 0): Sighting {
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
  const inside = text === undefined ? undefined : sightText(tidy(text).text, depth + 1);
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
