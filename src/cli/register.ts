import { Option, type Command } from 'commander';
import type { Context } from '../context.ts';
import { checkCertificate } from '../credentials/certificate.ts';
import { ActionError } from '../errors.ts';
import { register, type RegisterRequest, type RegisterResult } from '../modes/register.ts';
import {
  parseDeveloperApp,
  parseGateway,
  parseGrant,
  parseInput,
  parseRegistration,
} from '../request/parse.ts';
import type { ReadInput } from '../request/parsers.ts';
import type { InputName } from '../request/schema.ts';
import { CODE_SECONDS, requestAuthorizationCode } from './consent.ts';
import { createContext } from './context.ts';
import { usageError, withJsonErrors } from './errors.ts';
import { requireGh } from './gh.ts';
import { note, print, printJson, type Io } from './io.ts';
import { integerOption } from './options.ts';
import { askSecret, isInteractive } from './prompts.ts';
import { dispatchWorkflow, parseWorkflow } from './register/dispatch.ts';
import { addValueFlags, isPassed, readsStandardInput, requireValues } from './values.ts';

/** What the consent needs. The workflow has the rest. */
const CONSENT_NAMES: readonly InputName[] = [
  'api-key',
  'redirect-uri',
  'environment',
  'gateway',
  'base-url',
  'authorization-code',
];
const NAMES: readonly InputName[] = [
  'certificate',
  'private-key',
  'private-key-passphrase',
  ...CONSENT_NAMES,
  'api-secret',
  'access-token',
  'certificate-warning-days',
  'max-attempts',
  'timeout-seconds',
  'mtls-certificate',
  'mtls-private-key',
  'mtls-passphrase',
];

interface Options {
  /** False for `--no-browser`. */
  readonly browser: boolean;
  /** False for `--no-listen`. */
  readonly listen: boolean;
  readonly consentTimeoutSeconds: number;
  readonly json?: true;
  readonly dispatch?: true;
  readonly workflow: string;
  readonly repo?: string;
  readonly ref?: string;
}

/** Registers a certificate, or starts the workflow that does. */
export function addRegister(program: Command, io: Io): Command {
  const command = program
    .command('register')
    .summary('register the certificate after you consent in a browser')
    .description(
      "Opens Sprinklr's consent page in a browser. Receives the one-time code on the app's callback URL if that is on this " +
        'computer (http://localhost:PORT/…), or else from the redirect URL that you paste. Then uploads the certificate and ' +
        "prints only its App ID on standard output. This invalidates the API key's current token.",
    );
  addValueFlags(command, NAMES);
  return command
    .option('--no-browser', 'print the URL of the consent page, but do not open it')
    .option('--no-listen', 'ask for the redirect URL even if the callback URL is on this computer')
    .addOption(
      integerOption('consent-timeout-seconds', 'seconds to wait for the consent', {
        min: 1,
        max: 3600,
        default: CODE_SECONDS,
      }),
    )
    .option('--json', 'print the result as JSON')
    .addOption(
      new Option(
        '--dispatch',
        "pass the code to the repository's register workflow instead; requires the GitHub CLI (gh)",
      ).conflicts(['json', 'accessTokenFile']),
    )
    .addOption(
      new Option('--workflow <file>', 'with --dispatch: a workflow with an input named code').default(
        'register.yml',
        'register.yml',
      ),
    )
    .option(
      '--repo <OWNER/REPO>',
      "with --dispatch: the workflow's repository (default: the current folder's)",
    )
    .option('--ref <name>', 'with --dispatch: branch of the workflow (default: the default branch)')
    .addHelpText(
      'before',
      `Example:
  sprinklr-token register --certificate-file server.crt --private-key-file server.der \\
    --environment prod2 --redirect-uri https://www.example.com/callback
`,
    )
    .addHelpText(
      'after',
      `
Pass an access token only with --access-token-file, because SPRINKLR_ACCESS_TOKEN is for the commands that exec runs.
Without a terminal, register reads the redirect URL from standard input.`,
    )
    .action((options: Options) =>
      withJsonErrors(options, io, () =>
        options.dispatch === true ? dispatch(options, io) : registerHere(options, io),
      ),
    );
}

