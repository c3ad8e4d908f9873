import type { Secrets } from '../context.ts';
import { errorList, isCompressed, isRecord, parseJson, type HttpResponse } from './response.ts';
import { toInvalidResponseError, type Operation } from './response-error.ts';

/** A 2xx answer's JSON object, once it is clear that it is one and that it lists no errors. */
export function parseSuccessBody(
  response: HttpResponse,
  context: { operation: Operation; secrets: Secrets },
): Readonly<Record<string, unknown>> {
  if (response.truncated) throw toInvalidResponseError(response, 'is longer than 1 MiB', context);
  if (isCompressed(response))
    throw toInvalidResponseError(response, 'is compressed, which it must not be', context);
  const json = parseJson(response.body);
  if (!isRecord(json)) throw toInvalidResponseError(response, 'is not the documented JSON', context);
  // A 200 can also carry an error, in a list under either name (contract.md §1, "Errors").
  if (errorList(json).length > 0 || typeof json['error'] === 'string')
    throw toInvalidResponseError(response, 'reports an error', context);
  return json;
}
