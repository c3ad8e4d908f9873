import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { runStep } from '../action/harness.ts';
import { app, username } from '../action/world.ts';
import { cli, desk, deskVariant, terminal, type Call, type Called } from './desk.ts';

const root = mkdtempSync(join(tmpdir(), 'sprinklr-token-keygen-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

let folders = 0;
/** A new empty folder. */
function newFolder(): string {
  const folder = join(root, `${++folders}`);
  mkdirSync(folder);
  return folder;
}

const SET = ['server.crt', 'server.csr', 'server.der', 'server.key'];
const OLD = SET.map((name) => ({ name, text: `the old ${name}` }));

/** A folder with a set from before. */
function oldSet(): string {
  const folder = newFolder();
  for (const { name, text } of OLD) writeFileSync(join(folder, name), text);
  return folder;
}

/** All that is in a folder, hidden things included. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== '.git')
      .map((name) => {
        const path = join(folder, name);
        return [name, statSync(path).isDirectory() ? '(folder)' : readFileSync(path, 'latin1')];
      }),
  );
}

const untouched = Object.fromEntries(OLD.map(({ name, text }) => [name, text]));

function openssl(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
  expect({ args, status, stderr: status === 0 ? '' : stderr }).toEqual({ args, status: 0, stderr: '' });
  return stdout + stderr;
}

/** No line of the key, in PEM or in base64, in anything printed. */
function expectNoKey(printed: string, der: Buffer): void {
  expect(der.length).toBeGreaterThan(1000);
  const base64 = der.toString('base64');
  for (let at = 0; at + 24 <= base64.length; at += 8)
    expect(printed.includes(base64.slice(at, at + 24))).toBe(false);
  expect(printed).not.toContain('PRIVATE KEY--');
  expect(printed).not.toContain(der.toString('hex').slice(0, 64));
}

const here = { GIT_CONFIG_NOSYSTEM: '1', HOME: root };

/**
 * Loaded before the program: takes a key from a file, as making one takes longer than all the rest, and it can wait
 * before that (SLOW_KEY); lets the nth renaming fail (FAIL_AT), or all from it on (FAIL_FROM), or wait and say so (WAIT_AT);
 * lets every removal fail (RM_FAILS).
 */
const preload = join(root, 'preload.cjs');
writeFileSync(
  preload,
  `const fs = require('node:fs');
const crypto = require('node:crypto');
const { promisify } = require('node:util');
const { setTimeout: sleep } = require('node:timers/promises');
const { rename } = fs.promises;
let count = 0;
fs.promises.rename = async (...args) => {
  count += 1;
  const { FAIL_AT, FAIL_FROM = Infinity } = process.env;
  if (count === Number(FAIL_AT) || count >= Number(FAIL_FROM)) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28 });
  if (count === Number(process.env.WAIT_AT)) {
    process.stderr.write('HALFWAY');
    const interrupted = new AbortController();
    process.once('SIGINT', () => interrupted.abort());
    await sleep(Number(process.env.WAIT_MS ?? 500), undefined, interrupted).catch(() => undefined);
  }
  return await rename(...args);
};
const { rm } = fs.promises;
fs.promises.rm = async (...args) => {
  if (process.env.RM_FAILS) throw Object.assign(new Error('EACCES'), { code: 'EACCES', errno: -13 });
  return await rm(...args);
};
crypto.generateKeyPair = () => {};
crypto.generateKeyPair[promisify.custom] = async () => {
  await sleep(Number(process.env.SLOW_KEY ?? 0));
  return { privateKey: crypto.createPrivateKey(fs.readFileSync('${root}/ready.key')) };
};
`,
);
writeFileSync(
  join(root, 'ready.key'),
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);
const preloaded = { ...here, NODE_OPTIONS: `--require ${preload}` };

/** Runs keygen piped. Where it made a key, no part of it may be printed. */
async function keygen(args: readonly string[], call: Omit<Call, 'args'> = {}): Promise<Called> {
  const { env, ...rest } = call;
  const called = await desk({ args: ['keygen', ...args], env: { ...preloaded, ...env }, ...rest });
  expect(called.stderr).not.toMatch(/^\s+at /m);
  return called;
}

const named = ['--common-name', 'ci.example.com'];

interface Gh {
  readonly env: Readonly<Record<string, string>>;
  /** Command lines, in order. */
  calls(): string[];
  /** What the fake has stored. */
  stored(name: string): string;
}

/** A gh that writes down what it was told. It can be made to fail, to be slow, and to hold something already. */
function fakeGh({ fails = '', slow = '', loggedOut = false, holds = '' } = {}): Gh {
  const folder = newFolder();
  writeFileSync(
    join(folder, 'gh'),
    `#!/bin/sh
printf '%s\\n' "$*" >> '${folder}/calls'
env >> '${folder}/calls-environment'
case "$1 $2" in
  'auth status') ${loggedOut ? "echo 'You are not logged into any GitHub hosts.' >&2; exit 1" : ':'} ;;
  '${holds} list') printf 'OTHER\\t2026-01-01\\nSPRINKLR_PRIVATE_KEY\\t2026-01-01\\nSPRINKLR_CERTIFICATE\\tx\\n' ;;
  '${slow} set') echo STORING >&2; exec sleep 20 ;;
  '${fails} set') printf '\\033[31m\\nfailed:\\007 HTTP 403\\033[0m\\nmore\\n' >&2; exit 1 ;;
  *' set') cat > '${folder}/'"$3" ;;
esac
`,
  );
  chmodSync(join(folder, 'gh'), 0o755);
  return {
    env: { ...preloaded, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
    calls: () => {
      const path = join(folder, 'calls');
      return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
    },
    stored: (name) => {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : '';
    },
  };
}

/** A PATH on which there is nothing but the named programs. */
function onlyPrograms(...names: string[]): Record<string, string> {
  const folder = newFolder();
  for (const name of names)
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(folder, name));
  return { ...preloaded, PATH: folder };
}

describe('what it makes', () => {
  test('is what openssl takes for the results of step 3, with owner-only key files', async () => {
    const folder = join(newFolder(), 'with space');
    const { exitCode, stdout, stderr } = await keygen(
      `--common-name ci.example.com --organization Exämple --organizational-unit Ops --country de --state Hessen
      --locality Kassel --email ci@example.com --bits 3072 --days 90 --folder`
        .split(/\s+/)
        .concat(folder),
      { env: { NODE_OPTIONS: '' } },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(readdirSync(folder).sort()).toEqual(SET);

    expect(openssl(folder, 'rsa', '-in', 'server.key', '-check', '-noout')).toContain('RSA key ok');
    const fromDer = openssl(folder, 'pkcs8', '-inform', 'DER', '-nocrypt', '-in', 'server.der');
    expect(fromDer).toBe(openssl(folder, 'pkcs8', '-topk8', '-nocrypt', '-in', 'server.key'));
    expect(openssl(folder, 'req', '-verify', '-noout', '-in', 'server.csr')).toMatch(/verify OK/i);
    expect(openssl(folder, 'verify', '-CAfile', 'server.crt', 'server.crt')).toContain('server.crt: OK');
    const text = openssl(
      folder,
      'x509',
      '-noout',
      '-text',
      '-nameopt',
      'utf8,sep_comma_plus',
      '-in',
      'server.crt',
    );
    expect(text).toContain('sha256WithRSAEncryption');
    expect(text).toContain('Public-Key: (3072 bit)');
    const subject = 'C=DE,ST=Hessen,L=Kassel,O=Exämple,OU=Ops,CN=ci.example.com,emailAddress=ci@example.com';
    for (const whose of ['Subject', 'Issuer'])
      expect(new RegExp(`${whose}: (.*)`).exec(text)?.[1]?.replace(/\s/g, '')).toBe(subject);
    const publicKey = openssl(folder, 'pkey', '-pubout', '-in', 'server.key');
    expect(openssl(folder, 'x509', '-noout', '-pubkey', '-in', 'server.crt')).toBe(publicKey);
    expect(openssl(folder, 'req', '-noout', '-pubkey', '-in', 'server.csr')).toBe(publicKey);

    const fingerprint = openssl(folder, 'x509', '-noout', '-fingerprint', '-sha256', '-in', 'server.crt');
    expect(stdout).toContain((fingerprint.split('=')[1] ?? '').trim().replaceAll(':', '').toLowerCase());
    const end = openssl(folder, 'x509', '-noout', '-enddate', '-in', 'server.crt').trim().split('=')[1] ?? '';
    expect(stdout).toContain(new Date(end).toISOString());
    expect((Date.parse(end) - Date.now()) / 86_400_000).toBeCloseTo(90, 1);

    const modes = SET.map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
    expect(modes).toEqual(['644', '644', '600', '600']);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expectNoKey(stdout, readFileSync(join(folder, 'server.der')));
  });

  test('is accepted by a Sprinklr: the action gets a token with it', async () => {
    const folder = newFolder();
    expect((await keygen(named, { cwd: folder, env: { NODE_OPTIONS: '' } })).exitCode).toBe(0);
    const sprinklr = await startSimulator({ apps: [app] });
    try {
      const appId = sprinklr.register(readFileSync(join(folder, 'server.crt'), 'utf8'), app.apiKey);
      const step = await runStep({
        inputs: {
          'api-key': app.apiKey,
          'api-secret': app.apiSecret,
          'redirect-uri': app.redirectUri,
          environment: app.environment,
          'base-url': sprinklr.origin,
          'private-key': readFileSync(join(folder, 'server.der')).toString('base64'),
          certificate: readFileSync(join(folder, 'server.crt'), 'utf8'),
          'app-id': appId,
          username,
        },
      });
      expect(step.errors).toEqual([]);
      expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
    } finally {
      await sprinklr.close();
    }
  });

  test('comes with commands for both shells that work, for any folder, and with no secret in them', async () => {
    const folder = join(newFolder(), "it's $HOME `here`");
    const { stdout } = await keygen([...named, '--folder', folder]);
    const gh = fakeGh();
    const lines = stdout.split('\n').map((line) => line.trim());
    const bash = lines.filter((line) => line.startsWith('base64 <') || line.startsWith('gh variable set'));
    expect(bash).toHaveLength(2);
    for (const line of bash) execFileSync('bash', ['-c', line], { env: gh.env });
    const der = readFileSync(join(folder, 'server.der'));
    expect(Buffer.from(gh.stored('SPRINKLR_PRIVATE_KEY'), 'base64').equals(der)).toBe(true);
    expect(gh.stored('SPRINKLR_CERTIFICATE')).toBe(readFileSync(join(folder, 'server.crt'), 'utf8'));

    const quoted = `'${join(folder, 'server.der').replaceAll("'", "''")}'`;
    expect(lines).toContain(
      `[Convert]::ToBase64String([IO.File]::ReadAllBytes(${quoted})) | gh secret set SPRINKLR_PRIVATE_KEY --repo OWNER/REPO`,
    );
    expect(stdout).toMatch(/Get-Content -Raw -LiteralPath '.*' \| gh variable set SPRINKLR_CERTIFICATE/);
    expect(stdout).toContain('Delete the key files');
    expect(stdout).toContain('sprinklr-token authorize');
    const remove = lines.find((line) => line.startsWith('bash:'))?.replace('bash:', '') ?? '';
    execFileSync('bash', ['-c', remove]);
    expect(readdirSync(folder).sort()).toEqual(['server.crt', 'server.csr']);
  });
});

describe('what it is told', () => {
  test.each([
    [[], '--common-name is missing'],
    [[...named, '--bits', '1024'], '--bits has to be'],
    [[...named, '--days', '0'], '--days has to be'],
    [[...named, '--country', 'Germany'], 'country is not two letters'],
    [['--common-name', 'a\u001B[31mb'], 'cannot be shown'],
    [[...named, '--no-files'], '--no-files alone'],
    [[...named, '--no-files', '--folder', 'x', '--secrets-to', 'o/r'], 'contradict'],
    [[...named, '--env', 'x'], '--env is for use with'],
    [[...named, '--secrets-to', 'o/r', '--env', ''], '--env is empty'],
    [[...named, '--secrets-to', ''], 'not a repository'],
    [[...named, '--secrets-to', 'https://github.com/o/r'], 'not a repository'],
    [[...named, '--secrets-to', '--help/x'], 'not complete'],
  ])('%j is wrong usage, and makes nothing', async (args, problem) => {
    const cwd = newFolder();
    const gh = fakeGh();
    const { exitCode, stdout, stderr } = await keygen(args, { cwd, env: gh.env });
    expect(stderr).toContain(problem);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(contents(cwd)).toEqual({});
  });

  test.each([
    [[...named, '--days', '3651'], '--days has to be'],
    [[...named, '--days', '90d'], '--days has to be'],
    [[...named, '--days', 'd90'], '--days has to be'],
    [[...named, '--days', '1e3'], '--days has to be'],
    [[...named, '--days=-1'], '--days has to be'],
    [[...named, '--days'], 'A flag of keygen is not complete.'],
    ...[
      'r',
      'o/',
      '/r',
      '_o/r',
      '-h/o/r',
      'h/_o/r',
      'h:/o/r',
      'h:x/o/r',
      'h/o/r/s',
      'o/r s',
      'o;/r',
      'h_/o/r',
    ].map((repository): [string[], string] => [
      [...named, `--secrets-to=${repository}`],
      '--secrets-to is not a repository.',
    ]),
  ])('%j is wrong usage', async (args, problem) => {
    const { exitCode, stdout, stderr } = await deskVariant({ args: ['keygen', ...args] });
    expect(stderr).toContain(problem);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  test.each(['1', ' 3650 '])('%s days are none too many', async (days) => {
    const folder = newFolder();
    expect((await keygen([...named, '--days', days, '--folder', folder])).exitCode).toBe(0);
    const end = openssl(folder, 'x509', '-noout', '-enddate', '-in', 'server.crt').trim().split('=')[1] ?? '';
    expect((Date.parse(end) - Date.now()) / 86_400_000).toBeCloseTo(Number(days), 1);
  });

  test('--help says it all, with an example', async () => {
    const { exitCode, stdout } = await keygen(['--help']);
    expect(exitCode).toBe(0);
    for (const flag of ['common-name', 'bits', 'days', 'folder', 'force', 'secrets-to', 'env', 'no-files'])
      expect(stdout).toContain(`--${flag}`);
    expect(stdout).toContain('Examples: sprinklr-token keygen');
  });
});

describe('the folder', () => {
  test('may be new, but its parent is there', async () => {
    const parent = newFolder();
    const missing = await keygen([...named, '--folder', join(parent, 'no', 'keys')]);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain(`${join(parent, 'no')} is not a folder`);
    expect(contents(parent)).toEqual({});

    writeFileSync(join(parent, 'file'), '');
    const file = await keygen([...named, '--folder', join(parent, 'file')]);
    expect(file.exitCode).toBe(1);
    expect(file.stderr).toBe(`${join(parent, 'file')} is not a folder.\nGive another one.\n`);
  });

  test('that cannot be written to is said to be so', async () => {
    // Even an administrator cannot write there.
    const folder = process.getuid?.() === 0 && existsSync('/proc/self') ? '/proc/self' : newFolder();
    if (folder !== '/proc/self') chmodSync(folder, 0o500);
    const { exitCode, stderr } = await keygen([...named, '--folder', folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(folder);
    expect(stderr).toMatch(/permission denied|not permitted|no such file/);
  });

  test('with a file of the set in it is left alone without --force', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'server.csr'), 'mine');
    symlinkSync(join(root, 'nowhere'), join(folder, 'server.key'));
    const { exitCode, stderr } = await keygen([...named, '--folder', folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('holds server.key, server.csr already');
    expect(readdirSync(folder).sort()).toEqual(['server.csr', 'server.key']);
    expect(readFileSync(join(folder, 'server.csr'), 'utf8')).toBe('mine');
  });

  test('is looked at again right before the writing', async () => {
    const folder = newFolder();
    const session = terminal({
      args: ['keygen', '--organization', 'x', '--country', 'de'],
      cwd: folder,
      env: preloaded,
    });
    await session.shows('Common name');
    writeFileSync(join(folder, 'server.key'), 'mine');
    session.type('ci.example.com');
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('holds server.key already');
    expect(contents(folder)).toEqual({ 'server.key': 'mine' });
  });

  test('has the whole set replaced with --force, and owner-only key files', async () => {
    const folder = oldSet();
    const { exitCode } = await keygen([...named, '--force', '--folder', folder]);
    expect(exitCode).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(SET);
    openssl(folder, 'pkcs8', '-inform', 'DER', '-nocrypt', '-in', 'server.der', '-out', 'check');
    for (const { name, text } of OLD) expect(readFileSync(join(folder, name), 'latin1')).not.toBe(text);
    expect(statSync(join(folder, 'server.der')).mode & 0o777).toBe(0o600);
  });

  test('named like a file of the set is not replaced, not even with --force', async () => {
    const folder = oldSet();
    rmSync(join(folder, 'server.der'));
    mkdirSync(join(folder, 'server.der'));
    const before = contents(folder);
    const { exitCode, stderr } = await keygen([...named, '--force', '--folder', folder]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('server.der');
    expect(contents(folder)).toEqual(before);
  });

  test('a link in the place of a file is replaced, and what it leads to is left alone', async () => {
    const folder = oldSet();
    const target = newFolder();
    writeFileSync(join(target, 'mine'), '');
    rmSync(join(folder, 'server.der'));
    symlinkSync(target, join(folder, 'server.der'));
    expect((await keygen([...named, '--force', '--folder', folder])).exitCode).toBe(0);
    expect(lstatSync(join(folder, 'server.der')).isFile()).toBe(true);
    expect(contents(target)).toEqual({ mine: '' });
  });
});

describe('a git work tree', () => {
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', args, { cwd, encoding: 'utf8', env: { ...process.env, ...here } });
  const repository = (ignored?: string): string => {
    const folder = newFolder();
    git(folder, 'init', '--quiet');
    if (ignored !== undefined) writeFileSync(join(folder, '.gitignore'), ignored);
    return folder;
  };

  test.each([
    ['ignores nothing', undefined, 'server.key and server.der'],
    ['ignores only one of the key files', '*.key\n', 'server.der'],
  ])('that %s is refused, also with --force', async (_, ignored, exposed) => {
    const tree = repository(ignored);
    const before = contents(tree);
    for (const args of [
      [...named, '--force'],
      [...named, '--folder', 'keys'],
    ]) {
      const { exitCode, stderr } = await keygen(args, { cwd: tree });
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`does not ignore ${exposed} there`);
      expect(stderr).toContain(`or ignore ${exposed.includes(' and ') ? 'them' : 'it'} in .gitignore.`);
      expect(stderr).toContain('--folder');
      expect(contents(tree)).toEqual(before);
    }
  });

  test('is found behind a symbolic link, and in spite of GIT_DIR', async () => {
    const tree = repository();
    const link = join(newFolder(), 'link');
    symlinkSync(tree, link);
    const elsewhere = repository();
    writeFileSync(join(elsewhere, '.git/info/exclude'), '*\n');
    const { exitCode, stderr } = await keygen([...named, '--folder', link], {
      env: { GIT_DIR: join(elsewhere, '.git') },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(tree);
    expect(readdirSync(tree)).toEqual(['.git']);
  });

  test('that ignores the key files is fine, unless git is not there to say so', async () => {
    const tree = repository('keys/\n');
    const without = await keygen([...named, '--folder', 'keys'], { cwd: tree, env: onlyPrograms() });
    expect(without.exitCode).toBe(1);
    expect(existsSync(join(tree, 'keys'))).toBe(false);
    expect((await keygen([...named, '--folder', 'keys'], { cwd: tree })).exitCode).toBe(0);
    expect(readdirSync(join(tree, 'keys')).sort()).toEqual(SET);
  });

  test('that ignores a key file which it tracks all the same is refused', async () => {
    const tree = repository('server.*\n');
    writeFileSync(join(tree, 'server.der'), 'committed');
    git(tree, 'add', '--force', 'server.der');
    const { exitCode, stderr } = await keygen([...named, '--force'], { cwd: tree });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('does not ignore server.der there');
  });

  test('shows git no key while the files are written, not even after a crash; the next run finds what is left', async () => {
    const tree = repository('/server.*\n');
    const child = spawn(process.execPath, [cli, 'keygen', ...named], {
      cwd: tree,
      env: { PATH: process.env['PATH'], ...preloaded, WAIT_AT: '1', WAIT_MS: '9000' },
    });
    await new Promise((resolve) => child.stderr.on('data', resolve));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('close', resolve));

    const left = join(tree, '.sprinklr-token-unfinished');
    expect(statSync(left).mode & 0o777).toBe(0o700);
    for (const name of ['server.key', 'server.der'])
      expect(statSync(join(left, name)).mode & 0o777).toBe(0o600);
    const seen = git(tree, 'status', '--porcelain', '--untracked-files=all');
    expect(seen).toBe('?? .gitignore\n');
    expect(Object.keys(contents(tree)).sort()).toEqual(['.gitignore', '.sprinklr-token-unfinished']);

    const next = await keygen(named, { cwd: tree });
    expect(next.exitCode).toBe(1);
    expect(next.stderr.startsWith(`${left} exists: another run`)).toBe(true);
    expect(Object.keys(contents(tree)).sort()).toEqual(['.gitignore', '.sprinklr-token-unfinished']);
  });
});

describe('all or nothing', () => {
  test('a disk that fills up leaves nothing behind', () => {
    const parent = newFolder();
    const folder = join(parent, 'keys');
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', 'ulimit -f 1; exec "$@"', 'bash', process.execPath, cli, 'keygen', ...named, '--folder', folder],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], ...preloaded } },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('file too large');
    expect(stderr).toContain('Nothing there was changed.');
    expect(contents(parent)).toEqual({});
  });

  test.each([1, 4])('where the renaming fails at the %s. file of a new set, nothing is left', async (at) => {
    const parent = newFolder();
    const folder = join(parent, 'keys');
    const { exitCode, stderr } = await keygen([...named, '--folder', folder], {
      env: { FAIL_AT: `${at}` },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('no space left on device');
    expect(contents(parent)).toEqual({});
  });

  test.each([2, 5, 8])('with --force, a failure of the %s. renaming brings the old set back', async (at) => {
    const folder = oldSet();
    const { exitCode, stderr } = await keygen([...named, '--force', '--folder', folder], {
      env: { FAIL_AT: `${at}` },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Nothing there was changed.');
    expect(contents(folder)).toEqual(untouched);
  });

  test('with --force, a failure brings a link back that leads nowhere', async () => {
    const folder = oldSet();
    rmSync(join(folder, 'server.key'));
    symlinkSync('nowhere', join(folder, 'server.key'));
    const args = [...named, '--force', '--folder', folder];
    expect((await keygen(args, { env: { FAIL_AT: '8' } })).exitCode).toBe(1);
    expect(readlinkSync(join(folder, 'server.key'))).toBe('nowhere');
  });

  test('what cannot be put back is said to be where it is', async () => {
    const folder = oldSet();
    const left = join(folder, '.sprinklr-token-unfinished');
    const { exitCode, stderr } = await keygen([...named, '--force', '--folder', folder], {
      env: { FAIL_FROM: '4' },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'The files could not all be written, nor everything be put back: no space left on device.\n' +
        `What is missing lies in ${left}; files from before end in ".old" there.\n`,
    );
    expect(readFileSync(join(left, 'server.crt.old'), 'utf8')).toBe('the old server.crt');
  });

  test('files from before that cannot be removed are named, and the new ones are complete', async () => {
    const folder = newFolder();
    const { exitCode, stderr } = await keygen([...named, '--folder', folder], { env: { RM_FAILS: 'yes' } });
    const left = join(folder, '.sprinklr-token-unfinished');
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      `The new files in ${folder} are complete, but ${left} could not be removed: permission denied.\n` +
        'Remove it yourself: it holds the files that were replaced.\n',
    );
    expect(
      readdirSync(folder)
        .filter((name) => name.startsWith('server.'))
        .sort(),
    ).toEqual(SET);
  });

  test('Ctrl-C in the middle of the writing brings the old set back', async () => {
    const folder = oldSet();
    const session = terminal({
      args: ['keygen', ...named, '--force', '--folder', folder],
      env: { ...preloaded, WAIT_AT: '4', WAIT_MS: '9000' },
    });
    await session.shows('HALFWAY');
    session.press('\u0003');
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('Interrupted.');
    expect(contents(folder)).toEqual(untouched);
  });

  test('two at a time do not mix their sets', async () => {
    const folder = newFolder();
    const args = [...named, '--folder', folder];
    const results = await Promise.all([
      keygen(args, { env: { WAIT_AT: '2' } }),
      keygen(args, { env: { WAIT_AT: '2' } }),
    ]);
    expect(results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    const publicKey = openssl(folder, 'pkey', '-pubout', '-in', 'server.key');
    expect(openssl(folder, 'x509', '-noout', '-pubkey', '-in', 'server.crt')).toBe(publicKey);
    expect(readdirSync(folder).sort()).toEqual(SET);
  });
});

describe('on a terminal', () => {
  test('it asks for the name, again where the answer cannot be, and shows that it is at work', async () => {
    const folder = newFolder();
    const session = terminal({ args: ['keygen'], cwd: folder, env: { ...preloaded, SLOW_KEY: '700' } });
    const answers = [
      [/(Common name.*){1}: /, ''],
      [/(Common name[^]*){2}: /, 'ci.example.com'],
      [/Organization.*: /, 'Example'],
      [/(Country.*){1}: /, 'Germany'],
      [/(Country[^]*){2}: /, 'de'],
    ] as const;
    for (const [question, answer] of answers) {
      await session.shows(question);
      session.type(answer);
    }
    await session.shows('Making a key of 2048 bits');
    expect(await session.exit).toBe(0);
    expect(session.screen()).toContain('Made an RSA key');
    expect(openssl(folder, 'x509', '-noout', '-subject', '-in', 'server.crt').replace(/\s/g, '')).toBe(
      'subject=C=DE,O=Example,CN=ci.example.com',
    );
    expectNoKey(session.screen(), readFileSync(join(folder, 'server.der')));
  });

  test('Enter is an answer where a thing may be left out', async () => {
    const folder = newFolder();
    const session = terminal({ args: ['keygen'], cwd: folder, env: preloaded });
    await session.shows('Common name');
    session.type('ci.example.com');
    await session.shows('Organization (Enter for none): ');
    session.type('');
    await session.shows('Country, two letters (Enter for none): ');
    session.type('');
    expect(await session.exit).toBe(0);
    expect(openssl(folder, 'x509', '-noout', '-subject', '-in', 'server.crt').replace(/\s/g, '')).toBe(
      'subject=CN=ci.example.com',
    );
  });

  test('it asks nothing where the name is given, and Ctrl-C while the key is made leaves nothing', async () => {
    const folder = newFolder();
    const session = terminal({
      args: ['keygen', ...named],
      cwd: folder,
      env: { ...preloaded, SLOW_KEY: '9000' },
    });
    await session.shows('Making a key');
    session.press('\u0003');
    await session.exit;
    expect(session.screen()).not.toContain('Made an RSA key');
    expect(session.screen()).not.toContain('Organization');
    expect(contents(folder)).toEqual({});
  });

  test('Ctrl-C at a question ends it', async () => {
    const folder = newFolder();
    const session = terminal({ args: ['keygen'], cwd: folder, env: here });
    await session.shows('Common name');
    session.press('\u0003');
    expect(await session.exit).toBe(1);
    expect(contents(folder)).toEqual({});
  });
});

test('piped, it shows no progress', async () => {
  const { stderr } = await keygen(named, { cwd: newFolder(), env: { SLOW_KEY: '700' } });
  expect(stderr).toBe('');
});

describe('--secrets-to', () => {
  const to = [...named, '--secrets-to', 'example/pipeline'];

  test('stores both by standard input, besides the files', async () => {
    const folder = newFolder();
    const gh = fakeGh();
    const { exitCode, stdout, stderr } = await keygen(to, { cwd: folder, env: gh.env });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const der = readFileSync(join(folder, 'server.der'));
    expect(gh.stored('SPRINKLR_PRIVATE_KEY')).toBe(der.toString('base64'));
    expect(gh.stored('SPRINKLR_CERTIFICATE')).toBe(readFileSync(join(folder, 'server.crt'), 'utf8'));
    expect(gh.calls()).toEqual([
      'auth status',
      'secret list --repo example/pipeline',
      'variable list --repo example/pipeline',
      'secret set SPRINKLR_PRIVATE_KEY --repo example/pipeline',
      'variable set SPRINKLR_CERTIFICATE --repo example/pipeline',
    ]);
    expectNoKey(`${stdout}${gh.stored('calls-environment')}`, der);
    // Whatever it would ask, nobody could answer.
    expect(gh.stored('calls-environment')).toContain('\nGH_PROMPT_DISABLED=1\n');
    expect(stdout).toContain(`\n  folder       ${folder}\n  server.key   the private key\n`);
    expect(stdout).toContain('Stored in example/pipeline:');
    expect(stdout).not.toContain('gh secret set');
    expect(stdout).toContain('Delete the key files');
  });

  test('with --no-files keeps nothing: standard output is the certificate alone, of the key that is stored', async () => {
    const folder = newFolder();
    const gh = fakeGh();
    const { exitCode, stdout, stderr } = await keygen(
      [...named, '--secrets-to', 'git.example.com/example/pipeline', '--env', 'two words', '--no-files'],
      { cwd: folder, env: gh.env },
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^-----BEGIN CERTIFICATE-----\n[^]*-----END CERTIFICATE-----\n$/);
    expect(gh.stored('SPRINKLR_CERTIFICATE')).toBe(stdout);
    expect(contents(folder)).toEqual({});
    expect(gh.calls()[0]).toBe('auth status --hostname git.example.com');
    expect(stderr).toMatch(
      /^ {2}expires {6}\S+Z\n\nStored in git\.example\.com\/example\/pipeline, environment two words:/m,
    );
    expect(gh.calls().at(-1)).toBe(
      'variable set SPRINKLR_CERTIFICATE --repo git.example.com/example/pipeline --env two words',
    );

    const der = Buffer.from(gh.stored('SPRINKLR_PRIVATE_KEY'), 'base64');
    writeFileSync(join(folder, 'der'), der);
    writeFileSync(join(folder, 'crt'), stdout);
    expect(openssl(folder, 'pkey', '-inform', 'DER', '-in', 'der', '-pubout')).toBe(
      openssl(folder, 'x509', '-in', 'crt', '-noout', '-pubkey'),
    );
    expectNoKey(`${stdout}${stderr}`, der);
  });

  test.each([
    ['is not installed', () => onlyPrograms('git')],
    ['is not logged in: You are not logged into any GitHub hosts.', () => fakeGh({ loggedOut: true }).env],
  ])('makes nothing where gh %s', async (problem, env) => {
    const folder = newFolder();
    const { exitCode, stdout, stderr } = await keygen(to, { cwd: folder, env: env() });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain('gh auth login');
    expect(contents(folder)).toEqual({});
  });

  test.each(['secret', 'variable'])(
    'does not replace a %s that is there, unless forced to',
    async (holds) => {
      const folder = newFolder();
      const gh = fakeGh({ holds });
      const { exitCode, stderr } = await keygen(to, { cwd: folder, env: gh.env });
      expect(exitCode).toBe(1);
      expect(stderr).toContain(`has a ${holds} SPRINKLR_`);
      expect(contents(folder)).toEqual({});
      expect(gh.calls().filter((call) => call.includes(' set '))).toEqual([]);
      expect((await keygen([...to, '--force'], { cwd: folder, env: gh.env })).exitCode).toBe(0);
      expect(gh.stored('SPRINKLR_PRIVATE_KEY')).not.toBe('');
    },
  );

  test('says what is where if gh fails after the files were written', async () => {
    const folder = newFolder();
    const { exitCode, stdout, stderr } = await keygen(to, {
      cwd: folder,
      env: fakeGh({ fails: 'secret' }).env,
    });
    expect(exitCode).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(SET);
    expect(stderr).toContain('"gh secret set" failed: failed: HTTP 403\n');
    expect(stderr).not.toContain('more');
    expect(stderr).toContain(`base64 < ${join(folder, 'server.der')} | gh secret set`);
    expectNoKey(`${stdout}${stderr}`, readFileSync(join(folder, 'server.der')));
  });

  test.each([
    ['g.example.com:8443/o/r.s_t-u', ['--hostname', 'g.example.com:8443']],
    ['1/2', []],
    ['a-B_c/d', []],
    ['h/o/r', ['--hostname', 'h']],
  ])('takes %s for a repository', async (repository, host) => {
    const gh = fakeGh();
    const args = [...named, '--secrets-to', repository, '--no-files'];
    expect((await keygen(args, { env: gh.env })).exitCode).toBe(0);
    expect(gh.calls().slice(0, 2)).toEqual([
      ['auth status', ...host].join(' '),
      `secret list --repo ${repository}`,
    ]);
  });

  test('shows how to store by hand what gh did not, in the words of both shells', async () => {
    const args = [...to, '--env', "it's", '--folder', newFolder()];
    const { exitCode, stdout, stderr } = await keygen(args, { env: fakeGh({ fails: 'variable' }).env });
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain('BEGIN CERTIFICATE');
    expect(stderr).toContain(
      `gh variable set SPRINKLR_CERTIFICATE --repo example/pipeline --env 'it'\\''s' < `,
    );
    expect(stderr).toMatch(
      /\| gh variable set SPRINKLR_CERTIFICATE --repo example\/pipeline --env 'it''s'$/m,
    );
  });

  test('says that nothing was kept if gh fails and no files are wanted', async () => {
    const folder = newFolder();
    const gh = fakeGh({ fails: 'secret' });
    const { exitCode, stdout, stderr } = await keygen([...to, '--no-files'], { cwd: folder, env: gh.env });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('Nothing was kept');
    expect(contents(folder)).toEqual({});
    expect(gh.calls().filter((call) => call.startsWith('variable set'))).toEqual([]);
  });

  test('does not lose the certificate of a key that is stored', async () => {
    const gh = fakeGh({ fails: 'variable' });
    const { exitCode, stdout, stderr } = await keygen([...to, '--no-files'], {
      cwd: newFolder(),
      env: gh.env,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('SPRINKLR_PRIVATE_KEY is stored in example/pipeline, but SPRINKLR_CERTIFICATE');
    expect(stdout).toMatch(/^-----BEGIN CERTIFICATE-----\n[^]*\n-----END CERTIFICATE-----\n$/);
  });

  test('Ctrl-C while gh is at work ends gh, and says what is where', async () => {
    const folder = newFolder();
    const session = terminal({
      args: ['keygen', ...to],
      cwd: folder,
      env: fakeGh({ slow: 'secret' }).env,
    });
    await session.shows('Storing the key');
    session.press('\u0003');
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('Interrupted while gh was at work.');
    expect(session.screen()).toContain('The files above are complete.');
    expect(readdirSync(folder).sort()).toEqual(SET);
  });

  test('Ctrl-C while the key is made, after gh was asked, leaves nothing anywhere', async () => {
    const folder = newFolder();
    const gh = fakeGh();
    const env = { ...gh.env, SLOW_KEY: '2000' };
    const session = terminal({ args: ['keygen', ...to], cwd: folder, env });
    await session.shows('Making a key');
    session.press('\u0003');
    await session.exit;
    expect(gh.calls().at(-1)).toBe('variable list --repo example/pipeline');
    expect(contents(folder)).toEqual({});
  });

  test('a signal to it alone ends gh as well', async () => {
    const folder = newFolder();
    const gh = fakeGh({ slow: 'secret' });
    const child = spawn(process.execPath, [cli, 'keygen', ...to], { cwd: folder, env: gh.env });
    const exit = new Promise((resolve) => child.on('close', resolve));
    while (!gh.calls().some((call) => call.startsWith('secret set')))
      await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGTERM');
    const begun = performance.now();
    expect(await exit).toBe(1);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
