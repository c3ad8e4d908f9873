import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatVariable } from '../../src/cli/env-file.ts';
import { INPUT_NAMES, definitionOf } from '../../src/request/schema.ts';
import { expectNone } from '../action/leaks.ts';
import { makeMaterial } from '../material.ts';
import { cases } from '../volume.ts';
import { contentsOf, folderWith } from './folders.ts';
import { run, runProcess, terminal } from './harness.ts';
import { app, material, setUp } from './token-harness.ts';

const unavailable = { kind: 'status', status: 503, headers: { 'Retry-After': '0' } } as const;

test('it prints the access token alone, and says on standard error what it does', async () => {
  const { env, asked, token, secrets } = await setUp();
  const { exitCode, stdout, stderr } = await run({ args: ['token'], env });
  expect([exitCode, stdout]).toEqual([0, `${token()}\n`]);
  expect(asked()).toEqual(['apptoken']);
  expect(stderr).toMatch(/^Requesting .*invalidates the API key's current token\.\n/);
  expect(stderr).toMatch(/for ci-bot@example\.com at \S+\/prod2\. Expires at \S+Z\.\n$/);
  expectNone(stderr, secrets());
});

test('the built program does the same', async () => {
  const { env, token } = await setUp();
  expect(await runProcess({ args: ['token'], env })).toMatchObject({ exitCode: 0, stdout: `${token()}\n` });
});

test('it never asks, even on a terminal', async () => {
  const { env, token } = await setUp();
  const session = terminal({ args: ['token'], env });
  expect(await session.exit).toBe(0);
  expect(session.screen()).toContain(`${token()}\r\n`);
});

test('--format json prints the names of the outputs of the action', async () => {
  const { env, token } = await setUp();
  const { stdout } = await run({ args: ['token', '--format', 'json'], env });
  const json = JSON.parse(stdout) as Record<string, unknown>;
  expect(json).toEqual({
    'access-token': token(),
    'token-type': 'Bearer',
    'expires-in': 2591999,
    'expires-at': expect.stringMatching(/^\d{4}-.*Z$/),
    'api-url': `${env['SPRINKLR_BASE_URL'] ?? ''}/prod2`,
  });

  const verified = await run({ args: ['token', '--format=json', '--verify=true'], env });
  expect(JSON.parse(verified.stdout)).toMatchObject({
    'user-id': '66014640',
    'workspace-id': '66000002',
    'customer-id': '66000000',
  });
  expect(verified.stderr).toContain('user 66014640, workspace 66000002, customer 66000000');
});

test('without a lifetime in the response, the expiry is null', async () => {
  const { sprinklr, env } = await setUp();
  const body = JSON.stringify({ access_token: 'a-token-without-expiry', token_type: 'Bearer' });
  sprinklr.fault('apptoken', { kind: 'status', status: 200, body });
  const { stdout, stderr } = await run({ args: ['token', '--format', 'json'], env });
  expect(JSON.parse(stdout)).toMatchObject({ 'expires-in': null, 'expires-at': null });
  expect(stderr).toContain('Its expiry is unknown.');
});

test('--format env prints the three variables, which shells and dotenv read', async () => {
  const { env, token } = await setUp();
  const { stdout } = await run({ args: ['token', '--format', 'env'], env });
  expect(parseEnv(stdout)).toEqual({
    SPRINKLR_ACCESS_TOKEN: token(),
    SPRINKLR_API_URL: `${env['SPRINKLR_BASE_URL'] ?? ''}/prod2`,
    SPRINKLR_API_KEY: app.apiKey,
  });
  // Without quotes: `docker run --env-file` has none.
  expect(stdout).toContain(`\nSPRINKLR_API_KEY=${app.apiKey}\n`);
});

const PRINTABLE = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join('');
const QUOTES = String.raw`'"\$#`;
const TOKENS = [
  'P9+ewuw+Nid5hg4/KBRNPmI5OGE==',
  'Bearer:abc/def',
  'a$HOME$(id)\\n',
  `it's`,
  `'quoted'`,
  `"it's"`,
  `#'`,
  `a'b"c\\nd$(id)`,
  'ends\\',
  "it's\\",
  `-n`,
  `~/x`,
  `=x`,
  `!x'!`,
  PRINTABLE.replaceAll('`', ''),
  QUOTES,
];

/** What shells and Node read, each in the two ways that people use. */
function readersOf(file: string): [reader: string, read: () => string][] {
  const print = `printf %s "$TOKEN$AFTER"`;
  const shells = ['sh', 'bash', 'dash', 'busybox sh'].map((shell) => shell.split(' '));
  const installed = shells.filter(([program = '']) => isInstalled(program));
  return [
    ...installed.flatMap(([shell = '', ...args]): [string, () => string][] =>
      [`set -eu; . "$0"; ${print}`, `set -eu; eval "$(cat "$0")"; ${print}`].map((command) => [
        `${shell}: ${command}`,
        () =>
          execFileSync(shell, [...args, '-c', command, file], {
            env: {},
            stdio: ['ignore', 'pipe', 'inherit'],
          }).toString(),
      ]),
    ),
    [
      'loadEnvFile',
      () => {
        const code =
          'process.loadEnvFile(process.argv[1]); process.stdout.write(process.env.TOKEN + process.env.AFTER)';
        return execFileSync(process.execPath, ['-e', code, file], { env: {} }).toString();
      },
    ],
  ];
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A file with a token, and another variable after it. */
function fileWith(token: string): string {
  return (formatVariable('TOKEN', token) ?? '') + (formatVariable('AFTER', '.') ?? '');
}

test.each(TOKENS)('--format env: %s is read unchanged', (token) => {
  const file = join(folderWith({ env: fileWith(token) }), 'env');
  for (const [reader, read] of readersOf(file)) expect([reader, read()]).toEqual([reader, `${token}.`]);
});

test('--format env: dotenv reads any token, except for some with quotes', () => {
  const printable = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...PRINTABLE.split(/(?=.)/)),
      fc.constantFrom(`'`, '"', '`', '#', '\\', '$'),
    ),
    minLength: 8,
  });
  let refused = 0;
  fc.assert(
    fc.property(printable, (token) => {
      const isReadable =
        !/'|\\$/.test(token) || /^[^'"`#][^#]*$/.test(token) || !/`|\\$/.test(token) || !/["\\]/.test(token);
      if (!isReadable) {
        refused++;
        expect(formatVariable('TOKEN', token)).toBeUndefined();
        return;
      }
      const text = fileWith(token);
      expect(parseEnv(text)).toMatchObject({ TOKEN: token, AFTER: '.' });
      // Node does not, but other parsers take such a quote as escaped.
      expect(text).not.toMatch(/^TOKEN=(['"`]).*\\\1$/m);
    }),
    { numRuns: cases(10_000) },
  );
  expect(refused).toBeGreaterThan(0);
});

