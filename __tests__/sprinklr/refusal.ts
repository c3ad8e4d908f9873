import { ActionError } from '../../src/errors.ts';

/** The error that something ends in. */
export function refusalOf(act: () => unknown): ActionError {
  try {
    act();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
