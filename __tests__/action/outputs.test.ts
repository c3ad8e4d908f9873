import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, username, world } from './world.ts';

/** A folder in place of a file, which can't be written. */
const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-folder-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

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

test('parameters-in: body sends every parameter in the form and none in the URL', async () => {
  const { sprinklr, token, appId } = await world();
  const step = await runStep({ inputs: { ...token, 'parameters-in': 'body' } });

  expectSuccess(step);
  const [request] = sprinklr.requests;
  expect(sprinklr.requests).toHaveLength(1);
  expect(request?.path).toBe(`/prod2/oauth/apptoken/${encodeURIComponent(appId)}`);
  expect([...(request?.query ?? [])]).toEqual([]);
  expect(request?.headers).toMatchObject({
    key: app.apiKey,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(request?.body.length),
  });
  expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
    client_id: app.apiKey,
    client_secret: app.apiSecret,
    redirect_uri: app.redirectUri,
    grant_type: 'authorization_code',
    refresh_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  });
});

test('the log contains the username, the API URL, and the expiry', async () => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: token });

  for (const fact of [username, `${sprinklr.origin}/prod2`, step.outputs['expires-at'] ?? 'none'])
    expect(step.shown).toContain(fact);
  expect(step.shown.trimEnd().split('\n')).toHaveLength(2);
});

describe('the job summary', () => {
  test('contains the username, the API URL, and the expiry', async () => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: token });

    expect(step.summary).toMatch(/^### .+\n\n\| \| \|\n/);
    expect(rowsOf(step.summary).map(([, value]) => value)).toEqual([
      username,
      `${sprinklr.origin}/prod2`,
      expect.stringContaining(step.outputs['expires-at'] ?? 'none'),
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
    ['is a folder', folder],
    ['does not exist', join(folder, 'no', 'such', 'file')],
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

describe('without the files of the runner', () => {
  test.each([
    ['GITHUB_OUTPUT', 'token'],
    ['GITHUB_ENV', 'token'],
    ['GITHUB_OUTPUT', 'register'],
  ] as const)('(no %s) mode %s fails before any request', async (variable, mode) => {
    const { sprinklr, ...inputs } = await world();
    const step = await runStep({ inputs: inputs[mode], env: { [variable]: undefined } });

    expect(step.exitCode).toBe(1);
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.title).toBe('INPUT_MISSING');
    expect(step.errors[0]?.message).toContain(variable);
    expect(step.errors[0]?.message).toContain('npm run demo');
    expect(step.log).not.toContain('::set-output');
    expect(sprinklr.requests).toEqual([]);
  });

  test('(no file at all) the error names both variables', async () => {
    const { token } = await world();
    const env = { GITHUB_OUTPUT: undefined, GITHUB_ENV: undefined };
    const step = await runStep({ inputs: token, env });
    expect(step.errors[0]?.message).toMatch(/GITHUB_OUTPUT.*GITHUB_ENV/);
  });

  test.each(['GITHUB_OUTPUT', 'GITHUB_ENV'])(
    '(%s is a folder) the step fails before any request',
    async (variable) => {
      const { sprinklr, token } = await world();
      const step = await runStep({ inputs: token, env: { [variable]: folder } });

      expect(step.exitCode).toBe(1);
      expect(step.errors).toHaveLength(1);
      expect(step.errors[0]?.message).toContain(variable);
      expect(sprinklr.requests).toEqual([]);
    },
  );
});

test('debug lines contain the URL of each request without its query', async () => {
  const { sprinklr, token, register } = await world();
  sprinklr.fault('apptoken', { kind: 'status', status: 503, headers: { 'Retry-After': '0' } });
  const steps = [await runStep({ inputs: token }), await runStep({ inputs: register })];

  const debug = steps
    .flatMap(({ log }) => log.match(/^::debug::.*$/gm) ?? [])
    .map((line) => decodeURIComponent(line));
  const statuses = debug.flatMap(
    (line) => /POST http:\/\/127\.0\.0\.1:\d+(\/[\w/=%]+): (\d+)$/.exec(line)?.slice(1) ?? [],
  );
  expect(statuses).toEqual([
    ...[`/prod2/oauth/apptoken/${encodeURIComponent(token['app-id'] ?? '')}`, '503'],
    ...[`/prod2/oauth/apptoken/${encodeURIComponent(token['app-id'] ?? '')}`, '200'],
    ...['/prod2/oauth/token', '200', '/prod2/api/bdi/app/register', '200'],
  ]);
  expect(debug.join('\n')).not.toMatch(/\?|client_|grant_type|eyJhbGciOi/);
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

test('an internal error is reported without its message, and its stack trace is in the debug log', async () => {
  const output = join(folder, 'output');
  writeFileSync(output, '');
  // Removed between the check that it is writable and the output of the token.
  const { token } = await world({
    log: () => {
      rmSync(output);
    },
  });
  const step = await runStep({ inputs: token, env: { GITHUB_OUTPUT: output } });

  expect(step.exitCode).toBe(1);
  expect(step.errors).toMatchObject([
    {
      title: 'INTERNAL',
      message: expect.stringContaining('debug logging'),
    },
  ]);
  const debug = step.log.match(/^::debug::.*$/gm) ?? [];
  expect(debug.slice(-2)).toEqual([
    expect.stringMatching(/^::debug::Caused by Error%0A {4}at [^%]+(%0A {4}at [^%]+)*$/),
    expect.stringMatching(/^::debug::.*error-code/),
  ]);
  expect(step.log).not.toContain('Missing file');
});

describe('a failure links to its entry in the documentation', () => {
  const onGitHub = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_ACTION_REPOSITORY: 'org/sprinklr-token',
    GITHUB_ACTION_REF: 'v1.2.3',
  };

  test('of the version that runs', async () => {
    const step = await runStep({ inputs: { mode: 'token' }, env: onGitHub });

    expectFailure(step, 'INPUT_MISSING');
    expect(step.errors[0]?.message).toMatch(
      /https:\/\/github\.com\/org\/sprinklr-token\/blob\/v1\.2\.3\/docs\/troubleshooting\.md#input_missing$/,
    );
  });

  test.each([
    ['on another server', { GITHUB_SERVER_URL: 'https://github.example.com' }],
    ['in a local checkout', { GITHUB_ACTION_REPOSITORY: '', GITHUB_ACTION_REF: '' }],
    ['if the repository has a query', { GITHUB_ACTION_REPOSITORY: 'org/sprinklr-token?x' }],
    ['if the repository starts with ?', { GITHUB_ACTION_REPOSITORY: '?/org/sprinklr-token' }],
    ['if the repository has no owner', { GITHUB_ACTION_REPOSITORY: 'sprinklr-token' }],
    ['if there is no ref', { GITHUB_ACTION_REF: '' }],
    ['if the ref starts with ?', { GITHUB_ACTION_REF: '?v1' }],
    ['if the ref contains a line break', { GITHUB_ACTION_REF: 'v1\n::warning::' }],
  ])('but not %s', async (_, env) => {
    const step = await runStep({ inputs: { mode: 'token' }, env: { ...onGitHub, ...env } });

    expectFailure(step, 'INPUT_MISSING');
    expect(step.errors[0]?.message).not.toContain('troubleshooting.md');
    expect(step.log).not.toContain('::warning');
  });
});
