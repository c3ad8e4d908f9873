/** Runs the command line: its source in this process, or the built dist/cli.js as a child process. */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';
import pty from '@lydell/node-pty';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/program.ts';

export const cliPath = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Call {
  readonly args: readonly string[];
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Stops the clock. */
  readonly now?: Date;
}

export interface Result {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without anything that is set on this machine. */
function environment({ env, now }: Pick<Call, 'env' | 'now'>): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    ...env,
    ...(now !== undefined && { NODE_OPTIONS: `--require=${stoppedClock(now)}` }),
  };
}

/** STEPS=processes runs everything as a child process. Node reads these variables itself, or at its start. */
function needsProcess(env: Call['env'] = {}): boolean {
  return (
    process.env['STEPS'] === 'processes' ||
    Object.keys(env).some((name) => /^NODE_|_proxy$|^TMPDIR$/i.test(name))
  );
}

/** Runs a command without a terminal, and collects what it prints. */
export async function run(call: Call): Promise<Result> {
  return needsProcess(call.env) ? await runProcess(call) : await runSource(call);
}

async function runSource({ args, input = '', env, cwd = process.cwd(), now }: Call): Promise<Result> {
  const output = { stdout: '', stderr: '' };
  const exitCode = await main(args, {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: collect((text) => (output.stdout += text)),
    stderr: collect((text) => (output.stderr += text)),
    env: environment({ ...(env && { env }) }),
    cwd,
    program: cliPath,
    signals: new EventEmitter(),
    now: () => now ?? new Date(),
    exitCode: 0,
  });
  return { exitCode, ...output };
}

function collect(add: (text: string) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      add(chunk.toString());
      done();
    },
  });
}

/** The same, always with the built program. */
export async function runProcess({ args, input = '', cwd, ...call }: Call): Promise<Result> {
  const child = spawn(process.execPath, [cliPath, ...args], { env: environment(call), cwd, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // A command that does not read its input can end before all of it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { exitCode, stdout, stderr };
}

export interface Running {
  stdout(): string;
  stderr(): string;
  /** Waits until a text is printed, and returns the match. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Writes to its standard input and, by default, ends it. */
  give(input: string | Buffer, options?: { end: boolean }): void;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>;
}

const running = new Set<Running>();
afterEach(async () => {
  for (const program of running) {
    program.kill('SIGTERM');
    await program.exit;
  }
  running.clear();
});

/** Starts a command without a terminal. It is ended after the test at the latest. */
export function start(call: Omit<Call, 'input'>): Running {
  const program = needsProcess(call.env) ? startProcess(call) : startSource(call);
  running.add(program);
  void program.exit.then(() => running.delete(program));
  return program;
}

/** The same, always with the built program. */
export function startProcess({ args, cwd, ...call }: Omit<Call, 'input'>): Running {
  const child = spawn(process.execPath, [cliPath, ...args], { env: environment(call), cwd, stdio: 'pipe' });
  child.stdin.on('error', () => undefined);
  return watch({
    stdin: child.stdin,
    kill: (signal) => child.kill(signal),
    listen: (add) => {
      child.stdout.on('data', (chunk: Buffer) => {
        add('stdout', chunk.toString());
      });
      child.stderr.on('data', (chunk: Buffer) => {
        add('stderr', chunk.toString());
      });
    },
    exit: new Promise((resolve) => {
      child.on('close', (exitCode, signal) => {
        resolve({ exitCode, signal });
      });
    }),
  });
}

function startSource({ args, cwd = process.cwd(), ...call }: Omit<Call, 'input'>): Running {
  const signals = new EventEmitter();
  const stdin = new PassThrough();
  const output = new EventEmitter();
  const stream = (name: string): Writable => collect((text) => output.emit('text', name, text));
  const io: Io = {
    stdin,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: environment(call),
    cwd,
    program: cliPath,
    signals,
    now: () => call.now ?? new Date(),
    exitCode: 0,
  };
  return watch({
    stdin,
    kill: (signal) => {
      if (!signals.emit(signal)) throw new Error(`Nothing handles ${signal}: use startProcess.`);
    },
    listen: (add) => {
      output.on('text', add);
    },
    exit: main(args, io).then((exitCode) => ({ exitCode, signal: null })),
  });
}

interface Started extends Pick<Running, 'exit'> {
  readonly stdin: Writable;
  readonly kill: (signal: NodeJS.Signals) => unknown;
  readonly listen: (add: (name: 'stdout' | 'stderr', text: string) => void) => void;
}

function watch({ stdin, kill, listen, exit }: Started): Running {
  const printed = { stdout: '', stderr: '' };
  const changes = createChanges(() => `${printed.stdout}\n${printed.stderr}`);
  listen((name, text) => {
    printed[name] += text;
    changes.notify();
  });
  void exit.then(changes.end);
  return {
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    prints: (pattern) =>
      changes.waitFor(String(pattern), () => pattern.exec(printed.stdout) ?? pattern.exec(printed.stderr)),
    give: (input, { end } = { end: true }) => {
      if (end) stdin.end(input);
      else stdin.write(input);
    },
    kill: (signal) => {
      kill(signal);
    },
    exit,
  };
}

interface Changes {
  readonly notify: () => void;
  readonly end: () => void;
  /** Looks again after each change, until something is found. */
  readonly waitFor: <Found>(what: string, look: () => Found | null) => Promise<Found>;
}

function createChanges(everything: () => string): Changes {
  const watchers = new Set<() => void>();
  let isOver = false;
  const notify = (): void => {
    for (const watcher of watchers) watcher();
  };
  return {
    notify,
    end: () => {
      isOver = true;
      notify();
    },
    waitFor: (what, look) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          watchers.delete(watcher);
          clearTimeout(timer);
        };
        const giveUp = (): void => {
          stop();
          reject(new Error(`Never printed ${what}:\n${everything()}`));
        };
        const timer = setTimeout(giveUp, 15_000);
        const watcher = (): void => {
          const found = look();
          if (found !== null) {
            stop();
            resolve(found);
          } else if (isOver) giveUp();
        };
        watchers.add(watcher);
        watcher();
      }),
  };
}

