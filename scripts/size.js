// Prints the size of what a runner downloads and of what it starts; fails where either is over its limit, or grew by over
// 5 % unasked. To ask for growth, change what is agreed below in the same commit. With --peer FOLDER, as often as wanted, it
// prints the same of a checkout of another action.
import { execSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const { values } = parseArgs({ options: { peer: { type: 'string', multiple: true, default: [] } } });
const own = fileURLToPath(new URL('..', import.meta.url));

const sizes = {
  'git archive HEAD | gzip -9': { bytes: downloaded(own), agreed: 147_900, limit: 150_000 },
  'dist/index.js': { bytes: statSync(join(own, 'dist/index.js')).size, agreed: 46_650, limit: 300_000 },
};

for (const [name, { bytes, agreed, limit }] of Object.entries(sizes)) {
  const growth = ((100 * bytes) / agreed - 100).toFixed(1);
  console.log(`${name}: ${bytes} bytes, ${growth} % over the agreed ${agreed}, limit ${limit}`);
  if (bytes > Math.min(limit, agreed * 1.05)) process.exitCode = 1;
}
for (const peer of values.peer) {
  const { main } = parse(readFileSync(join(peer, 'action.yml'), 'utf8')).runs;
  console.log(`${peer}: ${downloaded(peer)} bytes, ${main}: ${statSync(join(peer, main)).size} bytes`);
}

function downloaded(folder) {
  return Number(execSync('git archive HEAD | gzip -9 | wc -c', { cwd: folder }));
}
