import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
// These run dist/ or src/ in child processes, where Stryker can't activate a mutant. The quoted commands take too long.
const EXCLUDED =
  /^(action\/(cancel|harness|proxy|tls)|sprinklr\/(cost|tls-verification)|credentials\/quoted-commands)\./;

interface MutationRun {
  /** Contains the tests that cover the mutant. Undefined in the initial run. */
  readonly testNames: string | undefined;
  /** Whether an earlier file has detected the mutant. */
  readonly hasFailed: boolean;
  /** Added to the name of each test. */
  testFile: string;
}
const { mutationRun } = globalThis as unknown as { mutationRun: MutationRun };

/** Loads the test files that have a test for the current mutant. */
export async function loadTests(prefix: string): Promise<void> {
  // Jest demands at least one test.
  test(`${prefix} has tests`, () => undefined);
  if (mutationRun.hasFailed) return;
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!file.startsWith(prefix) || !file.endsWith('.test.ts') || EXCLUDED.test(file)) continue;
    if (mutationRun.testNames?.includes(`[${file}]`) === false) continue;
    mutationRun.testFile = file;
    await import(join(root, file));
  }
}
