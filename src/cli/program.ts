import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addRegister } from './register.ts';
import { addDemo } from './demo.ts';
import { addDoctor } from './doctor.ts';
import { errorAsJson, reportError, usageError, type CliError } from './errors.ts';
import { print, printJson, type Io } from './io.ts';
import { addExec } from './exec.ts';
import { addKeygen } from './keygen.ts';
import { addSetup } from './setup.ts';
import { addSimulate } from './simulate.ts';
import { addToken } from './token.ts';

const HELP_WIDTH = 100;

/**
 * Runs the command line.
 *
 * @param args without the program's name
 * @returns the exit code: 0 success, 1 failure, 2 usage error
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const program = createProgram(io);
  const command = { isRunning: false };
  program.hook('preAction', () => {
    command.isRunning = true;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return io.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && HELP_CODES.includes(error.code))
      return error.exitCode === 0 ? 0 : 2;
    const failure = error instanceof CommanderError ? describeUsageError(error, program, args) : error;
    // A command that runs prints its own result.
    if (!command.isRunning && wantsJson(program, args)) printJson(errorAsJson(failure), io);
    return reportError(failure, io, { debug: failure === error && args.includes('--debug') });
  }
}

function wantsJson(program: Command, args: readonly string[]): boolean {
  const command = commandOf(program, args);
  return args.includes('--json') && command?.options.some(({ long }) => long === '--json') !== false;
}

function commandOf(program: Command, [name]: readonly string[]): Command | undefined {
  return program.commands.find((command) => command.name() === name);
}

function createProgram(io: Io): Command {
  const width = Math.min(io.stdout.columns ?? HELP_WIDTH, HELP_WIDTH);
  const program = new Command('sprinklr-token')
    .description('Gets Sprinklr access tokens on your computer and in any CI system.')
    .usage('<command> [options]')
    .option('-v, --version', 'print the version')
    .on('option:version', () => {
      print(io, programVersion(io));
      throw new CommanderError(0, 'commander.version', '');
    })
    .helpOption('-h, --help', 'print this help')
    .addHelpText('before', 'Example:\n  sprinklr-token demo\n')
    .configureHelp({
      styleOptionDescription: capitalize,
      styleArgumentDescription: capitalize,
      styleSubcommandDescription: capitalize,
      subcommandTerm: (command) =>
        [command.name(), ...(command.name() === 'help' ? ['[command]'] : [])].join(' '),
    })
    .helpCommand('help [command]', 'print the help for a command')
    // Arguments after the command of exec belong to that command.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      // main prints all errors, without the argument that caused them.
      outputError: () => undefined,
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
    });
  for (const add of [addSetup, addToken, addExec, addKeygen, addRegister, addDoctor, addSimulate, addDemo])
    add(program, io).option('--debug', 'show where an unexpected error occurred');
  return program;
}

/** The descriptions of inputs, which action.yml shares, are sentences. A literal value such as api2 stays as it is. */
function capitalize(text: string): string {
  return text.replace(/^[a-z]+\b/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

const HELP_CODES = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

/** Commander repeats the argument in its messages, and an argument can be a secret. */
function describeUsageError(error: CommanderError, program: Command, args: readonly string[]): CliError {
  const command = commandOf(program, args);
  const help = `See "${[program.name(), ...(command === undefined ? [] : [command.name()])].join(' ')} --help".`;
  const [, similar] = /\(Did you mean (.+)\?\)/.exec(error.message) ?? [];
  const remedy = similar === undefined ? help : `Did you mean ${similar}? ${help}`;
  switch (error.code) {
    case 'commander.unknownCommand':
      return usageError('Unknown command.', remedy);
    case 'commander.unknownOption': {
      const [, flag] = /'(--[a-z]+(?:-[a-z]+)*)(?:=.*)?'/s.exec(error.message) ?? [];
      return usageError(flag === undefined ? 'Unknown option.' : `Unknown option ${flag}.`, remedy);
    }
    case 'commander.invalidArgument': {
      const [, flag = '', choices = ''] =
        /^error: option '(--[a-z-]+) .*Allowed choices are ([\w, ]+)\.$/s.exec(error.message) ?? [];
      return usageError(`The value of ${flag} is unknown.`, `Use ${choices.replace(/, (?=\w+$)/, ', or ')}.`);
    }
    case 'commander.missingArgument':
      return usageError('No command to run.', `Add it after --. ${help}`);
    case 'commander.optionMissingArgument':
    case 'commander.missingMandatoryOptionValue':
    case 'commander.conflictingOption':
      // These contain only the names of known flags.
      return usageError(`${error.message.replace(/^error: o/, 'O')}.`, help);
    default:
      return usageError('Unexpected argument.', `Pass every value as --NAME VALUE. ${help}`);
  }
}

function programVersion({ program }: Io): string {
  const manifest = join(dirname(realpathSync(program)), '../package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
