import { availableParallelism } from 'node:os';

/** @returns {Exclude<import('jest').Config['projects'], undefined>[number]} */
const project = (name, testMatch = `__tests__/${name}/*.${name}.ts`) => ({
  displayName: name,
  testMatch: [`<rootDir>/${testMatch}`],
  moduleNameMapper: { '^undici$': '<rootDir>/scripts/stubs/undici.ts' },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  // An interrupted run of Stryker leaves copies of the tests.
  modulePathIgnorePatterns: ['<rootDir>/reports/'],
  globalSetup: '<rootDir>/__tests__/setup.js',
  globalTeardown: '<rootDir>/__tests__/teardown.js',
});

/**
 * The scripts of package.json select one project each. They also set its test timeout and number of workers, because jest
 * ignores these settings in a project.
 *
 * @type {import('jest').Config}
 */
export default {
  projects: [
    project('unit', '__tests__/**/*.test.ts'),
    project('e2e'),
    project('slow'),
    project('proxies'),
    project('browser'),
    project('fuzz'),
  ],
  // One more than there are processors, because much of the time is spent waiting for child processes and retries.
  maxWorkers: availableParallelism() + 1,
};
