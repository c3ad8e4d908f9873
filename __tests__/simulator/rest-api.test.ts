import { expect, test } from '@jest/globals';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { sharedMaterial } from '../material.ts';
import { app, exchange, exchangeParameters, json, post, send, sign, start, whoAmI } from './client.ts';

const material = sharedMaterial();

function register(simulator: Simulator, { body = material.certificate, headers = {} } = {}) {
  return post(simulator, '/prod2/api/bdi/app/register', {
    headers: {
      Authorization: `Bearer ${simulator.liveToken(app.apiKey) ?? ''}`,
      'X-API-KEY': app.apiKey,
      Key: app.apiKey,
      'Content-Type': 'application/json',
      ...headers,
    },
    body,
  });
}

async function startWithToken() {
  const simulator = await start();
  return { simulator, token: simulator.issueAccessToken(app.apiKey) };
}

test('registering returns an escaped App ID, which works in an exchange', async () => {
  const { simulator } = await startWithToken();
  const response = await register(simulator);
  expect(response.status).toBe(200);
  expect(response.body).toMatch(/^\{"data":"eyJ\w+\\u003d\\u003d","Errors":\[\]\}$/);
  const appId = String(json(response)['data']);
  expect(JSON.parse(Buffer.from(appId, 'base64').toString())).toEqual({
    pId: expect.any(Number),
    tId: expect.any(Number),
  });
  const query = exchangeParameters(await sign(material, { iss: appId }));
  expect((await exchange(simulator, appId, { query })).status).toBe(200);
});

test('every registration gets its own App ID, even in the same millisecond', async () => {
  const simulator = await start({ now: () => 1658128552106 });
  const appIds = [1, 2, 3].map(() => simulator.register(material.certificate, app.apiKey));
  expect(new Set(appIds).size).toBe(3);
  expect(appIds[0]).toBe('eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==');
});

test.each([
  [200, { Key: '' }],
  [200, { 'X-API-KEY': '' }],
  [403, { Key: '', 'X-API-KEY': '' }],
  [403, { Key: 'another' }],
  [415, { 'Content-Type': 'application/x-pem-file' }],
])('%i is the response to a registration with the headers %j', async (status, headers) => {
  const { simulator } = await startWithToken();
  expect((await register(simulator, { headers })).status).toBe(status);
});

test('only the live token of the API key can register', async () => {
  const { simulator, token: previous } = await startWithToken();
  simulator.issueAccessToken(app.apiKey);
  simulator.addApp({ ...app, apiKey: 'another-key' });
  const ofAnotherKey = simulator.issueAccessToken('another-key');
  const tokens = [previous, ofAnotherKey, 'undefined'].map((token) => `Bearer ${token}`);
  for (const Authorization of [...tokens, '', 'Basic eDp5']) {
    const response = await register(simulator, { headers: { Authorization } });
    expect(response.status).toBe(401);
    expect(json(response)).toMatchObject({ data: [], errors: [{ code: 401 }] });
  }
});

test.each([
  ['as a JSON string', JSON.stringify(material.certificate)],
  ['without its boundary lines', material.certificate.replace(/-----.*-----/g, '')],
  ['after other text', `subject=CN\n${material.certificate}`],
  ['twice', material.certificate + material.certificate],
  ['truncated', `${material.certificate.slice(0, 300)}\n-----END CERTIFICATE-----\n`],
  ['as an empty body', ''],
])('a certificate sent %s is rejected', async (_, body) => {
  const { simulator } = await startWithToken();
  expect((await register(simulator, { body })).status).toBe(400);
});

test('a private key is rejected and recorded', async () => {
  const { simulator } = await startWithToken();
  for (const body of [material.key, `${material.certificate}${material.key}`]) {
    const message = expect.stringContaining('private key');
    expect(json(await register(simulator, { body }))).toMatchObject({ errors: [{ code: 400, message }] });
    expect(simulator.requests.at(-1)?.body).toContain('PRIVATE KEY');
  }
});

test('a certificate cannot be registered for an unknown API key', async () => {
  const simulator = await start();
  expect(() => simulator.register(material.certificate, 'unknown')).toThrow('no app');
});

test('who am I returns the user of the token, and the workspace of the app', async () => {
  const { simulator, token } = await startWithToken();
  expect(json(await whoAmI(simulator, token))).toEqual({
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
  const other = await start({ apps: [{ ...app, workspaceId: 7 }] });
  const response = await whoAmI(other, other.issueAccessToken(app.apiKey));
  expect(json(response)).toMatchObject({ data: { workspaceId: 7 } });
});

test('who am I rejects an unknown token and a missing token, even if the API key has no live token', async () => {
  const response = await whoAmI(await start(), 'P9+ewuw+Nid5hg4KBRNP=');
  expect(response.status).toBe(401);
  expect(json(response)).toEqual({
    data: [],
    errors: [{ id: expect.any(String), code: 401, message: 'Invalid or expired token' }],
  });
  const headers = { Key: app.apiKey };
  expect((await send(await start(), '/prod2/api/v2/me', { headers })).status).toBe(401);
});
