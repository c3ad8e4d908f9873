import type { KeyObject } from 'node:crypto';
import { unsealToken } from '../credentials/sealed-token.ts';
import type { AccessToken } from '../sprinklr/tokens.ts';
import type { Context } from '../context.ts';

/** Where a sealed token may be opened: in this repository, in this run. */
export interface WorkflowRun {
  /** The repository's id, or its name where a runner gives no id. */
  readonly repository: string;
  readonly runId: string;
}

export interface UnsealRequest {
  readonly mode: 'unseal';
  readonly sealedToken: string;
  readonly privateKey: KeyObject;
  readonly workflowRun: WorkflowRun;
}

export interface UnsealResult {
  readonly mode: 'unseal';
  readonly accessToken: AccessToken;
  readonly apiUrl: string;
}

/**
 * Opens a token that another job of the same run sealed. Calls nobody.
 *
 * @throws {ActionError} SEALED_TOKEN_INVALID, SEALED_TOKEN_EXPIRED
 */
export async function unseal(request: UnsealRequest, { secrets, now }: Context): Promise<UnsealResult> {
  const { sealedToken, privateKey, workflowRun } = request;
  const { accessToken, tokenType, expiresAt, apiUrl } = await unsealToken(sealedToken, {
    privateKey,
    ...workflowRun,
    now: now(),
  });
  secrets.mask(accessToken);
  const expiresIn = Math.floor((expiresAt.valueOf() - now().valueOf()) / 1000);
  return {
    mode: 'unseal',
    accessToken: { value: accessToken, type: tokenType, expiresIn, expiresAt },
    apiUrl,
  };
}
