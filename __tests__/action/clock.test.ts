import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { generateKeyMaterial, type KeyMaterial } from '../../src/credentials/keygen.ts';
import type { Fault, RecordedRequest } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep } from './harness.ts';
import { app, claimsIn, status, world, type World } from './world.ts';

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

const issuedAt = (request: RecordedRequest): number => Number(claimsIn(request).iat);

test.each([
  ['behind', 10 * MINUTE],
  ['ahead of', -10 * MINUTE],
])(
  "a runner whose clock is ten minutes %s Sprinklr signs again with Sprinklr's time and warns",
  async (direction, seconds) => {
    const { sprinklr, token } = await skewed(seconds);
    const step = await runStep({ inputs: token });

    expectSuccess(step);
    expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
    expect(step.warnings).toHaveLength(1);
    expect(step.warnings[0]?.message).toMatch(new RegExp(`(59[6-9]|60[0-4]) s ${direction}`));

    expect(sprinklr.requests.map((request) => request.status)).toEqual([400, 200]);
    const [first = NaN, second = NaN] = sprinklr.requests.map(issuedAt);
    expect(Math.abs(second - first - seconds)).toBeLessThan(5);
    const answered = (sprinklr.requests[1]?.at ?? NaN) + 2591999_000;
    expect(Math.abs(Date.parse(step.outputs['expires-at'] ?? '') - answered)).toBeLessThan(5000);
  },
);

// __tests__/sprinklr/tokens.test.ts tests which responses cause a second assertion.
test.each<[code: ErrorCode, status: number]>([
  ['CREDENTIALS_REJECTED', 401],
  ['SERVER_ERROR', 503],
])('the response to the second assertion is final (%s, HTTP %i)', async (code, second) => {
  const { sprinklr, token } = await skewed(10 * MINUTE);
  sprinklr.fault('apptoken', status(401), status(second), status(second));
  const step = await runStep({ inputs: token });

  expectFailure(step, code, `HTTP ${second}`);
  expect(step.warnings).toHaveLength(1);
  expect(sprinklr.requests).toHaveLength(2);
});

test.each<[what: string, seconds: number, fault: Fault]>([
  ['a clock that is off by less than 30 s', 20, status(401)],
  ['another status', 10 * MINUTE, status(404)],
  ['an invalid date', 10 * MINUTE, status(401, undefined, { Date: 'yesterday' })],
  ['an empty date', 10 * MINUTE, status(401, undefined, { Date: '' })],
])('a response with %s does not cause a retry for clock skew', async (_, seconds, fault) => {
  const { sprinklr, token } = await skewed(seconds);
  sprinklr.fault('apptoken', fault);
  const step = await runStep({ inputs: token });

  expect(step.exitCode).toBe(1);
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
