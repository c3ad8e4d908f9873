import type { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { ActionError } from '../errors.ts';
import { detectPrivateKey, isPrivateKeyKind, PRIVATE_KEY_KINDS } from './detect-private-key.ts';
import { toKeyError, remedyForNewKey, type KeyProblem } from './key-problems.ts';
import { normalizePastedText } from './pem.ts';

/** A private key as a workflow author handed it over. */
export interface PrivateKeySource {
  value: string;
  /** Empty for none; ignored if the key is not encrypted. */
  passphrase: string;
  /** The input's name, for messages: `private-key` or `mtls-private-key`. */
  input: string;
}

/** The largest RSA key that OpenSSL checks signatures of, in bits. */
const MAX_MODULUS_BITS = 16_384;

/**
 * Reads a private key in any form that people paste: base64 of DER or PEM, or PEM, however its line ends fared.
 *
 * @throws ActionError INPUT_MISSING, KEY_ENCRYPTED, KEY_UNSUPPORTED or KEY_UNREADABLE; no message holds any of the value
 */
export function readPrivateKey({ value, passphrase, input }: PrivateKeySource): KeyObject {
  const { kind: look, content, size = 0 } = detectPrivateKey(normalizePastedText(value).text);
  const failure = (seen: KeyProblem): ActionError =>
    toKeyError(seen, input, { length: content.length, size });
  if (!isPrivateKeyKind(look)) throw failure(look);

  const { encrypted, encoding } = PRIVATE_KEY_KINDS[look];
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
export function describePrivateKey(value: string): string | undefined {
  const { text, repairs } = normalizePastedText(value);
  const { kind: look, form } = detectPrivateKey(text);
  return isPrivateKeyKind(look) ? [form, ...repairs].join(', ') : undefined;
}

/**
 * Makes sure that a key can sign RS256: RSA of 2048 bits or more, with numbers that fit each other (about 1 ms).
 *
 * @throws ActionError KEY_UNSUPPORTED, or KEY_UNREADABLE for a key whose signatures are wrong
 */
export function requireRs256(key: KeyObject, input: string): KeyObject {
  signRs256(new Uint8Array(1), requireRsa(key, input));
  return key;
}

/**
 * Signs with RS256 (RFC 7518 §3.3) and checks the signature: OpenSSL reads a key with flipped bits without complaint, and
 * a signature that is wrong in part gives the key away.
 *
 * @throws ActionError KEY_UNREADABLE for a key whose signatures are wrong
 */
export function signRs256(bytes: Uint8Array, key: KeyObject): Buffer {
  try {
    const signature = sign('sha256', bytes, key);
    if (verify('sha256', bytes, createPublicKey(key), signature)) return signature;
  } catch {
    // So damaged that it cannot even be tried.
  }
  throw toKeyError('damaged', 'private-key', { length: 0, size: 0 });
}

/**
 * Makes sure that a key, or the one in a certificate, is of the only kind that is known to work with Sprinklr
 * (contract.md, "Unknown"): RSA of 2048 bits or more.
 *
 * @throws ActionError KEY_UNSUPPORTED
 */
export function requireRsa(key: KeyObject, input: string): KeyObject {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= MAX_MODULUS_BITS)
    return key;
  const kind = KEY_TYPE_NAMES[key.asymmetricKeyType ?? ''] ?? 'a key of another kind';
  const detail = namedCurve ?? (modulusLength && `${modulusLength} bits`);
  const isCertificate = input === 'certificate';
  throw new ActionError(
    'KEY_UNSUPPORTED',
    `The input ${input} ${isCertificate ? 'is of' : 'holds'} ${kind}${detail ? ` (${detail})` : ''}; Sprinklr takes RSA keys of 2048 bits or more.`,
    remedyForNewKey(input),
  );
}

/** The key as unencrypted PKCS#8 DER: the same bytes, whatever form it was pasted in. */
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
