import type { Surroundings } from '../surroundings.ts';
import { parseAppId, type AppId } from './app-id.ts';
import type { Gateway } from './gateway.ts';
import type { Http, Request } from './http.ts';
import { documentedBody } from './documented-body.ts';
import { refusal, unexpectedAnswer } from './refusal.ts';

export interface Registration {
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
  http: Http,
  { gateway, apiKey, accessToken, certificate }: Registration,
  { secrets }: Surroundings,
): Promise<AppId> {
  const operation = 'registration';
  const request: Request = {
    method: 'POST',
    url: gateway.register,
    headers: {
      Authorization: `Bearer ${accessToken}`,
      // The header tables name the one, the portal's own example the other (contract.md §1).
      'X-API-KEY': apiKey,
      Key: apiKey,
      'Content-Type': 'application/json',
    },
    body: certificate,
  };
  const answer = await http.send(() => request, 'not-taken');
  if (answer.status < 200 || answer.status >= 300) throw refusal(answer, operation, secrets);

  const context = { operation, secrets } as const;
  const { data } = documentedBody(answer, context);
  const appId = readAppId(data);
  if (appId === undefined) throw unexpectedAnswer(answer, 'holds no App ID', context);
  // It is going to be shown.
  if (secrets.redact(appId) !== appId)
    throw unexpectedAnswer(answer, 'has a secret in the place of the App ID', context);
  return appId;
}

function readAppId(data: unknown): AppId | undefined {
  try {
    return typeof data === 'string' ? parseAppId(data) : undefined;
  } catch {
    return undefined;
  }
}
