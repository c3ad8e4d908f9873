import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, world, type World } from './world.ts';

/** The inputs of a `register` step that has an access token already. */
function byToken({ register, sprinklr }: World): Inputs {
  return {
    ...register,
    'access-token': sprinklr.issueAccessToken(app.apiKey),
    'authorization-code': '',
    'api-secret': '',
    'redirect-uri': '',
  };
}

const paths = {
  api2: '/prod2/api/bdi/app/register',
  api3: '/prod2/api/app/register',
} as const;

describe.each(['api2', 'api3'] as const)('at %s', (gateway) => {
  test('an access token registers the certificate by the documented request', async () => {
    const there = await world({ gateway });
    const inputs = byToken(there);
    const step = await runStep({ inputs });

    expectSuccess(step);
    expect(there.sprinklr.requests).toHaveLength(1);
    const [request] = there.sprinklr.requests;
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

  test('a code is exchanged first, by the documented request', async () => {
    const { sprinklr, register } = await world({ gateway });
    const step = await runStep({ inputs: register });

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
    expect(step.shown).toContain('The code is exchanged and spent. Registering the certificate.\n');
    const bearer = registration?.headers.authorization?.replace('Bearer ', '');
    expect(bearer).toBe(sprinklr.liveToken(app.apiKey));
    expect(step.masks).toContain(bearer);
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain(bearer);
  });
});

test('the App ID is in the outputs, the log and the summary, with the commands that store it', async () => {
  const there = await world();
  const step = await runStep({ inputs: byToken(there) });

  const x509 = new X509Certificate(material().certificate);
  const appId = step.outputs['app-id'] ?? '';
  expect(JSON.parse(Buffer.from(appId, 'base64').toString())).toEqual({
    pId: 80000,
    tId: expect.any(Number),
  });
  expect(appId).toMatch(/=$/);
  expect(step.outputs).toEqual({
    'app-id': appId,
    'api-url': `${there.sprinklr.origin}/prod2`,
    'certificate-fingerprint': x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    'certificate-expires-at': new Date(x509.validTo).toISOString(),
  });
  expect(step.env).toEqual({});
  const forAll = `gh variable set SPRINKLR_APP_ID --repo example/pipeline --body '${appId}'`;
  const forOne = `gh variable set SPRINKLR_APP_ID --repo example/pipeline --env ENVIRONMENT --body '${appId}'`;
  expect(step.shown.trimEnd().split('\n')).toEqual([
    `Registered the certificate with SHA-256 fingerprint ${step.outputs['certificate-fingerprint'] ?? ''}.`,
    `App ID: ${appId}`,
    'Store it as a variable, for the whole repository or for one of its environments:',
    `  ${forAll}`,
    `  ${forOne}`,
  ]);
  expect(step.summary).toBe(
    [
      ...['### Sprinklr App ID', '', '| | |', '|---|---|'],
      `| App ID | ${appId} |`,
      `| API URL | ${there.sprinklr.origin}/prod2 |`,
      `| Certificate | SHA-256 ${step.outputs['certificate-fingerprint'] ?? ''} |`,
      `| Certificate expires | ${step.outputs['certificate-expires-at'] ?? ''} |`,
      ...['', 'Store it, for the whole repository or for one of its environments:', ''],
      ...['```sh', forAll, forOne, '```', ''],
    ].join('\n'),
  );
  expect(step.masks.filter((mask) => appId.includes(mask))).toEqual([]);
});

test('where nobody says which repository it is, the commands leave a place for its name', async () => {
  const step = await runStep({ inputs: byToken(await world()), env: { GITHUB_REPOSITORY: undefined } });
  expect(step.shown).toContain('gh variable set SPRINKLR_APP_ID --repo OWNER/REPOSITORY --body');
});

test('the App ID that registering gave makes a token', async () => {
  const { sprinklr, register, token } = await world();
  const registered = await runStep({ inputs: register });
  const step = await runStep({ inputs: { ...token, 'app-id': registered.outputs['app-id'] ?? '' } });

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
});

test.each([
  ['without = as \\u003d', '{"data":"eyJwSWQiOjF9","Errors":[]}', 'eyJwSWQiOjF9'],
  ['with one escaped =', '{"data":"eyJwSWQiOjF9Cg\\u003d","Errors":[]}', 'eyJwSWQiOjF9Cg='],
  ['with two escaped =', '{"data":"eyJwSWQiOjF9Cgo\\u003d\\u003d","errors":[]}', 'eyJwSWQiOjF9Cgo=='],
  ['escaped twice', '{"data":"eyJwSWQiOjF9Cg\\\\u003d"}', 'eyJwSWQiOjF9Cg='],
])('an answer %s gives the App ID in plain text', async (_, body, appId) => {
  const there = await world();
  there.sprinklr.fault('register', { kind: 'status', status: 201, body });
  const step = await runStep({ inputs: byToken(there) });

  expectSuccess(step);
  expect(step.outputs['app-id']).toBe(appId);
});

describe('a code', () => {
  test.each([
    ['in the address that the browser landed on', (code: string) => `${app.redirectUri}&code=${code}`],
    ['in an address with more after it', (code: string) => `https://example.com/?code=${code}&state=7#top`],
    ['in an address without a server behind it', (code: string) => `http://localhost:8080/cb?code=${code}`],
    ['as the query alone', (code: string) => `?state=7&code=${code}`],
    ['as one parameter', (code: string) => `code=${code}`],
    ['with space around it', (code: string) => `  ${code}\n`],
  ])('%s is understood', async (_, pasted) => {
    const { sprinklr, register } = await world();
    const code = register['authorization-code'] ?? '';
    const step = await runStep({
      inputs: { ...register, 'authorization-code': pasted(code) },
      secrets: [code],
    });

    expectSuccess(step);
    expect(step.outputs['app-id']).toBeDefined();
    expect(step.masks).toContain(code);
    expect(sprinklr.requests).toHaveLength(2);
  });

  test('that an address holds percent-encoded is sent decoded', async () => {
    const { sprinklr, register } = await world();
    const landed = `${app.redirectUri}&code=ab%2Fcd%2Bef%3D%3D`;
    const step = await runStep({
      inputs: { ...register, 'authorization-code': landed },
      secrets: ['ab/cd+ef=='],
    });

    expectFailure(step, 'CREDENTIALS_REJECTED', 'code exchange', 'A code works once and for ten minutes');
    expect(new URLSearchParams(sprinklr.requests[0]?.body).get('code')).toBe('ab/cd+ef==');
    expect(sprinklr.requests).toHaveLength(1);
  });

  test.each([
    ['a consent that was denied', `${app.redirectUri}&error=access_denied&error_description=x`, 'was denied'],
    ['a consent that failed', `${app.redirectUri}&error=server_error`, 'was not given'],
    ['an address without a code', app.redirectUri, 'holds no code'],
    ['an address with an empty code', `${app.redirectUri}&code=`, 'holds no code'],
    ['several words', 'see the other tab', 'holds no code'],
  ])('is not found in %s', async (_, pasted, words) => {
    const { sprinklr, register } = await world();
    const step = await runStep({ inputs: { ...register, 'authorization-code': pasted } });

    expectFailure(step, 'INPUT_INVALID', 'authorization-code', words, 'consent');
    expect(sprinklr.requests).toEqual([]);
  });

  test('that is spent needs another consent, and nothing is registered', async () => {
    const { sprinklr, register } = await world();
    await runStep({ inputs: register });
    const step = await runStep({ inputs: register });

    expectFailure(step, 'CREDENTIALS_REJECTED', 'invalid_grant', 'get a new one from the browser consent');
    expect(sprinklr.requests).toHaveLength(3);
  });
});

test.each<[string, Inputs, 'INPUT_INVALID' | 'INPUT_MISSING', ...string[]]>([
  [
    'both a token and a code',
    { 'access-token': 'P9ewuwNid5hg4KBRNP' },
    'INPUT_INVALID',
    'both set',
    'exactly one',
  ],
  ['neither a token nor a code', { 'authorization-code': '' }, 'INPUT_MISSING', 'both empty', 'exactly one'],
  ['a code without the secret', { 'api-secret': '' }, 'INPUT_MISSING', 'The input api-secret is empty'],
  [
    'a code alone',
    { 'api-secret': '', 'redirect-uri': '' },
    'INPUT_MISSING',
    'The inputs api-secret, redirect-uri are empty',
  ],
  ['no certificate', { certificate: '' }, 'INPUT_MISSING', 'The input certificate is empty'],
  [
    'no certificate and no key',
    { certificate: '', 'api-key': '' },
    'INPUT_MISSING',
    'The inputs certificate, api-key are empty',
  ],
  [
    'a token of two lines',
    { 'access-token': 'P9ewuwNid5hg\n4KBRNPxVaTq0', 'authorization-code': '' },
    'INPUT_INVALID',
    'The input access-token has to be one word',
  ],
])('%s is refused before any request', async (_, ...[change, code, ...words]) => {
  const { sprinklr, register } = await world();
  const step = await runStep({ inputs: { ...register, ...change } });

  expectFailure(step, code, ...words);
  expect(step.errors[0]?.message).toMatchSnapshot();
  expect(sprinklr.requests).toEqual([]);
});
