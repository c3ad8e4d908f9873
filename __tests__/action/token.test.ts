import { X509Certificate, verify } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { runBundle } from './harness.ts';
import { app, material, username, world } from './world.ts';

test('a step with valid inputs outputs the current token', async () => {
  const { sprinklr, token } = await world();
  const step = await runBundle({ inputs: token });

  expect(step.errors).toEqual([]);
  expect(step.exitCode).toBe(0);
  expect(step.outputs).toEqual({
    'access-token': sprinklr.liveToken(app.apiKey),
    'token-type': 'Bearer',
    'expires-in': '2591999',
    'expires-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    'api-url': `${sprinklr.origin}/prod2`,
  });
  expect(step.env).toEqual({});
});

test.each(['query', 'body'])(
  'the exchange is the documented request, with parameters in the %s',
  async (place) => {
    const { sprinklr, token, appId } = await world();
    await runBundle({ inputs: { ...token, 'parameters-in': place } });

    expect(sprinklr.requests).toHaveLength(1);
    const [request] = sprinklr.requests;
    const query = Object.fromEntries(request?.query ?? []);
    const body = Object.fromEntries(new URLSearchParams(request?.body));
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe(`/prod2/oauth/apptoken/${encodeURIComponent(appId)}`);
    expect(request?.headers).toMatchObject({
      key: app.apiKey,
      // Compressed responses can't be searched for secrets.
      'accept-encoding': 'identity',
      'content-length': String(request?.body.length),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'user-agent': 'sprinklr-token',
    });
    expect(place === 'query' ? body : query).toEqual({});
    expect(place === 'query' ? query : body).toEqual({
      client_id: app.apiKey,
      client_secret: app.apiSecret,
      redirect_uri: app.redirectUri,
      grant_type: 'authorization_code',
      refresh_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  },
);

test('the assertion is signed with RS256 and has the documented claims and the given lifetime', async () => {
  const { sprinklr, token, appId } = await world();
  const before = Math.floor(Date.now() / 1000);
  await runBundle({ inputs: { ...token, 'assertion-lifetime': '90' } });

  const [header = '', payload = '', signature = ''] =
    sprinklr.requests[0]?.query.get('refresh_token')?.split('.') ?? [];
  const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  const key = new X509Certificate(material().certificate).publicKey;
  expect(
    verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url')),
  ).toBe(true);
  expect(decode(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
  const claims = decode(payload) as { iat: number; exp: number };
  expect(claims).toEqual({
    iss: appId,
    sub: username,
    aud: 'https://www.sprinklr.com/',
    iat: expect.any(Number),
    exp: claims.iat + 30 + 90,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(claims.iat).toBeGreaterThanOrEqual(before - 30);
});
