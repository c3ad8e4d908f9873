import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives all tests one temporary folder, so that teardown.js removes every key. */
export default function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-tests-'));
  Object.assign(process.env, { TESTS_FOLDER: folder, TMPDIR: folder, TEMP: folder, TMP: folder });
}
