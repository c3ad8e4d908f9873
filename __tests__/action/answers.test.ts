import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import type { Fault } from '../../src/simulator/simulator.ts';
import { expectFailure } from './expectations.ts';
import { runBundle, runStep, type Inputs, type Outcome } from './harness.ts';
import { nobodyListens } from './answering.ts';
import { app, world } from './world.ts';

/** Makes every repetition quick, and shows that nothing is repeated for the asking alone. */
const AT_ONCE = { 'Retry-After': '0' };

const status = (code: number, body?: string, headers: Record<string, string> = {}): Fault => ({
  kind: 'status',
  status: code,
  headers: { ...AT_ONCE, ...headers },
  ...(body !== undefined && { body }),
});
const mashery = (code: string): Record<string, string> => ({
  'Content-Type': 'text/xml',
  'X-Mashery-Error-Code': code,
});

type Row = [answer: string, fault: Fault, code: ErrorCode, attempts: number, ...words: (string | RegExp)[]];

// interface.md, "What an answer means", for a step with two attempts.
const refusals: Row[] = [
  ['400', status(400), 'CREDENTIALS_REJECTED', 1, 'HTTP 400', 'redirect-uri', 'api-secret'],
  ['401', status(401), 'CREDENTIALS_REJECTED', 1, 'HTTP 401', 'private-key', 'username'],
  [
    '403 Developer Inactive in markup',
    status(403, '<h1>Developer Inactive</h1>', mashery('ERR_403_DEVELOPER_INACTIVE')),
    'API_KEY_INACTIVE',
    1,
    'Developer Inactive',
    'api-key',
    'environment',
  ],
  [
    '403 Developer Inactive in a header only',
    status(403, '', mashery('ERR_403_DEVELOPER_INACTIVE')),
    'API_KEY_INACTIVE',
    1,
    'ERR_403_DEVELOPER_INACTIVE',
  ],
  [
    '403 Developer Inactive in a page only',
    status(403, '<h1>Developer Inactive</h1>'),
    'API_KEY_INACTIVE',
    1,
  ],
  [
    '403 Developer Inactive in a fault',
    status(403, '{"fault":{"faultstring":"Developer Inactive","detail":{"errorcode":"x"}}}'),
    'API_KEY_INACTIVE',
    1,
  ],
  [
    '403 Developer Over Rate in markup',
    status(403, '<h1>Developer Over Rate</h1>', mashery('ERR_403_DEVELOPER_OVER_RATE')),
    'RATE_LIMITED',
    2,
    'after 2 attempts',
    'Developer Over Rate',
    '1,000 an hour',
  ],
  [
    '403 Developer Over QPS in a header only',
    status(403, '', mashery('ERR_403_DEVELOPER_OVER_QPS')),
    'RATE_LIMITED',
    2,
  ],
  [
    '403 Developer Over Rate in a fault',
    status(403, '{"fault":{"faultstring":"Developer Over Rate"}}'),
    'RATE_LIMITED',
    2,
  ],
  [
    '403 for want of a permission',
    status(403, '{"data":[],"errors":[{"code":403,"message":"Access is denied"}]}'),
    'PERMISSION_DENIED',
    1,
    'Access is denied',
    'Generate Token',
  ],
  ['403 without a word', status(403, ''), 'PERMISSION_DENIED', 1, 'It gave no reason'],
  ['404', status(404), 'NOT_FOUND', 1, 'HTTP 404', 'app-id', 'environment', 'gateway'],
  ['596', status(596, '<h1>596 Service Not Found</h1>'), 'NOT_FOUND', 1, '596 Service Not Found'],
  ['421', status(421), 'ENVIRONMENT_MISMATCH', 1, 'HTTP 421', 'sentry-environment'],
  ['429', status(429), 'RATE_LIMITED', 2, 'HTTP 429 after 2 attempts'],
  ['500', status(500), 'SERVER_ERROR', 2, 'HTTP 500 after 2 attempts', 'Internal Server Error'],
  ['502', status(502), 'SERVER_ERROR', 2, 'HTTP 502 after 2 attempts'],
  ['503', status(503), 'SERVER_ERROR', 2, 'HTTP 503 after 2 attempts'],
  ['504', status(504), 'SERVER_ERROR', 2, 'HTTP 504 after 2 attempts'],
  [
    'a redirect',
    status(302, '', { Location: 'https://sso.example.com/' }),
    'REDIRECTED',
    1,
    'sso.example.com',
  ],
  ['405', status(405), 'RESPONSE_INVALID', 1, 'HTTP 405'],
  ['411', status(411), 'RESPONSE_INVALID', 1, 'HTTP 411'],
  ['415', status(415), 'RESPONSE_INVALID', 1, 'HTTP 415'],
  ['418', status(418), 'RESPONSE_INVALID', 1, 'HTTP 418'],
  ['402', status(402), 'RESPONSE_INVALID', 1, 'HTTP 402'],
  ['501', status(501), 'RESPONSE_INVALID', 1, 'HTTP 501'],
  ['something that is not HTTP', { kind: 'not-http' }, 'RESPONSE_INVALID', 1, 'not HTTP', 'base-url'],
];

