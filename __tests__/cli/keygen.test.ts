import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { emptyPath, fakeGh } from './fake-programs.ts';
import { contentsOf, folderWith } from './folders.ts';
import { run, startProcess, terminal, type Call, type Result } from './harness.ts';

const root = folderWith();

const SET = ['server.crt', 'server.csr', 'server.der', 'server.key'];
const OLD_SET = Object.fromEntries(SET.map((name) => [name, `the old ${name}`]));

function openssl(cwd: string, command: string): string {
  const { status, stdout, stderr } = spawnSync('openssl', command.split(' '), { cwd, encoding: 'utf8' });
  expect([command, status, status === 0 ? '' : stderr]).toEqual([command, 0, '']);
  return stdout + stderr;
}

function daysLeft(folder: string): number {
  const [, end = ''] = openssl(folder, 'x509 -noout -enddate -in server.crt').trim().split('=');
  return (Date.parse(end) - Date.now()) / 86_400_000;
}

/** Fails if a part of the key is printed, as PEM or base64. */
function expectNoKey(printed: string, der: Buffer): void {
  expect(der.length).toBeGreaterThan(1000);
  const base64 = der.toString('base64');
  for (let at = 0; at + 24 <= base64.length; at += 8)
    expect(printed.includes(base64.slice(at, at + 24))).toBe(false);
  expect(printed).not.toContain('PRIVATE KEY--');
  expect(printed).not.toContain(der.toString('hex').slice(0, 64));
}

const GIT_ENV = { GIT_CONFIG_NOSYSTEM: '1', HOME: root };
const NAMED = ['--common-name', 'ci.example.com'];

async function keygen(args: readonly string[], { env, ...call }: Omit<Call, 'args'> = {}): Promise<Result> {
  return await run({ args: ['keygen', ...args], env: { ...GIT_ENV, ...env }, ...call });
}

