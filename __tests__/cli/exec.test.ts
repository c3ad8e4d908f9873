import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { runCommand } from '../../src/cli/exec/run-command.ts';
import { processIo, type Io } from '../../src/cli/io.ts';
import { expectNone } from '../action/leaks.ts';
import { folderWith } from './folders.ts';
import { cliPath, run, runProcess, startProcess, terminal } from './harness.ts';
import { app, material, script, setUp, type Setup } from './token-harness.ts';

const sh = (command: string): string[] => ['exec', '--', 'sh', '-c', command];
const node = (code: string): string[] => ['exec', '--', process.execPath, '-e', code];

test('the command gets the three variables', async () => {
  const { env, asked, token, secrets } = await setUp();
  const folder = folderWith();
  const command =
    'printf "%s %s %s" "$SPRINKLR_ACCESS_TOKEN" "$SPRINKLR_API_URL" "$SPRINKLR_API_KEY" > variables';
  const earlier = { SPRINKLR_ACCESS_TOKEN: 'earlier-token', SPRINKLR_API_URL: 'https://earlier.example.com' };
  const { exitCode, stdout, stderr } = await run({
    args: sh(command),
    env: { ...env, ...earlier },
    cwd: folder,
  });
  expect([exitCode, stdout]).toEqual([0, '']);
  expect(readFileSync(join(folder, 'variables'), 'utf8')).toBe(
    `${token()} ${env['SPRINKLR_BASE_URL'] ?? ''}/prod2 ${app.apiKey}`,
  );
  expect(asked()).toEqual(['apptoken']);
  expect(stderr).toMatch(/^Requesting .*invalidates the API key's current token\.\n/);
  expectNone(stderr, secrets());
});

test('the command gets all other variables, but no other secret and no path of one', async () => {
  const { env } = await setUp();
  const given = {
    ...env,
    SPRINKLR_PRIVATE_KEY: material.secret,
    SPRINKLR_PRIVATE_KEY_PASSPHRASE: 'passphrase',
    SPRINKLR_SEAL_KEY: 'seal-key',
    SPRINKLR_AUTHORIZATION_CODE: 'code',
    SPRINKLR_MTLS_PASSPHRASE_FILE: '',
    SPRINKLR_API_SECRET_FILE: '/nowhere',
    SPRINKLR_CERTIFICATE_FILE: join(material.folder, 'server.crt'),
    OTHER: 'kept',
  };
  const { stdout, stderr } = await run({
    args: sh('env | cut -d= -f1 | grep -E "SPRINKLR|OTHER" | sort'),
    env: given,
  });
  expect(stdout.split('\n')).toEqual([
    'OTHER',
    'SPRINKLR_ACCESS_TOKEN',
    'SPRINKLR_API_KEY',
    'SPRINKLR_API_URL',
    'SPRINKLR_APP_ID',
    'SPRINKLR_BASE_URL',
    'SPRINKLR_ENVIRONMENT',
    'SPRINKLR_REDIRECT_URI',
    'SPRINKLR_USERNAME',
    '',
  ]);
  expect(stderr).toContain('Access token for');
});

test('secrets in its output are replaced, in any encoding, in both streams', async () => {
  const { env, secrets } = await setUp();
  const code = `
    const { SPRINKLR_ACCESS_TOKEN: token, SPRINKLR_API_KEY: key } = process.env;
    const { secret, privateKey } = JSON.parse(require('node:fs').readFileSync(0));
    const forms = [token, key, secret, privateKey].flatMap((text) => [
      text, encodeURIComponent(text), JSON.stringify({ text }), Buffer.from(text).toString('base64'),
      Buffer.from('user:' + text).toString('base64url'), Buffer.from(text).toString('hex'),
    ]);
    for (const form of forms) { console.log('out', form, 'end'); console.error('err', form, 'end'); }`;
  const input = JSON.stringify({ secret: app.apiSecret, privateKey: material.key });
  const { exitCode, stdout, stderr } = await runProcess({ args: node(code), env, input });
  expect(exitCode).toBe(0);
  expect(stdout.match(/^out /gm)?.length).toBe(24);
  expect(stdout.match(/\*\*\*/g)?.length).toBeGreaterThanOrEqual(24);
  expect(stderr.match(/^err .*\*\*\*/gm)?.length).toBeGreaterThanOrEqual(18);
  expectNone(stdout + stderr, secrets());
});

test('a secret that is written byte by byte is replaced', async () => {
  const setup = await setUp();
  const code = `
    const bytes = Buffer.from('é ' + process.env.SPRINKLR_ACCESS_TOKEN + ' é');
    const next = (at) => { if (at < bytes.length) process.stdout.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1)); };
    next(0);`;
  const { stdout } = await shell('"$NODE" "$CLI" "$@"', setup, node(code));
  expect(stdout).toBe('é *** é');
});

test('what could begin a secret is shown while the command waits, and the rest of a secret still replaced', async () => {
  const { env, token } = await setUp();
  const command =
    'printf "%.5s" "$SPRINKLR_ACCESS_TOKEN"; read -r _; printf "%s" "$SPRINKLR_ACCESS_TOKEN" | tail -c +6';
  const program = startProcess({ args: sh(command), env });
  await program.prints(/^.{5}$/s);
  expect(program.stdout()).toBe(token().slice(0, 5));
  program.give('\n');
  await program.exit;
  expect(program.stdout()).toBe(`${token().slice(0, 5)}***`);
});

test('bytes pass unchanged, however many', async () => {
  const setup = await setUp();
  const SIZE = 8 * 1024 * 1024;
  const shake = `require('node:crypto').createHash('shake256', { outputLength: ${SIZE} }).digest()`;
  const write = node(`process.stdout.write(${shake})`);
  const { stdout } = await shell('"$NODE" "$CLI" "$@" | openssl dgst -sha256 -r', setup, write);
  const bytes = createHash('shake256', { outputLength: SIZE }).digest();
  expect(stdout).toContain(createHash('sha256').update(bytes).digest('hex'));
});

test('the command can open /dev/stderr and /dev/stdout', async () => {
  const { env } = await setUp();
  const { exitCode, stdout, stderr } = await run({
    args: sh('echo out > /dev/stdout && echo err | tee /dev/stderr'),
    env,
  });
  expect([exitCode, stdout]).toEqual([0, 'out\nerr\n']);
  expect(stderr).toMatch(/^err$/m);
});

test('without mkfifo, it still works', async () => {
  const { env } = await setUp();
  const PATH = folderWith();
  const { exitCode, stdout } = await runProcess({
    args: ['exec', '--', '/bin/sh', '-c', 'echo "$SPRINKLR_API_KEY"; exit 3'],
    env: { ...env, PATH },
  });
  expect([exitCode, stdout]).toEqual([3, '***\n']);
});

test('standard input is inherited', async () => {
  const { env } = await setUp();
  const { stdout } = await runProcess({ args: ['exec', '--', 'cat'], env, input: 'line 1\nline 2' });
  expect(stdout).toBe('line 1\nline 2');
});

test('the command runs without a shell, with its arguments unchanged', async () => {
  const { env } = await setUp();
  const program = script('#!/bin/sh\nprintf "[%s]" "$@"');
  const args = ['$HOME', '*', 'a b', '', '-v', '--debug', '--help', '--username', '--', '--nothing'];
  for (const call of [
    ['exec', '--', program],
    ['exec', program],
    ['exec', '--max-attempts=1', '--username', 'x', program],
  ]) {
    const { exitCode, stdout } = await run({ args: [...call, ...args], env });
    expect([call, exitCode, stdout]).toEqual([call, 0, args.map((arg) => `[${arg}]`).join('')]);
  }
});

test('the command is called by the name that the user wrote', async () => {
  const { env } = await setUp();
  expect((await run({ args: sh('echo "$0"'), env })).stdout).toBe('sh\n');
});

test('on a terminal, only signals that the terminal sends itself are not forwarded', async () => {
  const signals = new EventEmitter();
  const [stdin, stdout] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()];
  const io: Io = { ...processIo(), stdin, stdout, signals };
  const code = `process.on('SIGINT', () => process.exit(42)); console.log('ready'); setInterval(() => {}, 1000);`;
  const ended = runCommand(
    { path: process.execPath, name: 'node', args: ['-e', code], env: process.env, masks: [] },
    io,
  );
  await once(stdout, 'data');
  signals.emit('SIGINT');
  signals.emit('SIGTERM');
  expect(await ended).toBe(143);
  expect(signals.eventNames()).toEqual([]);
});

