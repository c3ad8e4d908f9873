// The commit whose action the reusable workflow runs. It is a commit, not v1, so that a caller that pins the workflow to a
// commit runs only code that this commit fixes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './rebuild.js';

export const REUSABLE_WORKFLOW = '.github/workflows/token.yml';

/**
 * @param {string} root of the repository
 * @returns {string} its full hash
 * @throws {Error} if it is not in the history of HEAD
 */
export function pinnedCommit(root) {
  const text = readFileSync(join(root, REUSABLE_WORKFLOW), 'utf8');
  const uses = [...text.matchAll(/^ +(?:- )?uses: *(.*)$/gm)].map(([, what = '']) => what);
  const commit = /^org\/sprinklr-token@([\da-f]{40})$/.exec(uses.join())?.[1];
  if (commit === undefined)
    throw new Error(`${REUSABLE_WORKFLOW} runs ${uses.join(', ')}: name one commit by its full hash.`);
  const git = (/** @type {string[]} */ ...args) => run(['git', ...args], { cwd: root });
  try {
    git('merge-base', '--is-ancestor', commit, 'HEAD');
  } catch {
    throw new Error(
      git('rev-parse', '--is-shallow-repository') === 'true'
        ? `${REUSABLE_WORKFLOW} names ${commit}, which this shallow clone lacks: run "git fetch --unshallow".`
        : `${REUSABLE_WORKFLOW} names ${commit}, which is not in the history of HEAD.`,
    );
  }
  return commit;
}