describe('the files', () => {
  test('have one key and the subject, length, and days that were given, and only the owner can read the key', async () => {
    const folder = join(folderWith(), 'with space');
    const { exitCode, stdout, stderr } = await keygen(
      `--common-name ci.example.com --organization Exämple --organizational-unit Ops --country de --state Hessen
      --locality Kassel --email ci@example.com --bits 3072 --days 90 --folder`
        .split(/\s+/)
        .concat(folder),
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(readdirSync(folder).sort()).toEqual(SET);

    const text = openssl(folder, 'x509 -noout -text -nameopt utf8,sep_comma_plus -in server.crt');
    expect(text).toContain('Public-Key: (3072 bit)');
    const subject = 'C=DE,ST=Hessen,L=Kassel,O=Exämple,OU=Ops,CN=ci.example.com,emailAddress=ci@example.com';
    expect(/Subject: (.*)/.exec(text)?.[1]?.replace(/\s/g, '')).toBe(subject);
    const publicKeys = [
      'pkey -pubout -in server.key',
      'pkey -pubout -inform DER -in server.der',
      'x509 -noout -pubkey -in server.crt',
      'req -noout -pubkey -in server.csr',
    ].map((command) => openssl(folder, command));
    expect(new Set(publicKeys).size).toBe(1);

    const fingerprint = openssl(folder, 'x509 -noout -fingerprint -sha256 -in server.crt');
    expect(stderr).toContain((fingerprint.split('=')[1] ?? '').trim().replaceAll(':', '').toLowerCase());
    expect(daysLeft(folder)).toBeCloseTo(90, 1);

    const modes = SET.map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
    expect(modes).toEqual(['644', '644', '600', '600']);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expectNoKey(stderr, readFileSync(join(folder, 'server.der')));
    // There is no terminal.
    expect(stderr).not.toContain('Generating');
  });

  test('come with commands that store and delete them, for any folder, and without a secret', async () => {
    const folder = join(folderWith(), "it's $HOME `here`");
    const { stderr } = await keygen([...NAMED, '--folder', folder]);
    const gh = fakeGh();
    const lines = stderr.split('\n').map((line) => line.trim());
    const bash = lines.filter((line) => line.startsWith('base64 <') || line.startsWith('gh variable set'));
    expect(bash).toHaveLength(2);
    for (const line of bash) execFileSync('bash', ['-c', line], { env: { PATH: gh.path } });
    const der = readFileSync(join(folder, 'server.der'));
    expect(Buffer.from(gh.stored('SPRINKLR_PRIVATE_KEY'), 'base64').equals(der)).toBe(true);
    expect(gh.stored('SPRINKLR_CERTIFICATE')).toBe(readFileSync(join(folder, 'server.crt'), 'utf8'));
    expectNoKey(stderr, der);

    const quoted = `'${join(folder, 'server.der').replaceAll("'", "''")}'`;
    expect(lines).toContain(
      `[Convert]::ToBase64String([IO.File]::ReadAllBytes(${quoted})) | gh secret set SPRINKLR_PRIVATE_KEY --repo OWNER/REPO`,
    );
    expect(stderr).toMatch(/Get-Content -Raw -LiteralPath '.*' \| gh variable set SPRINKLR_CERTIFICATE/);
    const remove = lines.find((line) => line.startsWith('bash:'))?.replace('bash:', '') ?? '';
    execFileSync('bash', ['-c', remove]);
    expect(readdirSync(folder).sort()).toEqual(['server.crt', 'server.csr']);
  });

  test.each(['1', ' 3650 '])('are valid for %s days', async (days) => {
    const folder = folderWith();
    expect((await keygen([...NAMED, '--days', days, '--folder', folder])).exitCode).toBe(0);
    expect(daysLeft(folder)).toBeCloseTo(Number(days), 1);
  });
});

describe('usage errors', () => {
  const badRepositories = [
    '',
    'r',
    'o/',
    '/r',
    '_o/r',
    '-h/o/r',
    'h/_o/r',
    '$(id)/r',
    'o/r;id',
    'h:/o/r',
    'h:x/o/r',
    'h/o/r/s',
    'o/r s',
    'o;/r',
    'h_/o/r',
    'https://github.com/o/r',
    '--help/x',
  ];
  test.each([
    [[], '--common-name is missing'],
    [[...NAMED, '--bits', '1024'], 'The value of --bits is unknown'],
    ...['0', '3651', '90d', 'd90', '1e3', '-1'].map((days): [string[], string] => [
      [...NAMED, `--days=${days}`],
      '--days must be a whole number from 1 to 3650',
    ]),
    [[...NAMED, '--country', 'Germany'], 'two letters'],
    [['--common-name', 'a\u001B[31mb'], 'INPUT_INVALID'],
    [[...NAMED, '--no-files'], '--no-files requires --secrets-to'],
    [[...NAMED, '--no-files', '--folder', 'x', '--secrets-to', 'o/r'], '--no-files and --folder'],
    [[...NAMED, '--env', 'x'], '--env requires --secrets-to'],
    [[...NAMED, '--secrets-to', 'o/r', '--env', ''], '--env is empty'],
    ...badRepositories.map((repository): [string[], string] => [
      [...NAMED, `--secrets-to=${repository}`],
      '--secrets-to must have the form OWNER/REPO',
    ]),
  ])('%j', async (args, problem) => {
    const cwd = folderWith();
    const gh = fakeGh();
    const { exitCode, stdout, stderr } = await keygen(args, { cwd, env: { PATH: gh.path } });
    expect(stderr).toContain(problem);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(contentsOf(cwd)).toEqual({});
    expect(gh.lines().filter((line) => line.includes(' set '))).toEqual([]);
  });
});

describe('the folder', () => {
  test('can be new in an existing one, but not a file', async () => {
    const parent = folderWith({ file: '' });
    for (const [folder, problem] of [
      [join(parent, 'no', 'keys'), `${join(parent, 'no')} is not a folder`],
      [join(parent, 'file'), `${join(parent, 'file')} is not a folder`],
      [join(parent, 'file', 'keys'), 'is not a folder'],
    ] as const) {
      const { exitCode, stderr } = await keygen([...NAMED, '--folder', folder]);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(problem)]);
    }
    expect(contentsOf(parent)).toEqual({ file: '' });
  });

  test('that is not writable is named', async () => {
    // Not even root can write there.
    const { exitCode, stderr } = await keygen([...NAMED, '--folder', '/proc/self']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Cannot create files in \/proc\/self: /);
  });

  test('keeps its files without --force, and has the whole set replaced with it', async () => {
    const folder = folderWith({ 'server.csr': 'mine' });
    symlinkSync(join(root, 'nowhere'), join(folder, 'server.key'));
    const refused = await keygen([...NAMED, '--folder', folder]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('already contains server.key, server.csr');
    expect(readdirSync(folder).sort()).toEqual(['server.csr', 'server.key']);

    expect((await keygen([...NAMED, '--force', '--folder', folder])).exitCode).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(SET);
    expect(readFileSync(join(folder, 'server.csr'), 'utf8')).not.toBe('mine');
    expect(lstatSync(join(folder, 'server.key')).isFile()).toBe(true);
    expect(existsSync(join(root, 'nowhere'))).toBe(false);
  });

  test('in the place of a file is not replaced, even with --force', async () => {
    const folder = folderWith({ ...OLD_SET, 'server.der': '' });
    execFileSync('rm', [join(folder, 'server.der')]);
    mkdirSync(join(folder, 'server.der'));
    const before = contentsOf(folder);
    const { exitCode, stderr } = await keygen([...NAMED, '--force', '--folder', folder]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('server.der')]);
    expect(contentsOf(folder)).toEqual(before);
  });

  test('is checked again when the files are written', async () => {
    const folder = folderWith();
    const session = terminal({
      args: ['keygen', '--organization', 'x', '--country', 'de'],
      cwd: folder,
      env: GIT_ENV,
    });
    await session.shows('Common name');
    writeFileSync(join(folder, 'server.key'), 'mine');
    session.type('ci.example.com');
    expect(await session.exit).toBe(1);
    expect(contentsOf(folder)).toEqual({ 'server.key': 'mine' });
  });
});

