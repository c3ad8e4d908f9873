import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import type { Fault } from '../../src/simulator/simulator.ts';
import { nobodyListens } from './answering.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runBundle, runStep, type Inputs } from './harness.ts';
import { app, world, type World } from './world.ts';

const status = (code: number, body?: string): Fault => ({
  kind: 'status',
  status: code,
  headers: { 'Retry-After': '0' },
  ...(body !== undefined && { body }),
});
const overRate = '<h1>Developer Over Rate</h1>';

function byToken({ register, sprinklr }: World): Inputs {
  return { ...register, 'access-token': sprinklr.issueAccessToken(app.apiKey), 'authorization-code': '' };
}

// interface.md, "tried again", for what cannot be undone: only what surely was not taken is sent once more.
const final: [string, Fault, ErrorCode, ...string[]][] = [
  ['400', status(400), 'CREDENTIALS_REJECTED', 'Get a new code from the browser consent'],
  ['401', status(401), 'CREDENTIALS_REJECTED', 'access token'],
  ['403 Developer Inactive', status(403, '<h1>Developer Inactive</h1>'), 'API_KEY_INACTIVE'],
  ['403', status(403, ''), 'PERMISSION_DENIED', 'Generate Token'],
  ['404', status(404), 'NOT_FOUND', 'api2 and api3'],
  ['421', status(421), 'ENVIRONMENT_MISMATCH'],
  ['500', status(500), 'SERVER_ERROR', 'may have been registered'],
  ['502', status(502), 'SERVER_ERROR', 'may have been registered'],
  ['503', status(503), 'SERVER_ERROR', 'may have been registered'],
  ['504', status(504), 'SERVER_ERROR', 'may have been registered'],
  ['405', status(405), 'RESPONSE_INVALID', 'HTTP 405'],
  ['a redirect', { kind: 'redirect', location: 'https://sso.example.com/' }, 'REDIRECTED', 'sso.example.com'],
  ['a connection that breaks', { kind: 'reset' }, 'NETWORK_UNREACHABLE', 'may have been carried out'],
  ['an answer that is cut short', { kind: 'cut' }, 'NETWORK_UNREACHABLE', 'may have been carried out'],
  ['something that is not HTTP', { kind: 'not-http' }, 'RESPONSE_INVALID', 'may have been carried out'],
  ["a proxy's page", { kind: 'html' }, 'RESPONSE_INVALID', 'may have been registered'],
  ['broken JSON', { kind: 'garbage' }, 'RESPONSE_INVALID', 'may have been registered'],
  ['more than 1 MiB', { kind: 'giant' }, 'RESPONSE_INVALID', 'longer than 1 MiB'],
  ['an answer without data', { kind: 'body', json: { Errors: [] } }, 'RESPONSE_INVALID', 'holds no App ID'],
  ['an answer with empty data', { kind: 'body', json: { data: '' } }, 'RESPONSE_INVALID', 'holds no App ID'],
  ['an answer with other data', { kind: 'body', json: { data: [] } }, 'RESPONSE_INVALID', 'holds no App ID'],
  [
    'an App ID of words',
    { kind: 'body', json: { data: 'it is done' } },
    'RESPONSE_INVALID',
    'holds no App ID',
  ],
  ...['hex', 'base64'].map((encoding): (typeof final)[number] => [
    `the API key in ${encoding} for an App ID`,
    { kind: 'body', json: { data: Buffer.from(`:${app.apiKey}`).toString(encoding as BufferEncoding) } },
    'RESPONSE_INVALID',
    'has a secret in the place of the App ID',
  ]),
  [
    'an error list under Errors',
    { kind: 'body', json: { data: null, Errors: [{ message: 'Certificate expired' }] } },
    'RESPONSE_INVALID',
    'reports an error',
    'Certificate expired',
  ],
  [
    'an error list beside an App ID',
    { kind: 'body', json: { data: 'eyJwSWQiOjF9', errors: ['no'] } },
    'RESPONSE_INVALID',
    'reports an error',
  ],
];

