import { spawnSync } from 'node:child_process';

/**
 * What git answers, as bytes.
 *
 * @throws with what git said, if it fails
 */
export function gitBytes(folder, ...args) {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd: folder, maxBuffer: 1 << 28 });
  if (status === 0) return stdout;
  throw new Error(`"git ${args.join(' ')}" failed: ${(error?.message ?? String(stderr)).trim()}`);
}

/** What git answers, as text without its last line end. */
export const git = (folder, ...args) => String(gitBytes(folder, ...args)).trimEnd();
