import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseAuthorizationCode } from '../../src/sprinklr/authorization-code.ts';
import { runStep } from '../action/harness.ts';
import { app, material, status, world } from '../action/world.ts';
import { makeMaterial } from '../material.ts';
import { emptyPath, fakeBrowser, fakeGh } from './fake-programs.ts';
import { folderWith } from './folders.ts';
import { freePort, run, terminal, type Call, type Result } from './harness.ts';

const elsewhere = 'https://www.example.com/callback';
const apiKey = 'k7apikey+3n5x9w2q/8r4t6y1z==';
const env = { SPRINKLR_API_KEY: apiKey };
const code = '5f2c9a7be1d04c3388aa61d2';

function dispatch(flags: readonly string[], call: Omit<Call, 'args'> = {}): Promise<Result> {
  return run({ env, ...call, args: ['register', '--dispatch', '--redirect-uri', elsewhere, ...flags] });
}

/** The path of a certificate of the same key that has expired. */
function expired(): string {
  const path = join(folderWith(), 'expired.crt');
  const command = `x509 -req -days -1 -in server.csr -signkey server.key -out ${path}`;
  material().openssl(...command.split(' '));
  return path;
}

describe('usage errors', () => {
  test.each([
    [['--redirect-uri', 'callback'], 'redirect-uri'],
    [['--redirect-uri', `${elsewhere}#here`], 'redirect-uri contains a #'],
    [['--environment', 'prod 2/..'], 'environment'],
    [['--gateway', 'api4'], 'gateway'],
    [['--base-url', 'http://sprinklr.test'], 'base-url'],
    [['--consent-timeout-seconds', '0'], '--consent-timeout-seconds must be'],
    ...['a.yml;id', '--help', ';a.yml'].map((workflow): [string[], string] => [
      [`--workflow=${workflow}`],
      '--workflow must look like register.yml',
    ]),
    [['--repo=a/b;id'], '--repo must have the form OWNER/REPO'],
    ...['a b', '-a', 'a;id', '$a'].map((ref): [string[], string] => [
      [`--ref=${ref}`],
      '--ref must look like main',
    ]),
    [['--api-key-file', '-'], 'Standard input is reserved for the redirect URL'],
  ])('%j', async (flags, problem) => {
    const { exitCode, stdout, stderr } = await dispatch(flags);
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(problem)]);
  });

  test.each([
    ['redirect-uri', {}],
    ['api-key', { SPRINKLR_REDIRECT_URI: elsewhere }],
  ])('a missing %s', async (name, variables) => {
    const { exitCode, stdout, stderr } = await run({ args: ['register', '--dispatch'], env: variables });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(name);
  });

  test.each(['one two', 'schlüssel'])('the API key "%s", which is not repeated', async (key) => {
    const { exitCode, stdout, stderr } = await dispatch([], { env: { SPRINKLR_API_KEY: key } });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--api-key-file or SPRINKLR_API_KEY');
    expect(stderr).not.toContain(key);
  });
});

describe('the API key', () => {
  test('is asked for on a terminal, and not shown', async () => {
    const session = terminal({
      args: ['register', '--dispatch', '--redirect-uri', elsewhere],
      env: { SPRINKLR_API_KEY: ' ', PATH: fakeGh().path },
    });
    await session.shows('API key');
    session.type('two words');
    await session.shows('without spaces');
    session.press('\u007F'.repeat('two words'.length));
    const before = session.screen().length;
    session.type('typed-key');
    await session.shows('Redirect URL');
    // It is a parameter of the page, but it is not shown while it is typed.
    expect(session.screen()).toContain('client_id=typed-key&');
    expect(session.screen().slice(before).split('client_id=')[0]).not.toContain('typed-key');
    session.press('\u0003');
    await session.exit;
  });
});

