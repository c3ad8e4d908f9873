import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, systemErrorReason } from '../errors.ts';

/** The exit codes of POSIX shells. */
export const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

interface Search {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Makes what the user wrote safe to print: it can be a secret that is in the wrong place. */
  readonly show: (text: string) => string;
}

/**
 * Finds a program as a shell does: by its path if the command contains a slash, else in the folders of `PATH`.
 *
 * @throws {CliError} with exit code 127 if it is not found, or 126 if it is not executable
 */
export function findCommand(command: string, { env, cwd, platform, show }: Search): string {
  const isWindows = platform === 'win32';
  const isPath = (isWindows ? /[/\\]/ : /\//).test(command);
  const folders = isPath ? [''] : (env['PATH'] ?? '').split(isWindows ? ';' : ':');
  const names = isWindows ? windowsNames(command, env['PATHEXT']) : [command];
  let problem: string | undefined;
  for (const path of folders.flatMap((folder) => names.map((name) => resolve(cwd, folder, name)))) {
    const reason = command === '' ? NO_SUCH_FILE : whyNotExecutable(path, isWindows);
    if (reason === undefined) return path;
    if (reason !== NO_SUCH_FILE) problem ??= `${show(path)} ${reason}`;
  }
  const noToken = 'No token was requested.';
  if (problem !== undefined) {
    throw new CliError(`Cannot run the command: ${problem}.`, `Correct the command. ${noToken}`, {
      exitCode: NOT_EXECUTABLE,
    });
  }
  throw new CliError(
    `Command not found: ${show(command)}.`,
    `Correct the command${isPath ? '' : ', or add its folder to PATH'}. ${noToken}`,
    { exitCode: NOT_FOUND },
  );
}

/** Windows runs only files with these extensions. */
function windowsNames(command: string, pathExt = '.COM;.EXE;.BAT;.CMD'): string[] {
  const extensions = pathExt.toLowerCase().split(';');
  const hasExtension = extensions.some((extension) => command.toLowerCase().endsWith(extension));
  return hasExtension ? [command] : extensions.map((extension) => command + extension);
}

const NO_SUCH_FILE = 'does not exist';

function whyNotExecutable(path: string, isWindows: boolean): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'is not a file';
    // Only cmd.exe can run it, and it would interpret the arguments.
    if (isWindows && /\.(bat|cmd)$/i.test(path)) return 'is a batch file: run it with cmd.exe /d /c';
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return NO_SUCH_FILE;
    return `is not executable (${systemErrorReason(error) ?? 'unknown error'})`;
  }
}
