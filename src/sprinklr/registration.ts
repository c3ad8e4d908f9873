import type { Context } from '../context.ts';
import { parseAppId, type AppId } from './app-id.ts';
import type { Gateway } from './gateway.ts';
import type { HttpSession, HttpRequest } from './http.ts';
import { parseSuccessBody } from './success-body.ts';
import { toResponseError, toInvalidResponseError } from './response-error.ts';

export interface RegistrationRequest {
  readonly gateway: Gateway;
  readonly apiKey: string;
  /** An ordinary OAuth token from the code grant. */
  readonly accessToken: string;
  /** PEM text, from its BEGIN line to its END line. */
  readonly certificate: string;
}

/**
 * Uploads a certificate and returns the App ID that Sprinklr gave it (contract.md §1). Nothing says what a second
 * registration of the same certificate does, so a call that may have been taken is not made again.
 *
 * @throws {ActionError} every code of the table in interface.md, "Failure"
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
      // The header tables name the one, the portal's own example the other (contract.md §1).
      'X-API-KEY': apiKey,
      Key: apiKey,
      'Content-Type': 'application/json',
    },
    body: certificate,
  };
  const response = await http.send(() => request, 'not-taken');
  if (response.status < 200 || response.status >= 300) throw toResponseError(response, operation, secrets);

  const context = { operation, secrets } as const;
  const { data } = parseSuccessBody(response, context);
  const appId = readAppId(data);
  if (appId === undefined) throw toInvalidResponseError(response, 'holds no App ID', context);
  // It is going to be shown.
  if (secrets.redact(appId) !== appId)
    throw toInvalidResponseError(response, 'has a secret in the place of the App ID', context);
  return appId;
}

function readAppId(data: unknown): AppId | undefined {
  try {
    return typeof data === 'string' ? parseAppId(data) : undefined;
  } catch {
    return undefined;
  }
}
