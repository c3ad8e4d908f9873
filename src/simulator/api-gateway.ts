import { gatewayError } from './responses.ts';
import type { State } from './state.ts';
import type { App, GatewayName, RecordedRequest } from './types.ts';

type Route = Pick<RecordedRequest, 'endpoint' | 'environment' | 'appId'>;
type EndpointName = NonNullable<Route['endpoint']>;

const ALLOWED_METHODS: Record<EndpointName, readonly string[]> = {
  front: ['GET'],
  register: ['POST'],
  apptoken: ['POST'],
  token: ['POST'],
  // The form on the consent page posts back to its own address.
  authorize: ['GET', 'POST'],
  me: ['GET'],
};

/** The paths after the environment (docs/development/sprinklr-api.md, "Gateways"). */
const sharedPaths = { '/oauth/token': 'token', '/oauth/authorize': 'authorize', '/api/v2/me': 'me' } as const;
const endpointsByPath: Record<GatewayName, Partial<Record<string, EndpointName>>> = {
  api2: { ...sharedPaths, '/api/bdi/app/register': 'register' },
  api3: { ...sharedPaths, '/api/app/register': 'register' },
};

/** Finds the endpoint of a path (percent-encoded, without its query). The endpoint is undefined if there is none. */
export function findRoute(gateway: GatewayName, path: string): Route {
  if (path === '/') return { endpoint: 'front', environment: '', appId: '' };
  const [, environment = '', rest = ''] = /^(?:\/([^/]+))?(\/(?:api|oauth)\/.+)$/.exec(path) ?? [];
  const encodedAppId = /^\/oauth\/apptoken\/([^/]+)$/.exec(rest)?.[1];
  if (encodedAppId === undefined) {
    return { endpoint: endpointsByPath[gateway][rest], environment, appId: '' };
  }
  try {
    return { endpoint: 'apptoken', environment, appId: decodeURIComponent(encodedAppId) };
  } catch {
    return { endpoint: undefined, environment, appId: '' };
  }
}

/** The first value of a header. Undefined if the header is absent or empty. */
export function header(request: RecordedRequest, name: string): string | undefined {
  const value = request.headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === '' ? undefined : first;
}

/** Returns the endpoint of a request. @throws {RejectedRequest} 404, 405, or 411, before any API key is read */
export function requireEndpoint({ gateway }: State, request: RecordedRequest): EndpointName {
  const { endpoint, method } = request;
  if (endpoint === undefined) throw gatewayError(gateway, { status: 404, reason: 'unknown path' });
  const allowed = ALLOWED_METHODS[endpoint];
  if (!allowed.includes(method)) {
    const headers = { Allow: allowed.join(', ') };
    throw gatewayError(gateway, { status: 405, reason: 'method not allowed', headers });
  }
  if (method === 'POST' && header(request, 'content-length') === undefined) {
    throw gatewayError(gateway, { status: 411, reason: 'missing Content-Length' });
  }
  return endpoint;
}

/** Finds the app of an API key. @throws {RejectedRequest} for an unknown key, another environment, or the rate limit */
export function requireApp(state: State, request: RecordedRequest, apiKey: string | undefined): App {
  const app = state.apps.get(apiKey ?? '');
  if (app === undefined) {
    const reason = apiKey === undefined ? 'missing or ambiguous API key' : 'unknown API key';
    throw gatewayError(state.gateway, { status: 403, message: 'Developer Inactive', reason });
  }
  if (app.environment !== request.environment) {
    const reason = 'the API key belongs to another environment';
    throw gatewayError(state.gateway, { status: 421, reason });
  }
  state.rateLimiter.count(app.apiKey, state.now());
  return app;
}

/** @throws {RejectedRequest} 415 unless the media type, without its parameters, is `expected` */
export function requireContentType({ gateway }: State, request: RecordedRequest, expected: string): void {
  const type = header(request, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== expected) {
    throw gatewayError(gateway, { status: 415, reason: `Content-Type is not ${expected}` });
  }
}
