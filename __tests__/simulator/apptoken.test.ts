import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { makeMaterial, sharedMaterial } from '../material.ts';
import { app, call, exchange, fields, form, me, parametersOf, sign, sprinklr } from './world.ts';

const material = sharedMaterial();
const stranger = makeMaterial();

/** Registers the certificate, signs with `claims` changed, exchanges. */
async function exchanged(
  claims: Record<string, unknown> = {},
  { now = Date.now(), key = material, alg = 'RS256', header = {} } = {},
) {
  const simulator = await sprinklr({ now: () => now });
  const appId = simulator.register(material.certificate, app.apiKey);
  const assertion = await sign(key, { iss: appId, ...claims }, { alg, now, header });
  const reply = await exchange(simulator, appId, { query: parametersOf(assertion) });
  return { simulator, appId, assertion, reply };
}

async function refusal(...how: Parameters<typeof exchanged>) {
  const { reply, simulator } = await exchanged(...how);
  expect(simulator.liveToken(app.apiKey)).toBeUndefined();
  expect(reply.status).toBe(400);
  expect(fields(reply)).toMatchObject({ error: 'invalid_grant' });
  return fields(reply)['error_description'];
}

test('a right assertion is exchanged for a token that works', async () => {
  const { simulator, reply } = await exchanged();
  expect(reply.status).toBe(200);
  expect(reply.headers['spr-token-version']).toBeTruthy();
  const { access_token: token, ...rest } = fields(reply);
  expect(rest).toEqual({ token_type: 'Bearer', Expires_in: 2591999 });
  expect(simulator.liveToken(app.apiKey)).toBe(token);
  const who = await me(simulator, String(token));
  expect(fields(who)).toMatchObject({ data: { email: 'ci-bot@example.com' } });
});

test('a token has characters that percent-encoding changes', async () => {
  const simulator = await sprinklr();
  for (let round = 0; round < 50; round += 1) {
    const token = simulator.issueAccessToken(app.apiKey);
    expect(token).toMatch(/^(?=.*\+)(?=.*\/)[\w+/]{100,}=$/);
  }
});

test.each([
  ['an iss that is not the App ID of the path', { iss: 'eyJwSWQiOjF9' }, 'iss is not the App ID in the path'],
  ['no sub', { sub: undefined }, 'sub is missing'],
  ['an empty sub', { sub: '' }, 'sub is missing'],
  ['an aud without its final slash', { aud: 'https://www.sprinklr.com' }, /^aud is not/],
  ['an aud that is a list', { aud: ['https://www.sprinklr.com/'] }, /^aud is not/],
  ['no exp', { exp: undefined }, 'exp is missing'],
  ['no iat', { iat: undefined }, 'iat is missing'],
  ['no jti', { jti: undefined }, 'jti is missing'],
  ['an empty jti', { jti: '' }, 'jti is missing'],
])('an assertion with %s is refused', async (_name, claims, description) => {
  expect(await refusal(claims)).toEqual(
    typeof description === 'string' ? description : expect.stringMatching(description),
  );
});

test('exp may be 30 seconds past, and no more', async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  expect(await refusal({ exp: now / 1000 - 30 }, { now })).toBe('exp is in the past');
  expect((await exchanged({ exp: now / 1000 - 29 }, { now })).reply.status).toBe(200);
});

test('exp may be 15 minutes and 30 seconds away, and no more', async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  expect(await refusal({ exp: now / 1000 + 931 }, { now })).toBe('exp is more than 15 minutes away');
  expect((await exchanged({ exp: now / 1000 + 930 }, { now })).reply.status).toBe(200);
});

test('iat may be 30 seconds ahead, and no more', async () => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  expect(await refusal({ iat: now / 1000 + 31 }, { now })).toBe('iat is in the future');
  expect((await exchanged({ iat: now / 1000 + 30 }, { now })).reply.status).toBe(200);
});

test('an assertion signed with another key is refused', async () => {
  expect(await refusal({}, { key: stranger })).toBe(
    'the signature does not match the registered certificate',
  );
});

test('an assertion whose payload was changed after signing is refused', async () => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const [header, payload = '', signature] = (await sign(material, { iss: appId })).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'boss@example.com' })).toString('base64url');
  const reply = await exchange(simulator, appId, {
    query: parametersOf([header, changed, signature].join('.')),
  });
  expect(fields(reply)['error_description']).toBe('the signature does not match the registered certificate');
});

