import { expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { app, call, fields, form, me, sprinklr } from './world.ts';

const authorization = (token: string) => ({ Authorization: `Bearer ${token}`, Key: app.apiKey });

test('who am I says whose token it is', async () => {
  const simulator = await sprinklr();
  const reply = await me(simulator, simulator.issueAccessToken(app.apiKey));
  expect(fields(reply)).toEqual({
    data: {
      id: expect.any(Number),
      name: 'Simulated User',
      email: 'person@example.com',
      type: 'PARTNER_ADMIN',
      customerId: 66000000,
      workspaceId: 66000002,
      properties: {},
    },
    errors: [],
  });
});

test('who am I says the workspace that the app was given', async () => {
  const simulator = await sprinklr({ apps: [{ ...app, workspaceId: 7 }] });
  const reply = await me(simulator, simulator.issueAccessToken(app.apiKey));
  expect(fields(reply)).toMatchObject({ data: { workspaceId: 7 } });
});

test('who am I refuses a token that is unknown', async () => {
  const simulator = await sprinklr();
  const reply = await me(simulator, 'P9+ewuw+Nid5hg4KBRNP=');
  expect(reply.status).toBe(401);
  expect(fields(reply)).toEqual({
    data: [],
    errors: [{ id: expect.any(String), code: 401, message: 'Invalid or expired token' }],
  });
});

test('who am I refuses no token at all, also while the key has none', async () => {
  const simulator = await sprinklr();
  const headers = { Key: app.apiKey };
  expect((await call(simulator, '/prod2/api/v2/me', { headers })).status).toBe(401);
});

test('the default production environment has no path segment', async () => {
  const simulator = await sprinklr({
    apps: [
      { ...app, environment: '' },
      { ...app, apiKey: 'named-prod', environment: 'prod' },
    ],
  });
  const headers = authorization(simulator.issueAccessToken(app.apiKey));
  expect((await call(simulator, '/api/v2/me', { headers })).status).toBe(200);
  expect((await call(simulator, '/prod/api/v2/me', { headers })).status).toBe(421);
  const named = { ...authorization(simulator.issueAccessToken('named-prod')), Key: 'named-prod' };
  expect((await call(simulator, '/api/v2/me', { headers: named })).status).toBe(200);
});

test.each(['/prod4', '', '/PROD2', '/%7Bprod2%7D', '/{prod2}', '/prod'])(
  'a key of prod2 is misdirected at "%s"',
  async (environment) => {
    const simulator = await sprinklr();
    const headers = authorization(simulator.issueAccessToken(app.apiKey));
    expect((await call(simulator, `${environment}/api/v2/me`, { headers })).status).toBe(421);
    const paths = ['/api/bdi/app/register', '/oauth/apptoken/x', `/oauth/token?client_id=${app.apiKey}`];
    for (const path of paths) {
      const reply = await call(simulator, environment + path, {
        method: 'POST',
        headers: { ...headers, ...form },
      });
      expect(reply.status).toBe(421);
    }
  },
);

test('api2 refuses in Mashery’s markup and header', async () => {
  const simulator = await sprinklr({ apps: [] });
  const reply = await me(simulator, 'x');
  expect(reply).toMatchObject({ status: 403, body: '<h1>Developer Inactive</h1>' });
  expect(reply.headers).toMatchObject({
    'content-type': 'text/xml',
    'x-mashery-error-code': 'ERR_403_DEVELOPER_INACTIVE',
  });
});

test('api3 refuses in Apigee’s fault', async () => {
  const simulator = await sprinklr({ apps: [], gateway: 'api3' });
  const reply = await me(simulator, 'x');
  expect(reply.status).toBe(403);
  expect(fields(reply)).toEqual({
    fault: { faultstring: 'Developer Inactive', detail: { errorcode: expect.any(String) } },
  });
});

test('each gateway has its own register path', async () => {
  const headers = { Key: 'unknown' };
  const register = async (gateway: 'api2' | 'api3', path: string) => {
    const simulator = await sprinklr({ gateway });
    return (await call(simulator, path, { method: 'POST', headers })).status;
  };
  expect(await register('api2', '/prod2/api/bdi/app/register')).toBe(403);
  expect(await register('api2', '/prod2/api/app/register')).toBe(404);
  expect(await register('api3', '/prod2/api/app/register')).toBe(403);
  expect(await register('api3', '/prod2/api/bdi/app/register')).toBe(404);
});

test.each(['/nothing', '/prod2', '/prod2/api/v2/you', '/a/prod2/api/v2/me', '/prod2/oauth/apptoken'])(
  'there is nothing at %s',
  async (path) => {
    expect((await call(await sprinklr(), path)).status).toBe(404);
  },
);

test.each([
  ['GET', '/prod2/api/bdi/app/register', 'POST'],
  ['GET', '/prod2/oauth/apptoken/x', 'POST'],
  ['PUT', '/prod2/oauth/token', 'POST'],
  ['POST', '/prod2/api/v2/me', 'GET'],
  ['DELETE', '/prod2/oauth/authorize', 'GET, POST'],
  ['POST', '/', 'GET'],
])('%s %s is not allowed, but %s is', async (method, path, allowed) => {
  const reply = await call(await sprinklr(), path, { method, headers: { Key: app.apiKey } });
  expect(reply.status).toBe(405);
  expect(reply.headers.allow).toBe(allowed);
});

test.each(['/prod2/api/bdi/app/register', '/prod2/oauth/apptoken/x', '/prod2/oauth/token'])(
  'a POST to %s needs a Content-Length',
  async (path) => {
    const headers = { Key: app.apiKey, 'Transfer-Encoding': 'chunked' };
    const simulator = await sprinklr();
    expect((await call(simulator, path, { method: 'POST', headers, body: 'x' })).status).toBe(411);
  },
);

test('an eleventh call in a second is over the limit, and the next second is free', async () => {
  let now = Date.now();
  const simulator = await sprinklr({ now: () => now, rateLimit: { perSecond: 10, perHour: 1000 } });
  const token = simulator.issueAccessToken(app.apiKey);
  for (let calls = 0; calls < 10; calls += 1) expect((await me(simulator, token)).status).toBe(200);
  const reply = await me(simulator, token);
  expect(reply).toMatchObject({ status: 403, body: '<h1>Developer Over QPS</h1>' });
  expect(reply.headers).toMatchObject({
    'x-mashery-error-code': 'ERR_403_DEVELOPER_OVER_QPS',
    'retry-after': '1',
    'x-ratelimit-limit': '10',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.ceil((now + 1000) / 1000)),
  });
  now += 1000;
  expect((await me(simulator, token)).status).toBe(200);
});

