import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { cases } from '../volume.ts';

/** What `npm run fuzz` prints of one suite when all is over. */
interface Figures {
  readonly suite: string;
  readonly seed: number;
  cases: number;
  /** How often a case ended in each code; `success` where it did not fail. */
  readonly ends: Record<string, number>;
}

/** Where teardown.js finds them. */
const FIGURES_FILE = 'fuzz-figures.jsonl';

/** Counts the cases of a test file. FUZZ_SEED runs them once more as they were. */
export function figuresOf(suite: string): {
  readonly count: (end: string | undefined) => void;
  /** The places from 0 up to `all`, or an even part of them. */
  readonly some: (all: number) => number[];
  readonly parameters: (all: number) => { readonly seed: number; readonly numRuns: number };
} {
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const figures: Figures = { suite, seed, cases: 0, ends: {} };
  afterAll(() => {
    appendFileSync(join(process.env['TESTS_FOLDER'] ?? '', FIGURES_FILE), `${JSON.stringify(figures)}\n`);
  });
  return {
    count(end = 'success') {
      figures.cases++;
      figures.ends[end] = (figures.ends[end] ?? 0) + 1;
    },
    some: (all) => Array.from({ length: cases(all) }, (_, nth) => Math.floor((nth * all) / cases(all))),
    parameters: (all) => ({ seed, numRuns: cases(all) }),
  };
}
