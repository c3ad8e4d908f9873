import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const env = {
  ...process.env,
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};

test('this repository is released from its last commit, with a real build, and checked as a workflow does', () => {
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
  appendFileSync(join(home, 'maintainer/CHANGELOG.md'), '\n## [97.98.99] - 2026-11-24\n\n- All of it.\n');
  at('maintainer', 'git', 'commit', '-q', '--all', '-m', 'Release');
  at('maintainer', 'git', 'push', '-q', 'origin', 'main');

  expect(release('maintainer', '97.98.99')).toMatchObject({ status: 0, stderr: '' });

  // What actions/checkout makes of a tag: its commit alone, and no branch.
  at('.', 'git', 'clone', '-q', '--depth=1', '--branch=v97.98.99', `file://${home}/origin.git`, 'runner');
  at('maintainer', 'git', 'commit', '-q', '--allow-empty', '-m', 'Next');
  at('maintainer', 'git', 'push', '-q', 'origin', 'main');
  expect(release('runner', '--check', 'v97.98.99')).toMatchObject({ status: 0, stderr: '' });
  expect(release('runner', '--notes', 'v97.98.99')).toMatchObject({ status: 0, stdout: '- All of it.\n' });
  expect(release('runner', '--move', 'v97.98.99')).toMatchObject({ status: 0, stderr: '' });
  const commit = at('maintainer', 'git', 'rev-parse', 'HEAD~');
  for (const tag of ['v97', 'v97.98', 'v97.98.99^{}']) {
    expect(at('maintainer', 'git', 'ls-remote', 'origin', `refs/tags/${tag}`)).toContain(commit);
  }
}, 600_000);
