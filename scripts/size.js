// Prints the size of what a runner downloads and of what it starts; fails where either is over its limit, or grew by over
// 5 % unasked. To ask for growth, change what is agreed below in the same commit.
import { execSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const sizes = {
  'git archive HEAD | gzip -9': {
    bytes: Number(execSync('git archive HEAD | gzip -9 | wc -c')),
    agreed: 147_900,
    limit: 150_000,
  },
  'dist/index.js': { bytes: statSync('dist/index.js').size, agreed: 46_650, limit: 300_000 },
};

for (const [name, { bytes, agreed, limit }] of Object.entries(sizes)) {
  const growth = ((100 * bytes) / agreed - 100).toFixed(1);
  console.log(`${name}: ${bytes} bytes, ${growth} % over the agreed ${agreed}, limit ${limit}`);
  if (bytes > Math.min(limit, agreed * 1.05)) process.exitCode = 1;
}
