import type { Context } from '../context.ts';
import { parseAppId, type AppId } from './app-id.ts';
import type { Gateway } from './gateway.ts';
import type { HttpSession, HttpRequest } from './http.ts';
import { parseSuccessBody } from './success-body.ts';
import { remedyFor, toResponseError, toInvalidResponseError } from './response-error.ts';

export interface RegistrationRequest {
  readonly gateway: Gateway;
  readonly apiKey: string;
  /** An OAuth token from the authorization code grant. */
  readonly accessToken: string;
  /** PEM text, from its BEGIN line to its END line. */
  readonly certificate: string;
}

/**
 * Uploads a certificate and returns its App ID (docs/development/sprinklr-api.md, "Register a certificate"). What a second
 * registration of the same certificate does is unknown, so a call that may have been sent is not retried.
 *
 * @throws {ActionError} every code of a failed call (docs/development/sprinklr-api.md, "Errors")
 */
export async function registerCertificate(
  http: HttpSession,
  { gateway, apiKey, accessToken, certificate }: RegistrationRequest,
  { secrets }: Context,
): Promise<AppId> {
  const operation = 'registration';
  const request: HttpRequest = {
    method: 'POST',
    url: gateway.registrationEndpoint,
    headers: {
      Authorization: `Bearer ${accessToken}`,
      // The header tables name X-API-KEY, and the portal's example names Key.
      'X-API-KEY': apiKey,
      Key: apiKey,
      'Content-Type': 'application/json',
    },
    body: certificate,
  };
  const response = await http.send(() => request, 'if-unsent', remedyFor('SERVER_ERROR', operation));
  if (response.status < 200 || response.status >= 300) throw toResponseError(response, operation, secrets);

  const context = { operation, secrets } as const;
  const { data } = parseSuccessBody(response, context);
  const appId = readAppId(data);
  if (appId === undefined) throw toInvalidResponseError(response, 'contains no App ID', context);
  // The App ID is printed later.
  if (secrets.reveals(appId))
    throw toInvalidResponseError(response, 'contains a secret in place of the App ID', context);
  return appId;
}

function readAppId(data: unknown): AppId | undefined {
  try {
    return typeof data === 'string' ? parseAppId(data) : undefined;
  } catch {
    return undefined;
  }
}
