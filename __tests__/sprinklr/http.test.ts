import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { ActionError, ErrorCode } from '../../src/errors.ts';
import { startSimulator, type Fault, type Simulator } from '../../src/simulator/simulator.ts';
import {
  createHttpSession,
  type HttpOptions,
  type HttpRequest,
  type HttpSession,
  type RetryPolicy,
} from '../../src/sprinklr/http.ts';
import { createTestContext } from './context.ts';

const cleanups: (() => unknown)[] = [];
const cleanUp = async (): Promise<void> => {
  await Promise.all(cleanups.splice(0).map((close) => close()));
};
afterEach(cleanUp);

async function startSprinklr(...faults: Fault[]): Promise<Simulator> {
  const simulator = await startSimulator();
  cleanups.push(() => simulator.close());
  simulator.fault('me', ...faults);
  return simulator;
}

/** A server for what the simulator cannot do. Returns its origin. */
async function startServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function createSession(options: Partial<HttpOptions> = {}): { http: HttpSession; lines: readonly string[] } {
  const { context, lines } = createTestContext();
  const http = createHttpSession(
    { timeoutSeconds: 20, maxAttempts: 3, ...options },
    { ...context, now: () => new Date() },
  );
  return { http, lines };
}

const get = (origin: string, query = ''): HttpRequest => ({
  method: 'GET',
  url: new URL(`${origin}/prod2/api/v2/me${query}`),
  headers: {},
  body: '',
});

const POLICIES: readonly RetryPolicy[] = ['idempotent', 'if-unsent', 'never'];
const rateLimit: Fault = { kind: 'retry-after', after: 0 };
const success: Fault = { kind: 'body', json: { ok: true } };
const status = (code: number): Fault => ({ kind: 'status', status: code, headers: { 'Retry-After': '0' } });

test('each attempt builds and sends its own request', async () => {
  const { origin, requests } = await startSprinklr(rateLimit, rateLimit, success);
  const { http } = createSession();
  let built = 0;
  const response = await http.send(() => get(origin, `?attempt=${(built += 1)}`), 'idempotent');

  expect(response).toMatchObject({ status: 200, body: '{"ok":true}', attempts: 3, truncated: false });
  expect(built).toBe(3);
  expect(requests.map(({ query }) => query.get('attempt'))).toEqual(['1', '2', '3']);
});

test('the response of the last attempt is returned, whatever its status', async () => {
  const { origin } = await startSprinklr(rateLimit, rateLimit, rateLimit);
  const { http } = createSession({ maxAttempts: 2 });
  let built = 0;
  const response = await http.send(() => {
    built += 1;
    return get(origin);
  }, 'idempotent');

  expect(response).toMatchObject({ status: 429, attempts: 2 });
  expect(response).not.toHaveProperty('retryAfterExceedsDeadline');
  expect(built).toBe(2);
});

test('an error thrown while a request is built is passed on', async () => {
  const error = new Error('no key');
  const build = (): never => {
    throw error;
  };
  await expect(createSession().http.send(build, 'idempotent')).rejects.toBe(error);
});

test.each<[string, Fault, readonly [number, number, number]]>([
  ['a rate limit', rateLimit, [2, 2, 1]],
  ['a server error', status(503), [2, 1, 1]],
  ['a rejection', status(401), [1, 1, 1]],
  ['a redirect', { kind: 'redirect', location: '/' }, [1, 1, 1]],
  ['a success', success, [1, 1, 1]],
])('after %s, a call is retried only if its policy allows it', async (_, fault, attempts) => {
  for (const [index, policy] of POLICIES.entries()) {
    const { origin, requests } = await startSprinklr(fault, success);
    const response = await createSession().http.send(() => get(origin), policy);
    expect([policy, response.attempts, requests.length]).toEqual([policy, attempts[index], attempts[index]]);
  }
});

