import { X509Certificate, type KeyObject } from 'node:crypto';
import type { Context } from '../context.ts';
import { ActionError } from '../errors.ts';
import { detectCertificates } from './detect-certificates.ts';
import {
  DAMAGE,
  toPrivateKeyError,
  expectedContent,
  certificateProblemIn,
  toCertificateError,
  type InputSource,
} from './certificate-problems.ts';
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
  x509: X509Certificate;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Parses one certificate: PEM text with or without text around it, or base64 of PEM or DER.
 *
 * @param input the name of the input, for messages
 * @throws {ActionError} INPUT_MISSING, CERTIFICATE_UNREADABLE, or CERTIFICATE_IS_PRIVATE_KEY if the value contains a private
 *   key, whatever else it contains
 */
export function parseCertificate(value: string, input: string): Certificate {
  const source: InputSource = { input, file: 'server.crt', keyInput: 'private-key' };
  const [x509, ...others] = parseCertificates(value, source);
  if (x509 === undefined || others.length > 0) {
    throw toCertificateError(source, {
      problem: `contains ${others.length + 1} certificates. Only the one of the private key belongs there`,
      remedy: 'Keep only that one: `openssl x509 -in server.crt` prints the first one in a file.',
    });
  }
  if (!isIntact(x509)) {
    throw toCertificateError(source, { problem: DAMAGE.damaged });
  }
  return {
    pem: x509.toString(),
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    // Undefined for a certificate without a subject, which Node's types omit.
    subject: ((x509.subject as string | undefined) ?? '').replaceAll('\n', ', '),
    notBefore: new Date(x509.validFrom),
    expiresAt: new Date(x509.validTo),
    x509,
  };
}

/**
 * Parses the client certificate for mutual TLS, with its issuers' certificates if they are present.
 *
 * @param input the name of the input, for messages
 * @returns PEM text, in the order given
 * @throws {ActionError} the codes of {@link parseCertificate}
 */
export function parseCertificateChain(value: string, input: string): string {
  const source: InputSource = { input, file: 'client.crt', keyInput: 'mtls-private-key' };
  return parseCertificates(value, source)
    .map((x509) => x509.toString())
    .join('');
}

/**
 * Checks a certificate against the private key, if given, and the clock. Logs a warning if it expires soon.
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
  const warning = checkValidity(certificate, { now: now(), warningDays });
  if (warning !== undefined) log.warning(warning);
}

/**
 * Checks that the certificate contains the public key of the private key.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH
 */
export function requireMatch(certificate: Certificate, privateKey: KeyObject): void {
  if (certificate.x509.checkPrivateKey(privateKey)) return;
  throw new ActionError('CERTIFICATE_MISMATCH', '`certificate` and `private-key` do not belong together.', {
    remedy:
      "Use both from the same run of step 3 of Sprinklr's guide: `openssl x509 -in server.crt -noout -pubkey` and " +
      '`openssl pkey -in server.key -pubout` must print the same.',
  });
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
          'Create a new key and certificate, register the certificate, and store the new App ID together with the new key ' +
          '(docs/setup.md, "Rotate the key and certificate").',
      },
    );
  }
  if (now < notBefore) {
    return (
      `The certificate is not valid before ${notBefore.toISOString()}, and this machine's clock says ` +
      `${now.toISOString()}. Unless the certificate is meant for later, check that clock.`
    );
  }
  if (remaining >= warningDays * DAY_MS) return undefined;
  const days = Math.floor(remaining / DAY_MS);
  const when = days === 0 ? 'in less than a day' : days === 1 ? 'in one day' : `in ${days} days`;
  return `The certificate expires ${when}, at ${expiresAt.toISOString()}. Create and register a new one before then.`;
}

function parseCertificates(value: string, source: InputSource): X509Certificate[] {
  const { text } = normalizePastedText(value);
  if (text === '') {
    throw new ActionError('INPUT_MISSING', `\`${source.input}\` is empty.`, {
      remedy: expectedContent(source.file),
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
  if (certificates.length === 0) throw toCertificateError(source, certificateProblemIn(text, detections));
  return certificates.map(({ der }) => {
    const x509 = parseDer(der);
    if (!x509) throw toCertificateError(source, { problem: DAMAGE.damaged });
    return x509;
  });
}

/** Parses DER, and checks every field that is read later. Undefined if any of it fails. */
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

/** A self-signed certificate, as the guide's commands create it, shows whether a paste has changed it. An issued one cannot. */
function isIntact(x509: X509Certificate): boolean {
  return x509.subject !== x509.issuer || x509.verify(x509.publicKey);
}
