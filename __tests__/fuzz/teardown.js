import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import removeFolder from '../teardown.js';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.fuzz.ts'));

/** @typedef {{ suite: string, cases: number, seed: number, ends: Record<string, number> }} Suite */

/** @param {string} line */
function parseSuite(line) {
  /** @type {unknown} */
  const suite = JSON.parse(line);
  return /** @type {Suite} */ (suite);
}

/** Prints the figures of all suites, and fails where they ran in full and took fewer steps than they have to. */
export default function teardown() {
  const file = join(process.env['TESTS_FOLDER'] ?? '', 'fuzz-figures.jsonl');
  const suites = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(parseSuite) : [];
  const casesOf = (/** @type {RegExp} */ name) =>
    suites.filter(({ suite }) => name.test(suite)).reduce((sum, { cases }) => sum + cases, 0);
  /** @type {Map<string, number>} */
  const ends = new Map();
  for (const suite of suites) {
    console.log(`${suite.suite}: ${suite.cases} cases, FUZZ_SEED=${suite.seed}`);
    for (const [end, times] of Object.entries(suite.ends)) ends.set(end, (ends.get(end) ?? 0) + times);
  }
  const often = [...ends].sort(([, a], [, b]) => b - a).map(([end, times]) => `${end} ${times}`);
  console.log(`${casesOf(/^/)} cases in all, which ended in: ${often.join(', ')}`);
  removeFolder();

  const inFull = process.env['TEST_VOLUME'] === '1' && suites.length === files.length;
  if (inFull && (casesOf(/^steps .*in-process$/) < 10_000 || casesOf(/^steps as child processes$/) < 200))
    throw new Error('That were fewer than 10,000 random steps, or fewer than 200 as child processes.');
}
