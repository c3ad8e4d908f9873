import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseCertificate } from '../../credentials/certificate.ts';
import { ActionError } from '../../errors.ts';
import { sanitize } from '../../redaction.ts';
import { isLoopback } from '../../sprinklr/gateway.ts';
import { CliError, usageError } from '../errors.ts';
import { variableOf } from '../inputs.ts';
import { note, progress as showProgress } from '../io.ts';
import { ask, confirm, isInteractive } from '../prompts.ts';
import { quoteForShell } from '../quoting.ts';
import { describeRepository, parseRepository, type Repository } from '../repository.ts';
import { readsStandardInput, readValues } from '../values.ts';
import { workTreeOf } from '../work-tree.ts';
import { checkEnvironmentFile, checkNewFolder } from './files.ts';
import { inspectRepository, remoteRepositories, type GitHubState } from './github.ts';
import type { Plan } from './plan.ts';
import {
  findUnfinished,
  repositoryOf,
  type GitHubTarget,
  type PreviousSet,
  type SavedSet,
  type SetState,
  type Target,
} from './saved-set.ts';
import { succeed, warn, type Session } from './session.ts';
import { completeValues, publicValues, requireGiven, SETUP_INPUTS, type SetupValues } from './values.ts';

/** GitHub runs only the workflows at the root of a repository. */
function defaultWorkflow(cwd: string): string {
  return join(workTreeOf(realpathSync(cwd)) ?? cwd, '.github/workflows/sprinklr.yml');
}

/**
 * Says what will happen, checks gh, asks for what is missing, checks it, and asks whether to start. Creates nothing.
 *
 * @param saved the set to resume
 */
export async function collect(saved: SavedSet | undefined, session: Session): Promise<Plan> {
  const { options, io, progress } = session;
  if (readsStandardInput(SETUP_INPUTS, options, io)) {
    throw usageError(
      'Standard input is reserved for your answers or the redirect URL.',
      'Pass the values as flags, files, or variables.',
    );
  }
  const read = await readValues(SETUP_INPUTS, options, io);
  for (const error of read.unreadable.values()) throw error;
  const given = withoutEmpty(read.given);
  const hasOthers = options.rotate === true || saved !== undefined;
  if (!isInteractive(io)) requireGiven(hasOthers ? undefined : given, session);
  explain(saved?.state, session);
  if (saved === undefined) mentionUnfinished(session);

  const target = await chooseTarget(saved?.state.target, session);
  progress.target = target;
  const repository = target.kind === 'github' ? repositoryOf(target) : undefined;
  const github = repository && (await inspect(repository, session));
  const previous = previousSet(github, { target, saved: saved?.state }, session);

  const variables = options.rotate === true ? github?.variables : undefined;
  const values = await completeValues(mergeValues(given, { saved: saved?.state, variables }), session);
  if (target.kind === 'files') checkEnvironmentFile(values, target.folder);
  summarize(values, target, session);
  await agree(session);
  return { values, target, previous, github };
}

function explain(saved: SetState | undefined, { options, io }: Session): void {
  const where = options.files === undefined ? 'in GitHub, with the GitHub CLI (gh)' : `in ${options.files}`;
  const what =
    saved !== undefined
      ? ['Continues where the earlier run ended. A certificate that is registered is not registered again.']
      : options.rotate === true
        ? [
            'Replaces the key and the certificate: creates a new pair, registers it, and requests a token with it.',
            'GitHub keeps the old values until the new ones work.',
          ]
        : [
            'Takes you from a Sprinklr developer app to the first token: creates a key and a certificate, asks for your consent',
            `in a browser, registers the certificate, requests a token, and then stores everything ${where}.`,
          ];
  note(
    io,
    ...what,
    "This invalidates the API key's current token: running jobs lose their token. To experiment, use a developer app of your own.",
  );
}

/** A user who closed the terminal saw no folder to resume. */
function mentionUnfinished(session: Session): void {
  const found = findUnfinished(session.io);
  if (found === undefined) return;
  const { folder, date, isUnknown } = found;
  const resume = `--resume ${quoteForShell(folder)}`;
  const way = isUnknown
    ? `if Sprinklr support finds its App ID, use ${resume} --app-id APP_ID`
    : `use ${resume}`;
  warn(
    session,
    `A run of ${date} is unfinished, or is still running in another terminal: ${folder}. If it is not running: to continue it, ${way}. To discard it, delete the folder.`,
  );
}

async function chooseTarget(saved: Target | undefined, session: Session): Promise<Target> {
  const { options, io } = session;
  if (options.files !== undefined) {
    const folder = resolve(io.cwd, options.files);
    checkNewFolder(folder);
    return { kind: 'files', folder };
  }
  const isGitHub = options.repo !== undefined || saved?.kind !== 'files';
  if (!isGitHub) return saved;
  const earlier = saved?.kind === 'github' ? saved : undefined;
  const repository = await chooseRepository(earlier, session);
  const environment = options.env === undefined ? earlier?.environment : parseEnvironmentName(options.env);
  const path = options.workflow ?? (options.rotate === true || earlier ? undefined : defaultWorkflow(io.cwd));
  const workflow =
    path === undefined ? earlier?.workflow : path === false ? undefined : resolve(io.cwd, path);
  return { kind: 'github', repository, environment, workflow };
}

