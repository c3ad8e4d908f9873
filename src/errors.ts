/** The values of the `error-code` output (docs/troubleshooting.md has an entry for each). */
export type ErrorCode =
  | 'INPUT_MISSING'
  | 'INPUT_INVALID'
  | 'KEY_UNREADABLE'
  | 'KEY_ENCRYPTED'
  | 'KEY_UNSUPPORTED'
  | 'CERTIFICATE_UNREADABLE'
  | 'CERTIFICATE_IS_PRIVATE_KEY'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_MISMATCH'
  | 'CREDENTIALS_REJECTED'
  | 'API_KEY_INACTIVE'
  | 'PERMISSION_DENIED'
  | 'ENVIRONMENT_MISMATCH'
  | 'NOT_FOUND'
  | 'RATE_LIMITED'
  | 'SERVER_ERROR'
  | 'NETWORK_UNREACHABLE'
  | 'TIMED_OUT'
  | 'TLS_FAILED'
  | 'REDIRECTED'
  | 'RESPONSE_INVALID'
  | 'WORKSPACE_NOT_ALLOWED'
  | 'SEALED_TOKEN_INVALID'
  | 'SEALED_TOKEN_EXPIRED'
  | 'INTERNAL';

export interface ErrorDetails {
  /** What to do next, in any front end: whole sentences, or a command. Empty if the front end's advice is enough. */
  readonly remedy: string;
  /** The inputs to correct, by their names in src/request/schema.ts. The front end says where to correct them. */
  readonly inputs?: readonly string[];
  /** The file whose content belongs in the input, such as `server.der`. The front end says how to store it. */
  readonly file?: string;
  /** The HTTP status of a response that is an error. */
  readonly status?: number;
  /** Whether the server may have processed a call that must not be repeated. The message says so, too. */
  readonly possiblyProcessed?: boolean;
  /** The original error. Its message is never shown, because it can contain anything. */
  readonly cause?: unknown;
}

/**
 * A failure that the user can read: what failed and why, then what to do next.
 *
 * Both texts are printed unchanged, so they contain nothing secret and no raw text from a server. They fit every front
 * end: they name inputs, but do not say where to set them.
 */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly inputs: readonly string[];
  readonly file: string | undefined;
  readonly status: number | undefined;
  readonly possiblyProcessed: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    { remedy, inputs = [], file, status, possiblyProcessed = false, cause }: ErrorDetails,
  ) {
    super(message, { cause });
    this.code = code;
    this.remedy = remedy;
    this.inputs = inputs;
    this.file = file;
    this.status = status;
    this.possiblyProcessed = possiblyProcessed;
  }
}
