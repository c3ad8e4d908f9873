import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const script = join(root, 'scripts/release.js');
const env = {
  ...process.env,
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

const WORKFLOW = '.github/workflows/token.yml';
const workflow = (ref: string): string => `    steps:\n      - uses: org/sprinklr-token@${ref}\n`;

const FILES = {
  'package.json': '{ "name": "tiny", "version": "1.2.3", "scripts": { "bundle": "node build.js" } }\n',
  'package-lock.json':
    '{ "name": "tiny", "version": "1.2.3", "lockfileVersion": 3, "packages": { "": { "version": "1.2.3" } } }\n',
  'build.js': "require('node:fs').cpSync('source.txt', 'dist/index.js');\n",
  'source.txt': 'one\ntwo\n',
  'dist/index.js': 'one\ntwo\n',
  'CHANGELOG.md':
    '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-24\n\n### Added\n\n- It works.\n\n## [1.2.2] - 2026-11-01\n\n- It did not.\n',
};

/** A package on main and on origin whose last two commits can be released as 1.2.3. */
interface Repository {
  folder: string;
  git: (...args: string[]) => string;
  write: (files: Record<string, string>) => void;
  commit: (files: Record<string, string>) => void;
  release: (...args: string[]) => { status: number | null; stdout: string; stderr: string };
  /** The tags of origin, each with its commit. */
  tags: () => Record<string, string>;
}

let template: string;
beforeAll(() => {
  template = mkdtempSync(join(tmpdir(), 'release-'));
  spawnSync('git', ['init', '-q', '--template=', '--bare', '-b', 'main', 'origin.git'], {
    cwd: template,
    env,
  });
  mkdirSync(join(template, 'tiny'));
  const { git, commit } = open(template);
  git('init', '-q', '--template=', '-b', 'main');
  git('remote', 'add', 'origin', '../origin.git');
  commit(FILES);
  commit({ [WORKFLOW]: workflow(git('rev-parse', 'HEAD')) });
  git('push', '-q', 'origin', 'main');
});

function copyRepository(): Repository {
  const copy = mkdtempSync(join(tmpdir(), 'release-'));
  cpSync(template, copy, { recursive: true });
  return open(copy);
}

function open(home: string): Repository {
  const folder = join(home, 'tiny');
  const run = (program: string, args: string[]) =>
    spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
  const git = (...args: string[]) => {
    const { status, stdout, stderr } = run('git', args);
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const write = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  return {
    folder,
    git,
    write,
    commit: (files) => {
      write(files);
      git('add', '--all');
      git('commit', '-q', '-m', 'Change');
    },
    release: (...args) => run(process.execPath, [script, ...args]),
    tags: () => {
      const lines = git('ls-remote', '--tags', 'origin').split('\n').filter(Boolean);
      const refs = lines.map((line) => line.split('\t') as [string, string]);
      // The commit of an annotated tag follows the tag and replaces it.
      return Object.fromEntries(refs.map(([id, ref]) => [ref.replace(/^refs\/tags\/|\^\{\}$/g, ''), id]));
    },
  };
}

/** Publishes a release of a new commit on origin, with the other tags. */
function publish({ commit, git }: Repository, tag: string, ...aliases: string[]): void {
  commit({ 'source.txt': tag });
  git('tag', '-a', '-m', tag, tag);
  git('push', '-q', 'origin', 'main', tag, ...aliases.map((alias) => `HEAD:refs/tags/${alias}`));
}

test('a release is an annotated tag of HEAD on origin, to which --move moves v1 and v1.2', () => {
  const { release, git, tags } = copyRepository();
  git('config', 'push.followTags', 'true');
  git('tag', '-a', '-m', 'Mine', 'mine');
  const head = git('rev-parse', 'HEAD');

  expect(release('1.2.3')).toMatchObject({ status: 0, stderr: '' });
  expect(git('cat-file', '-t', 'v1.2.3')).toBe('tag');
  expect(tags()).toEqual({ 'v1.2.3': head });

  expect(release('--move', 'v1.2.3')).toMatchObject({ status: 0, stdout: 'v1 and v1.2 point to v1.2.3.\n' });
  expect(tags()).toEqual({ 'v1.2.3': head, v1: head, 'v1.2': head });
});

/** Commits and pushes to main. */
function push({ commit, git }: Repository, files: Record<string, string>): void {
  commit(files);
  git('push', '-q', 'origin', 'main');
}

test('a release is two commits: --pin names the first in the reusable workflow, and the second is tagged', () => {
  const repository = copyRepository();
  const { release, git, tags, folder } = repository;
  push(repository, { 'source.txt': 'new\n', 'dist/index.js': 'new\n' });
  const first = git('rev-parse', 'HEAD');
  const command = 'run "npm run release -- --pin 1.2.3".\n';
  const pinned = git('rev-parse', 'HEAD~2');
  expect(release('1.2.3')).toMatchObject({
    status: 1,
    stderr: `${WORKFLOW} names ${pinned}, which has another dist/index.js: ${command}`,
  });
  expect(tags()).toEqual({});

  expect(release('--pin', '1.2.3')).toMatchObject({
    status: 0,
    stdout: `${WORKFLOW} names ${first}. Commit and merge it, then run "npm run release -- 1.2.3".\n`,
  });
  push(repository, { [WORKFLOW]: readFileSync(join(folder, WORKFLOW), 'utf8') });
  expect(release('1.2.3')).toMatchObject({ status: 0, stderr: '' });
  expect(git('diff', '--stat', first, tags()['v1.2.3'] ?? '')).toMatch(
    /token\.yml \| 2 \+-\n 1 file changed/,
  );
});

test.each([
  [
    'v1',
    /^\.github\/workflows\/token\.yml runs org\/sprinklr-token@v1: name one commit by its full hash\.$/m,
  ],
  ['0'.repeat(40), /^\.github\/workflows\/token\.yml names 0{40}, which is not in the history of HEAD\.$/m],
])('nothing is released while the reusable workflow names %s, which --pin replaces', (ref, message) => {
  const repository = copyRepository();
  push(repository, { [WORKFLOW]: workflow(ref) });

  const { status, stderr } = repository.release('1.2.3');

  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(repository.tags()).toEqual({});
  expect(repository.release('--pin', '1.2.3').status).toBe(0);
  expect(readFileSync(join(repository.folder, WORKFLOW), 'utf8')).toBe(
    workflow(repository.git('rev-parse', 'HEAD')),
  );
});

test('a shallow clone fails the check with the command that completes it', () => {
  const repository = copyRepository();
  expect(repository.release('1.2.3').status).toBe(0);
  const shallow = mkdtempSync(join(tmpdir(), 'release-'));
  const origin = `file://${join(repository.folder, '../origin.git')}`;
  execFileSync('git', ['clone', '-q', '--depth=1', '--branch=v1.2.3', origin, 'tiny'], {
    cwd: shallow,
    env,
    stdio: 'pipe',
  });

  const { status, stderr } = open(shallow).release('--check', 'v1.2.3');

  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^\S+ names [\da-f]{40}, which this shallow clone lacks: run "git fetch --unshallow"\.$/m,
  );
});

test('nothing is published and v1 stays if the tag on origin is no longer the commit that was checked', () => {
  const repository = copyRepository();
  const { release, git, tags } = repository;
  const checked = git('rev-parse', 'HEAD');
  expect(release('1.2.3').status).toBe(0);
  expect(release('--confirm', 'v1.2.3')).toMatchObject({
    status: 0,
    stdout: `v1.2.3 on origin is ${checked}.\n`,
  });

  const moved = git('commit-tree', '-p', 'HEAD', '-m', 'Slipped in', 'HEAD^{tree}');
  git('push', '-q', '--force', 'origin', `${moved}:refs/tags/v1.2.3`);
  for (const command of ['--check', '--confirm', '--move'])
    expect(release(command, 'v1.2.3')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: `v1.2.3 on origin is ${moved}, not ${checked}, which is checked out: find out why before you publish.\n`,
    });
  expect(tags()).toEqual({ 'v1.2.3': moved });

  git('push', '-q', 'origin', ':refs/tags/v1.2.3');
  expect(release('--confirm', 'v1.2.3').stderr).toContain('v1.2.3 on origin is missing, not ');
});

