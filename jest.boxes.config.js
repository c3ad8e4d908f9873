import config from './jest.config.js';

/**
 * The action behind real proxies and TLS fronts: squid, tinyproxy and nginx, as Debian packs them.
 *
 * @type {import('jest').Config}
 */
export default { ...config, testMatch: ['<rootDir>/__tests__/boxes/*.boxes.ts'] };
