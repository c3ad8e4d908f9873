import { expect } from '@jest/globals';
import type { Inputs } from '../action/harness.ts';
import { expectNone, SECRET_INPUTS } from '../action/leaks.ts';
import { app, type World } from '../action/world.ts';

/** Whatever was secret in a step, for a look into the logs on its way: what it was given, what it sent, what it got. */
function secretsOf({ sprinklr }: World, inputs: Inputs): string[] {
  const sent = sprinklr.requests.flatMap(({ query, body }) => {
    const assertion = query.get('refresh_token') ?? new URLSearchParams(body).get('refresh_token');
    // Its signature: App ID, user and time are no secrets, and the same digits stand in both.
    return assertion === null ? [] : [assertion.split('.')[2] ?? ''];
  });
  const given = SECRET_INPUTS.map((name) => inputs[name] ?? '');
  return [...given, ...sent, sprinklr.liveToken(app.apiKey) ?? ''];
}

/** Nothing secret of a step is in a log, in any form. */
export function expectClean(log: string, made: World, inputs: Inputs): void {
  expect(log).not.toBe('');
  expectNone(log, secretsOf(made, inputs));
}
