import { DeskError } from '../command.ts';
import { gh, requireGh } from '../gh.ts';

/** The names that the documentation and the examples use. */
export const SECRET = 'SPRINKLR_PRIVATE_KEY';
export const VARIABLE = 'SPRINKLR_CERTIFICATE';

/** The place in GitHub that holds a key and its certificate. */
export interface Store {
  /** `OWNER/REPO`, with `HOST/` before it for a GitHub of one's own. */
  readonly repository: string;
  readonly host: string | undefined;
  /** A GitHub environment of the repository. */
  readonly environment: string | undefined;
}

export function nameOf({ repository, environment }: Store): string {
  return environment === undefined ? repository : `${repository}, environment ${environment}`;
}

/** The flags with which gh finds it. */
export function flagsOf({ repository, environment }: Store): string[] {
  return ['--repo', repository, ...(environment === undefined ? [] : ['--env', environment])];
}

/**
 * Makes sure that gh reaches the place, and that nothing there would be lost: GitHub does not give a secret back, and from
 * the moment it is replaced, jobs fail until the new certificate is registered.
 *
 * @throws {DeskError}
 */
export async function requireStore(store: Store, { replace }: { replace: boolean }): Promise<void> {
  await requireGh(store.host);
  for (const [kind, name] of [
    ['secret', SECRET],
    ['variable', VARIABLE],
  ] as const) {
    const list = await gh([kind, 'list', ...flagsOf(store)]);
    if (replace || !list.split('\n').some((line) => line.split(/\s/)[0] === name)) continue;
    throw new DeskError(
      `${nameOf(store)} has a ${kind} ${name} already.`,
      'Jobs that use it would fail until the new certificate is registered. ' +
        'Put the new pair beside it, in another environment (--env NAME), or add --force to replace it.',
    );
  }
}

/** Base64, as a secret holds text. @throws {DeskError} */
export async function storeKey(der: Buffer, store: Store): Promise<void> {
  await gh(['secret', 'set', SECRET, ...flagsOf(store)], { input: der.toString('base64') });
}

/** @throws {DeskError} */
export async function storeCertificate(pem: string, store: Store): Promise<void> {
  await gh(['variable', 'set', VARIABLE, ...flagsOf(store)], { input: pem });
}
