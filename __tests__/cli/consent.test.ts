/** The consent in a browser, by the command that hands the code to GitHub's gh. */
import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { browserCommand } from '../../src/cli/consent/browser.ts';
import { startOneTimePage, type OneTimePage } from '../../src/cli/consent/one-time-page.ts';
import { ConsentError, parseConsentResponse } from '../../src/cli/consent/response.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { send, type ReceivedResponse } from '../simulator/client.ts';
import { fakeBrowser, fakeGh } from './fake-programs.ts';
import { folderWith } from './folders.ts';
import {
  freePort,
  listen,
  run,
  start,
  startProcess,
  terminal,
  type Result,
  type Running,
  type Terminal,
} from './harness.ts';

const elsewhere = 'https://www.example.com/callback';
const apiKey = 'k7apikey+3n5x9w2q/8r4t6y1z==';
const code = '5f2c9a7be1d04c3388aa61d2';

/** A call of the command, and the code that gh then received. */
function command(...flags: string[]) {
  const gh = fakeGh();
  return {
    args: ['register', '--dispatch', '--redirect-uri', elsewhere, ...flags],
    env: { SPRINKLR_API_KEY: apiKey, PATH: gh.path },
    received: (): string | undefined => {
      const input = gh.calls().find((call) => call.input !== '')?.input ?? '{}';
      return (JSON.parse(input) as { code?: string }).code;
    },
  };
}

/** Passes a redirect URL through standard input. */
async function piped(
  input: string,
  ...flags: string[]
): Promise<Result & { readonly received: string | undefined }> {
  const { received, ...call } = command(...flags);
  const result = await run({ ...call, input: `${input}\n` });
  return { ...result, received: received() };
}

interface Waiting extends Running {
  readonly received: () => string | undefined;
}

/** Starts the command with a callback on this computer, and waits until it listens there. */
async function waiting(callback: string, ...flags: string[]): Promise<Waiting> {
  const { received, ...call } = command('--redirect-uri', callback, ...flags);
  const program = start(call);
  await program.prints(/Waiting for the browser/);
  return { ...program, received };
}

interface WaitingTerminal extends Terminal {
  readonly received: () => string | undefined;
  readonly callback: string;
  readonly state: string;
}

/** The same, on a terminal. */
async function waitingTerminal(): Promise<WaitingTerminal> {
  const callback = `http://127.0.0.1:${await freePort()}/callback`;
  const { received, ...call } = command('--redirect-uri', callback);
  const session = terminal(call);
  await session.shows('Or paste the URL');
  const [, state = ''] = /[?&]state=([\w-]+)/.exec(session.screen()) ?? [];
  return { ...session, received, callback, state };
}

/** Allows or denies the app on the consent page of a simulated Sprinklr. */
async function consentInBrowser(decision: 'allow' | 'deny', redirectUri: string, variables = {}) {
  const app = { apiKey, apiSecret: 'hush', redirectUri, environment: 'prod2' };
  const sprinklr = await startSimulator({ apps: [app] });
  try {
    const { received, args, env } = command('--redirect-uri', redirectUri, '--environment', '{PROD2}');
    const browser = fakeBrowser({ decision, path: env.PATH });
    const result = await run({
      args: [...args, '--base-url', sprinklr.origin],
      env: { ...env, ...variables, PATH: browser.path, DISPLAY: ':0' },
    });
    return { ...result, received: received(), visited: await browser.visit() };
  } finally {
    await sprinklr.close();
  }
}

function consentPageIn(text: string): URL {
  return new URL(/https?:\S+\/oauth\/authorize\?\S+/.exec(text)?.[0] ?? '');
}

async function stateIn(program: Running): Promise<string> {
  const [, state = ''] = await program.prints(/[?&]state=([\w-]+)\n/);
  return state;
}

/** One request to a server on this computer. */
function visit(address: string, { method = 'GET', host = '' } = {}): Promise<ReceivedResponse> {
  const { origin, pathname, search } = new URL(address);
  const headers = host === '' ? {} : { Host: host };
  return send({ origin }, pathname + search, { method, headers });
}

