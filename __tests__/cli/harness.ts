/** Runs the command line: its source in this process, or the built dist/cli.js as a child process. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';
import pty from '@lydell/node-pty';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/program.ts';
import { recordCommand } from '../recorded-messages.ts';

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
  return await finish(start(call), call);
}

/** The same, always with the built program. */
export async function runProcess(call: Call): Promise<Result> {
  return await finish(startProcess(call), call);
}

async function finish(program: Running, { input = '' }: Call): Promise<Result> {
  program.give(input);
  const { exitCode } = await program.exit;
  return { exitCode, stdout: program.stdout(), stderr: program.stderr() };
}

export interface Running {
  stdout(): string;
  stderr(): string;
  /** Waits until a text is printed, and returns the match. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Writes to its standard input and, by default, ends it. */
  give(input: string | Buffer, options?: { end: boolean }): void;
  kill(signal: NodeJS.Signals): void;
  readonly exit: Promise<Exit>;
}

interface Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
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
  return needsProcess(call.env) ? startProcess(call) : startSource(call);
}

/** The same, always with the built program. */
export function startProcess({ args, cwd, ...call }: Call): Running {
  const child = spawn(process.execPath, [cliPath, ...args], { env: environment(call), cwd, stdio: 'pipe' });
  // A command that does not read its input can end before all of it is written.
  child.stdin.on('error', () => undefined);
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const exit = new Promise<Exit>((resolve) => {
    child.on('close', (exitCode, signal) => {
      for (const text of Object.values(printed))
        recordCommand(args, text.startsWith('{') ? [text] : text.split(LINE));
      resolve({ exitCode, signal });
    });
  });
  return watch({ stdin: child.stdin, printed, kill: (signal) => child.kill(signal), exit });
}

/** A line, with those below it that are indented more than the entry of a list. */
const LINE = /\r?\n(?! {3})/;

function startSource({ args, cwd = process.cwd(), ...call }: Call): Running {
  const printed = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write(chunk: Buffer, _, done) {
        printed[name] += chunk.toString();
        recordCommand(args, [chunk.toString()]);
        done();
      },
    });
  const stdin = new PassThrough();
  const signals = new EventEmitter();
  const io: Io = {
    stdin,
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: environment({ ...(call.env && { env: call.env }) }),
    cwd,
    program: cliPath,
    signals,
    now: () => call.now ?? new Date(),
    exitCode: 0,
  };
  const kill = (signal: NodeJS.Signals): void => {
    if (!signals.emit(signal)) throw new Error(`Nothing handles ${signal}: use startProcess.`);
  };
  const exit = main(args, io).then((exitCode) => ({ exitCode, signal: null }));
  return watch({ stdin, printed, kill, exit });
}

interface Started extends Pick<Running, 'exit'> {
  readonly stdin: Writable;
  readonly printed: { readonly stdout: string; readonly stderr: string };
  readonly kill: (signal: NodeJS.Signals) => unknown;
}

function watch({ stdin, printed, kill, exit }: Started): Running {
  const program: Running = {
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    prints: (pattern) => {
      const look = (): RegExpExecArray | null => pattern.exec(printed.stdout) ?? pattern.exec(printed.stderr);
      return waitFor(look, {
        exit,
        describe: () => `${String(pattern)}:\n${printed.stdout}\n${printed.stderr}`,
      });
    },
    give: (input, { end } = { end: true }) => {
      if (end) stdin.end(input);
      else stdin.write(input);
    },
    kill: (signal) => {
      kill(signal);
    },
    exit,
  };
  running.add(program);
  void exit.then(() => running.delete(program));
  return program;
}

interface Wait {
  readonly exit: Promise<unknown>;
  readonly describe: () => string;
}

/** Looks again until something is found, for at most 15 seconds. */
async function waitFor<Found>(look: () => Found | null, { exit, describe }: Wait): Promise<Found> {
  const state = { ended: false };
  void exit.then(() => (state.ended = true));
  const deadline = Date.now() + 15_000;
  for (;;) {
    const isLast = state.ended || Date.now() > deadline;
    const found = look();
    if (found !== null) return found;
    if (isLast) throw new Error(`Never printed ${describe()}`);
    await pause(10);
  }
}

export interface Terminal {
  /** Everything that the screen received. */
  screen(): string;
  /** Waits until the screen received a text. */
  shows(text: string): Promise<void>;
  /** Types a line and Enter. */
  type(line: string): void;
  /** Types single keys, such as Ctrl-C ('\u0003'). */
  press(keys: string): void;
  readonly exit: Promise<number>;
}

/**
 * Runs a command, prints its exit code between zero bytes, and then keeps the terminal open until that is read. Otherwise,
 * the last output can be lost: libuv takes a terminal that was closed for one whose output was read.
 */
const KEEP_OPEN = String.raw`trap : INT QUIT; "$@"; code=$?; printf '\0%d\0' $code; read -r _; exit $code`;
const EXIT_CODE = /\0(\d+)\0/;

/** Runs the built program in a terminal, as a person does. */
export function terminal({ args, cwd, ...call }: Omit<Call, 'input'>): Terminal {
  const session = pty.spawn('sh', ['-c', KEEP_OPEN, 'sh', process.execPath, cliPath, ...args], {
    cols: 200,
    rows: 40,
    env: { TERM: 'xterm-256color', ...environment(call) },
    ...(cwd !== undefined && { cwd }),
  });
  let received = '';
  const exit = new Promise<number>((resolve) => {
    const output = session.onData((data) => {
      received += data;
      const end = EXIT_CODE.exec(received);
      if (end === null) return;
      output.dispose();
      received = received.slice(0, end.index);
      session.write('\n');
      resolve(Number(end[1]));
    });
    session.onExit(({ exitCode }) => {
      resolve(exitCode);
    });
  });
  void exit.then(() => {
    recordCommand(args, received.split(LINE));
  });
  return {
    screen: () => received,
    shows: async (text) => {
      const look = (): true | null => (received.includes(text) ? true : null);
      await waitFor(look, { exit, describe: () => `${text}:\n${received}` });
    },
    type: (line) => {
      session.write(`${line}\r`);
    },
    press: (keys) => {
      session.write(keys);
    },
    exit,
  };
}

/** Listens on a port that stays in use until it is closed. */
export async function listen(host = '127.0.0.1'): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

export async function freePort(): Promise<number> {
  const { port, close } = await listen();
  await close();
  return port;
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
