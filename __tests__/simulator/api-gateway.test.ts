import { expect, test } from '@jest/globals';
import { app, FORM, json, post, send, start, whoAmI } from './client.ts';

const REGISTER_PATHS = { api2: '/prod2/api/bdi/app/register', api3: '/prod2/api/app/register' };

test('the default production environment has no path segment', async () => {
  const simulator = await start({
    apps: [
      { ...app, environment: '' },
      { ...app, apiKey: 'named-prod', environment: 'prod' },
    ],
  });
  const token = simulator.issueAccessToken(app.apiKey);
  expect((await whoAmI(simulator, token, { path: '/api/v2/me' })).status).toBe(200);
  expect((await whoAmI(simulator, token, { path: '/prod/api/v2/me' })).status).toBe(421);
  const key = 'named-prod';
  const named = await whoAmI(simulator, simulator.issueAccessToken(key), { path: '/api/v2/me', key });
  expect(named.status).toBe(200);
});

test.each(['/prod4', '', '/PROD2', '/%7Bprod2%7D', '/{prod2}', '/prod'])(
  'an API key of prod2 gets 421 under "%s"',
  async (environment) => {
    const simulator = await start();
    const token = simulator.issueAccessToken(app.apiKey);
    expect((await whoAmI(simulator, token, { path: `${environment}/api/v2/me` })).status).toBe(421);
    const headers = { Authorization: `Bearer ${token}`, Key: app.apiKey, ...FORM };
    const paths = ['/api/bdi/app/register', '/oauth/apptoken/x', `/oauth/token?client_id=${app.apiKey}`];
    for (const path of paths) {
      expect((await post(simulator, environment + path, { headers })).status).toBe(421);
    }
  },
);

test('api2 responds with the errors of Mashery', async () => {
  const response = await whoAmI(await start({ apps: [] }), 'x');
  expect(response).toMatchObject({ status: 403, body: '<h1>Developer Inactive</h1>' });
  expect(response.headers).toMatchObject({
    'content-type': 'text/xml',
    'x-mashery-error-code': 'ERR_403_DEVELOPER_INACTIVE',
  });
});

test('api3 responds with the errors of Apigee', async () => {
  const response = await whoAmI(await start({ apps: [], gateway: 'api3' }), 'x');
  expect(response.status).toBe(403);
  expect(json(response)).toEqual({
    fault: { faultstring: 'Developer Inactive', detail: { errorcode: expect.any(String) } },
  });
});

test.each([
  ['api2', REGISTER_PATHS.api2, 403],
  ['api2', REGISTER_PATHS.api3, 404],
  ['api3', REGISTER_PATHS.api3, 403],
  ['api3', REGISTER_PATHS.api2, 404],
] as const)('%s responds to POST %s with %i', async (gateway, path, status) => {
  const simulator = await start({ gateway });
  expect((await post(simulator, path, { headers: { Key: 'unknown' } })).status).toBe(status);
});

test.each(['/nothing', '/prod2', '/prod2/api/v2/you', '/a/prod2/api/v2/me', '/prod2/oauth/apptoken'])(
  'the path %s gets 404',
  async (path) => {
    expect((await send(await start(), path)).status).toBe(404);
  },
);

test.each([
  ['GET', '/prod2/api/bdi/app/register', 'POST'],
  ['GET', '/prod2/oauth/apptoken/x', 'POST'],
  ['PUT', '/prod2/oauth/token', 'POST'],
  ['POST', '/prod2/api/v2/me', 'GET'],
  ['DELETE', '/prod2/oauth/authorize', 'GET, POST'],
  ['POST', '/', 'GET'],
])('%s %s gets 405 with Allow: %s', async (method, path, allowed) => {
  const response = await send(await start(), path, { method, headers: { Key: app.apiKey } });
  expect(response.status).toBe(405);
  expect(response.headers.allow).toBe(allowed);
});

test.each(['/prod2/api/bdi/app/register', '/prod2/oauth/apptoken/x', '/prod2/oauth/token'])(
  'a POST to %s without Content-Length gets 411',
  async (path) => {
    const headers = { Key: app.apiKey, 'Transfer-Encoding': 'chunked' };
    expect((await post(await start(), path, { headers, body: 'x' })).status).toBe(411);
  },
);

test('api2 rejects the eleventh call in a second, and accepts calls in the next second', async () => {
  let now = Date.now();
  const simulator = await start({ now: () => now, rateLimit: { perSecond: 10, perHour: 1000 } });
  const token = simulator.issueAccessToken(app.apiKey);
  for (let calls = 0; calls < 10; calls += 1) expect((await whoAmI(simulator, token)).status).toBe(200);
  const response = await whoAmI(simulator, token);
  expect(response).toMatchObject({ status: 403, body: '<h1>Developer Over QPS</h1>' });
  expect(response.headers).toMatchObject({
    'x-mashery-error-code': 'ERR_403_DEVELOPER_OVER_QPS',
    'retry-after': '1',
    'x-ratelimit-limit': '10',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.ceil((now + 1000) / 1000)),
  });
  now += 1000;
  expect((await whoAmI(simulator, token)).status).toBe(200);
});

test('api3 rejects a call over the hourly limit with 429', async () => {
  let now = Date.now();
  const rateLimit = { perSecond: 10, perHour: 2 };
  const simulator = await start({ now: () => now, rateLimit, gateway: 'api3' });
  const token = simulator.issueAccessToken(app.apiKey);
  expect((await whoAmI(simulator, token)).status).toBe(200);
  now += 600_000;
  expect((await whoAmI(simulator, token)).status).toBe(200);
  const response = await whoAmI(simulator, token);
  expect(response.status).toBe(429);
  expect(response.headers).toMatchObject({ 'retry-after': '3000', 'x-ratelimit-limit': '2' });
  expect(json(response)).toMatchObject({ success: false, errors: [{ code: 'RATE_LIMIT_EXCEEDED' }] });
  now += 3_000_000;
  expect((await whoAmI(simulator, token)).status).toBe(200);
});

test('the hourly limit of api2 is Developer Over Rate, for each API key', async () => {
  const key = 'another-key';
  const apps = [app, { ...app, apiKey: key }];
  const simulator = await start({ apps, rateLimit: { perSecond: 10, perHour: 1 } });
  const token = simulator.issueAccessToken(app.apiKey);
  await whoAmI(simulator, token);
  const { headers } = await whoAmI(simulator, token);
  expect(headers['x-mashery-error-code']).toBe('ERR_403_DEVELOPER_OVER_RATE');
  expect((await whoAmI(simulator, simulator.issueAccessToken(key), { key })).status).toBe(200);
});

test('setting the clock back does not extend a rate limit', async () => {
  const simulator = await start({ rateLimit: { perSecond: 1, perHour: 1 } });
  const token = simulator.issueAccessToken(app.apiKey);
  expect((await whoAmI(simulator, token)).status).toBe(200);
  simulator.fault('me', { kind: 'clock', seconds: -60 });
  expect((await whoAmI(simulator, token)).status).toBe(200);
});
