import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateServerCertificate } from '../credentials/keygen.ts';
import { parseCertificate, type Certificate } from '../credentials/certificate.ts';
import { ActionError } from '../errors.ts';
import {
  FAULT_GRAMMAR,
  parseFaults,
  RATE_LIMIT,
  startSimulator,
  type App,
  type Simulator,
  type SimulatorOptions,
} from '../simulator/simulator.ts';
import { createGateway, GATEWAYS, isLoopback, type GatewayName } from '../sprinklr/gateway.ts';
import { choiceOf, DeskError, integerOf, textOf, usageError, type Command, type Flags } from './command.ts';
import { readFile, readText } from './files.ts';
import { environmentOf } from './gateway-flags.ts';
import { paint, print } from './terminal.ts';

const DEFAULT_PORT = 8899;
const LIMIT_RANGE = { least: 1, most: 1_000_000 };
/** Values that nobody could take for real ones. */
const made = {
  apiKey: 'simulated-api-key',
  apiSecret: 'simulated-api-secret',
  redirectUri: 'http://127.0.0.1:8898/callback',
};

/** Runs a local Sprinklr until it is interrupted. */
export const simulate: Command = {
  help: `Usage: sprinklr-token simulate [flags]

Runs a local Sprinklr until Ctrl-C: registration, consent page, code grant, token exchange, who am I, rate limits,
one live token per API key. It is strict, and logs why it says no. Point the action's base-url at it.

  --port N            default ${DEFAULT_PORT}; 0 for any free one
  --environment NAME  like prod2; default the default production environment
  --gateway NAME      api2 (default) or api3
  --certificate FILE  a certificate that is registered already; prints its App ID
  --api-key TEXT      default ${made.apiKey}         Made-up values only: they end up in
  --api-secret TEXT   default ${made.apiSecret}      the shell's history.
  --redirect-uri URL  default ${made.redirectUri}
  --per-second N      most calls with the API key in a second; default ${RATE_LIMIT.perSecond}
  --per-hour N        the same in an hour; default ${RATE_LIMIT.perHour}
  --fault SCRIPT      what goes wrong, and when; may be given several times
  --tls               HTTPS, with a certificate made on the spot
  --host ADDRESS      default 127.0.0.1; any but a loopback address also needs --reachable-by-others
  --reachable-by-others

A fault script is
${FAULT_GRAMMAR.replace(/^(?=.)/gm, '  ')}

Example: sprinklr-token simulate --environment prod2 --certificate server.crt --fault apptoken=503x2`,
  options: {
    port: { type: 'string' },
    environment: { type: 'string' },
    gateway: { type: 'string' },
    certificate: { type: 'string' },
    'api-key': { type: 'string' },
    'api-secret': { type: 'string' },
    'redirect-uri': { type: 'string' },
    'per-second': { type: 'string' },
    'per-hour': { type: 'string' },
    fault: { type: 'string', multiple: true },
    tls: { type: 'boolean' },
    host: { type: 'string' },
    'reachable-by-others': { type: 'boolean' },
  },
  async run(flags) {
    const { app, faults, options } = readFlags(flags);
    const certificate = await certificateOf(flags);

    const folder = flags['tls'] === true ? mkdtempSync(join(tmpdir(), 'sprinklr-simulator-')) : undefined;
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const interrupted = Promise.race(signals.map((signal) => once(process, signal)));
    try {
      const simulator = await started({
        ...options,
        ...(folder !== undefined && { tls: await makeTls(options.host, folder) }),
      });
      for (const { endpoint, faults: script } of faults) simulator.fault(endpoint, ...script);
      const { apiUrl } = createGateway({
        gateway: options.gateway,
        environment: app.environment,
        baseUrl: new URL(simulator.origin),
      });
      print(
        paint('bold', `A simulated Sprinklr listens at ${simulator.origin}`),
        `  base-url      ${simulator.origin}`,
        `  gateway       ${options.gateway}`,
        `  environment   ${app.environment === '' ? '(empty: default production)' : app.environment}`,
        `  api-key       ${app.apiKey}`,
        `  api-secret    ${app.apiSecret === made.apiSecret ? app.apiSecret : '(as given)'}`,
        `  redirect-uri  ${app.redirectUri}`,
        `  API URL       ${apiUrl}`,
      );
      if (certificate !== undefined)
        print(`  app-id        ${simulator.register(certificate.pem, app.apiKey)}`);
      if (folder !== undefined) {
        print(
          `To trust its certificate, set NODE_EXTRA_CA_CERTS=${join(folder, 'ca.pem')} (curl: --cacert with the same file).`,
        );
      }
      print('What it holds: open the address above in a browser. Ctrl-C ends it.', '');
      await interrupted;
      await simulator.close();
      return 0;
    } finally {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** What `--certificate` names, as PEM or DER; or the mistake to give the private key made beside it. */
async function certificateOf(flags: Flags): Promise<Certificate | undefined> {
  const path = textOf(flags, 'certificate');
  if (path === '') return undefined;
  try {
    return parseCertificate(await readCertificateFile(path), 'certificate');
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    if (error.code !== 'CERTIFICATE_IS_PRIVATE_KEY')
      throw new DeskError(error.message.replace(/^The input certificate/, path), error.remedy);
    throw new DeskError(
      `${path} holds a private key, and --certificate takes what is made from it to be public.`,
      'Give the certificate, which step 3 of the guide calls server.crt. The key was not sent anywhere.',
    );
  }
}

/** Text, or the base64 of binary DER, whose outermost part is a SEQUENCE (0x30). */
async function readCertificateFile(path: string): Promise<string> {
  if (path === '-') return await readText(path, 'a certificate');
  const bytes = readFile(path, 'a certificate');
  return bytes[0] === 0x30 ? bytes.toString('base64') : bytes.toString('utf8');
}

/** @throws {DeskError} where it cannot listen */
async function started(options: SimulatorOptions & { host: string; port: number }): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const { host, port } = options;
    switch (code) {
      case 'EADDRINUSE':
        throw new DeskError(
          `Port ${port} of ${host} is already taken.`,
          'Stop what listens there, or give another --port; 0 finds a free one.',
        );
      case 'EACCES':
        throw new DeskError(`This user may not listen at port ${port}.`, 'Give a --port from 1024 on.');
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        throw new DeskError(`${host} is no address of this machine.`, 'Correct --host, or leave it away.');
      default:
        throw error;
    }
  }
}

type Script = ReturnType<typeof parseFaults>;

function readFlags(flags: Flags): {
  app: App;
  faults: Script[];
  options: SimulatorOptions & { gateway: GatewayName; host: string; port: number };
} {
  const host = textOf(flags, 'host').replace(/^\[|\]$/g, '') || '127.0.0.1';
  if (!isLoopback(host) && flags['reachable-by-others'] !== true) {
    throw usageError(
      `--host ${host} would let other machines in.`,
      'Leave --host away, or add --reachable-by-others if that is what you want. It speaks plain HTTP unless --tls is given.',
    );
  }
  const redirectUri = textOf(flags, 'redirect-uri') || made.redirectUri;
  if (!URL.canParse(redirectUri))
    throw usageError('--redirect-uri is not an address.', 'Give one like https://www.example.com/callback');
  const app: App = {
    apiKey: textOf(flags, 'api-key') || made.apiKey,
    apiSecret: textOf(flags, 'api-secret') || made.apiSecret,
    redirectUri,
    environment: environmentOf(flags),
  };
  const options = {
    apps: [app],
    host,
    port: integerOf(flags, 'port', { least: 0, most: 65_535, default: DEFAULT_PORT }),
    gateway: choiceOf(flags, 'gateway', GATEWAYS),
    rateLimit: {
      perSecond: integerOf(flags, 'per-second', { ...LIMIT_RANGE, default: RATE_LIMIT.perSecond }),
      perHour: integerOf(flags, 'per-hour', { ...LIMIT_RANGE, default: RATE_LIMIT.perHour }),
    },
    // It may run for days, and nobody would ever ask for them.
    keepRequests: false,
    log: (line: string) => {
      print(line);
    },
  };
  return { app, options, faults: ((flags['fault'] ?? []) as string[]).map(readFault) };
}

function readFault(text: string): Script {
  try {
    return parseFaults(text);
  } catch (error) {
    throw usageError(
      (error as Error).message,
      'See "sprinklr-token simulate --help" for what --fault takes.',
    );
  }
}

async function makeTls(host: string, folder: string): Promise<{ key: string; cert: string }> {
  const { key, certificate } = await generateServerCertificate({ hosts: [host], days: 7, now: new Date() });
  writeFileSync(join(folder, 'ca.pem'), certificate);
  return { key, cert: certificate };
}
