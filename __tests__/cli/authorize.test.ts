import { afterEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { openerFor } from '../../src/cli/authorize/browser.ts';
import { startSimulator, type Simulator } from '../../src/simulator/simulator.ts';
import { parseAuthorizationCode } from '../../src/sprinklr/authorization-code.ts';
import { background, type Background } from './background.ts';
import { desk, deskVariant, terminal } from './desk.ts';
import { standIns } from './stand-ins.ts';

const elsewhere = 'https://www.example.com/callback';
const apiKey = 'k7apikey+3n5x9w2q/8r4t6y1z==';
const env = { SPRINKLR_API_KEY: apiKey };
const code = '5f2c9a7be1d04c3388aa61d2';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function listening(host = '127.0.0.1', port = 0): Promise<number> {
  const server: Server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  open.push(server);
  return (server.address() as AddressInfo).port;
}

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const port = await listening();
  const server = open.pop() as Server;
  server.close();
  await once(server, 'close');
  return port;
}

async function sprinklrFor(redirectUri: string): Promise<Simulator> {
  const sprinklr = await startSimulator({
    apps: [{ apiKey, apiSecret: 'hush', redirectUri, environment: 'prod2' }],
  });
  open.push(sprinklr);
  return sprinklr;
}

function addressIn(text: string): URL {
  return new URL(/https?:\S+\/oauth\/authorize\?\S+/.exec(text)?.[0] ?? '');
}

function stateIn(program: Background): Promise<string> {
  return program.prints(/[?&]state=([\w-]+)\n/).then(([, state = '']) => state);
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly page: string;
}