test.each([
  ['its exit code', 'exit 37', 37],
  ['128 + 9 if it is killed', 'kill -KILL $$', 137],
  ['128 + 15 if it is terminated', 'kill -TERM $$', 143],
])('it returns %s', async (_, command, expected) => {
  const { env } = await setUp();
  expect((await runProcess({ args: sh(command), env })).exitCode).toBe(expected);
});

test.each([
  ['is not found', 'no-such-program', 127],
  ['is not found', './no-such-program', 127],
  ['is not executable', script('', { mode: 0o600 }), 126],
  ['is a folder', '/', 126],
])('a command that %s fails before a token is requested: %s', async (_, command, expected) => {
  const { env, asked } = await setUp();
  const { exitCode, stdout, stderr } = await run({ args: ['exec', '--', command, 'S3cr3t-V4lue'], env });
  expect([exitCode, stdout]).toEqual([expected, '']);
  expect(stderr).toMatch(/^\S.+\.\n\S.+No token was requested\.\n$/);
  expect(stderr).not.toContain('S3cr3t-V4lue');
  expect(asked()).toEqual([]);
});

test('a secret in place of the command is not shown', async () => {
  const { env, secrets } = await setUp();
  const { exitCode, stderr } = await run({ args: ['exec', '--', app.apiSecret], env });
  expect(exitCode).toBe(127);
  expectNone(stderr, secrets());
});

