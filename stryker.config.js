import { availableParallelism } from 'node:os';
import jest from './jest.config.js';

// Fewer cases of each property, and the same ones for every mutant.
Object.assign(process.env, { TEST_VOLUME: '0.02', TEST_SEED: '1' });

// Fails below a score of 90 %. Prints every surviving mutant.
export default {
  mutate: [
    'src/{action,request,modes,sprinklr,credentials}/**/*.ts',
    'src/{redaction,encodings,errors,context}.ts',
    '!**/*.d.ts',
  ],
  // Tests don't pin the wording of messages.
  mutator: { excludedMutations: ['StringLiteral'] },
  testRunner: 'jest',
  jest: {
    config: {
      ...jest.projects[0],
      projects: [],
      testMatch: ['<rootDir>/__tests__/mutation/[0-9]*.ts'],
      testSequencer: './__tests__/mutation/sequencer.cjs',
      testEnvironment: './__tests__/mutation/environment.cjs',
      testTimeout: 30_000,
    },
    enableFindRelatedTests: false,
  },
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  // Node.js keeps the modules of earlier runs in memory.
  maxTestRunnerReuse: 60,
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  thresholds: { high: 95, low: 90, break: 90 },
  tempDirName: 'reports/sandbox',
  reporters: ['progress-append-only', 'clear-text', 'json'],
  clearTextReporter: { logTests: false },
  concurrency: 2 * availableParallelism(),
  dryRunTimeoutMinutes: 20,
  // A busy machine is slow, and a timeout counts as a detected mutant.
  timeoutMS: 30_000,
};
