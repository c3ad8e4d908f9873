import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { browserCommand } from '../../src/cli/consent/browser.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { parseAuthorizationCode } from '../../src/sprinklr/authorization-code.ts';
import { send, type ReceivedResponse } from '../simulator/client.ts';
import { emptyPath, fakeBrowser, fakeGh } from './fake-programs.ts';
import {
  freePort,
  listen,
  run,
  start,
  startProcess,
  terminal,
  type Call,
  type Result,
  type Running,
} from './harness.ts';

const elsewhere = 'https://www.example.com/callback';
const apiKey = 'k7apikey+3n5x9w2q/8r4t6y1z==';
const env = { SPRINKLR_API_KEY: apiKey };
const code = '5f2c9a7be1d04c3388aa61d2';

/** Allows or denies the app on the consent page of a simulated Sprinklr. */
async function consentInBrowser(decision: 'allow' | 'deny', redirectUri: string) {
  const app = { apiKey, apiSecret: 'hush', redirectUri, environment: 'prod2' };
  const sprinklr = await startSimulator({ apps: [app] });
  try {
    const browser = fakeBrowser({ decision });
    const result = await authorize(
      ['--redirect-uri', redirectUri, '--environment', '{PROD2}', '--base-url', sprinklr.origin],
      { env: { ...env, PATH: browser.path, DISPLAY: ':0' } },
    );
    return { ...result, visited: await browser.visit() };
  } finally {
    await sprinklr.close();
  }
}

function authorize(flags: readonly string[], call: Omit<Call, 'args'> = {}): Promise<Result> {
  return run({ env, ...call, args: ['authorize', '--redirect-uri', elsewhere, ...flags] });
}

/** Passes a redirect URL through standard input. */
const piped = (input: string, ...flags: string[]): Promise<Result> =>
  authorize(flags, { input: `${input}\n` });

/** Starts the command with a callback on this computer, and waits until it listens there. */
async function waiting(callback: string, ...flags: string[]): Promise<Running> {
  const program = start({ args: ['authorize', '--redirect-uri', callback, ...flags], env });
  await program.prints(/Waiting for the browser/);
  return program;
}

function consentPageIn(text: string): URL {
  return new URL(/https?:\S+\/oauth\/authorize\?\S+/.exec(text)?.[0] ?? '');
}

async function stateIn(program: Running): Promise<string> {
  const [, state = ''] = await program.prints(/[?&]state=([\w-]+)\n/);
  return state;
}

const codeIn = (stdout: string): string => / -f code=(\S+)\n$/.exec(stdout)?.[1] ?? '';

/** One request to a callback. */
function visit(address: string, { method = 'GET', host = '' } = {}): Promise<ReceivedResponse> {
  const { origin, pathname, search } = new URL(address);
  const headers = host === '' ? {} : { Host: host };
  return send({ origin }, pathname + search, { method, headers });
}