describe('in a git work tree', () => {
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', args, { cwd, encoding: 'utf8', env: { ...process.env, ...GIT_ENV } });
  const workTree = (ignored?: string): string => {
    const folder = folderWith(ignored === undefined ? {} : { '.gitignore': ignored });
    git(folder, 'init', '--quiet');
    return folder;
  };

  test.each([
    ['nothing', undefined, 'server.key and server.der'],
    ['only one of the key files', '*.key\n', 'server.der'],
  ])('that ignores %s, it creates nothing, even with --force', async (_, ignored, exposed) => {
    const tree = workTree(ignored);
    const before = contentsOf(tree);
    for (const args of [
      [...NAMED, '--force'],
      [...NAMED, '--folder', 'keys'],
    ]) {
      const { exitCode, stderr } = await keygen(args, { cwd: tree });
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`does not ignore ${exposed}.`)]);
      expect(contentsOf(tree)).toEqual(before);
    }
  });

  test('it finds the work tree behind a symbolic link, and in spite of GIT_DIR', async () => {
    const tree = workTree();
    const link = join(folderWith(), 'link');
    symlinkSync(tree, link);
    const elsewhere = workTree();
    writeFileSync(join(elsewhere, '.git/info/exclude'), '*\n');
    const env = { GIT_DIR: join(elsewhere, '.git') };
    const { exitCode, stderr } = await keygen([...NAMED, '--folder', link], { env });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(tree)]);
    expect(readdirSync(tree)).toEqual(['.git']);
  });

  test('that ignores the key files, it creates them, unless git is missing', async () => {
    const tree = workTree('keys/\n');
    const without = await keygen([...NAMED, '--folder', 'keys'], { cwd: tree, env: { PATH: emptyPath() } });
    expect(without.exitCode).toBe(1);
    expect(existsSync(join(tree, 'keys'))).toBe(false);
    expect((await keygen([...NAMED, '--folder', 'keys'], { cwd: tree })).exitCode).toBe(0);
    expect(readdirSync(join(tree, 'keys')).sort()).toEqual(SET);
  });

  test('it runs no program that the repository configures', async () => {
    const tree = workTree('keys/\n');
    const [program, proof] = [join(tree, '.git/monitor'), join(folderWith(), 'proof')];
    writeFileSync(program, `#!/bin/sh\ntouch '${proof}'\n`, { mode: 0o755 });
    writeFileSync(join(tree, 'tracked'), '');
    git(tree, 'config', 'core.fsmonitor', program);
    git(tree, 'add', 'tracked');
    expect(existsSync(proof)).toBe(true);
    rmSync(proof);
    expect((await keygen([...NAMED, '--folder', 'keys'], { cwd: tree })).exitCode).toBe(0);
    expect(existsSync(proof)).toBe(false);
  });

  test('that tracks an ignored key file, it creates nothing', async () => {
    const tree = workTree('server.*\n');
    writeFileSync(join(tree, 'server.der'), 'committed');
    git(tree, 'add', '--force', 'server.der');
    const { exitCode, stderr } = await keygen([...NAMED, '--force'], { cwd: tree });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('does not ignore server.der.')]);
  });
});

