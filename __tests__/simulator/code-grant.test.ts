import { expect, test } from '@jest/globals';
import type { Simulator } from '../../src/simulator/simulator.ts';
import {
  app,
  codeParameters,
  encode,
  json,
  post,
  redeem,
  send,
  start,
  whoAmI,
  type Changes,
  type ReceivedResponse,
} from './client.ts';

const consentParameters = {
  client_id: app.apiKey,
  response_type: 'code',
  redirect_uri: app.redirectUri,
  state: `"><script>alert(1)</script>`,
};

function openConsentPage(simulator: Simulator, changes: Changes = {}): Promise<ReceivedResponse> {
  return send(simulator, `/prod2/oauth/authorize?${encode({ ...consentParameters, ...changes })}`);
}

/** Submits the form of the page as a browser does. */
function submit(simulator: Simulator, page: string, decision: string): Promise<ReceivedResponse> {
  const entities: Changes = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  const unescape = (text: string) => text.replace(/&[^;]+;/g, (entity) => entities[entity] ?? entity);
  const fields = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(
    ([, name = '', value = '']) => [name, unescape(value)] as const,
  );
  const body = encode({ ...Object.fromEntries(fields), decision });
  return post(simulator, '/prod2/oauth/authorize', { body });
}

test('Allow redirects to the app with a code that works', async () => {
  const simulator = await start();
  const page = await openConsentPage(simulator);
  expect(page.status).toBe(200);
  expect(page.body).toContain('pq7s…');
  expect(page.body).not.toContain('<script');
  const response = await submit(simulator, page.body, 'allow');
  expect(response.status).toBe(302);
  const { origin, pathname, searchParams } = new URL(response.headers.location ?? '');
  expect(origin + pathname).toBe(app.redirectUri);
  expect(searchParams.get('state')).toBe(consentParameters.state);
  expect((await redeem(simulator, searchParams.get('code') ?? '')).status).toBe(200);
});

test.each(['deny', 'something else'])('the decision "%s" redirects without a code', async (decision) => {
  const simulator = await start();
  const { headers } = await submit(simulator, (await openConsentPage(simulator)).body, decision);
  const { searchParams } = new URL(headers.location ?? '');
  const { state } = consentParameters;
  expect(Object.fromEntries(searchParams)).toEqual({ error: 'access_denied', state });
});

test('the redirect has no state if none was sent, and keeps the query of the redirect URI', async () => {
  const redirectUri = 'https://www.example.com/callback?tenant=1';
  const simulator = await start({ apps: [{ ...app, redirectUri }] });
  const page = await openConsentPage(simulator, { redirect_uri: redirectUri, state: undefined });
  const { headers } = await submit(simulator, page.body, 'allow');
  expect(headers.location).toMatch(/^https:\/\/www\.example\.com\/callback\?tenant=1&code=[0-9a-f]+$/);
});

test.each<[number, Changes, string]>([
  [400, { client_id: 'unknown' }, 'prod2'],
  [500, { redirect_uri: `${app.redirectUri}/` }, 'prod2'],
  [421, {}, 'prod4'],
])('%i, without a redirect, is the response to %j for an app in %s', async (status, changes, environment) => {
  const simulator = await start({ apps: [{ ...app, environment }] });
  const body = encode({ ...consentParameters, ...changes, decision: 'allow' });
  for (const response of [
    await openConsentPage(simulator, changes),
    await post(simulator, '/prod2/oauth/authorize', { body }),
  ]) {
    expect(response.status).toBe(status);
    expect(response.headers.location).toBeUndefined();
    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  }
});

test('another response_type redirects with an error', async () => {
  const response = await openConsentPage(await start(), { response_type: 'token' });
  expect(response.status).toBe(302);
  expect(response.headers.location).toContain('error=unsupported_response_type');
});

test('an app with an invalid redirect URI does not stop the simulator', async () => {
  const simulator = await start({ apps: [{ ...app, redirectUri: 'nowhere' }] });
  const page = await openConsentPage(simulator, { redirect_uri: 'nowhere' });
  expect((await submit(simulator, page.body, 'allow')).status).toBe(500);
  expect((await send(simulator, '/')).status).toBe(200);
});

test('a code is exchanged for a token that works and a refresh token', async () => {
  const simulator = await start();
  const response = await redeem(simulator, simulator.issueCode(app.apiKey));
  expect(response.status).toBe(200);
  expect(json(response)).toEqual({
    access_token: simulator.liveToken(app.apiKey),
    refresh_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 2591999,
  });
  expect((await whoAmI(simulator, String(json(response)['access_token']))).status).toBe(200);
});

test('a grant accepts its parameters in the form body', async () => {
  const simulator = await start();
  const body = codeParameters(simulator.issueCode(app.apiKey));
  expect((await post(simulator, '/prod2/oauth/token', { body })).status).toBe(200);
});

test('a code works once', async () => {
  const simulator = await start();
  const code = simulator.issueCode(app.apiKey);
  expect((await redeem(simulator, code)).status).toBe(200);
  const response = await redeem(simulator, code);
  expect(response.status).toBe(400);
  expect(json(response)).toMatchObject({ error: 'invalid_grant' });
});

test('a code expires after 10 minutes', async () => {
  let now = Date.now();
  const simulator = await start({ now: () => now });
  const [early, late] = [simulator.issueCode(app.apiKey), simulator.issueCode(app.apiKey)];
  now += 599_999;
  expect((await redeem(simulator, early)).status).toBe(200);
  now += 1;
  expect((await redeem(simulator, late)).status).toBe(400);
});

test('a code works only with the API key that it was issued for', async () => {
  const simulator = await start();
  simulator.addApp({ ...app, apiKey: 'another-key' });
  expect((await redeem(simulator, simulator.issueCode('another-key'))).status).toBe(400);
});

test.each<[number, Changes]>([
  [401, { client_secret: 'wrong' }],
  [403, { client_id: 'unknown' }],
  [403, { client_id: undefined }],
  [400, { redirect_uri: 'https://www.example.com/' }],
  [400, { grant_type: 'refresh_token' }],
  [400, { code: undefined }],
  [400, { code: 'made-up' }],
])('%i is the response to a grant with %j, after which the code still works', async (status, changes) => {
  const simulator = await start();
  const code = simulator.issueCode(app.apiKey);
  expect((await redeem(simulator, code, changes)).status).toBe(status);
  expect(simulator.liveToken(app.apiKey)).toBeUndefined();
  expect((await redeem(simulator, code)).status).toBe(200);
});

test('a grant that is not form-encoded gets 415', async () => {
  const simulator = await start();
  const path = `/prod2/oauth/token?${codeParameters(simulator.issueCode(app.apiKey))}`;
  expect((await post(simulator, path, { headers: { 'Content-Type': 'text/plain' } })).status).toBe(415);
});

test('an unknown API key gets neither a code nor a token', async () => {
  const simulator = await start({ apps: [] });
  expect(() => simulator.issueCode(app.apiKey)).toThrow('no app');
  expect(() => simulator.issueAccessToken(app.apiKey)).toThrow('no app');
});
