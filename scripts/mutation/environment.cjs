// Where a test file runs when mutants are judged: jest's environment for Node, with Stryker's view of it put right.
const Environment = require('@stryker-mutator/jest-runner/jest-env/node');

const isJudging = () => process.env.__STRYKER_ACTIVE_MUTANT__ !== undefined;

module.exports = class extends Environment {
  #tests = [];
  #hasFailed = false;

  constructor(config, context) {
    super(config, context);
    // Which mutant is active stands on the global object of the test's context. The bundle is compiled outside of it
    // (__tests__/inside.ts), so it finds the same object there.
    globalThis.__stryker__ = this.global.__stryker__;

    const { handleTestEvent } = this;
    this.handleTestEvent = async (event, state) => {
      await handleTestEvent.call(this, event, state);
      if (event.name === 'test_done') this.#tests.push(fullName(event.test));
      // One failure is enough.
      if (event.name === 'test_fn_failure') this.#hasFailed = true;
      if (event.name === 'test_start' && this.#hasFailed && isJudging()) event.test.mode = 'skip';
    };
  }

  /** Jest loads every module anew for a test file: what ran while it loaded counts for each of its tests, and for no other. */
  async teardown() {
    const coverage = globalThis.__stryker__.mutantCoverage;
    if (coverage !== undefined && !isJudging()) {
      for (const test of this.#tests) {
        const reached = (coverage.perTest[test] ??= {});
        for (const mutant of Object.keys(coverage.static)) reached[mutant] ??= 1;
      }
      for (const mutant of Object.keys(coverage.static)) delete coverage.static[mutant];
    }
    await super.teardown();
  }
};

/** As Stryker makes a test's name its id. */
function fullName({ name, parent }) {
  return parent?.parent === undefined ? name : `${fullName(parent)} ${name}`;
}
