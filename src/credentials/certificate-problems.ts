import { ActionError } from '../errors.ts';
import type { Damage, Detection, DetectedKind } from './detect-certificates.ts';
import { recognizeText } from './key-problems.ts';

const SIGN_REQUEST = 'openssl x509 -req -sha256 -days 365 -in server.csr -signkey server.key -out server.crt';

/** The input that a certificate came from, and what belongs in it. */
export interface InputSource {
  readonly input: string;
  readonly file: string;
  readonly keyInput: string;
}

/** Why a value cannot be used as a certificate. */
interface CertificateProblem {
  /** Follows the input's name. */
  readonly problem: string;
  /** Omitted if the remedy is to provide the right file. */
  readonly remedy?: string;
}

export const DAMAGE: Readonly<Record<Damage, string>> = {
  truncated: 'is truncated: its end was lost in copying',
  damaged: 'is damaged: characters were changed, added, or lost in copying',
};

const CERTIFICATE_PROBLEMS: Partial<
  Record<DetectedKind | NonNullable<ReturnType<typeof recognizeText>>, CertificateProblem>
> = {
  'certificate-request': {
    problem: 'is a certificate request, which still has to be signed',
    remedy: `Create the certificate from it: \`${SIGN_REQUEST}\`.`,
  },
  'public-key': {
    problem: 'is a public key without a certificate',
    remedy: `Create the certificate as in step 3 of Sprinklr's guide: \`${SIGN_REQUEST}\`.`,
  },
  pkcs7: {
    problem: 'is a PKCS#7 file',
    remedy: 'Extract the certificate: `openssl pkcs7 -print_certs -in server.p7b -out server.crt`.',
  },
  pkcs12: {
    problem: 'is a PKCS#12 file, which usually contains the private key',
    remedy:
      'Extract only the certificate: `openssl pkcs12 -in server.p12 -clcerts -nokeys -out server.crt`. ' +
      'If the file was stored anywhere but in a secret, create a new key pair.',
  },
  'end-line': { problem: DAMAGE.truncated },
  placeholder: {
    problem: 'is a placeholder that was never replaced',
    remedy: 'Check the name of the secret or variable, and how it is referenced.',
  },
  path: {
    problem: 'is a path or a file name, not the content of a file',
    remedy: 'Print the content with `openssl x509 -in server.crt`.',
  },
  'raw-bytes': {
    problem: 'contains the bytes of a binary file, which a text field corrupts',
    remedy: 'Convert the file to text: `openssl base64 -A -in server.crt`.',
  },
};

/** Why a value in which no certificate was found cannot be used. Its kind is that of its bytes or, if unknown, of its text. */
export function certificateProblemIn(text: string, detections: readonly Detection[]): CertificateProblem {
  const kind = detections[0]?.kind ?? recognizeText(text);
  return (
    (kind && CERTIFICATE_PROBLEMS[kind]) ?? {
      problem: 'contains no certificate, neither as PEM text nor as base64 of a certificate file',
    }
  );
}

/** The error for a value that cannot be used as a certificate. */
export function toCertificateError(
  { input, file }: InputSource,
  { problem, remedy }: CertificateProblem,
): ActionError {
  return new ActionError('CERTIFICATE_UNREADABLE', `\`${input}\` ${problem}.`, {
    remedy: remedy ?? expectedContent(file),
    inputs: [input],
    file,
  });
}

/** The error for a private key in place of a certificate. */
export function toPrivateKeyError({ input, file, keyInput }: InputSource): ActionError {
  return new ActionError(
    'CERTIFICATE_IS_PRIVATE_KEY',
    `\`${input}\` contains a private key. A certificate is public, so this input can appear in logs.`,
    {
      remedy:
        `${expectedContent(file)} Store the key as a secret, and pass it as \`${keyInput}\`. If it was pasted anywhere but ` +
        'in a secret (a workflow file, a variable, a log), treat it as leaked: create a new key pair and register its ' +
        'certificate.',
      inputs: [input],
    },
  );
}

export function expectedContent(file: string): string {
  return `It must be what \`openssl x509 -in ${file}\` prints.`;
}
