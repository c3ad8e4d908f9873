import { ActionError, type ErrorCode } from '../../errors.ts';
import type { DeskError } from '../command.ts';

export type Status = 'ok' | 'warning' | 'wrong' | 'skipped';

/** One thing that was looked at: one line of the report, one entry of `--json`. */
export interface Check {
  readonly name: string;
  readonly status: Status;
  /** What is there: whole sentences or a short description, on one line. */
  readonly found: string;
  readonly remedy?: string;
  /** The `error-code` that the action would end with. */
  readonly code?: ErrorCode;
}

export function isWrong({ status }: Check): boolean {
  return status === 'wrong';
}

/** What the action, or the reader of a file, has to say of a value; their words are kept. */
export function refused(name: string, error: ActionError | DeskError): Check {
  return {
    name,
    status: 'wrong',
    found: error.message,
    ...(error.remedy !== '' && { remedy: error.remedy }),
    ...(error instanceof ActionError && { code: error.code }),
  };
}

/** Runs a reader of the action. Its refusal is a result here; anything else is a fault of ours. */
export function attempt<Result>(read: () => Result): Result | ActionError {
  try {
    return read();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
}
