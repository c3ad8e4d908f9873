import { expect } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import type { Outcome } from './harness.ts';

/**
 * A failed step as interface.md, "Failure", promises it: exit code 1, one annotation on one line whose title is the
 * code, the same code as the only output, nothing handed on. `words` are what the annotation has to say besides.
 */
export function expectFailure(step: Outcome, code: ErrorCode, ...words: readonly (string | RegExp)[]): void {
  const [annotation] = step.errors;
  expect([annotation?.title, annotation?.message]).toEqual([code, expect.any(String)]);
  expect(step.errors).toHaveLength(1);
  expect(step.exitCode).toBe(1);
  expect(step.outputs).toEqual({ 'error-code': code });
  expect(step.env).toEqual({});
  expect(step.summary).toBe('');
  for (const word of words) expect(annotation?.message).toMatch(word);

  expect(annotation?.message).not.toMatch(/\p{C}/u);
  expect(annotation?.message).toMatch(/[.:`][^.]{0,80}$/);
  expectNoStack(step);
}

/** A step that did its work and has nothing to complain of. */
export function expectSuccess(step: Outcome): void {
  expect(step.errors).toEqual([]);
  expect(step.exitCode).toBe(0);
  expectNoStack(step);
}

/** Nobody can act on where in the bundle something arose. */
function expectNoStack({ shown }: Outcome): void {
  expect(shown).not.toMatch(/^\s+at .+:\d+/m);
}
