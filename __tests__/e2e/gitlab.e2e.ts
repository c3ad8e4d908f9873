/** examples/gitlab-ci.yml, as it is. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { expectNone } from '../action/leaks.ts';
import { app, material, world, type World } from '../action/world.ts';
import { runPipeline } from './gitlab.ts';
import { callsTo, redirectUri } from './repository.ts';

const example = readFileSync(new URL('../../examples/gitlab-ci.yml', import.meta.url), 'utf8');
const ownApp = { ...app, redirectUri };

/** A project with the CI/CD variables of docs/other-ci.md, and the address of the simulator. */
async function setUp(): Promise<World & Omit<Parameters<typeof runPipeline>[0], 'text'>> {
  const made = await world({ apps: [ownApp] });
  const variables = {
    SPRINKLR_API_KEY: app.apiKey,
    SPRINKLR_API_SECRET: app.apiSecret,
    SPRINKLR_APP_ID: made.appId,
    SPRINKLR_BASE_URL: made.sprinklr.origin,
  };
  return { ...made, variables, files: { SPRINKLR_PRIVATE_KEY_FILE: material().secret } };
}

const secretsOf = ({ sprinklr }: World): string[] => [
  sprinklr.liveToken(app.apiKey) ?? '',
  material().secret,
  app.apiKey,
  app.apiSecret,
];

test('examples/gitlab-ci.yml gets a token, calls Sprinklr with it, and shows no secret', async () => {
  const setup = await setUp();
  const { exitCode, log } = await runPipeline({ ...setup, text: example });

  expect(exitCode === 0 ? '' : log).toBe('');
  expect(log).toMatch(/PASS +call-sprinklr/);
  expect(log).toContain('"email":"ci-bot@example.com"');
  expect(callsTo(setup)).toEqual(['apptoken 200', 'me 200']);
  expectNone(log, secretsOf(setup));
});

test('a command that prints its environment shows no secret', async () => {
  const setup = await setUp();
  const text = example.replace(/^( +)curl .*$/m, '$1env; env | base64 -w 0');
  const { exitCode, log } = await runPipeline({ ...setup, text });

  expect(exitCode === 0 ? '' : log).toBe('');
  for (const name of ['ACCESS_TOKEN', 'API_KEY']) expect(log).toContain(`SPRINKLR_${name}=***`);
  expect(log).not.toContain('SPRINKLR_API_SECRET');
  expect(log).not.toContain('SPRINKLR_PRIVATE_KEY_FILE');
  expectNone(log, secretsOf(setup));
});

test('a wrong secret fails the job, and says why', async () => {
  const setup = await setUp();
  const variables = { ...setup.variables, SPRINKLR_API_SECRET: 'not-the-secret-of-this-app' };
  const { exitCode, log } = await runPipeline({ ...setup, variables, text: example });

  expect(exitCode).toBe(1);
  expect(log).toMatch(/\(CREDENTIALS_REJECTED\)/);
  expect(log).toMatch(/FAIL +call-sprinklr/);
  expect(callsTo(setup)).toEqual(['apptoken 401']);
  expectNone(log, [...secretsOf(setup), 'not-the-secret-of-this-app']);
});
