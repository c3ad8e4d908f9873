import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import { CliError, systemErrorReason } from '../errors.ts';
import type { Io } from '../io.ts';
import { NOT_EXECUTABLE } from './find-command.ts';
import { openPipe } from './pipe.ts';
import { createAutomaton, Redactor } from './redactor.ts';
import { relay } from './relay.ts';

export interface Command {
  /** Absolute. */
  readonly path: string;
  /** As the user wrote it. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What its output must not contain. */
  readonly masks: Iterable<string>;
}

/**
 * Runs a command without a shell. It inherits standard input. Its output is redacted.
 *
 * @returns its exit code, or 128 + n if signal n ended it
 */
export async function runCommand({ path, name, args, env, masks }: Command, io: Io): Promise<number> {
  const automaton = createAutomaton(masks);
  const pipes = [openPipe(), openPipe()] as const;
  const [out, err] = pipes;
  const child = start(path, args, {
    argv0: name,
    env,
    cwd: io.cwd,
    stdio: ['inherit', out?.sink ?? 'pipe', err?.sink ?? 'pipe'],
  });
  const stopForwarding = forwardSignals(child, io);
  for (const pipe of pipes) pipe?.closeSink();
  const commandExit = exitOf(child);
  const outputs = [
    [out?.source ?? child.stdout, io.stdout],
    [err?.source ?? child.stderr, io.stderr],
  ] as const;
  const relays = outputs.flatMap(([source, sink]) =>
    source === null ? [] : [relay({ source, sink, redactor: new Redactor(automaton), commandExit })],
  );
  try {
    const [exitCode] = await Promise.all([commandExit, ...relays]);
    return exitCode;
  } finally {
    stopForwarding();
  }
}

function start(...call: [path: string, args: readonly string[], options: SpawnOptions]): ChildProcess {
  try {
    return spawn(...call);
  } catch (error) {
    throw cannotStart(error);
  }
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
    child.on('error', (error) => {
      reject(cannotStart(error));
    });
  });
}

function cannotStart(error: unknown): CliError {
  const reason = systemErrorReason(error) ?? (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new CliError(
    `Cannot start the command: ${reason}.`,
    'If it is a script, check the interpreter in its first line.',
    { exitCode: NOT_EXECUTABLE, cause: error },
  );
}

const FORWARDED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGBREAK'] as const;
/** A terminal sends these to every process in the foreground, and many programs abort at the second one. */
const SENT_BY_TERMINALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** Passes signals on instead of ending, so that the command can end first. */
function forwardSignals(child: ChildProcess, io: Io): () => void {
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => {
      // A Windows console sends them to every process, and there, kill would end the command at once.
      if (process.platform === 'win32') return;
      if (io.stdin.isTTY === true && SENT_BY_TERMINALS.includes(signal)) return;
      child.kill(signal);
    };
    io.signals.on(signal, listener);
    return () => io.signals.off(signal, listener);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}
