/** What npm installs and runs when a user runs the command line: this package, and nothing else. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** A registry that has no package and records what npm asks it for. */
const registryRequests: string[] = [];
const registry = createServer(({ method = '', url = '' }, response) => {
  registryRequests.push(`${method} ${url}`);
  response.writeHead(404).end();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  registry.close();
});

/** A clone of the last commit, with the given scripts added to its package.json. */
function committedRepository(scripts: Record<string, string> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'repository-'));
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  };
  git('clone', '--quiet', root, '.');
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { scripts: Record<string, string> };
  writeFileSync(file, JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, ...scripts } }));
  git('commit', '--quiet', '--all', '--allow-empty', '--message=Add scripts');
  return folder;
}

/** The tarball that `npm publish` would upload. */
function pack(repository: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tarball-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: repository });
  return join(folder, readdirSync(folder).join());
}

interface NpmResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Each command that npm ran in a shell: scripts of packages, and the command of `npx`. */
  readonly commands: readonly string[];
  readonly registryRequests: readonly string[];
  /** The packages that are installed in the folder, or in the cache of `npx`. */
  readonly installed: readonly string[];
}

const npmFolders = new Map<number, string>();
/** The folder that has the given version of npm, with Node.js 24, which npm 12 needs. */
function npmFolder(npm: number): string {
  const known = npmFolders.get(npm);
  if (known !== undefined) return known;
  const packages = ['--package=node@24', `--package=npm@${npm}`];
  const path = execFileSync('npx', ['--yes', '--silent', ...packages, '--', 'sh', '-c', 'command -v npm'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const folder = dirname(path.trim());
  npmFolders.set(npm, folder);
  return folder;
}

/** Runs npm or npx in an empty folder, with an empty home folder and cache. */
async function runNpm(npm: number, [program = '', ...args]: readonly string[]): Promise<NpmResult> {
  const home = mkdtempSync(join(tmpdir(), 'npm-'));
  const folder = join(home, 'folder');
  mkdirSync(folder);
  const shell = join(home, 'shell');
  const commands = join(home, 'commands');
  writeFileSync(shell, `#!/bin/sh\necho "$2" >> ${commands}\nexec sh "$@"\n`, { mode: 0o755 });
  registryRequests.length = 0;
  const env = {
    HOME: home,
    TMPDIR: home,
    PATH: [npmFolder(npm), process.env['PATH']].join(delimiter),
    npm_config_audit: 'false',
    npm_config_cache: join(home, 'cache'),
    npm_config_fetch_retries: '0',
    npm_config_registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}`,
    npm_config_script_shell: shell,
    npm_config_update_notifier: 'false',
  };
  const { exitCode, stdout, stderr } = await new Promise<Pick<NpmResult, 'exitCode' | 'stdout' | 'stderr'>>(
    (resolve) => {
      const child = execFile(program, args, { cwd: folder, env }, (_, stdout, stderr) => {
        resolve({ exitCode: child.exitCode ?? 1, stdout, stderr });
      });
    },
  );
  const npxCache = join(home, 'cache/_npx');
  const projects = existsSync(npxCache) ? readdirSync(npxCache).map((name) => join(npxCache, name)) : [];
  return {
    exitCode,
    stdout,
    stderr,
    commands: existsSync(commands) ? readFileSync(commands, 'utf8').trim().split('\n') : [],
    registryRequests: [...registryRequests],
    installed: [folder, ...projects].flatMap(packagesIn),
  };
}

function packagesIn(project: string): string[] {
  const lockfile = join(project, 'node_modules/.package-lock.json');
  if (!existsSync(lockfile)) return [];
  const { packages } = JSON.parse(readFileSync(lockfile, 'utf8')) as { packages: object };
  return Object.keys(packages);
}

const onlyOurs = { exitCode: 0, registryRequests: [], installed: ['node_modules/@org/sprinklr-token'] };
/** npm 12 refuses git dependencies unless this option allows them. */
const gitOptions = (npm: number): string[] => (npm < 12 ? [] : ['--allow-git=all']);

const repository = committedRepository();
const tarball = pack(repository);

describe.each([10, 11, 12])('with npm %d', (npm) => {
  test('npx runs the command line from the tarball, installs nothing else, and runs no script', async () => {
    const npx = ['npx', '--yes', `--package=${tarball}`, '--', 'sprinklr-token'];
    const shown = await runNpm(npm, [...npx, '--version']);
    expect(shown).toMatchObject({ ...onlyOurs, stdout: `${version}\n` });
    expect(shown.commands).toEqual([expect.stringMatching(/^'?sprinklr-token'? --version$/)]);

    const demo = await runNpm(npm, [...npx, 'demo']);
    expect(demo).toMatchObject(onlyOurs);
    expect(demo.stdout).toContain('✓');
    expect(demo.commands).toEqual([expect.stringMatching(/^'?sprinklr-token'? demo$/)]);
  });

  test('an install of the git repository installs nothing else and runs no script', async () => {
    const install = ['npm', 'install', ...gitOptions(npm), `git+file://${repository}`];
    expect(await runNpm(npm, install)).toMatchObject({ ...onlyOurs, commands: [] });
  });
});

test('npm 12 refuses to install the git repository unless told to allow it', async () => {
  const result = await runNpm(12, ['npm', 'install', `git+file://${repository}`]);
  expect(result).toMatchObject({ exitCode: 1, commands: [], registryRequests: [], installed: [] });
  expect(result.stderr).toContain('EALLOWGIT');
});

describe('these tests would notice', () => {
  test.each([11, 12])('a prepare script: npm %d asks for the devDependencies', async (npm) => {
    const prepared = committedRepository({ prepare: 'true' });
    const install = ['npm', 'install', ...gitOptions(npm), `git+file://${prepared}`];
    expect((await runNpm(npm, install)).registryRequests).toContain('GET /typescript');
  });

  test('a postinstall script: npm 11 runs it', async () => {
    const withScript = pack(committedRepository({ postinstall: 'true' }));
    expect((await runNpm(11, ['npm', 'install', withScript])).commands).toEqual(['true']);
  });
});