test('a script whose interpreter is missing fails with 126', async () => {
  const { env } = await setUp();
  const program = script('#!/nowhere/interpreter\n');
  const { exitCode, stderr } = await runProcess({ args: ['exec', '--', program], env });
  expect(exitCode).toBe(126);
  expect(stderr).toMatch(/^Cannot start the command: no such file or folder\.\n.*interpreter.*\n$/m);
});

test('without a command, it is a usage error', async () => {
  for (const args of [['exec'], ['exec', '--']]) {
    const { exitCode, stderr } = await run({ args });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^No command to run\.\n.*--.*\n$/);
  }
});

test.each([
  ['a value is missing', { SPRINKLR_USERNAME: '' }, 2, 'INPUT_MISSING'],
  ['Sprinklr rejects the secret', { SPRINKLR_API_SECRET: 'another-secret' }, 1, 'CREDENTIALS_REJECTED'],
] as const)('if %s, the command is not run', async (...[, wrong, expected, code]) => {
  const { env } = await setUp();
  const folder = folderWith();
  const { exitCode, stderr } = await run({
    args: sh('touch started'),
    env: { ...env, ...wrong },
    cwd: folder,
  });
  expect(exitCode).toBe(expected);
  expect(stderr).toContain(`(${code})`);
  expect(existsSync(join(folder, 'started'))).toBe(false);
});

test('it retries as the action does', async () => {
  const { sprinklr, env } = await setUp();
  sprinklr.fault('apptoken', { kind: 'status', status: 503, headers: { 'Retry-After': '0' } });
  const { exitCode, stderr } = await run({ args: sh('exit 0'), env });
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/HTTP 503.*Retrying/);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
  '%s reaches the command, which can end as it likes',
  async (signal) => {
    const { env } = await setUp();
    const command = `trap 'echo received; exit 40' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`;
    const program = startProcess({ args: sh(command), env });
    await program.prints(/ready/);
    program.kill(signal);
    expect(await program.exit).toEqual({ exitCode: 40, signal: null });
    expect(program.stdout()).toBe('ready\nreceived\n');
  },
);

test('a command that a signal ends is reported as shells do', async () => {
  const { env } = await setUp();
  const program = startProcess({ args: sh('echo ready; exec sleep 60'), env });
  await program.prints(/ready/);
  program.kill('SIGTERM');
  expect((await program.exit).exitCode).toBe(143);
});