/** Loaded by Node before the program: the key takes longer, for tests that interrupt. */
const slowKey = join(root, 'slow-key.cjs');
writeFileSync(
  slowKey,
  `const crypto = require('node:crypto');
const { promisify } = require('node:util');
const { setTimeout: sleep } = require('node:timers/promises');
const { generateKeyPair } = crypto;
const generate = promisify(generateKeyPair);
crypto.generateKeyPair = () => {};
crypto.generateKeyPair[promisify.custom] = async (...args) => { await sleep(5000); return generate(...args); };
`,
);
const SLOW = { ...GIT_ENV, NODE_OPTIONS: `--require ${slowKey}` };

describe('on a terminal', () => {
  test('it asks for the name, repeats invalid answers, lets Enter omit what is optional, and shows progress', async () => {
    const folder = folderWith();
    const session = terminal({ args: ['keygen'], cwd: folder, env: GIT_ENV });
    await session.shows('Common name');
    session.type('');
    await session.shows('Enter a name.');
    session.type('ci.example.com');
    await session.shows('Organization (Enter for none)');
    session.type('');
    await session.shows('Country, two letters (Enter for none)');
    session.type('Germany');
    await session.shows('Enter two letters');
    session.press('\u007F'.repeat('Germany'.length));
    session.type('de');
    await session.shows('Generating a 2048-bit key');
    expect(await session.exit).toBe(0);
    expect(openssl(folder, 'x509 -noout -subject -in server.crt').replace(/\s/g, '')).toBe(
      'subject=C=DE,CN=ci.example.com',
    );
    expectNoKey(session.screen(), readFileSync(join(folder, 'server.der')));
  });

  test('with a name it asks nothing, and Ctrl-C during key generation leaves and stores nothing', async () => {
    const folder = folderWith();
    const gh = fakeGh();
    const args = ['keygen', ...NAMED, '--secrets-to', 'o/r'];
    const session = terminal({ args, cwd: folder, env: { ...SLOW, PATH: gh.path } });
    await session.shows('Generating a 2048-bit key');
    session.press('\u0003');
    await session.exit;
    expect(session.screen()).not.toContain('Organization');
    expect(gh.lines().at(-1)).toBe('variable list --repo o/r');
    expect(contentsOf(folder)).toEqual({});
  });

  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Esc', '\u001B'],
  ])('%s at a question cancels', async (_, key) => {
    const folder = folderWith();
    const session = terminal({ args: ['keygen'], cwd: folder, env: GIT_ENV });
    await session.shows('Common name');
    session.press(key);
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('Canceled.');
    expect(contentsOf(folder)).toEqual({});
  });
});