describe('registering from this computer', () => {
  const { folder, certificate } = material();
  const fileOf = (name: string): string => join(folder, name);
  const fingerprint = new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();

  /** A simulated Sprinklr, and the values for it without a code or token. */
  async function setUp(redirectUri = elsewhere) {
    const { sprinklr } = await world({ apps: [{ ...app, redirectUri }] });
    const values = {
      SPRINKLR_CERTIFICATE_FILE: fileOf('server.crt'),
      SPRINKLR_PRIVATE_KEY_FILE: fileOf('server.der'),
      SPRINKLR_API_KEY: app.apiKey,
      SPRINKLR_API_SECRET: app.apiSecret,
      SPRINKLR_REDIRECT_URI: redirectUri,
      SPRINKLR_ENVIRONMENT: app.environment,
      SPRINKLR_BASE_URL: sprinklr.origin,
    };
    const calls = (): (string | undefined)[] => sprinklr.requests.map(({ endpoint }) => endpoint);
    return { sprinklr, env: values, calls, code: () => sprinklr.issueCode(app.apiKey) };
  }

  /** Variables that an example changes. Undefined removes one. */
  type Changes = Record<string, string | undefined>;
  function changed(variables: Record<string, string>, changes: Changes): Record<string, string> {
    const entries = Object.entries({ ...variables, ...changes });
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  test('leads from the consent to the App ID, which is alone on standard output', async () => {
    const { sprinklr, env, calls } = await setUp(`http://localhost:${await freePort()}/callback`);
    const browser = fakeBrowser();
    const call = { args: ['register'], env: { ...env, PATH: browser.path, DISPLAY: ':0' } };
    const { exitCode, stdout, stderr } = await run(call);
    expect(exitCode).toBe(0);
    const appId = stdout.trimEnd();
    expect(stdout).toBe(`${appId}\n`);
    expect(calls()).toEqual(['authorize', 'authorize', 'token', 'register']);
    expect(sprinklr.requests.at(-1)?.body).toBe(certificate);

    expect(stderr).toMatch(/requests an access token\. This invalidates.*[\s\S]*\/oauth\/authorize/);
    expect(stderr).toContain(`SHA-256 fingerprint ${fingerprint}. It expires at 20`);
    expect(stderr).toContain(`gh variable set SPRINKLR_APP_ID --body '${appId}'`);
    expect(stderr).toContain('The next token request for this API key invalidates');
    const { redirect } = await browser.visit();
    const code = new URL(redirect.url).searchParams.get('code') ?? '';
    for (const secret of [app.apiSecret, code, sprinklr.liveToken(app.apiKey) ?? '', material().secret])
      expect(stderr).not.toContain(secret);

    // It is the one that a token request needs.
    const token = await runStep({
      inputs: {
        ...(await world()).token,
        'base-url': sprinklr.origin,
        'redirect-uri': env.SPRINKLR_REDIRECT_URI,
        'app-id': appId,
      },
    });
    expect(token.errors).toEqual([]);
  });

  test.each([
    ['in a variable', (code: string) => ({ env: { SPRINKLR_AUTHORIZATION_CODE: code } })],
    ['in a file', (code: string) => ({ flags: ['--authorization-code-file', codeFile(code)] })],
    [
      'in a file that a variable names',
      (code: string) => ({ env: { SPRINKLR_AUTHORIZATION_CODE_FILE: codeFile(code) } }),
    ],
    [
      'on standard input',
      (code: string) => ({ flags: ['--authorization-code-file', '-'], input: `${code}\n` }),
    ],
    [
      'in a redirect URL',
      (code: string) => ({ env: { SPRINKLR_AUTHORIZATION_CODE: `${elsewhere}?code=${code}` } }),
    ],
  ])('needs no consent with a code %s', async (_, pass) => {
    const { env, calls, code } = await setUp();
    const passed: { flags?: string[]; env?: Record<string, string>; input?: string } = pass(code());
    const { exitCode, stdout, stderr } = await run({
      args: ['register', ...(passed.flags ?? [])],
      env: { ...env, ...passed.env },
      input: passed.input ?? '',
    });
    expect([exitCode, calls()]).toEqual([0, ['token', 'register']]);
    expect(stdout).toMatch(/^[\w+/]+=*\n$/);
    expect(stderr).not.toContain('/oauth/authorize');
  });

  function codeFile(code: string): string {
    return join(folderWith({ 'code.txt': `${code}\n` }), 'code.txt');
  }

  test('takes an access token only from --access-token-file', async () => {
    const { sprinklr, env, calls } = await setUp();
    const token = sprinklr.issueAccessToken(app.apiKey);
    const file = join(folderWith({ token }), 'token');
    const values = changed(env, { SPRINKLR_API_SECRET: undefined, SPRINKLR_REDIRECT_URI: undefined });
    const { exitCode, stderr } = await run({
      args: ['register', '--access-token-file', file],
      env: values,
    });
    expect([exitCode, calls()]).toEqual([0, ['register']]);
    expect(stderr).not.toContain('requests an access token');

    // exec sets the variable.
    for (const variables of [{ SPRINKLR_ACCESS_TOKEN: token }, { SPRINKLR_ACCESS_TOKEN_FILE: file }]) {
      const ignored = await run({ args: ['register'], env: { ...env, ...variables } });
      expect(ignored.stderr).toContain('/oauth/authorize');
    }
    const help = await run({ args: ['register', `--access-token=${token}`] });
    expect(help.stderr).toContain('Pass it with --access-token-file.');
    expect(calls()).toEqual(['register']);
  });

  test.each([
    ['an expired certificate', { SPRINKLR_CERTIFICATE_FILE: expired() }, [1, 'CERTIFICATE_EXPIRED']],
    [
      "another key's certificate",
      { SPRINKLR_CERTIFICATE_FILE: join(makeMaterial().folder, 'server.crt') },
      [1, 'CERTIFICATE_MISMATCH'],
    ],
    [
      'a key as the certificate',
      { SPRINKLR_CERTIFICATE_FILE: join(material().folder, 'server.key') },
      [1, 'CERTIFICATE_IS_PRIVATE_KEY'],
    ],
    ['an unreadable key', { SPRINKLR_PRIVATE_KEY_FILE: join(material().folder, 'server.csr') }, [1, 'KEY_']],
    ['no certificate', { SPRINKLR_CERTIFICATE_FILE: undefined }, [2, 'INPUT_MISSING']],
    ['no API secret', { SPRINKLR_API_SECRET: undefined }, [2, 'INPUT_MISSING']],
    ['a placeholder', { SPRINKLR_API_SECRET: '$API_SECRET' }, [2, 'INPUT_INVALID']],
    [
      'an mTLS certificate without its key',
      { SPRINKLR_MTLS_CERTIFICATE: material().certificate },
      [2, 'INPUT_MISSING'],
    ],
    [
      'a fragment in the callback URL',
      { SPRINKLR_REDIRECT_URI: `${elsewhere}#a` },
      [2, 'redirect-uri contains a #'],
    ],
    [
      'a file that does not exist',
      { SPRINKLR_PRIVATE_KEY_FILE: '/nowhere/server.der' },
      [1, '/nowhere/server.der'],
    ],
  ])('%s is found before anything is sent or opened', async (_, changes, [expected, problem]) => {
    const { env, calls } = await setUp();
    const browser = fakeBrowser();
    const { exitCode, stdout, stderr } = await run({
      args: ['register'],
      env: changed(env, { ...changes, PATH: browser.path, DISPLAY: ':0' }),
    });
    expect([exitCode, stdout, calls(), browser.isOpened()]).toEqual([expected, '', [], false]);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('/oauth/authorize');
  });

  test('warns of a certificate that expires soon, once', async () => {
    const { env, code } = await setUp();
    const soon = makeMaterial({ days: 10 });
    const { exitCode, stderr } = await run({
      args: ['register'],
      env: {
        ...env,
        SPRINKLR_CERTIFICATE_FILE: join(soon.folder, 'server.crt'),
        SPRINKLR_PRIVATE_KEY: soon.secret,
        SPRINKLR_AUTHORIZATION_CODE: code(),
      },
    });
    expect(exitCode).toBe(0);
    expect(stderr.match(/Warning: /g)).toHaveLength(1);
  });

  test('fails, retries, and explains as the action does', async () => {
    const { sprinklr, env, calls, code } = await setUp();
    const attempt = (): Promise<Result> =>
      run({ args: ['register'], env: { ...env, SPRINKLR_AUTHORIZATION_CODE: code() } });
    sprinklr.fault('register', status(503));
    const failed = await attempt();
    expect([failed.exitCode, failed.stdout, calls()]).toEqual([1, '', ['token', 'register']]);
    expect(failed.stderr).toContain('The call was not retried. The certificate may have been registered');
    expect(failed.stderr).toContain('(SERVER_ERROR)');

    const used = code();
    const again = { args: ['register'], env: { ...env, SPRINKLR_AUTHORIZATION_CODE: used } };
    expect((await run(again)).exitCode).toBe(0);
    const { exitCode, stderr } = await run(again);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('(CREDENTIALS_REJECTED)');
    expect(stderr).toContain('Get a new code from the browser consent.');
    expect(stderr).not.toContain(used);
  });

  test('--json prints the result, or the error code', async () => {
    const { env, code } = await setUp();
    const call = { args: ['register', '--json'], env: { ...env, SPRINKLR_AUTHORIZATION_CODE: code() } };
    const { exitCode, stdout } = await run(call);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      'app-id': expect.stringMatching(/^ey/),
      'api-url': `${env.SPRINKLR_BASE_URL}/prod2`,
      'certificate-fingerprint': fingerprint,
      'certificate-expires-at': expect.stringMatching(/^\d{4}-.*Z$/),
    });

    const rejected = await run(call);
    expect(rejected.exitCode).toBe(1);
    expect(JSON.parse(rejected.stdout)).toMatchObject({ 'error-code': 'CREDENTIALS_REJECTED' });
    const denied = await run({ ...call, env, input: `${elsewhere}?error=access_denied\n` });
    expect(JSON.parse(denied.stdout)).toEqual({
      ok: false,
      'error-code': null,
      message: 'Consent was denied.',
    });
  });

  test('on a terminal, asks for the API secret too, without showing it', async () => {
    const { env, code } = await setUp();
    const session = terminal({
      args: ['register'],
      env: changed(env, { SPRINKLR_API_SECRET: undefined }),
    });
    await session.shows('API secret');
    session.type(app.apiSecret);
    await session.shows('Redirect URL');
    session.type(`${elsewhere}?code=${code()}`);
    expect(await session.exit).toBe(0);
    expect(session.screen()).not.toContain(app.apiSecret);
    expect(session.screen()).toContain("gh variable set SPRINKLR_APP_ID --body 'ey");
  });
});

