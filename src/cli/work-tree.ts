import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError } from './errors.ts';
import { withoutSecrets } from './inputs.ts';
import type { Io } from './io.ts';

/**
 * Checks that git cannot pick up key files.
 *
 * @param folder where the files will be; its parent exists
 * @throws {CliError} if the folder is in a git work tree that does not ignore every one of them
 */
export function requireIgnored(folder: string, names: readonly string[], io: Io): void {
  const target = realFolder(folder);
  const tree = workTreeOf(target);
  if (tree === undefined) return;
  const exposed = names.filter((name) => !isIgnored(tree, join(target, name), io));
  if (exposed.length === 0) return;
  throw new CliError(
    `${folder} is in the git work tree ${tree}, which does not ignore ${exposed.join(' and ')}. A committed key is a leaked key.`,
    `Choose a folder outside the work tree, or add ${exposed.join(' and ')} to .gitignore. --force does not change this.`,
  );
}

/** With symbolic links resolved, as git sees it. */
function realFolder(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : join(realpathSync(dirname(folder)), basename(folder));
}

/** The git work tree that a folder is in. @param folder with symbolic links resolved */
export function workTreeOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : workTreeOf(parent);
}

/** If git is missing or fails, the file counts as not ignored. */
function isIgnored(tree: string, path: string, io: Io): boolean {
  // Git hooks set these variables, which would point git to another work tree.
  const env = {
    ...withoutSecrets(io.env),
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
  };
  // The repository's own configuration could name a program for git to run.
  const args = ['-C', tree, '-c', 'core.fsmonitor=false', 'check-ignore', '--quiet', '--', path];
  return spawnSync('git', args, { env, stdio: 'ignore' }).status === 0;
}
