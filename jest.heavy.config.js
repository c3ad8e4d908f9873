import config from './jest.config.js';

/**
 * What takes long, or a browser (found by the variable CHROMIUM, or else at /usr/bin/chromium).
 *
 * @type {import('jest').Config}
 */
export default {
  ...config,
  testMatch: ['<rootDir>/__tests__/slow/*.slow.ts', '<rootDir>/__tests__/browser/*.browser.ts'],
  testTimeout: 120_000,
};