/** One request to a callback, with whatever a browser or somebody else may say. */
function visit(address: string, { method = 'GET', host = '' } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const headers = host === '' ? {} : { Host: host };
    const outgoing = request(address, { method, headers, agent: false }, (incoming) => {
      let page = '';
      incoming.on('data', (chunk: Buffer) => (page += chunk.toString()));
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, page });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Starts the command with a callback on this machine, and waits until it listens there. */
async function waiting(
  callback: string,
  options: { args?: string[]; env?: Record<string, string> } = {},
): Promise<Background> {
  const program = background({
    args: ['authorize', '--redirect-uri', callback, ...(options.args ?? [])],
    env: { ...env, ...options.env },
  });
  await program.prints(/Waiting for the browser/);
  return program;
}

/** Runs the command without a terminal, the landing address piped in. */
function piped(address: string, ...args: string[]): ReturnType<typeof desk> {
  return deskVariant({
    args: ['authorize', '--redirect-uri', elsewhere, ...args],
    env,
    input: `${address}\n`,
  });
}

test('a browser is opened, the person allows it, and the code that is caught works', async () => {
  const redirectUri = `http://localhost:${await freePort()}/call%20back?from=a%2Fb&to=c`;
  const sprinklr = await sprinklrFor(redirectUri);
  const programs = standIns('xdg-open');
  const called = await desk({
    args: [
      'authorize',
      ...['--redirect-uri', redirectUri, '--environment', '{PROD2}', '--base-url', sprinklr.origin],
    ],
    env: { ...env, PATH: programs.path, DISPLAY: ':0' },
  });

  expect(called.stderr).toBe('');
  expect(called.exitCode).toBe(0);
  const opened = await programs.browsed();
  expect(called.stdout).toContain(`\n${opened.args[0] ?? ''}\n`);
  expect(called.stdout).toContain('\nIt was handed to your browser.\n');
  expect(opened.landed?.status).toBe(200);
  expect(opened.landed?.page).toContain('You can close this window.');

  const caught = / -f code=(\S+)$/m.exec(called.stdout)?.[1] ?? '';
  expect(new URL(opened.landed?.address ?? '').searchParams.get('code')).toBe(caught);
  const grant = await fetch(`${sprinklr.origin}/prod2/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: apiKey,
      client_secret: 'hush',
      redirect_uri: redirectUri,
      grant_type: 'authorization_code',
      code: caught,
    }),
  });
  expect(grant.status).toBe(200);
});

test('the consent address has every parameter percent-encoded, and a state that nobody can guess', async () => {
  const redirectUri = 'https://www.example.com/call/back?a=1&b=x+y';
  const call = { args: ['authorize', '--redirect-uri', redirectUri, '--environment', 'prod4'], env };
  const [first, second] = await Promise.all([desk(call), desk(call)]);
  expect(first.stdout).toContain(
    '\nhttps://api2.sprinklr.com/prod4/oauth/authorize?client_id=k7apikey%2B3n5x9w2q%2F8r4t6y1z%3D%3D&response_type=code' +
      '&redirect_uri=https%3A%2F%2Fwww.example.com%2Fcall%2Fback%3Fa%3D1%26b%3Dx%2By&state=',
  );
  const states = [first, second].map(({ stdout }) => addressIn(stdout).searchParams.get('state') ?? '');
  expect(new Set(states).size).toBe(2);
  for (const state of states) expect(Buffer.from(state, 'base64url').length).toBeGreaterThanOrEqual(16);
});

test.each([
  [[], 'https://api2.sprinklr.com/oauth/authorize'],
  [['--environment', 'prod'], 'https://api2.sprinklr.com/oauth/authorize'],
  [['--gateway', 'API3', '--environment', 'Prod12'], 'https://api3.sprinklr.com/prod12/oauth/authorize'],
  [
    ['--base-url', 'http://127.0.0.1:8899', '--environment', 'prod2'],
    'http://127.0.0.1:8899/prod2/oauth/authorize',
  ],
])('%j leads to %s', async (flags, expected) => {
  const { stdout } = await piped('', ...flags);
  const { origin, pathname } = addressIn(stdout);
  expect(origin + pathname).toBe(expected);
});

test.each([
  ['--redirect-uri is missing', []],
  ['--redirect-uri is not an address', ['--redirect-uri', 'callback']],
  ['--redirect-uri has a #', ['--redirect-uri', `${elsewhere}#here`]],
  ['--environment is not', ['--redirect-uri', elsewhere, '--environment', 'prod 2/..']],
  ['--gateway has to be api2 or api3', ['--redirect-uri', elsewhere, '--gateway', 'api4']],
  ['--base-url would send secrets', ['--redirect-uri', elsewhere, '--base-url', 'http://sprinklr.test']],
  ['--timeout-seconds has to be', ['--redirect-uri', elsewhere, '--timeout-seconds', '0']],
  ['--workflow has another form', ['--redirect-uri', elsewhere, '--workflow', 'a.yml;id']],
  ['--workflow has another form', ['--redirect-uri', elsewhere, '--workflow=--help']],
  ['--workflow has another form', ['--redirect-uri', elsewhere, '--workflow', ';a.yml']],
  ...[
    '$(id)/x',
    'pipeline',
    '/team/pipeline',
    'a/b;id',
    'host:/a/b',
    'host:x/a/b',
    '-a/b',
    'a/b/c/d',
    'h/-a/b',
  ].map((repo): [string, string[]] => [
    '--repo has another form than OWNER/NAME.',
    ['--redirect-uri', elsewhere, `--repo=${repo}`],
  ]),
  ...['a b', '-a', 'a;id', '$a'].map((ref): [string, string[]] => [
    '--ref has another form than main.',
    ['--redirect-uri', elsewhere, `--ref=${ref}`],
  ]),
  ['--api-key-file has to be a file', ['--redirect-uri', elsewhere, '--api-key-file', '-']],
])('%s: that is wrong usage', async (problem, flags) => {
  const { exitCode, stdout, stderr } = await deskVariant({ args: ['authorize', ...flags], env });
  expect(exitCode).toBe(2);
  expect(stderr).toContain(problem);
  expect(stdout).toBe('');
});

test('the API key comes from a file, else from a variable, else from a person, and never from a flag', async () => {
  const { folder } = standIns();
  const file = join(folder, 'key');
  writeFileSync(file, '\uFEFFkey-of-the-file\r\n');
  const keyIn = (text: string) => addressIn(text).searchParams.get('client_id');
  const args = ['authorize', '--redirect-uri', elsewhere];

  const both = await desk({ args: [...args, '--api-key-file', file], env });
  expect(keyIn(both.stdout)).toBe('key-of-the-file');

  const asked = terminal({ args, env: { SPRINKLR_API_KEY: ' ' } });
  await asked.shows('API key: ');
  asked.type(' typed-key ');
  await asked.shows('Address: ');
  // A terminal that is narrower than the address breaks it.
  expect(asked.screen()).toContain('client_id=typed-key&');
  asked.press('\u0003');
  await asked.exit;

  const missing = await desk({ args });
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain('The API key is missing.');

  const flag = await desk({ args: [...args, '--api-key', 'oops-a-key'] });
  expect(flag.exitCode).toBe(2);
  expect(flag.stdout + flag.stderr).not.toContain('oops-a-key');
});

test.each([
  ['missing', 'does not exist'],
  ['folder', 'is a folder'],
  ['blank/key', 'cannot be read'],
  ['blank', 'is empty, where the API key should be'],
])('the API key in the file %s is none: it %s', async (name, problem) => {
  const { folder } = standIns();
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'blank'), ' \n');
  const path = join(folder, name);
  const { exitCode, stdout, stderr } = await deskVariant({
    args: ['authorize', '--redirect-uri', elsewhere, '--api-key-file', path],
    env,
  });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(new RegExp(`^${path}(, which should be the API key,)? ${problem}\\.\n`));
});

