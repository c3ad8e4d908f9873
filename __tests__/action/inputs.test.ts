import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { DEFAULTS } from '../../src/action/input-reader.ts';
import { readInputs } from '../../src/action/inputs.ts';
import { createSecrets } from '../../src/redaction.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, username, world } from './world.ts';

describe('an input that is missing', () => {
  test.each<[string, ...(string | RegExp)[]]>([
    [
      'private-key',
      'never stored',
      '-outform DER -in server.key -out server.der -nocrypt',
      'gh secret set SPRINKLR_PRIVATE_KEY',
    ],
    ['app-id', 'never stored', 'gh variable set SPRINKLR_APP_ID'],
    ['username', /only its own\.$/],
    ['api-key', 'never stored', 'gh secret set SPRINKLR_API_KEY'],
    ['api-secret', 'never stored', 'gh secret set SPRINKLR_API_SECRET'],
    ['redirect-uri', /only its own\.$/],
  ])('(%s) is named, with the command that stores it', async (name, ...words) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, [name]: '' } });

    expectFailure(
      step,
      'INPUT_MISSING',
      `The input ${name} is empty. A secret or variable that does not exist reads as empty: check its name and that of the ` +
        'input, that this repository may use it, and that the job names its environment if it belongs to one. Workflows ' +
        'started from a fork get no secrets, and those of Dependabot only its own.',
      ...words,
    );
    expect(sprinklr.requests).toEqual([]);
  });

  test('is named together with all others, and space does not count as a value', async () => {
    const { sprinklr, token } = await world();
    const step = await runStep({
      inputs: { ...token, 'private-key': '', username: ' \t ', 'api-secret': '\n' },
    });

    expectFailure(
      step,
      'INPUT_MISSING',
      'The inputs private-key, username, api-secret are empty.',
      'fork',
      /they were never stored, run .*SPRINKLR_PRIVATE_KEY`; .*SPRINKLR_API_SECRET`\.$/,
    );
    expect(sprinklr.requests).toEqual([]);
  });
});

