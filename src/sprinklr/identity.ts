import type { Secrets, Surroundings } from '../surroundings.ts';
import { clean, isRecord } from './answer.ts';
import type { Gateway } from './gateway.ts';
import type { Http, Request } from './http.ts';
import { documentedBody } from './documented-body.ts';
import { refusal, unexpectedAnswer } from './refusal.ts';

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

export interface Bearer {
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
  http: Http,
  { gateway, apiKey, accessToken }: Bearer,
  { secrets }: Surroundings,
): Promise<Identity> {
  const context = { operation: 'identity check', secrets } as const;
  const request: Request = {
    method: 'GET',
    url: gateway.identity,
    headers: { Authorization: `Bearer ${accessToken}`, Key: apiKey },
    body: '',
  };
  const answer = await http.send(() => request, 'safe');
  if (answer.status < 200 || answer.status >= 300) throw refusal(answer, context.operation, secrets);

  const { data } = documentedBody(answer, context);
  if (!isRecord(data)) throw unexpectedAnswer(answer, 'holds no user', context);
  const id = (field: string, what: string): string => {
    const value = digits(data[field]);
    if (value === undefined) throw unexpectedAnswer(answer, `holds no ${what}`, context);
    return value;
  };
  return {
    userId: id('id', 'user id'),
    workspaceId: id('workspaceId', 'workspace id'),
    customerId: id('customerId', 'customer id'),
    ...words(data, 'name', secrets),
    ...words(data, 'email', secrets),
    ...words(data, 'type', secrets),
  };
}

/** A whole number as its digits. Numbers that JSON has rounded already are refused: they could be another's id. */
function digits(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  return typeof value === 'string' && /^\d{1,30}$/.test(value) ? value : undefined;
}

/** A text that nothing depends on; left out where it is none. */
function words<Field extends string>(
  data: Readonly<Record<string, unknown>>,
  field: Field,
  secrets: Secrets,
): Partial<Record<Field, string>> {
  const value = data[field];
  const text = typeof value === 'string' ? clean(value, secrets) : '';
  return text === '' ? {} : ({ [field]: text } as Partial<Record<Field, string>>);
}
