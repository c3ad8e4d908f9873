import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desk, deskVariant, terminal } from './desk.ts';

test('without a command it lists the commands and says that the usage was wrong', async () => {
  const { exitCode, stdout } = await desk({ args: [] });
  expect(exitCode).toBe(2);
  for (const name of ['demo', 'simulate']) expect(stdout).toContain(`  ${name}`);
});

test('--version prints the version of package.json', async () => {
  const { exitCode, stdout } = await desk({ args: ['--version'] });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a mistyped command or flag is refused with the nearest known one', async () => {
  const command = await desk({ args: ['simulat'] });
  expect(command.exitCode).toBe(2);
  expect(command.stderr).toContain('Did you mean simulate?');

  const flag = await desk({ args: ['simulate', '--enviroment', 'prod2'] });
  expect(flag.exitCode).toBe(2);
  expect(flag.stderr).toContain('Did you mean --environment?');
});

test.each([
  ['emo', 'demo'],
  ['xdemo', 'demo'],
  ['dome', 'demo'],
  ['keygn', 'keygen'],
  ['doktors', 'doctor'],
  ['simulxyze', 'simulate'],
  ['simulierte', 'simulate'],
])('"%s" is close enough to %s', async (word, meant) => {
  const { exitCode, stderr } = await deskVariant({ args: [word] });
  expect(exitCode).toBe(2);
  expect(stderr).toBe(`There is no such command.\nDid you mean ${meant}?\n`);
});

test.each(['keys', 'imulator', 'constructor', 'x'])('"%s" is close to no command', async (word) => {
  const { exitCode, stderr } = await deskVariant({ args: [word] });
  expect(exitCode).toBe(2);
  expect(stderr).toBe('There is no such command.\nSee "sprinklr-token --help".\n');
});

test.each([
  [['-v'], /^\d+\.\d+\.\d+\n$/],
  [['-h'], /^ {2}authorize +Get a one-time code/m],
  [['help'], /^ {2}authorize +Get a one-time code/m],
  [['--help'], /^ {2}authorize +Get a one-time code/m],
  [['demo', '-h'], /^Usage: sprinklr-token demo\n/],
  [['demo', '--debug', '--help'], /^Usage: sprinklr-token demo\n/],
])('%j is answered, and is no wrong usage', async (args, words) => {
  const { exitCode, stdout, stderr } = await deskVariant({ args });
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(words);
});

test.each([
  [
    ['--quite-unlike-any-flag=x'],
    'demo has no flag --quite-unlike-any-flag.\nSee "sprinklr-token demo --help".\n',
  ],
  [['-x'], 'demo has no flag -x.\nSee "sprinklr-token demo --help".\n'],
  [
    ['stray-secret'],
    'demo takes flags only, and something else was given.\nSee "sprinklr-token demo --help".\n',
  ],
  [[''], 'demo takes flags only, and something else was given.\nSee "sprinklr-token demo --help".\n'],
  [
    ['--help=stray-secret'],
    'A flag of demo is not complete.\nFlags that take a value are given as --flag=value. See "sprinklr-token demo --help".\n',
  ],
])('%j is refused, and what may be a secret is not repeated', async (args, words) => {
  const { exitCode, stdout, stderr } = await deskVariant({ args: ['demo', ...args] });
  expect([exitCode, stdout, stderr]).toEqual([2, '', words]);
});

test('what the system refuses is said in words, and --debug shows where it arose', async () => {
  const call = { args: ['simulate', '--port=0', '--tls'], env: { TMPDIR: '/nowhere' } };
  const plain = await desk(call);
  expect([plain.exitCode, plain.stdout]).toEqual([1, '']);
  expect(plain.stderr).toMatch(/^\/nowhere\/\S+: it does not exist\.\nCorrect that, then run it again\.\n$/);

  const debugged = await desk({ ...call, args: [...call.args, '--debug'] });
  expect(debugged.stderr).toMatch(/^\/nowhere\/\S+: it does not exist\.\n/);
  expect(debugged.stderr).toMatch(/^ +at .*cli\.js/m);
});

test('a fault of its own is admitted to be one, and only --debug shows what it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-cli-'));
  const broken = join(folder, 'broken.cjs');
  writeFileSync(broken, "require('node:crypto').randomBytes = () => { throw new Error('out of chance'); };");
  const args = ['authorize', '--redirect-uri=https://www.example.com/callback'];
  const env = { SPRINKLR_API_KEY: 'key', NODE_OPTIONS: `--require ${broken}` };
  const plain = await desk({ args, env });
  const debugged = await desk({ args: [...args, '--debug'], env });
  rmSync(folder, { recursive: true });

  const admitted =
    'sprinklr-token failed in a way that it should not.\n' +
    'Run it again with --debug, and open an issue with what it prints.\n';
  expect([plain.exitCode, plain.stdout, plain.stderr]).toEqual([1, '', admitted]);
  expect(debugged.exitCode).toBe(1);
  expect(debugged.stderr.startsWith(`${admitted}Error: out of chance\n    at `)).toBe(true);
});

test('what is piped is plain, and a terminal gets colour unless NO_COLOR says otherwise', async () => {
  const args = ['simulat'];
  expect((await desk({ args })).stderr).not.toContain('\u001B[');

  const coloured = terminal({ args });
  expect(await coloured.exit).toBe(2);
  expect(coloured.screen()).toContain('\u001B[31m');

  const plain = terminal({ args, env: { NO_COLOR: '1' } });
  expect(await plain.exit).toBe(2);
  expect(plain.screen()).not.toContain('\u001B[31m');

  const dumb = terminal({ args, env: { TERM: 'dumb' } });
  expect(await dumb.exit).toBe(2);
  expect(dumb.screen()).not.toContain('\u001B[31m');
});
