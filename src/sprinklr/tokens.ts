import type { Context, Secrets } from '../context.ts';
import { ActionError } from '../errors.ts';
import { MAX_TOKEN_LENGTH, type HttpResponse } from './response.ts';
import type { AppId } from './app-id.ts';
import { classifyResponse } from './classify-response.ts';
import type { Gateway } from './gateway.ts';
import type { HttpSession, HttpRequest } from './http.ts';
import { parseSuccessBody } from './success-body.ts';
import { remedyFor, toResponseError, toInvalidResponseError, type Operation } from './response-error.ts';
import { serverDate } from './retry-delay.ts';

/** Key, secret, and callback URL of a Sprinklr developer app. */
export interface DeveloperApp {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly redirectUri: string;
}

export interface AccessToken {
  readonly value: string;
  readonly type: 'Bearer';
  /** Seconds. */
  readonly expiresIn?: number | undefined;
  readonly expiresAt?: Date | undefined;
}

export interface AssertionExchange {
  readonly gateway: Gateway;
  readonly app: DeveloperApp;
  readonly appId: AppId;
  /** The query is documented. The body keeps the parameters out of access logs, but may not be accepted. */
  readonly parametersIn: 'query' | 'body';
  /** Signs a JWT for one request. */
  sign(issuedAt: Date): string;
}

/** A larger difference between the clocks can be the reason for a rejection. Seconds. */
export const MAX_CLOCK_SKEW_SECONDS = 30;
const MAX_CLOCK_CORRECTION_SECONDS = 24 * 3600;

/**
 * Exchanges a JWT for an access token (docs/development/sprinklr-api.md, "Exchange the JWT"). Safe to retry: the next
 * token invalidates one that was lost in transit.
 *
 * @throws {ActionError} every code of a failed call (docs/development/sprinklr-api.md, "Errors")
 */
export async function exchangeAssertion(
  http: HttpSession,
  exchange: AssertionExchange,
  context: Context,
): Promise<AccessToken> {
  const operation = 'token exchange';
  const { log, secrets } = context;
  let clock = (): Date => context.now();
  const request = (): HttpRequest => exchangeRequest(exchange, exchange.sign(clock()));

  let response = await http.send(request, 'idempotent');
  const skew = response.status === 400 || response.status === 401 ? clockSkew(response, clock()) : 0;
  const isCorrectable = classifyResponse(response) === 'CREDENTIALS_REJECTED';
  if (isCorrectable && Math.abs(skew) > MAX_CLOCK_CORRECTION_SECONDS)
    throw toClockError(response, skew, secrets);
  if (isCorrectable && Math.abs(skew) > MAX_CLOCK_SKEW_SECONDS) {
    log.warning(
      `This machine's clock is ${describeSkew(skew)} Sprinklr's. Retrying with Sprinklr's time. Correct the machine's clock.`,
    );
    clock = () => new Date(context.now().valueOf() + skew * 1000);
    response = await http.send(request, 'never');
  }
  if (response.status < 200 || response.status >= 300) throw toResponseError(response, operation, secrets);
  return parseTokenResponse(response, { operation, context: { ...context, now: clock } });
}

/**
 * A difference of more than a day is not corrected. The `Date` header is more likely to be wrong than the clock, and a JWT
 * that is signed for another day would be valid on that day.
 */
function toClockError(response: HttpResponse, skew: number, secrets: Secrets): ActionError {
  const { code, message } = toResponseError(response, 'token exchange', secrets);
  return new ActionError(
    code,
    `${message} This machine's clock is ${describeSkew(skew)} the server's, more than 24 hours.`,
    {
      remedy:
        "Correct the machine's clock, then run this again. If it is correct, check `base-url` and the proxy.",
    },
  );
}

function describeSkew(skew: number): string {
  return `${Math.abs(skew).toFixed(0)} s ${skew > 0 ? 'behind' : 'ahead of'}`;
}

/**
 * Exchanges the one-time code of a browser consent for an access token. The code works once, so a request that may have
 * been sent is not retried (docs/development/sprinklr-api.md, "Authorization code grant").
 *
 * @throws {ActionError} every code of a failed call (docs/development/sprinklr-api.md, "Errors")
 */
export async function exchangeCode(
  http: HttpSession,
  { gateway, app, code }: { gateway: Gateway; app: DeveloperApp; code: string },
  context: Context,
): Promise<AccessToken> {
  const operation = 'code exchange';
  const request: HttpRequest = {
    method: 'POST',
    url: gateway.tokenEndpoint,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...grantParameters(app), code }).toString(),
  };
  const response = await http.send(() => request, 'if-unsent', remedyFor('SERVER_ERROR', operation));
  if (response.status < 200 || response.status >= 300)
    throw toResponseError(response, operation, context.secrets);
  return parseTokenResponse(response, { operation, context });
}

function exchangeRequest(
  { gateway, app, appId, parametersIn }: AssertionExchange,
  assertion: string,
): HttpRequest {
  // Sprinklr expects the JWT under the name of a refresh token.
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

/** Seconds by which the server's clock is ahead of `now`; 0 if it does not send the time. */
function clockSkew({ headers }: HttpResponse, now: Date): number {
  return ((serverDate(headers) ?? now).valueOf() - now.valueOf()) / 1000;
}

/** Checks every field of a token response. */
function parseTokenResponse(
  response: HttpResponse,
  { operation, context: { now, secrets, log } }: { operation: Operation; context: Context },
): AccessToken {
  const context = { operation, secrets };
  const body = parseSuccessBody(response, context);
  const value = body['access_token'];
  if (typeof value !== 'string' || value === '')
    throw toInvalidResponseError(response, 'contains no access token', context);
  // A shorter or longer token could not be masked.
  if (!/^[\x21-\x7e]{8,}$/.test(value) || value.length > MAX_TOKEN_LENGTH)
    throw toInvalidResponseError(
      response,
      'contains a token that is not one line of 8 to 16,384 printable characters',
      context,
    );
  // The session has already masked it, unless the response contains too many tokens.
  secrets.mask(value);

  // Apigee says BearerToken.
  const type = body['token_type'] ?? 'Bearer';
  if (typeof type !== 'string' || !/^(bearer(token)?)?$/i.test(type.trim()))
    throw toInvalidResponseError(response, 'contains no bearer token', context);

  const expiresIn = parseLifetime(body);
  if (expiresIn === undefined) {
    if (operation === 'token exchange') {
      log.warning(
        'The response does not say when the token expires, so `expires-in` and `expires-at` are empty. The token can be used.',
      );
    }
    return { value, type: 'Bearer' };
  }
  return { value, type: 'Bearer', expiresIn, expiresAt: new Date(now().valueOf() + expiresIn * 1000) };
}

/** `Expires_in` in the portal's example, `expires_in` in its table; a number or a string of digits. Optional (RFC 6749 §5.1). */
function parseLifetime(body: Readonly<Record<string, unknown>>): number | undefined {
  return [body['expires_in'], body['Expires_in']].map(toSeconds).find((seconds) => seconds !== undefined);
}

function toSeconds(lifetime: unknown): number | undefined {
  const seconds = typeof lifetime === 'string' && /^\d+$/.test(lifetime.trim()) ? Number(lifetime) : lifetime;
  return typeof seconds === 'number' && seconds >= 1 && seconds <= MAX_LIFETIME_SECONDS
    ? Math.floor(seconds)
    : undefined;
}

/** 100 years. More could overflow a date. */
const MAX_LIFETIME_SECONDS = 100 * 365 * 24 * 3600;
