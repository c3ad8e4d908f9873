import jest from './jest.config.js';

const folders = '{action,request,modes,sprinklr,credentials}';

// Fails below a score of 90 %. Prints every surviving mutant.
export default {
  mutate: [`src/${folders}/**/*.ts`, '!**/*.d.ts'],
  testRunner: 'jest',
  jest: {
    config: {
      ...jest.projects[0],
      projects: [],
      testMatch: [`<rootDir>/__tests__/${folders}/*.test.ts`],
      testTimeout: 30_000,
    },
    enableFindRelatedTests: false,
  },
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  coverageAnalysis: 'perTest',
  thresholds: { high: 95, low: 90, break: 90 },
  tempDirName: 'reports/sandbox',
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { logTests: false },
  concurrency: 2,
};
