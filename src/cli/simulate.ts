import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { generateServerCertificate } from '../credentials/keygen.ts';
import { parseInput } from '../request/parse.ts';
import type { ReadInput } from '../request/parsers.ts';
import type { InputName } from '../request/schema.ts';
import {
  FAULT_GRAMMAR,
  parseFaults,
  RATE_LIMIT,
  startSimulator,
  type App,
  type Simulator,
  type SimulatorOptions,
} from '../simulator/simulator.ts';
import { isLoopback } from '../sprinklr/gateway.ts';
import { CliError, systemErrorReason, usageError } from './errors.ts';
import { paint, print, terminationSignal, type Io } from './io.ts';
import { integerOption } from './options.ts';
import { canBeShown } from './plain-values.ts';
import { addValueFlags, requireValues } from './values.ts';

const NAMES: readonly InputName[] = [
  'environment',
  'gateway',
  'certificate',
  'api-key',
  'api-secret',
  'redirect-uri',
  'username',
];

/** Values that cannot be mistaken for real ones. */
const DEFAULTS = {
  apiKey: 'simulated-api-key',
  apiSecret: 'simulated-api-secret',
  redirectUri: 'http://127.0.0.1:8898/callback',
};

interface Options {
  readonly port: number;
  readonly host: string;
  readonly reachableByOthers?: true;
  readonly tls?: true;
  readonly perSecond: number;
  readonly perHour: number;
  readonly fault: readonly Fault[];
}

type Fault = ReturnType<typeof parseFaults>;

/** Runs a simulated Sprinklr until it is interrupted. */
export function addSimulate(program: Command, io: Io): Command {
  const limit = (flag: string, description: string, fallback: number): ReturnType<typeof integerOption> =>
    integerOption(flag, description, { min: 1, max: 1_000_000, default: fallback });
  const command = program
    .command('simulate')
    .summary('run a simulated Sprinklr, to try a pipeline')
    .description(
      'Runs a simulated Sprinklr on this computer until you press Ctrl-C: registration, consent page, code grant, token ' +
        'exchange, identity, rate limits, and one live token per API key. It is strict, and logs why it rejects a request. ' +
        `Set the action's base-url to its address. By default, it uses the API key ${DEFAULTS.apiKey}, the API secret ` +
        `${DEFAULTS.apiSecret}, and the callback URL ${DEFAULTS.redirectUri}. If you pass a certificate, it registers the ` +
        'certificate and prints the App ID. If you pass a username, it rejects all others.',
    )
    .addOption(integerOption('port', 'port; 0 for any free port', { min: 0, max: 65_535, default: 8899 }))
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1', '127.0.0.1'))
    .option(
      '--reachable-by-others',
      'allow a --host that other machines can reach, by its address or host name',
    )
    .option('--tls', 'serve HTTPS with a temporary certificate');
  addValueFlags(command, NAMES);
  return command
    .addOption(limit('per-second', 'maximum calls with the API key per second', RATE_LIMIT.perSecond))
    .addOption(limit('per-hour', 'maximum calls with the API key per hour', RATE_LIMIT.perHour))
    .addOption(
      new Option('--fault <script>', 'fault script (see below); repeatable')
        .argParser(addFault)
        .default([], 'none'),
    )
    .addHelpText(
      'before',
      `Example:
  sprinklr-token simulate --environment prod2 --certificate-file server.crt --fault apptoken=503x2
`,
    )
    .addHelpText(
      'after',
      `
A fault script is
${FAULT_GRAMMAR.replace(/^(?=.)/gm, '  ')}`,
    )
    .action((options: Options) => simulate(options, io));
}

