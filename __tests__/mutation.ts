/** All tests of the mutated folders in one file, because Stryker's jest runner loads every test file for every mutant. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

// The tests that are left out run dist/ in child processes, where Stryker can't activate a mutant.
const TESTS =
  /^(action\/(?!cancel|proxy|start|tls)|credentials\/|modes\/|request\/|sprinklr\/)[\w-]+\.test\.ts$/;

for (const file of readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }))
  if (TESTS.test(file)) await import(join(import.meta.dirname, file));
