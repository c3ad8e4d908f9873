import type { Secrets } from '../context.ts';
import { toInvalidResponseError, type Operation } from './response-error.ts';
import { errorList, isCompressed, isRecord, parseJson, type HttpResponse } from './response.ts';

/**
 * The JSON object of a 2xx response.
 *
 * @throws {ActionError} RESPONSE_INVALID if it is not one, or if it lists errors
 */
export function parseSuccessBody(
  response: HttpResponse,
  options: { operation: Operation; secrets: Secrets },
): Readonly<Record<string, unknown>> {
  if (response.truncated) throw toInvalidResponseError(response, 'is longer than 1 MiB', options);
  if (isCompressed(response))
    throw toInvalidResponseError(response, 'is compressed, but no encoding was requested', options);
  const json = parseJson(response.body);
  if (!isRecord(json)) throw toInvalidResponseError(response, 'is not the documented JSON', options);
  // A 200 can also carry an error (docs/development/sprinklr-api.md, "Errors").
  if (errorList(json).length > 0 || (typeof json['error'] === 'string' && json['error'] !== ''))
    throw toInvalidResponseError(response, 'reports an error', options);
  return json;
}
