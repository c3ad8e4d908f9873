import { ActionError } from '../errors.ts';
import type { WorkflowRun } from '../modes/unseal.ts';

/**
 * The run that this step belongs to. Every attempt of a run has the same id, so a token that the first attempt sealed
 * still opens when failed jobs run again.
 *
 * @throws {ActionError} INTERNAL where no runner says which run it is
 */
export function workflowRun(): WorkflowRun {
  const set = (name: string): string => process.env[name] ?? '';
  const repository =
    set('GITHUB_REPOSITORY_ID') === '' ? set('GITHUB_REPOSITORY') : set('GITHUB_REPOSITORY_ID');
  const runId = set('GITHUB_RUN_ID');
  if (repository !== '' && runId !== '') return { repository, runId };
  throw new ActionError(
    'INTERNAL',
    'Sealing needs a workflow run, and GITHUB_REPOSITORY or GITHUB_RUN_ID is not set.',
    'Use it in a workflow with "uses:".',
  );
}
