import fc from 'fast-check';

// Mutants are all judged by the same cases, and nobody reads the smallest that fails.
const { TEST_SEED } = process.env;
if (TEST_SEED !== undefined) fc.configureGlobal({ seed: Number(TEST_SEED), endOnFailure: true });

/** How many cases a property gets: a tenth of all in the quick tests, all of them where TEST_VOLUME is 1. */
export function cases(all: number): number {
  return Math.ceil(all * Number(process.env['TEST_VOLUME'] ?? '0.1'));
}
