import { ActionError } from '../errors.ts';
import type { UnsealRequest } from '../modes/unseal.ts';

/**
 * The run that this step belongs to. Every attempt of a run has the same ID, so a token that the first attempt sealed
 * can be unsealed when failed jobs are re-run
 * (https://docs.github.com/actions/reference/workflows-and-actions/variables, GITHUB_RUN_ID).
 *
 * @throws {ActionError} INPUT_MISSING if the runner does not say which run it is
 */
export function workflowRun(): UnsealRequest['scope'] {
  const { GITHUB_REPOSITORY_ID = '', GITHUB_REPOSITORY = '', GITHUB_RUN_ID: runId = '' } = process.env;
  const repository = GITHUB_REPOSITORY_ID === '' ? GITHUB_REPOSITORY : GITHUB_REPOSITORY_ID;
  if (repository !== '' && runId !== '') return { repository, runId };
  throw new ActionError(
    'INPUT_MISSING',
    'Sealing and unsealing need a workflow run, but GITHUB_REPOSITORY or GITHUB_RUN_ID is not set.',
    { remedy: 'Run the action in a workflow, with `uses:`.' },
  );
}

/** A notice for a job whose matrix would invalidate its own tokens. Undefined for other jobs. */
export function matrixNotice(jobTotal: number): string | undefined {
  if (jobTotal <= 1) return undefined;
  return (
    `This is one of ${jobTotal} jobs in a matrix. If each job requests a token with the same API key, each new token ` +
    'invalidates the previous one. Request one token, seal it, and unseal it in each job. See docs/parallel-jobs.md.'
  );
}
