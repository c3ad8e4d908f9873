import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { DEFAULTS } from '../../src/action/input-reader.ts';
import { readInputs } from '../../src/action/inputs.ts';
import { createSecrets } from '../../src/redaction.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, username, world } from './world.ts';

describe('a missing input', () => {
  test.each([
    [
      'private-key',
      '-outform DER -in server.key -out server.der -nocrypt',
      'gh secret set SPRINKLR_PRIVATE_KEY',
    ],
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

/** Invalid values of an input, and facts that the message must contain. */
const INVALID: [input: string, facts: readonly string[], ...values: string[]][] = [
  ['mode', ['token', 'register', 'unseal'], 'refresh'],
  ['max-attempts', ['1', '10'], '-1', '0', '11', '2.5', 'four'],
  ['timeout-seconds', ['5', '600'], '1e2', '0x10', '60s', '4', '601', '9'.repeat(400)],
  ['assertion-lifetime', ['30', '600'], '29', '601'],
  ['certificate-warning-days', ['0', '3650'], '-3', '3651'],
  ['export-env', ['true', 'false'], 'yes'],
  ['job-summary', ['true', 'false'], '1'],
  ['gateway', ['api2', 'api3'], 'api4', 'https://api3.sprinklr.com'],
  ['parameters-in', ['query', 'body'], 'header'],
  ['environment', ['prod2', 'sentry-environment'], 'prod2/api', '../prod2', 'prod2?x=1', 'prod 2'],
  ['environment', ['prod2', 'sentry-environment'], 'https://space-prod2.sprinklr.com'],
  ['base-url', ['http'], 'http://api2.sprinklr.com', 'http://127.0.0.1.example.com'],
  ['base-url', ['http'], 'http://localhost.example.com', 'ftp://api2.sprinklr.com', 'gateway.example.com'],
  ['base-url', ['path'], 'https://api2.sprinklr.com/prod2', 'https://api2.sprinklr.com?a=b'],
  ['base-url', ['path'], 'https://api2.sprinklr.com#a'],
  ['base-url', ['password'], 'https://ann:pass@api2.sprinklr.com'],
  ['redirect-uri', [], 'callback.example.com/sprinklr', 'https://a.example\nhttps://b.example'],
  ['redirect-uri', ['quotes'], `'${app.redirectUri}'`],
  [
    'username',
    ['one line'],
    'ci-bot@example.com\nroot',
    'ci-bot\u0007@example.com',
    'ci-bot\u202e@example.com',
  ],
  ['username', ['quotes'], `"${username}"`],
  ['audience', ['one line'], 'https://a/\nhttps://b/'],
  ['api-key', ['ASCII', 'gh secret set'], 'k7apikey3n5 x9w2q8r4t6y1zu', 'k7apikey3n5\nx9w2q8r4t6y1zu'],
  ['api-key', ['ASCII', 'gh secret set'], 'k7apikéy3n5x9w2q8r4'],
  ['api-key', ['quotes', 'gh secret set'], '“k7apikey3n5x9w2q8r4”', `"${app.apiKey}"`],
  ['api-secret', ['quotes', 'gh secret set'], `'${app.apiSecret}'`],
  ['api-secret', ['one line', 'gh secret set'], 'S3cr3t/+Hf8Q2\nmZp7LxT4vRb9'],
  ['app-id', ['eyJ'], 'the one from April'],
  ['app-id', ['data'], '"eyJwSWQiOjgwMDAwfQ=="', '{"data":"eyJw","Errors":[]}'],
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

  test('has the same defaults as the code', () => {
    const defaults = Object.entries(action.inputs).flatMap(([name, input]) =>
      // The runner fills in an expression.
      input.default === undefined || input.default.startsWith('${{') ? [] : [[name, input.default]],
    );
    expect(Object.fromEntries(defaults)).toEqual(DEFAULTS);
  });

  test('has exactly the inputs that the code reads', () => {
    Object.assign(process.env, { GITHUB_REPOSITORY: 'example/pipeline', GITHUB_RUN_ID: '987654' });
    const read = new Set<string>();
    const token: Inputs = {
      'private-key': material().secret,
      'app-id': 'eyJwSWQiOjgwMDAwfQ==',
      username,
      'api-key': app.apiKey,
      'api-secret': app.apiSecret,
      'redirect-uri': app.redirectUri,
      certificate: material().certificate,
      'mtls-certificate': material().certificate,
      'mtls-private-key': material().key,
    };
    const register: Inputs = { ...token, mode: 'register', 'authorization-code': 'c0de' };
    const unseal: Inputs = { ...token, mode: 'unseal', 'sealed-token': 'eyJ' };
    for (const inputs of [token, register, unseal]) {
      const record = (name: string): string => {
        read.add(name);
        return inputs[name] ?? '';
      };
      readInputs(
        record,
        createSecrets(() => undefined),
      );
    }
    expect([...read].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  test('treats an empty value as the default', async () => {
    const { sprinklr, token } = await world();
    const empty = Object.fromEntries(Object.keys(DEFAULTS).map((name) => [name, '']));
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
