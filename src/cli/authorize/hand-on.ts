import { textOf, usageError, type Flags } from '../command.ts';
import { gh, requireGh } from '../gh.ts';
import { confirm, isInteractive, paint, print } from '../terminal.ts';

/** How long a code lives (contract.md §4); and how long it is worth waiting for one. */
export const CODE_SECONDS = 600;

interface Workflow {
  readonly name: string;
  /** `--repo` and `--ref`, as gh takes them. */
  readonly where: readonly string[];
  /** Of a GitHub host of one's own. */
  readonly host: string | undefined;
}

/**
 * Where the code goes. What a shell would read as more than a word is refused: it goes into a command to be pasted.
 *
 * @throws {DeskError} wrong usage
 */
export function workflowOf(flags: Flags): Workflow {
  const wordOf = (flag: string, form: RegExp, example: string): string => {
    const text = textOf(flags, flag);
    if (text === '' || form.test(text)) return text;
    throw usageError(`--${flag} has another form than ${example}.`, `Correct --${flag}.`);
  };
  const name = wordOf('workflow', /^\w[\w.-]*$/, 'register.yml') || 'register.yml';
  const repo = wordOf('repo', /^(\w[\w.-]*(:\d+)?\/)?\w[\w.-]*\/[\w.-]+$/, 'OWNER/NAME');
  const ref = wordOf('ref', /^\w[\w./+-]*$/, 'main');
  return {
    name,
    where: [...(repo === '' ? [] : ['--repo', repo]), ...(ref === '' ? [] : ['--ref', ref])],
    host: repo.split('/').length === 3 ? repo.split('/')[0] : undefined,
  };
}

interface Handing {
  readonly code: string;
  readonly workflow: Workflow;
  readonly dispatch: boolean;
  /** When the code dies, at the latest. */
  readonly until: Date;
}

/** Starts the workflow with the code, or prints the command for it. @throws {DeskError} where gh cannot */
export async function handOn({ code, workflow, dispatch, until }: Handing): Promise<void> {
  print(paint('green', `The code is here. It works once, ${lifetime(until)}.`));
  const run = ['workflow', 'run', workflow.name, ...workflow.where];
  if (dispatch || (isInteractive() && (await confirm(`Start ${workflow.name} with it, by gh?`)))) {
    try {
      if (!dispatch) await requireGh(workflow.host);
      // By standard input: the arguments of a program can be read by every user of the machine.
      await gh([...run, '--json'], { input: JSON.stringify({ code: asWord(code) }) });
      print(`${workflow.name} is started. To watch it: gh run watch${watching(workflow)}`);
      return;
    } catch (error) {
      print(paint('yellow', `The code is not spent, and works ${lifetime(until)}.`));
      printCommand(code, run);
      throw error;
    }
  }
  printCommand(code, run);
}

function printCommand(code: string, run: readonly string[]): void {
  print(
    'Hand it on with this. It stays in the history of your shell, where it is worth nothing once it is used or too old:',
    '',
    `gh ${run.join(' ')} -f code=${asWord(code)}`,
    '',
  );
}

function watching({ where }: Workflow): string {
  const repo = where.indexOf('--repo');
  return repo < 0 ? '' : ` --repo ${where[repo + 1] ?? ''}`;
}

/**
 * The code as one plain word in any shell, and as the action reads it back: one that has other characters than most
 * becomes a part of an address, which the action also takes.
 */
function asWord(code: string): string {
  if (/^(?!code=|error=)[\w.~+=-]+$/.test(code)) return code;
  const encoded = encodeURIComponent(code).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `code=${encoded}`;
}

function lifetime(until: Date): string {
  const seconds = Math.max(0, Math.round((until.getTime() - Date.now()) / 1000));
  const clock = [until.getHours(), until.getMinutes(), until.getSeconds()];
  return `until ${clock.map((part) => String(part).padStart(2, '0')).join(':')}, ${duration(seconds)} from now`;
}

/** `9 min 58 s` */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
