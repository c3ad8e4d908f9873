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
  /** Empty for none. A POST then has `Content-Length: 0`, without which Sprinklr responds with 411. */
  readonly body: string;
}

/**
 * Whether a call can be retried after a failure that can be temporary: `idempotent` always, `if-unsent` only if Sprinklr
 * certainly did not process it (rejected by a rate limit, or never sent).
 */
export type RetryPolicy = 'idempotent' | 'if-unsent' | 'never';

export interface HttpOptions {
  /** Limit for all calls together, waits included, from the moment the session is created. */
  readonly timeoutSeconds: number;
  /** Maximum attempts per call. */
  readonly maxAttempts: number;
  /** PEM text, for apps with mutual TLS. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | undefined;
}

export interface HttpSession {
  /**
   * Makes one call, retries it as the policy allows, and returns the last response, whatever its status.
   *
   * @param build creates the request of each attempt, because a JWT is never sent twice
   * @throws {ActionError} NETWORK_UNREACHABLE, TLS_FAILED, TIMED_OUT, RESPONSE_INVALID (not HTTP at all)
   */
  send(build: () => HttpRequest, retryPolicy: RetryPolicy): Promise<HttpResponse>;
}

/** The only way to the network: limited in time and bytes, never redirected. It masks every token in a response. */
export function createHttpSession(options: HttpOptions, { log, secrets, random, now }: Context): HttpSession {
  const deadline = startDeadline(options.timeoutSeconds);
  const endsAt = performance.now() + options.timeoutSeconds * 1000;
  const exceedsDeadline = (seconds: number): boolean => seconds * 1000 >= endsAt - performance.now();

  return {
    async send(build, retryPolicy) {
      for (let attempt = 1; ; attempt++) {
        const request = build();
        const { response: response, failure } = await attemptOnce(request, deadline, options);
        // First, whatever its status: a failure can contain a token, too.
        for (const token of findTokens(response?.body ?? '')) secrets.mask(token);
        const { origin, pathname } = request.url;
        log.debug(
          `${request.method} ${origin}${pathname}: ${response ? response.status : failure.error.code}`,
        );

        const shouldRetry = response
          ? isRetryable(response, retryPolicy)
          : failure.retryable &&
            (retryPolicy === 'idempotent' || (retryPolicy === 'if-unsent' && failure.unsent));
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
        const reason = response ? `Sprinklr responded with HTTP ${response.status}.` : failure.error.message;
        log.info(
          `${reason} Retrying in ${wait.toFixed(1)} s (attempt ${attempt + 1} of ${options.maxAttempts}).`,
        );
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      }
    },
  };
}

/** Adds to a failure how often the call was attempted, and whether Sprinklr may have processed it. */
function withAttemptContext(
  { error, unsent }: NetworkFailure,
  attempt: number,
  retryPolicy: RetryPolicy,
): ActionError {
  const attempts = attempt > 1 ? ` Attempts: ${attempt}.` : '';
  const processed =
    retryPolicy === 'if-unsent' && !unsent ? ' Sprinklr may have processed the request anyway.' : '';
  const { code, message, remedy, cause } = error;
  return new ActionError(code, `${message}${attempts}${processed}`, { remedy, cause });
}

function isRetryable(response: Omit<HttpResponse, 'attempts'>, retryPolicy: RetryPolicy): boolean {
  const code = classifyResponse(response);
  return (
    retryPolicy !== 'never' &&
    (code === 'RATE_LIMITED' || (code === 'SERVER_ERROR' && retryPolicy === 'idempotent'))
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
  proxyFor(request.url);
  const abortController = new AbortController();
  const client = new HttpClient('sprinklr-token', [requestHandler(options, abortController.signal)], {
    allowRedirects: false,
    // An idle timeout, longer than the deadline, so that the deadline always comes first.
    socketTimeout: options.timeoutSeconds * 2000,
  });
  try {
    return { response: await Promise.race([exchange(client, request), deadline]) };
  } catch (error) {
    // `dispose` does not end a tunnel that is being opened.
    client.dispose();
    abortController.abort();
    const deadlineSeconds = error instanceof DeadlineExceededError ? options.timeoutSeconds : undefined;
    return { failure: toNetworkFailure(error, request.url, deadlineSeconds) };
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

/** `@actions/http-client` accepts neither a signal nor a client certificate, but a handler can set Node's request options. */
function requestHandler(
  { clientCertificate }: HttpOptions,
  signal: AbortSignal,
): NonNullable<ConstructorParameters<typeof HttpClient>[1]>[number] {
  return {
    prepareRequest(options: RequestOptions) {
      options.signal = signal;
      // On the agent, because a tunnel through a proxy reads only those options.
      if (clientCertificate !== undefined)
        Object.assign((options.agent as unknown as { options: object }).options, clientCertificate);
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('not used')),
  };
}

class DeadlineExceededError extends Error {}

/** Not an `AbortSignal`: a request that waits for a proxy to open its tunnel ignores its signal. */
function startDeadline(seconds: number): Promise<never> {
  const deadline = new Promise<never>((_, reject) => {
    setTimeout(reject, seconds * 1000, new DeadlineExceededError()).unref();
  });
  // Between two calls, nothing awaits it.
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
