import { startSimulator, type Fault } from '../../src/simulator/simulator.ts';
import type { Inputs } from '../action/harness.ts';
import { material } from '../action/world.ts';
import { toBytes, type Echo } from './hostile-response.ts';
import { assertionIn, secretsIn, startRawServer } from './raw-server.ts';
import type { Scenario } from './scenario.ts';

/** What a step and its server exchanged. */
export interface Exchanged {
  /** Everything that must not be printed. */
  readonly secrets: string[];
  /** Each assertion that the server received, and in which request. */
  readonly assertions: { readonly text: string; readonly request: number }[];
  /** For each request: the tokens in its response whose names mark them as tokens. */
  readonly tokens: (readonly string[])[];
}

export interface ScenarioServer {
  readonly origin: string;
  /** Inputs that only this server knows. */
  readonly inputs: Inputs;
  readonly close: () => Promise<void>;
}

/** Port 1 is below the ports that the system assigns, so no server of another test can listen on it. */
const CLOSED_PORT = 'http://127.0.0.1:1';

const unknownInputs: Inputs = {
  'app-id': 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==',
  'authorization-code': 'c0de+of/a-stranger=1',
  'access-token': 'T0ken+of/a-stranger=2',
};

/** One hostile server for all scenarios, and one simulator for each scenario that needs it. */
export async function scenarioServers(): Promise<{
  serve: (scenario: Scenario, exchanged: Exchanged) => Promise<ScenarioServer>;
  close: () => void;
}> {
  const raw = await startRawServer();
  const fixed = (origin: string): ScenarioServer => ({
    origin,
    inputs: unknownInputs,
    close: () => Promise.resolve(),
  });
  return {
    close: () => {
      raw.close();
    },
    async serve(scenario, exchanged) {
      const { server, attempts } = scenario;
      if (server === 'closed port') return fixed(CLOSED_PORT);
      if (server === 'no TLS') return fixed(raw.origin.replace('http:', 'https:'));
      if ('faults' in server) return startFaultySimulator(scenario, server.faults, exchanged);
      let requests = 0;
      // Not echoed again: a part of an echo can be less of the secret than what the action looks for.
      const echoed = new Set<string>();
      raw.respond((request) => {
        const response = server.responses[Math.min(requests, server.responses.length - 1)];
        if (response === undefined) return undefined;
        record(exchanged, requests, assertionIn(request));
        const { bytes, named, secret, echoes } = toBytes(response, request, {
          sent: [...secretsIn(request), ...exchanged.secrets.filter((text) => !echoed.has(text))],
          retryAtOnce: attempts > 1,
        });
        const known = [
          scenario.app.apiKey,
          scenario.app.apiSecret,
          ...exchanged.secrets.filter((text) => !echoed.has(text)),
        ];
        const written = echoes.flatMap((echo) => secretEcho(echo, known));
        for (const text of written) echoed.add(text);
        exchanged.secrets.push(...secret, ...written);
        exchanged.tokens[requests++] = named;
        return bytes;
      });
      return fixed(raw.origin);
    },
  };
}

/** What must not be printed of an echo: how it was written, with or without tags, if it contains enough of a secret. */
function secretEcho({ part, written }: Echo, secrets: readonly string[]): string[] {
  const isSecret =
    part.replace(/[^a-z0-9]/gi, '').length >= 16 &&
    !/---|PRIVATE/.test(part) &&
    secrets.some((secret) => secret.includes(part));
  return isSecret ? [written, written.replace(/<[^<>]*>/g, ' ')] : [];
}

function record({ assertions, secrets }: Exchanged, request: number, assertion: string | undefined): void {
  if (assertion === undefined) return;
  assertions.push({ text: assertion, request });
  // The header and the claims (App ID, user, time) appear elsewhere too.
  secrets.push(assertion.split('.')[2] ?? '');
}

async function startFaultySimulator(
  { app, settings, grant }: Scenario,
  faults: readonly Fault[],
  exchanged: Exchanged,
): Promise<ScenarioServer> {
  const environment = (settings['environment'] ?? 'prod2').replace(/[{} ]/g, '').toLowerCase();
  const sprinklr = await startSimulator({
    apps: [{ ...app, environment }],
    gateway: settings['gateway'] === 'api3' ? 'api3' : 'api2',
    log(line) {
      const at = sprinklr.requests.length - 1;
      const { path = '', query, body = '', status, endpoint = '' } = sprinklr.requests[at] ?? {};
      record(exchanged, at, assertionIn({ method: '', head: '', url: `${path}?${String(query)}`, body }));
      const token = sprinklr.liveToken(app.apiKey) ?? '';
      exchanged.secrets.push(token);
      const issued = status === 200 && /^(app)?token$/.test(endpoint) && !line.includes('fault:');
      exchanged.tokens[at] = issued ? [token] : [];
    },
  });
  sprinklr.fault('any', ...faults);
  return {
    origin: sprinklr.origin,
    inputs: {
      'app-id': sprinklr.register(material().certificate, app.apiKey),
      'access-token': grant === 'access token' ? sprinklr.issueAccessToken(app.apiKey) : '',
      'authorization-code': sprinklr.issueCode(app.apiKey),
    },
    close: () => sprinklr.close(),
  };
}
