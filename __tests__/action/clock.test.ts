import { describe, expect, test } from '@jest/globals';
import { generateKeyMaterial, type KeyMaterial } from '../../src/credentials/keygen.ts';
import type { RecordedRequest } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep } from './harness.ts';
import { app, world, type World } from './world.ts';

const MINUTE = 60;

let older: Promise<KeyMaterial> | undefined;
/** From last week, so that it is already valid for a slow clock. */
function olderMaterial(): Promise<KeyMaterial> {
  const now = new Date(Date.now() - 7 * 24 * 3600_000);
  return (older ??= generateKeyMaterial({ subject: { commonName: 'ci.example.com' }, now }));
}

/** A Sprinklr whose clock is this many seconds ahead of the runner's. */
async function skewed(seconds: number): Promise<Pick<World, 'sprinklr' | 'token'>> {
  const { sprinklr, token } = await world({ now: () => Date.now() + seconds * 1000 });
  const { privateKeyDer, certificatePem } = await olderMaterial();
  return {
    sprinklr,
    token: {
      ...token,
      'private-key': privateKeyDer.toString('base64'),
      'app-id': sprinklr.register(certificatePem, app.apiKey),
    },
  };
}

const issuedAt = ({ query }: RecordedRequest): number =>
  (
    JSON.parse(Buffer.from(query.get('refresh_token')?.split('.')[1] ?? '', 'base64url').toString()) as {
      iat: number;
    }
  ).iat;

describe.each([
  ['behind', 10 * MINUTE],
  ['ahead of', -10 * MINUTE],
])('a runner whose clock is ten minutes %s Sprinklr', (direction, seconds) => {
  test("signs once more with Sprinklr's time and warns", async () => {
    const { sprinklr, token } = await skewed(seconds);
    const step = await runStep({ inputs: token });

    expectSuccess(step);
    expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
    expect(step.warnings).toHaveLength(1);
    expect(step.warnings[0]?.message).toMatch(new RegExp(`(59[6-9]|60[0-4]) s ${direction}`));

    expect(sprinklr.requests.map(({ status }) => status)).toEqual([400, 200]);
    const [first = NaN, second = NaN] = sprinklr.requests.map(issuedAt);
    expect(Math.abs(second - first - seconds)).toBeLessThan(5);
    const answered = (sprinklr.requests[1]?.at ?? NaN) + 2591999_000;
    expect(Math.abs(Date.parse(step.outputs['expires-at'] ?? '') - answered)).toBeLessThan(5000);
  });

  test.each([400, 401])('does not retry a second response with status %i', async (status) => {
    const { sprinklr, token } = await skewed(seconds);
    sprinklr.fault('apptoken', ...Array.from({ length: 4 }, () => ({ kind: 'status' as const, status })));
    const step = await runStep({ inputs: token });

    expectFailure(step, 'CREDENTIALS_REJECTED', `HTTP ${status}`);
    expect(step.warnings).toHaveLength(1);
    expect(sprinklr.requests).toHaveLength(2);
  });
});

test('the response to the second assertion is final, even if its status is retryable', async () => {
  const { sprinklr, token } = await skewed(10 * MINUTE);
  sprinklr.fault(
    'apptoken',
    { kind: 'none' },
    { kind: 'status', status: 503, headers: { 'Retry-After': '0' } },
  );
  const step = await runStep({ inputs: token });

  expectFailure(step, 'SERVER_ERROR', 'HTTP 503');
  expect(sprinklr.requests).toHaveLength(2);
});

test('a clock that is off by less than 30 s does not cause a retry', async () => {
  const { sprinklr, token } = await skewed(20);
  sprinklr.fault('apptoken', { kind: 'status', status: 401 });
  const step = await runStep({ inputs: token });

  expectFailure(step, 'CREDENTIALS_REJECTED');
  expect(step.warnings).toEqual([]);
  expect(sprinklr.requests).toHaveLength(1);
});

test('a clock that is off by more than 30 s causes a retry', async () => {
  const { sprinklr, token } = await skewed(40);
  sprinklr.fault('apptoken', { kind: 'status', status: 401 });
  const step = await runStep({ inputs: token });

  expectSuccess(step);
  expect(step.warnings).toHaveLength(1);
  expect(sprinklr.requests).toHaveLength(2);
});

test.each([403, 404, 421])('status %i does not cause a retry for clock skew', async (status) => {
  const { sprinklr, token } = await skewed(10 * MINUTE);
  sprinklr.fault('apptoken', { kind: 'status', status });
  const step = await runStep({ inputs: token });

  expect(step.exitCode).toBe(1);
  expect(step.warnings).toEqual([]);
  expect(sprinklr.requests).toHaveLength(1);
});

test.each([
  ['an invalid date', 'yesterday'],
  ['an empty date', ''],
])('a response with %s does not cause a retry for clock skew', async (_, date) => {
  const { sprinklr, token } = await skewed(10 * MINUTE);
  sprinklr.fault('apptoken', { kind: 'status', status: 401, headers: { Date: date } });
  const step = await runStep({ inputs: token });

  expectFailure(step, 'CREDENTIALS_REJECTED');
  expect(step.warnings).toEqual([]);
  expect(sprinklr.requests).toHaveLength(1);
});

test('a success does not cause a warning about clock skew', async () => {
  const { sprinklr, token } = await skewed(100);
  const step = await runStep({ inputs: token });

  expectSuccess(step);
  expect(step.warnings).toEqual([]);
  expect(sprinklr.requests).toHaveLength(1);
});
