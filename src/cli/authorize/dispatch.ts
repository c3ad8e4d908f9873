import { CODE_SECONDS, formatDuration } from '../consent.ts';
import { paint } from '../colors.ts';
import { usageError } from '../errors.ts';
import { gh, requireGh } from '../gh.ts';
import { note, print, type Io } from '../io.ts';
import { confirm, isInteractive } from '../prompts.ts';
import { parseRepository } from '../repository.ts';

export interface Workflow {
  /** `register.yml` */
  readonly file: string;
  /** `--repo` and `--ref`, as gh takes them. */
  readonly flags: readonly string[];
  /** A GitHub Enterprise host. */
  readonly host: string | undefined;
}

/** @throws {CliError} for text that is not one plain word: it becomes part of a command that the user pastes */
export function parseWorkflow(options: { workflow: string; repo?: string; ref?: string }): Workflow {
  const word = (flag: string, text: string, form: { pattern: RegExp; example: string }): string => {
    if (form.pattern.test(text.trim())) return text.trim();
    throw usageError(`--${flag} must look like ${form.example}.`, `Correct --${flag}.`);
  };
  const { repo, ref } = options;
  const repository = repo === undefined ? undefined : parseRepository(repo, '--repo');
  const reference =
    ref === undefined ? undefined : word('ref', ref, { pattern: /^\w[\w./+-]*$/, example: 'main' });
  return {
    file: word('workflow', options.workflow, { pattern: /^\w[\w.-]*$/, example: 'register.yml' }),
    flags: [
      ...(repository === undefined ? [] : ['--repo', repository.name]),
      ...(reference === undefined ? [] : ['--ref', reference]),
    ],
    host: repository?.host,
  };
}

interface Dispatch {
  readonly code: string;
  readonly workflow: Workflow;
  /** Start the workflow without asking. */
  readonly dispatch: boolean;
}

/** Starts the workflow with the code, or prints the command for it. @throws {CliError} if gh fails */
export async function dispatchWorkflow({ code, workflow, dispatch }: Dispatch, io: Io): Promise<void> {
  const expiresAt = new Date(io.now().getTime() + CODE_SECONDS * 1000);
  note(
    io,
    paint('green', `Received the code. It works once, until ${describeExpiry(expiresAt, io)}.`, io.stderr),
  );
  const command = ['workflow', 'run', workflow.file, ...workflow.flags];
  if (dispatch || (isInteractive(io) && (await confirm(io, `Start ${workflow.file} with it, using gh?`)))) {
    try {
      if (!dispatch) await requireGh(io, workflow.host);
      // Through standard input: other users of the machine can read a program's arguments.
      await gh(io, [...command, '--json'], { input: JSON.stringify({ code: asWord(code) }) });
      note(io, `Started ${workflow.file}. To watch it: gh run watch${repoFlag(workflow)}`);
      return;
    } catch (error) {
      note(
        io,
        paint(
          'yellow',
          `The code is still unused, and works until ${describeExpiry(expiresAt, io)}.`,
          io.stderr,
        ),
      );
      printCommand(code, command, io);
      throw error;
    }
  }
  printCommand(code, command, io);
}

function printCommand(code: string, command: readonly string[], io: Io): void {
  note(
    io,
    "To start the workflow, run this. The shell's history keeps the code, which is useless once used or expired:",
  );
  print(io, `gh ${command.join(' ')} -f code=${asWord(code)}`);
}

function repoFlag({ flags }: Workflow): string {
  const index = flags.indexOf('--repo');
  return index < 0 ? '' : ` --repo ${flags[index + 1] ?? ''}`;
}

/**
 * The code as one plain word in any shell. A code with unusual characters becomes a query parameter, which the action
 * also accepts.
 */
function asWord(code: string): string {
  if (/^(?!code=|error=)[\w.~+=-]+$/.test(code)) return code;
  const encoded = encodeURIComponent(code).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `code=${encoded}`;
}

/** `14:05:09 (9 min 58 s from now)` */
function describeExpiry(expiresAt: Date, io: Io): string {
  const seconds = Math.max(0, Math.round((expiresAt.getTime() - io.now().getTime()) / 1000));
  const time = [expiresAt.getHours(), expiresAt.getMinutes(), expiresAt.getSeconds()];
  return `${time.map((part) => String(part).padStart(2, '0')).join(':')} (${formatDuration(seconds)} from now)`;
}
