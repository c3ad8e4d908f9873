import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createSecrets } from '../../src/redaction.ts';
import {
  createHttpSession,
  type HttpOptions,
  type RetryPolicy,
  type HttpRequest,
} from '../../src/sprinklr/http.ts';
import { startSimulator, type Fault, type Simulator } from '../../src/simulator/simulator.ts';
import type { Context } from '../../src/context.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function simulator(...faults: Fault[]): Promise<Simulator> {
  const sprinklr = await startSimulator();
  closing.push(() => sprinklr.close());
  sprinklr.fault('me', ...faults);
  return sprinklr;
}

/** A server for what the simulator cannot do. */
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(limits: Partial<HttpOptions> = {}): {
  http: ReturnType<typeof createHttpSession>;
  lines: string[];
} {
  const lines: string[] = [];
  const line = (text: string): void => {
    lines.push(text);
  };
  const context: Context = {
    log: { debug: line, info: line, notice: line, warning: line },
    secrets: createSecrets(() => undefined),
    now: () => new Date(),
    random: () => 0,
    randomUUID: () => '',
  };
  return { http: createHttpSession({ timeoutSeconds: 20, maxAttempts: 3, ...limits }, context), lines };
}

const get = (origin: string, query = ''): HttpRequest => ({
  method: 'GET',
  url: new URL(`${origin}/prod2/api/v2/me${query}`),
  headers: {},
  body: '',
});

const soon: Fault = { kind: 'retry-after', after: 0 };

test('a request is built anew for every attempt, and once for each', async () => {
  const sprinklr = await simulator(soon, soon, { kind: 'body', json: { ok: true } });
  const { http } = open();
  let built = 0;
  const answer = await http.send(() => get(sprinklr.origin, `?attempt=${(built += 1)}`), 'safe');

  expect(answer).toMatchObject({ status: 200, body: '{"ok":true}', attempts: 3, cut: false });
  expect(built).toBe(3);
  expect(sprinklr.requests.map(({ query }) => query.get('attempt'))).toEqual(['1', '2', '3']);
});

test('the last answer is returned, whatever its status; nothing is built after it', async () => {
  const sprinklr = await simulator(soon, soon, soon, soon);
  const { http } = open({ maxAttempts: 2 });
  let built = 0;
  const answer = await http.send(() => {
    built += 1;
    return get(sprinklr.origin);
  }, 'safe');

  expect(answer).toMatchObject({ status: 429, attempts: 2 });
  expect(answer).not.toHaveProperty('waitPastBound');
  expect(built).toBe(2);
});

test('a request that cannot be built is an error of whoever builds it', async () => {
  const { http } = open();
  const failure = new Error('no key');
  const build = (): never => {
    throw failure;
  };
  await expect(http.send(build, 'safe')).rejects.toBe(failure);
});

const status = (code: number): Fault => ({ kind: 'status', status: code, headers: { 'Retry-After': '0' } });
test.each<[string, Fault, Record<RetryPolicy, number>]>([
  ['a rate limit', soon, { safe: 2, 'not-taken': 2, never: 1 }],
  ['a server error', status(503), { safe: 2, 'not-taken': 1, never: 1 }],
  ['a refusal', status(401), { safe: 1, 'not-taken': 1, never: 1 }],
  ['a redirect', { kind: 'redirect', location: '/' }, { safe: 1, 'not-taken': 1, never: 1 }],
  ['a success', { kind: 'body', json: {} }, { safe: 1, 'not-taken': 1, never: 1 }],
])('after %s a call is made again only where that is allowed and may help', async (_, fault, calls) => {
  for (const repeat of ['safe', 'not-taken', 'never'] as const) {
    const sprinklr = await simulator(fault, { kind: 'body', json: {} });
    const { attempts } = await open().http.send(() => get(sprinklr.origin), repeat);
    expect([repeat, attempts, sprinklr.requests.length]).toEqual([repeat, calls[repeat], calls[repeat]]);
  }
});

test.each<[RetryPolicy, number]>([
  ['safe', 2],
  ['not-taken', 1],
  ['never', 1],
])('a reset of a call that may be repeated "%s" makes %i requests', async (repeat, calls) => {
  const sprinklr = await simulator({ kind: 'reset' }, { kind: 'reset' });
  const sent = open({ maxAttempts: 2 }).http.send(() => get(sprinklr.origin), repeat);

  const taken = repeat === 'not-taken' ? ' The request may have been carried out all the same.' : '';
  await expect(sent).rejects.toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: `No connection to ${new URL(sprinklr.origin).host} (ECONNRESET).${calls > 1 ? ' It was tried 2 times.' : ''}${taken}`,
  });
  expect(sprinklr.requests).toHaveLength(calls);
});