describe('the consent page', () => {
  test('opens in a browser, and the code arrives at the callback', async () => {
    const redirectUri = `http://localhost:${await freePort()}/call%20back?from=a%2Fb&to=c`;
    const { exitCode, stdout, stderr, visited } = await consentInBrowser('allow', redirectUri);
    expect(exitCode).toBe(0);
    const { page, redirect } = visited;
    expect(stderr).toContain(`\n${page}\n`);
    expect(stderr).toContain('\nOpened it in your browser.\n');
    expect(redirect).toMatchObject({
      status: 200,
      body: expect.stringContaining('You can close this window.'),
    });
    // Standard output is the command alone.
    expect(stdout).toMatch(/^gh workflow run register\.yml -f code=\S+\n$/);
    expect(new URL(redirect.url).searchParams.get('code')).toBe(codeIn(stdout));
  });

  test('has every parameter percent-encoded, and a new state each time', async () => {
    const redirectUri = 'https://www.example.com/call/back?a=1&b=x+y';
    const args = ['authorize', '--redirect-uri', redirectUri, '--environment', 'prod4'];
    const pages = await Promise.all([run({ args, env }), run({ args, env })]);
    expect(pages[0].stderr).toContain(
      '\nhttps://api2.sprinklr.com/prod4/oauth/authorize?client_id=k7apikey%2B3n5x9w2q%2F8r4t6y1z%3D%3D&response_type=code' +
        '&redirect_uri=https%3A%2F%2Fwww.example.com%2Fcall%2Fback%3Fa%3D1%26b%3Dx%2By&state=',
    );
    const states = pages.map(({ stderr }) => consentPageIn(stderr).searchParams.get('state') ?? '');
    expect(new Set(states).size).toBe(2);
    for (const state of states) expect(Buffer.from(state, 'base64url').length).toBeGreaterThanOrEqual(16);
  });

  test.each([
    [[], {}, 'https://api2.sprinklr.com/oauth/authorize'],
    [[], { SPRINKLR_ENVIRONMENT: 'prod4' }, 'https://api2.sprinklr.com/prod4/oauth/authorize'],
    [
      ['--gateway', 'API3', '--environment', 'Prod12'],
      {},
      'https://api3.sprinklr.com/prod12/oauth/authorize',
    ],
    [['--base-url', 'http://127.0.0.1:8899'], {}, 'http://127.0.0.1:8899/oauth/authorize'],
  ])('with %j and %j is %s', async (flags, variables, expected) => {
    const { stderr } = await authorize(flags, { env: { ...env, ...variables } });
    const { origin, pathname } = consentPageIn(stderr);
    expect(origin + pathname).toBe(expected);
  });

  test.each([
    ['there is no display', {}, []],
    ['it is a CI job', { DISPLAY: ':0', CI: 'true' }, []],
    ['--no-browser is given', { DISPLAY: ':0' }, ['--no-browser']],
    ['no program can open it', { DISPLAY: ':0', PATH: emptyPath() }, []],
  ])('is only printed if %s', async (_, variables, flags) => {
    const browser = fakeBrowser();
    const { stderr } = await authorize(flags, { env: { ...env, PATH: browser.path, ...variables } });
    await pause(100);
    expect(browser.isOpened()).toBe(false);
    expect(consentPageIn(stderr).pathname).toBe('/oauth/authorize');
    expect(stderr).not.toContain('in your browser.\n');
  });

  test('is opened without a shell on every platform', () => {
    const url = 'https://api2.sprinklr.com/oauth/authorize?client_id=a&state=%26calc';
    const command = (platform: NodeJS.Platform, variables: Record<string, string> = {}) =>
      browserCommand(url, { platform, env: variables });
    expect(command('darwin')).toEqual(['open', url]);
    expect(command('win32', { SystemRoot: 'D:\\Windows' })).toEqual([
      'D:\\Windows\\System32\\rundll32.exe',
      'url.dll,FileProtocolHandler',
      url,
    ]);
    expect(command('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open', url]);
    expect(command('linux', { DISPLAY: ':0', CI: 'false' })).toEqual(['xdg-open', url]);
    expect(command('linux', { DISPLAY: '' })).toBeUndefined();
    expect(command('darwin', { CI: '1' })).toBeUndefined();
  });
});

describe('usage errors', () => {
  test.each([
    [['--redirect-uri', 'callback'], 'redirect-uri'],
    [['--redirect-uri', `${elsewhere}#here`], 'redirect-uri contains a #'],
    [['--environment', 'prod 2/..'], 'environment'],
    [['--gateway', 'api4'], 'gateway'],
    [['--base-url', 'http://sprinklr.test'], 'base-url'],
    [['--timeout-seconds', '0'], '--timeout-seconds must be'],
    ...['a.yml;id', '--help', ';a.yml'].map((workflow): [string[], string] => [
      [`--workflow=${workflow}`],
      '--workflow must look like register.yml',
    ]),
    [['--repo=a/b;id'], '--repo must have the form OWNER/REPO'],
    ...['a b', '-a', 'a;id', '$a'].map((ref): [string[], string] => [
      [`--ref=${ref}`],
      '--ref must look like main',
    ]),
    [['--api-key-file', '-'], 'Standard input is for the redirect URL'],
  ])('%j', async (flags, problem) => {
    const { exitCode, stdout, stderr } = await authorize(flags);
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(problem)]);
  });

  test.each([
    ['redirect-uri', {}],
    ['api-key', { SPRINKLR_REDIRECT_URI: elsewhere }],
  ])('a missing %s', async (name, variables) => {
    const { exitCode, stdout, stderr } = await run({ args: ['authorize'], env: variables });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(name);
  });

  test.each(['one two', 'schlüssel'])('the API key "%s", which is not repeated', async (key) => {
    const { exitCode, stdout, stderr } = await authorize([], { env: { SPRINKLR_API_KEY: key } });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--api-key-file or SPRINKLR_API_KEY');
    expect(stderr).not.toContain(key);
  });
});