test.each(refusals)(
  '%s fails the step with its code and words',
  async (_, ...[fault, code, attempts, ...words]) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', fault, fault, fault);
    const step = await runStep({ inputs: { ...token, 'max-attempts': '2' } });

    expectFailure(step, code, ...words);
    expect(sprinklr.requests).toHaveLength(attempts);
    expect(step.log.match(/Trying again/g) ?? []).toHaveLength(attempts - 1);
  },
);

test('a connection that never was, broke, or broke off is tried again, then named', async () => {
  const { token } = await world();
  const run = (baseUrl: string): Promise<Outcome> =>
    runBundle({ inputs: { ...token, 'base-url': baseUrl, 'max-attempts': '2', 'timeout-seconds': '20' } });
  const faulty = async (fault: Fault): Promise<string> => {
    const { sprinklr } = await world();
    sprinklr.fault('apptoken', fault, fault);
    return sprinklr.origin;
  };
  const [reset, cut, refused, unknown] = await Promise.all([
    run(await faulty({ kind: 'reset' })),
    run(await faulty({ kind: 'cut' })),
    run(await nobodyListens()),
    run('https://sprinklr.invalid'),
  ]);

  expectFailure(reset, 'NETWORK_UNREACHABLE', '127.0.0.1', 'ECONNRESET', 'base-url');
  expectFailure(cut, 'NETWORK_UNREACHABLE', '127.0.0.1', /ECONNRESET|connection lost/);
  expectFailure(refused, 'NETWORK_UNREACHABLE', '127.0.0.1', 'ECONNREFUSED');
  expectFailure(unknown, 'NETWORK_UNREACHABLE', 'sprinklr.invalid', /ENOTFOUND|EAI_AGAIN/);
  for (const { log } of [reset, cut, refused, unknown]) expect(log).toContain('(attempt 2 of 2)');
});

// Not scripted: the simulator's own judgement of a wrong credential, in the dialect of each gateway.
describe.each(['api2', 'api3'] as const)('a gateway like %s', (gateway) => {
  test.each<[string, Inputs, ErrorCode, string]>([
    [
      'an unknown api-key',
      { 'api-key': 'nobodysapikey1234567890' },
      'API_KEY_INACTIVE',
      'Developer Inactive',
    ],
    [
      'a wrong api-secret',
      { 'api-secret': 'wr0ngSecret/+Hf8Q2mZp' },
      'CREDENTIALS_REJECTED',
      'invalid_client',
    ],
    [
      'another redirect-uri',
      { 'redirect-uri': 'https://www.example.com/' },
      'CREDENTIALS_REJECTED',
      'redirect_uri',
    ],
    [
      'an audience that is not Sprinklr',
      { audience: 'https://example.com/' },
      'CREDENTIALS_REJECTED',
      'aud is not',
    ],
    ['an App ID of nobody', { 'app-id': 'eyJwSWQiOjEsInRJZCI6Mn0=' }, 'NOT_FOUND', 'app-id'],
    ['another environment', { environment: 'prod4' }, 'ENVIRONMENT_MISMATCH', 'Misdirected Request'],
  ])('refuses %s', async (_, ...[wrong, code, words]) => {
    const { sprinklr, token } = await world({ gateway });
    const step = await runStep({ inputs: { ...token, ...wrong } });

    expectFailure(step, code, words);
    expect(sprinklr.requests).toHaveLength(1);
  });

  test('over its hourly limit ends the step at once, with the wait that it asked for', async () => {
    const { sprinklr, token } = await world({ gateway, rateLimit: { perSecond: 10, perHour: 0 } });
    const step = await runStep({ inputs: token });

    expectFailure(step, 'RATE_LIMITED', /have to wait 360[01] s, more than timeout-seconds leaves/);
    expect(sprinklr.requests).toHaveLength(1);
  });

  test('over its limit by the second is waited for', async () => {
    const start = Date.now();
    let requests = 0;
    const { sprinklr, token } = await world({
      gateway,
      rateLimit: { perSecond: 1, perHour: 1000 },
      now: () => start + (requests > 1 ? 1500 : 0),
      log: () => (requests += 1),
    });
    await fetch(`${sprinklr.origin}/prod2/api/v2/me`, { headers: { Key: app.apiKey } });
    const step = await runStep({ inputs: token });

    const answered = sprinklr.requests.map((request) => request.status);
    expect(answered).toEqual([401, gateway === 'api2' ? 403 : 429, 200]);
    expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  });
});
