import { expect, test } from '@jest/globals';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { app, call, fields, form, me, parametersOf, sprinklr } from './world.ts';

function grant(simulator: Simulator, code: string, changes: Record<string, string | undefined> = {}) {
  const query = parametersOf('', { refresh_token: undefined, code, ...changes });
  return call(simulator, `/prod2/oauth/token?${query}`, { method: 'POST', headers: form });
}

test('a code is exchanged for a token that works, and a refresh token', async () => {
  const simulator = await sprinklr();
  const reply = await grant(simulator, simulator.issueCode(app.apiKey));
  expect(reply.status).toBe(200);
  expect(fields(reply)).toEqual({
    access_token: simulator.liveToken(app.apiKey),
    refresh_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 2591999,
  });
  expect((await me(simulator, String(fields(reply)['access_token']))).status).toBe(200);
});

test('the parameters may come in the form body', async () => {
  const simulator = await sprinklr();
  const body = parametersOf('', { refresh_token: undefined, code: simulator.issueCode(app.apiKey) });
  const reply = await call(simulator, '/prod2/oauth/token', { method: 'POST', headers: form, body });
  expect(reply.status).toBe(200);
});

test('a code works once', async () => {
  const simulator = await sprinklr();
  const code = simulator.issueCode(app.apiKey);
  expect((await grant(simulator, code)).status).toBe(200);
  const again = await grant(simulator, code);
  expect(again.status).toBe(400);
  expect(fields(again)).toMatchObject({ error: 'invalid_grant' });
});

test('a code lives 10 minutes', async () => {
  let now = Date.now();
  const simulator = await sprinklr({ now: () => now });
  const [early, late] = [simulator.issueCode(app.apiKey), simulator.issueCode(app.apiKey)];
  now += 599_999;
  expect((await grant(simulator, early)).status).toBe(200);
  now += 1;
  expect((await grant(simulator, late)).status).toBe(400);
});

test('a code is for the key it was made for', async () => {
  const simulator = await sprinklr();
  simulator.addApp({ ...app, apiKey: 'another-key' });
  expect((await grant(simulator, simulator.issueCode('another-key'))).status).toBe(400);
});

test.each([
  [401, { client_secret: 'wrong' }],
  [403, { client_id: 'unknown' }],
  [403, { client_id: undefined }],
  [400, { redirect_uri: 'https://www.example.com/' }],
  [400, { grant_type: 'refresh_token' }],
  [400, { code: undefined }],
  [400, { code: 'made-up' }],
])('%i answers a grant with %j, and does not use the code up', async (status, changes) => {
  const simulator = await sprinklr();
  const code = simulator.issueCode(app.apiKey);
  expect((await grant(simulator, code, changes)).status).toBe(status);
  expect(simulator.liveToken(app.apiKey)).toBeUndefined();
  expect((await grant(simulator, code)).status).toBe(200);
});

test('a grant that is not form-encoded meets 415', async () => {
  const simulator = await sprinklr();
  const query = parametersOf('', { code: simulator.issueCode(app.apiKey) });
  const reply = await call(simulator, `/prod2/oauth/token?${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain' },
  });
  expect(reply.status).toBe(415);
});

test('nothing is issued for an unknown key', async () => {
  const simulator = await sprinklr({ apps: [] });
  expect(() => simulator.issueCode(app.apiKey)).toThrow('no app');
  expect(() => simulator.issueAccessToken(app.apiKey)).toThrow('no app');
});
