// What `npm run mutation` tells Stryker, besides which folder to look at (scripts/mutation.js).
export default {
  testRunner: 'jest',
  jest: { configFile: 'jest.mutation.config.js', enableFindRelatedTests: false },
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  coverageAnalysis: 'perTest',
  // Most tests run the bundle, so it is made of the source with the mutants in it.
  buildCommand: 'node scripts/mutation/build.js',
  incremental: true,
  tempDirName: 'reports/sandbox',
  reporters: ['progress-append-only'],
  concurrency: 2,
  // Only what never ends may count as killed by that: a busy machine is slow (jest.mutation.config.js ends a test sooner).
  timeoutMS: 30_000,
  timeoutFactor: 2,
};
