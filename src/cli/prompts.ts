import * as clack from '@clack/prompts';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';

/** Whether a person can be asked. Prompts go to standard error, so standard output can be piped. */
export function isInteractive({ stdin, stderr }: Io): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** The person pressed Ctrl-C, Ctrl-D, or Esc. */
export class CanceledError extends CliError {}

interface Question {
  readonly message: string;
  /** An example, shown while the answer is empty. */
  readonly placeholder?: string;
  /** @returns what is wrong with an answer */
  readonly validate?: (answer: string) => string | undefined;
  /** Withdraws the question; `ask` then rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** Asks for a line of text. @throws {CliError} if the person cancels (Ctrl-C, Ctrl-D, Esc) */
export async function ask(io: Io, question: Question): Promise<string> {
  return (await prompt(io, question, clack.text)).trim();
}

/** Asks for a secret, which is not shown while it is typed. @throws {CliError} if the person cancels */
export async function askSecret(io: Io, question: Omit<Question, 'placeholder'>): Promise<string> {
  return (await prompt(io, question, clack.password)).trim();
}

/** Asks a yes-or-no question. Enter means no. @throws {CliError} if the person cancels */
export async function confirm(io: Io, message: string): Promise<boolean> {
  return await prompt<boolean>(io, { message }, ({ input, output, signal, withGuide }) =>
    clack.confirm({ message, input, output, signal, withGuide, initialValue: false }),
  );
}

interface ClackOptions extends Required<
  Pick<clack.CommonOptions, 'input' | 'output' | 'signal' | 'withGuide'>
> {
  readonly message: string;
  readonly placeholder?: string;
  readonly validate?: (answer: string | undefined) => string | undefined;
}

async function prompt<Answer>(
  io: Io,
  { signal, validate, ...question }: Question,
  show: (options: ClackOptions) => Promise<Answer | typeof clack.CANCEL_SYMBOL>,
): Promise<Answer> {
  if (!isInteractive(io)) throw new Error(`There is no terminal to ask "${question.message}" on.`);
  const endOfInput = new AbortController();
  // Clack never settles after Ctrl-D: the process would exit with code 13.
  const onKey = (_: unknown, key?: { name?: string; ctrl?: boolean }): void => {
    if (key?.ctrl === true && key.name === 'd') endOfInput.abort();
  };
  const signals = [endOfInput.signal, ...(signal === undefined ? [] : [signal])];
  io.stdin.on('keypress', onKey);
  try {
    const answer = await show({
      ...question,
      ...(validate !== undefined && { validate: (text = '') => validate(text.trim()) }),
      input: io.stdin,
      output: io.stderr,
      signal: AbortSignal.any(signals),
      withGuide: false,
    });
    signal?.throwIfAborted();
    if (clack.isCancel(answer))
      throw new CanceledError('Canceled.', 'Nothing was changed. Run the command again to continue.');
    return answer;
  } finally {
    io.stdin.off('keypress', onKey);
  }
}
