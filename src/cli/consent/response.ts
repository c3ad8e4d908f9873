import { ActionError } from '../../errors.ts';
import { parseAuthorizationCode } from '../../sprinklr/authorization-code.ts';
import { CliError } from '../errors.ts';

/** Longest quotation of the server's text, in characters. */
const MAX_QUOTE_LENGTH = 200;

/**
 * The authorization code in a redirect URL, or the code alone.
 *
 * @param state what was sent to the consent page; Sprinklr is not documented to return it, so it can be absent
 * @returns undefined if the text contains no response
 * @throws {CliError} for a response to another request, and for an error response (RFC 6749 §4.1.2.1)
 */
export function readConsentResponse(pasted: string, state: string): string | undefined {
  const text = pasted.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (/(^|[?&])(code|error)=/.test(text)) {
    const query = new URLSearchParams(text.slice(text.indexOf('?') + 1).replace(/#.*$/s, ''));
    if (query.getAll('state').some((returned) => returned !== state)) {
      throw new CliError(
        'This response belongs to another consent: its state does not match.',
        'Run the command again, and use only the URL that this consent leads to. If you did, someone may have tried to pass you their code.',
      );
    }
    const error = query.get('error');
    if (error !== null) throw errorResponse(error, query.get('error_description') ?? '');
  }
  try {
    return parseAuthorizationCode(text);
  } catch (error) {
    if (error instanceof ActionError) return undefined;
    throw error;
  }
}

const RETRY = 'Run the command again in a few minutes.';

/** The errors of RFC 6749 §4.1.2.1. */
const ERRORS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  access_denied: [
    'Consent was denied.',
    'Run the command again and allow the app. If you did, ask a Sprinklr admin for the platform permission Generate Token.',
  ],
  invalid_request: [
    'Sprinklr rejected the consent request as invalid.',
    "Check the API key and --redirect-uri. It must be exactly the app's callback URL, with or without the trailing slash.",
  ],
  invalid_scope: [
    'Sprinklr rejected the scope, although none was requested.',
    "Check the app's permissions in the Sprinklr developer portal.",
  ],
  server_error: ['Sprinklr had an internal error.', RETRY],
  temporarily_unavailable: ['Sprinklr is temporarily unavailable.', RETRY],
  unauthorized_client: [
    'Sprinklr does not allow this app to request a code.',
    'Check that the API key belongs to the right app and environment, and that the app is active.',
  ],
  unsupported_response_type: [
    'This consent page does not issue codes.',
    'Check --gateway, --environment, and --base-url.',
  ],
};

function errorResponse(error: string, description: string): CliError {
  const [problem, remedy] = (Object.hasOwn(ERRORS, error) ? ERRORS[error] : undefined) ?? [
    `Sprinklr refused the consent: ${sanitize(error) || '(no reason given)'}.`,
    "Look up this error in Sprinklr's documentation, then run the command again.",
  ];
  const details = sanitize(description);
  return new CliError(details === '' ? problem : `${problem} It said: "${details}".`, remedy);
}

/** The URL and its text come from a stranger: one line, without control characters, not too long. */
function sanitize(text: string): string {
  const line = text
    .slice(0, 10_000)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return line.length > MAX_QUOTE_LENGTH ? `${line.slice(0, MAX_QUOTE_LENGTH)}…` : line;
}