test('--format env: a token that dotenv cannot read is not printed', async () => {
  const { sprinklr, env } = await setUp();
  const body = JSON.stringify({ access_token: `'#"\`unreadable`, token_type: 'Bearer' });
  sprinklr.fault('apptoken', { kind: 'status', status: 200, body });
  const { exitCode, stdout, stderr } = await run({ args: ['token', '--format', 'env'], env });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toContain(
    'The value of SPRINKLR_ACCESS_TOKEN contains quotes or backslashes that no dotenv',
  );
  expect(stderr).not.toContain('unreadable');
});

test('--output writes a file that only the user can read, and prints nothing', async () => {
  const { env, token, secrets } = await setUp();
  const folder = folderWith({ 'token.env': 'old', other: '' });
  const { exitCode, stdout, stderr } = await run({
    args: ['token', '--format=env', '--output=token.env'],
    env,
    cwd: folder,
  });
  expect([exitCode, stdout]).toEqual([0, '']);
  expect(stderr).toContain(`Wrote the token to ${join(folder, 'token.env')} (format env)`);
  expectNone(stderr, secrets());
  expect(readdirSync(folder).sort()).toEqual(['other', 'token.env']);
  expect(statSync(join(folder, 'token.env')).mode & 0o777).toBe(0o600);
  // A token that starts with + or / is in quotes.
  expect(parseEnv(contentsOf(folder)['token.env'] ?? '')).toMatchObject({ SPRINKLR_ACCESS_TOKEN: token() });
});

test('--output - prints the token', async () => {
  const { env, token } = await setUp();
  const folder = folderWith();
  const { stdout } = await run({ args: ['token', '--output', '-'], env, cwd: folder });
  expect([stdout, contentsOf(folder)]).toEqual([`${token()}\n`, {}]);
});

test('--output replaces the file behind a symbolic link', async () => {
  const { env, token } = await setUp();
  const folder = folderWith({ target: 'old' });
  symlinkSync('target', join(folder, 'link'));
  await run({ args: ['token', '--output=link'], env, cwd: folder });
  expect(readFileSync(join(folder, 'target'), 'utf8')).toBe(`${token()}\n`);
  expect(readdirSync(folder).sort()).toEqual(['link', 'target']);
});

test('--output refuses a symbolic link to nothing, before a token is requested', async () => {
  const { env, asked } = await setUp();
  const folder = folderWith();
  symlinkSync('missing', join(folder, 'link'));
  const { exitCode, stdout, stderr } = await run({ args: ['token', '--output=link'], env, cwd: folder });
  expect([exitCode, stdout, asked()]).toEqual([1, '', []]);
  expect(stderr).toContain(`${join(folder, 'link')} is a symbolic link to a file that does not exist.`);
  expect(readlinkSync(join(folder, 'link'))).toBe('missing');
});

