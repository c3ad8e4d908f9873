// Prints the size of what a runner downloads and of what it starts; fails where either grew by over 5 % unasked, or where
// what only a desk needs got into the action. To ask for growth, change the figures below in the same commit.
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const action = readFileSync('dist/index.js', 'utf8');
const sizes = {
  'download (git archive, gzip -9)': {
    bytes: gzipSync(execSync('git archive HEAD', { maxBuffer: 1 << 28 }), { level: 9 }).length,
    agreed: 196_490,
  },
  'dist/index.js': { bytes: Buffer.byteLength(action), agreed: 257_091 },
};

for (const [name, { bytes, agreed }] of Object.entries(sizes)) {
  console.log(
    `${name}: ${String(bytes)} bytes, ${((100 * bytes) / agreed - 100).toFixed(1)} % over the agreed ${String(agreed)}`,
  );
  if (bytes > agreed * 1.05) process.exitCode = 1;
}
for (const [what, trace] of Object.entries({
  'node-forge': 'forge.pki',
  'the simulator': 'Sprinklr simulator',
  undici: 'UND_ERR_',
})) {
  if (!action.includes(trace)) continue;
  console.error(`${what} got into dist/index.js`);
  process.exitCode = 1;
}
