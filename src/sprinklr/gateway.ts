import { ActionError } from '../errors.ts';
import type { AppId } from './app-id.ts';

export const GATEWAYS = ['api2', 'api3'] as const;
export type GatewayName = (typeof GATEWAYS)[number];

/** Sprinklr's endpoints for one environment (docs/development/sprinklr-api.md, "Gateways"). */
export interface Gateway {
  /** Base URL for later calls, without a trailing slash. */
  readonly apiUrl: string;
  readonly registrationEndpoint: URL;
  readonly tokenEndpoint: URL;
  readonly authorizationEndpoint: URL;
  readonly identityEndpoint: URL;
  exchangeEndpoint(appId: AppId): URL;
}

/**
 * @param options.environment from `parseEnvironment`: empty for the default production environment
 * @param options.baseUrl an origin to use instead of the gateway's, from `parseBaseUrl`
 */
export function createGateway(options: {
  gateway: GatewayName;
  environment: string;
  baseUrl?: URL | undefined;
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
    // An App ID ends in `=`, and could contain `+` or `/`.
    exchangeEndpoint: (appId) => new URL(`${apiUrl}/oauth/apptoken/${encodeURIComponent(appId)}`),
  };
}

/**
 * The path segment of an environment: lowercase, without the braces that people copy from the portal. Empty for the
 * default production environment (docs/development/sprinklr-api.md, "Gateways").
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function parseEnvironment(text: string): string {
  const name = text
    .trim()
    .replace(/^\{+\s*|\s*\}+$/g, '')
    .toLowerCase();
  if (name === 'prod' || name === 'production') return '';
  // `{{env}}` is the placeholder in Sprinklr's guide.
  if (!/^([a-z][a-z0-9-]*)?$/.test(name) || name === 'env') {
    throw new ActionError('INPUT_INVALID', '`environment` is not the name of a Sprinklr environment.', {
      remedy:
        'Use a name such as prod2 or prod4, or leave it empty for the default production environment. ' +
        'To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
      inputs: ['environment'],
    });
  }
  return name;
}

/** `localhost`, 127.0.0.0/8, and ::1: the only hosts that can be called over plain HTTP. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(hostname);
}

/**
 * An origin: `https`, or `http` on a loopback address only.
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function parseBaseUrl(text: string): URL {
  const invalid = (problem: string, hint = ''): ActionError =>
    new ActionError('INPUT_INVALID', `\`base-url\` ${problem}.`, {
      remedy: `${hint}Use an origin such as https://api2.sprinklr.com, without a path or query. Plain http works only for localhost, 127.0.0.1, or [::1].`,
      inputs: ['base-url'],
    });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw invalid('is not a URL');
  if (url.username !== '' || url.password !== '') throw invalid('contains a username or password');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    // https://api2.sprinklr.com/prod2, as in the documented URLs. The path is not quoted: it could be anything.
    const hint = /^\/(?!(?:api|oauth)(?:\/|$))[a-z][a-z0-9-]{0,20}(?=\/|$)/i.test(url.pathname)
      ? 'If its path starts with the name of your environment, set `environment` to that name. '
      : '';
    throw invalid('contains more than an origin', hint);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw invalid('would send secrets over plain http');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw invalid('is neither https nor http');
  return url;
}