test('the file is replaced at once, or not at all', async () => {
  const { sprinklr, env } = await setUp();
  const folder = folderWith({ token: 'old' });
  sprinklr.fault('apptoken', { kind: 'status', status: 400 });
  const failed = await run({ args: ['token', '--output=token'], env, cwd: folder });
  expect(failed.exitCode).toBe(1);
  expect(contentsOf(folder)).toEqual({ token: 'old' });

  // A reader that opened the old file never sees a part of the new one.
  const before = statSync(join(folder, 'token')).ino;
  await run({ args: ['token', '--output=token'], env, cwd: folder });
  expect(statSync(join(folder, 'token')).ino).not.toBe(before);
});

test('a file that cannot be written is an error before a token is requested', async () => {
  const { env, asked } = await setUp();
  const folder = folderWith({ file: '' });
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'file'), '');
  // Not even root can create a file in /proc.
  for (const output of [
    'folder',
    'file/token',
    'missing/folder/token',
    '/dev/null',
    '/proc/token',
    '/proc/self/token',
  ]) {
    const { exitCode, stdout, stderr } = await run({ args: ['token', '--output', output], env, cwd: folder });
    expect([output, exitCode, stdout]).toEqual([output, 1, '']);
    expect(stderr).toMatch(/^\S.+\.\n\S.+\.\n$/);
  }
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  expect(asked()).toEqual([]);
});

test('a file that cannot be written after the request is an error that says what became of the tokens', async () => {
  const folder = folderWith();
  let isRequested = false;
  const log = (): void => {
    if (isRequested) mkdirSync(join(folder, 'token'), { recursive: true });
  };
  const { env, token } = await setUp({ log });
  isRequested = true;
  const { exitCode, stdout, stderr } = await run({ args: ['token', '--output=token'], env, cwd: folder });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toContain("The new token is lost, and the API key's earlier token is no longer valid.");
  expect(stderr).not.toContain('Nothing was changed');
  expect(stderr).not.toContain(token());
  expect(contentsOf(folder)).toEqual({ token: '(folder)' });
});

test('a pipe or a folder as --output is refused before a token is requested', async () => {
  const { env, asked } = await setUp();
  for (const output of ['/dev/stdout', '']) {
    // The standard output of this process is a pipe.
    const { exitCode, stderr } = await runProcess({ args: ['token', '--output', output], env });
    expect([output, exitCode]).toEqual([output, 1]);
    expect(stderr).toMatch(/^\S+ is not a file\.\nChoose another path.+\n$/);
  }
  expect(asked()).toEqual([]);
});

test('it retries as the action does, and says so', async () => {
  const { sprinklr, env, token } = await setUp();
  sprinklr.fault('apptoken', unavailable, unavailable);
  const { exitCode, stdout, stderr } = await run({ args: ['token'], env });
  expect([exitCode, stdout]).toEqual([0, `${token()}\n`]);
  expect(stderr.match(/HTTP 503.*Retrying/g)).toHaveLength(2);
});

test('it stops at the time limit', async () => {
  const { sprinklr, env } = await setUp();
  sprinklr.fault('apptoken', { kind: 'hang' });
  const { exitCode, stdout, stderr } = await run({ args: ['token', '--timeout-seconds=5'], env });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toContain('(TIMED_OUT)');
});

test.each([
  {
    what: 'a missing value',
    wrong: { SPRINKLR_API_SECRET: '' },
    fails: [2, 'INPUT_MISSING', '--api-secret-file or SPRINKLR_API_SECRET'],
  },
  {
    what: 'a wrong value',
    wrong: { SPRINKLR_GATEWAY: 'api9' },
    fails: [2, 'INPUT_INVALID', '--gateway or SPRINKLR_GATEWAY'],
  },
  {
    what: 'a file name as the key',
    wrong: { SPRINKLR_PRIVATE_KEY: 'out/server.key' },
    fails: [1, 'KEY_UNREADABLE', 'Pass server.key with --private-key-file or SPRINKLR_PRIVATE_KEY_FILE.'],
  },
  {
    what: 'a rejected secret',
    wrong: { SPRINKLR_API_SECRET: 'another-secret' },
    fails: [1, 'CREDENTIALS_REJECTED', 'client'],
  },
  {
    what: 'another workspace',
    wrong: { SPRINKLR_ALLOWED_WORKSPACE_IDS: '1' },
    fails: [1, 'WORKSPACE_NOT_ALLOWED', '66000002'],
  },
] as const)('$what fails as the action does', async ({ wrong, fails: [expected, code, hint] }) => {
  const { env, secrets } = await setUp();
  const { exitCode, stdout, stderr } = await run({
    args: ['token', '--format=json', '--max-attempts=1'],
    env: { ...env, ...wrong },
  });
  expect([exitCode, stdout]).toEqual([expected, '']);
  expect(stderr).toContain(`(${code})`);
  expect(stderr).toContain(hint);
  expectNone(stderr, [...secrets(), 'another-secret']);
});

