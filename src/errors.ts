/** Every way a step can fail, as the `error-code` output names it (docs/troubleshooting.md has an entry for each). */
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

/**
 * A failure that the user can read: what is wrong, then what to do next.
 *
 * Both texts are shown as they are, so whoever makes one puts nothing secret and no raw server text in it.
 */
export class ActionError extends Error {
  readonly code: ErrorCode;
  /** What to do next: whole sentences, or a command. */
  readonly remedy: string;

  constructor(code: ErrorCode, problem: string, remedy: string) {
    super(problem);
    this.name = 'ActionError';
    this.code = code;
    this.remedy = remedy;
  }
}

/** Not by `instanceof`: what is loaded on demand (src/on-demand.ts) has this class a second time. */
export function isActionError(thrown: unknown): thrown is ActionError {
  return thrown instanceof Error && thrown.name === 'ActionError';
}
