import config from './jest.config.js';

process.env.TEST_VOLUME ??= '1';

/**
 * Random steps and malformed everything, in full unless TEST_VOLUME says how much of it; FUZZ_SEED repeats a run.
 *
 * @type {import('jest').Config}
 */
export default {
  ...config,
  testMatch: ['<rootDir>/__tests__/fuzz/*.fuzz.ts'],
  globalTeardown: '<rootDir>/__tests__/fuzz/teardown.js',
  testTimeout: 600_000,
};