test('a commit whose dist/ is not its bundle is not released, and the file that differs is named', () => {
  const repository = copyRepository();
  const { release, tags } = repository;
  push(repository, { 'source.txt': 'one\nthree\n' });

  const { status, stderr } = release('1.2.3');

  expect(status).toBe(1);
  expect(stderr).toBe(
    'dist/ is not the bundle of this commit: Files ../../../committed/index.js and dist/index.js differ. Run "npm ci", "npm run bundle" and commit.\n',
  );
  expect(tags()).toEqual({});
});

/** Sets a script on origin that accepts or rejects each ref, its first argument. */
function onEachRef({ folder }: Repository, script: string): void {
  mkdirSync(join(folder, '../origin.git/hooks'));
  writeFileSync(join(folder, '../origin.git/hooks/update'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test('a tag that origin rejects is removed locally', () => {
  const repository = copyRepository();
  onEachRef(repository, 'echo Not today.; exit 1');

  const { status, stderr } = repository.release('1.2.3');

  expect(status).toBe(1);
  expect(stderr).toContain('Not today.');
  expect(repository.git('tag', '--list')).toBe('');
  expect(repository.tags()).toEqual({});
});

const pushed =
  (file: keyof typeof FILES, from: string, to: string) =>
  (repository: Repository): void => {
    push(repository, { [file]: FILES[file].replace(from, to) });
  };

test.each<[when: string, change: (repository: Repository) => unknown, message: RegExp]>([
  [
    'a file is not committed',
    ({ write }) => {
      write({ 'new.txt': '' });
    },
    /^The work tree is not clean: /,
  ],
  [
    'another branch is checked out',
    ({ git }) => git('switch', '-qc', 'topic'),
    /^The branch is topic, not main: /,
  ],
  [
    'main is ahead of origin',
    ({ commit }) => {
      commit({ 'new.txt': '' });
    },
    /^main differs from main on origin: /,
  ],
  [
    'main is behind origin, even if not fetched',
    ({ git }) =>
      git(
        'push',
        '-q',
        '../origin.git',
        `${git('commit-tree', '-p', 'HEAD', '-m', 'New', 'HEAD^{tree}')}:main`,
      ),
    /^main differs from main on origin: /,
  ],
  ['the tag exists locally', ({ git }) => git('tag', 'v1.2.3'), /^v1\.2\.3 exists here, but not on origin: /],
  [
    'the tag is on origin, even if not fetched',
    ({ git }) => git('push', '-q', 'origin', 'HEAD:refs/tags/v1.2.3'),
    /^v1\.2\.3 exists on origin: /,
  ],
  [
    'package.json has another version',
    pushed('package.json', '1.2.3', '1.2.4'),
    /^package\.json has 1\.2\.4: run "npm version --no-git-tag-version 1\.2\.3"/,
  ],
  [
    'package-lock.json has another version',
    pushed('package-lock.json', '1.2.3', '1.2.4'),
    /^package-lock\.json has 1\.2\.4: /,
  ],
  [
    'the changelog has no entry',
    pushed('CHANGELOG.md', '[1.2.3]', '[1.2.30]'),
    /^CHANGELOG\.md has no entry for 1\.2\.3: add one and head it with "## \[1\.2\.3\] - \d{4}-\d\d-\d\d"/,
  ],
])('nothing is released when %s', (_, change, message) => {
  const repository = copyRepository();
  change(repository);
  const before = repository.tags();

  const { status, stderr, stdout } = repository.release('1.2.3');

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trim()).not.toContain('\n');
  expect(repository.tags()).toEqual(before);
});

test.each(['1.2', '01.2.3', 'v1.2.3; true'])('"%s" is not a version', (text) => {
  const { status, stderr } = open(template).release(text);

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `"${text}" is not a version: pass one such as 1.2.3 or 1.2.3-rc.1.\n`,
  });
});

