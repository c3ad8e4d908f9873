import { X509Certificate, type KeyObject } from 'node:crypto';
import type { Context } from '../context.ts';
import { ActionError } from '../errors.ts';
import {
  ambiguityOf,
  certificateProblemIn,
  DAMAGE,
  describeCertificate,
  expectedContent,
  subjectOf,
  toCertificateError,
  toPrivateKeyError,
  type InputSource,
} from './certificate-problems.ts';
import { checkSignature, findLeaves, sortChain } from './chain.ts';
import { detectCertificates } from './detect-certificates.ts';
import { normalizePastedText } from './pem.ts';

/** The certificate that is registered with Sprinklr: the guide's `server.crt`. */
export interface Certificate {
  /** What registration uploads: from BEGIN to END, 64 columns, one line break at the end. */
  pem: string;
  /** SHA-256, lowercase hex without colons. */
  fingerprint: string;
  /** On one line: `C=US, O=Example, CN=ci.example.com`. */
  subject: string;
  notBefore: Date;
  expiresAt: Date;
  /** False if the certificate was issued by a CA with the same name, or was damaged. The two look the same. */
  hasKnownSigner: boolean;
  x509: X509Certificate;
}

/** Reads the private key of a certificate. Undefined if it is missing or unreadable. */
type ReadKey = () => KeyObject | undefined;

const DAY_MS = 24 * 60 * 60_000;

/**
 * Parses one certificate: PEM text with or without text around it, or base64 of PEM or DER. If there are several, takes
 * the certificate that matches the private key or, without a key, the leaf of the chain.
 *
 * @param input the name of the input, for messages
 * @param readKey called only for several certificates
 * @throws {ActionError} INPUT_MISSING, CERTIFICATE_UNREADABLE, CERTIFICATE_MISMATCH if none of several certificates matches
 *   the private key, or CERTIFICATE_IS_PRIVATE_KEY if the value contains a private key
 */
export function parseCertificate(value: string, input: string, readKey?: ReadKey): Certificate {
  const source: InputSource = { input, baseName: 'server', keyInput: 'private-key' };
  const certificates = parseCertificates(value, source);
  const privateKey = certificates.length > 1 ? readKey?.() : undefined;
  const leaves = findLeaves(certificates, privateKey);
  const [x509] = leaves;
  if (x509 === undefined) throw toMismatchError();
  if (leaves.length > 1)
    throw toCertificateError(source, ambiguityOf(leaves, source, privateKey !== undefined));
  const signature = checkSignature(x509, certificates);
  if (signature === 'changed') throw toCertificateError(source, { problem: DAMAGE.damaged });
  return {
    pem: x509.toString(),
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: subjectOf(x509),
    notBefore: new Date(x509.validFrom),
    expiresAt: new Date(x509.validTo),
    hasKnownSigner: signature !== 'unknown',
    x509,
  };
}

/** The keys that a client certificate is compared with. */
interface ClientKeys {
  readonly readKey: ReadKey;
  /** The key that signs JWTs, whose files are easily mistaken for the client's. */
  readonly readSigningKey: ReadKey;
}

/**
 * Parses the client certificate for mutual TLS, with its issuers' certificates if they are present.
 *
 * @param input the name of the input, for messages
 * @returns PEM text: the client's own certificate, then its issuers, as TLS sends them (RFC 8446 §4.4.2)
 * @throws {ActionError} the codes of {@link parseCertificate}
 */
export function parseCertificateChain(value: string, input: string, keys?: ClientKeys): string {
  const source: InputSource = { input, baseName: 'client', keyInput: 'mtls-private-key' };
  const certificates = parseCertificates(value, source);
  const privateKey = keys?.readKey();
  const leaves = findLeaves(certificates, privateKey);
  const [leaf] = leaves;
  if (keys && privateKey && !leaf)
    throw toClientMismatchError(certificates, privateKey, keys.readSigningKey());
  if (privateKey && leaves.length > 1) throw toCertificateError(source, ambiguityOf(leaves, source, true));
  if (leaf && checkSignature(leaf, certificates) === 'changed')
    throw toCertificateError(source, { problem: DAMAGE.damaged });
  // Without a key or a chain, the right order is unknown.
  const chain = leaf && leaves.length === 1 ? sortChain(leaf, certificates) : certificates;
  return chain.map((x509) => x509.toString()).join('');
}

/**
 * Checks a certificate against the private key, if given, and the clock. Logs a warning if it expires soon, or if
 * its signature cannot be verified.
 *
 * @param options.certificateWarningDays whole days; a certificate with less time left gets a warning
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED
 */
export function checkCertificate(
  certificate: Certificate,
  {
    privateKey,
    certificateWarningDays: warningDays,
  }: { privateKey?: KeyObject | undefined; certificateWarningDays: number },
  { now, log }: Pick<Context, 'now' | 'log'>,
): void {
  if (privateKey !== undefined) requireMatch(certificate, privateKey);
  const warnings = [checkValidity(certificate, { now: now(), warningDays }), signerWarning(certificate)];
  for (const warning of warnings) if (warning !== undefined) log.warning(warning);
}

/** A warning if the certificate's signature cannot be verified. */
export function signerWarning({ fingerprint, hasKnownSigner }: Certificate): string | undefined {
  if (hasKnownSigner) return undefined;
  return (
    "Cannot verify the certificate's signature: a CA with the same name issued it, or it was damaged in copying. " +
    'Check that `openssl x509 -in server.crt -noout -fingerprint -sha256` prints the same SHA-256 fingerprint, ' +
    `${fingerprint}.`
  );
}

/**
 * Checks that the certificate contains the public key of the private key.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH
 */
