/** Each workflow in examples/ and in the pages succeeds as it is. */
import { expect, test } from '@jest/globals';
import { app } from '../action/world.ts';
import { startWorkflow } from './act.ts';
import {
  callsTo,
  expectSuccess,
  find,
  outputValues,
  outputsIn,
  redirectUri,
  secretsOf,
  setUp,
  workflows,
} from './repository.ts';

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
  'README.md: Quick start': ['apptoken 200', 'me 200'],
  'README.md: One live token per API key': ['apptoken 200'],
};
const WITH_OWN_TEST = ['examples/register.yml', 'examples/dry-run.yml'];

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
/** With `seal`, or with `certificate`. */
const OPTIONAL_OUTPUTS: Record<string, RegExp> = {
  'sealed-token': /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/,
  'certificate-fingerprint': /^[\da-f]{64}$/,
  'certificate-expires-at': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
};

test('each workflow in examples/ and in the pages runs here', () => {
  const known = [...Object.keys(EXPECTED_CALLS), ...WITH_OWN_TEST];
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
      expect(value).toMatch({ ...OUTPUTS, ...OPTIONAL_OUTPUTS }[output] ?? `no value of ${output}`);
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
