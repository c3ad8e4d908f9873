// Rebuilds dist/ of the last commit in a clone, and compares it with the committed files byte by byte.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Runs a command and returns its standard output without the last line break.
 *
 * @param {string[]} command
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 * @throws {Error} with the command's error output, if it fails
 */
export function run([program = '', ...args], options) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (status === 0) return stdout.trimEnd();
  const details = error?.message ?? (stderr.trim() || stdout.trim());
  throw new Error(`"${[program, ...args].join(' ')}" failed: ${details.slice(-2000)}`);
}

/**
 * @param {string} root of the repository
 * @param {string[][]} commands each creates dist/
 * @param {NodeJS.ProcessEnv} [env] variables to add to its environment
 * @throws {Error} if a file of dist/ differs from the committed one
 */
export function checkDist(root, commands, env = {}) {
  const work = mkdtempSync(join(tmpdir(), 'rebuild-'));
  // Neither name nor depth of the folder can affect the result.
  const clone = join(work, 'another name', 'and depth', 'clone');
  const committed = join(work, 'committed');
  try {
    mkdirSync(dirname(clone), { recursive: true });
    run(['git', 'clone', '--quiet', root, clone], { cwd: root });
    run(['git', 'checkout', '--quiet', '--detach', run(['git', 'rev-parse', 'HEAD'], { cwd: root })], {
      cwd: clone,
    });
    cpSync(join(clone, 'dist'), committed, { recursive: true });
    // Bundling needs no install scripts, and they could change the result.
    run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: clone });
    for (const command of commands) {
      rmSync(join(clone, 'dist'), { recursive: true });
      mkdirSync(join(clone, 'dist'));
      run(command, { cwd: clone, env: { ...process.env, ...env } });
      const options = /** @type {const} */ ({ cwd: clone, encoding: 'utf8' });
      const diff = spawnSync('diff', ['-r', '-q', '../../../committed', 'dist'], options);
      if (diff.status === 0) continue;
      const found = diff.stdout.trim().replaceAll('\n', '; ');
      const hint = 'Run "npm ci", "npm run bundle" and commit.';
      throw new Error(`dist/ is not the bundle of this commit: ${found}. ${hint}`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