describe('the consent page', () => {
  test('opens in a browser, and the code arrives at the callback', async () => {
    const redirectUri = `http://localhost:${await freePort()}/call%20back?from=a%2Fb&to=c`;
    const { exitCode, stdout, stderr, visited, received } = await consentInBrowser('allow', redirectUri);
    expect([exitCode, stdout]).toEqual([0, '']);
    const { page, redirect } = visited;
    expect(stderr).toContain(`\n${page}\n`);
    expect(stderr).toContain('\nOpened it in your browser.\n');
    expect(redirect).toMatchObject({
      status: 200,
      body: expect.stringContaining('You can close this window.'),
    });
    expect(new URL(redirect.url).searchParams.get('code')).toBe(received);
  });

  test("neither the API key nor state is among the browser's arguments, which other users can read", async () => {
    const redirectUri = `http://localhost:${await freePort()}/callback`;
    const { visited, stderr } = await consentInBrowser('allow', redirectUri);
    const state = consentPageIn(stderr).searchParams.get('state') ?? '';
    expect(visited.args).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22,}$/)]);
    expect(state).toMatch(/^[\w-]{22,}$/);
    for (const secret of [state, apiKey, encodeURIComponent(apiKey)])
      expect(visited.args.join(' ')).not.toContain(secret);
    // It closes with the consent at the latest.
    await expect(visit(visited.args[0] ?? '')).rejects.toThrow('ECONNREFUSED');
  });

  test('the browser gets all other variables, but no secret and no path of one', async () => {
    const redirectUri = `http://localhost:${await freePort()}/callback`;
    const given = {
      SPRINKLR_API_SECRET: 'S3cr3t-V4lue',
      SPRINKLR_PRIVATE_KEY_FILE: '/nowhere/server.der',
      SPRINKLR_USERNAME: 'ci-bot@example.com',
      OTHER: 'kept',
    };
    const { exitCode, visited } = await consentInBrowser('allow', redirectUri, given);
    expect(exitCode).toBe(0);
    const names = Object.keys(visited.env).filter((name) => /^SPRINKLR_|^OTHER$|^DISPLAY$/.test(name));
    expect(names.sort()).toEqual(['DISPLAY', 'OTHER', 'SPRINKLR_USERNAME']);
  });

  test('has every parameter percent-encoded, and a new state each time', async () => {
    const redirectUri = 'https://www.example.com/call/back?a=1&b=x+y';
    const flags = ['--redirect-uri', redirectUri, '--environment', 'prod4'];
    const pages = await Promise.all([piped('', ...flags), piped('', ...flags)]);
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
    const { args, env } = command(...flags);
    const { stderr } = await run({ args, env: { ...env, ...variables } });
    const { origin, pathname } = consentPageIn(stderr);
    expect(origin + pathname).toBe(expected);
  });

  test.each([
    ['there is no display', {}, []],
    ['it is a CI job', { DISPLAY: ':0', CI: 'true' }, []],
    ['--no-browser is given', { DISPLAY: ':0' }, ['--no-browser']],
  ])('is only printed if %s', async (_, variables, flags) => {
    const { args, env } = command(...flags);
    const browser = fakeBrowser({ path: env.PATH });
    const { stderr } = await run({ args, env: { ...env, PATH: browser.path, ...variables } });
    await pause(100);
    expect(browser.isOpened()).toBe(false);
    expect(consentPageIn(stderr).pathname).toBe('/oauth/authorize');
    expect(stderr).not.toContain('in your browser.\n');
  });

  test('is only printed if no program can open it', async () => {
    const { args, env } = command();
    const [folderOfGh = ''] = env.PATH.split(delimiter);
    const { stderr, exitCode } = await run({
      args,
      env: { ...env, PATH: folderOfGh, DISPLAY: ':0' },
      input: code,
    });
    expect(exitCode).toBe(0);
    expect(consentPageIn(stderr).pathname).toBe('/oauth/authorize');
    expect(stderr).not.toContain('in your browser.\n');
  });

  test('is opened without a shell on every platform', () => {
    const command = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
      browserCommand({ platform, env });
    expect(command('darwin')).toEqual(['open']);
    expect(command('win32', { SystemRoot: 'D:\\Windows' })).toEqual([
      'D:\\Windows\\System32\\rundll32.exe',
      'url.dll,FileProtocolHandler',
    ]);
    expect(command('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open']);
    expect(command('linux', { DISPLAY: ':0', CI: 'false' })).toEqual(['xdg-open']);
    expect(command('linux', { DISPLAY: '' })).toBeUndefined();
    expect(command('darwin', { CI: '1' })).toBeUndefined();
  });
});

