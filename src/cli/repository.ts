import { usageError } from './errors.ts';

/** A GitHub repository, and where in it secrets and variables are stored. */
export interface Repository {
  /** `OWNER/REPO`, or `HOST/OWNER/REPO` on GitHub Enterprise. */
  readonly name: string;
  readonly host: string | undefined;
  /** A GitHub environment of the repository. */
  readonly environment: string | undefined;
}

const OWNER_AND_REPO = /^((?<host>[a-z0-9][a-z0-9.-]*(:\d+)?)\/)?[a-z0-9][\w-]*\/[\w.-]+$/i;

/** @param flag for messages: `--repo` @throws {CliError} usage error */
export function parseRepository(text: string, flag: string): Pick<Repository, 'name' | 'host'> {
  const match = OWNER_AND_REPO.exec(text.trim());
  if (match === null)
    throw usageError(
      `${flag} must have the form OWNER/REPO.`,
      'Omit https:// and anything after the repository name.',
    );
  return { name: match[0], host: match.groups?.['host'] };
}

/** For messages. */
export function describeRepository({ name, environment }: Repository): string {
  return environment === undefined ? name : `${name}, environment ${environment}`;
}

/** The flags that select it, as gh takes them. */
export function ghFlags({ name, environment }: Repository): string[] {
  return ['--repo', name, ...(environment === undefined ? [] : ['--env', environment])];
}
