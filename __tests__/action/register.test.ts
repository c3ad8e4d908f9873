import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runBundle, runStep, type Inputs } from './harness.ts';
import { app, material, withAccessToken, world } from './world.ts';

const paths = {
  api2: '/prod2/api/bdi/app/register',
  api3: '/prod2/api/app/register',
} as const;

describe.each(['api2', 'api3'] as const)('at %s', (gateway) => {
  test('an access token registers the certificate with the documented request', async () => {
    const made = await world({ gateway });
    const inputs = withAccessToken(made);
    const step = await runStep({ inputs });

    expectSuccess(step);
    expect(made.sprinklr.requests).toHaveLength(1);
    const [request] = made.sprinklr.requests;
    const { certificate } = material();
    expect([request?.method, request?.path, request?.query.size]).toEqual(['POST', paths[gateway], 0]);
    expect(request?.body).toBe(certificate);
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${inputs['access-token']}`,
      'x-api-key': app.apiKey,
      key: app.apiKey,
      'content-type': 'application/json',
      'content-length': String(certificate.length),
    });
    expect(request?.headers['transfer-encoding']).toBeUndefined();
  });

  test('a code is exchanged first with the documented request', async () => {
    const { sprinklr, register } = await world({ gateway });
    const step = await runBundle({ inputs: register });

    expectSuccess(step);
    const [exchange, registration] = sprinklr.requests;
    expect(sprinklr.requests).toHaveLength(2);
    expect([exchange?.method, exchange?.path, exchange?.query.size]).toEqual([
      'POST',
      '/prod2/oauth/token',
      0,
    ]);
    expect(exchange?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(exchange?.body))).toEqual({
      client_id: app.apiKey,
      client_secret: app.apiSecret,
      redirect_uri: app.redirectUri,
      grant_type: 'authorization_code',
      code: register['authorization-code'],
    });
    expect(registration?.path).toBe(paths[gateway]);
    const bearer = registration?.headers.authorization?.replace('Bearer ', '');
    expect(bearer).toBe(sprinklr.liveToken(app.apiKey));
    expect(step.masks).toContain(bearer);
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain(bearer);
  });
});

test('the App ID is in the outputs, the log, and the job summary, with the commands that store it', async () => {
  const made = await world();
  const step = await runStep({ inputs: withAccessToken(made) });

  const x509 = new X509Certificate(material().certificate);
  const appId = step.outputs['app-id'] ?? '';
  expect(JSON.parse(Buffer.from(appId, 'base64').toString())).toEqual({
    pId: 80000,
    tId: expect.any(Number),
  });
  expect(appId).toMatch(/=$/);
  expect(step.outputs).toEqual({
    'app-id': appId,
    'api-url': `${made.sprinklr.origin}/prod2`,
    'certificate-fingerprint': x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    'certificate-expires-at': new Date(x509.validTo).toISOString(),
  });
  expect(step.env).toEqual({});
  const forRepository = `gh variable set SPRINKLR_APP_ID --repo example/pipeline --body '${appId}'`;
  const forEnvironment = `gh variable set SPRINKLR_APP_ID --repo example/pipeline --env ENVIRONMENT --body '${appId}'`;
  const { 'certificate-fingerprint': fingerprint = '', 'certificate-expires-at': expiry = '' } = step.outputs;
  for (const text of [step.shown, step.summary])
    for (const fact of [appId, fingerprint, forRepository, forEnvironment]) expect(text).toContain(fact);
  expect(step.summary).toContain(`| ${expiry} |`);
  expect(step.summary).toContain(`\`\`\`sh\n${forRepository}\n${forEnvironment}\n\`\`\`\n`);
  expect(step.masks.filter((mask) => appId.includes(mask))).toEqual([]);
});

test('without GITHUB_REPOSITORY, the commands have a placeholder for the repository', async () => {
  const step = await runStep({
    inputs: withAccessToken(await world()),
    env: { GITHUB_REPOSITORY: undefined },
  });
  expect(step.shown).toMatch(/gh variable set SPRINKLR_APP_ID --repo OWNER\/REPO/);
});

test('a registered App ID requests a token', async () => {
  const { sprinklr, register, token } = await world();
  const registered = await runStep({ inputs: register });
  const step = await runStep({ inputs: { ...token, 'app-id': registered.outputs['app-id'] ?? '' } });

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
});

test.each([
  ['with two escaped =', '{"data":"eyJwSWQiOjF9Cgo\\u003d\\u003d","errors":[]}', 'eyJwSWQiOjF9Cgo='],
  ['escaped twice', '{"data":"eyJwSWQiOjF9Cg\\\\u003d"}', 'eyJwSWQiOjF9Cg=='],
])('a response %s outputs the App ID in plain text', async (_, body, appId) => {
  const made = await world();
  made.sprinklr.fault('register', { kind: 'status', status: 201, body });
  const step = await runStep({ inputs: withAccessToken(made) });

  expectSuccess(step);
  expect(step.outputs['app-id']).toBe(appId);
});

// __tests__/sprinklr/authorization-code.test.ts tests everything that is pasted as the code.
test('a code in the redirect URL is sent decoded', async () => {
  const { sprinklr, register } = await world();
  const redirected = `${app.redirectUri}&code=ab%2Fcd%2Bef%3D%3D&state=7#top`;
  const step = await runStep({
    inputs: { ...register, 'authorization-code': redirected },
    secrets: ['ab/cd+ef=='],
  });

  expectFailure(step, 'CREDENTIALS_REJECTED', /code exchange/i);
  expect(step.masks).toContain('ab/cd+ef==');
  expect(new URLSearchParams(sprinklr.requests[0]?.body).get('code')).toBe('ab/cd+ef==');
  expect(sprinklr.requests).toHaveLength(1);
});

test('a used code is rejected by Sprinklr, and nothing is registered', async () => {
  const { sprinklr, register } = await world();
  await runStep({ inputs: register });
  const step = await runStep({ inputs: register });

  expectFailure(step, 'CREDENTIALS_REJECTED', 'invalid_grant', 'consent');
  expect(sprinklr.requests).toHaveLength(3);
});

test.each<[name: string, change: Inputs, code: ErrorCode, ...facts: (string | RegExp)[]]>([
  [
    'a consent that was denied',
    { 'authorization-code': `${app.redirectUri}&error=access_denied` },
    'INPUT_INVALID',
    ...['authorization-code', 'denied', 'consent'],
  ],
  ['both an access token and a code', { 'access-token': 'P9ewuwNid5hg4KBRNP' }, 'INPUT_INVALID', 'both'],
  ['neither an access token nor a code', { 'authorization-code': '' }, 'INPUT_MISSING', 'authorization-code'],
  [
    'a code without api-secret and redirect-uri',
    { 'api-secret': '', 'redirect-uri': '' },
    'INPUT_MISSING',
    /api-secret.*redirect-uri.*gh secret set SPRINKLR_API_SECRET/,
  ],
  [
    'no certificate and no api-key',
    { certificate: '', 'api-key': '' },
    'INPUT_MISSING',
    /api-key.*certificate.*gh secret set SPRINKLR_API_KEY.*gh variable set SPRINKLR_CERTIFICATE < server\.crt/,
  ],
])('%s is rejected before any request', async (_, ...[change, code, ...facts]) => {
  const { sprinklr, register } = await world();
  const step = await runStep({ inputs: { ...register, ...change } });

  expectFailure(step, code, ...facts);
  expect(sprinklr.requests).toEqual([]);
});
