import { ActionError } from '../../src/errors.ts';
import { recordError } from '../recorded-messages.ts';

/** The error that a call throws. Any other error than ours fails the test. */
export function thrownError(act: () => unknown): ActionError {
  try {
    act();
  } catch (error) {
    if (error instanceof ActionError) return recordError(error);
    throw error;
  }
  throw new Error('nothing was thrown');
}
