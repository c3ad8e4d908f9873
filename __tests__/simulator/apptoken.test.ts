import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { makeMaterial, sharedMaterial } from '../material.ts';
import {
  app,
  exchange,
  exchangeParameters,
  FORM,
  json,
  post,
  sign,
  start,
  startRegistered,
  whoAmI,
  type Changes,
} from './client.ts';

const material = sharedMaterial();
const otherMaterial = makeMaterial();
/** Whole seconds, so that the limits of `exp` and `iat` are exact. */
const now = Math.floor(Date.now() / 1000) * 1000;
const seconds = now / 1000;
const DAY = 86_400_000;

interface Signing {
  readonly claims?: Record<string, unknown>;
  readonly header?: object;
  readonly alg?: string;
  readonly key?: typeof material;
  readonly now?: number;
  /** What happens to the JWT after it is signed. */
  readonly change?: (jwt: string) => string;
}

async function exchangeSigned({ claims = {}, key = material, change, ...signing }: Signing = {}) {
  const clock = signing.now ?? Date.now();
  const { simulator, appId } = await startRegistered({ now: () => clock });
  const signed = await sign(key, { iss: appId, ...claims }, { ...signing, now: clock });
  const jwt = change?.(signed) ?? signed;
  const response = await exchange(simulator, appId, { query: exchangeParameters(jwt) });
  return { simulator, appId, jwt, response };
}

/** A simulator, a registered App ID, and the parameters of a valid exchange. */
async function startWithParameters(options: Parameters<typeof startRegistered>[0] = {}) {
  const { simulator, appId } = await startRegistered(options);
  return { simulator, appId, parameters: exchangeParameters(await sign(material, { iss: appId })) };
}

test('a valid JWT is exchanged for a token that works', async () => {
  const { simulator, response } = await exchangeSigned();
  expect(response.status).toBe(200);
  expect(response.headers['spr-token-version']).toBeTruthy();
  const { access_token: token, ...rest } = json(response);
  expect(rest).toEqual({ token_type: 'Bearer', Expires_in: 2591999 });
  expect(simulator.liveToken(app.apiKey)).toBe(token);
  expect(json(await whoAmI(simulator, String(token)))).toMatchObject({
    data: { email: 'ci-bot@example.com' },
  });
});

test('every token contains characters that percent-encoding changes', async () => {
  const simulator = await start();
  for (let round = 0; round < 50; round += 1) {
    expect(simulator.issueAccessToken(app.apiKey)).toMatch(/^(?=.*\+)(?=.*\/)[\w+/]{100,}=$/);
  }
});

const base64url = (text: string) => Buffer.from(text).toString('base64url');
const payloadOf = (jwt: string) => jwt.split('.')[1] ?? '';

function signWithHmac(jwt: string): string {
  const signed = `${base64url('{"alg":"HS256"}')}.${payloadOf(jwt)}`;
  const hash = createHash('sha256').update(material.certificate).update(signed);
  return `${signed}.${hash.digest('base64url')}`;
}

function changeSubject(jwt: string): string {
  const claims = JSON.parse(Buffer.from(payloadOf(jwt), 'base64url').toString()) as object;
  return jwt.replace(payloadOf(jwt), base64url(JSON.stringify({ ...claims, sub: 'boss@example.com' })));
}