async function chooseRepository(
  saved: GitHubTarget | undefined,
  { options, io, interruption }: Session,
): Promise<string> {
  const found = options.repo ?? saved?.repository ?? remoteRepositories(io)[0];
  if (found !== undefined) return parseRepository(found, '--repo').name;
  if (!isInteractive(io)) {
    throw usageError(
      'Missing: repo. This folder has no GitHub remote, and there is no terminal to ask on.',
      'Pass --repo OWNER/REPO, or --files DIR to write files instead.',
    );
  }
  note(io, '', 'The GitHub repository for the secrets and variables.');
  const validate = (text: string): string | undefined => {
    try {
      parseRepository(text, 'The repository');
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const question = { message: 'Repository', placeholder: 'OWNER/REPO', validate };
  return parseRepository(await interruption.abandon(() => ask(io, question)), '--repo').name;
}

/** The name becomes part of the workflow. */
function parseEnvironmentName(text: string): string {
  const name = text.trim();
  if (/^[^\p{C}'"`,;\\$]{1,255}$/u.test(name)) return name;
  throw usageError(
    '--env is not the name of a GitHub environment.',
    'Pass the name of a GitHub environment, such as production. The Sprinklr environment is --environment.',
  );
}

async function inspect(repository: Repository, session: Session): Promise<GitHubState> {
  showProgress(session.io, 'Checking gh');
  const state = await inspectRepository(repository, session.options, session.io);
  const missing = state.isEnvironmentMissing ? ' The environment will be created.' : '';
  succeed(session, `gh can store secrets and variables in ${describeRepository(repository)}.${missing}`);
  return state;
}

/**
 * The set that is there already.
 *
 * @param options.saved the run to resume, which may replace only what it replaced when it started
 * @throws {CliError} if there is one without `--rotate`, or none with it
 */
function previousSet(
  github: GitHubState | undefined,
  { target, saved }: { target: Target; saved: SetState | undefined },
  { options, context }: Session,
): PreviousSet | undefined {
  if (github === undefined || target.kind === 'files') return saved?.previous;
  const where = describeRepository(repositoryOf(target));
  const found = github.variables.get(variableOf('app-id'));
  const appId = found === undefined ? undefined : sanitize(found, context.secrets);
  if (saved !== undefined) {
    if ([undefined, saved.appId, saved.previous?.appId].includes(appId)) return saved.previous;
    throw new CliError(
      `${where} is already set up, with the App ID ${appId ?? ''}.`,
      `To keep its values, store yours elsewhere (--repo, --env). To replace them, delete the variable ${variableOf('app-id')}.`,
    );
  }
  if (appId === undefined) {
    if (options.rotate !== true) return undefined;
    throw new CliError(
      `${where} has no variable ${variableOf('app-id')}, so there is nothing to rotate.`,
      'Check --repo and --env, or omit --rotate.',
    );
  }
  if (options.rotate === true)
    return { appId, fingerprint: fingerprintOf(github.variables.get(variableOf('certificate')) ?? '') };
  throw new CliError(
    `${where} is already set up, with the App ID ${appId}.`,
    'To replace its values, add --rotate. To keep them, store the new ones in another environment of the repository (--env NAME).',
  );
}

function fingerprintOf(certificate: string): string | undefined {
  try {
    return parseCertificate(certificate, 'certificate').fingerprint;
  } catch (error) {
    if (error instanceof ActionError) return undefined;
    throw error;
  }
}

/** A CI system sets a variable to an empty string if its secret does not exist. */
function withoutEmpty(given: SetupValues): SetupValues {
  return new Map([...given].filter(([name, { text }]) => text.trim() !== '' || name === 'environment'));
}

/** A flag, file, or variable of this computer wins over what an earlier run or the repository has. */
function mergeValues(
  given: SetupValues,
  others: { saved: SetState | undefined; variables: ReadonlyMap<string, string> | undefined },
): SetupValues {
  const merged = new Map(given);
  for (const name of SETUP_INPUTS) {
    const text = others.saved?.values[name] ?? others.variables?.get(variableOf(name));
    if (text === undefined || merged.has(name)) continue;
    const source = others.saved === undefined ? `the variable ${variableOf(name)}` : 'the earlier run';
    merged.set(name, { text, source, isFile: false, isBinary: false });
  }
  return merged;
}

function summarize(values: SetupValues, target: Target, session: Session): void {
  const lines = Object.entries(publicValues(values)).map(([name, text]) => `${name.padEnd(13)} ${text}`);
  const where =
    target.kind === 'files'
      ? [`${'files'.padEnd(13)} ${target.folder}`]
      : [
          `${'repository'.padEnd(13)} ${describeRepository(repositoryOf(target))}`,
          ...(target.workflow === undefined ? [] : [`${'workflow'.padEnd(13)} ${target.workflow}`]),
        ];
  succeed(session, 'The values pass all offline checks. Sprinklr checks them next.', ...lines, ...where);
  const baseUrl = values.get('base-url')?.text.trim();
  if (target.kind === 'github' && baseUrl !== undefined && isLoopback(new URL(baseUrl).hostname))
    warn(
      session,
      `base-url is on this computer: ${target.repository} would get simulated values. To try it out, use --files DIR.`,
    );
}

async function agree(session: Session): Promise<void> {
  if (session.options.yes === true) return;
  const { io, interruption } = session;
  if (await interruption.abandon(() => confirm(io, 'Start?'))) return;
  throw new CliError('Not started.', 'Nothing was changed.');
}
