import { ActionError, type ErrorCode } from '../../errors.ts';
import type { ReadInput } from '../../request/parsers.ts';
import type { InputName } from '../../request/schema.ts';
import type { CliError } from '../errors.ts';
import { remedyOf } from '../inputs.ts';
import type { Io } from '../io.ts';
import type { Values } from '../values.ts';

export type Status = 'ok' | 'warning' | 'error' | 'skipped';

/** One result: a line of the report, an entry of `--json`. */
export interface Check {
  readonly name: string;
  readonly status: Status;
  /** What was found, on one line. */
  readonly found: string;
  readonly remedy?: string;
  /** The error code that the action would fail with. */
  readonly code?: ErrorCode;
}

/** What every check gets. */
export interface DoctorContext {
  readonly values: Values;
  readonly read: ReadInput;
  /** Makes a text safe to print: one line, without secrets, not too long. */
  readonly show: (text: string) => string;
  /** A public value, or only its length if it could be a secret that was given in the wrong place. */
  readonly quote: (name: InputName, text: string) => string;
  /** Whether a text reveals one of the secrets that were given. */
  readonly reveals: (text: string) => boolean;
  readonly io: Io;
}

/** The result for a value that could not be parsed, or a file that could not be read. */
export function failedCheck(name: string, error: ActionError | CliError): Check {
  const remedy = error instanceof ActionError ? remedyOf(error) : error.remedy;
  return {
    name,
    status: 'error',
    found: error.message,
    ...(remedy !== '' && { remedy }),
    ...(error instanceof ActionError && { code: error.code }),
  };
}

/** Runs a parser, and returns its error as a result. Any other error is a bug. */
export function attempt<Result>(parse: () => Result): Result | ActionError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
}