test.each<[string, Signing, RegExp]>([
  ['an iss that is not the App ID in the path', { claims: { iss: 'eyJwSWQiOjF9' } }, /^iss /],
  ['no sub', { claims: { sub: undefined } }, /^sub /],
  ['an empty sub', { claims: { sub: '' } }, /^sub /],
  ['an aud without the trailing slash', { claims: { aud: 'https://www.sprinklr.com' } }, /^aud /],
  ['an aud that is a list', { claims: { aud: ['https://www.sprinklr.com/'] } }, /^aud /],
  ['no exp', { claims: { exp: undefined } }, /^exp /],
  ['an exp 30 seconds ago', { now, claims: { exp: seconds - 30 } }, /^exp /],
  ['an exp more than 15 minutes and 30 seconds away', { now, claims: { exp: seconds + 931 } }, /^exp /],
  ['no iat', { claims: { iat: undefined } }, /^iat /],
  ['an iat 31 seconds in the future', { now, claims: { iat: seconds + 31 } }, /^iat /],
  ['no jti', { claims: { jti: undefined } }, /^jti /],
  ['an empty jti', { claims: { jti: '' } }, /^jti /],
  ['alg RS512', { alg: 'RS512' }, /^alg /],
  ['alg PS256', { alg: 'PS256' }, /^alg /],
  ['an unsupported critical extension', { header: { crit: ['b64'], b64: true } }, /^crit /],
  ['a signature of another key', { key: otherMaterial }, /signature/],
  ['a certificate that is not valid yet', { now: now - DAY }, /certificate is not valid yet/],
  ['a certificate that has expired', { now: now + 366 * DAY }, /certificate has expired/],
  ['two parts', { change: () => 'eyJhbGciOiJSUzI1NiJ9.e30' }, /JWS/],
  ['four parts', { change: () => 'eyJhbGciOiJSUzI1NiJ9.e30.AA.AA' }, /JWS/],
  ['characters outside base64url', { change: () => 'eyJhbGciOiJSUzI1NiJ9.e30.A+/=' }, /JWS/],
  ['a header that is not JSON', { change: () => 'AAAA.e30.AA' }, /header/],
  ['the header null', { change: () => 'bnVsbA.e30.AA' }, /header/],
  [
    'alg none and no signature',
    { change: (jwt) => `${base64url('{"alg":"none"}')}.${payloadOf(jwt)}.` },
    /JWS/,
  ],
  ['alg none', { change: (jwt) => `${base64url('{"alg":"none"}')}.${payloadOf(jwt)}.AA` }, /^alg /],
  ['an HMAC signature with the certificate as the secret', { change: signWithHmac }, /^alg /],
  ['a subject that was changed after signing', { change: changeSubject }, /signature/],
])('a JWT with %s is rejected', async (_, signing, reason) => {
  const { simulator, response } = await exchangeSigned(signing);
  expect(response.status).toBe(400);
  expect(json(response)).toEqual({
    error: 'invalid_grant',
    error_description: expect.stringMatching(reason),
  });
  expect(simulator.liveToken(app.apiKey)).toBeUndefined();
});

test.each([
  ['exp 29 seconds ago', { exp: seconds - 29 }],
  ['exp 15 minutes and 30 seconds away', { exp: seconds + 930 }],
  ['iat 30 seconds in the future', { iat: seconds + 30 }],
])('a JWT with %s is accepted', async (_, claims) => {
  expect((await exchangeSigned({ now, claims })).response.status).toBe(200);
});

test('a JWT works once', async () => {
  const { simulator, appId, jwt } = await exchangeSigned();
  const response = await exchange(simulator, appId, { query: exchangeParameters(jwt) });
  expect(response.status).toBe(400);
  expect(json(response)).toMatchObject({
    error: 'invalid_grant',
    error_description: expect.stringContaining('used'),
  });
});

test('a certificate whose key is not RSA is rejected', async () => {
  material.openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
  material.openssl('req', '-x509', '-key', 'ec.key', '-subj', '/CN=ec', '-days', '2', '-out', 'ec.crt');
  const simulator = await start();
  const appId = simulator.register(material.read('ec.crt').toString(), app.apiKey);
  const query = exchangeParameters(await sign(material, { iss: appId }));
  const response = await exchange(simulator, appId, { query });
  expect(json(response)).toMatchObject({
    error: 'invalid_grant',
    error_description: expect.stringContaining('RSA'),
  });
});

