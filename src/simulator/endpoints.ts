import { apiRefusal, applicationError, json, oauthRefusal, Refusal, type Answer } from './answers.ts';
import { checkAssertion } from './assertion.ts';
import { admit, header, requireContentType, type World } from './gateway.ts';
import { readParameters } from './parameters.ts';
import { randomToken, type LiveToken } from './state.ts';
import type { App, RecordedRequest } from './types.ts';

const form = 'application/x-www-form-urlencoded';
const tokenVersion = { 'SPR-TOKEN-VERSION': 'V2' };

/** contract.md §1. */
export function register(world: World, request: RecordedRequest): Answer {
  const names = ['x-api-key', 'key'].flatMap((name) => header(request, name) ?? []);
  const app = admit(world, request, new Set(names).size === 1 ? names[0] : undefined);
  if (request.body.includes('PRIVATE KEY')) throw apiRefusal(400, 'A private key must never be sent');
  requireContentType(world, request, 'application/json');
  requireBearer(world, request, app);
  if (!/^-----BEGIN CERTIFICATE-----\r?\n[\w+/=\s]+-----END CERTIFICATE-----\s*$/.test(request.body)) {
    throw apiRefusal(400, 'The body is not one certificate in PEM');
  }
  const answer = json(200, { data: registered(world, request, app), Errors: [] });
  return { ...answer, body: answer.body.replaceAll('=', '\\u003d') };
}

function registered(world: World, request: RecordedRequest, app: App): string {
  try {
    return world.state.register(request.body, app.apiKey);
  } catch {
    throw apiRefusal(400, 'The certificate cannot be read');
  }
}

/** contract.md §3. */
export function apptoken(world: World, request: RecordedRequest): Answer {
  const app = admit(world, request, header(request, 'key'));
  requireContentType(world, request, form);
  const parameters = readParameters(request, { body: world.apptokenBody });
  requireClient(parameters, app);
  const registration = world.state.registration(request.appId);
  if (registration?.apiKey !== app.apiKey) {
    throw new Refusal('no such App ID', applicationError(404, request.path, world.now()));
  }
  const { certificate } = registration;
  const assertion = parameters.require('refresh_token');
  const { subject, jti } = checkAssertion(assertion, { appId: request.appId, certificate, now: world.now() });
  if (!world.state.spendAssertion(jti)) throw oauthRefusal('invalid_grant', 'this assertion was used before');
  const answer = {
    access_token: world.state.issueToken(app.apiKey, subject),
    token_type: 'Bearer',
    Expires_in: world.state.tokenLifetime,
  };
  return json(200, answer, tokenVersion);
}

/** contract.md §4. */
export function token(world: World, request: RecordedRequest): Answer {
  const parameters = readParameters(request, { body: true });
  const app = admit(world, request, parameters.get('client_id'));
  requireContentType(world, request, form);
  requireClient(parameters, app);
  if (!world.state.spendCode(parameters.require('code'), app.apiKey)) {
    throw oauthRefusal('invalid_grant', 'the code is unknown, expired or used');
  }
  const answer = {
    access_token: world.state.issueToken(app.apiKey),
    refresh_token: randomToken(),
    token_type: 'Bearer',
    expires_in: world.state.tokenLifetime,
  };
  return json(200, answer, tokenVersion);
}

/** contract.md §5. */
export function me(world: World, request: RecordedRequest): Answer {
  const app = admit(world, request, header(request, 'key'));
  const { username = 'person@example.com' } = requireBearer(world, request, app);
  const data = {
    id: 66014640,
    name: 'Simulated User',
    email: username,
    type: 'PARTNER_ADMIN',
    customerId: 66000000,
    workspaceId: app.workspaceId ?? 66000002,
    properties: {},
  };
  return json(200, { data, errors: [] });
}

function requireClient(parameters: ReturnType<typeof readParameters>, app: App): void {
  if (parameters.require('client_id') !== app.apiKey) {
    throw oauthRefusal('invalid_client', 'client_id is not the key');
  }
  if (parameters.require('client_secret') !== app.apiSecret) {
    throw oauthRefusal('invalid_client', 'the client secret is wrong');
  }
  if (parameters.require('redirect_uri') !== app.redirectUri) {
    throw oauthRefusal('invalid_grant', 'redirect_uri is not the one of the app');
  }
  if (parameters.require('grant_type') !== 'authorization_code') {
    throw oauthRefusal('unsupported_grant_type', 'grant_type is not authorization_code');
  }
}

function requireBearer(world: World, request: RecordedRequest, app: App): LiveToken {
  const bearer = /^Bearer (\S+)$/i.exec(header(request, 'authorization') ?? '')?.[1];
  const live = world.state.liveToken(app.apiKey);
  if (bearer === undefined) throw apiRefusal(401, 'Invalid or expired token', 'no bearer token');
  if (bearer !== live?.token) {
    throw apiRefusal(401, 'Invalid or expired token', "not the key's live token");
  }
  return live;
}
