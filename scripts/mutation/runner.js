// Runs test files for Stryker as jest does; but for a mutant only those files that have a test which reaches it, the
// likeliest killers first, and none after the first failure. Stryker itself names the tests, yet has jest load every file.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import TestRunner from 'jest-runner';

/** In the sandbox: what the run without mutants tells of each test file. */
const NOTES = 'mutation-tests.json';

// A worker makes the key pair that its tests share (__tests__/material.ts) once, not for every mutant.
process.env.TESTS_FOLDER = mkdtempSync(join(tmpdir(), 'sprinklr-token-mutants-'));

/** Which test files have killed mutants in this worker: a number that halves every few mutants, as neighbours die alike. */
const kills = new Map();

export default class extends TestRunner {
  async runTests(tests, watcher, options) {
    if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) {
      const notes = {};
      this.on('test-file-success', ([{ path }, { testResults, perfStats }]) => {
        notes[path] = {
          names: testResults.map(({ fullName }) => fullName),
          milliseconds: perfStats.end - perfStats.start,
        };
      });
      await super.runTests(tests, watcher, options);
      writeFileSync(NOTES, JSON.stringify(notes));
      return;
    }

    let isKilled = false;
    this.on('test-file-success', ([{ path }, { numFailingTests, testExecError }]) => {
      if (numFailingTests === 0 && !testExecError) return;
      isKilled = true;
      for (const [killer, count] of kills) kills.set(killer, count * 0.8);
      kills.set(path, (kills.get(path) ?? 0) + 1);
    });
    this.on('test-file-failure', () => {
      isKilled = true;
    });
    for (const test of likeliestFirst(tests, this._globalConfig.testNamePattern)) {
      await super.runTests([test], watcher, options);
      if (isKilled) return;
    }
  }
}

/** @param names the tests that reach the mutant, as a regular expression */
function likeliestFirst(tests, names) {
  const notes = existsSync(NOTES) ? JSON.parse(readFileSync(NOTES, 'utf8')) : {};
  const pattern = new RegExp(names ?? '', 'i');
  const worth = ({ path }) => ((kills.get(path) ?? 0) + 0.01) / (notes[path]?.milliseconds ?? 1);
  return tests
    .filter(({ path }) => notes[path]?.names.some((name) => pattern.test(name)) ?? true)
    .sort((a, b) => worth(b) - worth(a));
}
