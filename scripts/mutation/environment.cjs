// Where a test file runs when mutants are judged: jest's environment for Node, with Stryker's view of it put right.
const { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const Environment = require('@stryker-mutator/jest-runner/jest-env/node');

const isJudging = () => process.env.__STRYKER_ACTIVE_MUTANT__ !== undefined;
/** In the sandbox: where child processes look for the active mutant, and note what they reach (child.cjs). */
const children = join(process.cwd(), 'reports/children', String(process.pid));

module.exports = class extends Environment {
  #tests = [];
  #hasFailed = false;

  constructor(config, context) {
    super(config, context);
    // Which mutant is active stands on the global object of the test's context. The bundle is compiled outside of it
    // (__tests__/inside.ts), so it finds the same object there.
    globalThis.__stryker__ = this.global.__stryker__;
    mkdirSync(children, { recursive: true });
    writeFileSync(join(children, 'active'), process.env.__STRYKER_ACTIVE_MUTANT__ ?? '');

    const { handleTestEvent } = this;
    this.handleTestEvent = async (event, state) => {
      await handleTestEvent.call(this, event, state);
      if (event.name === 'test_start' && !isJudging()) addStatic(reachedInChildren());
      if (event.name === 'test_done') {
        const test = fullName(event.test);
        this.#tests.push(test);
        if (!isJudging()) addReached(coverage().perTest, test, reachedInChildren());
      }
      // One failure is enough.
      if (event.name === 'test_fn_failure') this.#hasFailed = true;
      if (!this.#hasFailed || !isJudging()) return;
      if (event.name === 'test_start') event.test.mode = 'skip';
      if (event.name === 'run_describe_start') event.describeBlock.mode = 'skip';
    };
  }

  /**
   * Jest loads every module anew for a test file: what ran while it loaded, or between the tests, counts for each of them,
   * and for no other.
   */
  async teardown() {
    if (isJudging()) {
      endChildren();
    } else {
      addStatic(reachedInChildren());
      const { static: between, perTest } = coverage();
      const reached = Object.keys(between);
      for (const test of this.#tests) addReached(perTest, test, reached);
      for (const mutant of reached) delete between[mutant];
    }
    await super.teardown();
  }
};

/** As Stryker makes a test's name its id. */
function fullName({ name, parent }) {
  return parent?.parent === undefined ? name : `${fullName(parent)} ${name}`;
}

/** Which test reaches which mutants, as Stryker keeps it. */
function coverage() {
  return (globalThis.__stryker__.mutantCoverage ??= { static: {}, perTest: {} });
}

function addReached(perTest, test, mutants) {
  const reached = (perTest[test] ??= {});
  for (const mutant of mutants) reached[mutant] ??= 1;
}

function addStatic(mutants) {
  for (const mutant of mutants) coverage().static[mutant] ??= 1;
}

/** The mutants that child processes have reached since this was last asked. */
function reachedInChildren() {
  return childIds().flatMap((pid) => {
    const note = join(children, pid);
    const mutants = readFileSync(note, 'utf8').split('\n').filter(Boolean);
    rmSync(note);
    return mutants;
  });
}

/** A mutant may never end, and its test does not wait for that. */
function endChildren() {
  for (const pid of childIds()) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended.
    }
    rmSync(join(children, pid));
  }
}

function childIds() {
  return readdirSync(children).filter((name) => name !== 'active');
}
