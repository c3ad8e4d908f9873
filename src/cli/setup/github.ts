import { spawnSync } from 'node:child_process';
import { CliError } from '../errors.ts';
import { gh, requireGh } from '../gh.ts';
import { withoutSecrets } from '../inputs.ts';
import type { Io } from '../io.ts';
import { describeRepository, ghFlags, type Repository } from '../repository.ts';

/** The most variables that GitHub returns at once. */
const PAGE_SIZE = 30;

/** What a repository, or one of its environments, has before it is changed. */
export interface GitHubState {
  /** Whether the environment must be created before anything is stored in it. */
  readonly isEnvironmentMissing: boolean;
  /** Its variables, by name. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * Checks that gh can store secrets and variables, and reads the variables. Changes nothing.
 *
 * @param options.rotate whether gh is needed in any case
 * @throws {CliError} if gh is missing, not logged in, or has no access
 */
export async function inspectRepository(
  repository: Repository,
  { rotate = false }: { readonly rotate?: boolean },
  io: Io,
): Promise<GitHubState> {
  await requireGh(io, repository.host).catch((error: unknown) => {
    if (!(error instanceof CliError) || rotate) throw error;
    throw new CliError(error.message, `${error.remedy} Without gh, use --files DIR.`, { cause: error });
  });
  const isEnvironmentMissing = !(await hasEnvironment(repository, io));
  if (isEnvironmentMissing) {
    // Secrets of the repository need the same access.
    await requireSecretAccess({ ...repository, environment: undefined }, io);
    await requireVariableCommand({ ...repository, environment: undefined }, io);
    await requireAdmin(repository, io);
    return { isEnvironmentMissing, variables: new Map() };
  }
  await requireSecretAccess(repository, io);
  await requireVariableCommand(repository, io);
  return { isEnvironmentMissing, variables: await readVariables(repository, io) };
}

export async function createEnvironment(repository: Repository, io: Io): Promise<void> {
  await gh(io, ['api', environmentPath(repository), '--method', 'PUT', ...hostFlags(repository)]);
}

/** An environment that exists is never written: that would reset its protection rules. */
async function hasEnvironment(repository: Repository, io: Io): Promise<boolean> {
  if (repository.environment === undefined) return true;
  try {
    await callApi(repository, environmentPath(repository), io);
    return true;
  } catch (error) {
    if (error instanceof CliError && /\bHTTP 404\b/.test(error.message)) return false;
    throw error;
  }
}

/** Encrypting a secret needs this key. Only those who can store secrets can read it. */
async function requireSecretAccess(repository: Repository, io: Io): Promise<void> {
  try {
    await callApi(repository, `${scopeOf(repository)}/secrets/public-key`, io);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(
      `Cannot access the secrets of ${describeRepository(repository)}. ${error.message}`,
      'Check --repo and --env, and that "gh auth status" shows an account that can write to the repository.',
      { cause: error },
    );
  }
}

/** Some Linux distributions have a gh that stores secrets, but no variables. */
async function requireVariableCommand(repository: Repository, io: Io): Promise<void> {
  try {
    await gh(io, ['variable', 'list', ...ghFlags(repository)]);
  } catch (error) {
    if (!(error instanceof CliError && error.message.includes('unknown command'))) throw error;
    throw new CliError(
      'This version of gh cannot store variables.',
      'Update gh from https://cli.github.com, then run the command again.',
      { cause: error },
    );
  }
}

async function requireAdmin(repository: Repository, io: Io): Promise<void> {
  const { permissions } = parseObject(await callApi(repository, repositoryPath(repository), io));
  if ((permissions as { admin?: unknown } | undefined)?.admin !== false) return;
  throw new CliError(
    `The environment ${repository.environment ?? ''} of ${repository.name} does not exist, and only an admin of the repository can create it.`,
    'Ask an admin to create it, or omit --env.',
  );
}

async function readVariables(repository: Repository, io: Io): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let page = 1; ; page++) {
    const path = `${scopeOf(repository)}/variables?per_page=${PAGE_SIZE}&page=${page}`;
    const { variables } = parseObject(await callApi(repository, path, io));
    // Without the variables, a set that exists would be overlooked and replaced.
    if (!Array.isArray(variables))
      throw new CliError(
        `Cannot read the variables of ${describeRepository(repository)}: unexpected output from gh.`,
        `Check what this command prints: gh api "${path}"`,
      );
    const list = variables as { name?: unknown; value?: unknown }[];
    for (const { name, value } of list)
      if (typeof name === 'string' && typeof value === 'string') found.set(name, value);
    if (list.length < PAGE_SIZE) return found;
  }
}

/** Older versions of gh have no other way to read variables. */
async function callApi(repository: Repository, path: string, io: Io): Promise<string> {
  return await gh(io, ['api', path, ...hostFlags(repository)]);
}

function hostFlags({ host }: Repository): string[] {
  return host === undefined ? [] : ['--hostname', host];
}

function repositoryPath({ name }: Repository): string {
  return `repos/${name.split('/').slice(-2).join('/')}`;
}

function environmentPath(repository: Repository): string {
  return `${repositoryPath(repository)}/environments/${encodeURIComponent(repository.environment ?? '')}`;
}

/** Where GitHub's API has secrets and variables. */
function scopeOf(repository: Repository): string {
  return repository.environment === undefined
    ? `${repositoryPath(repository)}/actions`
    : environmentPath(repository);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The GitHub repositories of a folder's remotes, with `origin` first. Undefined for other remotes. */
export function remoteRepositories({ cwd, env }: Io): (string | undefined)[] {
  const args = ['-C', cwd, 'config', '--get-regexp', String.raw`^remote\..*\.url$`];
  const { stdout } = spawnSync('git', args, {
    env: withoutSecrets(env),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // Node's types omit that it is null if git is not installed.
  const lines = ((stdout as string | null) ?? '').split('\n');
  const isOrigin = (line: string): boolean => line.startsWith('remote.origin.url ');
  return [...lines.filter(isOrigin), ...lines.filter((line) => !isOrigin(line))].map((line) =>
    repositoryOfUrl(line.slice(line.indexOf(' ') + 1)),
  );
}

/** `OWNER/REPO`, with the host in front unless it is github.com. The URL can contain a token. */
export function repositoryOfUrl(url: string): string | undefined {
  const [, host = '', path = ''] =
    /^(?:(?:https?|ssh|git):\/\/)?(?:[^@/]*@)?([a-z0-9.-]+)(?::\d+)?[/:]([\w-]+\/[\w.-]+?)(?:\.git)?\/?$/i.exec(
      url.trim(),
    ) ?? [];
  if (/^(ssh\.|www\.)?github\.com$/i.test(host)) return path;
  // An alias from ~/.ssh/config is not a host.
  return host.includes('.') ? `${host}/${path}` : undefined;
}
