#!/usr/bin/env node
import { ActionError } from '../errors.ts';
import { DeskError, nearest, parseFlags, usageError, type Command } from './command.ts';
import { programVersion } from './program.ts';
import { paint, print, printError } from './terminal.ts';

interface Listed {
  /** One line for the list of commands. */
  readonly summary: string;
  /** In the same file as the rest, but run only when it is wanted: nobody waits for the packages of another command. */
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, Listed>> = {
  demo: {
    summary: 'Show the whole way, from a key to an API call, on a local Sprinklr',
    load: async () => (await import('./demo.ts')).demo,
  },
  keygen: {
    summary: 'Make a key and a certificate, and store them in GitHub',
    load: async () => (await import('./keygen.ts')).keygen,
  },
  authorize: {
    summary: 'Get a one-time code by the consent in a browser, for registering',
    load: async () => (await import('./authorize.ts')).authorize,
  },
  doctor: {
    summary: 'Explain a set of credentials, and what is wrong with them',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  simulate: {
    summary: 'Run a local Sprinklr, to try a pipeline on without Sprinklr',
    load: async () => (await import('./simulate.ts')).simulate,
  },
};

function overview(): string {
  const names = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return [
    'sprinklr-token: what is done at a desk to get Sprinklr access tokens in CI',
    '',
    'Usage: sprinklr-token <command> [flags]',
    '',
    ...names,
    '',
    '  --help     of any command, its flags and an example',
    '  --version',
    '  --debug    with any command, show where an unexpected error arose',
  ].join('\n');
}

async function main(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === '--version' || name === '-v') {
    print(programVersion());
    return 0;
  }
  if (['--help', '-h', 'help'].includes(name)) {
    print(overview());
    return args.length === 0 ? 2 : 0;
  }
  const listed = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (listed === undefined) {
    const near = nearest(name, Object.keys(commands));
    throw usageError(
      'There is no such command.',
      near === undefined ? 'See "sprinklr-token --help".' : `Did you mean ${near}?`,
    );
  }
  const command = await listed.load();
  const flags = parseFlags(name, command, rest);
  if (flags['help'] === true) {
    print(command.help);
    return 0;
  }
  return await command.run(flags);
}

/** What the operating system says, in words. */
const TROUBLES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the port is already taken',
  EEXIST: 'it exists already',
  EISDIR: 'it is a folder',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
};

function explain(error: unknown): { problem: string; remedy: string; exitCode: number } {
  if (error instanceof DeskError)
    return { problem: error.message, remedy: error.remedy, exitCode: error.exitCode };
  if (error instanceof ActionError)
    return { problem: `${error.message} (${error.code})`, remedy: error.remedy, exitCode: 1 };
  const { code = '', path } = error as NodeJS.ErrnoException;
  const trouble = TROUBLES[code];
  if (trouble !== undefined) {
    return {
      problem: `${path ?? 'That did not work'}: ${trouble}.`,
      remedy: 'Correct that, then run it again.',
      exitCode: 1,
    };
  }
  return {
    problem: 'sprinklr-token failed in a way that it should not.',
    remedy: 'Run it again with --debug, and open an issue with what it prints.',
    exitCode: 1,
  };
}

const args = process.argv.slice(2);
main(args).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    const { problem, remedy, exitCode } = explain(error);
    printError(paint('red', problem), remedy);
    if (args.includes('--debug') && error instanceof Error) printError(error.stack ?? '');
    process.exitCode = exitCode;
  },
);
