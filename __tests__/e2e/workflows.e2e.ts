/** The workflows in examples/ and in the pages, as users copy them. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { documentedWorkflows } from '../../scripts/documented-workflows.js';
import { makeAuthority, type Authority, type Issued } from '../action/authority.ts';
import { expectNone } from '../action/leaks.ts';
import { startProxy } from '../action/proxy.ts';
import { app, material, world, type World } from '../action/world.ts';
import { makeMaterial } from '../material.ts';
import { startWorkflow, type Run, type RunResult } from './act.ts';

/** The calls of a run that succeeds. */
const EXPECTED_CALLS: Record<string, string[]> = {
  'examples/token.yml': ['apptoken 200', 'me 200'],
  'examples/export-env.yml': ['apptoken 200', 'me 200'],
  'examples/continue-on-error.yml': ['apptoken 200', 'me 200'],
  'examples/shared-key.yml': ['apptoken 200', 'me 200'],
  'examples/environment.yml': ['apptoken 200', 'me 200'],
  'examples/long-job.yml': ['apptoken 200', 'me 200', 'apptoken 200', 'me 200'],
  'examples/matrix.yml': ['apptoken 200', 'me 200', 'me 200', 'me 200'],
  'examples/seal.yml': ['apptoken 200', 'me 200', 'me 200'],
  'README.md: Use': ['apptoken 200', 'me 200'],
  'README.md: Several jobs, one token': ['apptoken 200'],
};
const WITH_OWN_TEST = ['examples/register.yml', 'examples/dry-run.yml'];
const NOT_RUN = {
  'README.md: Runners, proxies, private CAs': 'it shows only the environment of a step',
};

const workflows = new Map(documentedWorkflows().map(({ name, text }) => [name, text]));

function find(name: string): string {
  const text = workflows.get(name);
  if (text === undefined) throw new Error(`There is no ${name}.`);
  return text;
}

let authority: Authority;
let server: Issued;
beforeAll(() => {
  authority = makeAuthority();
  server = authority.issue({ names: 'DNS:api2.sprinklr.com' });
});

interface Setup extends World {
  readonly run: Omit<Run, 'workflow'>;
  /** The values of the repository's secrets. */
  readonly secrets: readonly string[];
}

const redirectUri = 'https://www.example.com/callback';
const otherApp = { ...app, apiKey: 'another-api-key-3n5x9w2q', redirectUri };

/** A repository set up as in docs/setup.md. A proxy leads all its HTTPS requests to the simulator. */
async function setUp(): Promise<Setup> {
  const made = await world({ apps: [{ ...app, redirectUri }, otherApp], tls: server });
  const proxy = await startProxy({ to: made.sprinklr.origin });
  const { certificate, secret } = material();
  const secrets = {
    SPRINKLR_PRIVATE_KEY: secret,
    SPRINKLR_API_KEY: app.apiKey,
    SPRINKLR_API_SECRET: app.apiSecret,
  };
  const run = {
    env: {
      https_proxy: `http://${proxy.host}`,
      NODE_EXTRA_CA_CERTS: authority.file,
      CURL_CA_BUNDLE: authority.file,
    },
    secrets,
    vars: { SPRINKLR_APP_ID: made.appId, SPRINKLR_CERTIFICATE: certificate },
  };
  return { ...made, run, secrets: Object.values(secrets) };
}

const callsTo = ({ sprinklr }: World): string[] =>
  sprinklr.requests.map(({ endpoint, status }) => `${endpoint ?? ''} ${status ?? ''}`);

/** The repository's secrets, the live token, and from each request the signature of its JWT and its token. */
const secretsOf = ({ sprinklr, secrets }: Setup): string[] => [
  ...secrets,
  sprinklr.liveToken(app.apiKey) ?? '',
  ...sprinklr.requests.flatMap(({ query, headers }) => [
    ...query.getAll('refresh_token').map((jwt) => jwt.split('.')[2] ?? ''),
    ...(headers.authorization?.split(' ').slice(1) ?? []),
  ]),
];