async function dispatch(options: Options, io: Io): Promise<void> {
  const workflow = parseWorkflow(options);
  const needsConsent = isConsentNeeded(CONSENT_NAMES, options, io);
  const read = await askForSecrets(
    needsConsent ? ['api-key'] : [],
    await requireValues(CONSENT_NAMES, options, io),
    io,
  );
  const getCode = needsConsent
    ? prepareConsent(read, options, io)
    : () => parseInput('authorization-code', read);
  // Checked before a code exists that can expire.
  await requireGh(io, workflow.host);
  await dispatchWorkflow(await getCode(), workflow, io);
}

async function registerHere(options: Options, io: Io): Promise<void> {
  const context = createContext(io);
  const request = await readRequest(options, context, io);
  printResult(await register(request, context), options, io);
}

/** Checks everything before it asks for the consent. */
async function readRequest(options: Options, context: Context, io: Io): Promise<RegisterRequest> {
  const { secrets, log } = context;
  const needsConsent = isConsentNeeded(NAMES, options, io);
  const read = await askForSecrets(
    needsConsent ? ['api-key', 'api-secret'] : [],
    await requireValues(NAMES, options, io),
    io,
  );
  const registration = parseRegistration(read, { secrets });
  // `register` repeats this, with the warnings.
  const silent = { ...log, warning: () => undefined };
  checkCertificate(registration.certificate, registration, { now: io.now, log: silent });
  if (!needsConsent) return { ...registration, grant: parseGrant(read, secrets) };
  const app = parseDeveloperApp(read);
  const code = await prepareConsent(read, options, io)();
  secrets.mask(code);
  return { ...registration, grant: { code, app } };
}

/** @throws {CliError} if standard input has to be both a value and the redirect URL */
function isConsentNeeded(names: readonly InputName[], options: Options, io: Io): boolean {
  if (isPassed('access-token', options, io) || isPassed('authorization-code', options, io)) return false;
  if (!readsStandardInput(names, options, io)) return true;
  throw usageError(
    'Standard input is reserved for the redirect URL.',
    'Pass the values as flags, files, or variables.',
  );
}

/** Checks the values, and returns what then asks for the consent. @throws {ActionError} @throws {CliError} */
function prepareConsent(read: ReadInput, options: Options, io: Io): () => Promise<string> {
  const request = {
    redirectUri: parseRedirectUri(read),
    endpoint: parseGateway(read).authorizationEndpoint,
    apiKey: parseInput('api-key', read),
    browser: options.browser,
    listen: options.listen,
    timeoutSeconds: options.consentTimeoutSeconds,
  };
  return async () => {
    note(io, "The registration requests an access token. This invalidates the API key's current token.", '');
    return await requestAuthorizationCode(request, io);
  };
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

const LABELS = { 'api-key': 'API key', 'api-secret': 'API secret' } as const;

/** Asks for the secrets that are missing, if there is a terminal. */
async function askForSecrets(
  names: readonly (keyof typeof LABELS)[],
  given: ReadInput,
  io: Io,
): Promise<ReadInput> {
  const answers: Record<string, string> = {};
  for (const name of names) {
    if (given(name) !== '' || !isInteractive(io)) continue;
    const validate = (answer: string): string | undefined => problemWith(name, answer);
    answers[name] = await askSecret(io, { message: LABELS[name], validate });
  }
  return (name) => answers[name] ?? given(name);
}

function problemWith(name: InputName, answer: string): string | undefined {
  try {
    parseInput(name, () => answer);
    return undefined;
  } catch (error) {
    if (error instanceof ActionError) return error.message;
    throw error;
  }
}

function printResult({ appId, apiUrl, certificate }: RegisterResult, { json }: Options, io: Io): void {
  const expiresAt = certificate.expiresAt.toISOString();
  note(
    io,
    `Registered the certificate with SHA-256 fingerprint ${certificate.fingerprint}. It expires at ${expiresAt}.`,
    'Store its App ID as a variable of the repository. For one of its environments, add --env NAME:',
    `  gh variable set SPRINKLR_APP_ID --body '${appId}'`,
    'The next token request for this API key invalidates the token that registered the certificate.',
  );
  if (json !== true) {
    print(io, appId);
    return;
  }
  // With the names of the action's outputs.
  const result = {
    ok: true,
    'app-id': appId,
    'api-url': apiUrl,
    'certificate-fingerprint': certificate.fingerprint,
    'certificate-expires-at': expiresAt,
  };
  printJson(result, io);
}
