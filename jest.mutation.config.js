import config from './jest.config.js';
import { JUDGES } from './scripts/mutation/judges.js';

const folder = process.env.MUTANTS_OF;

/** @type {import('jest').Config} */
export default {
  ...config,
  globalSetup: undefined,
  globalTeardown: undefined,
  testMatch: JUDGES[folder].map((path) => `<rootDir>/__tests__/${path}.ts`),
  testEnvironment: './scripts/mutation/environment.cjs',
  runner: '<rootDir>/scripts/mutation/runner.js',
  watchman: false,
  // A command that asks a person, or listens for a browser, waits for as long as it takes where a fault keeps that away.
  testTimeout: folder === 'src/cli' ? 8_000 : 15_000,
};