/** The outputs that steps set, as act shows them: masked. */
const outputsIn = ({ log }: RunResult): [name: string, value: string][] =>
  [...log.matchAll(/::set-output:: ([\w-]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
const outputValues = (result: RunResult, wanted: string): string[] =>
  outputsIn(result).flatMap(([name, value]) => (name === wanted ? [value] : []));

/**
 * GitHub drops an output of a job if it contains a masked value. act doesn't, but it shows `***` for the masked value, which
 * only `access-token` may contain.
 */
const OUTPUTS: Record<string, RegExp> = {
  'access-token': /^\*{3}$/,
  'token-type': /^Bearer$/,
  'expires-in': /^259\d{4}$/,
  'expires-at': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  'api-url': /^https:\/\/api2\.sprinklr\.com\/prod2$/,
};
const SEALED_TOKEN = /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/;

function expectSuccess(result: RunResult, secrets: readonly string[]): void {
  expect(result.exitCode === 0 ? '' : result.log).toBe('');
  expect(result.log).toContain('Job succeeded');
  expect(result.log).not.toMatch(/Job failed|❗|❌/u);
  expectNone(result.log, secrets);
}

test('each workflow in examples/ and in the pages runs here, or there is a reason why not', () => {
  const known = [...Object.keys(EXPECTED_CALLS), ...WITH_OWN_TEST, ...Object.keys(NOT_RUN)];
  expect(known.sort()).toEqual([...workflows.keys()].sort());
});

test.each(Object.entries(EXPECTED_CALLS))(
  '%s succeeds, shows no secret, and makes the calls %j',
  async (name, expected) => {
    const setup = await setUp();
    const result = await startWorkflow({ ...setup.run, workflow: find(name) }).result;

    expectSuccess(result, secretsOf(setup));
    expect(callsTo(setup)).toEqual(expected);
    for (const [output, value] of outputsIn(result))
      expect(value).toMatch({ ...OUTPUTS, 'sealed-token': SEALED_TOKEN }[output] ?? `no value of ${output}`);
    expect(outputsIn(result).map(([output]) => output)).toEqual(expect.arrayContaining(Object.keys(OUTPUTS)));
  },
);

test('register.yml accepts the redirect URL, and shows the App ID but not the code', async () => {
  const setup = await setUp();
  const code = setup.sprinklr.issueCode(app.apiKey);
  const inputs = { code: `${redirectUri}?code=${code}` };
  const workflow = find('examples/register.yml');
  const result = await startWorkflow({ ...setup.run, workflow, inputs }).result;

  expectSuccess(result, [...secretsOf(setup), code]);
  expect(callsTo(setup)).toEqual(['token 200', 'register 200']);
  const [appId = ''] = outputValues(result, 'app-id');
  expect(result.log).toContain(`| App ID: ${appId}`);
  expect(result.log).toMatch(/gh variable set SPRINKLR_APP_ID --repo \S+ --body/);
});

test('dry-run.yml creates its key, starts its simulator, and calls it', async () => {
  const workflow = find('examples/dry-run.yml');
  const run = { workflow, event: 'pull_request', env: {}, secrets: {}, vars: {} };
  const result = await startWorkflow(run).result;

  expectSuccess(result, []);
  expect(result.log).toMatch(/POST \S*apptoken\S*\s+200[^]*GET \S*\/me\s+200/);
});

describe('a wrong secret fails the step that gets it', () => {
  const certificate = Buffer.from(material().certificate).toString('base64');
  test.each<{ example: string; wrong: Record<string, string>; what: string; error: RegExp }>([
    {
      what: 'the secret of another app',
      example: 'token.yml',
      wrong: { SPRINKLR_API_SECRET: 'not-the-secret-of-this-app' },
      error: /title=CREDENTIALS_REJECTED::.*client/,
    },
    {
      what: 'the key of another certificate',
      example: 'token.yml',
      wrong: { SPRINKLR_PRIVATE_KEY: makeMaterial().secret },
      error: /title=CREDENTIALS_REJECTED::.*signature/,
    },
    {
      what: 'the certificate instead of the key',
      example: 'token.yml',
      wrong: { SPRINKLR_PRIVATE_KEY: certificate },
      error: /title=KEY_UNREADABLE::.*certificate/,
    },
    {
      what: 'no private key',
      example: 'token.yml',
      wrong: { SPRINKLR_PRIVATE_KEY: '' },
      error: /title=INPUT_MISSING::.*private-key/,
    },
    {
      what: 'no API secret in the environment',
      example: 'environment.yml',
      wrong: { SPRINKLR_API_SECRET: '' },
      error: /title=INPUT_MISSING::.*api-secret/,
    },
  ])('$example: $what', async ({ example, wrong, error }) => {
    const setup = await setUp();
    const secrets = { ...setup.run.secrets, ...wrong };
    const workflow = find(`examples/${example}`);
    const result = await startWorkflow({ ...setup.run, secrets, workflow }).result;

    expect(result.exitCode).toBe(1);
    const annotations = result.log.match(/❗ +::error .*$/gmu) ?? [];
    expect(annotations).toEqual([expect.stringMatching(error)]);
    const code = outputValues(result, 'error-code').join();
    expect(annotations[0]).toContain(`title=${code}::`);
    expect(annotations[0]).toContain(`/blob/v1/docs/troubleshooting.md#${code.toLowerCase()}`);
    expect(callsTo(setup).filter((call) => call.startsWith('me'))).toEqual([]);
    expectNone(result.log, [...Object.values(secrets), ...secretsOf(setup)]);
  });

  test('continue-on-error.yml: the secret of another app', async () => {
    const setup = await setUp();
    const secrets = { ...setup.run.secrets, SPRINKLR_API_SECRET: 'not-the-secret-of-this-app' };
    const workflow = find('examples/continue-on-error.yml');
    const result = await startWorkflow({ ...setup.run, secrets, workflow }).result;

    expect(result.exitCode).toBe(1);
    expect(result.log).toMatch(/::error title=CREDENTIALS_REJECTED::See/);
    expectNone(result.log, [...Object.values(secrets), ...secretsOf(setup)]);
  });
});

test('continue-on-error.yml succeeds with a warning if Sprinklr is down', async () => {
  const setup = await setUp();
  const down = { kind: 'status', status: 503, headers: { 'Retry-After': '0' } } as const;
  setup.sprinklr.fault('apptoken', down, down, down, down);
  const workflow = find('examples/continue-on-error.yml');
  const result = await startWorkflow({ ...setup.run, workflow }).result;

  expect(result.exitCode).toBe(0);
  expect(result.log).toMatch(/::warning title=SERVER_ERROR::/);
  expect(callsTo(setup)).toEqual(Array(4).fill('apptoken 503'));
  expectNone(result.log, secretsOf(setup));
});

test('a cancelled run ends within seconds and shows no secret', async () => {
  const setup = await setUp();
  setup.sprinklr.fault('apptoken', { kind: 'hang' });
  const { act, result } = startWorkflow({ ...setup.run, workflow: find('examples/token.yml') });
  while (setup.sprinklr.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const cancelled = performance.now();
  act.kill('SIGINT');
  const { exitCode, log } = await result;

  expect(performance.now() - cancelled).toBeLessThan(5000);
  expect(exitCode).not.toBe(0);
  expect(log).not.toContain('Job succeeded');
  expect(log).not.toContain('::set-output:: access-token');
  expect(callsTo(setup)).not.toContain('me 200');
  expectNone(log, secretsOf(setup));
});

describe('two concurrent runs', () => {
  // Each run waits here until both have a token. By then, one of the tokens is invalid if both have the same API key.
  async function runTogether(setup: Setup, runs: readonly Partial<Run>[]): Promise<RunResult[]> {
    const meeting = mkdtempSync(join(tmpdir(), 'meeting-'));
    const wait = `mktemp -p "${meeting}" >/dev/null; until test "$(ls "${meeting}" | wc -l)" = 2; do sleep 0.1; done`;
    const workflow = find('examples/token.yml').replace(/^( +)(?=curl)/m, `$1${wait}\n$1`);
    return Promise.all(runs.map((run) => startWorkflow({ ...setup.run, workflow, ...run }).result));
  }

  test('succeed with an API key each', async () => {
    const setup = await setUp();
    const other = {
      secrets: { ...setup.run.secrets, SPRINKLR_API_KEY: otherApp.apiKey },
      vars: { SPRINKLR_APP_ID: setup.sprinklr.register(material().certificate, otherApp.apiKey) },
    };
    for (const result of await runTogether(setup, [{}, other])) expectSuccess(result, secretsOf(setup));
  });

  test('invalidate the token of each other with one API key, as the log warns', async () => {
    const setup = await setUp();
    const results = await runTogether(setup, [{}, {}]);

    expect(results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    expect(callsTo(setup).sort()).toEqual(['apptoken 200', 'apptoken 200', 'me 200', 'me 401']);
    for (const { log } of results) {
      expect(log).toContain('the next token made with this key ends this one');
      expectNone(log, secretsOf(setup));
    }
  });
});
