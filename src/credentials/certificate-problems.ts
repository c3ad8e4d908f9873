import type { X509Certificate } from 'node:crypto';
import { ActionError } from '../errors.ts';
import type { Damage, Detection, DetectedKind } from './detect-certificates.ts';
import { recognizeText } from './key-problems.ts';

/** The input that a certificate came from, and the names of its files. */
export interface InputSource {
  readonly input: string;
  /** The name of all files of the pair, without an extension. */
  readonly baseName: 'server' | 'client';
  readonly keyInput: string;
}

/** Why a value cannot be used as a certificate. */
interface CertificateProblem {
  /** Follows the input's name. */
  readonly problem: string;
  /** Undefined if the remedy is to provide the right file. */
  readonly remedy?: string | undefined;
}

interface CertificateProblemText {
  readonly problem: string;
  readonly remedy?: (source: InputSource, detection: Detection | undefined) => string | undefined;
}

export const DAMAGE: Readonly<Record<Damage, string>> = {
  truncated: 'is truncated: its end was lost in copying',
  damaged: 'is damaged: characters were changed, added, or lost in copying',
};

/** Only the guide's certificate is self-signed. */
function signRequest({ baseName }: InputSource, options = ''): string | undefined {
  if (baseName === 'client') return undefined;
  return `openssl x509 -req -sha256 -days 365${options} -in server.csr -signkey server.key -out server.crt`;
}

function extractFromPkcs12({ baseName }: InputSource, options = ''): string {
  // A client certificate can need its issuers' certificates.
  const which = baseName === 'server' ? '-clcerts -nokeys' : '-nokeys';
  return (
    `Extract only the certificate: \`openssl pkcs12${options} -in ${baseName}.p12 ${which} -out ${baseName}.crt\`. ` +
    'If the file was stored outside a secret, create a new key pair.'
  );
}

const PKCS12 = 'is a PKCS#12 file, which usually contains the private key';

const CERTIFICATE_PROBLEMS: Partial<
  Record<DetectedKind | NonNullable<ReturnType<typeof recognizeText>>, CertificateProblemText>
> = {
  'certificate-request': {
    problem: 'is a certificate request, not a signed certificate',
    remedy: (source, detection) => {
      const command = signRequest(source, detection?.label === undefined ? ' -inform DER' : '');
      // OpenSSL does not read a request in a block with another label.
      const isReadable = detection?.label?.includes('REQUEST') !== false;
      return command && isReadable ? `Create the certificate from it: \`${command}\`.` : undefined;
    },
  },
  'public-key': {
    problem: 'is a public key without a certificate',
    remedy: (source) => {
      const command = signRequest(source);
      return command && `Create the certificate: \`${command}\`.`;
    },
  },
  pkcs7: {
    problem: 'is a PKCS#7 file',
    remedy: ({ baseName }, detection) => {
      const format = detection?.label === undefined ? 'DER' : 'PEM';
      return `Extract the certificate: \`openssl pkcs7 -print_certs -inform ${format} -in ${baseName}.p7b -out ${baseName}.crt\`.`;
    },
  },
  pkcs12: { problem: PKCS12, remedy: (source) => extractFromPkcs12(source) },
  'legacy-pkcs12': { problem: PKCS12, remedy: (source) => extractFromPkcs12(source, ' -legacy') },
  'pgp-public': { problem: 'is an OpenPGP public key, not an X.509 certificate' },
  'end-line': { problem: 'is truncated: its BEGIN line was lost in copying' },
  placeholder: {
    problem: 'is a placeholder that was never replaced',
    remedy: () => 'Check the name of the secret or variable, and how it is referenced.',
  },
  path: {
    problem: 'is a path or a file name, not the content of a file',
    remedy: ({ baseName }) => `Print the content with \`openssl x509 -in ${baseName}.crt\`.`,
  },
  'raw-bytes': {
    problem: 'contains binary data, which a text field corrupts',
    remedy: ({ baseName }) => `Convert the file to text: \`openssl base64 -A -in ${baseName}.crt\`.`,
  },
};

/** Why a value without a certificate cannot be used. Its bytes show its kind or, if they do not, its text does. */
export function certificateProblemIn(
  text: string,
  detections: readonly Detection[],
  source: InputSource,
): CertificateProblem {
  const [detection] = detections;
  const kind = detection?.kind ?? recognizeText(text);
  const { problem, remedy } = (kind && CERTIFICATE_PROBLEMS[kind]) ?? {
    problem: 'contains no certificate, as PEM text or as base64 of a file',
  };
  return { problem, remedy: remedy?.(source, detection) };
}

/** Why none of several certificates can be chosen: no chain connects them, or all match the private key. */
export function ambiguityOf(
  certificates: readonly X509Certificate[],
  { keyInput, baseName }: InputSource,
  hasKey: boolean,
): CertificateProblem {
  const names = certificates.slice(0, 4).map(describeCertificate);
  const others = certificates.length - names.length;
  const list = [...names, ...(others > 0 ? [`${others} more`] : [])].join('; ');
  const problem = (relation: string): string =>
    `contains ${certificates.length} certificates${relation} \`${keyInput}\`: ${list}`;
  if (hasKey) return { problem: problem(' that match'), remedy: 'Keep only the certificate to use.' };
  return {
    problem: problem(', and it is unclear which one matches'),
    remedy:
      `Set \`${keyInput}\`, or keep only the certificate that matches it. To extract it from chain.pem: \`openssl pkcs12 -export -in chain.pem ` +
      `-inkey ${baseName}.key -passout pass: | openssl pkcs12 -passin pass: -clcerts -nokeys -out ${baseName}.crt\`.`,
  };
}

export function describeCertificate(x509: X509Certificate): string {
  const expires = new Date(x509.validTo).toISOString().slice(0, 10);
  // Removes characters that a terminal or a log interprets.
  const subject = subjectOf(x509).replace(/[\p{C}\p{Zl}\p{Zp}`]/gu, '');
  return `${subject.slice(0, 80) || 'no subject'} (expires ${expires})`;
}

/** A certificate's subject on one line. Empty for a certificate without one, which Node's types omit. */
export function subjectOf({ subject }: X509Certificate): string {
  return ((subject as string | undefined) ?? '').replaceAll('\n', ', ');
}

/** The error for a value that cannot be used as a certificate. */
export function toCertificateError(
  source: InputSource,
  { problem, remedy }: CertificateProblem,
): ActionError {
  const { input, baseName } = source;
  return new ActionError('CERTIFICATE_UNREADABLE', `\`${input}\` ${problem}.`, {
    remedy: remedy ?? expectedContent(source),
    inputs: [input],
    file: `${baseName}.crt`,
  });
}

/** The error for a private key in place of a certificate. */
export function toPrivateKeyError(source: InputSource): ActionError {
  const { input, keyInput } = source;
  return new ActionError(
    'CERTIFICATE_IS_PRIVATE_KEY',
    `\`${input}\` contains a private key. A certificate is public, so this input can appear in logs.`,
    {
      remedy:
        `${expectedContent(source)} Store the key as a secret, and pass it as \`${keyInput}\`. If it was pasted outside a ` +
        'secret (a workflow file, a variable, a log), treat it as leaked: create a new key pair and register its ' +
        'certificate.',
      inputs: [input],
    },
  );
}

export function expectedContent({ baseName }: InputSource): string {
  return `Use the output of \`openssl x509 -in ${baseName}.crt\`.`;
}
