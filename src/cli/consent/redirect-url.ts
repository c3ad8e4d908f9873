import { createInterface } from 'node:readline';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { ask } from '../prompts.ts';
import type { CallbackServer } from './callback-server.ts';
import type { Confirmation } from './confirmation.ts';
import { parseConsentResponse } from './response.ts';

interface Waiting {
  /** What was sent to the consent page. */
  readonly state: string;
  readonly confirmation: Confirmation;
  readonly server: CallbackServer | undefined;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  readonly io: Io;
}

const OTHER_CONSENT = 'This response belongs to another consent: its state does not match.';

/**
 * Asks for the redirect URL. A person pastes only their own, so it can be without `state`. In between, asks about a
 * response without `state` that arrived elsewhere.
 *
 * @throws {ConsentError} for an error response
 */
export async function pastedCode(
  message: string,
  { state, confirmation, server, signal, io }: Waiting,
): Promise<string> {
  const validate = (text: string): string | undefined => {
    const response = parseConsentResponse(text, state);
    if (response === undefined) {
      return isConsentPage(text)
        ? 'This is the URL of the consent page. Open it, allow the app, and paste the URL that the browser is then redirected to.'
        : 'No code found. Paste the full redirect URL. It contains "code=".';
    }
    return response.state === 'wrong'
      ? `${OTHER_CONSENT} Paste the URL that the page above leads to.`
      : undefined;
  };
  for (;;) {
    const { interruption } = confirmation;
    const question = { message, validate, signal: AbortSignal.any([signal, interruption]) };
    const text = await ask(io, question).catch((error: unknown) => {
      if (interruption.aborted && !signal.aborted) return undefined;
      throw error;
    });
    if (text !== undefined) return codeIn(text, state) ?? '';
    const isTheirs = await askWhoAllowed(io, signal);
    confirmation.answer(isTheirs);
    if (isTheirs && server !== undefined) return await server.code;
  }
}

function isConsentPage(text: string): boolean {
  return URL.canParse(text) && new URL(text).pathname.endsWith('/oauth/authorize');
}

/** Asks for a line, not a single key, because a URL that the user is pasting could answer a single-key question. */
async function askWhoAllowed(io: Io, signal: AbortSignal): Promise<boolean> {
  const answer = await ask(io, {
    message:
      "A code arrived without state, so it could be someone else's. Did you just allow the app in the browser? (y/n)",
    validate: (text) => (/^(y|yes|n|no)$/i.test(text) ? undefined : 'Answer y or n.'),
    signal,
  });
  return /^y/i.test(answer);
}

/**
 * Reads the redirect URL from standard input.
 *
 * @throws {ConsentError} for an error response
 * @throws {CliError} if the first line with text is no response to this consent
 */
export async function pipedCode({ state, signal, io }: Waiting): Promise<string> {
  const lines = createInterface({ input: io.stdin });
  signal.addEventListener('abort', () => {
    lines.close();
  });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const code = codeIn(line, state);
    if (code !== undefined) return code;
    throw new CliError(
      'No code found in the text on standard input.',
      'Pass the full URL that the browser was redirected to after the consent. It contains "code=".',
    );
  }
  throw new CliError(
    'Standard input ended before the redirect URL.',
    'Run the command in a terminal, or pipe in the URL that the browser was redirected to.',
  );
}

/** @returns undefined if the text contains no response */
function codeIn(text: string, state: string): string | undefined {
  const response = parseConsentResponse(text, state);
  if (response === undefined) return undefined;
  if (response.state === 'wrong') {
    throw new CliError(
      OTHER_CONSENT,
      'Run the command again, and use only the URL that this consent leads to. If you used that URL, someone may have tried to pass you their code.',
    );
  }
  if ('error' in response.result) throw response.result.error;
  return response.result.code;
}
