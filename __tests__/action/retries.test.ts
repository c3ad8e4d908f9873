import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import type { Fault, RecordedRequest } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runBundle, runStep, type Outcome } from './harness.ts';
import { app, claimsIn, status, world } from './world.ts';

const unavailable = status(503);
const retryAfter = (code: number, value: string): Fault => status(code, undefined, { 'Retry-After': value });
const httpDate = (milliseconds: number): string => new Date(milliseconds).toUTCString();

/** Seconds between requests. */
const gaps = (requests: readonly RecordedRequest[]): number[] =>
  requests.slice(1).map(({ at }, index) => (at - (requests[index]?.at ?? NaN)) / 1000);

test('an exchange that fails twice succeeds at the third attempt, each with a new assertion', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', unavailable, { kind: 'cut' });
  const step = await runStep({ inputs: token });

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  expect(sprinklr.requests.map((request) => request.status)).toEqual([503, 200, 200]);
  expect(new Set(sprinklr.requests.map((request) => claimsIn(request).jti)).size).toBe(3);
  expect(new Set(sprinklr.requests.map(({ query }) => query.get('refresh_token'))).size).toBe(3);
  expect(step.warnings).toEqual([]);
});

test.each([
  ['1', 1, 'HTTP 503'],
  ['10', 10, '10 attempts'],
  ['', 4, '4 attempts'],
])('max-attempts "%s" makes %i requests and reports them', async (maxAttempts, requests, fact) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', ...Array.from({ length: 12 }, () => unavailable));
  const step = await runStep({ inputs: { ...token, 'max-attempts': maxAttempts } });

  expectFailure(step, 'SERVER_ERROR', 'HTTP 503', fact);
  expect(sprinklr.requests).toHaveLength(requests);
});

test('attempts that fail for different reasons count together, and the last one is reported', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', unavailable, status(429), status(404));
  const step = await runStep({ inputs: token });

  expectFailure(step, 'NOT_FOUND', 'HTTP 404', '3 attempts');
});

test('without Retry-After, the action waits 1 s, then 2 s, with jitter', async () => {
  const { sprinklr, token } = await world();
  const overRate: Fault = { kind: 'status', status: 403, body: '<h1>Developer Over Rate</h1>' };
  sprinklr.fault('apptoken', { kind: 'status', status: 500 }, overRate);
  const step = await runStep({ inputs: token });

  expectSuccess(step);
  const [first = 0, second = 0] = gaps(sprinklr.requests);
  expect(first).toBeGreaterThan(0.99);
  expect(first).toBeLessThan(2);
  expect(second).toBeGreaterThan(1.99);
  expect(second).toBeLessThan(3.5);
});

const HOUR = 3600_000;
// __tests__/sprinklr/retry-delay.test.ts tests every format.
const RETRY_AFTER: [format: string, fault: Fault, wait: number][] = [
  ['in zero seconds', { kind: 'retry-after', after: 0 }, 0],
  ['in seconds, besides a reset', at({ clock: 0, reset: 3600 }, { 'Retry-After': '1' }), 1],
  ['as a date of a clock that is an hour fast', at({ clock: HOUR, retryAfter: 1 }), 1],
  ['as a reset of a clock that is an hour slow', at({ clock: -HOUR, reset: 1 }), 1],
  ['in an unknown format', at({ clock: 0 }, { 'Retry-After': 'soon' }), 1],
];

/** A 429 of a server whose clock is off by `clock` milliseconds. `retryAfter` and `reset` are in seconds from then. */
function at(
  { clock, retryAfter, reset }: { clock: number; retryAfter?: number; reset?: number },
  headers: Record<string, string> = {},
): Fault {
  const now = Date.now() + clock;
  return {
    kind: 'status',
    status: 429,
    headers: {
      Date: httpDate(now),
      ...(retryAfter !== undefined && { 'Retry-After': httpDate(now + retryAfter * 1000) }),
      ...(reset !== undefined && { 'X-RateLimit-Reset': String(Math.floor(now / 1000) + reset) }),
      ...headers,
    },
  };
}

test('the action waits as long as the server requests, in any format', async () => {
  const waits = await Promise.all(
    RETRY_AFTER.map(async ([format, fault, wait]) => {
      const { sprinklr, token } = await world();
      sprinklr.fault('apptoken', fault);
      expectSuccess(await runBundle({ inputs: token }));
      const [gap = NaN] = gaps(sprinklr.requests);
      return [format, gap >= wait - 0.01 && gap < wait + 0.95 ? wait : gap];
    }),
  );

  expect(waits).toEqual(RETRY_AFTER.map(([format, , wait]) => [format, wait]));
});

test.each<[string, Fault, ErrorCode]>([
  ['429 for an hour', { kind: 'retry-after', after: 3600 }, 'RATE_LIMITED'],
  ['503 for an hour', retryAfter(503, '3600'), 'SERVER_ERROR'],
  ['429 for 400 digits', retryAfter(429, '9'.repeat(400)), 'RATE_LIMITED'],
  ['429 until tomorrow', retryAfter(429, httpDate(Date.now() + 86_400_000)), 'RATE_LIMITED'],
])('a requested wait beyond the time limit (%s) fails the step at once', async (_, fault, code) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', fault);
  const step = await runStep({ inputs: token });

  expectFailure(step, code, /wait of (\d+ s|24 hours or more), /, 'timeout-seconds');
  expect(step.errors[0]?.message).not.toMatch(/Infinity|NaN|e\+/);
  expect(sprinklr.requests).toHaveLength(1);
  expect(step.milliseconds).toBeLessThan(4000);
});

test('the time limit covers all requests and waits of a step', async () => {
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
  const [hung, dripped, hungLater, registered, reset] = await Promise.all([
    run({ kind: 'hang' }),
    run({ kind: 'drip', everyMs: 200 }),
    run({ kind: 'retry-after', after: 2 }, { kind: 'hang' }),
    registering(),
    run(...resets),
  ]);

  for (const step of [hung, dripped, hungLater, registered]) {
    expectFailure(step, 'TIMED_OUT', '127.0.0.1', '5 s', 'timeout-seconds');
    expect(step.milliseconds).toBeGreaterThan(4900);
    expect(step.milliseconds).toBeLessThan(8000);
  }
  // The step fails as soon as the next wait would exceed the limit.
  expectFailure(reset, 'NETWORK_UNREACHABLE', 'ECONNRESET');
  expect(reset.milliseconds).toBeLessThan(6000);
});
