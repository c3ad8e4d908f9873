/** All tests of the mutated folders in one file, because Stryker's jest runner loads every test file for every mutant. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** In the order of their speed, because the first failure ends the run. */
const FOLDERS = ['credentials', 'sprinklr', 'request', 'modes', 'action'];

// Some tests run dist/ in child processes, where Stryker can't activate a mutant.
const IN_PROCESS = /^(?!cancel|harness|proxy|stubs|tls)[\w-]+\.test\.ts$/;

const files = readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true });
for (const folder of FOLDERS) {
  const path = join(import.meta.dirname, folder);
  for (const file of files)
    if (file.parentPath === path && IN_PROCESS.test(file.name)) await import(join(path, file.name));
}
