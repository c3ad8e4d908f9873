import { FaultQueues } from './faults.ts';
import { hostChecker } from './host.ts';
import { createListener, startServer } from './server.ts';
import { State } from './state.ts';
import type { Simulator, SimulatorOptions } from './types.ts';

export { FAULT_GRAMMAR, parseFaults } from './fault-grammar.ts';
export { RATE_LIMIT } from './rate-limit.ts';
export type { App, Fault, RecordedRequest, Simulator, SimulatorOptions } from './types.ts';

/**
 * Starts a simulated Sprinklr that enforces the rules of docs/development/sprinklr-api.md. It shares no code with the
 * client, so that a mistake in one is not repeated in the other. Rejects if the address is in use.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const state = new State(options);
  const faults = new FaultQueues();
  const { host, log = () => undefined } = options;
  const acceptsHost = options.checkHost === true ? hostChecker(host) : () => true;
  const listener = createListener(state, { faults, log, acceptsHost });
  const { origin, close } = await startServer(listener, options);

  const requireKnown = (apiKey: string): string => {
    if (!state.apps.has(apiKey)) throw new Error('The simulator has no app with this API key.');
    return apiKey;
  };
  return {
    origin,
    requests: state.requests,
    addApp: (app) => {
      state.addApp(app);
    },
    register: (certificatePem, apiKey) => state.register(certificatePem, requireKnown(apiKey)),
    issueCode: (apiKey) => state.issueCode(requireKnown(apiKey)),
    issueAccessToken: (apiKey) => state.issueToken(requireKnown(apiKey)),
    liveToken: (apiKey) => state.liveToken(apiKey)?.token,
    fault: (endpoint, ...queued) => {
      faults.add(endpoint, queued);
    },
    close,
  };
}
