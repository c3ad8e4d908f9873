// The build of a commit, away from everything that lies about in a work tree, held against what was committed.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitBytes } from './git.js';

/** Clones HEAD of the repository in `root` to `folder`, and installs exactly what its package-lock.json names. */
export function checkOut(root, folder) {
  git(root, 'clone', '--quiet', '--no-checkout', root, folder);
  git(folder, 'checkout', '--quiet', '--detach', git(root, 'rev-parse', 'HEAD'));
  // Nothing that is bundled has to run first, and what runs could change it.
  run('npm ci --ignore-scripts --no-audit --no-fund --prefer-offline', folder);
}

/** Runs a command; what it says is of interest only if it fails. */
export function run(command, cwd, env = process.env) {
  const { status, stdout, stderr } = spawnSync(command, { cwd, env, shell: true, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`"${command}" failed: ${(stderr || stdout).trim().slice(-2000)}`);
}

/** How dist/ in the work tree of `folder` differs from the committed one, in bytes and in modes as git knows them. */
export function differences(folder) {
  const committed = new Map(
    git(folder, 'ls-tree', '-r', '-z', 'HEAD', 'dist/')
      .split('\0')
      .filter(Boolean)
      .map((entry) => /^(\d+) \w+ (\w+)\t(.+)$/.exec(entry))
      .map(([, mode, id, path]) => [path, { mode, bytes: () => gitBytes(folder, 'cat-file', 'blob', id) }]),
  );
  const built = new Set(listFiles(folder, 'dist'));
  return [...new Set([...committed.keys(), ...built])].sort().flatMap((path) => {
    if (!built.has(path)) return `${path} is not built`;
    if (!committed.has(path)) return `${path} is not committed`;
    return compare(path, committed.get(path), join(folder, path));
  });
}

function compare(path, { mode, bytes }, file) {
  const [before, after] = [bytes(), readFileSync(file)];
  const builtMode = statSync(file).mode & 0o100 ? '100755' : '100644';
  if (!after.equals(before)) {
    const offset = before.findIndex((byte, index) => byte !== after[index]);
    return `${path} differs from byte ${offset === -1 ? before.length : offset} on`;
  }
  return mode === builtMode ? [] : `${path} has mode ${mode}, and ${builtMode} when built`;
}

const listFiles = (folder, under) =>
  readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? listFiles(folder, `${under}/${entry.name}`) : `${under}/${entry.name}`,
  );
