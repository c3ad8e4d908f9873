import { expect } from '@jest/globals';
import type { Inputs } from '../action/harness.ts';
import { expectNone, SECRET_INPUTS } from '../action/leaks.ts';
import { app, type World } from '../action/world.ts';

/** The secrets of a step: its inputs, what it sent, and the token that it received. */
function secretsOf({ sprinklr }: World, inputs: Inputs): string[] {
  const sent = sprinklr.requests.flatMap(({ query, body }) => {
    const assertion = query.get('refresh_token') ?? new URLSearchParams(body).get('refresh_token');
    // Only the signature: the App ID, the user, and the time are not secret.
    return assertion === null ? [] : [assertion.split('.')[2] ?? ''];
  });
  const inputSecrets = SECRET_INPUTS.map((name) => inputs[name] ?? '');
  return [...inputSecrets, ...sent, sprinklr.liveToken(app.apiKey) ?? ''];
}

/** Expects that a log contains no secret of a step in any encoding. */
export function expectNoSecrets(log: string, made: World, inputs: Inputs): void {
  expect(log).not.toBe('');
  expectNone(log, secretsOf(made, inputs));
}
