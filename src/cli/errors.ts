import { ActionError, type ErrorCode } from '../errors.ts';
import { remedyOf } from './inputs.ts';
import { note, paint, printJson, type Io } from './io.ts';

/** A failure that the user can fix. Shows the problem and the fix, never a stack trace. */
export class CliError extends Error {
  readonly remedy: string;
  /** 1 failure, 2 usage error. `exec` has more. */
  readonly exitCode: number;

  constructor(problem: string, remedy: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(problem, { cause: options.cause });
    this.name = 'CliError';
    this.remedy = remedy;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** The error for a wrong command line: exit code 2. */
export function usageError(problem: string, remedy: string, cause?: unknown): CliError {
  return new CliError(problem, remedy, { exitCode: 2, cause });
}

/** Prints any error the same way. @returns the exit code */
export function reportError(error: unknown, io: Io, { debug }: { debug: boolean }): number {
  const { problem, remedy, exitCode } = describeError(error);
  note(io, paint('red', problem, io.stderr), remedy);
  if (debug && error instanceof Error) note(io, error.stack ?? '');
  return exitCode;
}

/** The result of a failed command with --json. Errors that only the command line has have no code. */
export function errorAsJson(error: unknown): { ok: false; 'error-code': ErrorCode | null; message: string } {
  return {
    ok: false,
    'error-code': error instanceof ActionError ? error.code : null,
    message: describeError(error).problem,
  };
}

/** Runs work of a command. With --json, an error is its result, too. */
export async function withJsonErrors<Result>(
  { json }: { readonly json?: true },
  io: Io,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (json === true) printJson(errorAsJson(error), io);
    throw error;
  }
}

/** What to print about any error, and the exit code. */
export function describeError(error: unknown): { problem: string; remedy: string; exitCode: number } {
  if (error instanceof CliError)
    return { problem: error.message, remedy: error.remedy, exitCode: error.exitCode };
  if (error instanceof ActionError) {
    const { code, message } = error;
    return {
      problem: `${message} (${code})`,
      remedy: remedyOf(error),
      exitCode: code.startsWith('INPUT_') ? 2 : 1,
    };
  }
  const reason = systemErrorReason(error);
  if (reason !== undefined) {
    const { path } = error as NodeJS.ErrnoException;
    return {
      problem: `${path ?? 'A system call failed'}: ${reason}.`,
      remedy: 'Fix this, then run the command again.',
      exitCode: 1,
    };
  }
  return {
    problem: 'Unexpected internal error.',
    remedy: 'Run the command again with --debug, and open an issue with its output.',
    exitCode: 1,
  };
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the port is already in use',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EEXIST: 'it already exists',
  EFBIG: 'file too large',
  EISDIR: 'it is a folder',
  ENOENT: 'no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'part of the path is not a folder',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
};

/** What an error of the operating system means; undefined for any other error. */
export function systemErrorReason(error: unknown): string | undefined {
  const { code = '' } = error as NodeJS.ErrnoException;
  return Object.hasOwn(SYSTEM_ERRORS, code) ? SYSTEM_ERRORS[code] : undefined;
}
