import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  // What a run of Stryker that was broken off has left.
  modulePathIgnorePatterns: ['<rootDir>/reports/'],
  globalSetup: '<rootDir>/__tests__/setup.js',
  globalTeardown: '<rootDir>/__tests__/teardown.js',
  // One more than there are processors: much of the time goes into waiting for child processes and back-offs.
  maxWorkers: availableParallelism() + 1,
  testTimeout: 30_000,
};
