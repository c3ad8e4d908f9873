import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { expectFailure } from '../action/expectations.ts';
import { app, material, world, type World } from '../action/world.ts';
import { runWorkflow, type Finished, type Run } from './engine.ts';

const examples = readdirSync(new URL('../../examples', import.meta.url)).sort();

/** Not run, and why. */
const skipped: Record<string, string> = {
  'dry-run.yml': 'it installs a package from GitHub, which a test does not',
};

/** A repository that is set up as docs/setup.md says, and a Sprinklr that knows its app and certificate. */
async function repository(tokenLifetime = 2_591_999): Promise<World & { run: Run }> {
  const redirectUri = 'https://www.example.com/callback';
  const sprinklr = await world({ apps: [{ ...app, redirectUri }], tokenLifetime });
  const { apiKey, apiSecret } = app;
  const { certificate, secret } = material();
  const run: Run = {
    baseUrl: sprinklr.sprinklr.origin,
    secrets: { SPRINKLR_PRIVATE_KEY: secret, SPRINKLR_API_KEY: apiKey, SPRINKLR_API_SECRET: apiSecret },
    vars: { SPRINKLR_APP_ID: sprinklr.appId, SPRINKLR_CERTIFICATE: certificate },
  };
  return { ...sprinklr, run };
}

const calls = ({ sprinklr }: World): string[] =>
  sprinklr.requests.map(({ endpoint, status }) => `${endpoint ?? ''} ${status ?? ''}`);

/** Each job succeeded, and no log shows a secret. */
function expectGreen(finished: Finished, secrets: readonly string[]): void {
  for (const [name, { result, log }] of Object.entries(finished.jobs)) {
    expect([name, result, result === 'success' ? '' : log]).toEqual([name, 'success', '']);
  }
  const logs = Object.values(finished.jobs)
    .map(({ log }) => log)
    .join('\n');
  expect(logs).not.toBe('');
  for (const secret of secrets) expect(logs).not.toContain(secret);
}

test.each([
  ['token.yml', ['apptoken 200', 'me 200']],
  ['export-env.yml', ['apptoken 200', 'me 200']],
  ['continue-on-error.yml', ['apptoken 200', 'me 200']],
  ['shared-key.yml', ['apptoken 200', 'me 200']],
  ['long-job.yml', ['apptoken 200', 'me 200', 'apptoken 200', 'me 200']],
  ['matrix.yml', ['apptoken 200', 'me 200', 'me 200', 'me 200']],
  ['seal.yml', ['apptoken 200', 'me 200', 'me 200']],
])('%s runs green, shows no secret, and makes these calls: %j', async (file, expected) => {
  const here = await repository();
  const finished = await runWorkflow(`examples/${file}`, here.run);

  expectGreen(finished, [
    ...Object.values(here.run.secrets ?? {}),
    here.sprinklr.liveToken(app.apiKey) ?? '',
  ]);
  expect(calls(here)).toEqual(expected);
});

test('environment.yml finds the API secret in the environment that a person approves, and nowhere else', async () => {
  const here = await repository();
  const { SPRINKLR_API_SECRET = '', ...secrets } = here.run.secrets ?? {};
  const environments = { production: { SPRINKLR_API_SECRET } };
  const finished = await runWorkflow('examples/environment.yml', { ...here.run, secrets, environments });

  expectGreen(finished, [SPRINKLR_API_SECRET, here.sprinklr.liveToken(app.apiKey) ?? '']);
  expect(calls(here)).toEqual(['apptoken 200', 'me 200']);

  const empty = await runWorkflow('examples/environment.yml', {
    ...here.run,
    secrets,
    environments: { production: {} },
  });
  expect(empty.jobs['token / token']?.steps[0]?.errors[0]?.message).toContain(
    'The input api-secret is empty.',
  );
  expect(empty.jobs['call']?.result).toBe('skipped');
});

test('register.yml registers with the address that the browser landed on, and never shows the code in it', async () => {
  const here = await repository();
  const code = here.sprinklr.issueCode(app.apiKey);
  const inputs = { code: `https://www.example.com/callback?code=${code}` };
  const finished = await runWorkflow('examples/register.yml', { ...here.run, inputs });

  expectGreen(finished, [...Object.values(here.run.secrets ?? {}), code]);
  expect(calls(here)).toEqual(['token 200', 'register 200']);
  expect(finished.jobs['register']?.log).toMatch(
    /gh variable set SPRINKLR_APP_ID --repo example\/pipeline --body '\w+=*'/,
  );
});

