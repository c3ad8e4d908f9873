import config from './jest.config.js';

/**
 * Whole workflows, on an engine that is not ours: `act`, found by the variable ACT.
 *
 * @type {import('jest').Config}
 */
export default { ...config, testMatch: ['<rootDir>/__tests__/e2e/*.e2e.ts'], testTimeout: 120_000 };
