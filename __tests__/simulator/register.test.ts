import { expect, test } from '@jest/globals';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { sharedMaterial } from '../material.ts';
import { app, call, exchange, fields, parametersOf, sign, sprinklr } from './world.ts';

const material = sharedMaterial();

function register(simulator: Simulator, { body = material.certificate, headers = {} } = {}) {
  return call(simulator, '/prod2/api/bdi/app/register', {
    method: 'POST',
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

async function withToken() {
  const simulator = await sprinklr();
  simulator.issueAccessToken(app.apiKey);
  return simulator;
}

test('a registered certificate gets an App ID, escaped in the answer, that the exchange knows', async () => {
  const simulator = await withToken();
  const reply = await register(simulator);
  expect(reply.status).toBe(200);
  expect(reply.body).toMatch(/^\{"data":"eyJ\w+\\u003d\\u003d","Errors":\[\]\}$/);
  const appId = String(fields(reply)['data']);
  expect(JSON.parse(Buffer.from(appId, 'base64').toString())).toEqual({
    pId: expect.any(Number),
    tId: expect.any(Number),
  });
  const query = parametersOf(await sign(material, { iss: appId }));
  expect((await exchange(simulator, appId, { query })).status).toBe(200);
});

test('every registration has an App ID of its own, even in one millisecond', async () => {
  const simulator = await sprinklr({ now: () => 1658128552106 });
  const appIds = [1, 2, 3].map(() => simulator.register(material.certificate, app.apiKey));
  expect(new Set(appIds).size).toBe(3);
  expect(appIds[0]).toBe('eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==');
});

test('each of the two key headers is enough, but they must not differ', async () => {
  const simulator = await withToken();
  expect((await register(simulator, { headers: { Key: '' } })).status).toBe(200);
  expect((await register(simulator, { headers: { 'X-API-KEY': '' } })).status).toBe(200);
  expect((await register(simulator, { headers: { Key: '', 'X-API-KEY': '' } })).status).toBe(403);
  expect((await register(simulator, { headers: { Key: 'another' } })).status).toBe(403);
});

test('only the live token of the key registers', async () => {
  const simulator = await withToken();
  const before = simulator.liveToken(app.apiKey) ?? '';
  simulator.issueAccessToken(app.apiKey);
  simulator.addApp({ ...app, apiKey: 'another-key' });
  const foreign = simulator.issueAccessToken('another-key');
  for (const Authorization of [
    `Bearer ${before}`,
    `Bearer ${foreign}`,
    '',
    'Basic eDp5',
    'Bearer undefined',
  ]) {
    const reply = await register(simulator, { headers: { Authorization } });
    expect(reply.status).toBe(401);
    expect(fields(reply)).toMatchObject({ data: [], errors: [{ code: 401 }] });
  }
});

test.each([
  ['quoted, as JSON has it', JSON.stringify(material.certificate)],
  ['without its frame', material.certificate.replace(/-----.*-----/g, '')],
  ['after other text', `subject=CN\n${material.certificate}`],
  ['twice', material.certificate + material.certificate],
  ['cut short', `${material.certificate.slice(0, 300)}\n-----END CERTIFICATE-----\n`],
  ['empty', ''],
])('a certificate that comes %s is refused', async (_name, body) => {
  const reply = await register(await withToken(), { body });
  expect(reply.status).toBe(400);
});

test('a private key is refused, and remembered for the test that sent it', async () => {
  const simulator = await withToken();
  for (const body of [material.key, `${material.certificate}${material.key}`]) {
    expect(fields(await register(simulator, { body }))).toMatchObject({
      errors: [{ code: 400, message: 'Never send a private key' }],
    });
    expect(simulator.requests.at(-1)?.body).toContain('PRIVATE KEY');
  }
});

test('a body that is not called JSON meets 415', async () => {
  const headers = { 'Content-Type': 'application/x-pem-file' };
  expect((await register(await withToken(), { headers })).status).toBe(415);
});

test('a certificate cannot be registered for an unknown key', async () => {
  const simulator = await sprinklr();
  expect(() => simulator.register(material.certificate, 'unknown')).toThrow('no app');
});
