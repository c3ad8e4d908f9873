import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import removeFolder from '../teardown.js';

/** Prints the figures of all suites. */
export default function teardown() {
  const file = join(process.env.TESTS_FOLDER, 'fuzz-figures.jsonl');
  const suites = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  const ends = new Map();
  for (const suite of suites) {
    console.log(`${suite.suite}: ${suite.cases} cases, FUZZ_SEED=${suite.seed}`);
    for (const [end, times] of Object.entries(suite.ends)) ends.set(end, (ends.get(end) ?? 0) + times);
  }
  const all = suites.reduce((sum, suite) => sum + suite.cases, 0);
  const often = [...ends].sort(([, a], [, b]) => b - a).map(([end, times]) => `${end} ${times}`);
  console.log(`${all} cases in all, which ended in: ${often.join(', ')}`);
  removeFolder();
}
