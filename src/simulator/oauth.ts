import { header, requireApp, requireContentType } from './api-gateway.ts';
import { verifyAssertion } from './assertion.ts';
import { consentPage, errorPage } from './pages.ts';
import {
  applicationError,
  jsonResponse,
  oauthError,
  RejectedRequest,
  type SimulatedResponse,
} from './responses.ts';
import { randomToken, type State } from './state.ts';
import type { App, RecordedRequest } from './types.ts';

const FORM = 'application/x-www-form-urlencoded';
const TOKEN_HEADERS = { 'SPR-TOKEN-VERSION': 'V2' };

/** Exchanges a JWT for an access token (docs/development/sprinklr-api.md, "Exchange the JWT"). */
export function apptoken(state: State, request: RecordedRequest): SimulatedResponse {
  const app = requireApp(state, request, header(request, 'key'));
  requireContentType(state, request, FORM);
  const parameters = new Parameters(request, { acceptBody: state.acceptFormBody });
  requireClient(parameters, app);
  const registered = state.certificates.get(request.appId);
  if (registered?.apiKey !== app.apiKey) {
    throw new RejectedRequest('unknown App ID', applicationError(404, request.path, state.now()));
  }
  const { certificate } = registered;
  const expected = { appId: request.appId, certificate, now: state.now(), strictIat: state.strictIat };
  const { subject, jti, expiresAt } = verifyAssertion(parameters.require('refresh_token'), expected);
  if (app.username !== undefined && subject !== app.username)
    throw oauthError('invalid_grant', 'sub is not the username of a user');
  if (!state.useAssertion(jti, expiresAt)) throw oauthError('invalid_grant', 'the JWT was used before');
  const body = {
    access_token: state.issueToken(app.apiKey, subject),
    token_type: 'Bearer',
    Expires_in: state.tokenLifetime,
  };
  return jsonResponse(200, body, TOKEN_HEADERS);
}

/** Exchanges an authorization code (docs/development/sprinklr-api.md, "Authorization code grant"). */
export function token(state: State, request: RecordedRequest): SimulatedResponse {
  const parameters = new Parameters(request, { acceptBody: true });
  const app = requireApp(state, request, parameters.get('client_id'));
  requireContentType(state, request, FORM);
  requireClient(parameters, app);
  if (!state.redeemCode(parameters.require('code'), app.apiKey)) {
    throw oauthError('invalid_grant', 'the code is unknown, expired, or used');
  }
  const body = {
    access_token: state.issueToken(app.apiKey),
    refresh_token: randomToken(),
    token_type: 'Bearer',
    expires_in: state.tokenLifetime,
  };
  return jsonResponse(200, body, TOKEN_HEADERS);
}

/**
 * Shows the consent page, whose form posts the user's decision back (RFC 6749 §4.1.1). It redirects only if the client
 * and the redirect URI belong together (RFC 6749 §4.1.2.1).
 */
export function authorize(state: State, request: RecordedRequest): SimulatedResponse {
  const isDecision = request.method === 'POST';
  const parameters = isDecision ? new URLSearchParams(request.body) : request.query;
  const app = state.apps.get(parameters.get('client_id') ?? '');
  if (app === undefined) throw errorPage(400, 'No app has this client_id.');
  if (app.environment !== request.environment) {
    throw errorPage(421, 'This client_id belongs to another environment.');
  }
  if (parameters.get('redirect_uri') !== app.redirectUri) {
    // As documented, although RFC 6749 §4.1.2.1 expects a 4xx.
    throw errorPage(500, 'The redirect_uri does not exactly match the one registered for the app.');
  }
  const redirectWith = (name: string, value: string): SimulatedResponse => {
    const location = new URL(app.redirectUri);
    location.searchParams.append(name, value);
    const clientState = parameters.get('state');
    if (clientState !== null) location.searchParams.append('state', clientState);
    return { status: 302, headers: { Location: location.href, 'Cache-Control': 'no-store' }, body: '' };
  };
  if (parameters.get('response_type') !== 'code') return redirectWith('error', 'unsupported_response_type');
  if (!isDecision) return consentPage(app, request);
  return parameters.get('decision') === 'allow'
    ? redirectWith('code', state.issueCode(app.apiKey))
    : redirectWith('error', 'access_denied');
}

/** The parameters of a token request, from its query or its form body. */
class Parameters {
  readonly #values: URLSearchParams;

  /** @throws {RejectedRequest} if both have parameters, or one is repeated (RFC 6749 §3.2) */
  constructor(request: RecordedRequest, { acceptBody }: { acceptBody: boolean }) {
    const body = new URLSearchParams(acceptBody ? request.body : '');
    if (request.query.size > 0 && body.size > 0) {
      throw oauthError('invalid_request', 'parameters are in both the query and the body');
    }
    this.#values = body.size > 0 ? body : request.query;
    if (new Set(this.#values.keys()).size < this.#values.size) {
      throw oauthError('invalid_request', 'a parameter is repeated');
    }
  }

  get(name: string): string | undefined {
    return this.#values.get(name) ?? undefined;
  }

  /** @throws {RejectedRequest} `invalid_request` if the parameter is missing or empty */
  require(name: string): string {
    const value = this.#values.get(name);
    if (value === null || value === '') throw oauthError('invalid_request', `${name} is missing`);
    return value;
  }
}

function requireClient(parameters: Parameters, app: App): void {
  if (parameters.require('client_id') !== app.apiKey) {
    throw oauthError('invalid_client', 'client_id does not match the API key');
  }
  if (parameters.require('client_secret') !== app.apiSecret) {
    throw oauthError('invalid_client', 'the client secret is wrong');
  }
  if (parameters.require('redirect_uri') !== app.redirectUri) {
    throw oauthError('invalid_grant', "redirect_uri is not the app's callback URL");
  }
  if (parameters.require('grant_type') !== 'authorization_code') {
    throw oauthError('unsupported_grant_type', 'grant_type is not authorization_code');
  }
}
