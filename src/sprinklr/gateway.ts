import { ActionError } from '../errors.ts';
import type { AppId } from './app-id.ts';

export const GATEWAYS = ['api2', 'api3'] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** Where Sprinklr's endpoints are for one environment (contract.md, "Two gateways"). */
export interface Gateway {
  /** What later calls put before `/api/v2/…`; no trailing slash. */
  readonly apiUrl: string;
  readonly registrationEndpoint: URL;
  readonly tokenEndpoint: URL;
  readonly authorizationEndpoint: URL;
  readonly identityEndpoint: URL;
  exchangeEndpoint(appId: AppId): URL;
}

/**
 * @param where.environment as `parseEnvironment` gave it: empty for the default production environment
 * @param where.baseUrl an origin instead of the gateway's own, as `parseBaseUrl` gave it
 */
export function createGateway(options: {
  gateway: GatewayName;
  environment: string;
  baseUrl?: URL;
}): Gateway {
  const origin = options.baseUrl?.origin ?? `https://${options.gateway}.sprinklr.com`;
  const apiUrl = options.environment === '' ? origin : `${origin}/${options.environment}`;
  return {
    apiUrl,
    registrationEndpoint: new URL(
      `${apiUrl}${options.gateway === 'api2' ? '/api/bdi/app/register' : '/api/app/register'}`,
    ),
    tokenEndpoint: new URL(`${apiUrl}/oauth/token`),
    authorizationEndpoint: new URL(`${apiUrl}/oauth/authorize`),
    identityEndpoint: new URL(`${apiUrl}/api/v2/me`),
    // An App ID ends in `=` and could hold `+` or `/` (contract.md §3).
    exchangeEndpoint: (appId) => new URL(`${apiUrl}/oauth/apptoken/${encodeURIComponent(appId)}`),
  };
}

/**
 * The path segment of an environment: lower case, without the braces that people copy from the portal
 * (contract.md, "Two gateways"); empty for the default production environment.
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function parseEnvironment(text: string): string {
  const name = text
    .trim()
    .replace(/^\{+\s*|\s*\}+$/g, '')
    .toLowerCase();
  if (name === 'prod') return '';
  // `{{env}}` is how Sprinklr's guide writes that an environment goes here.
  if (!/^([a-z][a-z0-9-]*)?$/.test(name) || name === 'env') {
    throw new ActionError(
      'INPUT_INVALID',
      'The input environment is not the name of a Sprinklr environment.',
      'Give a name like prod2 or prod4, or leave it empty for the default production environment. ' +
        'To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
    );
  }
  return name;
}

/** `localhost`, 127.0.0.0/8 and ::1, the only hosts that may be spoken to over plain HTTP. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(hostname);
}

/**
 * An origin: `https`, or `http` on a loopback address only.
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function parseBaseUrl(text: string): URL {
  const invalid = (problem: string): ActionError =>
    new ActionError(
      'INPUT_INVALID',
      `The input base-url ${problem}.`,
      'Give an origin like https://api2.sprinklr.com, without path or query; plain http only for localhost, 127.0.0.1 or [::1].',
    );
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw invalid('is not an address');
  if (url.username !== '' || url.password !== '') throw invalid('holds a user name or password');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw invalid('has more than an origin');
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw invalid('would send secrets over plain http');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('is neither https nor http');
  return url;
}
