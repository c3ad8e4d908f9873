import type { Agent, RequestOptions } from 'node:http';
import { HttpClient } from '@actions/http-client';
import { ActionError, type ErrorCode } from '../errors.ts';
import type { Context } from '../context.ts';
import { createAgent, type Observation } from './agent.ts';
import { readBody } from './read-body.ts';
import { findTokens, type HttpResponse } from './response.ts';
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
 * Whether a call can be retried after a failure that can be temporary:
 * - `idempotent`: always.
 * - `if-unsent`: only if Sprinklr certainly did not process it, because it was rate-limited or never sent.
 * - `never`: for an idempotent call whose outcome is final.
 */
export type RetryPolicy = 'idempotent' | 'if-unsent' | 'never';

export interface HttpOptions {
  /** Time limit for all calls together, including waits, from the call of `createHttpSession`. */
  readonly timeoutSeconds: number;
  /** Maximum attempts per call. */
  readonly maxAttempts: number;
  /** PEM text, for apps with mutual TLS. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | undefined;
  /** Whether later calls use the connection of the first one. All calls must go to the same origin. */
  readonly keepAlive?: boolean;
  /** Gets every attempt, after all tokens in the response are masked. */
  readonly observe?: ((call: ObservedCall) => void) | undefined;
}

export interface ObservedCall {
  readonly request: HttpRequest;
  /** The names of all headers that are sent, except those that Node adds. */
  readonly requestHeaders: readonly string[];
  readonly response: Pick<HttpResponse, 'status' | 'headers' | 'body' | 'truncated'> | undefined;
  /** Why there is no response. */
  readonly failure: ErrorCode | undefined;
  readonly milliseconds: number;
}

export interface HttpSession {
  /**
   * Makes one call, retries it as the policy allows, and returns the last response, whatever its status.
   *
   * @param build creates the request of each attempt, because a JWT is never sent twice
   * @param remedyIfSent what to do about a call that failed after it was sent, if it must not be repeated
   * @throws {ActionError} NETWORK_UNREACHABLE, TLS_FAILED, TIMED_OUT, RESPONSE_INVALID (not HTTP at all)
   */
  send(build: () => HttpRequest, retryPolicy: RetryPolicy, remedyIfSent?: string): Promise<HttpResponse>;
}

/**
 * The only code that calls Sprinklr. It limits the time and the size of each call, follows no redirects, and masks every
 * token in a response.
 */
export function createHttpSession(options: HttpOptions, { log, secrets, random, now }: Context): HttpSession {
  const deadline = startDeadline(options.timeoutSeconds);
  // `process.uptime`, because the global `performance` loads ten modules of Node.js.
  const endsAt = process.uptime() + options.timeoutSeconds;
  const exceedsDeadline = (seconds: number): boolean => seconds >= endsAt - process.uptime();
  let connections: ReturnType<typeof createAgent> | undefined;

  return {
    async send(build, retryPolicy, remedyIfSent) {
      let previous: PreviousFailure | undefined;
      for (let attempt = 1; ;) {
        const request = build();
        connections ??= createAgent(request.url.protocol, {
          keepAlive: options.keepAlive === true,
          clientCertificate: options.clientCertificate,
          proxy: proxyFor(request.url),
        });
        const startedAt = process.uptime();
        const { response, failure } = await attemptOnce(request, { ...connections, deadline, options });
        // First, whatever the status is: a failure can also contain a token.
        const { tokens, complete } = findTokens(response?.body ?? '');
        for (const token of tokens) secrets.mask(token);
        const { origin, pathname } = request.url;
        log.debug(
          `${request.method} ${origin}${pathname}: ${response ? response.status : failure.error.code}`,
        );

        options.observe?.({
          request,
          requestHeaders: Object.keys({ ...COMMON_HEADERS, ...request.headers }),
          response,
          failure: failure?.error.code,
          milliseconds: (process.uptime() - startedAt) * 1000,
        });

        // The server closed the connection between two calls. That is no failure of this call, so it is not counted.
        if (failure?.stale && retryPolicy !== 'if-unsent') continue;

        const shouldRetry = response
          ? isRetryable(response, retryPolicy)
          : failure.retryable &&
            (retryPolicy === 'idempotent' || (retryPolicy === 'if-unsent' && failure.unsent));
        const wait =
          shouldRetry && attempt < options.maxAttempts
            ? retryDelaySeconds({ attempt, random: random(), headers: response?.headers, now: now() })
            : undefined;
        if (wait === undefined || exceedsDeadline(wait)) {
          if (failure) throw withAttemptContext(failure, attempt, { retryPolicy, remedyIfSent, previous });
          return {
            ...response,
            unquotable: !complete,
            attempts: attempt,
            ...(wait !== undefined && { retryAfterExceedsDeadline: wait }),
          };
        }
        const reason = response ? `Sprinklr responded with HTTP ${response.status}.` : failure.error.message;
        log.info(
          `${reason} Retrying in ${wait.toFixed(1)} s (attempt ${attempt + 1} of ${options.maxAttempts}).`,
        );
        previous = { reason, remedy: failure?.error.remedy };
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
        attempt++;
      }
    },
  };
}

