import type { Secrets, Context } from '../context.ts';
import { sanitize, isRecord } from './response.ts';
import type { Gateway } from './gateway.ts';
import type { HttpSession, HttpRequest } from './http.ts';
import { parseSuccessBody } from './success-body.ts';
import { toResponseError, toInvalidResponseError } from './response-error.ts';

/** Whose token it is. Ids are digits; the other texts are fit to be printed. */
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
 * Asks Sprinklr whose token it is (contract.md §5): only the token tells sandbox from production.
 *
 * @throws {ActionError} every code of the table in interface.md, "Failure"
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
  const response = await http.send(() => request, 'safe');
  if (response.status < 200 || response.status >= 300)
    throw toResponseError(response, context.operation, secrets);

  const { data } = parseSuccessBody(response, context);
  if (!isRecord(data)) throw toInvalidResponseError(response, 'holds no user', context);
  const id = (field: string, what: string): string => {
    const value = parseId(data[field]);
    if (value === undefined) throw toInvalidResponseError(response, `holds no ${what}`, context);
    return value;
  };
  return {
    userId: id('id', 'user id'),
    workspaceId: id('workspaceId', 'workspace id'),
    customerId: id('customerId', 'customer id'),
    ...optionalText(data, 'name', secrets),
    ...optionalText(data, 'email', secrets),
    ...optionalText(data, 'type', secrets),
  };
}

/** A whole number as its digits. Numbers that JSON has rounded already are refused: they could be another's id. */
function parseId(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  return typeof value === 'string' && /^\d{1,30}$/.test(value) ? value : undefined;
}

/** A text that nothing depends on; left out where it is none. */
function optionalText<Field extends string>(
  data: Readonly<Record<string, unknown>>,
  field: Field,
  secrets: Secrets,
): Partial<Record<Field, string>> {
  const value = data[field];
  const text = typeof value === 'string' ? sanitize(value, secrets) : '';
  return text === '' ? {} : ({ [field]: text } as Partial<Record<Field, string>>);
}