test.each<[RetryPolicy, number]>([
  ['idempotent', 2],
  ['if-unsent', 1],
  ['never', 1],
])('a reset connection with the policy "%s" makes %i requests', async (policy, attempts) => {
  const { origin, requests } = await startSprinklr({ kind: 'reset' }, { kind: 'reset' });
  const error: unknown = await createSession({ maxAttempts: 2 })
    .http.send(() => get(origin), policy)
    .catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({
    name: 'ActionError',
    code: 'NETWORK_UNREACHABLE',
    message: expect.stringContaining(`${new URL(origin).host} failed (ECONNRESET)`),
    remedy: expect.stringMatching(/\w/),
    possiblyProcessed: policy === 'if-unsent',
    cause: { code: 'ECONNRESET' },
  });
  const { message } = error as Error;
  expect(message.includes('Attempts: 2.')).toBe(attempts === 2);
  expect(message.includes('may have processed the request')).toBe(policy === 'if-unsent');
  expect(requests).toHaveLength(attempts);
});

test.each<[RetryPolicy, number]>([
  ['idempotent', 2],
  ['if-unsent', 2],
  ['never', 1],
])('an unsent request with the policy "%s" is attempted %i times', async (policy, attempts) => {
  const origin = await startServer(() => undefined);
  await cleanUp();
  let built = 0;
  const error: unknown = await createSession({ maxAttempts: 2 })
    .http.send(() => {
      built += 1;
      return get(origin);
    }, policy)
    .catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: expect.stringMatching(attempts === 1 ? /\(ECONNREFUSED\)\.$/ : / Attempts: 2\.$/),
    possiblyProcessed: false,
    cause: { code: 'ECONNREFUSED' },
  });
  expect(built).toBe(attempts);
});

test.each<[ErrorCode, Fault]>([
  ['NETWORK_UNREACHABLE', { kind: 'reset' }],
  ['TIMED_OUT', { kind: 'hang' }],
])('%s after a sent request that must not be repeated does not advise to repeat it', async (code, fault) => {
  const remedy = 'Ask support.';
  const { origin } = await startSprinklr(fault);
  const { http } = createSession({ timeoutSeconds: 2 });

  await expect(http.send(() => get(origin), 'if-unsent', remedy)).rejects.toMatchObject({ code, remedy });
});

test('a response that is not HTTP names both what to correct and that the request may have been processed', async () => {
  const origin = await startServer(({ socket }) => socket.end('220 ready\r\n'));
  const { http } = createSession();

  await expect(http.send(() => get(origin), 'if-unsent', 'Ask support.')).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    remedy: expect.stringMatching(/\w.* Ask support\.$/),
    possiblyProcessed: true,
  });
});

test('a request that was not sent keeps the remedy of its network failure', async () => {
  const origin = await startServer(() => undefined);
  await cleanUp();
  const { http } = createSession({ maxAttempts: 1 });

  await expect(http.send(() => get(origin), 'if-unsent', 'Ask support.')).rejects.toMatchObject({
    remedy: expect.stringMatching(/^Check that this machine can reach that host/),
  });
});

test('a truncated response is a lost connection, and is retried only if the call is idempotent', async () => {
  const { origin } = await startSprinklr({ kind: 'cut' }, success, { kind: 'cut' });
  const { http } = createSession();

  expect(await http.send(() => get(origin), 'idempotent')).toMatchObject({ status: 200, attempts: 2 });
  await expect(http.send(() => get(origin), 'if-unsent')).rejects.toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: expect.stringMatching(/\(ECONNRESET\).*may have processed the request/),
  });
});

test('a body of 1 MiB is read, and a longer one is not kept', async () => {
  const mebibyte = 1024 * 1024;
  const sizes = [mebibyte, mebibyte + 1];
  const origin = await startServer((_, response) => {
    response.end('x'.repeat(sizes.shift() ?? 0));
  });
  const { http } = createSession();

  const whole = await http.send(() => get(origin), 'idempotent');
  expect([whole.body.length, whole.truncated]).toEqual([mebibyte, false]);
  expect(await http.send(() => get(origin), 'idempotent')).toMatchObject({
    status: 200,
    body: '',
    truncated: true,
  });
});

