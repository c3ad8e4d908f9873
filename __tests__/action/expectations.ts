import { expect } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import type { Outcome } from './harness.ts';

/**
 * Expects a failed step: exit code 1, one annotation on one line whose title is the code, and `error-code` as the only
 * output. `facts` are what the annotation must contain besides.
 */
export function expectFailure(step: Outcome, code: ErrorCode, ...facts: readonly (string | RegExp)[]): void {
  const [annotation] = step.errors;
  expect([annotation?.title, annotation?.message]).toEqual([code, expect.any(String)]);
  expect(step.errors).toHaveLength(1);
  expect(step.exitCode).toBe(1);
  expect(step.outputs).toEqual({ 'error-code': code });
  expect(step.env).toEqual({});
  expect(step.summary).toBe('');
  for (const fact of facts) expect(annotation?.message).toMatch(fact);
  expect(annotation?.message).not.toMatch(/\p{C}/u);
  expectNoStack(step);
}

/** Expects a successful step. */
export function expectSuccess(step: Outcome): void {
  expect(step.errors).toEqual([]);
  expect(step.exitCode).toBe(0);
  expectNoStack(step);
}

/** Users can't act on a stack trace. */
function expectNoStack({ shown }: Outcome): void {
  expect(shown).not.toMatch(/^\s+at .+:\d+/m);
}
