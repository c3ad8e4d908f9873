import type { Secrets } from '../surroundings.ts';
import { errorList, isCompressed, isRecord, parseJson, type Answer } from './answer.ts';
import { unexpectedAnswer, type Operation } from './refusal.ts';

/** A 2xx answer's JSON object, once it is clear that it is one and that it lists no errors. */
export function documentedBody(
  answer: Answer,
  context: { operation: Operation; secrets: Secrets },
): Readonly<Record<string, unknown>> {
  if (answer.cut) throw unexpectedAnswer(answer, 'is longer than 1 MiB', context);
  if (isCompressed(answer)) throw unexpectedAnswer(answer, 'is compressed, which it must not be', context);
  const json = parseJson(answer.body);
  if (!isRecord(json)) throw unexpectedAnswer(answer, 'is not the documented JSON', context);
  // A 200 can also carry an error, in a list under either name (contract.md §1, "Errors").
  if (errorList(json).length > 0 || typeof json['error'] === 'string')
    throw unexpectedAnswer(answer, 'reports an error', context);
  return json;
}
