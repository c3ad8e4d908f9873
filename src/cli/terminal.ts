import { createInterface } from 'node:readline/promises';
import { DeskError } from './command.ts';

/** On and off, in ANSI escape codes. */
const styles = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Colour on a terminal that wants it, plain text everywhere else (https://no-color.org). */
export function paint(style: keyof typeof styles, text: string): string {
  const wanted = process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  const [on, off] = styles[style];
  return wanted ? `\u001B[${on}m${text}\u001B[${off}m` : text;
}

export function print(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

export function printError(...lines: string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
}

/** Whether a person is there to be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/**
 * Asks a person for a line.
 *
 * @param signal takes the question back; the promise then rejects
 * @throws {DeskError} when the person leaves (Ctrl-C, Ctrl-D) instead of answering
 */
export async function ask(question: string, signal?: AbortSignal): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await new Promise<string>((resolve, reject) => {
      reader.once('close', () => {
        reject(new DeskError('Stopped before the question was answered.', 'Nothing was done.'));
      });
      reader.question(question, signal === undefined ? {} : { signal }).then((answer) => {
        resolve(answer.trim());
      }, reject);
    });
  } finally {
    reader.close();
  }
}

/** Asks a yes-or-no question; anything but a clear yes is a no. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}

/** Shows on a terminal that something which takes a while is under way; elsewhere nothing. */
export async function during<Result>(text: string, work: Promise<Result>): Promise<Result> {
  if (!process.stderr.isTTY) return await work;
  const frames = ['|', '/', '-', '\\'];
  let turn = 0;
  // Not at once: what is done within half a second needs no excuse.
  const timer = setInterval(
    () => process.stderr.write(`\r${frames[turn++ % frames.length] ?? ''} ${text}`),
    250,
  );
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (turn > 0) process.stderr.write('\r\u001B[K');
  }
}

/**
 * Does work that must not be cut off halfway: Ctrl-C, and a request to end, are told to it instead of ending everything.
 * The work itself then stops where it is safe to, or is over too soon to care.
 */
export async function uninterrupted<Result>(
  work: (interruption: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (): void => {
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