describe('the one-time page', () => {
  test('closes with the consent, even if no browser requested it', async () => {
    const { args, env } = command();
    const folder = folderWith();
    const opened = join(folder, 'opened');
    writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`, { mode: 0o755 });
    const program = start({ args, env: { ...env, PATH: [folder, env.PATH].join(delimiter), DISPLAY: ':0' } });
    while (!existsSync(opened) || readFileSync(opened, 'utf8') === '') await pause(10);
    program.give(code);
    expect((await program.exit).exitCode).toBe(0);
    await expect(visit(readFileSync(opened, 'utf8'))).rejects.toThrow('ECONNREFUSED');
  });

  const target = 'https://api2.sprinklr.com/oauth/authorize?client_id=key&state=secret';

  async function open(use: (page: OneTimePage) => Promise<void>): Promise<void> {
    const page = await startOneTimePage(target);
    try {
      await use(page);
    } finally {
      page.close();
    }
  }

  test('redirects to the consent page once, and nothing stores or passes on the URL', async () => {
    await open(async ({ url }) => {
      const { origin, pathname } = new URL(url);
      expect(Buffer.from(pathname.slice(1), 'base64url').length).toBeGreaterThanOrEqual(16);
      expect(url).not.toBe(await startOneTimePage(target).then((other) => (other.close(), other.url)));

      // A connection that is open already can still send a request after the first use.
      const early = connect(Number(new URL(url).port), '127.0.0.1');
      await new Promise((resolve) => early.once('connect', resolve));
      const { status, headers, body } = await visit(url);
      expect([status, headers.location, body]).toEqual([302, target, '']);
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });

      const late = new Promise<string>((resolve) =>
        early.once('data', (data) => {
          resolve(String(data));
        }),
      );
      early.write(`GET ${pathname} HTTP/1.1\r\nHost: ${new URL(origin).host}\r\n\r\n`);
      expect(await late).toMatch(/^HTTP\/1\.1 404 /);
      await expect(visit(url)).rejects.toThrow('ECONNREFUSED');
    });
  });

  test('stays for the browser after requests for another path or host, or of another method', async () => {
    await open(async ({ url }) => {
      const { origin, port } = new URL(url);
      for (const [address, options] of [
        [origin, {}],
        [`${origin}/favicon.ico`, {}],
        [url.slice(0, -1), {}],
        [`${url}/`, {}],
        [url, { host: `rebound.example.com:${port}` }],
        [url, { host: '127.0.0.1' }],
        [url, { host: `localhost:${port}` }],
        [url, { method: 'HEAD' }],
        [url, { method: 'POST' }],
      ] as const) {
        const { status, headers } = await visit(address, options);
        expect([address, options, status, headers.location]).toEqual([address, options, 404, undefined]);
      }
      expect((await visit(url)).status).toBe(302);
    });
  });
});

describe('a redirect URL that is pasted or piped', () => {
  test.each([
    ['in quotes', `"${elsewhere}?code=${code}"`],
    ['with a fragment', `${elsewhere}?x=1&code=${code}#top`],
    ['as the code alone', code],
    ['as the name and value of the code', `code=${code}`],
  ])('can be pasted %s and without state, after other texts were refused', async (_, pasted) => {
    const { received, ...call } = command();
    const session = terminal(call);
    await session.shows('Redirect URL');
    for (const [wrong, problem] of [
      ['hello', 'No code found.'],
      ['https://app.sprinklr.com/login', 'No code found.'],
      ['https://api2.sprinklr.com/prod2/oauth/authorize?state=x', 'This is the URL of the consent page.'],
      [`${elsewhere}?code=${code}&state=another`, 'This response belongs to another consent'],
      [`${elsewhere}?error=access_denied&state=another`, 'This response belongs to another consent'],
    ] as const) {
      session.type(wrong);
      await session.shows(problem);
      session.press('\u007F'.repeat(wrong.length));
    }
    session.type(pasted);
    expect(await session.exit).toBe(0);
    expect(received()).toBe(code);
  });

  test('Ctrl-C at the question cancels without a stack trace', async () => {
    const session = terminal(command());
    await session.shows('Redirect URL');
    session.press('\u0003');
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('Canceled.');
    expect(session.screen()).not.toMatch(/\n\s+at /);
  });

  test('is read from standard input without a terminal, even while that stays open', async () => {
    const { received, ...call } = command();
    const program = start(call);
    program.give(`\n \n${elsewhere}?code=${code}&state=${await stateIn(program)}\n`, { end: false });
    expect(await program.exit).toEqual({ exitCode: 0, signal: null });
    expect(received()).toBe(code);
  });

  test.each([
    ['in double quotes', (url: string) => `"${url}"`],
    ['in quotes and spaces', (url: string) => `  '${url}' `],
    ['with a fragment', (url: string) => `${url}#here`],
    ['without the callback URL', (url: string) => url.replace(`${elsewhere}?`, '')],
  ])('can be %s', async (_, as) => {
    const { received, ...call } = command();
    const program = start(call);
    program.give(`${as(`${elsewhere}?code=${code}&state=${await stateIn(program)}`)}\n`);
    expect((await program.exit).exitCode).toBe(0);
    expect(received()).toBe(code);

    const stranger = await piped(as(`${elsewhere}?code=${code}&state=another`));
    expect([stranger.exitCode, stranger.stdout, stranger.received]).toEqual([1, '', undefined]);
    expect(stranger.stderr).toContain('This response belongs to another consent');
    expect((await piped(as(`${elsewhere}?error=access_denied`))).stderr).toContain('Consent was denied.');
  });

  test.each([
    ['', 'Standard input ended'],
    [elsewhere, 'No code found in the text'],
    ['hello', 'No code found in the text'],
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
    const { status, body } = await visit(`${callback}?code=${code}&state=${await stateIn(program)}`);
    expect([status, body]).toEqual([200, expect.stringContaining('Code received')]);
    expect((await program.exit).exitCode).toBe(0);
    expect(program.received()).toBe(code);
  });

  test('responds with 404 to anything else, and closes after the response', async () => {
    const callback = `http://127.0.0.1:${await freePort()}/app/callback`;
    const program = await waiting(callback);
    const response = `${callback}?code=${code}&state=${await stateIn(program)}`;
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

  test("refuses responses that can be a stranger's with 400, and keeps waiting", async () => {
    const callback = `http://127.0.0.1:${await freePort()}/callback`;
    const program = await waiting(callback);
    const state = await stateIn(program);
    for (const query of [
      'code=theirs&state=another',
      'code=theirs&state=',
      `code=theirs&state=${state}&state=another`,
      `state=${state.slice(0, -1)}&code=theirs`,
      'error=access_denied',
      'error=access_denied&state=another',
      'error=access_denied&code=theirs',
      // Without a terminal, there is no user to ask.
      'code=theirs',
    ]) {
      const { status, body, headers } = await visit(`${callback}?${query}`);
      expect([query, status]).toEqual([query, 400]);
      expect(body).toContain('Response rejected');
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    }
    expect((await visit(`${callback}?code=${code}&state=${state}`)).status).toBe(200);
    expect(await program.exit).toEqual({ exitCode: 0, signal: null });
    expect(program.received()).toBe(code);
  });

  test('on a terminal, the code can arrive or be pasted', async () => {
    const first = await waitingTerminal();
    await visit(`${first.callback}?code=${code}&state=${first.state}`);
    expect(await first.exit).toBe(0);
    expect(first.received()).toBe(code);

    const second = await waitingTerminal();
    second.type(`${second.callback}?code=${code}`);
    expect(await second.exit).toBe(0);
    expect(second.received()).toBe(code);
    await expect(visit(second.callback)).rejects.toThrow('ECONNREFUSED');
  });

  /** Waits until the terminal shows a text that it did not show before an action. */
  async function showsAfter(session: Terminal, text: string, action: () => void): Promise<void> {
    const { length } = session.screen();
    action();
    while (!session.screen().slice(length).includes(text)) await pause(10);
  }

  test("on a terminal, asks whether a code without state is the user's", async () => {
    const question = 'Did you just allow the app';
    const session = await waitingTerminal();
    session.press('https://half-typed');
    // Errors are not worth a question.
    expect((await visit(`${session.callback}?error=access_denied`)).status).toBe(400);
    const theirs = visit(`${session.callback}?code=theirs`);
    await session.shows(question);
    // No other response gets in front of this question.
    for (const query of ['code=another', 'code=theirs&state=another'])
      expect((await visit(`${session.callback}?${query}`)).status).toBe(400);
    // A URL that was meant for the other question is no answer.
    const pasted = 'https://www.example.com/callback?code=any';
    session.type(pasted);
    await session.shows('Answer y or n.');
    session.press('\u007F'.repeat(pasted.length));
    await showsAfter(session, 'Or paste the URL', () => {
      session.type('n');
    });
    expect((await theirs).status).toBe(400);

    let mine: Promise<ReceivedResponse> | undefined;
    await showsAfter(session, question, () => {
      mine = visit(`${session.callback}?code=${code}`);
    });
    session.type('y');
    expect(await mine).toMatchObject({ status: 200, body: expect.stringContaining('Code received') });
    expect(await session.exit).toBe(0);
    expect(session.received()).toBe(code);
  });

  test('a code counts even if the browser is closed before the user confirms it', async () => {
    const session = await waitingTerminal();
    const browser = request(`${session.callback}?code=${code}`).on('error', () => undefined);
    browser.end();
    await session.shows('Did you just allow the app');
    browser.destroy();
    session.type('y');
    expect(await session.exit).toBe(0);
    expect(session.received()).toBe(code);
  });

  test('after a refused response on a terminal, the URL can still be pasted', async () => {
    const session = await waitingTerminal();
    const theirs = visit(`${session.callback}?code=theirs`);
    await session.shows('Did you just allow the app');
    await showsAfter(session, 'Or paste the URL', () => {
      session.type('n');
    });
    await theirs;
    session.type(`${session.callback}?code=${code}`);
    expect(await session.exit).toBe(0);
    expect(session.received()).toBe(code);
  });

  test.each(['127.0.0.1', '::1'])('if %s is in use, the command stops, unless --no-listen', async (host) => {
    const { port, close } = await listen(host);
    const callback = `http://localhost:${port}/callback`;
    try {
      const { exitCode, stdout, stderr, received } = await piped(code, '--redirect-uri', callback);
      expect(stderr).toContain(
        `\nCannot listen on http://localhost:${port}: the port is already in use.\n` +
          'Free the port, or run the command with --no-listen and paste the redirect URL.\n',
      );
      expect(stderr).not.toContain('/oauth/authorize');
      expect([exitCode, stdout, received]).toEqual([1, '', undefined]);

      const pasted = await piped(`${callback}?code=${code}`, '--redirect-uri', callback, '--no-listen');
      expect([pasted.exitCode, pasted.received]).toEqual([0, code]);
      expect(pasted.stderr).toContain('Then copy the URL');
    } finally {
      await close();
    }
  });

  test('does not mind the same port of another address', async () => {
    const { port, close } = await listen('::1');
    const program = await waiting(`http://127.0.0.1:${port}/callback`);
    const state = await stateIn(program);
    expect((await visit(`http://127.0.0.1:${port}/callback?code=${code}&state=${state}`)).status).toBe(200);
    expect((await program.exit).exitCode).toBe(0);
    await close();
  });

  test.each(['https://localhost:8443/callback', 'http://www.example.com/callback?a=b'])(
    'is not for %s, which is not plain HTTP or not on this computer',
    async (callback) => {
      const { exitCode, stderr } = await piped(code, '--redirect-uri', callback);
      expect(exitCode).toBe(0);
      expect(stderr).toContain(`\n${callback}${callback.includes('?') ? '&' : '?'}code=…\n`);
      expect(stderr).not.toContain('Waiting for the browser');
    },
  );
});

test('it waits for ten minutes or --consent-timeout-seconds, for every source of the code', async () => {
  const callback = `http://127.0.0.1:${await freePort()}/callback`;
  for (const [flags, duration] of [
    [[], '10 min'],
    [['--consent-timeout-seconds=59'], '59 s'],
    [['--consent-timeout-seconds=599'], '9 min 59 s'],
  ] as const) {
    for (const uri of [callback, elsewhere]) {
      const program = startProcess(command('--redirect-uri', uri, ...flags));
      await program.prints(/Waiting for /);
      expect(program.stderr()).toContain(` for up to ${duration}.`);
      program.kill('SIGTERM');
      expect(await program.exit).toEqual({ exitCode: null, signal: 'SIGTERM' });
    }
  }

  const short = (uri: string) => command('--redirect-uri', uri, '--consent-timeout-seconds', '1');
  const session = terminal(short(elsewhere));
  for (const uri of [callback, elsewhere]) {
    const program = start(short(uri));
    expect(await program.exit).toEqual({ exitCode: 1, signal: null });
    expect(program.stderr()).toContain('No response within 1 s.');
    // Sprinklr's own page does not say what is wrong: beside the link, and at the end.
    expect(program.stderr()).toMatch(
      /HTTP 500, --redirect-uri does not[^]+any other error,[^]+--environment[^]+API key[^]+Waiting for/,
    );
    expect(program.stderr()).toMatch(/new link[^]+API key, --environment, and --redirect-uri/);
  }
  expect(await session.exit).toBe(1);
  expect(session.screen()).toContain('No response within 1 s.');
});

test('it ends in time, even during the question about a code without state', async () => {
  const callback = `http://127.0.0.1:${await freePort()}/callback`;
  const session = terminal(command('--redirect-uri', callback, '--consent-timeout-seconds', '3'));
  await session.shows('Or paste the URL');
  const theirs = visit(`${callback}?code=theirs`).catch(() => 'closed');
  await session.shows('Did you just allow the app');
  expect(await session.exit).toBe(1);
  expect(await theirs).toBe('closed');
  expect(session.screen()).toContain('No response within 3 s.');
});

test('a short code is accepted after code=', async () => {
  expect((await piped(`${elsewhere}?code=short`)).received).toBe('short');
});

test('it says when the code expires, in local time', async () => {
  const now = new Date();
  const { stderr } = await run({ ...command(), input: code, now });
  const expiry = new Date(now.valueOf() + 600_000).toTimeString().slice(0, 8);
  expect(stderr).toContain(`It works once, until ${expiry} (10 min from now).`);
});

describe('a consent that fails', () => {
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
      expect([exitCode, stderr]).toEqual([
        1,
        expect.stringContaining(`rejected the consent request: ${error}.`),
      ]);
    },
  );

  test("the server's text is quoted without control characters, and shortened", async () => {
    const text = encodeURIComponent(`\u001B[2J\u009B31mdo\r\nthis\u202E${'x'.repeat(500)}`);
    const padded = await piped(`${elsewhere}?error=server_error&error_description=%20later%0A`);
    expect(padded.stderr).toMatch(/ Sprinklr said: "later"\.\n/);
    const whole = await piped(`${elsewhere}?error=${'x'.repeat(200)}`);
    expect(whole.stderr).toContain(`: ${'x'.repeat(200)}.\n`);
    for (const response of [`error=server_error&error_description=${text}`, `error=${text}`]) {
      const { stderr } = await piped(`${elsewhere}?${response}`);
      expect(stderr).toMatch(/\[2J 31mdo this x{150,190}…/);
      expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    }
  });

  test.each([
    ['denied', 'error=access_denied'],
    ['refused', 'error=server_error'],
  ])('a caller can tell that it was %s and lead back to the consent', (_, query) => {
    expect(parseConsentResponse(`${elsewhere}?${query}`, 'state')).toMatchObject({
      result: { error: expect.any(ConsentError) },
    });
  });
});
