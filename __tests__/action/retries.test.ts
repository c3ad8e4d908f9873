import { describe, expect, test } from '@jest/globals';
import type { Fault, RecordedRequest } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runBundle, runStep, type Outcome } from './harness.ts';
import { app, world } from './world.ts';

const status = (code: number, headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers,
});
const atOnce = status(503, { 'Retry-After': '0' });
const httpDate = (milliseconds: number): string => new Date(milliseconds).toUTCString();

/** Seconds between the requests. */
const gaps = (requests: readonly RecordedRequest[]): number[] =>
  requests.slice(1).map(({ at }, index) => (at - (requests[index]?.at ?? NaN)) / 1000);

const claims = ({ query }: RecordedRequest): { jti?: string } =>
  JSON.parse(Buffer.from(query.get('refresh_token')?.split('.')[1] ?? '', 'base64url').toString()) as {
    jti?: string;
  };

test('an exchange that fails twice succeeds at the third try, each with an assertion of its own', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', atOnce, atOnce);
  const step = await runStep({ inputs: token });

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  expect(sprinklr.requests.map((request) => request.status)).toEqual([503, 503, 200]);
  expect(new Set(sprinklr.requests.map((request) => claims(request).jti)).size).toBe(3);
  expect(new Set(sprinklr.requests.map(({ query }) => query.get('refresh_token'))).size).toBe(3);
  expect(step.warnings).toEqual([]);
});

test('a token that got lost on the way is replaced by the one of the next try', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', { kind: 'cut' });
  const step = await runStep({ inputs: token });

  expectSuccess(step);
  expect(sprinklr.requests).toHaveLength(2);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
});

test.each([
  ['1', 1, /HTTP 503\)/],
  ['2', 2, 'HTTP 503 after 2 attempts'],
  ['10', 10, 'HTTP 503 after 10 attempts'],
  ['', 4, 'HTTP 503 after 4 attempts'],
])('max-attempts "%s" makes %i requests and says so', async (maxAttempts, requests, words) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', ...Array.from({ length: 12 }, () => atOnce));
  const step = await runStep({ inputs: { ...token, 'max-attempts': maxAttempts } });

  expectFailure(step, 'SERVER_ERROR', words);
  expect(sprinklr.requests).toHaveLength(requests);
});

test('tries of different kinds count together, and the last one names the failure', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', atOnce, status(429, { 'Retry-After': '0' }), status(404));
  const step = await runStep({ inputs: token });

  expectFailure(step, 'NOT_FOUND', 'HTTP 404 after 3 attempts');
});

test('without advice it waits 1 s, then 2 s, and a little more', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', status(500), {
    kind: 'status',
    status: 403,
    body: '<h1>Developer Over Rate</h1>',
  });
  const step = await runStep({ inputs: token });

  expectSuccess(step);
  const [first = 0, second = 0] = gaps(sprinklr.requests);
  expect(first).toBeGreaterThan(0.99);
  expect(first).toBeLessThan(2);
  expect(second).toBeGreaterThan(1.99);
  expect(second).toBeLessThan(3.5);
});

const HOUR = 3600_000;
const advice: [how: string, fault: Fault, wait: number][] = [
  ['in seconds', { kind: 'retry-after', after: 1 }, 1],
  ['in no seconds', { kind: 'retry-after', after: 0 }, 0],
  ['as an instant', at({ clock: 0, retryAfter: 1 }), 1],
  ['as an instant in the past', at({ clock: 0, retryAfter: -60 }), 0],
  ['as an instant, by a clock that is an hour fast', at({ clock: HOUR, retryAfter: 1 }), 1],
  ['as an instant, by a clock that is an hour slow', at({ clock: -HOUR, retryAfter: 1 }), 1],
  ['as a reset, by a clock that is an hour fast', at({ clock: HOUR, reset: 1 }), 1],
  ['as a reset, by a clock that is an hour slow', at({ clock: -HOUR, reset: 1 }), 1],
  ['twice: the seconds count', at({ clock: 0, reset: 3600 }, { 'Retry-After': '1' }), 1],
  ['in words that nobody knows', at({ clock: 0 }, { 'Retry-After': 'soon' }), 1],
];

