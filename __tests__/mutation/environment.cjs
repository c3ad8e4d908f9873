const childProcess = require('node:child_process');
const { readdirSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { TestEnvironment } = require('jest-environment-node');

const { execFileSync } = childProcess;
/** What each openssl command printed and wrote in an earlier test run of this process. */
const results = /** @type {Map<string, { output: unknown, files: [string, Buffer][] }>} */ (new Map());
/** How often a command was used in this test run: two keys from the same command must differ. */
let counts = /** @type {Map<string, number>} */ (new Map());

/** @param {string} folder */
function filesIn(folder) {
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/** Creates the same keys and certificates only once: openssl took most of the time of a mutant. */
function runOnce(/** @type {string[]} */ args, /** @type {{ cwd: string }} */ options) {
  const before = filesIn(options.cwd);
  const inputs = args.map((arg) => before.get(arg)?.toString('base64'));
  const command = JSON.stringify([args, inputs, { ...options, cwd: undefined }]);
  const count = (counts.get(command) ?? 0) + 1;
  counts.set(command, count);
  const key = `${count} ${command}`;
  let result = results.get(key);
  if (result) {
    for (const [name, content] of result.files) writeFileSync(join(options.cwd, name), content);
  } else {
    const output = execFileSync('openssl', args, options);
    const files = [...filesIn(options.cwd)].filter(([name, content]) => !before.get(name)?.equals(content));
    result = { output, files };
    results.set(key, result);
  }
  return result.output;
}
Object.assign(childProcess, {
  execFileSync: (
    /** @type {string} */ file,
    /** @type {string[]} */ args,
    /** @type {{ cwd: string }} */ options,
  ) => (file === 'openssl' ? runOnce(args, options) : execFileSync(file, args, options)),
});

/** @type {unknown} */
let currentRun;
let hasFailed = false;

module.exports = class MutationEnvironment extends TestEnvironment {
  /** @type {{ testNames: string | undefined, hasFailed: boolean, testFile: string }} */
  #mutationRun;

  /**
   * @param {ConstructorParameters<typeof TestEnvironment>[0]} config
   * @param {ConstructorParameters<typeof TestEnvironment>[1]} context
   */
  constructor(config, context) {
    super(config, context);
    const { globalConfig } = config;
    // All files of a run get the same object.
    if (currentRun !== globalConfig) {
      currentRun = globalConfig;
      hasFailed = false;
      counts = new Map();
    }
    // Stryker escapes the names.
    const testNames = globalConfig.testNamePattern?.replaceAll('\\', '');
    this.#mutationRun = { testNames, hasFailed, testFile: '' };
    Object.assign(this.global, { mutationRun: this.#mutationRun });
  }

  /**
   * @param {{ name: string, test?: { mode?: unknown } }} event
   * @param {{ currentDescribeBlock: { children: { name: string, mode?: unknown }[] } }} state
   */
  handleTestEvent({ name, test }, state) {
    const added = state.currentDescribeBlock.children.at(-1);
    if (name === 'add_test' && added) {
      // Then the tests that Stryker selects for a mutant tell which files to load.
      added.name += ` [${this.#mutationRun.testFile}]`;
      // Instrumented code is slow.
      if (added.name.includes('in less than 1 second')) added.mode = 'skip';
    }
    // The first failure is all that mutation testing needs to know.
    if (name === 'test_fn_failure') hasFailed = true;
    if (name === 'test_start' && test && hasFailed) test.mode = 'skip';
  }
};