test('continue-on-error.yml goes on with a warning where Sprinklr is down', async () => {
  const here = await repository();
  // No wait between the tries.
  const down = { kind: 'status', status: 503, headers: { 'Retry-After': '0' } } as const;
  here.sprinklr.fault('apptoken', down, down, down, down);
  const finished = await runWorkflow('examples/continue-on-error.yml', here.run);

  expect(finished.result).toBe('success');
  expect(finished.jobs['me']?.log).toContain('::warning title=SERVER_ERROR::');
  expect(calls(here)).not.toContain('me 200');
});

test('continue-on-error.yml fails where something is set wrong', async () => {
  const here = await repository();
  const secrets = { ...here.run.secrets, SPRINKLR_API_SECRET: 'not the secret of that app' };
  const finished = await runWorkflow('examples/continue-on-error.yml', { ...here.run, secrets });

  expect(finished.result).toBe('failure');
  expect(finished.jobs['me']?.log).toContain('::error title=CREDENTIALS_REJECTED::');
});

test('matrix.yml: failed jobs that run again open the token of the first attempt; nothing is minted again', async () => {
  const here = await repository();
  here.sprinklr.fault('me', { kind: 'status', status: 500 });
  const first = await runWorkflow('examples/matrix.yml', here.run);
  expect(first.result).toBe('failure');

  const second = await runWorkflow('examples/matrix.yml', { ...here.run, again: first });
  expect(second.attempt).toBe(2);
  expect(second.result).toBe('success');
  expect(calls(here).filter((call) => call.startsWith('apptoken'))).toEqual(['apptoken 200']);
});

test('matrix.yml: once that token has expired, failed jobs that run again say so and fail', async () => {
  const here = await repository(1);
  here.sprinklr.fault('any', { kind: 'none' }, { kind: 'status', status: 500 });
  const first = await runWorkflow('examples/matrix.yml', here.run);
  expect(first.result).toBe('failure');
  await new Promise((resolve) => setTimeout(resolve, 1000));

  const failedJobs = await runWorkflow('examples/matrix.yml', { ...here.run, again: first });
  const [shard] = Object.entries(failedJobs.jobs).flatMap(([name, { result, steps }]) =>
    name.startsWith('call') && result === 'failure' ? steps : [],
  );
  if (shard === undefined) throw new Error('no shard failed');
  expectFailure(shard, 'SEALED_TOKEN_EXPIRED', 'Run the job that mints the token again');
});

test('matrix.yml: another run of the same repository cannot open a token of this one', async () => {
  const here = await repository();
  here.sprinklr.fault('me', { kind: 'status', status: 500 });
  const first = await runWorkflow('examples/matrix.yml', here.run);
  const stolen = await runWorkflow('examples/matrix.yml', { ...here.run, again: first, runId: '987655' });

  const shards = Object.entries(stolen.jobs).filter(
    ([name, { steps }]) => name.startsWith('call') && steps[0]?.exitCode !== 0,
  );
  expect(shards.map(([, { steps }]) => steps[0]?.outputs)).toEqual([
    { 'error-code': 'SEALED_TOKEN_INVALID' },
  ]);
});

test('a plain token does not reach another job: GitHub drops the output, with a warning', async () => {
  const here = await repository();
  const first = await runWorkflow('__tests__/workflows/unsealed.yml', here.run);

  expect(first.jobs['mint']?.log).toContain(
    "Warning: Skip output 'access-token' since it may contain secret.",
  );
  expect(first.jobs['mint']?.outputs).toEqual({ 'api-url': `${here.sprinklr.origin}/prod2` });
});

test('every example is run, but those that have a reason', () => {
  const source = readFileSync(new URL(import.meta.url), 'utf8');
  const unrun = examples.filter(
    (file) => !(file in skipped) && !new RegExp(`^test.*${file}|\\['${file}`, 'm').test(source),
  );
  expect(unrun).toEqual([]);
});

test.each(Object.entries(skipped))('%s is not run, because %s', (file) => {
  const text = readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8');
  expect(text).toContain('npx');
});

test.each(examples)('%s asks for no permissions and keeps to the group of its API key', (file) => {
  const text = readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8');
  const { permissions, concurrency } = parse(text) as {
    permissions: unknown;
    concurrency?: string | { group: string };
  };
  expect(permissions).toEqual({});
  if (file in skipped) return;
  expect(typeof concurrency === 'object' ? concurrency.group : concurrency).toBe('sprinklr-api-key');
});
