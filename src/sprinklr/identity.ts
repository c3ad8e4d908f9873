import type { Secrets, Context } from '../context.ts';
import { sanitize } from '../redaction.ts';
import { isRecord } from './response.ts';
import type { Gateway } from './gateway.ts';
import type { HttpSession, HttpRequest } from './http.ts';
import { parseSuccessBody } from './success-body.ts';
import { toResponseError, toInvalidResponseError } from './response-error.ts';

/** Whose token it is. IDs are digits. The other texts are safe to print. */
export interface Identity {
  readonly userId: string;
  readonly name?: string;
  readonly email?: string;
  /** Such as `PARTNER_ADMIN`. */
  readonly type?: string;
  readonly workspaceId: string;
  readonly customerId: string;
}

export interface IdentityRequest {
  readonly gateway: Gateway;
  readonly apiKey: string;
  readonly accessToken: string;
}

/**
 * Asks Sprinklr whose token it is (docs/development/sprinklr-api.md, "Who am I"). Only the token tells sandbox from
 * production.
 *
 * @throws {ActionError} every code of a failed call (docs/development/sprinklr-api.md, "Errors")
 */
export async function whoAmI(
  http: HttpSession,
  { gateway, apiKey, accessToken }: IdentityRequest,
  { secrets }: Context,
): Promise<Identity> {
  const context = { operation: 'identity check', secrets } as const;
  const request: HttpRequest = {
    method: 'GET',
    url: gateway.identityEndpoint,
    headers: { Authorization: `Bearer ${accessToken}`, Key: apiKey },
    body: '',
  };
  const response = await http.send(() => request, 'idempotent');
  if (response.status < 200 || response.status >= 300)
    throw toResponseError(response, context.operation, secrets);

  const { data } = parseSuccessBody(response, context);
  if (!isRecord(data)) throw toInvalidResponseError(response, 'contains no user', context);
  const id = (field: string, what: string): string => {
    const value = parseId(data[field]);
    if (value === undefined) throw toInvalidResponseError(response, `contains no ${what}`, context);
    return value;
  };
  return {
    userId: id('id', 'user ID'),
    workspaceId: id('workspaceId', 'workspace ID'),
    customerId: id('customerId', 'customer ID'),
    ...optionalText(data, 'name', secrets),
    ...optionalText(data, 'email', secrets),
    ...optionalText(data, 'type', secrets),
  };
}

/** A whole number as its digits. A number that JSON has rounded is rejected: it could be another ID. */
function parseId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  return typeof value === 'string' && /^\d{1,30}$/.test(value) ? value : undefined;
}

/** A text that nothing depends on, omitted if it is empty. */
function optionalText<Field extends string>(
  data: Readonly<Record<string, unknown>>,
  field: Field,
  secrets: Secrets,
): Partial<Record<Field, string>> {
  const value = data[field];
  const text = typeof value === 'string' ? sanitize(value, secrets) : '';
  return text === '' ? {} : ({ [field]: text } as Partial<Record<Field, string>>);
}
