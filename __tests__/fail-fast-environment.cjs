const { TestEnvironment } = require('jest-environment-node');

/** Skips the rest of a test file after the first failure, which is all that mutation testing needs to know. */
module.exports = class FailFastEnvironment extends TestEnvironment {
  #hasFailed = false;

  /** @param {{ name: string, test?: { mode?: unknown } }} event */
  handleTestEvent(event) {
    if (event.name === 'test_fn_failure') this.#hasFailed = true;
    if (event.test && event.name === 'test_start' && this.#hasFailed) event.test.mode = 'skip';
  }
};