test('the notes are the entry of this version in the changelog', () => {
  const { release } = open(template);

  expect(release('--notes', 'v1.2.3')).toMatchObject({ status: 0, stdout: '### Added\n\n- It works.\n' });
});

test.each([
  ['has no date', ' - 2026-11-24', ''],
  ['has no date', '11-24', '13-24'],
  ['is empty', '- It works.', '[1.2.3]: https://example.com'],
])('there are no notes if the entry %s ("%s" replaced by "%s")', (problem, from, to) => {
  const { release, write } = copyRepository();
  write({ 'CHANGELOG.md': FILES['CHANGELOG.md'].replace(from, to) });

  const { status, stdout, stderr } = release('--notes', 'v1.2.3');

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(`The entry for 1.2.3 in CHANGELOG.md ${problem}: `);
});

test('a tag fails the check if it is not checked out or not on main', () => {
  const { release, git, commit } = copyRepository();
  expect(release('--check', 'v1.2.3')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^v1\.2\.3 on origin is missing, not [\da-f]{40}, which is checked out: /),
  });

  git('switch', '-q', '-c', 'topic');
  commit({ 'new.txt': '' });
  git('push', '-q', 'origin', 'HEAD:refs/tags/v1.2.3');
  expect(release('--check', 'v1.2.3')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^v1\.2\.3 is not on main: /),
  });
});

test('v1 and v1.2 move to a newer version, never to an older one', () => {
  const repository = copyRepository();
  const { release, tags, git } = repository;
  publish(repository, 'v1.2.9', 'v1', 'v1.2');
  publish(repository, 'v1.2.10');
  expect(release('--move', 'v1.2.10').status).toBe(0);
  expect(tags()).toMatchObject({ v1: tags()['v1.2.10'], 'v1.2': tags()['v1.2.10'] });

  const before = tags();
  git('checkout', '-q', 'v1.2.9');
  expect(release('--move', 'v1.2.9')).toMatchObject({
    status: 1,
    stderr: 'v1 points to v1.2.10, which is newer than v1.2.9: leave it there.\n',
  });
  expect(tags()).toEqual(before);
});

