import { gatewayRefusal } from './answers.ts';
import type { Limits } from './limits.ts';
import { methods } from './routes.ts';
import type { State } from './state.ts';
import type { App, Gateway, RecordedRequest } from './types.ts';

/** What an endpoint may use. */
export interface World {
  readonly gateway: Gateway;
  readonly state: State;
  readonly limits: Limits;
  /** Epoch ms, with the skew of a `clock` fault in it. */
  readonly now: () => number;
  readonly apptokenBody: boolean;
  /** The last requests, the front page's own left out. */
  readonly shown: readonly RecordedRequest[];
}

/** The first value of a header; undefined if it is absent or empty. */
export function header(request: RecordedRequest, name: string): string | undefined {
  const value = request.headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === '' ? undefined : first;
}

/** What a gateway refuses before it has looked for a key; returns the endpoint that is left to ask. */
export function requireWellFormed(
  world: World,
  request: RecordedRequest,
): NonNullable<RecordedRequest['endpoint']> {
  const { endpoint, method } = request;
  if (endpoint === undefined) throw gatewayRefusal(world.gateway, { status: 404, why: 'no such path' });
  if (!methods[endpoint].includes(method)) {
    const headers = { Allow: methods[endpoint].join(', ') };
    throw gatewayRefusal(world.gateway, { status: 405, why: 'wrong method', headers });
  }
  if (method === 'POST' && header(request, 'content-length') === undefined) {
    throw gatewayRefusal(world.gateway, { status: 411, why: 'a POST without Content-Length' });
  }
  return endpoint;
}

/** Lets an API key in: known, in its own environment, within its limits. Throws the gateway's refusal. */
export function admit(world: World, request: RecordedRequest, apiKey: string | undefined): App {
  const app = world.state.app(apiKey ?? '');
  if (app === undefined) {
    const why = apiKey === undefined ? 'no API key, or two' : 'unknown API key';
    throw gatewayRefusal(world.gateway, { status: 403, message: 'Developer Inactive', why });
  }
  if (app.environment !== request.environment) {
    throw gatewayRefusal(world.gateway, { status: 421, why: 'a key of another environment' });
  }
  world.limits.count(app.apiKey, world.now());
  return app;
}

/** Throws 415 unless the media type, its parameters aside, is `expected`. */
export function requireContentType(world: World, request: RecordedRequest, expected: string): void {
  const type = header(request, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== expected) {
    throw gatewayRefusal(world.gateway, { status: 415, why: `Content-Type is not ${expected}` });
  }
}
