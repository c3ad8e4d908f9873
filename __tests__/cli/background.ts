import { spawn } from 'node:child_process';
import { afterEach } from '@jest/globals';
import { cli, type Call } from './desk.ts';

export interface Background {
  stdout(): string;
  stderr(): string;
  /** Waits until a text was printed, and returns what the pattern found. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Writes to its standard input and, unless told otherwise, ends that. */
  give(input: string, options?: { end: boolean }): void;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
}

const running = new Set<Background>();
afterEach(async () => {
  for (const program of running) {
    program.kill('SIGTERM');
    await program.exit;
  }
  running.clear();
});

/** Starts the built command line without a terminal and lets it run; ended after the test at the latest. */
export function background({ args, env, cwd }: Omit<Call, 'input'>): Background {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    cwd,
    stdio: 'pipe',
  });
  const printed = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      printed[name] += chunk.toString();
      for (const watch of watchers) watch();
    });
  }
  child.stdin.on('error', () => undefined);
  let isOver = false;
  child.on('close', () => {
    isOver = true;
    for (const watch of watchers) watch();
  });
  const program: Background = {
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          watchers.delete(watch);
          clearTimeout(timer);
        };
        const giveUp = (): void => {
          stop();
          reject(new Error(`never printed ${String(pattern)}:\n${printed.stdout}\n${printed.stderr}`));
        };
        const timer = setTimeout(giveUp, 10_000);
        const watch = (): void => {
          const found = pattern.exec(printed.stdout) ?? pattern.exec(printed.stderr);
          if (found !== null) {
            stop();
            resolve(found);
          } else if (isOver) giveUp();
        };
        watchers.add(watch);
        watch();
      }),
    give: (input, { end } = { end: true }) => {
      if (end) child.stdin.end(input);
      else child.stdin.write(input);
    },
    kill: (signal) => {
      child.kill(signal);
    },
    exit: new Promise((resolve) => {
      child.on('close', (exitCode, signal) => {
        resolve({ exitCode, signal });
      });
    }),
  };
  running.add(program);
  return program;
}
