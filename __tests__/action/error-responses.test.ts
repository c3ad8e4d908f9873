import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import type { Fault } from '../../src/simulator/simulator.ts';
import { expectFailure } from './expectations.ts';
import { runBundle, runStep, type Inputs, type Outcome } from './harness.ts';
import { closedPort, startRawServer } from './http-server.ts';
import { app, status, world } from './world.ts';

const mashery = (body: string, code: string): Fault =>
  status(403, body, { 'Content-Type': 'text/xml', 'X-Mashery-Error-Code': code });
const fault = (faultstring: string): string => JSON.stringify({ fault: { faultstring } });
const INACTIVE = 'ERR_403_DEVELOPER_INACTIVE';
const denied = '{"data":[],"errors":[{"code":403,"message":"Access is denied"}]}';

type Row = [name: string, fault: Fault, code: ErrorCode, attempts: number, ...facts: string[]];

// For a step with two attempts. __tests__/sprinklr tests every status, every format, and what each message says to do.
test.each<Row>([
  ['400', status(400), 'CREDENTIALS_REJECTED', 1, 'HTTP 400', 'redirect-uri', 'api-secret'],
  ['401', status(401), 'CREDENTIALS_REJECTED', 1, 'HTTP 401', 'private-key', 'username'],
  ['403 Developer Inactive in a header', mashery('', INACTIVE), 'API_KEY_INACTIVE', 1, INACTIVE],
  ['403 Developer Inactive in a fault', status(403, fault('Developer Inactive')), 'API_KEY_INACTIVE', 1],
  [
    '403 Developer Over Rate in markup',
    mashery('<h1>Developer Over Rate</h1>', 'ERR_403_DEVELOPER_OVER_RATE'),
    ...(['RATE_LIMITED', 2, '2 attempts', 'Developer Over Rate', '1,000'] as const),
  ],
  ['403 with a reason', status(403, denied), 'PERMISSION_DENIED', 1, 'Access is denied', 'Generate Token'],
  ['404', status(404), 'NOT_FOUND', 1, 'HTTP 404', 'app-id', 'environment', 'gateway'],
  ['596', status(596, '<h1>596 Service Not Found</h1>'), 'NOT_FOUND', 1, '596 Service Not Found'],
  ['421', status(421), 'ENVIRONMENT_MISMATCH', 1, 'HTTP 421', 'sentry-environment'],
  ['429', status(429), 'RATE_LIMITED', 2, 'HTTP 429', '2 attempts'],
  ['500', status(500), 'SERVER_ERROR', 2, 'HTTP 500', '2 attempts', 'Internal Server Error'],
  ['504', status(504), 'SERVER_ERROR', 2, 'HTTP 504', '2 attempts'],
  ['501', status(501), 'RESPONSE_INVALID', 1, 'HTTP 501'],
  ['not HTTP', { kind: 'not-http' }, 'RESPONSE_INVALID', 1, 'base-url'],
])('%s fails the step with its code and facts', async (_, ...[response, code, attempts, ...facts]) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', response, response, response);
  const step = await runStep({ inputs: { ...token, 'max-attempts': '2' } });

  expectFailure(step, code, ...facts);
  expect(sprinklr.requests).toHaveLength(attempts);
  expect(step.log.match(/attempt \d of \d/g) ?? []).toHaveLength(attempts - 1);
});

test('a refused, reset, or truncated connection and an unknown host are retried, then reported', async () => {
  const { token } = await world();
  const run = (baseUrl: string): Promise<Outcome> =>
    runBundle({ inputs: { ...token, 'base-url': baseUrl, 'max-attempts': '2', 'timeout-seconds': '20' } });
  const faulty = async (one: Fault): Promise<string> => {
    const { sprinklr } = await world();
    sprinklr.fault('apptoken', one, one);
    return sprinklr.origin;
  };
  const [reset, truncated, refused, unknown] = await Promise.all([
    run(await faulty({ kind: 'reset' })),
    run(await faulty({ kind: 'cut' })),
    run(await closedPort()),
    run('https://sprinklr.invalid'),
  ]);

  expectFailure(reset, 'NETWORK_UNREACHABLE', '127.0.0.1', 'ECONNRESET', 'base-url');
  expectFailure(truncated, 'NETWORK_UNREACHABLE', '127.0.0.1', /ECONNRESET|connection lost/);
  expectFailure(refused, 'NETWORK_UNREACHABLE', '127.0.0.1', 'ECONNREFUSED');
  expectFailure(unknown, 'NETWORK_UNREACHABLE', 'sprinklr.invalid', /ENOTFOUND|EAI_AGAIN/);
  for (const { log } of [reset, truncated, refused, unknown]) expect(log).toContain('attempt 2 of 2');
});

// Not injected: the simulator itself rejects the credential, in the format of each gateway.
describe.each(['api2', 'api3'] as const)('the gateway %s', (gateway) => {
  test.each<[name: string, change: Inputs, code: ErrorCode, fact: string]>([
    [
      'an unknown api-key',
      { 'api-key': 'nobodysapikey1234567890' },
      'API_KEY_INACTIVE',
      'Developer Inactive',
    ],
    ['a wrong api-secret', { 'api-secret': 'wr0ngSecret/+Hf8Q' }, 'CREDENTIALS_REJECTED', 'invalid_client'],
    [
      'a wrong redirect-uri',
      { 'redirect-uri': 'https://a.example/' },
      'CREDENTIALS_REJECTED',
      'redirect_uri',
    ],
    ['a wrong audience', { audience: 'https://example.com/' }, 'CREDENTIALS_REJECTED', 'aud'],
    ['an unknown App ID', { 'app-id': 'eyJwSWQiOjEsInRJZCI6Mn0=' }, 'NOT_FOUND', 'app-id'],
    ['a wrong environment', { environment: 'prod4' }, 'ENVIRONMENT_MISMATCH', 'Misdirected Request'],
  ])('rejects %s', async (_, ...[change, code, fact]) => {
    const { sprinklr, token } = await world({ gateway });
    const step = await runStep({ inputs: { ...token, ...change } });

    expectFailure(step, code, fact);
    expect(sprinklr.requests).toHaveLength(1);
  });

  test('over its hourly limit fails the step at once with the requested wait', async () => {
    const { sprinklr, token } = await world({ gateway, rateLimit: { perSecond: 10, perHour: 0 } });
    const step = await runStep({ inputs: token });

    expectFailure(step, 'RATE_LIMITED', /360[01] s/, 'timeout-seconds');
    expect(sprinklr.requests).toHaveLength(1);
  });

  test('over its limit per second is retried', async () => {
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

    const statuses = sprinklr.requests.map((request) => request.status);
    expect(statuses).toEqual([401, gateway === 'api2' ? 403 : 429, 200]);
    expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  });
});

test('a server that switches protocols fails the step at its time limit, although Node reports no error', async () => {
  const { token } = await world();
  const origin = await startRawServer(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  const step = await runBundle({ inputs: { ...token, 'base-url': origin, 'timeout-seconds': '5' } });
  expectFailure(step, 'TIMED_OUT', 'timeout-seconds');
});