const encryptedKey = material
  .openssl('pkcs8', '-topk8', '-in', 'server.key', '-passout', 'pass:secret')
  .toString();

test.each([
  ['the path of the key', 'out/server.key', 'Pass server.key'],
  [
    'a truncated key',
    material.secret.slice(0, 800),
    'Copy the whole file (server.der) again. Then pass server.der',
  ],
  ['a certificate', material.certificate, "Use the private key's file, server.key. Then pass server.key"],
  [
    'an encrypted key',
    encryptedKey,
    'Set `private-key-passphrase`, or remove the passphrase from encrypted.key: `openssl pkcs8 -topk8 -nocrypt ' +
      '-inform PEM -in encrypted.key -out server.key`. Then pass server.key',
  ],
])('%s as the private key: the remedy fits the command line', async (_, key, remedy) => {
  const { env } = await setUp();
  const { exitCode, stderr } = await run({ args: ['token'], env: { ...env, SPRINKLR_PRIVATE_KEY: key } });
  const [, lastLine = ''] = stderr.split('\n');
  expect([exitCode, lastLine]).toEqual([
    1,
    `${remedy} with --private-key-file or SPRINKLR_PRIVATE_KEY_FILE.`,
  ]);
});

test.each([
  ['an expired certificate', material, 'CERTIFICATE_EXPIRED'],
  ["another key's certificate", makeMaterial(), 'CERTIFICATE_MISMATCH'],
])('%s fails without a word about a request', async (_, { folder }, code) => {
  const { env, asked } = await setUp();
  const args = ['token', `--certificate-file=${folder}/server.crt`];
  const now = new Date(Date.now() + 400 * 24 * 60 * 60_000);
  const { exitCode, stderr } = await run({ args, env, now });
  expect([exitCode, asked()]).toEqual([1, []]);
  expect(stderr).toContain(`(${code})`);
  expect(stderr).not.toContain('invalidates');
});

test('a warning is shown, and the token printed', async () => {
  const { env, token } = await setUp();
  const certificate = ['--certificate-file', join(material.folder, 'server.crt')];
  const args = ['token', ...certificate, '--certificate-warning-days=3650'];
  const { exitCode, stdout, stderr } = await run({ args, env });
  expect([exitCode, stdout]).toEqual([0, `${token()}\n`]);
  expect(stderr).toMatch(/^Warning: .*expires/m);
});

test('every value comes from its flag, its file, its variable, or the variable of its file', async () => {
  const { env, sprinklr } = await setUp();
  const { SPRINKLR_USERNAME: username = '', SPRINKLR_API_SECRET: secret = '', ...rest } = env;
  const folder = folderWith({ username, secret, key: material.key });
  const wrong = { SPRINKLR_USERNAME: 'wrong', SPRINKLR_API_SECRET_FILE: join(folder, 'secret') };
  for (const args of [
    [`--username=${username}`],
    [`--username-file=${folder}/username`],
    ['--username-file=username', '--private-key-file=key'],
  ]) {
    const { exitCode } = await run({ args: ['token', ...args], env: { ...rest, ...wrong }, cwd: folder });
    expect([args, exitCode]).toEqual([args, 0]);
  }
  expect(sprinklr.requests).toHaveLength(3);

  const refused = await run({ args: ['token', `--api-secret=${secret}`], env: rest });
  expect(refused.exitCode).toBe(2);
  expectNone(refused.stderr, [secret]);
});

test('the private key can come from standard input', async () => {
  const { env, token } = await setUp();
  const call = { args: ['token', '--private-key-file=-'], env, input: material.der };
  expect((await run(call)).stdout).toBe(`${token()}\n`);
});

test('it has a flag for every input of mode token on the command line', async () => {
  const { stdout } = await run({ args: ['token', '--help'] });
  const names = INPUT_NAMES.filter(
    (name) =>
      definitionOf(name).frontEnds.includes('cli') &&
      !definitionOf(name).description.startsWith('`register` only'),
  );
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !stdout.includes(`--${name}`))).toEqual([]);
  for (const other of ['--seal', '--access-token', '--authorization-code'])
    expect(stdout).not.toContain(other);
});

test('a format that does not exist is a usage error', async () => {
  const { exitCode, stderr } = await run({ args: ['token', '--format', 'xml'] });
  expect(exitCode).toBe(2);
  expect(stderr).toBe('The value of --format is unknown.\nUse token, json, or env.\n');
});
