import { ActionError } from '../../src/errors.ts';
import { recordError } from '../recorded-messages.ts';

/** The ActionError that a call throws. Fails the test if it throws nothing, or anything else. */
export function actionErrorOf(act: () => unknown): ActionError {
  try {
    act();
  } catch (error) {
    return requireActionError(error);
  }
  throw new Error('Nothing was thrown.');
}

/** The ActionError that a promise rejects with. */
export async function actionErrorFrom(promise: Promise<unknown>): Promise<ActionError> {
  try {
    await promise;
  } catch (error) {
    return requireActionError(error);
  }
  throw new Error('The promise was fulfilled.');
}

/** The commands that an error's remedy quotes. */
export function commandsIn({ remedy }: ActionError): string[] {
  const quoted = [...remedy.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
  return quoted.filter((text) => text.includes(' '));
}

function requireActionError(error: unknown): ActionError {
  if (error instanceof ActionError) return recordError(error);
  throw error;
}
