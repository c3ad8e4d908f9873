import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import type { Fault } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runBundle, runStep } from './harness.ts';
import { closedPort } from './http-server.ts';
import { app, status, withAccessToken, world } from './world.ts';

const overRate = '<h1>Developer Over Rate</h1>';

// One of each kind: __tests__/sprinklr tests every response. A registration can't be undone, so it is sent again only if it certainly was not processed.
const final: [name: string, fault: Fault, code: ErrorCode, ...facts: string[]][] = [
  ['401', status(401), 'CREDENTIALS_REJECTED', 'access token'],
  ['403', status(403, ''), 'PERMISSION_DENIED', 'Generate Token'],
  ['404', status(404), 'NOT_FOUND', 'api3'],
  ['500', status(500), 'SERVER_ERROR', 'registered'],
  ['503', status(503), 'SERVER_ERROR', 'registered'],
  ['a redirect', { kind: 'redirect', location: 'https://sso.example.com/' }, 'REDIRECTED', 'sso.example.com'],
  ['a reset connection', { kind: 'reset' }, 'NETWORK_UNREACHABLE', 'may have', 'do not register it again'],
  ['a truncated response', { kind: 'cut' }, 'NETWORK_UNREACHABLE', 'may have', 'do not register it again'],
  ['not HTTP', { kind: 'not-http' }, 'RESPONSE_INVALID', 'may have', 'base-url', 'do not register it again'],
  ['an HTML page', { kind: 'html' }, 'RESPONSE_INVALID', 'registered'],
  ['more than 1 MiB', { kind: 'giant' }, 'RESPONSE_INVALID', '1 MiB'],
  ['a sentence', { kind: 'body', json: { data: 'it is done' } }, 'RESPONSE_INVALID', 'App ID'],
  ...(['hex', 'base64'] as const).map((encoding): (typeof final)[number] => [
    `the API key in ${encoding} as the App ID`,
    { kind: 'body', json: { data: Buffer.from(`:${app.apiKey}`).toString(encoding) } },
    'RESPONSE_INVALID',
    'secret',
  ]),
  [
    'an error list beside an App ID',
    { kind: 'body', json: { data: 'eyJwSWQiOjF9', errors: ['no'] } },
    'RESPONSE_INVALID',
    'no',
  ],
];

test.each(final)('a registration that gets %s is not sent again', async (_, ...[fault, code, ...facts]) => {
  const made = await world();
  made.sprinklr.fault('register', fault);
  const step = await runStep({ inputs: withAccessToken(made) });

  expectFailure(step, code, ...facts);
  expect(made.sprinklr.requests).toHaveLength(1);
});

test.each([
  ['429', status(429)],
  ['403 Developer Over Rate', status(403, overRate)],
])('a registration that gets %s is retried', async (_, fault) => {
  const made = await world();
  made.sprinklr.fault('register', fault, fault);
  const step = await runStep({ inputs: withAccessToken(made) });

  expectSuccess(step);
  expect(step.outputs['app-id']).toBeDefined();
  expect(made.sprinklr.requests).toHaveLength(3);
});

test('a code exchange or registration that could not be sent is retried', async () => {
  const made = await world();
  const unreachable = { 'base-url': await closedPort(), 'max-attempts': '2' };
  const steps = await Promise.all(
    [withAccessToken(made), made.register].map((inputs) =>
      runBundle({ inputs: { ...inputs, ...unreachable } }),
    ),
  );

  for (const step of steps) {
    expectFailure(step, 'NETWORK_UNREACHABLE', 'ECONNREFUSED');
    expect(step.errors[0]?.message).not.toContain('may have');
    expect(step.log).toContain('attempt 2 of 2');
  }
});

describe('the code exchange', () => {
  test.each<[string, Fault, ErrorCode, string]>([
    ['401', status(401), 'CREDENTIALS_REJECTED', 'once'],
    ['503', status(503), 'SERVER_ERROR', 'code'],
    ['a reset connection', { kind: 'reset' }, 'NETWORK_UNREACHABLE', 'Get a new code'],
    ['a truncated response', { kind: 'cut' }, 'NETWORK_UNREACHABLE', 'Get a new code'],
    ['no token', { kind: 'body', json: {} }, 'RESPONSE_INVALID', 'access token'],
    ['an HTML page', { kind: 'html' }, 'RESPONSE_INVALID', 'ode exchange'],
  ])('is not repeated after %s, and nothing is registered', async (_, ...[fault, code, fact]) => {
    const { sprinklr, register } = await world();
    sprinklr.fault('token', fault);
    const step = await runStep({ inputs: register });

    expectFailure(step, code, fact);
    expect(sprinklr.requests).toHaveLength(1);
  });

  test('is repeated after a rate limit, with the same code', async () => {
    const { sprinklr, register } = await world();
    sprinklr.fault('token', status(429), status(403, overRate));
    const step = await runStep({ inputs: register });

    expectSuccess(step);
    const codes = sprinklr.requests.slice(0, 3).map(({ body }) => new URLSearchParams(body).get('code'));
    expect(codes).toEqual(Array.from({ length: 3 }, () => register['authorization-code']));
    expect(sprinklr.requests).toHaveLength(4);
  });
});
