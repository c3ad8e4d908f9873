import type { Context } from '../context.ts';
import type { HttpResponse } from './response.ts';
import type { AppId } from './app-id.ts';
import type { Gateway } from './gateway.ts';
import type { HttpSession, HttpRequest } from './http.ts';
import { parseSuccessBody } from './success-body.ts';
import { toResponseError, toInvalidResponseError, type Operation } from './response-error.ts';
import { serverDate } from './retry-delay.ts';

/** Key, secret and callback URL of a Sprinklr developer app. */
export interface DeveloperApp {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly redirectUri: string;
}

export interface AccessToken {
  readonly value: string;
  readonly type: 'Bearer';
  /** Seconds. */
  readonly expiresIn: number;
  readonly expiresAt: Date;
}

export interface AssertionExchange {
  readonly gateway: Gateway;
  readonly app: DeveloperApp;
  readonly appId: AppId;
  /** The documented place is the query; the body keeps the parameters out of access logs (contract.md §3, "Unknown"). */
  readonly parametersIn: 'query' | 'body';
  /** Makes an assertion that is used for one request only. */
  sign(issuedAt: Date): string;
}

/** How far, in seconds, the clocks may be apart before a refusal is taken for a clock's fault (interface.md, "Clock"). */
export const MAX_CLOCK_SKEW_SECONDS = 30;

/**
 * Exchanges assertions for an access token (contract.md §3). Safe to repeat: a token that got lost on the way is
 * ended by the next one.
 *
 * @throws {ActionError} every code of the table in interface.md, "Failure"
 */
export async function exchangeAssertion(
  http: HttpSession,
  exchange: AssertionExchange,
  surroundings: Context,
): Promise<AccessToken> {
  const operation = 'token exchange';
  const { log, secrets } = surroundings;
  let clock = (): Date => surroundings.now();
  const request = (): HttpRequest => exchangeRequest(exchange, exchange.sign(clock()));

  let response = await http.send(request, 'safe');
  const skew = response.status === 400 || response.status === 401 ? clockSkew(response, clock()) : 0;
  if (Math.abs(skew) > MAX_CLOCK_SKEW_SECONDS) {
    log.warning(
      `The clock of this runner is ${Math.abs(skew).toFixed(0)} s ${skew > 0 ? 'behind' : 'ahead of'} Sprinklr's. ` +
        "Signed once more by Sprinklr's clock; set the runner's clock right.",
    );
    clock = () => new Date(surroundings.now().valueOf() + skew * 1000);
    response = await http.send(request, 'never');
  }
  if (response.status < 200 || response.status >= 300) throw toResponseError(response, operation, secrets);
  return parseTokenResponse(response, { operation, surroundings: { ...surroundings, now: clock } });
}

/**
 * Exchanges the one-time code of a browser consent for an access token (contract.md §4). The code works once, so
 * nothing that could have been taken is sent again.
 *
 * @throws {ActionError} every code of the table in interface.md, "Failure"
 */
export async function exchangeCode(
  http: HttpSession,
  { gateway, app, code }: { gateway: Gateway; app: DeveloperApp; code: string },
  surroundings: Context,
): Promise<AccessToken> {
  const operation = 'code exchange';
  const request: HttpRequest = {
    method: 'POST',
    url: gateway.tokenEndpoint,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...grantParameters(app), code }).toString(),
  };
  const response = await http.send(() => request, 'not-taken');
  if (response.status < 200 || response.status >= 300)
    throw toResponseError(response, operation, surroundings.secrets);
  return parseTokenResponse(response, { operation, surroundings });
}

function exchangeRequest(
  { gateway, app, appId, parametersIn }: AssertionExchange,
  assertion: string,
): HttpRequest {
  // Sprinklr takes the assertion under the name of a refresh token (contract.md §3).
  const parameters = new URLSearchParams({ ...grantParameters(app), refresh_token: assertion });
  const url = gateway.exchangeEndpoint(appId);
  if (parametersIn === 'query') url.search = parameters.toString();
  return {
    method: 'POST',
    url,
    headers: { key: app.apiKey, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: parametersIn === 'body' ? parameters.toString() : '',
  };
}

function grantParameters({ apiKey, apiSecret, redirectUri }: DeveloperApp): Record<string, string> {
  return {
    client_id: apiKey,
    client_secret: apiSecret,
    redirect_uri: redirectUri,
    grant_type: 'authorization_code',
  };
}

/** Seconds that the server's clock is ahead of `now`; 0 where it does not tell the time. */
function clockSkew({ headers }: HttpResponse, now: Date): number {
  return ((serverDate(headers) ?? now).valueOf() - now.valueOf()) / 1000;
}

/** Believes nothing of an answer before it has been looked at. What is secret in it was masked when it came in. */
function parseTokenResponse(
  response: HttpResponse,
  { operation, surroundings: { now, secrets } }: { operation: Operation; surroundings: Context },
): AccessToken {
  const context = { operation, secrets };
  const body = parseSuccessBody(response, context);
  const value = body['access_token'];
  if (typeof value !== 'string' || value === '')
    throw toInvalidResponseError(response, 'holds no access token', context);
  // Eight characters is the least that can be masked without eating the log.
  if (!/^[\x21-\x7e]{8,}$/.test(value))
    throw toInvalidResponseError(response, 'holds a token that is not one printable line', context);

  const type = body['token_type'] ?? 'Bearer';
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw toInvalidResponseError(response, 'holds no bearer token', context);

  // `Expires_in` in the example, `expires_in` in the table, a number or its digits (contract.md §3).
  const lifetime = body['expires_in'] ?? body['Expires_in'];
  const expiresIn = typeof lifetime === 'string' && /^\d+$/.test(lifetime) ? Number(lifetime) : lifetime;
  if (
    typeof expiresIn !== 'number' ||
    !Number.isInteger(expiresIn) ||
    expiresIn <= 0 ||
    expiresIn > MAX_LIFETIME_SECONDS
  ) {
    throw toInvalidResponseError(response, 'does not say how long the token lives', context);
  }
  return { value, type: 'Bearer', expiresIn, expiresAt: new Date(now().valueOf() + expiresIn * 1000) };
}

/** A hundred years, in seconds: more is no lifetime, and would overflow a date. */
const MAX_LIFETIME_SECONDS = 100 * 365 * 24 * 3600;
