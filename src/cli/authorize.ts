import type { Command } from 'commander';
import { ActionError } from '../errors.ts';
import { parseGateway, parseInput } from '../request/parse.ts';
import type { ReadInput } from '../request/parsers.ts';
import type { InputName } from '../request/schema.ts';
import { dispatchWorkflow, parseWorkflow } from './authorize/dispatch.ts';
import { CODE_SECONDS, requestAuthorizationCode } from './consent.ts';
import { usageError } from './errors.ts';
import { requireGh } from './gh.ts';
import type { Io } from './io.ts';
import { integerOption } from './options.ts';
import { askSecret, isInteractive } from './prompts.ts';
import { addValueFlags, readsStandardInput, requireValues } from './values.ts';

const NAMES: readonly InputName[] = ['redirect-uri', 'api-key', 'environment', 'gateway', 'base-url'];

interface Options {
  /** False for `--no-browser`. */
  readonly browser: boolean;
  /** False for `--no-listen`. */
  readonly listen: boolean;
  readonly timeoutSeconds: number;
  readonly dispatch?: true;
  readonly workflow: string;
  readonly repo?: string;
  readonly ref?: string;
}

/** Gets a one-time code from the browser consent, and passes it to the workflow that registers the certificate. */
export function addAuthorize(program: Command, io: Io): Command {
  const command = program
    .command('authorize')
    .summary('get a one-time code from the browser consent')
    .description(
      "Opens Sprinklr's consent page in a browser and receives the one-time code: on the app's callback URL if that is " +
        'on this computer (http://localhost:PORT/…), or from the redirect URL that you paste. Then starts the workflow ' +
        'that registers the certificate, or prints the command for it. A code works once and for ten minutes.',
    );
  addValueFlags(command, NAMES);
  return command
    .option('--no-browser', 'only print the URL of the page')
    .option('--no-listen', 'ask for the redirect URL even if the callback URL is on this computer')
    .addOption(
      integerOption('timeout-seconds', 'how long to wait for the code', {
        min: 1,
        max: 3600,
        default: CODE_SECONDS,
      }),
    )
    .option('--dispatch', "start the workflow without asking; needs GitHub's gh")
    .option(
      '--workflow <file>',
      'a workflow with an input named code (default: register.yml)',
      'register.yml',
    )
    .option('--repo <OWNER/REPO>', "repository of the workflow (default: the folder's)")
    .option('--ref <name>', 'branch of the workflow (default: the default branch)')
    .addHelpText(
      'after',
      `
Without a terminal, the redirect URL is read from standard input.

Example: sprinklr-token authorize --environment prod2 --redirect-uri https://www.example.com/callback --dispatch`,
    )
    .action((options: Options) => authorize(options, io));
}

async function authorize(options: Options, io: Io): Promise<void> {
  if (readsStandardInput(NAMES, options, io)) {
    throw usageError(
      'Standard input is for the redirect URL.',
      'Pass the values as flags, files, or variables.',
    );
  }
  const read = await requireValues(NAMES, options, io);
  const redirectUri = parseRedirectUri(read);
  const gateway = parseGateway(read);
  const workflow = parseWorkflow(options);
  const apiKey = await requireApiKey(read, io);
  const dispatch = options.dispatch === true;
  // Before there is a code that can expire.
  if (dispatch) await requireGh(io, workflow.host);
  const code = await requestAuthorizationCode(
    {
      endpoint: gateway.authorizationEndpoint,
      apiKey,
      redirectUri,
      browser: options.browser,
      listen: options.listen,
      timeoutSeconds: options.timeoutSeconds,
    },
    io,
  );
  await dispatchWorkflow({ code, workflow, dispatch }, io);
}

/** @throws {ActionError} @throws {CliError} */
function parseRedirectUri(read: ReadInput): string {
  const redirectUri = parseInput('redirect-uri', read);
  // RFC 6749 §3.1.2
  if (!redirectUri.includes('#')) return redirectUri;
  throw usageError(
    'redirect-uri contains a #, which OAuth forbids.',
    "Pass exactly the app's callback URL: --redirect-uri https://www.example.com/callback",
  );
}

async function requireApiKey(read: ReadInput, io: Io): Promise<string> {
  if (read('api-key') !== '' || !isInteractive(io)) return parseInput('api-key', read);
  const validate = (answer: string): string | undefined => {
    try {
      parseInput('api-key', () => answer);
      return undefined;
    } catch (error) {
      if (error instanceof ActionError) return error.message;
      throw error;
    }
  };
  return await askSecret(io, { message: 'API key', validate });
}
