import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Stryker runs the tests again and again in one process, where TMPDIR names the folder of the run before.
const parent = tmpdir();

/** Gives all tests one temporary folder, so that teardown.js removes every key. */
export default function setup() {
  const folder = mkdtempSync(join(parent, 'sprinklr-token-tests-'));
  Object.assign(process.env, { TESTS_FOLDER: folder, TMPDIR: folder, TEMP: folder, TMP: folder });
}
