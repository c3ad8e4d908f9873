const { TestEnvironment } = require('jest-environment-node');

/** Skips the rest of a test file after the first failure, which is all that mutation testing needs to know. */
module.exports = class FailFastEnvironment extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_fn_failure') this.#hasFailed = true;
    if (name === 'test_start' && this.#hasFailed) test.mode = 'skip';
  }
};