describe('--secrets-to', () => {
  const TO = [...NAMED, '--secrets-to', 'example/pipeline'];

  test('stores both through standard input, besides the files', async () => {
    const folder = folderWith();
    const gh = fakeGh();
    const { exitCode, stdout, stderr } = await keygen(TO, { cwd: folder, env: { PATH: gh.path } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    const der = readFileSync(join(folder, 'server.der'));
    expect(gh.stored('SPRINKLR_PRIVATE_KEY')).toBe(der.toString('base64'));
    expect(gh.stored('SPRINKLR_CERTIFICATE')).toBe(readFileSync(join(folder, 'server.crt'), 'utf8'));
    expect(gh.lines()).toEqual([
      'auth status',
      'secret list --repo example/pipeline',
      'variable list --repo example/pipeline',
      'secret set SPRINKLR_PRIVATE_KEY --repo example/pipeline',
      'variable set SPRINKLR_CERTIFICATE --repo example/pipeline',
    ]);
    const environments = gh.calls().map(({ env }) => env);
    expectNoKey([stderr, ...environments].join('\n'), der);
    // Its prompts would wait forever.
    for (const env of environments) expect(env).toContain('\nGH_PROMPT_DISABLED=1\n');
    expect(stderr).toContain(`\n  folder       ${folder}\n`);
    expect(stderr).toContain('Stored in example/pipeline:');
    expect(stderr).not.toContain('gh secret set');
  });

  test('with --no-files keeps nothing: standard output is the certificate of the stored key', async () => {
    const folder = folderWith();
    const gh = fakeGh();
    const { exitCode, stdout, stderr } = await keygen(
      [...NAMED, '--secrets-to', 'git.example.com/example/pipeline', '--env', 'two words', '--no-files'],
      { cwd: folder, env: { PATH: gh.path } },
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^-----BEGIN CERTIFICATE-----\n[^]*-----END CERTIFICATE-----\n$/);
    expect(gh.stored('SPRINKLR_CERTIFICATE')).toBe(stdout);
    expect(contentsOf(folder)).toEqual({});
    expect(gh.lines()[0]).toBe('auth status --hostname git.example.com');
    expect(stderr).toMatch(/^Stored in git\.example\.com\/example\/pipeline, environment two words:/m);
    expect(gh.calls().at(-1)?.args.slice(3)).toEqual([
      '--repo',
      'git.example.com/example/pipeline',
      '--env',
      'two words',
    ]);

    const der = Buffer.from(gh.stored('SPRINKLR_PRIVATE_KEY'), 'base64');
    writeFileSync(join(folder, 'der'), der);
    writeFileSync(join(folder, 'crt'), stdout);
    expect(openssl(folder, 'pkey -inform DER -in der -pubout')).toBe(
      openssl(folder, 'x509 -in crt -noout -pubkey'),
    );
    expectNoKey(`${stdout}${stderr}`, der);
  });

  test.each([
    ['g.example.com:8443/o/r.s_t-u', ['--hostname', 'g.example.com:8443']],
    ['1/2', []],
    ['a-B_c/d', []],
    ['h/o/r', ['--hostname', 'h']],
  ])('accepts %s', async (repository, host) => {
    const gh = fakeGh();
    const { exitCode } = await keygen([...NAMED, '--secrets-to', repository, '--no-files'], {
      env: { PATH: gh.path },
    });
    expect(exitCode).toBe(0);
    expect(gh.lines().slice(0, 2)).toEqual([
      ['auth status', ...host].join(' '),
      `secret list --repo ${repository}`,
    ]);
  });

  test.each([
    ['is not installed', emptyPath],
    ['is not logged in: no hosts', () => fakeGh({ fails: 'auth status', says: 'no hosts' }).path],
  ])('creates nothing if gh %s', async (problem, path) => {
    const folder = folderWith();
    const { exitCode, stdout, stderr } = await keygen(TO, { cwd: folder, env: { PATH: path() } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain('gh auth login');
    expect(contentsOf(folder)).toEqual({});
  });

  test.each(['secret', 'variable'] as const)('replaces an existing %s only with --force', async (stored) => {
    const folder = folderWith();
    const gh = fakeGh({ stores: stored });
    const call = { cwd: folder, env: { PATH: gh.path } };
    const { exitCode, stderr } = await keygen(TO, call);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`already has the ${stored} SPRINKLR_`)]);
    expect(contentsOf(folder)).toEqual({});
    expect(gh.lines().filter((line) => line.includes(' set '))).toEqual([]);
    expect((await keygen([...TO, '--force'], call)).exitCode).toBe(0);
    expect(gh.stored('SPRINKLR_PRIVATE_KEY')).not.toBe('');
  });

  test('if gh fails after the files are written, says how to store them', async () => {
    const folder = folderWith();
    const says = '\\033[31m\\nfailed:\\007 HTTP 403\\033[0m\\nmore\\n';
    const gh = fakeGh({ fails: 'secret set', says });
    const { exitCode, stdout, stderr } = await keygen(TO, { cwd: folder, env: { PATH: gh.path } });
    expect(exitCode).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(SET);
    expect(stderr).toContain('"gh secret set" failed: failed: HTTP 403\n');
    expect(stderr).not.toContain('more');
    expect(stderr).toContain(`base64 < ${join(folder, 'server.der')} | gh secret set`);
    expectNoKey(`${stdout}${stderr}`, readFileSync(join(folder, 'server.der')));
  });

  test('quotes the commands for both shells', async () => {
    const args = [...TO, '--env', "it's", '--folder', folderWith()];
    const gh = fakeGh({ fails: 'variable set' });
    const { exitCode, stdout, stderr } = await keygen(args, { env: { PATH: gh.path } });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `gh variable set SPRINKLR_CERTIFICATE --repo example/pipeline --env 'it'\\''s' < `,
    );
    expect(stderr).toMatch(
      /\| gh variable set SPRINKLR_CERTIFICATE --repo example\/pipeline --env 'it''s'$/m,
    );
  });

  test('with --no-files, if gh cannot store the key, says that nothing was kept', async () => {
    const folder = folderWith();
    const gh = fakeGh({ fails: 'secret set' });
    const call = { cwd: folder, env: { PATH: gh.path } };
    const { exitCode, stdout, stderr } = await keygen([...TO, '--no-files'], call);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('Nothing was kept');
    expect(contentsOf(folder)).toEqual({});
    expect(gh.lines().filter((line) => line.startsWith('variable set'))).toEqual([]);
  });

  test('with --no-files, if gh cannot store the certificate, prints it', async () => {
    const gh = fakeGh({ fails: 'variable set' });
    const call = { cwd: folderWith(), env: { PATH: gh.path } };
    const { exitCode, stdout, stderr } = await keygen([...TO, '--no-files'], call);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('SPRINKLR_PRIVATE_KEY is stored in example/pipeline, but SPRINKLR_CERTIFICATE');
    expect(stdout).toMatch(/^-----BEGIN CERTIFICATE-----\n[^]*\n-----END CERTIFICATE-----\n$/);
  });

  test('Ctrl-C while gh runs ends gh, and says what is where', async () => {
    const folder = folderWith();
    const gh = fakeGh({ hangs: 'secret set' });
    const session = terminal({ args: ['keygen', ...TO], cwd: folder, env: { ...GIT_ENV, PATH: gh.path } });
    await session.shows('Storing the key');
    session.press('\u0003');
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('Interrupted while gh was running.');
    expect(session.screen()).toContain('The files are complete.');
    expect(readdirSync(folder).sort()).toEqual(SET);
  });

  test('a signal to the command alone also ends gh', async () => {
    const gh = fakeGh({ hangs: 'secret set' });
    const program = startProcess({
      args: ['keygen', ...TO],
      cwd: folderWith(),
      env: { ...GIT_ENV, PATH: gh.path },
    });
    while (!gh.lines().some((line) => line.startsWith('secret set')))
      await new Promise((resolve) => setTimeout(resolve, 50));
    program.kill('SIGTERM');
    const start = performance.now();
    expect((await program.exit).exitCode).toBe(1);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