test.each(['RS512', 'PS256'])('alg %s is refused, though the signature is right', async (alg) => {
  expect(await refusal({}, { alg })).toBe('alg is not RS256');
});

test('alg none is refused', async () => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const [, payload] = (await sign(material, { iss: appId })).split('.');
  const header = Buffer.from('{"alg":"none"}').toString('base64url');
  for (const signature of ['', 'AA']) {
    const query = parametersOf([header, payload, signature].join('.'));
    expect((await exchange(simulator, appId, { query })).status).toBe(400);
  }
});

test('a signature made with the public certificate as an HMAC secret is refused', async () => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const [, payload = ''] = (await sign(material, { iss: appId })).split('.');
  const signed = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${payload}`;
  const mac = createHash('sha256').update(material.certificate).update(signed).digest('base64url');
  const reply = await exchange(simulator, appId, { query: parametersOf(`${signed}.${mac}`) });
  expect(fields(reply)['error_description']).toBe('alg is not RS256');
});

test('an extension that must be understood is refused', async () => {
  const header = { crit: ['b64'], b64: true };
  expect(await refusal({}, { header })).toMatch(/^crit/);
});

test.each([
  ['two parts', 'eyJhbGciOiJSUzI1NiJ9.e30', /compact JWS/],
  ['four parts', 'eyJhbGciOiJSUzI1NiJ9.e30.AA.AA', /compact JWS/],
  ['an alphabet that is not URL-safe', 'eyJhbGciOiJSUzI1NiJ9.e30.A+/=', /compact JWS/],
  ['a header that is not JSON', 'AAAA.e30.AA', /header .* not a JSON object/],
  ['a header that is JSON null', 'bnVsbA.e30.AA', /header .* not a JSON object/],
])('something with %s is no assertion', async (_name, assertion, description) => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const reply = await exchange(simulator, appId, { query: parametersOf(assertion) });
  expect(reply.status).toBe(400);
  expect(fields(reply)['error_description']).toMatch(description);
});

test('an assertion works once', async () => {
  const { simulator, appId, assertion } = await exchanged();
  const again = await exchange(simulator, appId, { query: parametersOf(assertion) });
  expect(again.status).toBe(400);
  expect(fields(again)['error_description']).toBe('the JWT was used before');
});

test('a certificate out of its dates is refused', async () => {
  const day = 86_400_000;
  expect(await refusal({}, { now: Date.now() - day })).toBe('the registered certificate is not valid yet');
  expect(await refusal({}, { now: Date.now() + 366 * day })).toBe('the registered certificate has expired');
});

test('a certificate whose key is not RSA is refused', async () => {
  material.openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
  material.openssl('req', '-x509', '-key', 'ec.key', '-subj', '/CN=ec', '-days', '2', '-out', 'ec.crt');
  const simulator = await sprinklr();
  const appId = simulator.register(material.read('ec.crt').toString(), app.apiKey);
  const assertion = await sign(material, { iss: appId });
  const reply = await exchange(simulator, appId, { query: parametersOf(assertion) });
  expect(fields(reply)['error_description']).toBe('the registered key is not RSA');
});

test.each([
  [401, 'invalid_client', { client_secret: 'wrong' }],
  [401, 'invalid_client', { client_id: 'another' }],
  [400, 'invalid_grant', { redirect_uri: `${app.redirectUri}/` }],
  [400, 'unsupported_grant_type', { grant_type: 'refresh_token' }],
  [400, 'invalid_request', { client_id: undefined }],
  [400, 'invalid_request', { client_secret: undefined }],
  [400, 'invalid_request', { redirect_uri: undefined }],
  [400, 'invalid_request', { grant_type: undefined }],
  [400, 'invalid_request', { refresh_token: undefined }],
])('%i %s answers an exchange with %j, and no secret comes back', async (status, error, changes) => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const assertion = await sign(material, { iss: appId });
  const reply = await exchange(simulator, appId, { query: parametersOf(assertion, changes) });
  expect(reply.status).toBe(status);
  expect(fields(reply)).toMatchObject({ error });
  for (const secret of [app.apiSecret, app.apiKey, assertion, 'wrong']) {
    expect(reply.body.replace('the client secret is wrong', '')).not.toContain(secret);
  }
});

test('parameters may come in a form body instead', async () => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const body = parametersOf(await sign(material, { iss: appId }));
  expect((await exchange(simulator, appId, { body })).status).toBe(200);
});

test('a simulator that was told so takes no parameters in a body', async () => {
  const simulator = await sprinklr({ acceptFormBody: false });
  const appId = simulator.register(material.certificate, app.apiKey);
  const body = parametersOf(await sign(material, { iss: appId }));
  const reply = await exchange(simulator, appId, { body });
  expect(reply.status).toBe(400);
  expect(fields(reply)).toMatchObject({ error: 'invalid_request' });
});

test('parameters in both places, or one twice, are refused', async () => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const all = parametersOf(await sign(material, { iss: appId }));
  const both = await exchange(simulator, appId, { query: all, body: all });
  expect(both.status).toBe(400);
  const twice = await exchange(simulator, appId, { query: `${all}&client_id=${app.apiKey}` });
  expect(twice.status).toBe(400);
  expect(fields(twice)).toMatchObject({ error: 'invalid_request' });
});

test('an exchange without a key header, or with an unknown key, meets Developer Inactive', async () => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const query = parametersOf(await sign(material, { iss: appId }));
  for (const key of ['', 'unknown']) {
    const reply = await exchange(simulator, appId, { query, headers: { key } });
    expect(reply.status).toBe(403);
    expect(reply.body).toContain('Developer Inactive');
  }
});

test('an exchange that is not form-encoded meets 415', async () => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const query = parametersOf(await sign(material, { iss: appId }));
  const headers = { 'Content-Type': 'application/json' };
  expect((await exchange(simulator, appId, { query, headers })).status).toBe(415);
  const right = { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' };
  expect((await exchange(simulator, appId, { query, headers: right })).status).toBe(200);
});

test('an App ID that is unknown, or of another app, meets 404', async () => {
  const simulator = await sprinklr();
  simulator.addApp({ ...app, apiKey: 'another-key' });
  const theirs = simulator.register(material.certificate, 'another-key');
  for (const appId of ['eyJwSWQiOjF9', theirs]) {
    const query = parametersOf(await sign(material, { iss: appId }));
    expect((await exchange(simulator, appId, { query })).status).toBe(404);
  }
});

test('an App ID that is not percent-encoded, or badly, meets 404', async () => {
  const simulator = await sprinklr();
  for (const appId of ['a/b', '%zz', '']) {
    const path = `/prod2/oauth/apptoken/${appId}`;
    const headers = { key: app.apiKey, ...form };
    expect((await call(simulator, path, { method: 'POST', headers })).status).toBe(404);
  }
});

test('a new token kills the one before, also the code grant’s', async () => {
  const simulator = await sprinklr();
  const appId = simulator.register(material.certificate, app.apiKey);
  const tokens = [simulator.issueAccessToken(app.apiKey)];
  expect((await me(simulator, tokens[0] ?? '')).status).toBe(200);
  for (let round = 0; round < 2; round += 1) {
    const query = parametersOf(await sign(material, { iss: appId }));
    tokens.push(String(fields(await exchange(simulator, appId, { query }))['access_token']));
  }
  const statuses = [];
  for (const token of tokens) statuses.push((await me(simulator, token)).status);
  expect(statuses).toEqual([401, 401, 200]);
});

test('a token lives as long as it was said to, by the simulator’s clock', async () => {
  let now = Date.now();
  const simulator = await sprinklr({ now: () => now, tokenLifetime: 28799 });
  const appId = simulator.register(material.certificate, app.apiKey);
  const query = parametersOf(await sign(material, { iss: appId }));
  const reply = fields(await exchange(simulator, appId, { query }));
  expect(reply['Expires_in']).toBe(28799);
  now += 28_798_999;
  expect((await me(simulator, String(reply['access_token']))).status).toBe(200);
  now += 1;
  expect((await me(simulator, String(reply['access_token']))).status).toBe(401);
  expect(simulator.liveToken(app.apiKey)).toBeUndefined();
});