test.each(final)('%s to a registration is not followed by another', async (_, ...[fault, code, ...words]) => {
  const there = await world();
  there.sprinklr.fault('register', fault);
  const step = await runStep({ inputs: byToken(there) });

  expectFailure(step, code, ...words);
  expect(there.sprinklr.requests).toHaveLength(1);
});

test.each([
  ['429', status(429)],
  ['403 Developer Over Rate', status(403, overRate)],
])('%s to a registration is waited for', async (_, fault) => {
  const there = await world();
  there.sprinklr.fault('register', fault, fault);
  const step = await runStep({ inputs: byToken(there) });

  expectSuccess(step);
  expect(step.outputs['app-id']).toBeDefined();
  expect(there.sprinklr.requests).toHaveLength(3);
});

test('what could not be sent at all is tried again, the code as well as the certificate', async () => {
  const there = await world();
  const elsewhere = { 'base-url': await nobodyListens(), 'max-attempts': '2' };
  const steps = await Promise.all(
    [byToken(there), there.register].map((inputs) => runBundle({ inputs: { ...inputs, ...elsewhere } })),
  );

  for (const step of steps) {
    expectFailure(step, 'NETWORK_UNREACHABLE', 'ECONNREFUSED');
    expect(step.errors[0]?.message).not.toContain('carried out');
    expect(step.log).toContain('(attempt 2 of 2)');
  }
});

describe('the exchange of a code', () => {
  test.each<[string, Fault, ErrorCode, string]>([
    ['400', status(400), 'CREDENTIALS_REJECTED', 'A code works once'],
    ['401', status(401), 'CREDENTIALS_REJECTED', 'A code works once'],
    ['403', status(403, ''), 'PERMISSION_DENIED', 'Generate Token'],
    ['404', status(404), 'NOT_FOUND', 'environment'],
    ['500', status(500), 'SERVER_ERROR', 'The code may be spent'],
    ['503', status(503), 'SERVER_ERROR', 'The code may be spent'],
    ['a connection that breaks', { kind: 'reset' }, 'NETWORK_UNREACHABLE', 'may have been carried out'],
    ['an answer that is cut short', { kind: 'cut' }, 'NETWORK_UNREACHABLE', 'may have been carried out'],
    ['an answer without a token', { kind: 'body', json: {} }, 'RESPONSE_INVALID', 'holds no access token'],
    ["a proxy's page", { kind: 'html' }, 'RESPONSE_INVALID', 'code exchange'],
  ])('that meets %s is not made again, and nothing is registered', async (_, ...[fault, code, words]) => {
    const { sprinklr, register } = await world();
    sprinklr.fault('token', fault);
    const step = await runStep({ inputs: register });

    expectFailure(step, code, words);
    expect(sprinklr.requests).toHaveLength(1);
  });

  test('is made again after a rate limit, with the same code', async () => {
    const { sprinklr, register } = await world();
    sprinklr.fault('token', status(429), status(403, overRate));
    const step = await runStep({ inputs: register });

    expectSuccess(step);
    const codes = sprinklr.requests.slice(0, 3).map(({ body }) => new URLSearchParams(body).get('code'));
    expect(codes).toEqual(Array.from({ length: 3 }, () => register['authorization-code']));
    expect(sprinklr.requests).toHaveLength(4);
  });

  test("keeps both of the answer's tokens to itself", async () => {
    const { sprinklr, register } = await world();
    const tokens = {
      access_token: 'P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=',
      refresh_token: 'R3fr3sh+Token/Nid5hg4KBRNPxVaTq0=',
    };
    sprinklr.fault('token', { kind: 'body', json: { ...tokens, token_type: 'Bearer', expires_in: 60 } });
    const step = await runStep({ inputs: register, secrets: Object.values(tokens) });

    expectFailure(step, 'CREDENTIALS_REJECTED', 'Invalid or expired token');
    expect(step.masks).toEqual(expect.arrayContaining(Object.values(tokens)));
  });
});
