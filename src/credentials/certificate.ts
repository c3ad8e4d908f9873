import { X509Certificate, type KeyObject } from 'node:crypto';
import { ActionError } from '../errors.ts';
import { detectCertificates } from './detect-certificates.ts';
import {
  DAMAGE,
  toPrivateKeyError,
  howToFill,
  certificateProblemIn,
  toCertificateError,
  type InputSource,
} from './certificate-problems.ts';
import { normalizePastedText } from './pem.ts';

/** The certificate that a private key signs for: the guide's `server.crt`. */
export interface Certificate {
  /** As registering uploads it (contract.md §1): from BEGIN to END, 64 columns, one line end at the end. */
  pem: string;
  /** SHA-256, lower-case hex without colons. */
  fingerprint: string;
  /** On one line: `C=US, O=Example, CN=ci.example.com`. */
  subject: string;
  notBefore: Date;
  expiresAt: Date;
  x509: X509Certificate;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * Reads one certificate from what was pasted: PEM text with or without text around it, or base64 of PEM or DER.
 *
 * @param input the name of the input, for messages
 * @throws ActionError `INPUT_MISSING`, `CERTIFICATE_UNREADABLE`, or `CERTIFICATE_IS_PRIVATE_KEY` if there is a private key
 *   anywhere in the value, whatever else is in it
 */
export function readCertificate(value: string, input: string): Certificate {
  const source: InputSource = { input, file: 'server.crt', keyInput: 'private-key' };
  const [x509, ...others] = parseCertificates(value, source);
  if (x509 === undefined || others.length > 0) {
    throw toCertificateError(source, {
      problem: `holds ${others.length + 1} certificates, and only the private key's own belongs there`,
      remedy: 'Give it only that one: `openssl x509 -in server.crt` prints the first one in a file.',
    });
  }
  if (!isIntact(x509)) {
    throw toCertificateError(source, { problem: DAMAGE.damaged });
  }
  return {
    pem: x509.toString(),
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    // Node's types leave out that a certificate without a subject has undefined here.
    subject: ((x509.subject as string | undefined) ?? '').replaceAll('\n', ', '),
    notBefore: new Date(x509.validFrom),
    expiresAt: new Date(x509.validTo),
    x509,
  };
}

/**
 * Reads the client certificate for mutual TLS, with those of its issuers if they are there.
 *
 * @param input the name of the input, for messages
 * @returns PEM text, in the order given
 * @throws ActionError the codes of {@link readCertificate}
 */
export function readCertificateChain(value: string, input: string): string {
  const source: InputSource = { input, file: 'client.crt', keyInput: 'mtls-private-key' };
  return parseCertificates(value, source)
    .map((x509) => x509.toString())
    .join('');
}

/**
 * Makes sure that what this key signs can be checked with this certificate.
 *
 * @throws ActionError `CERTIFICATE_MISMATCH`
 */
export function requireMatch(certificate: Certificate, privateKey: KeyObject): void {
  if (certificate.x509.checkPrivateKey(privateKey)) return;
  throw new ActionError(
    'CERTIFICATE_MISMATCH',
    'The certificate and the private key do not belong together.',
    "Take both from the same run of step 3 of Sprinklr's guide: `openssl x509 -in server.crt -noout -pubkey` and " +
      '`openssl pkey -in server.key -pubout` must print the same.',
  );
}

/**
 * Looks at the dates of a certificate.
 *
 * @param options.warningDays whole days; a certificate with less time left gets a warning
 * @returns a warning for the user, or undefined
 * @throws ActionError `CERTIFICATE_EXPIRED`
 */
export function checkValidity(
  certificate: Certificate,
  { now, warningDays }: { now: Date; warningDays: number },
): string | undefined {
  const { notBefore, expiresAt } = certificate;
  const remaining = expiresAt.getTime() - now.getTime();
  // The last moment is still a valid one (RFC 5280 §4.1.2.5).
  if (remaining < 0) {
    throw new ActionError(
      'CERTIFICATE_EXPIRED',
      `The certificate expired at ${expiresAt.toISOString()}.`,
      'Make a new key and certificate, register it with mode: register, and store the new App ID together with the new key (docs/setup.md, "Rotate the key and certificate").',
    );
  }
  if (now < notBefore) {
    return (
      `The certificate is not valid before ${notBefore.toISOString()}, and this machine's clock says ` +
      `${now.toISOString()}. If the certificate is not meant for later, check that clock.`
    );
  }
  if (remaining >= warningDays * DAY_MS) return undefined;
  const days = Math.floor(remaining / DAY_MS);
  const when = days === 0 ? 'in less than a day' : days === 1 ? 'in one day' : `in ${days} days`;
  return `The certificate expires ${when}, at ${expiresAt.toISOString()}. Make and register a new one before then.`;
}

function parseCertificates(value: string, source: InputSource): X509Certificate[] {
  const { text } = normalizePastedText(value);
  if (text === '') {
    throw new ActionError('INPUT_MISSING', `The input ${source.input} is empty.`, howToFill(source.file));
  }
  const detections = [...detectCertificates(text)];
  // Before anything else that may be wrong: a leaked key is worse than all of it.
  if (detections.some(({ kind }) => kind === 'private-key')) throw toPrivateKeyError(source);

  for (const kind of ['cut-short', 'damaged'] as const) {
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

/** OpenSSL's parser, and proof that every field that is read later can be read; undefined for anything else. */
function parseDer(der: Buffer): X509Certificate | undefined {
  try {
    const x509 = new X509Certificate(der);
    const dates = [x509.validFrom, x509.validTo].map((date) => Date.parse(date));
    const usable = x509.publicKey.type === 'public' && !dates.some(Number.isNaN);
    // Bytes that OpenSSL would write otherwise would be uploaded otherwise, with another fingerprint.
    return usable && x509.raw.equals(der) ? x509 : undefined;
  } catch {
    return undefined;
  }
}

/** The guide's certificates are self-signed, so each shows whether a paste has changed it. An issued one cannot. */
function isIntact(x509: X509Certificate): boolean {
  return x509.subject !== x509.issuer || x509.verify(x509.publicKey);
}
