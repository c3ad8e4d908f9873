import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { definitionOf, INPUT_NAMES } from '../../src/request/schema.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, world, material } from './world.ts';

describe('a missing input', () => {
  test.each([
    ['private-key', 'openssl base64 -A -in server.der | gh secret set SPRINKLR_PRIVATE_KEY'],
    ['app-id', 'gh variable set SPRINKLR_APP_ID'],
    ['username'],
    ['api-key', 'gh secret set SPRINKLR_API_KEY'],
    ['api-secret', 'gh secret set SPRINKLR_API_SECRET'],
    ['redirect-uri'],
  ])('%s is reported with the command that stores it', async (name, ...commands) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, [name]: '' } });

    expectFailure(step, 'INPUT_MISSING', name, 'fork', 'Dependabot', ...commands);
    expect(sprinklr.requests).toEqual([]);
  });

  test('is reported together with all others, and whitespace counts as missing', async () => {
    const { sprinklr, token } = await world();
    const step = await runStep({
      inputs: { ...token, 'private-key': '', username: ' \t ', 'api-secret': '\n' },
    });

    expectFailure(
      step,
      'INPUT_MISSING',
      /private-key.*username.*api-secret/,
      /gh secret set SPRINKLR_PRIVATE_KEY.*gh secret set SPRINKLR_API_SECRET/,
    );
    expect(sprinklr.requests).toEqual([]);
  });

  test.each(['mtls-certificate', 'mtls-private-key'])('is reported if only %s is set', async (name) => {
    const { sprinklr, token } = await world();
    const { certificate, key } = material();
    const step = await runStep({
      inputs: { ...token, [name]: name === 'mtls-certificate' ? certificate : key },
    });

    const missing = name === 'mtls-certificate' ? 'mtls-private-key' : 'mtls-certificate';
    expectFailure(step, 'INPUT_MISSING', missing);
    expect(sprinklr.requests).toEqual([]);
  });
});

/** An invalid value for each kind of input, and facts that the message must contain. __tests__/request has the rest. */
const INVALID: [input: string, facts: readonly string[], ...values: string[]][] = [
  ['mode', ['token', 'register', 'unseal'], 'refresh'],
  ['max-attempts', ['1', '10'], '11'],
  ['gateway', ['api2', 'api3'], 'https://api3.sprinklr.com'],
  ['environment', ['prod2', 'sentry-environment'], '../prod2'],
  ['base-url', ['http'], 'http://127.0.0.1.example.com'],
  ['redirect-uri', ['quotes'], `'${app.redirectUri}'`],
  ['username', ['one line', 'with:'], 'ci-bot@example.com\nroot'],
  ['api-key', ['ASCII', 'gh secret set SPRINKLR_API_KEY'], 'k7apikey3n5 x9w2q8r4t6y1zu'],
  ['api-secret', ['quotes', 'gh secret set SPRINKLR_API_SECRET'], `'${app.apiSecret}'`],
];

test.each(
  INVALID.flatMap(([input, facts, ...values]) =>
    values.map((value) => [input, value.slice(0, 60), value, facts] as const),
  ),
)('an invalid value of %s is rejected before any request: %j', async (input, ...[, value, facts]) => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: { ...token, [input]: value } });

  expectFailure(step, 'INPUT_INVALID', input, ...facts);
  if (value.length > 12) expect(step.errors[0]?.message).not.toContain(value);
  expect(sprinklr.requests).toEqual([]);
});

describe('a value that is written differently is accepted:', () => {
  test.each<[string, Inputs]>([
    ['an environment in braces', { environment: '{prod2}' }],
    ['an environment in double braces and capitals', { environment: ' {{ PROD2 }} ' }],
    ['a mode in capitals', { mode: 'TOKEN' }],
    ['a gateway in capitals', { gateway: 'API2' }],
    ['numbers with whitespace', { 'max-attempts': ' 5 ', 'timeout-seconds': '\t600\n' }],
    [
      'the minimum of each number',
      { 'max-attempts': '1', 'timeout-seconds': '5', 'assertion-lifetime': '30' },
    ],
    [
      'the maximum of each number',
      { 'max-attempts': '10', 'timeout-seconds': '600', 'assertion-lifetime': '600' },
    ],
    ['booleans in YAML spelling', { 'export-env': 'False', 'job-summary': 'TRUE' }],
    ['a username that contains quotes', { username: '"CI" bot@example.com' }],
    ['a username with non-ASCII letters', { username: 'jörg.müller+ci@exämple.com' }],
    ['credentials with whitespace', { 'api-key': ` ${app.apiKey} `, 'api-secret': `${app.apiSecret}\n` }],
  ])('%s', async (_, inputs) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, ...inputs } });

    expectSuccess(step);
    expect(sprinklr.requests).toMatchObject([{ status: 200, environment: 'prod2' }]);
  });

  test.each(['', 'prod', '{Prod}', ' PROD '])(
    'environment "%s" adds no path segment',
    async (environment) => {
      const { sprinklr, token, appId } = await world({ apps: [{ ...app, environment: 'prod' }] });
      const step = await runStep({ inputs: { ...token, environment } });

      expectSuccess(step);
      expect(sprinklr.requests[0]?.path).toBe(`/oauth/apptoken/${encodeURIComponent(appId)}`);
      expect(step.outputs['api-url']).toBe(sprinklr.origin);
    },
  );

  test.each(['\\u003d', '\\u003D'])('an App ID with %s for =', async (escape) => {
    const { sprinklr, token, appId } = await world();
    const step = await runStep({ inputs: { ...token, 'app-id': appId.replaceAll('=', escape) } });

    expect(appId).toContain('=');
    expectSuccess(step);
    expect(sprinklr.requests[0]?.appId).toBe(appId);
  });

  test.each([
    ['a trailing slash', (origin: string) => `${origin}/`],
    ['localhost', (origin: string) => origin.replace('127.0.0.1', 'localhost')],
    ['capitals', (origin: string) => origin.toUpperCase()],
  ])('base-url with %s, which api-url normalizes', async (_, written) => {
    const { sprinklr, token } = await world({ host: 'localhost' });
    const baseUrl = written(sprinklr.origin);
    const step = await runStep({ inputs: { ...token, 'base-url': baseUrl } });

    expectSuccess(step);
    expect(step.outputs['api-url']).toBe(`${baseUrl.toLowerCase().replace(/\/$/, '')}/prod2`);
  });
});

describe('action.yml', () => {
  const action = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as {
    inputs: Record<string, { description: string; default?: string; required?: boolean }>;
  };

  test('treats an empty value as the default', async () => {
    const { sprinklr, token } = await world();
    const empty = Object.fromEntries(
      INPUT_NAMES.filter((name) => definitionOf(name).default !== undefined).map((name) => [name, '']),
    );
    const step = await runStep({ inputs: { ...empty, ...token, gateway: '' } });

    expectSuccess(step);
    expect(step.env).toEqual({});
    expect(step.summary).not.toBe('');
    const assertion = sprinklr.requests[0]?.query.get('refresh_token')?.split('.')[1] ?? '';
    const { iat, exp, aud } = JSON.parse(Buffer.from(assertion, 'base64url').toString()) as Record<
      string,
      number
    >;
    expect([aud, Number(exp) - Number(iat)]).toEqual(['https://www.sprinklr.com/', 180]);
  });

  test('marks no input as required, because the runner ignores it, and describes each', () => {
    for (const [name, { required, description }] of Object.entries(action.inputs)) {
      expect([name, required]).toEqual([name, undefined]);
      expect(description).toMatch(/\w.*\.$/s);
    }
  });
});
