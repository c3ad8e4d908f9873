const { basename } = require('node:path');

/** Runs only files with a test for the current mutant. Fast ones first, because the first failure ends the run. */
module.exports = class MutationSequencer {
  /** @param {{ globalConfig: { testNamePattern?: string } }} options */
  constructor({ globalConfig }) {
    this.testNames = globalConfig.testNamePattern;
  }

  /**
   * @template {{ path: string }} Test
   * @param {readonly Test[]} tests
   */
  sort(tests) {
    return tests
      .filter(({ path }) => this.testNames?.includes(`[${/\d-(\w+)/.exec(basename(path))?.[1]}`) !== false)
      .sort((a, b) => a.path.localeCompare(b.path));
  }

  cacheResults() {
    // The order depends on the names alone.
  }
};
