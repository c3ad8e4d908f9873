import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DeskError } from '../command.ts';

/**
 * Makes sure that git cannot pick up key files: a key that is committed is a leaked key.
 *
 * @param folder where they are going to be; its parent exists
 * @throws {DeskError} if it is in a git work tree that does not ignore every one of them
 */
export function requireIgnored(folder: string, names: readonly string[]): void {
  const place = realFolder(folder);
  const tree = workTreeOf(place);
  if (tree === undefined) return;
  const exposed = names.filter((name) => !isIgnored(tree, join(place, name)));
  if (exposed.length === 0) return;
  throw new DeskError(
    `${folder} is in the git work tree ${tree}, and git does not ignore ${exposed.join(' and ')} there: ` +
      'a key that is committed is a leaked key.',
    'Give a folder outside of it with --folder, or keep no files at all with --secrets-to OWNER/REPO --no-files, ' +
      `or ignore ${exposed.length === 1 ? 'it' : 'them'} in .gitignore. --force does not change this.`,
  );
}

/** Behind symbolic links, as git sees it. */
function realFolder(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : join(realpathSync(dirname(folder)), basename(folder));
}

function workTreeOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : workTreeOf(parent);
}

/** Without git, or with one that does not want to look, nothing counts as ignored. */
function isIgnored(tree: string, path: string): boolean {
  // Set in a git hook, these would lead git to another work tree.
  const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  const args = ['-C', tree, 'check-ignore', '--quiet', '--', path];
  return spawnSync('git', args, { env, stdio: 'ignore' }).status === 0;
}
