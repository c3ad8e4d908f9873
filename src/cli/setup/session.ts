import type { OptionValues } from 'commander';
import type { Context } from '../../context.ts';
import type { Certificate } from '../../credentials/certificate.ts';
import type { Identity } from '../../sprinklr/identity.ts';
import { note, paint, type Io } from '../io.ts';
import { isInteractive } from '../prompts.ts';
import type { Interruption } from './interruption.ts';
import type { SavedSet, Target } from './saved-set.ts';

export interface SetupOptions extends OptionValues {
  readonly commonName: string;
  readonly days: number;
  readonly repo?: string;
  readonly env?: string;
  /** False for `--no-workflow`. */
  readonly workflow?: string | false;
  readonly files?: string;
  readonly rotate?: true;
  readonly resume?: string;
  readonly appId?: string;
  /** False for `--no-browser`. */
  readonly browser: boolean;
  /** False for `--no-listen`. */
  readonly listen: boolean;
  readonly timeoutSeconds: number;
  readonly yes?: true;
  readonly json?: true;
}

/** What exists so far, for the result and for a failure's message. */
export interface Progress {
  /** The steps that an earlier run finished. */
  skipped?: readonly Step[];
  target?: Target;
  set?: SavedSet;
  certificate?: Certificate | undefined;
  /** Whether the set's folder is gone, because everything is stored. */
  isFolderDeleted?: true;
  identity?: Identity;
  /** The names of the secrets and variables that are still to be stored. */
  remaining?: readonly string[];
  /** The workflow that was written. */
  workflow?: string;
  /** The files that were written. */
  files?: readonly string[];
}

/** One run of `setup`. */
export interface Session {
  readonly options: SetupOptions;
  readonly io: Io;
  readonly context: Context;
  readonly interruption: Interruption;
  readonly progress: Progress;
}

const STEPS = [
  'Collect the values',
  'Generate the key and the certificate',
  'Get your consent',
  'Register the certificate',
  'Request a token and show whose it is',
  'Store everything',
  'Write the workflow',
] as const;
export type Step = (typeof STEPS)[number];

/** Announces a step. The last one exists only if there is a workflow to write. */
export function announce(step: Step, session: Session): void {
  const { io, progress } = session;
  const steps = STEPS.filter(
    (each) =>
      progress.skipped?.includes(each) !== true && (each !== 'Write the workflow' || writesWorkflow(session)),
  );
  note(io, '', paint('bold', `Step ${steps.indexOf(step) + 1} of ${steps.length}: ${step}`, io.stderr));
}

/** Before the target is chosen, this follows from the flags and from the set to resume. */
function writesWorkflow({ options: { files, repo, workflow, rotate }, progress }: Session): boolean {
  if (files !== undefined || workflow === false) return false;
  const saved = progress.set?.state.target;
  const target = progress.target ?? (saved?.kind === 'files' && repo !== undefined ? undefined : saved);
  if (target === undefined) return rotate !== true || workflow !== undefined;
  return target.kind === 'github' && (workflow ?? target.workflow) !== undefined;
}

/** Shows the result of a step. */
export function succeed({ io }: Session, text: string, ...details: string[]): void {
  note(io, `${paint('green', '✓', io.stderr)} ${text}`, ...details.map((line) => `  ${line}`));
}

export function warn({ io }: Session, text: string): void {
  note(io, `${paint('yellow', 'Warning:', io.stderr)} ${text}`);
}

/** Whether to ask. `--yes` agrees in advance; values that are missing are still asked for. */
export function asks({ options, io }: Session): boolean {
  return options.yes !== true && isInteractive(io);
}
