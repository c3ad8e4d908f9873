import type { IncomingMessage, RequestOptions } from 'node:http';
import { HttpClient } from '@actions/http-client';
import { ActionError } from '../errors.ts';
import type { Surroundings } from '../surroundings.ts';
import { MAX_ANSWER_BYTES, tokensIn, type Answer } from './answer.ts';
import { networkFailure, type NetworkFailure } from './network-failure.ts';
import { proxyFor } from './proxy.ts';
import { rejectionOf } from './rejection.ts';
import { secondsToWait } from './waiting.ts';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none: a POST then says `Content-Length: 0`, without which Sprinklr answers 411 (contract.md §3). */
  readonly body: string;
}

/**
 * Whether a call may be made again after a failure that could be a passing one: `safe`; only where Sprinklr
 * surely did `not-taken` it (refused by a rate limit, or never sent); `never`.
 */
export type Repeat = 'safe' | 'not-taken' | 'never';

export interface Limits {
  /** Bound on all calls together, waits included, from the moment `openHttp` is called. */
  readonly timeoutSeconds: number;
  /** Tries for one call. */
  readonly maxAttempts: number;
  /** PEM texts, for apps with mutual TLS. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | undefined;
}

export interface Http {
  /**
   * Makes one call, again where that is allowed and may help, and returns the last answer whatever its status.
   *
   * @param build makes the request anew for every attempt, since an assertion is never sent twice
   * @throws {ActionError} NETWORK_UNREACHABLE, TLS_FAILED, TIMED_OUT, RESPONSE_INVALID (not HTTP at all)
   */
  send(build: () => Request, repeat: Repeat): Promise<Answer>;
}

/** Opens the one way to the network: bounded in time and bytes, never redirected, every token in an answer masked. */
export function openHttp(limits: Limits, { log, secrets, random, now }: Surroundings): Http {
  const bound = rejectAfter(limits.timeoutSeconds);
  // The first use of `performance` would load six modules of Node's.
  const endsAt = process.uptime() + limits.timeoutSeconds;
  const outlasts = (seconds: number): boolean => seconds >= endsAt - process.uptime();

  return {
    async send(build, repeat) {
      for (let attempt = 1; ; attempt++) {
        const request = build();
        const { answer, failure } = await attemptOnce(request, bound, limits);
        // Before anything is said of it, and whatever its status: a refusal can hold a token as well.
        for (const token of tokensIn(answer?.body ?? '')) secrets.protect(token);
        const { origin, pathname } = request.url;
        log.debug(`${request.method} ${origin}${pathname}: ${answer ? answer.status : failure.error.code}`);

        const mayRepeat = answer
          ? mayRepeatAfter(answer, repeat)
          : failure.mayPass && (repeat === 'safe' || (repeat === 'not-taken' && failure.unsent));
        const wait =
          mayRepeat && attempt < limits.maxAttempts
            ? secondsToWait({ attempt, random: random(), headers: answer?.headers, now: now() })
            : undefined;
        if (wait === undefined || outlasts(wait)) {
          if (failure) throw told(failure, attempt, repeat);
          return { ...answer, attempts: attempt, ...(wait !== undefined && { waitPastBound: wait }) };
        }
        const why = answer ? `Sprinklr answered HTTP ${answer.status}.` : failure.error.message;
        log.info(
          `${why} Trying again in ${wait.toFixed(1)} s (attempt ${attempt + 1} of ${limits.maxAttempts}).`,
        );
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      }
    },
  };
}

/** The failure as it ends a call: how often it was tried, and, where that matters, that it may have been carried out. */
function told({ error, unsent }: NetworkFailure, attempt: number, repeat: Repeat): ActionError {
  const { code, message, remedy } = error;
  const tried = attempt > 1 ? ` It was tried ${attempt} times.` : '';
  const taken =
    repeat === 'not-taken' && !unsent ? ' The request may have been carried out all the same.' : '';
  return new ActionError(code, `${message}${tried}${taken}`, remedy);
}

function mayRepeatAfter(answer: Omit<Answer, 'attempts'>, repeat: Repeat): boolean {
  const code = rejectionOf(answer)?.code;
  return repeat !== 'never' && (code === 'RATE_LIMITED' || (code === 'SERVER_ERROR' && repeat === 'safe'));
}

type Outcome =
  { answer: Omit<Answer, 'attempts'>; failure?: never } | { answer?: never; failure: NetworkFailure };

async function attemptOnce(request: Request, bound: Promise<never>, limits: Limits): Promise<Outcome> {
  // `dispose` knows nothing of a tunnel. Where there is none, a signal would only cost time.
  const ending = proxyFor(request.url) && new AbortController();
  const client = new HttpClient('sprinklr-token', [requestHandler(limits, ending?.signal)], {
    allowRedirects: false,
    // An idle timeout, not a bound: longer than ours, so that ours always speaks first.
    socketTimeout: limits.timeoutSeconds * 2000,
  });
  try {
    return { answer: await Promise.race([exchange(client, request), bound]) };
  } catch (error) {
    // Ends what is still under way.
    client.dispose();
    if (ending !== undefined) ending.abort();
    const secondsUp = error instanceof TimeUp ? limits.timeoutSeconds : undefined;
    return { failure: networkFailure(error, request.url, secondsUp) };
  }
}

async function exchange(
  client: HttpClient,
  { method, url, headers, body }: Request,
): Promise<Omit<Answer, 'attempts'>> {
  const { message } = await client.request(method, url.href, body, {
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
    ...headers,
  });
  return { status: message.statusCode ?? 0, headers: message.headers, ...(await readBody(message)) };
}

/** `@actions/http-client` takes neither a signal nor a client certificate, but lets a handler set what Node's own request takes. */
function requestHandler(
  { clientCertificate }: Limits,
  signal: AbortSignal | undefined,
): NonNullable<ConstructorParameters<typeof HttpClient>[1]>[number] {
  return {
    prepareRequest(options: RequestOptions) {
      options.signal = signal;
      // On the agent, because a tunnel through a proxy reads nothing else.
      if (clientCertificate !== undefined)
        Object.assign((options.agent as unknown as { options: object }).options, clientCertificate);
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('not used')),
  };
}

class TimeUp extends Error {}

/** Not an `AbortSignal`: a request that waits for a proxy to open its tunnel does not hear of its own. */
function rejectAfter(seconds: number): Promise<never> {
  const bound = new Promise<never>((_, reject) => {
    setTimeout(reject, seconds * 1000, new TimeUp()).unref();
  });
  // Between two calls nobody waits for it.
  bound.catch(() => undefined);
  return bound;
}

function readBody(message: IncomingMessage): Promise<{ body: string; cut: boolean }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= MAX_ANSWER_BYTES) return;
      message.destroy();
      resolve({ body: '', cut: true });
    });
    message.on('end', () => {
      resolve({ body: Buffer.concat(chunks).toString('utf8'), cut: false });
    });
    message.on('error', reject);
  });
}