test.each([
  ['one two', 'not one word'],
  ['schlüssel', 'not one word'],
])('an API key like "%s" is refused and not repeated', async (key, problem) => {
  const { exitCode, stdout, stderr } = await deskVariant({
    args: ['authorize', '--redirect-uri', elsewhere],
    env: { SPRINKLR_API_KEY: key },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(problem);
  expect(stdout + stderr).not.toContain(key);
});

test.each([
  ['there is no display', {}, []],
  ['it is a CI job', { DISPLAY: ':0', CI: 'true' }, []],
  ['--no-browser is given', { DISPLAY: ':0' }, ['--no-browser']],
])('where %s, the address is only printed', async (_, variables, flags) => {
  const programs = standIns('xdg-open');
  const { stdout } = await desk({
    args: ['authorize', '--redirect-uri', elsewhere, ...flags],
    env: { ...env, PATH: programs.path, ...variables },
  });
  await pause(100);
  expect(programs.calls('xdg-open')).toEqual([]);
  expect(addressIn(stdout).pathname).toBe('/oauth/authorize');
  expect(stdout).not.toContain('handed to your browser');
});

test('where there is no opener, the address is only printed', async () => {
  const { onlyPath } = standIns();
  const { stdout, stderr } = await desk({
    args: ['authorize', '--redirect-uri', elsewhere],
    env: { ...env, PATH: onlyPath, DISPLAY: ':0' },
  });
  expect(addressIn(stdout).pathname).toBe('/oauth/authorize');
  expect(stderr).toContain('Standard input ended before the address came.');
  expect(stdout).not.toContain('handed to your browser');
});

test('each system has its own opener, and none of them is a shell', () => {
  const address = 'https://api2.sprinklr.com/oauth/authorize?client_id=a&state=%26calc';
  const opener = (platform: NodeJS.Platform, variables: Record<string, string> = {}) =>
    openerFor(address, { platform, env: variables });
  expect(opener('darwin')).toEqual(['open', address]);
  expect(opener('win32', { SystemRoot: 'D:\\Windows' })).toEqual([
    'D:\\Windows\\System32\\rundll32.exe',
    'url.dll,FileProtocolHandler',
    address,
  ]);
  expect(opener('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual(['xdg-open', address]);
  expect(opener('linux', { DISPLAY: ':0', CI: 'false' })).toEqual(['xdg-open', address]);
  expect(opener('linux', { DISPLAY: '' })).toBeUndefined();
  expect(opener('darwin', { CI: '1' })).toBeUndefined();
});

test('a person pastes the whole address, or the code alone, and is asked again after nonsense', async () => {
  for (const pasted of [`"${elsewhere}?code=${code}"`, `${elsewhere}?x=1&code=${code}#top`, code]) {
    const person = terminal({ args: ['authorize', '--redirect-uri', elsewhere], env });
    await person.shows('Address: ');
    person.type(`https://app.sprinklr.com/login`);
    await person.shows(/That holds no code\.[^]*Address: /);
    person.press('\r');
    await person.shows(/(Address: [^]*){3}/);
    person.type(pasted);
    await person.shows('Start register.yml with it, by gh? [y/N]');
    person.type('n');
    await person.shows(` -f code=${code}`);
    expect(await person.exit).toBe(0);
    expect(person.screen().match(/That holds no code/g)).toHaveLength(1);
  }
});

test('Ctrl-C at the question ends it without a stack trace', async () => {
  const person = terminal({ args: ['authorize', '--redirect-uri', elsewhere], env });
  await person.shows('Address: ');
  person.press('\u0003');
  expect(await person.exit).toBe(1);
  expect(person.screen()).toContain('Stopped before the question was answered.');
  expect(person.screen()).not.toMatch(/\n\s+at /);
});

test('without a terminal the address is read from standard input, even while that stays open', async () => {
  const program = background({ args: ['authorize', '--redirect-uri', elsewhere], env });
  const state = await stateIn(program);
  program.give(`\n \n${elsewhere}?code=${code}&state=${state}\n`, { end: false });
  expect(await program.exit).toEqual({ exitCode: 0, signal: null });
  expect(program.stdout()).toContain(` -f code=${code}\n`);
  expect(program.stdout()).not.toContain('\u001B');
});

test('an address is taken as it was copied: in quotes, between spaces, with a fragment', async () => {
  const quoted: ((address: string) => string)[] = [
    (address) => `"${address}"`,
    (address) => `  '${address}' `,
    (address) => `${address}#here`,
    (address) => address.replace(`${elsewhere}?`, ''),
  ];
  for (const as of quoted) {
    const program = background({ args: ['authorize', '--redirect-uri', elsewhere], env });
    program.give(`${as(`${elsewhere}?code=${code}&state=${await stateIn(program)}`)}\n`);
    expect((await program.exit).exitCode).toBe(0);
    expect(program.stdout()).toContain(` -f code=${code}\n`);

    expect((await piped(as(`${elsewhere}?code=${code}&state=another`))).stderr).toContain('another consent');
    expect((await piped(as(`${elsewhere}?error=access_denied`))).stderr).toContain('The consent was denied.');
  }
});

test.each([
  ['', 'Standard input ended before the address came.'],
  [elsewhere, 'The address on standard input holds no code.'],
])('"%s" on standard input is not enough', async (input, problem) => {
  const { exitCode, stderr } = await piped(input);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(problem);
});

test.each(['localhost', '127.0.0.1', '[::1]'])('the answer is caught at %s', async (host) => {
  const callback = `http://${host}:${await freePort()}/callback`;
  const program = await waiting(callback);
  // Whatever address of this machine a browser takes a name for.
  const addresses = host === 'localhost' ? ['127.0.0.1', '[::1]'] : [host];
  for (const address of addresses) {
    const icon = callback.replace(host, address).replace('/callback', '/favicon.ico');
    expect((await visit(icon, { host: new URL(callback).host })).status).toBe(404);
  }
  const { status, page } = await visit(`${callback}?code=${code}`);
  expect(status).toBe(200);
  expect(page).toContain('The code has arrived');
  expect((await program.exit).exitCode).toBe(0);
  expect(program.stdout()).toContain(` -f code=${code}\n`);
});

test('what is no answer is turned away, and the one answer ends the listening', async () => {
  const callback = `http://127.0.0.1:${await freePort()}/app/callback`;
  const program = await waiting(callback);
  const answer = `${callback}?code=${code}`;
  for (const [address, options] of [
    [answer.replace('/app/callback', '/favicon.ico'), {}],
    [answer.replace('/app/callback', '/app/callback/'), {}],
    [answer.replace('/app/callback', '//app/callback'), {}],
    [callback, {}],
    [`${callback}?code=`, {}],
    [answer, { method: 'POST' }],
    [answer, { method: 'HEAD' }],
    [answer, { host: 'rebound.example.com' }],
  ] as const) {
    expect({ address, ...options, status: (await visit(address, options)).status }).toEqual({
      address,
      ...options,
      status: 404,
    });
  }
  const { status, headers } = await visit(answer);
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  await program.exit;
  await expect(visit(answer)).rejects.toThrow('ECONNREFUSED');
});

test('on a terminal it is caught while a question is open, or pasted while it listens', async () => {
  const caughtAt = `http://localhost:${await freePort()}/`;
  const first = terminal({ args: ['authorize', '--redirect-uri', caughtAt], env });
  await first.shows('Or paste the address that it landed on: ');
  await visit(`${caughtAt}?code=${code}`);
  await first.shows('by gh? [y/N]');
  first.type('');
  expect(await first.exit).toBe(0);

  const neverAt = `http://localhost:${await freePort()}/`;
  const second = terminal({ args: ['authorize', '--redirect-uri', neverAt], env });
  await second.shows('Or paste the address that it landed on: ');
  second.type(`${neverAt}?code=${code}`);
  await second.shows('by gh? [y/N]');
  await expect(visit(neverAt)).rejects.toThrow('ECONNREFUSED');
  second.type('');
  expect(await second.exit).toBe(0);
  expect(second.screen()).toContain(`-f code=${code}`);
});

test.each(['127.0.0.1', '::1'])(
  'where the port is taken at %s, that is said and the address can be given',
  async (host) => {
    const port = await listening(host);
    const called = await desk({
      args: ['authorize', '--redirect-uri', `http://localhost:${port}/callback`],
      env,
      input: `http://localhost:${port}/callback?code=${code}\n`,
    });
    expect(called.stdout).toContain(
      `http://localhost:${port} is no use: the port is already taken. So the answer is not caught here.`,
    );
    expect(called.exitCode).toBe(0);
    expect(called.stdout).toContain(`-f code=${code}`);
  },
);

test('a port that is taken at another address of this machine is none of its business', async () => {
  const port = await listening('::1');
  const program = await waiting(`http://127.0.0.1:${port}/callback`);
  expect(program.stdout()).not.toContain('is no use');
  expect((await visit(`http://127.0.0.1:${port}/callback?code=${code}`)).status).toBe(200);
});

test.each(['https://localhost:8443/callback', 'http://www.example.com/callback?a=b'])(
  'nobody listens at %s: it is no plain HTTP, or not on this machine',
  async (callback) => {
    const { exitCode, stdout } = await desk({
      args: ['authorize', '--redirect-uri', callback],
      env,
      input: code,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('copy the address that the browser lands on');
    expect(stdout).toContain(`\n${callback}${callback.includes('?') ? '&' : '?'}code=…\n`);
    expect(stdout).not.toContain('is no use');
  },
);

test('it waits for ten minutes and no longer, whichever way the answer should come', async () => {
  const callback = `http://127.0.0.1:${await freePort()}/callback`;
  const patient = await waiting(callback);
  expect(patient.stdout()).toContain(', for 10 min 0 s at most.');
  patient.kill('SIGTERM');
  expect(await patient.exit).toEqual({ exitCode: null, signal: 'SIGTERM' });
  const hasty = await waiting(callback, { args: ['--timeout-seconds', '59'] });
  expect(hasty.stdout()).toContain(', for 59 s at most.');
  hasty.kill('SIGTERM');
  await hasty.exit;
  const slow = await waiting(callback, { args: ['--timeout-seconds=3600'] });
  expect(slow.stdout()).toContain(', for 60 min 0 s at most.');

  const caught = background({
    args: ['authorize', '--redirect-uri', callback.replace('127.0.0.1', '[::1]'), '--timeout-seconds', '1'],
    env,
  });
  const pasted = background({
    args: ['authorize', '--redirect-uri', elsewhere, '--timeout-seconds', '1'],
    env,
  });
  const person = terminal({ args: ['authorize', '--redirect-uri', elsewhere, '--timeout-seconds=1'], env });
  for (const program of [caught, pasted]) {
    expect(await program.exit).toEqual({ exitCode: 1, signal: null });
    expect(program.stderr()).toContain('No answer came within 1 s.');
  }
  expect(await person.exit).toBe(1);
  expect(person.screen()).toContain('No answer came within 1 s.');
});

test("someone else's answer is refused, piped or caught", async () => {
  const stranger = await piped(`${elsewhere}?code=${code}&state=another`);
  expect(stranger.exitCode).toBe(1);
  expect(stranger.stderr).toContain('This answer belongs to another consent');
  expect(stranger.stdout).not.toContain(code);

  const callback = `http://127.0.0.1:${await freePort()}/callback`;
  const program = await waiting(callback);
  const state = await stateIn(program);
  const { page } = await visit(`${callback}?state=${state}&code=${code}&state=another`);
  expect(page).toContain('No code came');
  expect((await program.exit).exitCode).toBe(1);
  expect(program.stderr()).toContain('This answer belongs to another consent');
  expect(program.stdout()).not.toContain(code);
});

test('a person who denies it: the window says so, and the exit code is 1', async () => {
  const redirectUri = `http://127.0.0.1:${await freePort()}/callback`;
  const sprinklr = await sprinklrFor(redirectUri);
  const programs = standIns('xdg-open');
  const { exitCode, stderr, stdout } = await desk({
    args: [
      'authorize',
      ...['--redirect-uri', redirectUri, '--environment', 'prod2', '--base-url', sprinklr.origin],
    ],
    env: { ...env, PATH: programs.path, DISPLAY: ':0', DECISION: 'deny' },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^The consent was denied\.\n.*allow the app.*Generate Token\.\n$/);
  expect(stdout).not.toContain('gh workflow run');
  expect((await programs.browsed()).landed?.page).toContain('The terminal says what is wrong.');
});

test.each([
  ['access_denied', 'The consent was denied.'],
  ['unauthorized_client', 'Sprinklr does not let this app ask for a code.'],
  ['invalid_request', 'Sprinklr could not make sense of the consent address.'],
  ['unsupported_response_type', 'Sprinklr gives out no codes at this address.'],
  ['invalid_scope', 'Sprinklr refused the scope'],
  ['server_error', 'Sprinklr failed on its side.'],
  ['temporarily_unavailable', 'Sprinklr is busy'],
  ['interaction_required', 'Sprinklr refused the consent: interaction_required.'],
  ['constructor', 'Sprinklr refused the consent: constructor.'],
])('the answer %s gets its own sentence and a remedy', async (error, problem) => {
  const { exitCode, stderr } = await piped(`${elsewhere}?error=${error}&code=${code}`);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(problem);
  const [, remedy = '', ...rest] = stderr.trimEnd().split('\n');
  expect(remedy).toMatch(/^\S.{15,}\.$/);
  expect(rest).toEqual([]);
});

test("the server's own words are quoted without what a terminal obeys, and cut", async () => {
  const words = encodeURIComponent(`\u001B[2J\u009B31mdo\r\nthis\u202E${'x'.repeat(500)}`);
  const spaced = await piped(`${elsewhere}?error=server_error&error_description=%20later%0A`);
  expect(spaced.stderr).toMatch(/^Sprinklr failed on its side\. It said: "later"\.\n/);
  const whole = await piped(`${elsewhere}?error=${'x'.repeat(200)}`);
  expect(whole.stderr).toContain(`: ${'x'.repeat(200)}.\n`);
  for (const answer of [`error=server_error&error_description=${words}`, `error=${words}`]) {
    const { stderr } = await piped(`${elsewhere}?${answer}`);
    expect(stderr).toMatch(/\[2J 31mdo this x{150,190}…/);
    expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  }
});

test('--dispatch hands the code to gh by standard input, and no command line holds it', async () => {
  const programs = standIns('gh');
  const { exitCode, stdout, stderr } = await desk({
    args: [
      ...['authorize', '--redirect-uri', elsewhere, '--dispatch'],
      ...['--workflow', 'sprinklr.yml', '--repo', 'ghe.example.com/team/pipeline', '--ref', 'release/2.x'],
    ],
    env: { ...env, PATH: programs.path },
    input: `${elsewhere}?code=${code}`,
  });
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  const calls = programs.calls('gh');
  expect(calls.map(({ args }) => args.join(' '))).toEqual([
    'auth status --hostname ghe.example.com',
    'workflow run sprinklr.yml --repo ghe.example.com/team/pipeline --ref release/2.x --json',
  ]);
  expect(JSON.parse(calls[1]?.input ?? '')).toEqual({ code });
  expect(stdout).toContain('sprinklr.yml is started.');
  expect(stdout).not.toContain(code);
});

test.each([
  ['--repo=a/b', '--repo a/b', []],
  ['--repo=team-1/pipe.line_2', '--repo team-1/pipe.line_2', []],
  [
    '--repo=g.example.com:8443/a.b/c',
    '--repo g.example.com:8443/a.b/c',
    ['--hostname', 'g.example.com:8443'],
  ],
  ['--ref=v', '--ref v', []],
  ['--ref=feature/a+b-1.x', '--ref feature/a+b-1.x', []],
  ['--workflow=w', '', []],
])('%s is taken, and gh is told of it', async (flag, where, host) => {
  const programs = standIns('gh');
  const { exitCode, stdout } = await desk({
    args: ['authorize', '--redirect-uri', elsewhere, '--dispatch', flag],
    env: { ...env, PATH: programs.path },
    input: code,
  });
  expect(exitCode).toBe(0);
  const name = flag.startsWith('--workflow') ? 'w' : 'register.yml';
  expect(programs.calls('gh').map(({ args }) => args.join(' '))).toEqual([
    ['auth status', ...host].join(' '),
    ['workflow run', name, where, '--json'].filter((words) => words !== '').join(' '),
  ]);
  const watch = ['gh run watch', ...(flag.startsWith('--repo') ? [where] : [])].join(' ');
  expect(stdout).toContain(`${name} is started. To watch it: ${watch}\n`);
});

test('the input that the code goes into is the one of examples/register.yml', () => {
  const workflow = parse(readFileSync(new URL('../../examples/register.yml', import.meta.url), 'utf8')) as {
    on: { workflow_dispatch: { inputs: object } };
  };
  expect(Object.keys(workflow.on.workflow_dispatch.inputs)).toEqual(['code']);
});

test.each([
  ['gh is not installed', { FOUND: 'no' }, "GitHub's command line, gh, is not installed."],
  ['gh is not logged in', { GH_FAILS: 'auth' }, 'is not logged in'],
])('where %s, --dispatch says so before there is a code that ages', async (_, variables, problem) => {
  const { onlyPath } = standIns(...('FOUND' in variables ? [] : (['gh'] as const)));
  const { exitCode, stdout, stderr } = await desk({
    args: ['authorize', '--redirect-uri', elsewhere, '--dispatch'],
    env: { ...env, ...variables, PATH: onlyPath },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(problem);
  expect(stdout).toBe('');
});

test.each([
  ['says nothing', '', 'is not logged in.\n'],
  ['begins with empty lines', '\\n \\n\\r\\tfirst\\r\\nsecond\\n', 'is not logged in: first\n'],
  ['says a lot', 'x'.repeat(400), `is not logged in: ${'x'.repeat(300)}\n`],
  ['puts a sign amid a word', 'a\\033[1mb\\177c\\342\\200\\256d', 'is not logged in: abcd\n'],
])('where gh %s, the first line of it is quoted', async (_, words, quoted) => {
  const { folder, path } = standIns();
  writeFileSync(join(folder, 'gh'), `#!/bin/sh\nprintf '${words}' >&2\nexit 4\n`, { mode: 0o755 });
  const { exitCode, stdout, stderr } = await desk({
    args: ['authorize', '--redirect-uri', elsewhere, '--dispatch', '--repo=g.example.com/a/b'],
    env: { ...env, PATH: path },
  });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `GitHub's command line, gh, ${quoted}Run "gh auth login --hostname g.example.com", then this again.\n`,
  );
});

test('a gh that cannot be started is no gh that is missing', async () => {
  const { folder, onlyPath } = standIns();
  writeFileSync(join(folder, 'gh'), '', { mode: 0o644 });
  const { exitCode, stderr } = await desk({
    args: ['authorize', '--redirect-uri', elsewhere, '--dispatch'],
    env: { ...env, PATH: onlyPath },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^GitHub's command line, gh, could not be started\.\nInstall it from .*\n$/);
});

test('where gh fails with the code in hand, the command to repeat it is printed, and the exit code is 1', async () => {
  const programs = standIns('gh');
  const { exitCode, stdout, stderr } = await desk({
    args: ['authorize', '--redirect-uri', elsewhere, '--dispatch'],
    env: { ...env, PATH: programs.path, GH_FAILS: 'workflow' },
    input: code,
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('"gh workflow run" failed: could not find any workflows named so');
  expect(stdout).toContain('The code is not spent');
  expect(stdout).toContain(`gh workflow run register.yml -f code=${code}\n`);
});

test('a person who says yes gets the workflow started', async () => {
  const programs = standIns('gh');
  const person = terminal({
    args: ['authorize', '--redirect-uri', elsewhere],
    env: { ...env, PATH: programs.path },
  });
  await person.shows('Address: ');
  person.type(code);
  await person.shows('by gh? [y/N]');
  person.type('y');
  await person.shows('register.yml is started.');
  expect(await person.exit).toBe(0);
  expect(programs.calls('gh').map(({ args }) => args.join(' '))).toEqual([
    'auth status',
    'workflow run register.yml --json',
  ]);
  expect(programs.calls('gh').at(-1)?.input).toBe(`{"code":"${code}"}`);
});

test('only a clear yes starts it', async () => {
  for (const [answer, isYes] of [
    ['Yes', true],
    [' y ', true],
    ['ye', false],
    ['yes, but', false],
    ['oh yes', false],
  ] as const) {
    const programs = standIns('gh');
    const person = terminal({
      args: ['authorize', '--redirect-uri', elsewhere],
      env: { ...env, PATH: programs.path },
    });
    await person.shows('Address: ');
    person.type(code);
    await person.shows('by gh? [y/N]');
    person.type(answer);
    expect(await person.exit).toBe(0);
    expect({ answer, isYes: programs.calls('gh').length > 0 }).toEqual({ answer, isYes });
  }
});

test.each([
  code,
  'P9+ewuw~b.c_d-e==',
  'a/b',
  'code=a',
  'error=a',
  `a'b"c$(id)\`id\`d;e&f|g*h?i!j\\k%41,{l}<m>#n@o`,
])(
  'the code %s is handed on so that the action reads it as it is, from a shell or through gh',
  async (odd) => {
    const { stdout } = await piped(`${elsewhere}?code=${encodeURIComponent(odd)}`, '--repo', 'team/pipeline');
    const command = /^gh workflow run .*$/m.exec(stdout)?.[0] ?? '';
    const programs = standIns('gh');
    execFileSync('bash', ['--norc', '-c', command], { env: { PATH: programs.path }, input: '' });
    const [call] = programs.calls('gh');
    await desk({
      args: ['authorize', '--redirect-uri', elsewhere, '--dispatch'],
      env: { ...env, PATH: programs.path },
      input: `${elsewhere}?code=${encodeURIComponent(odd)}`,
    });
    const dispatched = programs.calls('gh');
    expect(call?.args.slice(0, -1)).toEqual('workflow run register.yml --repo team/pipeline -f'.split(' '));
    const [, value = ''] = /^code=(.*)$/.exec(call?.args.at(-1) ?? '') ?? [];
    expect(parseAuthorizationCode(value)).toBe(odd);
    expect(dispatched.at(-1)?.input).toBe(JSON.stringify({ code: value }));
    // So that PowerShell and cmd take it as one plain word, too.
    expect(command).toMatch(/^[\w .~+/=%-]+$/);
  },
);

test('it says until when the code lives, in the time of this place', async () => {
  const before = Math.floor(Date.now() / 1000);
  const { stdout } = await piped(code);
  const after = Math.ceil(Date.now() / 1000);
  const [, clock = ''] =
    /It works once, until (\d\d:\d\d:\d\d), (?:10 min 0|9 min 59) s from now\./.exec(stdout) ?? [];
  const possible = Array.from({ length: after - before + 1 }, (_, second) =>
    new Date((before + second + 600) * 1000).toTimeString().slice(0, 8),
  );
  expect(possible).toContain(clock);
});

test('--help ends with an example', async () => {
  const { exitCode, stdout } = await desk({ args: ['authorize', '--help'] });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/\nExample: sprinklr-token authorize .*--redirect-uri https:/);
});