test('a signal during the request ends exec, and the command is not run', async () => {
  const { sprinklr, env, asked } = await setUp();
  sprinklr.fault('apptoken', { kind: 'hang' });
  const folder = folderWith();
  const program = startProcess({ args: sh('touch started'), env, cwd: folder });
  await program.prints(/Requesting/);
  while (asked().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  program.kill('SIGTERM');
  expect(await program.exit).toEqual({ exitCode: null, signal: 'SIGTERM' });
  expect(existsSync(join(folder, 'started'))).toBe(false);
});

test('each Ctrl-C reaches the command once, and exec waits for it', async () => {
  const { env } = await setUp();
  // It prints late enough to count a second signal, too. Two that arrive together can become one, so there are several.
  const code = `
    let count = 0;
    const show = () => { console.log('signals: ' + count + ';'); if (count === 6) process.exit(41); };
    process.on('SIGINT', () => { count++; setTimeout(show, 200); });
    setInterval(() => {}, 1000);
    console.log('ready');`;
  const session = terminal({ args: node(code), env });
  await session.shows('ready');
  for (let presses = 1; presses <= 6; presses++) {
    session.press('\u0003');
    await session.shows(`signals: ${presses};`);
  }
  expect(await session.exit).toBe(41);
  expect(session.screen().match(/signals: \d/g)).toHaveLength(6);
});

test('the command can ask on a terminal', async () => {
  const { env } = await setUp();
  const session = terminal({ args: sh('printf "Name: "; read -r name; echo "Hello $name"'), env });
  await session.shows('Name: ');
  session.type('World');
  await session.shows('Hello World');
  expect(await session.exit).toBe(0);
});

test('if its output is no longer read, the command gets SIGPIPE', async () => {
  const command = '{ "$NODE" "$CLI" exec -- yes; echo "exit code $?" >&2; } | head -n 1';
  const { stdout, stderr } = await shell(command, await setUp());
  expect(stdout).toBe('y\n');
  expect(stderr).toMatch(/^exit code 141\n$/m);
});

test('if its standard error is no longer read, the command still runs', async () => {
  const args = sh('echo out; exit 5');
  // Only the first line of exec is read.
  const line = '{ "$NODE" "$CLI" "$@" 2>&1 >&3; echo "exit code $?" >&3; } 3>"$0" | head -n 1; cat "$0"';
  const { stdout } = await shell(line, await setUp(), args);
  expect(stdout).toMatch(/^Requesting .*\nout\nexit code 5\n$/);
});

test('a disk that is full is an error', async () => {
  // macOS has no such device.
  if (!existsSync('/dev/full')) return;
  const line = '"$NODE" "$CLI" exec -- yes > /dev/full || echo "exit code $?"';
  const { stdout, stderr } = await shell(line, await setUp());
  expect(stdout).toBe('exit code 1\n');
  expect(stderr).toMatch(/^A system call failed: no space left on the disk\.$/m);
});

test('a command that exits is not waited for by its background processes', async () => {
  const setup = await setUp();
  const folder = folderWith();
  const program = startProcess({
    args: sh('sleep 60 & echo $! > pid; echo done'),
    env: setup.env,
    cwd: folder,
  });
  const { exitCode } = await program.exit;
  // It still runs.
  process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')));
  expect([exitCode, program.stdout()]).toEqual([0, 'done\n']);
});

test('nothing is lost if the output is read slowly', async () => {
  // More than the pipe after exec contains, and less than both pipes and the buffer between: the command exits at once.
  const write = `process.stdout.write('x'.repeat(150_000), () => process.exit(0))`;
  const { stdout } = await shell('"$NODE" "$CLI" "$@" | { sleep 3; wc -c; }', await setUp(), node(write));
  expect(stdout.trim()).toBe('150000');
});

/** Runs a line of POSIX shell, which finds Node in `$NODE`, the built program in `$CLI`, arguments in `$@`, and the path of a new file in `$0`. */
async function shell(
  line: string,
  { env }: Setup,
  args: readonly string[] = [],
): Promise<{ stdout: string; stderr: string }> {
  const variables = { ...env, PATH: process.env['PATH'], NODE: process.execPath, CLI: cliPath };
  return await promisify(execFile)('sh', ['-c', line, join(folderWith(), 'result'), ...args], {
    env: variables,
  });
}
