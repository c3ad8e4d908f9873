import { CliError, describeError, errorAsJson } from '../errors.ts';
import { printJson, type Io } from '../io.ts';
import { CanceledError } from '../prompts.ts';
import { quoteForShell } from '../quoting.ts';
import { describeRepository } from '../repository.ts';
import { InterruptedError } from './interruption.ts';
import { repositoryOf, type SavedSet } from './saved-set.ts';
import type { Progress } from './session.ts';

export function resumeCommand(folder: string, appId?: string): string {
  const flag = appId === undefined ? '' : ` --app-id ${quoteForShell(appId)}`;
  return `npx @org/sprinklr-token@1 setup --resume ${quoteForShell(folder)}${flag}`;
}

/** Adds to an error what already exists, and how to continue. */
export function toFailure(error: unknown, progress: Progress): unknown {
  const { set } = progress;
  if (set === undefined) return error;
  const { problem, remedy, exitCode } = describeError(error);
  const isInterruption = error instanceof CanceledError || error instanceof InterruptedError;
  const lines = [
    // It says that nothing was changed.
    isInterruption ? '' : remedy,
    '',
    ...describeProgress(set, progress),
    '',
    ...nextStep(set, progress),
  ];
  return new CliError(problem, lines.join('\n').trim(), { exitCode, cause: error });
}

function describeProgress(set: SavedSet, progress: Progress): string[] {
  return [
    ...(progress.isFolderDeleted === true
      ? []
      : [`On this computer: the key and the certificate, in ${set.folder}`]),
    `At Sprinklr: ${describeRegistration(set)}`,
    ...(progress.target?.kind === 'github' ? [describeStored(set, progress)] : []),
  ];
}

function describeRegistration({ state: { registration, appId = '' } }: SavedSet): string {
  switch (registration) {
    case 'none':
      return 'no certificate was registered.';
    case 'unknown':
      return 'the certificate may have been registered. Its App ID is unknown.';
    case 'done':
      return `the certificate is registered. App ID: ${appId}`;
  }
}

function describeStored(
  { state: { stored, previous } }: SavedSet,
  { target, remaining = [] }: Progress,
): string {
  if (target?.kind !== 'github') return '';
  const where = `In GitHub (${describeRepository(repositoryOf(target))}):`;
  const untouched = previous === undefined ? 'nothing was stored.' : 'nothing was replaced.';
  if (stored.length === 0) return `${where} ${untouched}`;
  return remaining.length === 0
    ? `${where} everything is stored.`
    : `${where} stored ${stored.join(', ')}. Not stored, or still in progress: ${remaining.join(', ')}.`;
}

function nextStep({ folder, state, isAppIdSaved }: SavedSet, { isFolderDeleted }: Progress): string[] {
  if (isFolderDeleted === true) return [];
  if (state.registration === 'unknown') {
    return [
      'Sprinklr does not document what a second registration of the same certificate does. To start over with a new',
      'certificate, delete the folder and run setup again. If Sprinklr support finds the App ID, continue with it:',
      `  ${resumeCommand(folder, 'APP_ID')}`,
    ];
  }
  return [
    `To continue${state.registration === 'done' ? ' without registering again' : ''}:`,
    `  ${resumeCommand(folder, isAppIdSaved ? undefined : state.appId)}`,
    'To change a value, add its flag, such as --redirect-uri URL.',
  ];
}

/** The one JSON document of `--json`, with the names of the action's outputs. */
export function printOutcome({ error, progress }: { error?: unknown; progress: Progress }, io: Io): void {
  const { set, certificate, identity, target } = progress;
  const result = {
    ...(error === undefined ? { ok: true } : errorAsJson(error)),
    'app-id': set?.state.appId ?? null,
    'certificate-fingerprint': certificate?.fingerprint ?? null,
    'certificate-expires-at': certificate?.expiresAt.toISOString() ?? null,
    'user-id': identity?.userId ?? null,
    'workspace-id': identity?.workspaceId ?? null,
    'customer-id': identity?.customerId ?? null,
    repository: target?.kind === 'github' ? target.repository : null,
    'github-environment': (target?.kind === 'github' ? target.environment : undefined) ?? null,
    stored: set?.state.stored ?? [],
    workflow: progress.workflow ?? null,
    files: progress.files ?? [],
    folder: progress.isFolderDeleted === true ? null : (set?.folder ?? null),
  };
  printJson(result, io);
}