describe('an input with a value that it does not take', () => {
  test.each<[string, Inputs, ...string[]]>([
    ['an unknown mode', { mode: 'refresh' }, 'mode', 'token or register or unseal'],
    ['a negative number', { 'max-attempts': '-1' }, 'max-attempts', 'a whole number from 1 to 10'],
    ['no attempt', { 'max-attempts': '0' }, 'max-attempts', 'from 1 to 10'],
    ['eleven attempts', { 'max-attempts': '11' }, 'max-attempts', 'from 1 to 10'],
    ['a fraction', { 'max-attempts': '2.5' }, 'max-attempts', 'a whole number'],
    ['a word for a number', { 'max-attempts': 'four' }, 'max-attempts', 'a whole number'],
    ['an exponent', { 'timeout-seconds': '1e2' }, 'timeout-seconds', 'from 5 to 600'],
    ['a hexadecimal number', { 'timeout-seconds': '0x10' }, 'timeout-seconds', 'from 5 to 600'],
    ['a number with a unit', { 'timeout-seconds': '60s' }, 'timeout-seconds', 'from 5 to 600'],
    ['a time that is too short', { 'timeout-seconds': '4' }, 'timeout-seconds', 'from 5 to 600'],
    ['a time that is too long', { 'timeout-seconds': '601' }, 'timeout-seconds', 'from 5 to 600'],
    [
      'a number beyond all numbers',
      { 'timeout-seconds': '9'.repeat(400) },
      'timeout-seconds',
      'from 5 to 600',
    ],
    ['a life that is too short', { 'assertion-lifetime': '29' }, 'assertion-lifetime', 'from 30 to 600'],
    ['a life that is too long', { 'assertion-lifetime': '601' }, 'assertion-lifetime', 'from 30 to 600'],
    [
      'a number of days below none',
      { 'certificate-warning-days': '-3' },
      'certificate-warning-days',
      'from 0',
    ],
    ['a flag that is yes', { 'export-env': 'yes' }, 'export-env', 'true or false'],
    ['a flag that is 1', { 'job-summary': '1' }, 'job-summary', 'true or false'],
    ['an unknown gateway', { gateway: 'api4' }, 'gateway', 'api2 or api3'],
    ["a gateway's address", { gateway: 'https://api3.sprinklr.com' }, 'gateway', 'api2 or api3'],
    ['a third place for parameters', { 'parameters-in': 'header' }, 'parameters-in', 'query or body'],
    ['an environment with a path', { environment: 'prod2/api' }, 'environment', 'prod2 or prod4'],
    ['an environment out of its folder', { environment: '../prod2' }, 'environment', 'sentry-environment'],
    ['an environment with a query', { environment: 'prod2?x=1' }, 'environment', 'prod2 or prod4'],
    ['an environment of two words', { environment: 'prod 2' }, 'environment', 'prod2 or prod4'],
    [
      "a tenant's address",
      { environment: 'https://space-prod2.sprinklr.com' },
      'environment',
      'prod2 or prod4',
    ],
    ['plain http', { 'base-url': 'http://api2.sprinklr.com' }, 'base-url', 'plain http'],
    ['plain http to a lookalike', { 'base-url': 'http://127.0.0.1.example.com' }, 'base-url', 'plain http'],
    [
      'plain http to another localhost',
      { 'base-url': 'http://localhost.example.com' },
      'base-url',
      'plain http',
    ],
    ['a path', { 'base-url': 'https://api2.sprinklr.com/prod2' }, 'base-url', 'more than an origin'],
    ['a query', { 'base-url': 'https://api2.sprinklr.com?a=b' }, 'base-url', 'more than an origin'],
    ['a fragment', { 'base-url': 'https://api2.sprinklr.com#a' }, 'base-url', 'more than an origin'],
    [
      'credentials',
      { 'base-url': 'https://ann:pass@api2.sprinklr.com' },
      'base-url',
      'user name or password',
    ],
    ['ftp', { 'base-url': 'ftp://api2.sprinklr.com' }, 'base-url', 'neither https nor http'],
    ['a host alone', { 'base-url': 'gateway.example.com' }, 'base-url', 'not an address'],
    [
      'a callback that is no address',
      { 'redirect-uri': 'callback.example.com/sprinklr' },
      'redirect-uri',
      'to the letter',
    ],
    [
      'a callback of two lines',
      { 'redirect-uri': 'https://a.example\nhttps://b.example' },
      'redirect-uri',
      'one line',
    ],
    ['a name of two lines', { username: 'ci-bot@example.com\nroot' }, 'username', 'one line'],
    ['a name with a bell', { username: 'ci-bot\u0007@example.com' }, 'username', 'one line'],
    ['a name that turns round', { username: 'ci-bot\u202e@example.com' }, 'username', 'one line'],
    ['an audience of two lines', { audience: 'https://a/\nhttps://b/' }, 'audience', 'one line'],
    ['a key of two words', { 'api-key': 'k7apikey3n5 x9w2q8r4t6y1zu' }, 'api-key', 'one word'],
    ['a key of two lines', { 'api-key': 'k7apikey3n5\nx9w2q8r4t6y1zu' }, 'api-key', 'one word'],
    ['a key with an accent', { 'api-key': 'k7apikéy3n5x9w2q8r4' }, 'api-key', 'ASCII', 'gh secret set'],
    ['a key in typographic quotes', { 'api-key': '“k7apikey3n5x9w2q8r4”' }, 'api-key', 'without quotes'],
    ['a key in quotes', { 'api-key': `"${app.apiKey}"` }, 'api-key', 'without quotes'],
    [
      'a secret in quotes',
      { 'api-secret': `'${app.apiSecret}'` },
      'api-secret',
      'without quotes',
      'gh secret set',
    ],
    ['a name in quotes', { username: `"${username}"` }, 'username', 'without quotes', '"with:" block'],
    ['a callback in quotes', { 'redirect-uri': `'${app.redirectUri}'` }, 'redirect-uri', 'without quotes'],
    ['a secret of two lines', { 'api-secret': 'S3cr3t/+Hf8Q2\nmZp7LxT4vRb9' }, 'api-secret', 'one line'],
    ['an App ID in quotes', { 'app-id': '"eyJwSWQiOjgwMDAwfQ=="' }, 'app-id', 'without quotes'],
    ['an App ID of words', { 'app-id': 'the one from April' }, 'app-id', 'usually starts with eyJ'],
    ['the whole answer of registering', { 'app-id': '{"data":"eyJw","Errors":[]}' }, 'app-id', 'data'],
    [
      'half a client certificate',
      { 'mtls-certificate': material().certificate },
      'mtls-private-key',
      'is empty',
    ],
    ['half of it the other way', { 'mtls-private-key': material().key }, 'mtls-certificate', 'is empty'],
  ])('(%s) is named before any request', async (_, wrong, ...words) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, ...wrong } });

    const missing = Object.keys(wrong).some((name) => name.startsWith('mtls'));
    expectFailure(step, missing ? 'INPUT_MISSING' : 'INPUT_INVALID', ...words);
    expect(step.errors[0]?.message).toMatchSnapshot();
    for (const value of Object.values(wrong).filter((text) => text.length > 12))
      expect(step.errors[0]?.message).not.toContain(value);
    expect(sprinklr.requests).toEqual([]);
  });
});

