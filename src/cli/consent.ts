import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { openBrowser } from './consent/browser.ts';
import { isLoopbackCallback, startCallbackServer, type CallbackServer } from './consent/callback-server.ts';
import { readConsentResponse } from './consent/response.ts';
import { CliError, systemErrorReason } from './errors.ts';
import { note, paint, type Io } from './io.ts';
import { ask, isInteractive } from './prompts.ts';

/** Seconds until an authorization code expires, and how long to wait for one. */
export const CODE_SECONDS = 600;

interface ConsentRequest {
  /** The gateway's consent page. */
  readonly endpoint: URL;
  readonly apiKey: string;
  /** The app's callback URL, exactly as registered. */
  readonly redirectUri: string;
  /** Whether to open the page in a browser. */
  readonly browser: boolean;
  readonly timeoutSeconds: number;
}

/**
 * Gets an authorization code: opens the consent page and receives the response, on the callback URL if that is on this
 * computer, or else from a prompt or standard input.
 *
 * @throws {CliError} if consent is denied, the response is not for this request, or time runs out
 */
export async function requestAuthorizationCode(request: ConsentRequest, io: Io): Promise<string> {
  const state = randomBytes(24).toString('base64url');
  const read = (text: string): string | undefined => readConsentResponse(text, state);
  const server = await listen(new URL(request.redirectUri), read, io);
  const timeout = AbortSignal.timeout(request.timeoutSeconds * 1000);
  try {
    const page = consentUrl(request, state);
    note(
      io,
      'Open this page in a browser where you are logged in to Sprinklr, and allow the app:',
      '',
      page,
      '',
    );
    if (request.browser && (await openBrowser(page, io))) note(io, 'Opened it in your browser.');
    return await receiveCode({ ...request, server, read, timeout, io });
  } finally {
    server?.close();
  }
}

/** Every parameter percent-encoded, a space as `%20`: some servers do not decode `+`. */
function consentUrl({ endpoint, apiKey, redirectUri }: ConsentRequest, state: string): string {
  const parameters = { client_id: apiKey, response_type: 'code', redirect_uri: redirectUri, state };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${endpoint.href}?${query.join('&')}`;
}

type Reader = (text: string) => string | undefined;

async function listen(redirectUri: URL, read: Reader, io: Io): Promise<CallbackServer | undefined> {
  if (!isLoopbackCallback(redirectUri)) return undefined;
  try {
    return await startCallbackServer(redirectUri, read);
  } catch (error) {
    const reason = systemErrorReason(error) ?? (error as NodeJS.ErrnoException).code ?? 'unknown error';
    note(
      io,
      paint('yellow', `Cannot listen on ${redirectUri.origin}: ${reason}.`, io.stderr),
      'Paste the redirect URL instead. The browser will show an error page or another program there.',
      '',
    );
    return undefined;
  }
}

interface Waiting {
  readonly server: CallbackServer | undefined;
  readonly read: Reader;
  readonly redirectUri: string;
  readonly timeoutSeconds: number;
  readonly timeout: AbortSignal;
  readonly io: Io;
}

/** The code from whichever source has it first. */
async function receiveCode(waiting: Waiting): Promise<string> {
  const { server, redirectUri, timeoutSeconds, timeout, io } = waiting;
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, timeout]);
  const sources: Promise<string>[] = [timedOut(timeout, timeoutSeconds)];
  if (server === undefined) {
    note(
      io,
      'Then copy the URL that the browser was redirected to. An error page there is fine: only the URL counts.',
      `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}code=…`,
      '',
    );
    sources.push(
      isInteractive(io) ? pastedCode('Redirect URL', waiting, signal) : pipedCode(waiting, signal),
    );
  } else {
    note(io, `Waiting for the browser at ${redirectUri} for up to ${formatDuration(timeoutSeconds)}.`);
    sources.push(server.code);
    // The browser can run on another computer, where this URL leads nowhere.
    if (isInteractive(io))
      sources.push(pastedCode('Or paste the URL that it was redirected to', waiting, signal));
  }
  try {
    return await Promise.race(sources);
  } finally {
    done.abort();
    // Each source that lost the race rejects once it is withdrawn.
    for (const source of sources) source.catch(() => undefined);
  }
}

function timedOut(timeout: AbortSignal, seconds: number): Promise<never> {
  return new Promise((_, reject) => {
    timeout.addEventListener('abort', () => {
      reject(
        new CliError(
          `No response within ${formatDuration(seconds)}.`,
          'Run the command again, which makes a new link. If the browser shows an error from Sprinklr, check the API key, --redirect-uri, and --environment.',
        ),
      );
    });
  });
}

async function pastedCode(message: string, { read, io }: Waiting, signal: AbortSignal): Promise<string> {
  const validate = (text: string): string | undefined => {
    try {
      if (read(text) !== undefined) return undefined;
    } catch {
      // An error response ends the question, too.
      return undefined;
    }
    return 'No code found. Paste the URL that contains "code=", or the code alone.';
  };
  return read(await ask(io, { message, validate, signal })) ?? '';
}

async function pipedCode({ read, io }: Waiting, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: io.stdin });
  signal.addEventListener('abort', () => {
    lines.close();
  });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const code = read(line);
    if (code !== undefined) return code;
    throw new CliError(
      'The URL on standard input contains no code.',
      'Pass the URL that the browser was redirected to after the consent. It contains "code=".',
    );
  }
  throw new CliError(
    'Standard input ended before the redirect URL.',
    'Run the command in a terminal, or pipe in the URL that the browser was redirected to.',
  );
}

/** `9 min 58 s` */
export function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
