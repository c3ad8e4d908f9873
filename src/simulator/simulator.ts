import { FaultScript } from './faults.ts';
import { Limits } from './limits.ts';
import { listen } from './listen.ts';
import { serve } from './serve.ts';
import { State } from './state.ts';
import type { RecordedRequest, Simulator, SimulatorOptions } from './types.ts';

export { FAULT_GRAMMAR, parseFaults } from './fault-grammar.ts';
export { RATE_LIMIT } from './limits.ts';
export type { App, Fault, RecordedRequest, Simulator, SimulatorOptions } from './types.ts';

/** As many as fit on the front page. */
const SHOWN_REQUESTS = 20;

/**
 * Starts a local Sprinklr that keeps the rules of contract.md strictly, in code of its own, so that it can disagree
 * with the client. Rejects if the address is taken.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { gateway = 'api2', apptokenBody = true, keepRequests = true, tokenLifetime = 2_591_999 } = options;
  const base = options.now ?? Date.now;
  let skew = 0;
  const now = (): number => base() + skew * 1000;

  const requests: RecordedRequest[] = [];
  const shown: RecordedRequest[] = [];
  const record = (request: RecordedRequest): void => {
    if (keepRequests) requests.push(request);
    // Whoever reloads the front page wants to see the others.
    if (request.endpoint === 'front') return;
    shown.push(request);
    if (shown.length > SHOWN_REQUESTS) shown.shift();
  };
  const state = new State(now, tokenLifetime);
  const script = new FaultScript();
  const limits = new Limits(gateway, options.rateLimit);
  for (const app of options.apps ?? []) state.addApp(app);

  const known = (apiKey: string): string => {
    if (state.app(apiKey) === undefined) throw new Error('The simulator has no app with this API key.');
    return apiKey;
  };

  const listener = serve({
    world: { gateway, state, limits, now, apptokenBody, shown },
    script,
    setClock: (seconds) => (skew = seconds),
    record,
    log: options.log ?? (() => undefined),
  });
  const { origin, close } = await listen(listener, options);

  return {
    origin,
    requests,
    addApp: (app) => {
      state.addApp(app);
    },
    register: (certificatePem, apiKey) => state.register(certificatePem, known(apiKey)),
    issueCode: (apiKey) => state.issueCode(known(apiKey)),
    issueAccessToken: (apiKey) => state.issueToken(known(apiKey)),
    liveToken: (apiKey) => state.liveToken(apiKey)?.token,
    fault: (endpoint, ...faults) => {
      script.add(endpoint, faults);
    },
    close,
  };
}