describe('an input in a form of its own', () => {
  test.each<[string, Inputs]>([
    ['an environment in braces', { environment: '{prod2}' }],
    ['an environment in two braces and capitals', { environment: ' {{ PROD2 }} ' }],
    ['a mode in capitals', { mode: 'TOKEN' }],
    ['a gateway in capitals', { gateway: 'API2' }],
    ['a number with space around it', { 'max-attempts': ' 5 ', 'timeout-seconds': '\t600\n' }],
    ['the smallest numbers', { 'max-attempts': '1', 'timeout-seconds': '5', 'assertion-lifetime': '30' }],
    ['the largest numbers', { 'max-attempts': '10', 'timeout-seconds': '600', 'assertion-lifetime': '600' }],
    ['flags as YAML writes them', { 'export-env': 'False', 'job-summary': 'TRUE' }],
    ['a name with quotes that are not round it', { username: '"CI" bot@example.com' }],
    ['a name with letters of the world', { username: 'jörg.müller+ci@exämple.com' }],
    ['space around everything', { 'api-key': ` ${app.apiKey} `, 'api-secret': `${app.apiSecret}\n` }],
  ])('(%s) is forgiven', async (_, inputs) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, ...inputs } });

    expectSuccess(step);
    expect(sprinklr.requests.map(({ status, environment }) => [status, environment])).toEqual([
      [200, 'prod2'],
    ]);
  });

  test.each(['', 'prod', '{Prod}', ' PROD '])('(environment "%s") means no segment', async (environment) => {
    const { sprinklr, token, appId } = await world({ apps: [{ ...app, environment: 'prod' }] });
    const step = await runStep({ inputs: { ...token, environment } });

    expectSuccess(step);
    expect(sprinklr.requests[0]?.path).toBe(`/oauth/apptoken/${encodeURIComponent(appId)}`);
    expect(step.outputs['api-url']).toBe(sprinklr.origin);
  });

  test.each(['\\u003d', '\\u003D'])('(an App ID with a literal %s) is read as one with =', async (escape) => {
    const { sprinklr, token, appId } = await world();
    const step = await runStep({ inputs: { ...token, 'app-id': appId.replaceAll('=', escape) } });

    expect(appId).toContain('=');
    expectSuccess(step);
    expect(sprinklr.requests[0]?.appId).toBe(appId);
  });

  test.each([
    ['a final slash', (origin: string) => `${origin}/`],
    ['the name localhost', (origin: string) => origin.replace('127.0.0.1', 'localhost')],
    ['capitals', (origin: string) => origin.toUpperCase()],
  ])('(base-url with %s) gives an api-url without a final slash', async (_, written) => {
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

  test('has the defaults that the code has', () => {
    const defaults = Object.entries(action.inputs).flatMap(([name, input]) =>
      // What the runner fills in is no default of ours.
      input.default === undefined || input.default.startsWith('${{') ? [] : [[name, input.default]],
    );
    expect(Object.fromEntries(defaults)).toEqual(DEFAULTS);
  });

  test('has every input that the code reads, and no other', () => {
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
      const note = (name: string): string => {
        read.add(name);
        return inputs[name] ?? '';
      };
      readInputs(
        note,
        createSecrets(() => undefined),
      );
    }
    expect([...read].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  test('takes an empty text for any default', async () => {
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

  test('requires nothing of the runner, which would not check it anyway, and describes each input', () => {
    for (const [name, { required, description }] of Object.entries(action.inputs)) {
      expect([name, required]).toEqual([name, undefined]);
      expect(description).toMatch(/\w.*\.$/s);
    }
  });
});
