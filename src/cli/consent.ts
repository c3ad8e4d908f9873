import { randomBytes } from 'node:crypto';
import { openBrowser } from './consent/browser.ts';
import { isLoopbackCallback, startCallbackServer, type CallbackServer } from './consent/callback-server.ts';
import { Confirmation } from './consent/confirmation.ts';
import type { OneTimePage } from './consent/one-time-page.ts';
import { pastedCode, pipedCode } from './consent/redirect-url.ts';
import { ConsentError, parseConsentResponse } from './consent/response.ts';
import { CliError, systemErrorReason } from './errors.ts';
import { note, paint, type Io } from './io.ts';
import { isInteractive } from './prompts.ts';

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
  /** Whether to receive the response on the callback URL if that is on this computer. */
  readonly listen: boolean;
  readonly timeoutSeconds: number;
}

/**
 * Gets an authorization code: opens the consent page and receives the response, on the callback URL if that is on this
 * computer, or else from a prompt or standard input. Says how long the code works.
 *
 * @throws {ConsentError} if consent is denied or fails, or time runs out. A new consent can succeed
 * @throws {CliError} if it cannot listen on the callback URL, or standard input contains no response to this request
 */
export async function requestAuthorizationCode(request: ConsentRequest, io: Io): Promise<string> {
  const state = randomBytes(24).toString('base64url');
  const confirmation = new Confirmation();
  const server = await listen(request, { state, confirmation, io });
  const timeout = AbortSignal.timeout(request.timeoutSeconds * 1000);
  const url = consentUrl(request, state);
  note(
    io,
    'Open this page in a browser where you are logged in to Sprinklr, and allow the app:',
    '',
    url,
    '',
    "If it shows HTTP 500, --redirect-uri does not exactly match the app's callback URL. For any other error, check",
    '--environment, and check that the API key is not the API secret. To correct a value, press Ctrl-C. Then run the',
    'command again, or the one that it prints, with the right value, such as --redirect-uri URL.',
    '',
  );
  let page: OneTimePage | undefined;
  try {
    if (request.browser) page = await openBrowser(url, io);
    if (page !== undefined) note(io, 'Opened it in your browser.');
    const code = await receiveCode({ ...request, state, confirmation, server, timeout, io });
    note(io, paint('green', `Received the code. It works once, until ${describeExpiry(io)}.`, io.stderr));
    return code;
  } finally {
    page?.close();
    server?.close();
  }
}

/** Encodes a space as `%20`, because some servers do not decode `+`. */
function consentUrl({ endpoint, apiKey, redirectUri }: ConsentRequest, state: string): string {
  const parameters = { client_id: apiKey, response_type: 'code', redirect_uri: redirectUri, state };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${endpoint.href}?${query.join('&')}`;
}

interface Listening {
  readonly state: string;
  readonly confirmation: Confirmation;
  readonly io: Io;
}

/** @throws {CliError} if it cannot listen there: another program would receive the code */
async function listen(
  request: ConsentRequest,
  { state, confirmation, io }: Listening,
): Promise<CallbackServer | undefined> {
  const redirectUri = new URL(request.redirectUri);
  if (!request.listen || !isLoopbackCallback(redirectUri)) return undefined;
  try {
    // Any web page and any program on this computer can send a request here.
    return await startCallbackServer(redirectUri, async (url) => {
      const response = parseConsentResponse(url, state);
      if (response === undefined) return undefined;
      if (response.state === 'wrong') return 'refused';
      const { result } = response;
      const isTheirs =
        response.state === 'returned' ||
        ('code' in result && isInteractive(io) && (await confirmation.request()));
      return isTheirs ? result : 'refused';
    });
  } catch (error) {
    const reason = systemErrorReason(error) ?? (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new CliError(
      `Cannot listen on ${redirectUri.origin}: ${reason}.`,
      'Free the port, or run the command with --no-listen and paste the redirect URL.',
      { cause: error },
    );
  }
}

interface Waiting extends Listening {
  readonly server: CallbackServer | undefined;
  readonly redirectUri: string;
  readonly timeoutSeconds: number;
  readonly timeout: AbortSignal;
}

/** The code from the first source that has it. */
async function receiveCode(waiting: Waiting): Promise<string> {
  const { server, redirectUri, timeoutSeconds, timeout, io } = waiting;
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, timeout]);
  const sources: Promise<string>[] = [timedOut(timeout, timeoutSeconds)];
  const limit = `for up to ${formatDuration(timeoutSeconds)}`;
  if (server === undefined) {
    note(
      io,
      'Then copy the URL that the browser was redirected to. An error page there is fine: only the URL counts.',
      `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}code=…`,
      '',
      `Waiting for that URL ${limit}.`,
    );
    const paste = { ...waiting, signal };
    sources.push(isInteractive(io) ? pastedCode('Redirect URL', paste) : pipedCode(paste));
  } else {
    note(io, `Waiting for the browser at ${redirectUri} ${limit}.`);
    sources.push(server.code);
    // The browser can run on another computer, where this URL leads nowhere.
    if (isInteractive(io))
      sources.push(pastedCode('Or paste the URL that the browser was redirected to', { ...waiting, signal }));
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
        new ConsentError(
          `No response within ${formatDuration(seconds)}.`,
          'Try again with a new link. If the page showed an error, check the API key, --environment, and --redirect-uri.',
        ),
      );
    });
  });
}

/** `10 min`, `9 min 58 s`, or `58 s` */
function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const parts = [minutes > 0 ? `${minutes} min` : '', seconds % 60 > 0 ? `${seconds % 60} s` : ''];
  return parts.filter((part) => part !== '').join(' ');
}

/** `14:05:09 (10 min from now)` */
function describeExpiry({ now }: Io): string {
  const expiresAt = new Date(now().getTime() + CODE_SECONDS * 1000);
  return `${expiresAt.toTimeString().slice(0, 8)} (${formatDuration(CODE_SECONDS)} from now)`;
}