test('--dispatch can hand over a code that was passed, but neither an access token nor JSON', async () => {
  const gh = fakeGh();
  const call = { env: { ...env, PATH: gh.path, SPRINKLR_AUTHORIZATION_CODE: code } };
  const { exitCode, stderr } = await dispatch([], call);
  expect(exitCode).toBe(0);
  expect(stderr).not.toContain('/oauth/authorize');
  expect(gh.calls().at(-1)?.input).toBe(JSON.stringify({ code }));
  for (const flags of [['--json'], ['--access-token-file', 'token']])
    expect((await dispatch(flags, call)).exitCode).toBe(2);
});

describe('the workflow', () => {
  test.each([
    [['--repo=a/b'], '--repo a/b', []],
    [['--repo=team-1/pipe.line_2'], '--repo team-1/pipe.line_2', []],
    [
      ['--repo=g.example.com:8443/a-b/c', '--ref=release/2.x'],
      '--repo g.example.com:8443/a-b/c --ref release/2.x',
      ['--hostname', 'g.example.com:8443'],
    ],
    [['--ref=v'], '--ref v', []],
    [['--ref=feature/a+b-1.x'], '--ref feature/a+b-1.x', []],
    [[], '', []],
  ])('--dispatch with %j passes the code to gh, through standard input', async (flags, where, host) => {
    for (const file of ['register.yml', 'w']) {
      const gh = fakeGh();
      const call = { env: { ...env, PATH: gh.path }, input: `${elsewhere}?code=${code}` };
      const workflow = file === 'w' ? ['--workflow=w'] : [];
      const { exitCode, stdout, stderr } = await dispatch([...workflow, ...flags], call);
      expect([exitCode, stdout]).toEqual([0, '']);
      expect(gh.lines()).toEqual([
        ['auth status', ...host].join(' '),
        ['workflow run', file, where, '--json'].filter((words) => words !== '').join(' '),
      ]);
      expect(JSON.parse(gh.calls()[1]?.input ?? '')).toEqual({ code });
      const [repo = ''] = /--repo \S+/.exec(where) ?? [];
      expect(stderr).toContain(`Started ${file}. To watch it: gh run watch ${repo}`.trim());
      expect(stderr).not.toContain(code);
    }
  });

  test('the default workflow has the input that the code is passed as', () => {
    const workflow = parse(readFileSync(new URL('../../examples/register.yml', import.meta.url), 'utf8')) as {
      on: { workflow_dispatch: { inputs: object } };
    };
    expect(Object.keys(workflow.on.workflow_dispatch.inputs)).toEqual(['code']);
  });

  const notExecutable = (): string => {
    const folder = emptyPath();
    writeFileSync(join(folder, 'gh'), '', { mode: 0o644 });
    return folder;
  };
  const failing = (says: string): string => fakeGh({ fails: 'auth status', says }).path;
  test.each([
    ['is missing', emptyPath, 'GitHub CLI (gh) is not installed.'],
    ['is not executable', notExecutable, 'GitHub CLI (gh) could not be started.'],
    ['says nothing', () => failing(''), 'GitHub CLI (gh) is not logged in.\n'],
    [
      'starts with empty lines',
      () => failing('\\n \\n\\r\\tfirst\\r\\nsecond\\n'),
      'is not logged in: first\n',
    ],
    ['says a lot', () => failing('x'.repeat(400)), `is not logged in: ${'x'.repeat(300)}\n`],
    [
      'prints control characters',
      () => failing('a\\033[1mb\\177c\\342\\200\\256d'),
      'is not logged in: abcd\n',
    ],
  ])('--dispatch fails before there is a code if gh %s', async (_, path, problem) => {
    const { exitCode, stdout, stderr } = await dispatch(['--repo=g.example.com/a/b'], {
      env: { ...env, PATH: path() },
    });
    expect([exitCode, stdout, stderr]).toEqual([1, '', expect.stringContaining(problem)]);
    expect(stderr).toContain('gh auth login');
    expect(stderr).not.toContain('/oauth/authorize');
  });

  test('if gh fails with the code, the command for it is printed', async () => {
    const gh = fakeGh({ fails: 'workflow run' });
    const call = { env: { ...env, PATH: gh.path }, input: code };
    const { exitCode, stdout, stderr } = await dispatch([], call);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`\ngh workflow run register.yml -f code=${code}\n`);
    expect(stderr).toContain('"gh workflow run" failed: could not find it');
    // gh can fail after the workflow has started.
    expect(stderr).toContain('Check `gh run list` first.\nIf the workflow did not start,');
    expect(stderr).not.toContain('unused');
  });

  test.each([
    code,
    'P9+ewuw~b.c_d-e==',
    'a/b',
    'code=a',
    'error=a',
    `a'b"c$(id)\`id\`d;e&f|g*h?i!j\\k%41,{l}<m>#n@o`,
  ])('the code %s reaches the action unchanged, from a shell or through gh', async (odd) => {
    const input = `${elsewhere}?code=${encodeURIComponent(odd)}`;
    const failing = fakeGh({ fails: 'workflow run' });
    const failed = await dispatch(['--repo', 'team/pipeline'], {
      env: { ...env, PATH: failing.path },
      input,
    });
    const [command = ''] = /^gh workflow run .*$/m.exec(failed.stderr) ?? [];
    const shell = fakeGh();
    execFileSync('bash', ['--norc', '-c', command], { env: { PATH: shell.path }, input: '' });
    const [call] = shell.calls();
    expect(call?.args.slice(0, -1)).toEqual('workflow run register.yml --repo team/pipeline -f'.split(' '));
    const [, value = ''] = /^code=(.*)$/.exec(call?.args.at(-1) ?? '') ?? [];
    expect(parseAuthorizationCode(value)).toBe(odd);
    // One plain word for PowerShell and cmd, too.
    expect(command).toMatch(/^[\w .~+/=%-]+$/);

    const gh = fakeGh();
    await dispatch([], { env: { ...env, PATH: gh.path }, input });
    expect(gh.calls().at(-1)?.input).toBe(JSON.stringify({ code: value }));
  });
});