test('an endless body ends at the size limit, not at the time limit', async () => {
  let closed = false;
  const origin = await startServer((_, response) => {
    const writeMore = (): void => {
      while (!closed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', writeMore).on('close', () => (closed = true));
    writeMore();
  });
  const startedAt = performance.now();
  const response = await createSession().http.send(() => get(origin), 'idempotent');

  expect(response.truncated).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(5000);
});

test('the reason phrase of the status line is read', async () => {
  const origin = await startServer((_, response) => response.writeHead(403, 'Developer Over Rate').end());
  const response = await createSession({ maxAttempts: 1 }).http.send(() => get(origin), 'idempotent');
  expect(response.reason).toBe('Developer Over Rate');
});

test('a character that arrives in separate bytes is decoded', async () => {
  const bytes = Buffer.from('{"error":"Schlüssel 🔑"}');
  const origin = await startServer((_, response) => {
    response.writeHead(400).flushHeaders();
    let at = 0;
    const timer = setInterval(() => {
      if (at < bytes.length) response.write(bytes.subarray(at, (at += 1)));
      else
        response.end(() => {
          clearInterval(timer);
        });
    }, 2);
  });

  const response = await createSession().http.send(() => get(origin), 'idempotent');
  expect(response.body).toBe('{"error":"Schlüssel 🔑"}');
});

test('all calls of a session share one time limit, and none is made after it', async () => {
  const { origin, requests } = await startSprinklr({ kind: 'retry-after', after: 1 }, success, {
    kind: 'hang',
  });
  const { http } = createSession({ timeoutSeconds: 2 });
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;

  await http.send(() => get(origin), 'idempotent');
  expect(elapsed()).toBeGreaterThan(950);
  await expect(http.send(() => get(origin), 'idempotent')).rejects.toMatchObject({ code: 'TIMED_OUT' });
  const timedOutAt = elapsed();
  expect(timedOutAt).toBeGreaterThan(1900);
  expect(timedOutAt).toBeLessThan(2800);

  await expect(http.send(() => get(origin), 'idempotent')).rejects.toMatchObject({ code: 'TIMED_OUT' });
  expect(elapsed() - timedOutAt).toBeLessThan(200);
  expect(requests).toHaveLength(3);
});

test.each<[Fault, RegExp, RegExp]>([
  [
    { kind: 'reset' },
    /^Connection to [\d.:]+ failed \(E[A-Z]+\)\./,
    /^Check that this machine can reach that host/,
  ],
  [status(503), /^Sprinklr responded with HTTP 503\./, /`timeout-seconds`/],
])('a time limit that is reached after %j names that failure, too', async (fault, cause, remedy) => {
  const { origin } = await startSprinklr(fault, { kind: 'hang' });
  const sent = createSession({ timeoutSeconds: 3 }).http.send(() => get(origin), 'idempotent');
  const error = (await sent.catch((thrown: unknown) => thrown)) as ActionError;

  expect(error.code).toBe('TIMED_OUT');
  expect(error.message).toMatch(cause);
  expect(error.message).toMatch(/ In the last attempt, [\d.:]+ did not respond within .* Attempts: 2\.$/);
  expect(error.remedy).toMatch(remedy);
});

test('a delay that exceeds the time limit is not started', async () => {
  const { origin } = await startSprinklr({ kind: 'retry-after', after: 60 });
  const startedAt = performance.now();
  const response = await createSession({ timeoutSeconds: 10 }).http.send(() => get(origin), 'idempotent');

  expect(response).toMatchObject({ status: 429, attempts: 1, retryAfterExceedsDeadline: 60 });
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('a POST has a Content-Length in bytes, 0 without a body', async () => {
  const lengths: (string | undefined)[] = [];
  const origin = await startServer((request, response) => {
    lengths.push(request.headers['content-length']);
    request.resume().on('end', () => response.end());
  });
  const { http } = createSession();
  await http.send(() => ({ ...get(origin), method: 'POST' }), 'never');
  await http.send(() => ({ ...get(origin), method: 'POST', body: 'ü' }), 'never');

  expect(lengths).toEqual(['0', '2']);
});

test('the log has each call and retry, without the query of a URL', async () => {
  const sprinklr = await startSprinklr(rateLimit, { kind: 'reset' }, success);
  const { http, lines } = createSession();
  await http.send(() => get(sprinklr.origin, '?client_secret=Hunter2'), 'idempotent');

  const call = `GET ${sprinklr.origin}/prod2/api/v2/me`;
  expect(lines).toEqual([
    `${call}: 429`,
    expect.stringMatching(/HTTP 429\. .* 0\.0 s \(attempt 2 of 3\)\.$/),
    `${call}: NETWORK_UNREACHABLE`,
    expect.stringMatching(/\(ECONNRESET\)\. .* 2\.0 s \(attempt 3 of 3\)\.$/),
    `${call}: 200`,
  ]);
});
