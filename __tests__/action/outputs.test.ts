import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, username, world } from './world.ts';

/** Where a file is wanted, and cannot be written by anybody. */
const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-folder-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('export-env', () => {
  test('sets the three variables, and leaves the outputs as they are', async () => {
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

  test('sets nothing where it is false, in a registration, and on failure', async () => {
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

test('parameters-in: body puts every parameter into the form, and nothing into the address', async () => {
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

test('the log says for whom the token is, where it works, until when, and what ends it', async () => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: token });

  expect(step.shown.trimEnd().split('\n')).toEqual([
    `Sprinklr access token for ${username} at ${sprinklr.origin}/prod2. It lives until ${step.outputs['expires-at'] ?? ''}.`,
    'Sprinklr keeps one live token per API key: the next token made with this key ends this one.',
  ]);
});

describe('the job summary', () => {
  test('says for whom the token is, where it works, and until when', async () => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: token });

    expect(step.summary).toMatch(/^### Sprinklr access token\n\n\| \| \|\n/);
    expect(step.summary.trimEnd()).toMatch(/ with this API key \|$/);
    expect(rowsOf(step.summary)).toEqual([
      ['Acts as', username],
      ['API URL', `${sprinklr.origin}/prod2`],
      [
        'Lives until',
        `${step.outputs['expires-at'] ?? ''}, or until the next token is made with this API key`,
      ],
    ]);
  });

  test('stays empty where it is not wanted', async () => {
    const { token, register } = await world();
    for (const inputs of [token, register]) {
      const step = await runStep({ inputs: { ...inputs, 'job-summary': 'false' } });
      expectSuccess(step);
      expect(step.summary).toBe('');
    }
  });

  test.each([
    ['is not there', undefined],
    ['is empty', ''],
    ['cannot be written', folder],
    ['is nowhere', join(folder, 'no', 'such', 'file')],
  ])('whose file %s is no reason to fail', async (_, file) => {
    const { token, register } = await world();
    for (const inputs of [token, register]) {
      const step = await runStep({ inputs, env: { GITHUB_STEP_SUMMARY: file } });
      expectSuccess(step);
      expect(step.warnings).toEqual([]);
      expect(step.log).toContain('::debug::The job summary could not be written.');
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
  ])('cannot be broken by the name "%s"', async (name) => {
    const { token } = await world();
    const step = await runStep({ inputs: { ...token, username: name } });

    expectSuccess(step);
    const rows = rowsOf(step.summary);
    expect(rows.map(([title]) => title)).toEqual(['Acts as', 'API URL', 'Lives until']);
    const [, cell = ''] = rows[0] ?? [];
    expect(cell.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))).toBe(name);
    expect(cell.replace(/&#\d+;/g, '')).not.toMatch(/[<>|[\]()*_`\\&~#!]/);
  });
});

test('the name of a user cannot give orders to the runner', async () => {
  const { token } = await world();
  const step = await runStep({ inputs: { ...token, username: '##[stop-commands]x ::error::y' } });

  expectSuccess(step);
  expect(step.log).not.toContain('##[');
  expect(step.shown).toContain('Sprinklr access token for # #[stop-commands]x ::error::y at ');
});

describe('without the files of a runner', () => {
  test.each([
    ['GITHUB_OUTPUT', 'token'],
    ['GITHUB_ENV', 'token'],
    ['GITHUB_OUTPUT', 'register'],
  ] as const)('(no %s) a %s step fails before any request', async (variable, mode) => {
    const { sprinklr, ...inputs } = await world();
    const step = await runStep({ inputs: inputs[mode], env: { [variable]: undefined } });

    expect(step.exitCode).toBe(1);
    expect(step.errors).toHaveLength(1);
    expect(step.errors[0]?.title).toBe('INTERNAL');
    expect(step.errors[0]?.message).toBe(
      `This is not a step of a GitHub Actions job: ${variable} names no file that can be written. ` +
        'Use it in a workflow with "uses:". To try it at a desk, run "npm run demo".',
    );
    expect(step.log).not.toContain('::set-output');
    expect(sprinklr.requests).toEqual([]);
  });

  test('(none at all) a step names both', async () => {
    const { token } = await world();
    const env = { GITHUB_OUTPUT: undefined, GITHUB_ENV: undefined };
    const step = await runStep({ inputs: token, env });
    expect(step.errors[0]?.message).toContain('GITHUB_OUTPUT and GITHUB_ENV names no file');
  });

  test.each(['GITHUB_OUTPUT', 'GITHUB_ENV'])(
    '(an unwritable %s) the step fails before it makes a token',
    async (variable) => {
      const { sprinklr, token } = await world();
      const step = await runStep({ inputs: token, env: { [variable]: folder } });

      expect(step.exitCode).toBe(1);
      expect(step.errors).toHaveLength(1);
      expect(step.errors[0]?.message).toContain(`${variable} names no file`);
      expect(sprinklr.requests).toEqual([]);
    },
  );
});

test('debug lines name the address of each call, without its query', async () => {
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

test('a certificate adds its rows to the summary of a token', async () => {
  const { token } = await world();
  const step = await runStep({ inputs: { ...token, certificate: material().certificate } });

  expect(rowsOf(step.summary).map(([title]) => title)).toEqual([
    ...['Acts as', 'API URL', 'Lives until', 'Certificate', 'Certificate expires'],
  ]);
});

/** The table of a summary as GitHub reads it: a row a line, cells between bars. */
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

test('a failure of our own is called that; its words stay untold, and where it arose is for debuggers', async () => {
  const output = join(folder, 'output');
  writeFileSync(output, '');
  // Gone after it was found to be writable, and before the token is written to it.
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
      message:
        'sprinklr-token failed in a way that it should not. Run the job again with debug logging, and open an issue with the log of this step.',
    },
  ]);
  const debug = step.log.match(/^::debug::.*$/gm) ?? [];
  expect(debug.slice(-2)).toEqual([
    expect.stringMatching(/^::debug::Error%0A {4}at [^%]+(%0A {4}at [^%]+)*$/),
    '::debug::The output error-code could not be written.',
  ]);
  expect(step.log).not.toContain('Missing file');
});

describe('a failure names its entry in the documentation', () => {
  const here = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_ACTION_REPOSITORY: 'org/sprinklr-token',
    GITHUB_ACTION_REF: 'v1.2.3',
  };

  test('of the version that runs', async () => {
    const step = await runStep({ inputs: { mode: 'token' }, env: here });

    expectFailure(step, 'INPUT_MISSING');
    expect(step.errors[0]?.message).toMatch(
      / More: https:\/\/github\.com\/org\/sprinklr-token\/blob\/v1\.2\.3\/docs\/troubleshooting\.md#input_missing$/,
    );
  });

  test.each([
    ['on another server', { GITHUB_SERVER_URL: 'https://github.example.com' }],
    ['in a checkout of its own', { GITHUB_ACTION_REPOSITORY: '', GITHUB_ACTION_REF: '' }],
    ['where the repository is none', { GITHUB_ACTION_REPOSITORY: 'org/sprinklr-token?x' }],
    ['where the repository starts as none', { GITHUB_ACTION_REPOSITORY: '?/org/sprinklr-token' }],
    ['where the repository has no owner', { GITHUB_ACTION_REPOSITORY: 'sprinklr-token' }],
    ['where there is no ref', { GITHUB_ACTION_REF: '' }],
    ['where the ref starts as none', { GITHUB_ACTION_REF: '?v1' }],
    ['where the ref could break the line', { GITHUB_ACTION_REF: 'v1\n::warning::' }],
  ])('but not %s', async (_, env) => {
    const step = await runStep({ inputs: { mode: 'token' }, env: { ...here, ...env } });

    expectFailure(step, 'INPUT_MISSING');
    expect(step.errors[0]?.message).not.toContain('More:');
    expect(step.log).not.toContain('::warning');
  });
});
