/** Workflows in examples/ when a secret is wrong, Sprinklr is down, a run is cancelled, or two runs meet. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { expectNone } from '../action/leaks.ts';
import { material } from '../action/world.ts';
import { makeMaterial } from '../material.ts';
import { startWorkflow, type Run, type RunResult } from './act.ts';
import {
  callsTo,
  expectSuccess,
  find,
  otherApp,
  outputValues,
  secretsOf,
  setUp,
  type Setup,
} from './repository.ts';

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
    // The reusable workflow runs the action by its commit.
    expect(annotations[0]).toMatch(
      new RegExp(`/blob/(?:v1|[\\da-f]{40})/docs/troubleshooting\\.md#${code.toLowerCase()}$`),
    );
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
      expect(log).toContain('the next token for this key invalidates this one');
      expectNone(log, secretsOf(setup));
    }
  });
});