describe('the API key', () => {
  test('is asked for on a terminal, and not shown', async () => {
    const session = terminal({
      args: ['authorize', '--redirect-uri', elsewhere],
      env: { SPRINKLR_API_KEY: ' ' },
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

describe('a redirect URL that is pasted or piped', () => {
  test.each([
    [`"${elsewhere}?code=${code}"`, 'y'],
    [`${elsewhere}?x=1&code=${code}#top`, 'n'],
    [code, '\r'],
  ])(
    'can be pasted as %s after anything else was refused. The answer %j then starts the workflow or not',
    async (pasted, answer) => {
      const gh = fakeGh();
      const session = terminal({
        args: ['authorize', '--redirect-uri', elsewhere],
        env: { ...env, PATH: gh.path },
      });
      await session.shows('Redirect URL');
      session.type('https://app.sprinklr.com/login');
      await session.shows('No code found.');
      session.press('\u0015');
      session.press('\u007F'.repeat('https://app.sprinklr.com/login'.length));
      session.type(pasted);
      await session.shows('Start register.yml with it, using gh?');
      session.press(answer);
      expect(await session.exit).toBe(0);
      expect(gh.lines()).toEqual(answer === 'y' ? ['auth status', 'workflow run register.yml --json'] : []);
      expect(session.screen().includes(` -f code=${code}`)).toBe(answer !== 'y');
    },
  );

  test('Ctrl-C at the question cancels without a stack trace', async () => {
    const session = terminal({ args: ['authorize', '--redirect-uri', elsewhere], env });
    await session.shows('Redirect URL');
    session.press('\u0003');
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('Canceled.');
    expect(session.screen()).not.toMatch(/\n\s+at /);
  });

  test('is read from standard input without a terminal, even while that stays open', async () => {
    const program = start({ args: ['authorize', '--redirect-uri', elsewhere], env });
    program.give(`\n \n${elsewhere}?code=${code}&state=${await stateIn(program)}\n`, { end: false });
    expect(await program.exit).toEqual({ exitCode: 0, signal: null });
    expect(program.stdout()).toBe(`gh workflow run register.yml -f code=${code}\n`);
  });

  test.each([
    ['in double quotes', (url: string) => `"${url}"`],
    ['in quotes and spaces', (url: string) => `  '${url}' `],
    ['with a fragment', (url: string) => `${url}#here`],
    ['without the callback URL', (url: string) => url.replace(`${elsewhere}?`, '')],
  ])('can be %s', async (_, as) => {
    const program = start({ args: ['authorize', '--redirect-uri', elsewhere], env });
    program.give(`${as(`${elsewhere}?code=${code}&state=${await stateIn(program)}`)}\n`);
    expect((await program.exit).exitCode).toBe(0);
    expect(codeIn(program.stdout())).toBe(code);

    const stranger = await piped(as(`${elsewhere}?code=${code}&state=another`));
    expect([stranger.exitCode, stranger.stdout]).toEqual([1, '']);
    expect(stranger.stderr).toContain('This response belongs to another consent');
    expect((await piped(as(`${elsewhere}?error=access_denied`))).stderr).toContain('Consent was denied.');
  });

  test.each([
    ['', 'Standard input ended'],
    [elsewhere, 'contains no code'],
  ])('"%s" is an error', async (input, problem) => {
    const { exitCode, stderr } = await piped(input);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(problem)]);
  });
});

describe('the callback server', () => {
  test.each(['localhost', '127.0.0.1', '[::1]'])('receives the code at %s', async (host) => {
    const callback = `http://${host}:${await freePort()}/callback`;
    const program = await waiting(callback);
    // A browser can try either address.
    const addresses = host === 'localhost' ? ['127.0.0.1', '[::1]'] : [host];
    for (const address of addresses) {
      const icon = callback.replace(host, address).replace('/callback', '/favicon.ico');
      expect((await visit(icon, { host: new URL(callback).host })).status).toBe(404);
    }
    const { status, body } = await visit(`${callback}?code=${code}`);
    expect([status, body]).toEqual([200, expect.stringContaining('Code received')]);
    expect((await program.exit).exitCode).toBe(0);
    expect(codeIn(program.stdout())).toBe(code);
  });

  test('responds with 404 to anything else, and closes after the response', async () => {
    const callback = `http://127.0.0.1:${await freePort()}/app/callback`;
    const program = await waiting(callback);
    const response = `${callback}?code=${code}`;
    for (const [url, options] of [
      [response.replace('/app/callback', '/favicon.ico'), {}],
      [response.replace('/app/callback', '/app/callback/'), {}],
      [response.replace('/app/callback', '//app/callback'), {}],
      [callback, {}],
      [`${callback}?code=`, {}],
      [response, { method: 'POST' }],
      [response, { method: 'HEAD' }],
      [response, { host: 'rebound.example.com' }],
    ] as const) {
      const { status } = await visit(url, options);
      expect({ url, ...options, status }).toEqual({ url, ...options, status: 404 });
    }
    const { status, headers } = await visit(response);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    await program.exit;
    await expect(visit(response)).rejects.toThrow('ECONNREFUSED');
  });

  test('on a terminal, the code can arrive or be pasted', async () => {
    const arrives = `http://localhost:${await freePort()}/`;
    const first = terminal({ args: ['authorize', '--redirect-uri', arrives], env });
    await first.shows('Or paste the URL');
    await visit(`${arrives}?code=${code}`);
    await first.shows('using gh?');
    first.type('');
    expect(await first.exit).toBe(0);
    expect(first.screen()).toContain(`-f code=${code}`);

    const never = `http://localhost:${await freePort()}/`;
    const second = terminal({ args: ['authorize', '--redirect-uri', never], env });
    await second.shows('Or paste the URL');
    second.type(`${never}?code=${code}`);
    await second.shows('using gh?');
    await expect(visit(never)).rejects.toThrow('ECONNREFUSED');
    second.type('');
    expect(await second.exit).toBe(0);
    expect(second.screen()).toContain(`-f code=${code}`);
  });

  test.each(['127.0.0.1', '::1'])('if %s is in use, says so and takes the pasted URL', async (host) => {
    const { port, close } = await listen(host);
    const callback = `http://localhost:${port}/callback`;
    const { exitCode, stdout, stderr } = await run({
      args: ['authorize', '--redirect-uri', callback],
      env,
      input: `${callback}?code=${code}\n`,
    });
    await close();
    expect(stderr).toContain(`Cannot listen on http://localhost:${port}: the port is already in use.`);
    expect([exitCode, codeIn(stdout)]).toEqual([0, code]);
  });

  test('does not mind the same port of another address', async () => {
    const { port, close } = await listen('::1');
    const program = await waiting(`http://127.0.0.1:${port}/callback`);
    expect((await visit(`http://127.0.0.1:${port}/callback?code=${code}`)).status).toBe(200);
    await program.exit;
    await close();
    expect(program.stderr()).not.toContain('Cannot listen');
  });

  test.each(['https://localhost:8443/callback', 'http://www.example.com/callback?a=b'])(
    'is not for %s, which is not plain HTTP or not on this computer',
    async (callback) => {
      const { exitCode, stderr } = await run({
        args: ['authorize', '--redirect-uri', callback],
        env,
        input: code,
      });
      expect(exitCode).toBe(0);
      expect(stderr).toContain(`\n${callback}${callback.includes('?') ? '&' : '?'}code=…\n`);
      expect(stderr).not.toContain('Cannot listen');
    },
  );
});

test('it waits for ten minutes or --timeout-seconds, for every source of the code', async () => {
  const callback = `http://127.0.0.1:${await freePort()}/callback`;
  for (const [flags, duration] of [
    [[], '10 min 0 s'],
    [['--timeout-seconds=59'], '59 s'],
    [['--timeout-seconds=3600'], '60 min 0 s'],
  ] as const) {
    const program = startProcess({ args: ['authorize', '--redirect-uri', callback, ...flags], env });
    await program.prints(/Waiting for the browser/);
    expect(program.stderr()).toContain(` for up to ${duration}.`);
    program.kill('SIGTERM');
    expect(await program.exit).toEqual({ exitCode: null, signal: 'SIGTERM' });
  }

  const short = (uri: string): string[] => ['authorize', '--redirect-uri', uri, '--timeout-seconds', '1'];
  const session = terminal({ args: short(elsewhere), env });
  for (const uri of [callback, elsewhere]) {
    const program = start({ args: short(uri), env });
    expect(await program.exit).toEqual({ exitCode: 1, signal: null });
    expect(program.stderr()).toContain('No response within 1 s.');
  }
  expect(await session.exit).toBe(1);
  expect(session.screen()).toContain('No response within 1 s.');
});

describe('a consent that fails', () => {
  test('the callback server refuses a response to another request', async () => {
    const callback = `http://127.0.0.1:${await freePort()}/callback`;
    const program = await waiting(callback);
    const { body } = await visit(`${callback}?state=${await stateIn(program)}&code=${code}&state=another`);
    expect(body).toContain('No code received');
    expect((await program.exit).exitCode).toBe(1);
    expect(program.stderr()).toContain('This response belongs to another consent');
    expect(program.stdout()).toBe('');
  });

  test('if it is denied, the browser and the terminal say so', async () => {
    const redirectUri = `http://127.0.0.1:${await freePort()}/callback`;
    const { exitCode, stdout, stderr, visited } = await consentInBrowser('deny', redirectUri);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/\nConsent was denied\.\n.*Generate Token\.\n$/);
    expect(visited.redirect.body).toContain('The terminal shows the reason.');
  });

  test.each([
    'access_denied',
    'unauthorized_client',
    'invalid_request',
    'unsupported_response_type',
    'invalid_scope',
    'server_error',
    'temporarily_unavailable',
  ])('%s has its own explanation and remedy', async (error) => {
    const { exitCode, stderr } = await piped(`${elsewhere}?error=${error}&code=${code}`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/\n\S.*\.\n\S.{15,}\.\n$/);
    expect(stderr).not.toContain(error);
  });

  test.each(['interaction_required', 'constructor'])(
    '%s, which OAuth does not define, is quoted',
    async (error) => {
      const { exitCode, stderr } = await piped(`${elsewhere}?error=${error}`);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`refused the consent: ${error}.`)]);
    },
  );

  test("the server's text is quoted without control characters, and shortened", async () => {
    const text = encodeURIComponent(`\u001B[2J\u009B31mdo\r\nthis\u202E${'x'.repeat(500)}`);
    const padded = await piped(`${elsewhere}?error=server_error&error_description=%20later%0A`);
    expect(padded.stderr).toMatch(/ It said: "later"\.\n/);
    const whole = await piped(`${elsewhere}?error=${'x'.repeat(200)}`);
    expect(whole.stderr).toContain(`: ${'x'.repeat(200)}.\n`);
    for (const response of [`error=server_error&error_description=${text}`, `error=${text}`]) {
      const { stderr } = await piped(`${elsewhere}?${response}`);
      expect(stderr).toMatch(/\[2J 31mdo this x{150,190}…/);
      expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    }
  });
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
      const { exitCode, stdout, stderr } = await authorize(['--dispatch', ...workflow, ...flags], call);
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
    ['is missing', emptyPath, 'gh, is not installed.'],
    ['is not executable', notExecutable, 'gh, could not be started.'],
    ['says nothing', () => failing(''), 'gh, is not logged in.\n'],
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
    const { exitCode, stdout, stderr } = await authorize(['--dispatch', '--repo=g.example.com/a/b'], {
      env: { ...env, PATH: path() },
    });
    expect([exitCode, stdout, stderr]).toEqual([1, '', expect.stringContaining(problem)]);
    expect(stderr).toContain('gh auth login');
    expect(stderr).not.toContain('/oauth/authorize');
  });

  test('if gh fails with the code, the command for it is printed', async () => {
    const gh = fakeGh({ fails: 'workflow run' });
    const call = { env: { ...env, PATH: gh.path }, input: code };
    const { exitCode, stdout, stderr } = await authorize(['--dispatch'], call);
    expect([exitCode, stdout]).toEqual([1, `gh workflow run register.yml -f code=${code}\n`]);
    expect(stderr).toContain('"gh workflow run" failed: could not find it');
    expect(stderr).toContain('The code is still unused');
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
    const { stdout: command } = await piped(input, '--repo', 'team/pipeline');
    const shell = fakeGh();
    execFileSync('bash', ['--norc', '-c', command], { env: { PATH: shell.path }, input: '' });
    const [call] = shell.calls();
    expect(call?.args.slice(0, -1)).toEqual('workflow run register.yml --repo team/pipeline -f'.split(' '));
    const [, value = ''] = /^code=(.*)$/.exec(call?.args.at(-1) ?? '') ?? [];
    expect(parseAuthorizationCode(value)).toBe(odd);
    // One plain word for PowerShell and cmd, too.
    expect(command.trim()).toMatch(/^[\w .~+/=%-]+$/);

    const gh = fakeGh();
    await authorize(['--dispatch'], { env: { ...env, PATH: gh.path }, input });
    expect(gh.calls().at(-1)?.input).toBe(JSON.stringify({ code: value }));
  });
});

test('it says when the code expires, in local time', async () => {
  const now = new Date();
  const { stderr } = await authorize([], { input: code, now });
  const expiry = new Date(now.valueOf() + 600_000).toTimeString().slice(0, 8);
  expect(stderr).toContain(`It works once, until ${expiry} (10 min 0 s from now).`);
});
