import type { ActionError } from '../../errors.ts';
import type { TokenRequest } from '../../modes/token.ts';
import { parseInput, parseTokenRequest } from '../../request/parse.ts';
import type { InputName } from '../../request/schema.ts';
import type { Secrets } from '../../context.ts';
import { attempt } from './check.ts';
import { valueOf, type Values } from './values.ts';

/** Why the parser rejects one of the named inputs; `undefined` if it accepts them. */
export type ActionReader = (...names: InputName[]) => ActionError | undefined;

export function createActionReader(values: Values): ActionReader {
  return (...names) => {
    for (const name of names) {
      const result = attempt(() => parseInput(name, (input) => valueOf(values, input)));
      if (result instanceof Error) return result;
    }
    return undefined;
  };
}

/** The request that the action would make of all the values. @throws {ActionError} */
export function readTokenRequest(values: Values, secrets: Secrets): TokenRequest {
  return parseTokenRequest((name) => valueOf(values, name), {
    secrets,
    sealScope: () => {
      throw new Error('The command line does not seal.');
    },
  });
}
