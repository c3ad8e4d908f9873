import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { createContext } from './context.ts';
import { CliError } from './errors.ts';
import { checkFolder, writeFiles } from './files.ts';
import { TOKEN_INPUTS } from './inputs.ts';
import { note, type Io } from './io.ts';
import { FORMATS, formatToken, type Format } from './token/format.ts';
import { readTokenRequest, requestToken } from './token/request.ts';
import { addValueFlags } from './values.ts';

interface Options {
  readonly format: Format;
  readonly output?: string;
}

/** Requests an access token and prints it. */
export function addToken(program: Command, io: Io): Command {
  const command = program
    .command('token')
    .summary('request an access token and print it')
    .description(
      "Requests an access token and prints only the token on standard output. This invalidates the API key's current token. " +
        'Exit code 0: success. 1: failure. 2: usage error.',
    )
    .addOption(
      new Option(
        '--format <format>',
        'output format: token, json (also type, expiry, and API URL), or env (variables for a POSIX shell or a dotenv file)',
      )
        .choices(FORMATS)
        .default('token', 'token'),
    )
    .option('--output <file>', 'write the result to a file that only you can read, instead of printing it');
  addValueFlags(command, TOKEN_INPUTS);
  return command
    .addHelpText(
      'before',
      `Example:
  SPRINKLR_API_KEY=… SPRINKLR_API_SECRET=… sprinklr-token token --private-key-file server.der \\
    --app-id eyJ… --username ci-bot@example.com --environment prod2 --redirect-uri https://www.example.com/callback
`,
    )
    .action((options: Options) => printToken(options, io));
}

async function printToken(options: Options, io: Io): Promise<void> {
  // As in curl, `-` is standard output.
  const path = options.output === '-' ? undefined : options.output;
  // Before the request, which would invalidate the current token for nothing.
  const file = path === undefined ? undefined : writablePath(resolve(io.cwd, path));
  const context = createContext(io);
  const request = await readTokenRequest(options, context, io);
  const result = await requestToken(request, context, io);
  const text = formatToken(result, options.format, request.app.apiKey);
  if (file === undefined) {
    io.stdout.write(text);
    return;
  }
  const content = { name: basename(file), content: text, secret: true };
  try {
    await writeFiles(dirname(file), [content], { replace: true, io });
  } catch (error) {
    throw new CliError(
      `${(error as Error).message} The new token is lost, and the API key's earlier token is no longer valid.`,
      'Run the command again with another --output.',
      { cause: error },
    );
  }
  note(io, `Wrote the token to ${file} (format ${options.format}). Only you can read the file.`);
}

/** The file to create or to replace, with symbolic links resolved. @throws {CliError} if it cannot be written */
function writablePath(path: string): string {
  // Renaming a file to /dev/stdout would replace the device. If /dev/stdout is a pipe, it has no real path.
  if (existsSync(path) && !statSync(path).isFile())
    throw new CliError(`${path} is not a file.`, 'Choose another path, or omit --output to print the token.');
  // To rename a file to the link would replace the link, and nothing says that its target should exist.
  if (!existsSync(path) && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new CliError(
      `${path} is a symbolic link to a file that does not exist.`,
      'Create that file, or choose another path.',
    );
  const file = existsSync(path) ? realpathSync(path) : path;
  checkFolder(dirname(file), [basename(file)], { replace: true });
  return file;
}
