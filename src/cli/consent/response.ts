import { ActionError } from '../../errors.ts';
import { parseAuthorizationCode } from '../../sprinklr/authorization-code.ts';
import { CliError } from '../errors.ts';

/** The longest quote of the server's text, in characters. */
const MAX_QUOTE_LENGTH = 200;
/** RFC 6749 §10.10 requires codes that cannot be guessed. A shorter text, such as a word, is taken for a code only after `code=`. */
const MIN_CODE_LENGTH = 12;

/** A consent that was denied, failed, or was not given in time. A new consent can succeed. */
export class ConsentError extends CliError {}

/** What a consent led to. */
export type ConsentResult = { readonly code: string } | { readonly error: ConsentError };

/** The result of a consent, and whether its `state` matches. */
export type ConsentResponse =
  /** `missing`: RFC 6749 §4.1.2 requires `state`, but Sprinklr is not documented to return it. */
  | { readonly state: 'returned' | 'missing'; readonly result: ConsentResult }
  /** It belongs to another consent. */
  | { readonly state: 'wrong' };

/**
 * Reads a redirect URL, or a code alone.
 *
 * @param state what was sent to the consent page
 * @returns undefined if the text contains no response
 */
export function parseConsentResponse(pasted: string, state: string): ConsentResponse | undefined {
  const text = pasted.trim().replace(/^(["'])(.*)\1$/, '$2');
  const isQuery = /(^|[?&])(code|error)=/.test(text);
  if (!isQuery && text.length < MIN_CODE_LENGTH) return undefined;
  const query = new URLSearchParams(isQuery ? text.slice(text.indexOf('?') + 1).replace(/#.*$/s, '') : '');
  const states = query.getAll('state');
  if (states.some((returned) => returned !== state)) return { state: 'wrong' };
  const error = query.get('error');
  const result =
    error === null ? readCode(text) : { error: toConsentError(error, query.get('error_description') ?? '') };
  return result && { state: states.length > 0 ? 'returned' : 'missing', result };
}

function readCode(text: string): ConsentResult | undefined {
  try {
    return { code: parseAuthorizationCode(text) };
  } catch (error) {
    if (error instanceof ActionError) return undefined;
    throw error;
  }
}

const RETRY = 'Try again in a few minutes.';

/** The errors of RFC 6749 §4.1.2.1. */
const ERRORS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  access_denied: [
    'Consent was denied.',
    'Try again, and allow the app. If you did allow it, ask a Sprinklr admin for the platform permission Generate Token.',
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

function toConsentError(error: string, description: string): ConsentError {
  const [problem, remedy] = (Object.hasOwn(ERRORS, error) ? ERRORS[error] : undefined) ?? [
    `Sprinklr rejected the consent request: ${sanitize(error) || '(no reason given)'}.`,
    "Look up this error in Sprinklr's documentation, then try again.",
  ];
  const details = sanitize(description);
  return new ConsentError(details === '' ? problem : `${problem} Sprinklr said: "${details}".`, remedy);
}

/** Anyone can write the URL's text, so it becomes one short line without control characters. */
function sanitize(text: string): string {
  const line = text
    .slice(0, 10_000)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return line.length > MAX_QUOTE_LENGTH ? `${line.slice(0, MAX_QUOTE_LENGTH)}…` : line;
}