async function simulate(options: Options, io: Io): Promise<void> {
  const host = parseHost(options);
  const read = await requireValues(NAMES, options, io);
  const app = parseApp(read);
  const gateway = parseInput('gateway', read);
  const certificate = parseInput('certificate', read);
  const folder = options.tls === true ? mkdtempSync(join(tmpdir(), 'sprinklr-simulator-')) : undefined;
  const ended = terminationSignal(io);
  try {
    const simulator = await start({
      apps: [app],
      host,
      port: options.port,
      gateway,
      rateLimit: { perSecond: options.perSecond, perHour: options.perHour },
      // It can run for days, and nothing reads them.
      keepRequests: false,
      checkHost: true,
      log: (line) => {
        print(io, line);
      },
      ...(folder !== undefined && { tls: await createTlsCertificate(host, folder, io) }),
    });
    for (const { endpoint, faults } of options.fault) simulator.fault(endpoint, ...faults);
    // A value that the user passed can be a real one, or a secret in the wrong place.
    const show = (value: string, fallback: string): string => (value === fallback ? value : '(as given)');
    const showPublic = (name: InputName, value: string): string =>
      canBeShown(name, value) ? value : '(as given)';
    const environment = showPublic('environment', app.environment);
    print(
      io,
      paint('bold', `Simulated Sprinklr listening at ${simulator.origin}`, io.stdout),
      `  base-url      ${simulator.origin}`,
      `  gateway       ${gateway}`,
      `  environment   ${app.environment === '' ? '(empty: production)' : environment}`,
      `  api-key       ${show(app.apiKey, DEFAULTS.apiKey)}`,
      `  api-secret    ${show(app.apiSecret, DEFAULTS.apiSecret)}`,
      `  redirect-uri  ${showPublic('redirect-uri', app.redirectUri)}`,
      ...(app.username === undefined ? [] : [`  username      ${showPublic('username', app.username)}`]),
      `  API URL       ${app.environment === '' ? simulator.origin : `${simulator.origin}/${environment}`}`,
    );
    if (certificate !== undefined)
      print(io, `  app-id        ${simulator.register(certificate.pem, app.apiKey)}`);
    if (folder !== undefined) {
      print(
        io,
        `To trust its certificate, set NODE_EXTRA_CA_CERTS=${join(folder, 'ca.pem')} (curl: --cacert with the same file).`,
      );
    }
    print(io, 'To see its state, open its address in a browser. To stop it, press Ctrl-C.', '');
    await ended;
    await simulator.close();
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function parseHost({ host: text, reachableByOthers }: Options): string {
  const host = text.trim().replace(/^\[|\]$/g, '');
  if (isLoopback(host) || reachableByOthers === true) return host;
  throw usageError(
    `--host ${host} would let other machines connect.`,
    'Omit --host, or add --reachable-by-others. Without --tls, it uses plain HTTP.',
  );
}

function parseApp(read: ReadInput): App {
  const redirectUri = read('redirect-uri') === '' ? DEFAULTS.redirectUri : parseInput('redirect-uri', read);
  const username = read('username') === '' ? {} : { username: parseInput('username', read) };
  return {
    ...username,
    apiKey: read('api-key') || DEFAULTS.apiKey,
    apiSecret: read('api-secret') || DEFAULTS.apiSecret,
    redirectUri,
    environment: parseInput('environment', read),
  };
}

function addFault(text: string, faults: readonly Fault[]): Fault[] {
  try {
    return [...faults, parseFaults(text)];
  } catch (error) {
    throw usageError((error as Error).message, 'See "sprinklr-token simulate --help" for fault scripts.');
  }
}

/** @throws {CliError} if it cannot listen */
async function start(options: SimulatorOptions & { host: string; port: number }): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOTFOUND' ? 'this machine does not have that address' : systemErrorReason(error);
    if (reason === undefined) throw error;
    throw new CliError(
      `Cannot listen on ${options.host}, port ${options.port}: ${reason}.`,
      'Choose another --host or --port. Port 0 means any free port. Ports below 1024 can require special rights.',
      { cause: error },
    );
  }
}

async function createTlsCertificate(
  host: string,
  folder: string,
  io: Io,
): Promise<{ key: string; cert: string }> {
  const { key, certificate } = await generateServerCertificate({ hosts: [host], days: 7, now: io.now() });
  writeFileSync(join(folder, 'ca.pem'), certificate);
  return { key, cert: certificate };
}