export function requireMatch(certificate: Certificate, privateKey: KeyObject): void {
  if (certificate.x509.checkPrivateKey(privateKey)) return;
  throw toMismatchError();
}

function toMismatchError(): ActionError {
  return new ActionError('CERTIFICATE_MISMATCH', '`certificate` does not match `private-key`.', {
    remedy: `Use two files that were created together: ${comparison('server')}`,
  });
}

/** Names the wrong file if it is known. */
function toClientMismatchError(
  certificates: readonly X509Certificate[],
  privateKey: KeyObject,
  signingKey: KeyObject | undefined,
): ActionError {
  const { inputs, fact } = explainClientMismatch(certificates, privateKey, signingKey);
  const message = `\`mtls-certificate\` does not match \`mtls-private-key\`: ${fact}.`;
  const remedy = `Use two files that were created together: ${comparison('client')}`;
  return new ActionError('CERTIFICATE_MISMATCH', message, { remedy, inputs });
}

function explainClientMismatch(
  certificates: readonly X509Certificate[],
  privateKey: KeyObject,
  signingKey: KeyObject | undefined,
): { inputs: string[]; fact: string } {
  const isWrong = (input: string, fact: string): { inputs: string[]; fact: string } => ({
    inputs: [input],
    fact,
  });
  if (signingKey && certificates.some((x509) => x509.checkPrivateKey(signingKey)))
    return isWrong('mtls-certificate', 'the certificate belongs to `private-key`');
  if (signingKey?.equals(privateKey) === true)
    return isWrong('mtls-private-key', 'the key is the same as `private-key`');
  // A self-signed client certificate can look like a CA's.
  if (certificates.every(({ ca, subject, issuer }) => ca && (certificates.length > 1 || subject !== issuer)))
    return isWrong('mtls-certificate', "it contains only CA certificates, not the client's");
  const list = certificates.slice(0, 4).map(describeCertificate).join('; ');
  return {
    inputs: ['mtls-certificate', 'mtls-private-key'],
    fact: `it contains another key's certificate, ${list}`,
  };
}

function comparison(baseName: string): string {
  return (
    `\`openssl x509 -in ${baseName}.crt -noout -pubkey\` and \`openssl pkey -in ${baseName}.key -pubout\` must print the ` +
    'same public key.'
  );
}

/**
 * Checks the validity period of a certificate.
 *
 * @param options.warningDays whole days; a certificate with less time left gets a warning
 * @returns a warning for the user, or undefined
 * @throws {ActionError} CERTIFICATE_EXPIRED
 */
export function checkValidity(
  certificate: Certificate,
  { now, warningDays }: { now: Date; warningDays: number },
): string | undefined {
  const { notBefore, expiresAt } = certificate;
  const remaining = expiresAt.getTime() - now.getTime();
  // The period includes its last second (RFC 5280 §4.1.2.5).
  if (remaining < 0) {
    throw new ActionError(
      'CERTIFICATE_EXPIRED',
      `The certificate expired at ${expiresAt.toISOString()}, and this machine's clock says ${now.toISOString()}.`,
      {
        remedy:
          'If the clock is wrong, correct it. Otherwise, create a new key and certificate, and register the certificate. ' +
          'In a GitHub repository, `npx @org/sprinklr-token@1 setup --rotate` does this.',
      },
    );
  }
  if (now < notBefore) {
    return (
      `The certificate is not valid before ${notBefore.toISOString()}, and this machine's clock says ` +
      `${now.toISOString()}. Correct the clock, or wait until then.`
    );
  }
  if (remaining >= warningDays * DAY_MS) return undefined;
  const days = Math.floor(remaining / DAY_MS);
  const when = days === 0 ? 'in less than a day' : days === 1 ? 'in one day' : `in ${days} days`;
  return `The certificate expires ${when}, at ${expiresAt.toISOString()}. Before then, create and register a new certificate.`;
}

function parseCertificates(value: string, source: InputSource): X509Certificate[] {
  const { text } = normalizePastedText(value);
  if (text === '') {
    throw new ActionError('INPUT_MISSING', `\`${source.input}\` is empty.`, {
      remedy: expectedContent(source),
      inputs: [source.input],
    });
  }
  const detections = [...detectCertificates(text)];
  // First: a leaked key is worse than any other problem.
  if (detections.some(({ kind }) => kind === 'private-key')) throw toPrivateKeyError(source);

  for (const kind of ['truncated', 'damaged'] as const) {
    if (detections.some((find) => find.kind === kind))
      throw toCertificateError(source, { problem: DAMAGE[kind] });
  }
  const certificates = detections.filter(({ kind }) => kind === 'certificate');
  if (certificates.length === 0)
    throw toCertificateError(source, certificateProblemIn(text, detections, source));
  const parsed = certificates.map(({ der }) => {
    const x509 = parseDer(der);
    if (!x509) throw toCertificateError(source, { problem: DAMAGE.damaged });
    return x509;
  });
  // A certificate that was pasted twice counts once.
  return [...new Map(parsed.map((x509) => [x509.fingerprint256, x509])).values()];
}

/** Parses DER, and checks every field that is read later. Undefined if any check fails. */
function parseDer(der: Buffer): X509Certificate | undefined {
  try {
    const x509 = new X509Certificate(der);
    const dates = [x509.validFrom, x509.validTo].map((date) => Date.parse(date));
    const usable = x509.publicKey.type === 'public' && !dates.some(Number.isNaN);
    // If OpenSSL encodes the certificate differently, the upload would have another fingerprint.
    return usable && x509.raw.equals(der) ? x509 : undefined;
  } catch {
    return undefined;
  }
}