export interface Terminal {
  /** Everything that the screen received. */
  screen(): string;
  /** Waits until the screen received a text. */
  shows(text: string | RegExp): Promise<void>;
  /** Types a line and Enter. */
  type(line: string): void;
  /** Types single keys, such as Ctrl-C ('\u0003'). */
  press(keys: string): void;
  readonly exit: Promise<number>;
}

/** Runs the built program in a terminal, as a person does. */
export function terminal({ args, cwd, ...call }: Omit<Call, 'input'>): Terminal {
  const session = pty.spawn(process.execPath, [cliPath, ...args], {
    cols: 200,
    rows: 40,
    env: { TERM: 'xterm-256color', ...environment(call) },
    ...(cwd !== undefined && { cwd }),
  });
  let received = '';
  const changes = createChanges(() => received);
  session.onData((data) => {
    received += data;
    changes.notify();
  });
  return {
    screen: () => received,
    shows: async (text) => {
      const isShown = (): boolean =>
        typeof text === 'string' ? received.includes(text) : text.test(received);
      await changes.waitFor(String(text), () => (isShown() ? true : null));
    },
    type: (line) => {
      session.write(`${line}\r`);
    },
    press: (keys) => {
      session.write(keys);
    },
    exit: new Promise((resolve) => {
      session.onExit(({ exitCode }) => {
        changes.end();
        resolve(exitCode);
      });
    }),
  };
}

/** A file for Node to load first, which stops its clock. */
function stoppedClock(now: Date): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sprinklr-clock-')), 'clock.cjs');
  writeFileSync(
    path,
    `const now = ${now.valueOf()};
globalThis.Date = class extends Date {
  constructor(...args) { if (args.length > 0) super(...args); else super(now); }
  static now() { return now; }
};`,
  );
  return path;
}