/** Why the attempt before failed. */
interface PreviousFailure {
  readonly reason: string;
  /** Undefined if there was a response. */
  readonly remedy: string | undefined;
}

/** Adds to a failure how often the call was attempted, and what to do if Sprinklr may have processed it. */
function withAttemptContext(
  { error, unsent }: NetworkFailure,
  attempt: number,
  {
    retryPolicy,
    remedyIfSent,
    previous,
  }: { retryPolicy: RetryPolicy; remedyIfSent: string | undefined; previous: PreviousFailure | undefined },
): ActionError {
  const attempts = attempt > 1 ? ` Attempts: ${attempt}.` : '';
  const { code, cause } = error;
  // Reaching the time limit says less than the failures before.
  const earlier = code === 'TIMED_OUT' ? previous : undefined;
  const message = earlier ? `${earlier.reason} In the last attempt, ${error.message}` : error.message;
  if (retryPolicy !== 'if-unsent' || unsent)
    return new ActionError(code, `${message}${attempts}`, { remedy: earlier?.remedy ?? error.remedy, cause });
  // The remedies of these two codes say to run it again. The others name something to correct first.
  const isTemporary = code === 'TIMED_OUT' || code === 'NETWORK_UNREACHABLE';
  const remedies =
    remedyIfSent === undefined ? [error.remedy] : [isTemporary ? '' : error.remedy, remedyIfSent];
  return new ActionError(code, `${message}${attempts} Sprinklr may have processed the request.`, {
    remedy: remedies.filter((text) => text !== '').join(' '),
    possiblyProcessed: true,
    cause,
  });
}

function isRetryable(response: ReceivedResponse, retryPolicy: RetryPolicy): boolean {
  const code = classifyResponse(response);
  return (
    retryPolicy !== 'never' &&
    (code === 'RATE_LIMITED' || (code === 'SERVER_ERROR' && retryPolicy === 'idempotent'))
  );
}

type ReceivedResponse = Omit<HttpResponse, 'attempts' | 'unquotable'>;

type Outcome =
  { response: ReceivedResponse; failure?: never } | { response?: never; failure: NetworkFailure };

interface Attempt {
  readonly agent: Agent;
  readonly observation: Observation;
  readonly deadline: Promise<never>;
  readonly options: HttpOptions;
}

async function attemptOnce(
  request: HttpRequest,
  { agent, observation, deadline, options }: Attempt,
): Promise<Outcome> {
  Object.assign(observation, { sent: false, reused: false, responded: false });
  const client = new HttpClient('sprinklr-token', [handlerFor(agent)], {
    allowRedirects: false,
    // An idle timeout, longer than the deadline, so that the deadline always comes first.
    socketTimeout: options.timeoutSeconds * 2000,
  });
  // Node reports neither a response nor an error for a 101 with `Upgrade`. Without a timer, the process would end with 0.
  const running = setTimeout(() => undefined, options.timeoutSeconds * 1000);
  try {
    return { response: await Promise.race([exchange(client, request, observation), deadline]) };
  } catch (error) {
    // Ends everything that is still in progress, including a tunnel that is being opened.
    agent.destroy();
    const deadlineSeconds = error instanceof DeadlineExceededError ? options.timeoutSeconds : undefined;
    return { failure: toNetworkFailure(error, request.url, { ...observation, deadlineSeconds }) };
  } finally {
    clearTimeout(running);
  }
}

const COMMON_HEADERS = { Accept: 'application/json', 'Accept-Encoding': 'identity' };

async function exchange(
  client: HttpClient,
  { method, url, headers, body }: HttpRequest,
  observation: Observation,
): Promise<ReceivedResponse> {
  const { message } = await client.request(method, url.href, body, {
    ...COMMON_HEADERS,
    ...headers,
  });
  observation.responded = true;
  const { statusCode: status = 0, statusMessage: reason, headers: received } = message;
  return { status, reason, headers: received, ...(await readBody(message)) };
}

/** `@actions/http-client` accepts no agent, but a handler can set the options of Node's request. */
function handlerFor(agent: Agent): NonNullable<ConstructorParameters<typeof HttpClient>[1]>[number] {
  return {
    prepareRequest(options: RequestOptions) {
      options.agent = agent;
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('not used')),
  };
}

class DeadlineExceededError extends Error {}

function startDeadline(seconds: number): Promise<never> {
  const deadline = new Promise<never>((_, reject) => {
    setTimeout(reject, seconds * 1000, new DeadlineExceededError()).unref();
  });
  // Between two calls, nothing awaits it, and an unhandled rejection would end the process.
  deadline.catch(() => undefined);
  return deadline;
}