test.each<[RetryPolicy, number]>([
  ['safe', 2],
  ['not-taken', 2],
  ['never', 1],
])('a call that was never sent, and may be repeated "%s", is tried %i times', async (repeat, tries) => {
  const origin = await serving(() => undefined);
  await Promise.all(closing.splice(0).map((close) => close()));
  let built = 0;
  const sent = open({ maxAttempts: 2 }).http.send(() => {
    built += 1;
    return get(origin);
  }, repeat);

  await expect(sent).rejects.toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: expect.stringMatching(tries === 1 ? /\(ECONNREFUSED\)\.$/ : / It was tried 2 times\.$/),
  });
  expect(built).toBe(tries);
});

test('an answer that breaks off is a connection lost, and is asked for again where that is safe', async () => {
  const sprinklr = await simulator({ kind: 'cut' }, { kind: 'body', json: {} }, { kind: 'cut' });
  const { http } = open();

  expect(await http.send(() => get(sprinklr.origin), 'safe')).toMatchObject({ status: 200, attempts: 2 });
  await expect(http.send(() => get(sprinklr.origin), 'not-taken')).rejects.toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: expect.stringContaining('(ECONNRESET). The request may have been carried out all the same.'),
  });
});

test('an answer of 1 MiB is read, one of a byte more is not kept', async () => {
  const mebibyte = 1024 * 1024;
  const sizes = [mebibyte, mebibyte + 1];
  const origin = await serving((_, response) => {
    response.end('x'.repeat(sizes.shift() ?? 0));
  });
  const { http } = open();

  const whole = await http.send(() => get(origin), 'safe');
  expect([whole.body.length, whole.truncated]).toEqual([mebibyte, false]);
  expect(await http.send(() => get(origin), 'safe')).toMatchObject({ status: 200, body: '', cut: true });
});

test('an answer without an end is left at the byte limit, not at the bound', async () => {
  let ended = false;
  const origin = await serving((_, response) => {
    const more = (): void => {
      while (!ended && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more).on('close', () => (ended = true));
    more();
  });
  const begun = performance.now();
  const answer = await open().http.send(() => get(origin), 'safe');

  expect(answer.truncated).toBe(true);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('a character whose bytes come apart arrives whole', async () => {
  const bytes = Buffer.from('{"error":"Schlüssel 🔑"}');
  const origin = await serving((_, response) => {
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

  expect((await open().http.send(() => get(origin), 'safe')).body).toBe('{"error":"Schlüssel 🔑"}');
});

test('several calls share one bound, and after it none is made', async () => {
  const sprinklr = await simulator(
    { kind: 'retry-after', after: 1 },
    { kind: 'body', json: {} },
    { kind: 'hang' },
  );
  const { http } = open({ timeoutSeconds: 2 });
  const begun = performance.now();

  await http.send(() => get(sprinklr.origin), 'safe');
  expect(performance.now() - begun).toBeGreaterThan(950);
  await expect(http.send(() => get(sprinklr.origin), 'safe')).rejects.toMatchObject({ code: 'TIMED_OUT' });
  const ended = performance.now() - begun;
  expect(ended).toBeGreaterThan(1900);
  expect(ended).toBeLessThan(2800);

  await expect(http.send(() => get(sprinklr.origin), 'safe')).rejects.toMatchObject({ code: 'TIMED_OUT' });
  expect(performance.now() - begun - ended).toBeLessThan(200);
  expect(sprinklr.requests).toHaveLength(3);
});

test('a wait that ends after the bound is not begun', async () => {
  const sprinklr = await simulator({ kind: 'retry-after', after: 60 });
  const begun = performance.now();
  const answer = await open({ timeoutSeconds: 10 }).http.send(() => get(sprinklr.origin), 'safe');

  expect(answer).toMatchObject({ status: 429, attempts: 1, waitPastBound: 60 });
  expect(performance.now() - begun).toBeLessThan(1000);
});

test('a POST without a body says so, and one with a body tells its length in bytes', async () => {
  const lengths: (string | undefined)[] = [];
  const origin = await serving((request, response) => {
    lengths.push(request.headers['content-length']);
    request.resume().on('end', () => response.end());
  });
  const { http } = open();
  await http.send(() => ({ ...get(origin), method: 'POST' }), 'never');
  await http.send(() => ({ ...get(origin), method: 'POST', body: 'ü' }), 'never');

  expect(lengths).toEqual(['0', '2']);
});

test('no line of the log has the query of an address', async () => {
  const sprinklr = await simulator(soon, { kind: 'reset' }, { kind: 'body', json: {} });
  const { http, lines } = open();
  await http.send(() => get(sprinklr.origin, '?client_secret=Hunter2'), 'safe');

  const { origin, host } = new URL(sprinklr.origin);
  expect(lines).toEqual([
    `GET ${origin}/prod2/api/v2/me: 429`,
    'Sprinklr answered HTTP 429. Trying again in 0.0 s (attempt 2 of 3).',
    `GET ${origin}/prod2/api/v2/me: NETWORK_UNREACHABLE`,
    `No connection to ${host} (ECONNRESET). Trying again in 2.0 s (attempt 3 of 3).`,
    `GET ${origin}/prod2/api/v2/me: 200`,
  ]);
});
