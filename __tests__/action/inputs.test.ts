import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { definitionOf, INPUT_NAMES } from '../../src/request/schema.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, claimsIn, world } from './world.ts';

// One of each kind: __tests__/request tests the values of every input, and advice.test.ts the commands for every input.
test.each<[what: string, change: Inputs, code: ErrorCode, ...facts: (string | RegExp)[]]>([
  [
    'missing inputs, or inputs of whitespace',
    { 'private-key': '', username: ' \t ', 'api-secret': '\n' },
    'INPUT_MISSING',
    /private-key.*username.*api-secret/,
    /openssl base64 -A -in server\.der \| gh secret set SPRINKLR_PRIVATE_KEY.*gh secret set SPRINKLR_API_SECRET/,
    /fork.*Dependabot/,
  ],
  ['an unknown mode', { mode: 'refresh' }, 'INPUT_INVALID', 'mode', 'token', 'register', 'unseal'],
  ['a number out of range', { 'max-attempts': '11' }, 'INPUT_INVALID', 'max-attempts', '1', '10'],
  ['another host without TLS', { 'base-url': 'http://127.0.0.1.example.com' }, 'INPUT_INVALID', 'base-url'],
  [
    'a username of two lines',
    { username: 'ci-bot@example.com\nroot' },
    'INPUT_INVALID',
    'username',
    'one line',
    'with:',
  ],
  [
    'a secret in quotes',
    { 'api-secret': `'${app.apiSecret}'` },
    'INPUT_INVALID',
    'api-secret',
    'quotes',
    'gh secret set SPRINKLR_API_SECRET',
  ],
])('%s fails the step before any request', async (_, ...[change, code, ...facts]) => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: { ...token, ...change } });

  expectFailure(step, code, ...facts);
  for (const value of Object.values(change).filter((text) => text.length > 12))
    expect(step.errors[0]?.message).not.toContain(value);
  expect(sprinklr.requests).toEqual([]);
});

test('values that are written differently are accepted', async () => {
  const { sprinklr, token, appId } = await world({ host: 'localhost' });
  const baseUrl = sprinklr.origin.toUpperCase().replace('127.0.0.1', 'LOCALHOST');
  const step = await runStep({
    inputs: {
      ...token,
      ...{ mode: 'TOKEN', environment: ' { PROD2 } ', gateway: 'API2', 'base-url': `${baseUrl}/` },
      ...{
        'max-attempts': ' 5 ',
        'timeout-seconds': '\t600\n',
        'export-env': 'False',
        'job-summary': 'TRUE',
      },
      ...{ 'api-key': ` ${app.apiKey} `, 'api-secret': `${app.apiSecret}\n`, username: 'jörg@exämple.com' },
      'app-id': appId.replaceAll('=', '\\u003d'),
    },
  });

  expectSuccess(step);
  expect(appId).toContain('=');
  expect(sprinklr.requests).toMatchObject([{ status: 200, environment: 'prod2', appId }]);
  expect(step.outputs['api-url']).toBe(`${baseUrl.toLowerCase()}/prod2`);
});

test.each(['', '{Prod}'])('environment "%s" adds no path segment', async (environment) => {
  const { sprinklr, token, appId } = await world({ apps: [{ ...app, environment: 'prod' }] });
  const step = await runStep({ inputs: { ...token, environment } });

  expectSuccess(step);
  expect(sprinklr.requests[0]?.path).toBe(`/oauth/apptoken/${encodeURIComponent(appId)}`);
  expect(step.outputs['api-url']).toBe(sprinklr.origin);
});

test('an empty value means the default of action.yml', async () => {
  const { sprinklr, token } = await world();
  const empty = Object.fromEntries(
    INPUT_NAMES.filter((name) => definitionOf(name).default !== undefined).map((name) => [name, '']),
  );
  const step = await runStep({ inputs: { ...empty, ...token, gateway: '' } });

  expectSuccess(step);
  expect(step.env).toEqual({});
  expect(step.summary).not.toBe('');
  const claims = sprinklr.requests.map(claimsIn);
  expect(claims.map(({ aud, exp, iat }) => [aud, Number(exp) - Number(iat)])).toEqual([
    ['https://www.sprinklr.com/', 30 + 180],
  ]);
});
