import { fileURLToPath } from 'node:url';

/** The committed bundles. */
export const bundles = {
  action: fileURLToPath(new URL('../dist/index.js', import.meta.url)),
  cli: fileURLToPath(new URL('../dist/cli.js', import.meta.url)),
};