test.each<[number, string, Changes]>([
  [401, 'invalid_client', { client_secret: 'wrong-secret' }],
  [401, 'invalid_client', { client_id: 'another' }],
  [400, 'invalid_grant', { redirect_uri: `${app.redirectUri}/` }],
  [400, 'unsupported_grant_type', { grant_type: 'refresh_token' }],
  [400, 'invalid_request', { client_id: undefined }],
  [400, 'invalid_request', { client_secret: undefined }],
  [400, 'invalid_request', { redirect_uri: undefined }],
  [400, 'invalid_request', { grant_type: undefined }],
  [400, 'invalid_request', { refresh_token: undefined }],
])('the response is %i %s, without a secret, for an exchange with %j', async (status, error, changes) => {
  const { simulator, appId } = await startRegistered();
  const jwt = await sign(material, { iss: appId });
  const response = await exchange(simulator, appId, { query: exchangeParameters(jwt, changes) });
  expect(response.status).toBe(status);
  expect(json(response)).toMatchObject({ error });
  for (const secret of [app.apiSecret, app.apiKey, jwt, 'wrong-secret']) {
    expect(response.body).not.toContain(secret);
  }
});

test.each([
  [true, 200],
  [false, 400],
])('with acceptFormBody %p, parameters in a form body get %i', async (acceptFormBody, status) => {
  const { simulator, appId, parameters } = await startWithParameters({ acceptFormBody });
  const response = await exchange(simulator, appId, { body: parameters });
  expect(response.status).toBe(status);
  if (!acceptFormBody) expect(json(response)).toMatchObject({ error: 'invalid_request' });
});

test('parameters in both the query and the body, or a repeated one, are rejected', async () => {
  const { simulator, appId, parameters } = await startWithParameters();
  for (const request of [
    { query: parameters, body: parameters },
    { query: `${parameters}&client_id=${app.apiKey}` },
  ]) {
    const response = await exchange(simulator, appId, request);
    expect(response.status).toBe(400);
    expect(json(response)).toMatchObject({ error: 'invalid_request' });
  }
});

test.each([
  ['no key header', { key: '' }, 403],
  ['an unknown key', { key: 'unknown' }, 403],
  ['JSON as its content type', { 'Content-Type': 'application/json' }, 415],
  ['a charset', { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' }, 200],
])('an exchange with %s gets a response', async (_, headers, status) => {
  const { simulator, appId, parameters } = await startWithParameters();
  const response = await exchange(simulator, appId, { query: parameters, headers });
  expect(response.status).toBe(status);
  if (status === 403) expect(response.body).toContain('Developer Inactive');
});

test('an App ID that is unknown or of another app gets 404', async () => {
  const simulator = await start();
  simulator.addApp({ ...app, apiKey: 'another-key' });
  const ofAnotherApp = simulator.register(material.certificate, 'another-key');
  for (const appId of ['eyJwSWQiOjF9', ofAnotherApp]) {
    const query = exchangeParameters(await sign(material, { iss: appId }));
    expect((await exchange(simulator, appId, { query })).status).toBe(404);
  }
});

test.each(['a/b', '%zz', ''])('the App ID "%s" without correct percent-encoding gets 404', async (appId) => {
  const headers = { key: app.apiKey, ...FORM };
  const response = await post(await start(), `/prod2/oauth/apptoken/${appId}`, { headers });
  expect(response.status).toBe(404);
});

test('a new token invalidates the previous token, even a token from the authorization code grant', async () => {
  const { simulator, appId } = await startRegistered();
  const tokens = [simulator.issueAccessToken(app.apiKey)];
  expect((await whoAmI(simulator, tokens[0] ?? '')).status).toBe(200);
  for (let round = 0; round < 2; round += 1) {
    const query = exchangeParameters(await sign(material, { iss: appId }));
    tokens.push(String(json(await exchange(simulator, appId, { query }))['access_token']));
  }
  const statuses = [];
  for (const token of tokens) statuses.push((await whoAmI(simulator, token)).status);
  expect(statuses).toEqual([401, 401, 200]);
});

test('a token expires after its lifetime by the simulator’s clock', async () => {
  let clock = Date.now();
  const options = { now: () => clock, tokenLifetime: 28799 };
  const { simulator, appId, parameters } = await startWithParameters(options);
  const { access_token: token, Expires_in: expiresIn } = json(
    await exchange(simulator, appId, { query: parameters }),
  );
  expect(expiresIn).toBe(28799);
  clock += 28_798_999;
  expect((await whoAmI(simulator, String(token))).status).toBe(200);
  clock += 1;
  expect((await whoAmI(simulator, String(token))).status).toBe(401);
  expect(simulator.liveToken(app.apiKey)).toBeUndefined();
});
