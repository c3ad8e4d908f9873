// Runs the built action thousands of times, in a row and at once, against a simulator that does wrong one time in ten,
// and fails unless every run ends as the script of faults says, and leaves nothing behind.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { makeMaterial } from './bench/world.js';
import { processesOf } from './soak/processes.js';
import { soakInARow, soakTogether } from './soak/runs.js';
import { seeded } from './soak/script.js';

/** What goes wrong in every run is known after a few. */
const MOST_SHOWN = 10;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    concurrent: { type: 'string', default: '200' },
    // GitHub's free plan runs 20 jobs at once. More of them on a few cores would only wait for each other.
    'at-once': { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
  },
});
// Fewer in a row say nothing about the simulator's memory.
const runs = numberFrom(25, values.runs);
const concurrent = numberFrom(1, values.concurrent);
const atOnce = Math.min(concurrent, numberFrom(1, values['at-once']));
const seed = numberFrom(0, values.seed);

function numberFrom(least, text) {
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  console.error(
    `"${text}" is not a number from ${least} on. Usage: npm run soak -- --runs 200 --concurrent 40 --at-once 20 --seed 7`,
  );
  process.exit(2);
}
if (process.platform !== 'linux') {
  console.error('This takes Linux: only its /proc tells which processes were left behind.');
  process.exit(2);
}

const wrong = [];
const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-soak-'));
process.env.TMPDIR = folder;
const random = seeded(seed);
const begun = performance.now();
console.log(`Seed ${seed}, Node.js ${process.version}, ${availableParallelism()} cores.`);
try {
  const material = makeMaterial();
  try {
    report(`Each fault once, then ${runs} runs in a row`, await soakInARow({ runs, random, material }));
    const together = { runs: concurrent, atOnce, random, material };
    report(`${concurrent} runs, ${atOnce} at once, with one API key`, await soakTogether(together));
  } finally {
    material.remove();
  }
  const processes = processesOf(folder);
  if (processes.length > 0) wrong.push(`processes were left behind: ${processes.join(', ')}`);
  const files = readdirSync(folder, { recursive: true });
  if (files.length > 0) wrong.push(`files were left behind: ${files.join(', ')}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `\n${wrong.length === 0 ? 'Nothing was wrong' : 'Not all was well'}, in ${seconds(performance.now() - begun)}.`,
);
for (const line of wrong.slice(0, MOST_SHOWN)) console.error(`Wrong: ${line}.`);
if (wrong.length > MOST_SHOWN) console.error(`And ${wrong.length - MOST_SHOWN} more.`);
if (wrong.length > 0) {
  console.error(
    `The same again: npm run soak -- --runs ${runs} --concurrent ${concurrent} --at-once ${atOnce} --seed ${seed}`,
  );
  process.exitCode = 1;
}

function report(title, soak) {
  const { milliseconds, steps, codes, requests, faults, recovered, memory } = soak;
  const times = steps
    .filter(({ code }) => code === undefined)
    .map((step) => step.milliseconds)
    .sort((a, b) => a - b);
  const at = (share) => `${Math.round(times[Math.floor(share * times.length)] ?? NaN)} ms`;
  console.log(
    `\n${title}: ${seconds(milliseconds)}, ${((1000 * steps.length) / milliseconds).toFixed(1)} runs a second. ` +
      `A run that got a token took ${at(0.5)} (median), ${at(0.95)} (95th percentile).`,
  );
  console.log(
    `${requests} requests, the questions whether a token is live included; ${faults} met a fault. The runs ended with`,
  );
  const token = recovered === undefined ? 'a token' : `a token, ${recovered} of them in spite of faults`;
  for (const [ending, count] of Object.entries({ [token]: times.length, ...codes }))
    console.log(`${String(count).padStart(6)} ${ending}`);
  if (memory !== undefined) {
    const of = (name) =>
      ['warm', 'between', 'last'].map((part) => (memory[part][name] / 1e6).toFixed(1)).join(', ');
    console.log(
      `The simulator after warm-up, in the middle, at the end: ${of('alive')} MB alive after a collection ` +
        `(${memory.grown} bytes more for the last ${memory.requests} requests), ${of('taken')} MB taken up.`,
    );
  }
  wrong.push(...soak.wrong);
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
