import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { documentedWorkflows } from '../../scripts/documented-workflows.js';
import { expectNone } from '../action/leaks.ts';
import { app, material, world, type World } from '../action/world.ts';
import { makeMaterial } from '../material.ts';
import { startRun, type Ran, type Run } from './act.ts';

const folder = new URL('../../examples/', import.meta.url);
const examples = readdirSync(folder).map((file) => ({
  name: `examples/${file}`,
  text: readFileSync(new URL(file, folder), 'utf8'),
}));
const shown = documentedWorkflows().filter(({ text }) => examples.every((example) => example.text !== text));
const workflows = [...examples, ...shown];

function find(name: string): string {
  const found = workflows.find((workflow) => workflow.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found.text;
}

/** A Sprinklr that knows the app and the certificate, and a repository that is set up as docs/setup.md says. */
async function setUp(): Promise<World & { run: Omit<Run, 'workflow'>; secrets: string[] }> {
  const here = await world({ apps: [{ ...app, redirectUri: 'https://www.example.com/callback' }] });
  const { certificate, secret } = material();
  const secrets = {
    SPRINKLR_PRIVATE_KEY: secret,
    SPRINKLR_API_KEY: app.apiKey,
    SPRINKLR_API_SECRET: app.apiSecret,
  };
  const vars = { SPRINKLR_APP_ID: here.appId, SPRINKLR_CERTIFICATE: certificate };
  const run = { baseUrl: here.sprinklr.origin, secrets, vars };
  return { ...here, run, secrets: Object.values(secrets) };
}

const calls = ({ sprinklr }: World): string[] =>
  sprinklr.requests.map(({ endpoint, status }) => `${endpoint ?? ''} ${status ?? ''}`);
const live = ({ sprinklr }: World): string => sprinklr.liveToken(app.apiKey) ?? 'no live token';

/** What went over the wire and is nobody's business: each assertion's signature, and each token that was used. */
const sent = ({ sprinklr }: World): string[] =>
  sprinklr.requests.flatMap(({ query, headers }) => [
    ...query.getAll('refresh_token').map((assertion) => assertion.split('.')[2] ?? ''),
    ...(headers.authorization?.split(' ').slice(1) ?? []),
  ]);

/** What the steps handed on, as the engine shows it. */
const handedOn = ({ log }: Ran): [name: string, value: string][] =>
  [...log.matchAll(/::set-output:: ([\w-]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
const outputs = (ran: Ran, wanted: string): string[] =>
  handedOn(ran).flatMap(([name, value]) => (name === wanted ? [value] : []));

/** What README.md says of the outputs of every step that mints or unseals. */
const promised = ({ sprinklr }: World): Record<string, RegExp> => ({
  'access-token': /^\*{3}$/,
  'token-type': /^Bearer$/,
  'expires-in': /^259\d{4}$/,
  'expires-at': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  'api-url': new RegExp(`^${sprinklr.origin}/prod2$`),
});

function expectGreen(ran: Ran, secrets: readonly string[]): void {
  expect(ran.exitCode === 0 ? '' : ran.log).toBe('');
  expect(ran.log).toContain('Job succeeded');
  expect(ran.log).not.toMatch(/Job failed|❗|❌/u);
  expectNone(ran.log, secrets);
}

/** What each of these calls, where all is well. */
const GREEN: Record<string, string[]> = {
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
const OF_ITS_OWN = ['examples/register.yml', 'examples/dry-run.yml'];
const LINTED_ONLY = {
  'README.md: Runners, proxies, private CAs': 'shows nothing but the environment of a step',
};

test('every workflow of examples/ and of the pages is run here, or there is a reason why not', () => {
  expect([...Object.keys(GREEN), ...OF_ITS_OWN, ...Object.keys(LINTED_ONLY)].sort()).toEqual(
    workflows.map(({ name }) => name).sort(),
  );
});

test.each(Object.entries(GREEN))(
  '%s runs green, shows no secret, and makes the calls %j',
  async (name, expected) => {
    const here = await setUp();
    const ran = await startRun({ ...here.run, workflow: find(name) }).ended;

    const secrets = [...here.secrets, ...sent(here), live(here)];
    expectGreen(ran, secrets);
    expect(calls(here)).toEqual(expected);
    const sealed = { 'sealed-token': /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/ };
    for (const [name, value] of handedOn(ran))
      expect(value).toMatch({ ...promised(here), ...sealed }[name] ?? `which no page says of ${name}`);
    for (const name of Object.keys(promised(here))) expect([name, ...outputs(ran, name)]).not.toEqual([name]);
    // GitHub drops an output of a job in which a masked value stands; act does not.
    for (const token of outputs(ran, 'sealed-token')) expectNone(token, secrets);
  },
);

test('a matrix of jobs gets one token by way of the reusable workflow, and each job has the use of it', async () => {
  const here = await setUp();
  const ran = await startRun({ ...here.run, workflow: find('examples/matrix.yml') }).ended;

  expect(ran.log.match(/🏁 {2}Job succeeded/gu)).toHaveLength(4);
  expect(outputs(ran, 'sealed-token')).toHaveLength(1);
  const bearers = here.sprinklr.requests.flatMap(({ headers }) => headers.authorization ?? []);
  expect(bearers).toEqual(Array(3).fill(`Bearer ${live(here)}`));
});

test('register.yml takes the address that the browser landed on, and shows the App ID but not the code', async () => {
  const here = await setUp();
  const code = here.sprinklr.issueCode(app.apiKey);
  const inputs = { code: `https://www.example.com/callback?code=${code}` };
  const ran = await startRun({ ...here.run, workflow: find('examples/register.yml'), inputs }).ended;

  expectGreen(ran, [...here.secrets, ...sent(here), code]);
  expect(calls(here)).toEqual(['token 200', 'register 200']);
  const [appId = ''] = outputs(ran, 'app-id');
  expect(ran.log).toContain(`| App ID: ${appId}`);
  expect(ran.log).toMatch(/gh variable set SPRINKLR_APP_ID --repo \S+ --body/);
});

test('dry-run.yml makes its key, starts its own Sprinklr, and calls it', async () => {
  const here = await setUp();
  const run = {
    ...here.run,
    workflow: find('examples/dry-run.yml'),
    event: 'pull_request',
    secrets: {},
    vars: {},
  };
  const ran = await startRun(run).ended;

  expectGreen(ran, []);
  expect(ran.log).toMatch(/POST \S*apptoken\S*\s+200[^]*GET \S*\/me\s+200/);
});

describe('what is set wrong fails where it is set, with a code', () => {
  test.each<[what: string, secret: Record<string, string>, error: RegExp]>([
    [
      'another API secret',
      { SPRINKLR_API_SECRET: 'not-the-secret-of-this-app' },
      /title=CREDENTIALS_REJECTED::.*client/,
    ],
    [
      'a key of another certificate',
      { SPRINKLR_PRIVATE_KEY: makeMaterial().secret },
      /title=CREDENTIALS_REJECTED::.*signature/,
    ],
    ['a secret that is not set', { SPRINKLR_PRIVATE_KEY: '' }, /title=INPUT_MISSING::.*private-key/],
    [
      'the certificate in place of the key',
      { SPRINKLR_PRIVATE_KEY: Buffer.from(material().certificate).toString('base64') },
      /title=KEY_UNREADABLE::.*certificate/,
    ],
  ])('%s', async (_, wrong, error) => {
    const here = await setUp();
    const secrets = { ...here.run.secrets, ...wrong };
    const ran = await startRun({ ...here.run, secrets, workflow: find('examples/token.yml') }).ended;

    expect(ran.exitCode).toBe(1);
    const [annotation = ''] = /❗ +::error .*$/mu.exec(ran.log) ?? [];
    expect(annotation).toMatch(error);
    const code = outputs(ran, 'error-code').join();
    expect(annotation).toContain(`title=${code}::`);
    expect(annotation).toContain(`/blob/v1/docs/troubleshooting.md#${code.toLowerCase()}`);
    expect(calls(here).filter((call) => call.startsWith('me'))).toEqual([]);
    expectNone(ran.log, [...Object.values(secrets), ...sent(here)]);
  });

  test('and a workflow may branch on that code', async () => {
    const here = await setUp();
    const workflow = find('examples/continue-on-error.yml');
    const secrets = { ...here.run.secrets, SPRINKLR_API_SECRET: 'not-the-secret-of-this-app' };
    const wrong = await startRun({ ...here.run, secrets, workflow }).ended;
    expect(wrong).toMatchObject({ exitCode: 1 });
    expect(wrong.log).toContain('::error title=CREDENTIALS_REJECTED::See the step before this one.');

    const down = { kind: 'status', status: 503, headers: { 'Retry-After': '0' } } as const;
    here.sprinklr.fault('apptoken', down, down, down, down);
    const without = await startRun({ ...here.run, workflow }).ended;
    expect(without).toMatchObject({ exitCode: 0 });
    expect(without.log).toContain('::warning title=SERVER_ERROR::Sprinklr is not available now.');
    expectNone(without.log, [...here.secrets, ...sent(here)]);
  });
});

test('a run that is cancelled while the action waits ends at once, and says nothing secret', async () => {
  const here = await setUp();
  here.sprinklr.fault('apptoken', { kind: 'hang' });
  const { engine, ended } = startRun({ ...here.run, workflow: find('examples/token.yml') });
  while (here.sprinklr.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const cancelled = performance.now();
  engine.kill('SIGINT');
  const ran = await ended;

  expect(performance.now() - cancelled).toBeLessThan(5000);
  expect(ran.exitCode).not.toBe(0);
  expect(ran.log).not.toContain('Job succeeded');
  expect(outputs(ran, 'access-token')).toEqual([]);
  expect(calls(here)).not.toContain('me 200');
  expectNone(ran.log, [...here.secrets, ...sent(here)]);
});

describe('two runs at once', () => {
  test('with a key each do not touch each other', async () => {
    const both = await Promise.all([setUp(), setUp()]);
    const runs = both.map(({ run }) => startRun({ ...run, workflow: find('examples/matrix.yml') }).ended);
    for (const [index, ran] of (await Promise.all(runs)).entries()) {
      const here = both[index];
      if (here === undefined) throw new Error('there are two');
      expectGreen(ran, [...here.secrets, ...sent(here)]);
      expect(calls(here)).toEqual(GREEN['examples/matrix.yml']);
    }
  });

  test('with one key and no "concurrency:" round them, end the token of each other, as the log warns', async () => {
    const here = await setUp();
    // Neither run goes on before both have their token: the first of them is dead by then.
    const meeting = mkdtempSync(join(tmpdir(), 'meeting-'));
    const workflow = find('examples/token.yml').replace(
      /^( +)curl/m,
      `$1mktemp -p "${meeting}" >/dev/null; until test "$(ls "${meeting}" | wc -l)" = 2; do sleep 0.1; done\n$1curl`,
    );
    const runs = await Promise.all([0, 1].map(() => startRun({ ...here.run, workflow }).ended));

    expect(runs.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    expect(
      calls(here)
        .filter((call) => call.startsWith('me'))
        .sort(),
    ).toEqual(['me 200', 'me 401']);
    for (const { log } of runs) {
      expect(log).toContain('the next token made with this key ends this one');
      expectNone(log, [...here.secrets, ...sent(here)]);
    }
  });
});
