import { ActionError } from '../errors.ts';
import type { Damage, Detection, DetectedKind } from './detect-certificates.ts';
import { recognizeText } from './key-problems.ts';

const SIGN_REQUEST = 'openssl x509 -req -sha256 -days 365 -in server.csr -signkey server.key -out server.crt';

/** Where the value stands and what belongs there, for messages. */
export interface InputSource {
  input: string;
  file: string;
  keyInput: string;
}

/** What to say of a value that is no certificate; its kind is that of its bytes or, failing that, of its text. */
interface CertificateProblem {
  /** Goes on from "The input …". */
  problem: string;
  /** Where it is not simply to give the right file. */
  remedy?: string;
}

export const DAMAGE: Record<Damage, string> = {
  'cut-short': 'stops before its end: a part of it was lost in copying',
  damaged: 'is damaged: some characters of it were changed, added or lost in copying',
};

const CERTIFICATE_PROBLEMS: Partial<
  Record<DetectedKind | NonNullable<ReturnType<typeof recognizeText>>, CertificateProblem>
> = {
  'certificate-request': {
    problem: 'holds a certificate request, which still has to be signed',
    remedy: `Make the certificate from it: \`${SIGN_REQUEST}\``,
  },
  'public-key': {
    problem: 'holds a bare public key',
    remedy: `Make the certificate as in step 3 of Sprinklr's guide: \`${SIGN_REQUEST}\``,
  },
  pkcs7: {
    problem: 'holds a PKCS#7 file',
    remedy: 'Take the certificate out of it: `openssl pkcs7 -print_certs -in server.p7b -out server.crt`',
  },
  pkcs12: {
    problem: 'holds a PKCS#12 file, which has the private key in it as a rule',
    remedy:
      'Take only the certificate out of it: `openssl pkcs12 -in server.p12 -clcerts -nokeys -out server.crt`. ' +
      'If the file has been anywhere but in a secret, make a new key pair.',
  },
  'end-line': { problem: DAMAGE['cut-short'] },
  placeholder: {
    problem: 'holds a placeholder that nothing was put in for',
    remedy: 'Check the name of the secret or variable, and how the workflow refers to it.',
  },
  path: {
    problem: "holds a path or a file's name, where the content of the file belongs",
    remedy: 'Print it with `openssl x509 -in server.crt`, and store that.',
  },
  'raw-bytes': {
    problem: 'holds the bytes of a binary file, which no text field leaves whole',
    remedy: 'Store it as text: `openssl base64 -A -in server.crt`',
  },
};

/** What is wrong with a value in which no certificate was found. */
export function certificateProblemIn(text: string, finds: Detection[]): CertificateProblem {
  const kind = finds[0]?.kind ?? recognizeText(text);
  const refusal = kind && CERTIFICATE_PROBLEMS[kind];
  return (
    refusal ?? { problem: 'holds no certificate, neither as PEM text nor as base64 of a certificate file' }
  );
}

/** The error for it. */
export function toCertificateError(
  { input, file }: InputSource,
  { problem, remedy }: CertificateProblem,
): ActionError {
  return new ActionError(
    'CERTIFICATE_UNREADABLE',
    `The input ${input} ${problem}.`,
    remedy ?? howToFill(file),
  );
}

/** The error for a private key where a certificate belongs. */
export function toPrivateKeyError({ input, file, keyInput }: InputSource): ActionError {
  return new ActionError(
    'CERTIFICATE_IS_PRIVATE_KEY',
    `The input ${input} holds a private key. A certificate is public, so whatever handles this input may show it.`,
    `${howToFill(file)} The key belongs in a secret, and from there in the input ${keyInput}. If it was pasted ` +
      'anywhere but in a secret (a workflow file, a variable, a log), treat it as leaked: make a new key pair and ' +
      'register its certificate.',
  );
}

export function howToFill(file: string): string {
  return `Give it what \`openssl x509 -in ${file}\` prints.`;
}
