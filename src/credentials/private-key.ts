import type { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { ActionError } from '../errors.ts';
import { detectPrivateKey, isPrivateKeyKind, PRIVATE_KEY_KINDS } from './detect-private-key.ts';
import { toKeyError, newKeyDetails, type KeyProblem } from './key-problems.ts';
import { normalizePastedText } from './pem.ts';

/** A private key as the user provides it. */
export interface PrivateKeySource {
  value: string;
  /** Empty for none; ignored if the key is not encrypted. */
  passphrase: string;
  /** The input's name, for messages: `private-key` or `mtls-private-key`. */
  input: string;
}

/** The largest RSA key whose signatures OpenSSL verifies, in bits. */
const MAX_MODULUS_BITS = 16_384;

/**
 * Parses a private key in any form that people paste: base64 of DER or PEM, or PEM, with or without its line breaks.
 *
 * @throws {ActionError} INPUT_MISSING, KEY_ENCRYPTED, KEY_UNSUPPORTED, or KEY_UNREADABLE. No message contains any part of
 *   the value
 */
export function parsePrivateKey({ value, passphrase, input }: PrivateKeySource): KeyObject {
  const { kind, content, size = 0, form } = detectPrivateKey(normalizePastedText(value).text);
  const failure = (problem: KeyProblem, cause?: unknown): ActionError =>
    toKeyError(problem, { input, length: content.length, size, isDer: form.includes('DER'), cause });
  if (!isPrivateKeyKind(kind)) throw failure(kind);

  const { encrypted, encoding } = PRIVATE_KEY_KINDS[kind];
  const isMissing = encrypted && passphrase === '';
  try {
    // Any passphrase shows whether OpenSSL supports the algorithm.
    const key = createPrivateKey({ key: content, passphrase: isMissing ? '-' : passphrase, ...encoding });
    if (!isMissing) return key;
  } catch (error) {
    if (!encrypted) throw failure('damaged', error);
    // A wrong passphrase causes various codes, at random. A removed algorithm causes only this one.
    const isUnsupported = (error as NodeJS.ErrnoException).code === 'ERR_OSSL_EVP_UNSUPPORTED';
    if (isUnsupported)
      throw failure(isMissing ? 'cipher-unsupported-without-passphrase' : 'cipher-unsupported', error);
    if (!isMissing) throw failure('passphrase-wrong', error);
  }
  throw failure('passphrase-missing');
}

/** The form of a private key, such as `base64 of PKCS#8 DER`. Undefined if the value contains none. */
export function describePrivateKey(value: string): string | undefined {
  const { text, repairs } = normalizePastedText(value);
  const { kind, form } = detectPrivateKey(text);
  return isPrivateKeyKind(kind) ? [form, ...repairs].join(', ') : undefined;
}

/**
 * Checks that a key can sign RS256: RSA of 2048 bits or more, whose signatures verify. Takes about 1 ms.
 *
 * @throws {ActionError} KEY_UNSUPPORTED, or KEY_UNREADABLE for a key whose signatures are wrong
 */
export function requireRs256(key: KeyObject, input: string): KeyObject {
  signRs256(new Uint8Array(1), requireRsa(key, input));
  return key;
}

/**
 * Signs with RS256 (RFC 7518 §3.3) and verifies the signature. OpenSSL accepts a key with flipped bits, and a faulty
 * signature can reveal the key (https://en.wikipedia.org/wiki/Differential_fault_analysis).
 *
 * @throws {ActionError} KEY_UNREADABLE for a key whose signatures are wrong
 */
export function signRs256(bytes: Uint8Array, key: KeyObject): Buffer {
  let cause: unknown;
  try {
    const signature = sign('sha256', bytes, key);
    if (verify('sha256', bytes, createPublicKey(key), signature)) return signature;
  } catch (error) {
    cause = error;
  }
  throw toKeyError('damaged', { input: 'private-key', length: 0, size: 0, cause });
}

/**
 * Checks that a key, or the one in a certificate, is of the only type that is known to work: RSA of 2048 bits or more
 * (docs/development/sprinklr-api.md, "Unknown").
 *
 * @throws {ActionError} KEY_UNSUPPORTED
 */
export function requireRsa(key: KeyObject, input: string): KeyObject {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= MAX_MODULUS_BITS)
    return key;
  const kind = KEY_TYPE_NAMES[key.asymmetricKeyType ?? ''] ?? 'a key of an unknown type';
  const detail = namedCurve ?? (modulusLength && `${modulusLength} bits`);
  const verb = input === 'certificate' ? 'is for' : 'is';
  throw new ActionError(
    'KEY_UNSUPPORTED',
    `\`${input}\` ${verb} ${kind}${detail ? ` (${detail})` : ''}. Only RSA keys of 2048 bits or more are supported.`,
    newKeyDetails(input),
  );
}

/** The key as unencrypted PKCS#8 DER: the same bytes for every form that it was pasted in. */
export function toPkcs8Der(key: KeyObject): Buffer {
  return key.export({ type: 'pkcs8', format: 'der' });
}

const KEY_TYPE_NAMES: Record<string, string> = {
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