test('a new minor version moves v1 and leaves the older v1.2; a prerelease moves nothing', () => {
  const repository = copyRepository();
  const { release, tags } = repository;
  publish(repository, 'v1.2.3', 'v1', 'v1.2');
  publish(repository, 'v1.3.0-rc.1');
  const before = tags();
  expect(release('--move', 'v1.3.0-rc.1')).toMatchObject({
    status: 0,
    stdout: 'v1.3.0-rc.1 is a prerelease: nothing to move.\n',
  });
  expect(tags()).toEqual(before);

  publish(repository, 'v1.3.0');
  expect(release('--move', 'v1.3.0').status).toBe(0);
  const { v1, 'v1.2': older, 'v1.3': newer } = tags();
  expect({ v1, older, newer }).toEqual({
    v1: tags()['v1.3.0'],
    older: tags()['v1.2.3'],
    newer: tags()['v1.3.0'],
  });
});

test('v1 moves only from a release to a release', () => {
  const { release, git, tags } = copyRepository();
  expect(release('--move', 'v1.2.3')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^v1\.2\.3 on origin is missing, /),
  });

  const other = git('commit-tree', '-m', 'New', 'HEAD^{tree}');
  git('push', '-q', 'origin', 'HEAD:refs/tags/v1.2.3', `${other}:refs/tags/v1`);
  const before = tags();
  expect(release('--move', 'v1.2.3')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^v1 points to \w+, which is not a release: /),
  });
  expect(tags()).toEqual(before);
});

test('if origin rejects one of v1 and v1.2, neither moves', () => {
  const repository = copyRepository();
  publish(repository, 'v1.2.3');
  onEachRef(repository, 'test "$1" != refs/tags/v1.2');

  expect(repository.release('--move', 'v1.2.3')).toMatchObject({ status: 1, stdout: '' });
  expect(Object.keys(repository.tags())).toEqual(['v1.2.3']);
});

test('this repository is released from its last commit, with a real build, and checked as in a workflow', () => {
  const home = mkdtempSync(join(tmpdir(), 'release-'));
  const at = (folder: string, program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: join(home, folder), env, encoding: 'utf8', stdio: 'pipe' }).trim();
  const release = (folder: string, ...args: string[]) =>
    spawnSync(process.execPath, ['scripts/release.js', ...args], {
      cwd: join(home, folder),
      env,
      encoding: 'utf8',
    });
  at('.', 'git', 'init', '-q', '--bare', '-b', 'main', 'origin.git');
  at('.', 'git', 'clone', '-q', root, 'maintainer');
  at('maintainer', 'git', 'switch', '-q', '-C', 'main');
  at('maintainer', 'git', 'remote', 'set-url', 'origin', '../origin.git');
  at('maintainer', 'npm', 'version', '--no-git-tag-version', '97.98.99');
  appendFileSync(join(home, 'maintainer/CHANGELOG.md'), '\n## [97.98.99] - 2026-11-24\n\n- Everything.\n');
  at('maintainer', 'git', 'commit', '-q', '--all', '-m', 'Release');
  at('maintainer', 'git', 'push', '-q', 'origin', 'main');

  expect(release('maintainer', '--pin', '97.98.99')).toMatchObject({ status: 0, stderr: '' });
  at('maintainer', 'git', 'commit', '-q', '--all', '-m', 'Pin');
  at('maintainer', 'git', 'push', '-q', 'origin', 'main');
  expect(release('maintainer', '97.98.99')).toMatchObject({ status: 0, stderr: '' });

  // Like actions/checkout with fetch-depth: 0. The commit of the tag, without a branch.
  at('.', 'git', 'clone', '-q', '--branch=v97.98.99', `file://${home}/origin.git`, 'runner');
  at('maintainer', 'git', 'commit', '-q', '--allow-empty', '-m', 'Next');
  at('maintainer', 'git', 'push', '-q', 'origin', 'main');
  expect(release('runner', '--check', 'v97.98.99')).toMatchObject({ status: 0, stderr: '' });
  expect(release('runner', '--notes', 'v97.98.99')).toMatchObject({ status: 0, stdout: '- Everything.\n' });
  expect(release('runner', '--move', 'v97.98.99')).toMatchObject({ status: 0, stderr: '' });
  const commit = at('maintainer', 'git', 'rev-parse', 'HEAD~');
  for (const tag of ['v97', 'v97.98', 'v97.98.99^{}']) {
    expect(at('maintainer', 'git', 'ls-remote', 'origin', `refs/tags/${tag}`)).toContain(commit);
  }
}, 900_000);
