import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
// Some tests run dist/ or src/ in child processes, where Stryker can't activate a mutant. The quoted commands take too long.
const IN_PROCESS = /^(?!cancel|cost|harness|proxy|quoted|stubs|tls)[\w-]+\.test\.ts$/;

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
    if (!file.startsWith(prefix) || !IN_PROCESS.test(basename(file))) continue;
    if (mutationRun.testNames?.includes(`[${file}]`) === false) continue;
    mutationRun.testFile = file;
    await import(join(root, file));
  }
}
