import { once, type EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';

/** What a command uses of its process. Tests pass their own. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** The path of the running `dist/cli.js`; `index.js` is beside it. */
  readonly program: string;
  /** Where `SIGINT`, `SIGTERM`, and `SIGHUP` arrive. */
  readonly signals: Pick<EventEmitter, 'on' | 'off'>;
  readonly now: () => Date;
  /** What `main` returns if the command does not throw. */
  exitCode: number;
  /** Whether the program exits although work is still in progress. */
  abandonsWork?: boolean;
}

type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The real process. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    program: process.argv[1] ?? '',
    signals: process,
    now: () => new Date(),
    exitCode: 0,
  };
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colors a text if the stream is a terminal that supports it. Node honors `NO_COLOR` and `TERM=dumb` here. */
export function paint(style: Style, text: string, stream: NodeJS.WritableStream): string {
  return styleText(style, text, { stream });
}

/** Prints lines of the command's result. */
export function print(io: Io, ...lines: string[]): void {
  io.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Prints the result of --json. */
export function printJson(result: object, io: Io): void {
  print(io, JSON.stringify(result, null, 2));
}

/** Prints lines that are not the result: progress, advice, warnings. */
export function note(io: Io, ...lines: string[]): void {
  io.stderr.write(lines.map((line) => `${line}\n`).join(''));
}

/** Tells a person that something slow has started. */
export function progress(io: Io, text: string): void {
  if (io.stderr.isTTY === true) note(io, `${text}…`);
}

export const TERMINATION_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves when a person or the system asks the program to end. */
export async function terminationSignal(io: Io): Promise<void> {
  await deferSignals(io, (interrupted) => once(interrupted, 'abort'));
}

/** Runs work that a signal must not cut off halfway. The work gets an `AbortSignal` and stops where it is safe. */
export async function deferSignals<Result>(
  io: Io,
  work: (interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (): void => {
    controller.abort();
  };
  for (const signal of TERMINATION_SIGNALS) io.signals.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of TERMINATION_SIGNALS) io.signals.off(signal, interrupt);
  }
}
