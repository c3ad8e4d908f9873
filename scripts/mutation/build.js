// Builds dist/ of the source with the mutants in it, as it is in Stryker's sandbox.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import '../bundle.js';

// By its full path: a test may run the bundle in a folder of its own.
const child = fileURLToPath(new URL('child.cjs', import.meta.url));
const bundle = 'dist/cli.js';
writeFileSync(
  bundle,
  readFileSync(bundle, 'utf8').replace(/^#!.*\n/, (line) => `${line}require(${JSON.stringify(child)});\n`),
);
