// Prints the size of what a runner downloads and what it starts, and exits with code 1 if either exceeds its limit.
// With --peer FOLDER, prints the download size of a checkout of another action, too.
import { execSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { peer: { type: 'string' } } });
const run = (/** @type {string} */ command, cwd = root) => String(execSync(command, { cwd })).trim();
const DOWNLOAD = 'git archive HEAD | gzip -9';

check(DOWNLOAD, Number(run(`${DOWNLOAD} | wc -c`)), 80_000);
check('dist/index.js', statSync(`${root}/dist/index.js`).size, 300_000);
console.log(`A runner downloads ${run('git archive HEAD | tar -t').split('\n').join(' ')}`);
if (values.peer) console.log(`${values.peer}: ${run(`${DOWNLOAD} | wc -c`, values.peer)} bytes`);

/**
 * @param {string} name
 * @param {number} bytes
 * @param {number} limit
 */
function check(name, bytes, limit) {
  console.log(`${name}: ${bytes} bytes, limit ${limit}`);
  if (bytes > limit) process.exitCode = 1;
}
