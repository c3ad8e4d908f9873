import { ActionError } from '../../errors.ts';
import { parseAuthorizationCode } from '../../sprinklr/authorization-code.ts';
import { DeskError } from '../command.ts';

/** Longest quotation of what the server said, in characters. */
const LONGEST_QUOTE = 200;

/**
 * The one-time code in the address that the browser landed on, or in the code alone.
 *
 * @param state what the consent address held; nothing says that Sprinklr returns it, so it may be absent
 * @returns undefined where the text is no answer at all
 * @throws {DeskError} for an answer that is not ours, or that says no (RFC 6749 §4.1.2.1)
 */
export function readConsentAnswer(pasted: string, state: string): string | undefined {
  const text = pasted.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (/(^|[?&])(code|error)=/.test(text)) {
    const query = new URLSearchParams(text.slice(text.indexOf('?') + 1).replace(/#.*$/s, ''));
    if (query.getAll('state').some((returned) => returned !== state)) {
      throw new DeskError(
        'This answer belongs to another consent: its state is not the one that was sent.',
        'Run this again, and use only the address that the browser lands on after it. If you did that, somebody tried to hand you a code of theirs.',
      );
    }
    const error = query.get('error');
    if (error !== null) throw refusalOf(error, query.get('error_description') ?? '');
  }
  try {
    return parseAuthorizationCode(text);
  } catch (error) {
    if (error instanceof ActionError) return undefined;
    throw error;
  }
}

const again = 'Run this again in a few minutes.';

/** What each error of RFC 6749 §4.1.2.1 says here, and what to do. */
const REFUSALS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  access_denied: [
    'The consent was denied.',
    'Run this again and allow the app. If nobody denied it, ask a Sprinklr admin to give you the platform permission Generate Token.',
  ],
  invalid_request: [
    'Sprinklr could not make sense of the consent address.',
    "Check the API key and --redirect-uri: the app's callback URL, to the letter, with or without its final slash.",
  ],
  invalid_scope: [
    'Sprinklr refused the scope, though none was asked for.',
    "Check the app's permissions on the page where the app was made.",
  ],
  server_error: ['Sprinklr failed on its side.', again],
  temporarily_unavailable: ['Sprinklr is busy or being maintained.', again],
  unauthorized_client: [
    'Sprinklr does not let this app ask for a code.',
    'Check that the API key is the one of the right app and environment, and that the app is active.',
  ],
  unsupported_response_type: [
    'Sprinklr gives out no codes at this address.',
    'Check --gateway, --environment and --base-url.',
  ],
};

function refusalOf(error: string, description: string): DeskError {
  const [problem, remedy] = (Object.hasOwn(REFUSALS, error) ? REFUSALS[error] : undefined) ?? [
    `Sprinklr refused the consent: ${cleaned(error) || '(it did not say why)'}.`,
    "Look that up in Sprinklr's documentation, then run this again.",
  ];
  const said = cleaned(description);
  return new DeskError(said === '' ? problem : `${problem} It said: "${said}".`, remedy);
}

/** Whoever wrote the address wrote this text: one line, nothing that a terminal would obey, and not much of it. */
function cleaned(text: string): string {
  const line = text
    .slice(0, 10_000)
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line;
}
