import { spawn } from 'node:child_process';
import pty from '@lydell/node-pty';
import { bundles, needsProcess, runInside } from '../inside.ts';

export const { cli } = bundles;

export interface Call {
  readonly args: readonly string[];
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Called {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An environment without anything that the machine of the tests happens to have set. */
function environment(env: Call['env']): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env };
}

/** Runs the built command line as a script does: piped, without a terminal. */
export async function desk({ args, input = '', env, cwd }: Call): Promise<Called> {
  const child = spawn(process.execPath, [cli, ...args], { env: environment(env), cwd, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // A command that does not read its input may be gone before all of it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, stdout, stderr };
}

/** The same for one more variant of what a process has been seen to do: the same bundle, within this process. */
export async function deskVariant({ args, input, env }: Omit<Call, 'cwd'>): Promise<Called> {
  const call = { args, ...(input !== undefined && { input }) };
  if (needsProcess(env)) return desk({ ...call, ...(env && { env }) });
  return runInside('cli', { ...call, env: environment(env) });
}

export interface Terminal {
  /** All that the screen was sent so far. */
  screen(): string;
  /** Waits until the screen shows a text. */
  shows(text: string | RegExp): Promise<void>;
  /** Types a line and Enter. */
  type(line: string): void;
  /** Types single keys, such as Ctrl-C ('\u0003'). */
  press(keys: string): void;
  readonly exit: Promise<number>;
}

/** Runs the built command line in a terminal, as a person does. */
export function terminal({ args, env, cwd }: Omit<Call, 'input'>): Terminal {
  const session = pty.spawn(process.execPath, [cli, ...args], {
    cols: 120,
    rows: 40,
    env: { TERM: 'xterm-256color', ...environment(env) },
    ...(cwd !== undefined && { cwd }),
  });
  let received = '';
  let isOver = false;
  const watchers = new Set<() => void>();
  session.onData((data) => {
    received += data;
    for (const watch of watchers) watch();
  });
  return {
    screen: () => received,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const found = (): boolean =>
          typeof text === 'string' ? received.includes(text) : text.test(received);
        const stop = (): void => {
          watchers.delete(watch);
          clearTimeout(timer);
        };
        const giveUp = (): void => {
          stop();
          reject(new Error(`the screen never showed ${String(text)}:\n${received}`));
        };
        const timer = setTimeout(giveUp, 15_000);
        const watch = (): void => {
          if (found()) {
            stop();
            resolve();
          } else if (isOver) giveUp();
        };
        watchers.add(watch);
        watch();
      }),
    type: (line) => {
      session.write(`${line}\r`);
    },
    press: (keys) => {
      session.write(keys);
    },
    exit: new Promise((resolve) => {
      session.onExit(({ exitCode }) => {
        isOver = true;
        for (const watch of watchers) watch();
        resolve(exitCode);
      });
    }),
  };
}
