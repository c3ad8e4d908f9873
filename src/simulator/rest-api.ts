import { header, requireApp, requireContentType } from './api-gateway.ts';
import { apiError, jsonResponse, type SimulatedResponse } from './responses.ts';
import type { LiveToken, State } from './state.ts';
import type { App, RecordedRequest } from './types.ts';

/** Registers a certificate (docs/development/sprinklr-api.md, "Register a certificate"). */
export function register(state: State, request: RecordedRequest): SimulatedResponse {
  const apiKeys = new Set(['x-api-key', 'key'].flatMap((name) => header(request, name) ?? []));
  const app = requireApp(state, request, apiKeys.size === 1 ? [...apiKeys][0] : undefined);
  if (request.body.includes('PRIVATE KEY')) throw apiError(400, 'Never send a private key');
  requireContentType(state, request, 'application/json');
  requireLiveToken(state, request, app);
  if (!/^-----BEGIN CERTIFICATE-----\r?\n[\w+/=\s]+-----END CERTIFICATE-----\s*$/.test(request.body)) {
    throw apiError(400, 'The body is not exactly one PEM certificate');
  }
  const response = jsonResponse(200, { data: storeCertificate(state, request, app), Errors: [] });
  return { ...response, body: response.body.replaceAll('=', '\\u003d') };
}

function storeCertificate(state: State, request: RecordedRequest, app: App): string {
  try {
    return state.register(request.body, app.apiKey);
  } catch {
    throw apiError(400, 'The certificate cannot be read');
  }
}

/** Returns the user of the token (docs/development/sprinklr-api.md, "Who am I"). */
export function me(state: State, request: RecordedRequest): SimulatedResponse {
  const app = requireApp(state, request, header(request, 'key'));
  const { username = 'person@example.com' } = requireLiveToken(state, request, app);
  const data = {
    id: 66014640,
    name: 'Simulated User',
    email: username,
    type: 'PARTNER_ADMIN',
    customerId: 66000000,
    workspaceId: app.workspaceId ?? 66000002,
    properties: {},
  };
  return jsonResponse(200, { data, errors: [] });
}

function requireLiveToken(state: State, request: RecordedRequest, app: App): LiveToken {
  const bearer = /^Bearer (\S+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
  const live = state.liveToken(app.apiKey);
  if (bearer === undefined) throw apiError(401, 'Invalid or expired token', 'missing bearer token');
  if (bearer !== live?.token) {
    throw apiError(401, 'Invalid or expired token', 'not the live token of the API key');
  }
  return live;
}
