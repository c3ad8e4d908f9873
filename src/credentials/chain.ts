import { constants, publicDecrypt, type KeyObject, type X509Certificate } from 'node:crypto';
import { identifyDer } from './der.ts';

/**
 * What the signature of a certificate shows:
 * - `valid`: it was made with a known key, and the content is unchanged.
 * - `changed`: it was made with a known key, and the content was changed after that.
 * - `issued`: it was made with a key that is not available.
 * - `unknown`: the certificate was issued by a CA with the same name, or its signature or key was changed.
 */
export type Signature = 'valid' | 'changed' | 'issued' | 'unknown';

/** What the signature shows, given the certificates of possible issuers. */
export function checkSignature(x509: X509Certificate, issuers: readonly X509Certificate[] = []): Signature {
  for (const { publicKey } of [x509, ...issuers]) {
    const signature = checkSignatureOf(x509, publicKey);
    if (signature !== undefined) return signature;
  }
  // The names differ, or the key identifiers do.
  if (!x509.checkIssued(x509)) return 'issued';
  return hasKeyIdentifiers(x509) ? 'changed' : 'unknown';
}

/** Undefined if the signature is not known to be from this key. */
function checkSignatureOf(x509: X509Certificate, publicKey: KeyObject): 'valid' | 'changed' | undefined {
  try {
    if (x509.verify(publicKey)) return 'valid';
    // An RSA signature is as long as the modulus, and the last field (RFC 5280 §4.1). Only its own key decrypts it to the
    // padding and DigestInfo of RFC 8017 §9.2.
    const { modulusLength = 0 } = publicKey.asymmetricKeyDetails ?? {};
    const signature = x509.raw.subarray(-Math.ceil(modulusLength / 8));
    const digestInfo = publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
    return identifyDer(digestInfo)?.size === digestInfo.length ? 'changed' : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a certificate has both extensions with key identifiers (RFC 5280 §4.2.1.1 and §4.2.1.2). */
function hasKeyIdentifiers({ raw }: X509Certificate): boolean {
  return ['0603551d23', '0603551d0e'].every((oid) => raw.includes(oid, 0, 'hex'));
}

/**
 * The certificates that can be the leaf of a chain, in no particular order: those that match the private key or, without
 * a key, those that issued none of the others.
 */
export function findLeaves(
  certificates: readonly X509Certificate[],
  privateKey: KeyObject | undefined,
): X509Certificate[] {
  if (privateKey !== undefined) return certificates.filter((x509) => x509.checkPrivateKey(privateKey));
  const issuers = new Set(certificates.flatMap((x509) => findIssuers(x509, certificates)));
  return certificates.filter((x509) => !issuers.has(x509));
}

/** The leaf, its issuer, and so on, followed by the certificates outside the chain. */
export function sortChain(
  leaf: X509Certificate,
  certificates: readonly X509Certificate[],
): X509Certificate[] {
  const chain = new Set([leaf]);
  for (const x509 of chain) {
    const next = findIssuers(x509, certificates).find((issuer) => !chain.has(issuer));
    if (next) chain.add(next);
  }
  return [...new Set([...chain, ...certificates])];
}

/** The certificates whose key made the signature. A renewed certificate of the same key is not an issuer. */
function findIssuers(x509: X509Certificate, certificates: readonly X509Certificate[]): X509Certificate[] {
  return certificates.filter(
    (issuer) =>
      issuer.subject === x509.issuer &&
      !issuer.publicKey.equals(x509.publicKey) &&
      checkSignatureOf(x509, issuer.publicKey) !== undefined,
  );
}