test('the hour has its own limit, which api3 answers with 429', async () => {
  let now = Date.now();
  const rateLimit = { perSecond: 10, perHour: 2 };
  const simulator = await sprinklr({ now: () => now, rateLimit, gateway: 'api3' });
  const token = simulator.issueAccessToken(app.apiKey);
  expect((await me(simulator, token)).status).toBe(200);
  now += 600_000;
  expect((await me(simulator, token)).status).toBe(200);
  const reply = await me(simulator, token);
  expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '3000', 'x-ratelimit-limit': '2' } });
  expect(fields(reply)).toMatchObject({ success: false, errors: [{ code: 'RATE_LIMIT_EXCEEDED' }] });
  now += 3_000_000;
  expect((await me(simulator, token)).status).toBe(200);
});

test('the hour’s limit is Developer Over Rate at api2, and each key has its own', async () => {
  const apps = [app, { ...app, apiKey: 'another-key' }];
  const simulator = await sprinklr({ apps, rateLimit: { perSecond: 10, perHour: 1 } });
  const token = simulator.issueAccessToken(app.apiKey);
  await me(simulator, token);
  expect((await me(simulator, token)).headers['x-mashery-error-code']).toBe('ERR_403_DEVELOPER_OVER_RATE');
  const headers = { ...authorization(simulator.issueAccessToken('another-key')), Key: 'another-key' };
  expect((await call(simulator, '/prod2/api/v2/me', { headers })).status).toBe(200);
});

test('a clock that is set back does not lengthen the limits', async () => {
  const simulator = await sprinklr({ rateLimit: { perSecond: 1, perHour: 1 } });
  const token = simulator.issueAccessToken(app.apiKey);
  expect((await me(simulator, token)).status).toBe(200);
  simulator.fault('me', { kind: 'clock', seconds: -60 });
  expect((await me(simulator, token)).status).toBe(200);
});

test('every request is recorded as it came in', async () => {
  const simulator = await sprinklr({ now: () => 1_700_000_000_000 });
  const body = 'a=b';
  await call(simulator, '/prod2/oauth/apptoken/a%3D%3D?x=1&y=?', { method: 'POST', headers: form, body });
  await call(simulator, '/elsewhere');
  expect(simulator.requests).toHaveLength(2);
  expect(simulator.requests[0]).toMatchObject({
    method: 'POST',
    path: '/prod2/oauth/apptoken/a%3D%3D',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=b',
    environment: 'prod2',
    endpoint: 'apptoken',
    appId: 'a==',
    status: 403,
    at: 1_700_000_000_000,
  });
  expect(simulator.requests[0]?.query.toString()).toBe('x=1&y=%3F');
  expect(simulator.requests[1]).toMatchObject({ path: '/elsewhere', endpoint: undefined, status: 404 });
});

test('the log says what happened and why, and nothing secret', async () => {
  const lines: string[] = [];
  const simulator = await sprinklr({ log: (line) => lines.push(line) });
  const token = simulator.issueAccessToken(app.apiKey);
  await me(simulator, token);
  simulator.fault('any', { kind: 'status', status: 503 });
  const path = `/prod2/oauth/token?client_id=${app.apiKey}&client_secret=hush`;
  await call(simulator, path, { method: 'POST', headers: form });
  await call(simulator, path, { method: 'POST', headers: form });
  expect(lines.map((line) => line.replace(/\d+ ms/, '0 ms'))).toEqual([
    'GET /prod2/api/v2/me 200 0 ms',
    'POST /prod2/oauth/token 503 0 ms (fault: status)',
    'POST /prod2/oauth/token 401 0 ms (the client secret is wrong)',
  ]);
});

test('a request that breaks off in its body does no harm', async () => {
  const simulator = await sprinklr();
  const { hostname, port } = new URL(simulator.origin);
  const socket = connect(Number(port), hostname, () => {
    const head = 'POST /prod2/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc';
    socket.write(head, () => setTimeout(() => socket.resetAndDestroy(), 50));
  });
  await new Promise((resolve) => socket.once('close', resolve));
  expect((await call(simulator, '/')).status).toBe(200);
  expect(simulator.requests[0]).toMatchObject({ endpoint: 'token', status: undefined });
});
