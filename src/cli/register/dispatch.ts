import { usageError } from '../errors.ts';
import { gh } from '../gh.ts';
import { note, paint, type Io } from '../io.ts';
import { parseRepository } from '../repository.ts';

export interface Workflow {
  /** `register.yml` */
  readonly file: string;
  /** `OWNER/REPO`, or `HOST/OWNER/REPO` on GitHub Enterprise. */
  readonly repository: string | undefined;
  readonly host: string | undefined;
  readonly ref: string | undefined;
}

/** @throws {CliError} for text that is not one plain word, because it becomes part of a command that the user pastes */
export function parseWorkflow(options: { workflow: string; repo?: string; ref?: string }): Workflow {
  const word = (flag: string, text: string, form: { pattern: RegExp; example: string }): string => {
    if (form.pattern.test(text.trim())) return text.trim();
    throw usageError(`--${flag} must look like ${form.example}.`, `Correct --${flag}.`);
  };
  const { repo, ref } = options;
  const repository = repo === undefined ? undefined : parseRepository(repo, '--repo');
  return {
    file: word('workflow', options.workflow, { pattern: /^\w[\w.-]*$/, example: 'register.yml' }),
    repository: repository?.name,
    host: repository?.host,
    ref: ref === undefined ? undefined : word('ref', ref, { pattern: /^\w[\w./+-]*$/, example: 'main' }),
  };
}

/** Starts the workflow with the code. @throws {CliError} if gh fails, after printing a command that starts it */
export async function dispatchWorkflow(code: string, workflow: Workflow, io: Io): Promise<void> {
  const { file, repository, ref } = workflow;
  const inRepository = repository === undefined ? [] : ['--repo', repository];
  const command = ['workflow', 'run', file, ...inRepository, ...(ref === undefined ? [] : ['--ref', ref])];
  try {
    // Through standard input: other users of the machine can read a program's arguments.
    await gh(io, [...command, '--json'], { input: JSON.stringify({ code: asWord(code) }) });
  } catch (error) {
    // gh can fail after GitHub has started the workflow: in a timeout, for example.
    note(
      io,
      paint('yellow', `Check \`${['gh run list', ...inRepository].join(' ')}\` first.`, io.stderr),
      "If the workflow did not start, run this command. The shell's history keeps the code, which is useless after it is used or expires:",
      `gh ${command.join(' ')} -f code=${asWord(code)}`,
    );
    throw error;
  }
  note(io, `Started ${file}. To watch it: ${['gh run watch', ...inRepository].join(' ')}`);
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
