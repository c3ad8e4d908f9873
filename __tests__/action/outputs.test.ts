import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, username, world } from './world.ts';

describe('export-env', () => {
  test('sets the three variables besides the outputs', async () => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, 'export-env': 'true' } });

    expectSuccess(step);
    expect(step.env).toEqual({
      SPRINKLR_ACCESS_TOKEN: sprinklr.liveToken(app.apiKey),
      SPRINKLR_API_KEY: app.apiKey,
      SPRINKLR_API_URL: `${sprinklr.origin}/prod2`,
    });
    expect(step.outputs['access-token']).toBe(step.env['SPRINKLR_ACCESS_TOKEN']);
  });

  test('sets nothing if it is false, in mode register, or on failure', async () => {
    const { sprinklr, token, register } = await world();
    const exporting: Inputs = { 'export-env': 'true' };
    const plain = await runStep({ inputs: token });
    const registered = await runStep({ inputs: { ...register, ...exporting } });
    sprinklr.fault('apptoken', { kind: 'status', status: 404 });
    const failed = await runStep({ inputs: { ...token, ...exporting } });

    expectSuccess(plain);
    expectSuccess(registered);
    expectFailure(failed, 'NOT_FOUND');
    expect([plain.env, registered.env, failed.env]).toEqual([{}, {}, {}]);
  });
});

describe('the job summary', () => {
  test('contains the username, the API URL, and the expiry, like the log, and the facts of a certificate', async () => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, certificate: material().certificate } });

    const facts = [username, `${sprinklr.origin}/prod2`, step.outputs['expires-at'] ?? 'none'];
    const { 'certificate-fingerprint': fingerprint = '', 'certificate-expires-at': expiry = 'none' } =
      step.outputs;
    for (const fact of facts) expect(step.shown).toContain(fact);
    expect(step.shown.trimEnd().split('\n')).toHaveLength(2);
    expect(step.summary).toMatch(/^### .+\n\n\| \| \|\n/);
    expect(rowsOf(step.summary).map(([, value]) => value)).toEqual([
      ...facts.map((fact) => expect.stringContaining(fact)),
      `SHA-256 ${fingerprint}`,
      expiry,
    ]);
  });

  test('is empty if job-summary is false', async () => {
    const { token, register } = await world();
    for (const inputs of [token, register]) {
      const step = await runStep({ inputs: { ...inputs, 'job-summary': 'false' } });
      expectSuccess(step);
      expect(step.summary).toBe('');
    }
  });

  test.each([
    ['is not set', undefined],
    ['is empty', ''],
    ['is a folder', tmpdir()],
    ['does not exist', join(tmpdir(), 'no', 'such', 'file')],
  ])('whose file %s does not fail the step', async (_, file) => {
    const { token, register } = await world();
    for (const inputs of [token, register]) {
      const step = await runStep({ inputs, env: { GITHUB_STEP_SUMMARY: file } });
      expectSuccess(step);
      expect(step.warnings).toEqual([]);
      expect(step.log).toMatch(/^::debug::.*summary/m);
    }
  });

  test.each([
    'a|b@example.com',
    '<img src=x onerror=alert(1)>@example.com',
    '</td></tr></table><h1>Hi',
    '[click](https://evil.example) **bold** _x_ `code`',
    '\\| a \\',
    '<!-- x',
    '| --- |',
    '&lt;b&gt;',
    '$x^2$ ~~gone~~ #1 @octocat',
  ])('escapes the username "%s"', async (name) => {
    const { token } = await world();
    const step = await runStep({ inputs: { ...token, username: name } });

    expectSuccess(step);
    const rows = rowsOf(step.summary);
    expect(rows).toHaveLength(3);
    const [, cell = ''] = rows[0] ?? [];
    expect(cell.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toBe(name);
    expect(cell.replace(/&#\d+;/g, '')).not.toMatch(/[<>|[\]()*_`\\&~#!]/);
  });
});

test('a username cannot inject a command to the runner', async () => {
  const { token } = await world();
  const step = await runStep({ inputs: { ...token, username: '##[stop-commands]x ::error::y' } });

  expectSuccess(step);
  expect(step.log).not.toContain('##[');
  expect(step.shown).toContain('# #[stop-commands]x ::error::y');
});

/** The cells of the summary's table. */
function rowsOf(summary: string): string[][] {
  const table = /^\| \| \|\n\|---\|---\|\n((?:\|.*\|\n)+)/m.exec(summary)?.[1] ?? '';
  return table
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

test('a failure links to its entry in the documentation of the version that runs', async () => {
  const env = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_ACTION_REPOSITORY: 'org/sprinklr-token',
    GITHUB_ACTION_REF: 'v1.2.3',
  };
  const step = await runStep({ inputs: { mode: 'token' }, env });

  expectFailure(
    step,
    'INPUT_MISSING',
    /https:\/\/github\.com\/org\/sprinklr-token\/blob\/v1\.2\.3\/docs\/troubleshooting\.md#input_missing$/,
  );
});
