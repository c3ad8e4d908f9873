import { expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeGh } from './fake-programs.ts';
import { run, runProcess, terminal } from './harness.ts';

const COMMANDS = ['setup', 'token', 'exec', 'keygen', 'register', 'doctor', 'simulate', 'demo'];

test.each([
  [[], 2],
  [['-h'], 0],
  [['--help'], 0],
  [['help'], 0],
])('%j lists the commands, and exits with %i', async (args, expected) => {
  const { exitCode, stdout, stderr } = await run({ args });
  const [list, nothing] = expected === 0 ? [stdout, stderr] : [stderr, stdout];
  expect([exitCode, nothing]).toEqual([expected, '']);
  expect(list).toMatch(/^Example:\n {2}sprinklr-token demo\n/);
  for (const name of COMMANDS) expect(list).toMatch(new RegExp(`^ {2}${name} {2,}\\S`, 'm'));
});

test.each(COMMANDS)('%s --help starts with an example, and has the common flags', async (name) => {
  for (const args of [
    [name, '--help'],
    [name, '--debug', '-h'],
    ['help', name],
  ]) {
    const { exitCode, stdout, stderr } = await run({ args });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: sprinklr-token ${name} `);
    expect(stdout).toMatch(new RegExp(`^Examples?:\n {2}.*sprinklr-token ${name}`));
    expect(stdout).not.toContain('register only');
    // Literal values such as api2 contain a digit.
    expect(stdout).not.toMatch(/^ {2}-.* {2}[a-z]+[ ,;]/m);
    for (const flag of ['--debug', '-h, --help']) expect(stdout).toContain(flag);
  }
});

test.each(['-v', '--version'])('%s prints the version of package.json', async (flag) => {
  const { exitCode, stdout } = await run({ args: [flag] });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  [['simulat'], 'simulate'],
  [['dome'], 'demo'],
  [['simulate', '--enviroment', 'prod2'], '--environment'],
  [['doctor', '--user-name=x'], '--username'],
])('%j is a usage error that suggests %s', async (args, suggestion) => {
  const { exitCode, stdout, stderr } = await run({ args });
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`Did you mean ${suggestion}?`);
});

const SECRET = 'S3cr3t-V4lue';
test.each([
  ['a command', [SECRET]],
  ['an argument', ['demo', SECRET]],
  ['an empty argument', ['demo', '']],
  ['an argument after --', ['demo', '--', SECRET]],
  ['an unknown flag', ['demo', `--${SECRET}`]],
  ['an unknown short flag', ['demo', `-${SECRET}`]],
  ["an unknown flag's value", ['demo', `--unknown=${SECRET}`]],
  ["an unknown flag's next argument", ['demo', '--unknown', SECRET]],
  ['the value of a flag without one', ['demo', `--help=${SECRET}`]],
  ['a number', ['keygen', '--days', SECRET]],
  ['a choice', ['keygen', '--bits', SECRET]],
  ['the value of two flags that conflict', ['doctor', `--username=${SECRET}`, `--username-file=${SECRET}`]],
  ['a missing value', ['keygen', '--days']],
])('%s that is wrong is a usage error, and its text is not repeated', async (_, args) => {
  const { exitCode, stdout, stderr } = await run({ args });
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).not.toContain(SECRET);
  // The problem and the remedy.
  expect(stderr).toMatch(/^\S.+\.\n\S.+\.\n$/);
});

test.each([
  ['an unknown flag', ['setup', '--unknown']],
  ['an argument', ['register', 'server.crt']],
  ['a missing value', ['register', '--certificate-file']],
  ['a number', ['setup', '--days', 'many']],
  ['a secret', ['doctor', '--api-key=k7apikey3n5x9w2q']],
  ['two flags that conflict', ['doctor', '--username=a', '--username-file=b']],
  ['an unknown command', ['setpu']],
  ['no value to check', ['doctor']],
  ['--yes without --live', ['doctor', '--yes']],
  ['two modes', ['setup', '--files=x', '--rotate']],
])('with --json, a usage error is the result, too: %s', async (_, [command = '', ...flags]) => {
  const { exitCode, stdout, stderr } = await run({ args: [command, '--json', ...flags] });
  expect(exitCode).toBe(2);
  const [problem = ''] = stderr.split('\n');
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, 'error-code': null, message: problem });
});

test.each([[['exec', '--unknown', '--', 'gh', 'api', '--json']], [['token', '--json']]])(
  '%j is a usage error of a command without --json, and prints no result',
  async (args) => {
    const { exitCode, stdout } = await run({ args });
    expect([exitCode, stdout]).toEqual([2, '']);
  },
);

test('system errors are explained, and --debug adds where they occurred', async () => {
  const call = { args: ['simulate', '--port=0', '--tls'], env: { TMPDIR: '/nowhere' } };
  const plain = await run(call);
  expect([plain.exitCode, plain.stdout]).toEqual([1, '']);
  expect(plain.stderr).toMatch(/^\/nowhere\/\S+: no such file or folder\.\n.+\n$/);

  const debugged = await run({ ...call, args: [...call.args, '--debug'] });
  expect(debugged.stderr).toMatch(/^\/nowhere\/\S+: no such file or folder\.\n/);
  expect(debugged.stderr).toMatch(/^ +at .*cli\.js/m);
});

test.each([
  ['18.20.8', 1],
  ['20.18.3', 1],
  ['20.19.0', 0],
  ['22.1.0', 0],
] as const)('on Node.js %s, it says which version it requires, or works', async (version, expected) => {
  const preload = join(mkdtempSync(join(tmpdir(), 'sprinklr-token-cli-')), 'version.cjs');
  const versions = `{ value: { ...process.versions, node: '${version}' } }`;
  // Node.js 18 has no styleText.
  const styleText = expected === 1 ? "delete require('node:util').styleText;" : '';
  writeFileSync(preload, `${styleText} Object.defineProperty(process, 'versions', ${versions});`);
  const env = { NODE_OPTIONS: `--require ${preload}` };
  const { exitCode, stderr } = await runProcess({ args: ['help'], env });
  expect(exitCode).toBe(expected);
  if (expected === 1)
    expect(stderr).toBe(`sprinklr-token requires Node.js 20.19 or later. This is ${version}.\n`);
});

test('a bug is reported as one, and only --debug shows its message', async () => {
  const broken = join(mkdtempSync(join(tmpdir(), 'sprinklr-token-cli-')), 'broken.cjs');
  writeFileSync(broken, "require('node:crypto').randomBytes = () => { throw new Error('no entropy'); };");
  const args = ['register', '--dispatch', '--redirect-uri=https://www.example.com/callback'];
  const env = { SPRINKLR_API_KEY: 'key', PATH: fakeGh().path, NODE_OPTIONS: `--require ${broken}` };
  const plain = await runProcess({ args, env });
  expect([plain.exitCode, plain.stdout]).toEqual([1, '']);
  expect(plain.stderr).toMatch(/\nUnexpected internal error\.\n.*--debug.*\n$/);

  const debugged = await runProcess({ args: [...args, '--debug'], env });
  expect(debugged.exitCode).toBe(1);
  expect(debugged.stderr).toMatch(/Error: no entropy\n +at /);
});

test('colors are for terminals only, and honor NO_COLOR and TERM', async () => {
  const args = ['simulat'];
  expect((await run({ args })).stderr).not.toContain('\u001B[');
  for (const [env, isRed] of [
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
  ] as const) {
    const session = terminal({ args, env });
    expect(await session.exit).toBe(2);
    expect(session.screen().includes('\u001B[31m')).toBe(isRed);
  }
});
