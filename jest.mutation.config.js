import config from './jest.config.js';
import { JUDGES } from './scripts/mutation/judges.js';

/** @type {import('jest').Config} */
export default {
  ...config,
  globalSetup: undefined,
  globalTeardown: undefined,
  testMatch: JUDGES[process.env.MUTANTS_OF].map((path) => `<rootDir>/__tests__/${path}.ts`),
  testEnvironment: './scripts/mutation/environment.cjs',
  runner: '<rootDir>/scripts/mutation/runner.js',
  watchman: false,
  testTimeout: 15_000,
};