/** A 429 by a clock that is off by this many milliseconds, with advice in seconds from then. */
function at(
  { clock, retryAfter, reset }: { clock: number; retryAfter?: number; reset?: number },
  headers: Record<string, string> = {},
): Fault {
  const now = Date.now() + clock;
  return status(429, {
    Date: httpDate(now),
    ...(retryAfter !== undefined && { 'Retry-After': httpDate(now + retryAfter * 1000) }),
    ...(reset !== undefined && { 'X-RateLimit-Reset': String(Math.floor(now / 1000) + reset) }),
    ...headers,
  });
}

test('a server that says when to come back is taken at its word, however it says so', async () => {
  const waits = await Promise.all(
    advice.map(async ([how, fault, wait]) => {
      const { sprinklr, token } = await world();
      sprinklr.fault('apptoken', fault);
      expectSuccess(await runBundle({ inputs: token }));
      const [gap = NaN] = gaps(sprinklr.requests);
      return [how, gap >= wait - 0.01 && gap < wait + 0.95 ? wait : gap];
    }),
  );

  expect(waits).toEqual(advice.map(([how, , wait]) => [how, wait]));
});

describe('a server that says to come back too late', () => {
  test.each<[string, Fault, string]>([
    ['429 for an hour', { kind: 'retry-after', after: 3600 }, 'RATE_LIMITED'],
    ['503 for an hour', status(503, { 'Retry-After': '3600' }), 'SERVER_ERROR'],
    [
      '429 for longer than there are numbers',
      status(429, { 'Retry-After': '9'.repeat(400) }),
      'RATE_LIMITED',
    ],
    ['429 until tomorrow', status(429, { 'Retry-After': httpDate(Date.now() + 86_400_000) }), 'RATE_LIMITED'],
    [
      '403 until the reset',
      {
        kind: 'status',
        status: 403,
        body: '<h1>Developer Over QPS</h1>',
        headers: { 'X-RateLimit-Reset': String(Math.floor(Date.now() / 1000) + 3600) },
      },
      'RATE_LIMITED',
    ],
  ])('%s ends the step at once', async (_, fault, code) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', fault);
    const step = await runStep({ inputs: token });

    expectFailure(
      step,
      code as 'RATE_LIMITED',
      /The next try would have to wait \S+ s, more than timeout-seconds leaves\./,
    );
    expect(step.errors[0]?.message).not.toMatch(/Infinity|NaN|e\+/);
    expect(sprinklr.requests).toHaveLength(1);
    expect(step.milliseconds).toBeLessThan(4000);
  });
});

test('the bound holds over all calls and waits together, for a server that hangs, drips, or hangs later', async () => {
  const run = async (...faults: Fault[]): Promise<Outcome> => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', ...faults);
    return await runBundle({ inputs: { ...token, 'timeout-seconds': '5', 'max-attempts': '10' } });
  };
  const resets = Array.from({ length: 10 }, (): Fault => ({ kind: 'reset' }));
  const registering = async (): Promise<Outcome> => {
    const { sprinklr, register } = await world();
    sprinklr.fault('token', { kind: 'retry-after', after: 2 });
    sprinklr.fault('register', { kind: 'hang' });
    return await runBundle({ inputs: { ...register, 'timeout-seconds': '5' } });
  };
  const [hung, dripped, later, registered, reset] = await Promise.all([
    run({ kind: 'hang' }),
    run({ kind: 'drip', everyMs: 200 }),
    run({ kind: 'retry-after', after: 2 }, { kind: 'hang' }),
    registering(),
    run(...resets),
  ]);

  for (const step of [hung, dripped, later, registered]) {
    expectFailure(step, 'TIMED_OUT', '127.0.0.1', '5 s of timeout-seconds');
    expect(step.milliseconds).toBeGreaterThan(4900);
    expect(step.milliseconds).toBeLessThan(8000);
  }
  // It stops when the next wait would be too long, instead of sitting it out.
  expectFailure(reset, 'NETWORK_UNREACHABLE', 'ECONNRESET');
  expect(reset.milliseconds).toBeLessThan(6000);
});
