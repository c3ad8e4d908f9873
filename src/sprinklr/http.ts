import type { IncomingMessage, RequestOptions } from 'node:http';
import { HttpClient } from '@actions/http-client';
import { ActionError } from '../errors.ts';
import type { Context } from '../context.ts';
import { MAX_RESPONSE_BYTES, findTokens, type HttpResponse } from './response.ts';
import { toNetworkFailure, type NetworkFailure } from './network-failure.ts';
import { proxyFor } from './proxy.ts';
import { classifyResponse } from './classify-response.ts';
import { retryDelaySeconds } from './retry-delay.ts';

export interface HttpRequest {
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
export type RetryPolicy = 'safe' | 'not-taken' | 'never';

export interface HttpOptions {
  /** Bound on all calls together, waits included, from the moment `openHttp` is called. */
  readonly timeoutSeconds: number;
  /** Tries for one call. */
  readonly maxAttempts: number;
  /** PEM texts, for apps with mutual TLS. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | undefined;
}

export interface HttpSession {
  /**
   * Makes one call, again where that is allowed and may help, and returns the last answer whatever its status.
   *
   * @param build makes the request anew for every attempt, since an assertion is never sent twice
   * @throws {ActionError} NETWORK_UNREACHABLE, TLS_FAILED, TIMED_OUT, RESPONSE_INVALID (not HTTP at all)
   */
  send(build: () => HttpRequest, retryPolicy: RetryPolicy): Promise<HttpResponse>;
}

/** Opens the one way to the network: bounded in time and bytes, never redirected, every token in an answer masked. */
export function createHttpSession(options: HttpOptions, { log, secrets, random, now }: Context): HttpSession {
  const deadline = startDeadline(options.timeoutSeconds);
  // The first use of `performance` would load six modules of Node's.
  const endsAt = process.uptime() + options.timeoutSeconds;
  const exceedsDeadline = (seconds: number): boolean => seconds >= endsAt - process.uptime();

  return {
    async send(build, retryPolicy) {
      for (let attempt = 1; ; attempt++) {
        const request = build();
        const { response: response, failure } = await attemptOnce(request, deadline, options);
        // Before anything is said of it, and whatever its status: a refusal can hold a token as well.
        for (const token of findTokens(response?.body ?? '')) secrets.mask(token);
        const { origin, pathname } = request.url;
        log.debug(
          `${request.method} ${origin}${pathname}: ${response ? response.status : failure.error.code}`,
        );

        const shouldRetry = response
          ? isRetryable(response, retryPolicy)
          : failure.retryable && (retryPolicy === 'safe' || (retryPolicy === 'not-taken' && failure.unsent));
        const wait =
          shouldRetry && attempt < options.maxAttempts
            ? retryDelaySeconds({ attempt, random: random(), headers: response?.headers, now: now() })
            : undefined;
        if (wait === undefined || exceedsDeadline(wait)) {
          if (failure) throw withAttemptContext(failure, attempt, retryPolicy);
          return {
            ...response,
            attempts: attempt,
            ...(wait !== undefined && { retryAfterExceedsDeadline: wait }),
          };
        }
        const why = response ? `Sprinklr answered HTTP ${response.status}.` : failure.error.message;
        log.info(
          `${why} Trying again in ${wait.toFixed(1)} s (attempt ${attempt + 1} of ${options.maxAttempts}).`,
        );
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      }
    },
  };
}

/** The failure as it ends a call: how often it was tried, and, where that matters, that it may have been carried out. */
function withAttemptContext(
  { error, unsent }: NetworkFailure,
  attempt: number,
  retryPolicy: RetryPolicy,
): ActionError {
  const { code, message, remedy } = error;
  const tried = attempt > 1 ? ` It was tried ${attempt} times.` : '';
  const taken =
    retryPolicy === 'not-taken' && !unsent ? ' The request may have been carried out all the same.' : '';
  return new ActionError(code, `${message}${tried}${taken}`, remedy);
}

function isRetryable(response: Omit<HttpResponse, 'attempts'>, retryPolicy: RetryPolicy): boolean {
  const code = classifyResponse(response)?.code;
  return (
    retryPolicy !== 'never' &&
    (code === 'RATE_LIMITED' || (code === 'SERVER_ERROR' && retryPolicy === 'safe'))
  );
}

type Outcome =
  | { response: Omit<HttpResponse, 'attempts'>; failure?: never }
  | { response?: never; failure: NetworkFailure };

async function attemptOnce(
  request: HttpRequest,
  deadline: Promise<never>,
  options: HttpOptions,
): Promise<Outcome> {
  // `dispose` knows nothing of a tunnel. Where there is none, a signal would only cost time.
  const abortController = proxyFor(request.url) && new AbortController();
  const client = new HttpClient('sprinklr-token', [requestHandler(options, abortController?.signal)], {
    allowRedirects: false,
    // An idle timeout, not a bound: longer than ours, so that ours always speaks first.
    socketTimeout: options.timeoutSeconds * 2000,
  });
  try {
    return { response: await Promise.race([exchange(client, request), deadline]) };
  } catch (error) {
    // Ends what is still under way.
    client.dispose();
    if (abortController !== undefined) abortController.abort();
    const secondsUp = error instanceof DeadlineExceededError ? options.timeoutSeconds : undefined;
    return { failure: toNetworkFailure(error, request.url, secondsUp) };
  }
}

async function exchange(
  client: HttpClient,
  { method, url, headers, body }: HttpRequest,
): Promise<Omit<HttpResponse, 'attempts'>> {
  const { message } = await client.request(method, url.href, body, {
    Accept: 'application/json',
    'Accept-Encoding': 'identity',
    ...headers,
  });
  return { status: message.statusCode ?? 0, headers: message.headers, ...(await readBody(message)) };
}

/** `@actions/http-client` takes neither a signal nor a client certificate, but lets a handler set what Node's own request takes. */
function requestHandler(
  { clientCertificate }: HttpOptions,
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

class DeadlineExceededError extends Error {}

/** Not an `AbortSignal`: a request that waits for a proxy to open its tunnel does not hear of its own. */
function startDeadline(seconds: number): Promise<never> {
  const deadline = new Promise<never>((_, reject) => {
    setTimeout(reject, seconds * 1000, new DeadlineExceededError()).unref();
  });
  // Between two calls nobody waits for it.
  deadline.catch(() => undefined);
  return deadline;
}

function readBody(message: IncomingMessage): Promise<{ body: string; truncated: boolean }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= MAX_RESPONSE_BYTES) return;
      message.destroy();
      resolve({ body: '', truncated: true });
    });
    message.on('end', () => {
      resolve({ body: Buffer.concat(chunks).toString('utf8'), truncated: false });
    });
    message.on('error', reject);
  });
}
