import { startSimulator, type Fault } from '../../src/simulator/simulator.ts';
import type { Inputs } from '../action/harness.ts';
import { material } from '../action/world.ts';
import { toBytes } from './hostile.ts';
import { assertionIn, rawServer, sentIn } from './raw-server.ts';
import type { Scenario } from './scenario.ts';

/** What a server learns and gives away while a step runs. */
export interface Known {
  /** Whatever must not show. */
  readonly secrets: string[];
  /** For each assertion that came in: in which request. */
  readonly assertions: { readonly text: string; readonly request: number }[];
  /** For each request: the tokens under their names in its answer. */
  readonly tokens: (readonly string[])[];
}

export interface Serving {
  readonly origin: string;
  /** What the step needs to know of this server. */
  readonly inputs: Inputs;
  readonly close: () => Promise<void>;
}

/** Below the ports that are given out: none of the servers that other workers start can get it. */
const NOBODY = 'http://127.0.0.1:1';

const stranger: Inputs = {
  'app-id': 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==',
  'authorization-code': 'c0de+of/a-stranger=1',
  'access-token': 'T0ken+of/a-stranger=2',
};

/** One hostile server for all scenarios, and a simulator for each that wants one. */
export async function servers(): Promise<{
  serve: (scenario: Scenario, known: Known) => Promise<Serving>;
  close: () => void;
}> {
  const raw = await rawServer();
  const fixed = (origin: string): Serving => ({ origin, inputs: stranger, close: () => Promise.resolve() });
  return {
    close: () => {
      raw.close();
    },
    async serve(scenario, known) {
      const { server, attempts } = scenario;
      if (server === 'nobody') return fixed(NOBODY);
      if (server === 'TLS') return fixed(raw.origin.replace('http:', 'https:'));
      if ('faults' in server) return simulated(scenario, server.faults, known);
      let requests = 0;
      raw.script((heard) => {
        const answer = server.answers[Math.min(requests, server.answers.length - 1)];
        if (answer === undefined) return undefined;
        note(known, requests, assertionIn(heard));
        const { bytes, named, secret } = toBytes(answer, heard, {
          sent: [...sentIn(heard), ...known.secrets],
          atOnce: attempts > 1,
        });
        known.secrets.push(...secret);
        known.tokens[requests++] = named;
        return bytes;
      });
      return fixed(raw.origin);
    },
  };
}

function note({ assertions, secrets }: Known, request: number, assertion: string | undefined): void {
  if (assertion === undefined) return;
  assertions.push({ text: assertion, request });
  // All the rest of it is said elsewhere, too: the App ID, the user, the time.
  secrets.push(assertion.split('.')[2] ?? '');
}

async function simulated(
  { app, settings, grant }: Scenario,
  faults: readonly Fault[],
  known: Known,
): Promise<Serving> {
  const sprinklr = await startSimulator({
    apps: [{ ...app, environment: (settings['environment'] ?? 'prod2').replace(/[{} ]/g, '').toLowerCase() }],
    gateway: settings['gateway'] === 'api3' ? 'api3' : 'api2',
    log(line) {
      const at = sprinklr.requests.length - 1;
      const { path = '', query, body = '', status, endpoint } = sprinklr.requests[at] ?? {};
      note(known, at, assertionIn({ method: '', head: '', url: `${path}?${String(query)}`, body }));
      const token = sprinklr.liveToken(app.apiKey) ?? '';
      known.secrets.push(token);
      const isGiven =
        status === 200 && (endpoint === 'apptoken' || endpoint === 'token') && !line.includes('fault:');
      known.tokens[at] = isGiven ? [token] : [];
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
