// Runs workflows of one, ten and a hundred jobs against the simulator in the three ways in which jobs can come by a
// token, and prints what each costs. Fails if the sealed token does not hold what docs/parallel-jobs.md says of it.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { compareSteps, runWorkflow, SEALED, WAYS, WORK } from './bench/ways.js';
import { makeMaterial } from './bench/world.js';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1,10,100' },
    pairs: { type: 'string', default: '60' },
    // GitHub's free plan runs 20 jobs at once, each on cores of its own. Here they share a few: more of them at once
    // would measure how they wait for each other.
    parallel: { type: 'string', default: String(Math.min(20, 2 * availableParallelism())) },
  },
});
const sizes = values.jobs.split(',').map(positive);
const pairs = positive(values.pairs);
const parallel = positive(values.parallel);

function positive(text) {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  console.error(
    `"${text}" is not a number from 1 to 9999. Usage: npm run bench:jobs -- --jobs 1,10 --pairs 20 --parallel 8`,
  );
  process.exit(2);
}

const missed = [];
const material = makeMaterial();
try {
  console.log(
    `At most ${parallel} jobs at once on ${availableParallelism()} cores; each works ${WORK} ms with its token.\n`,
  );
  const heads = [
    'way',
    'jobs',
    'exchange calls',
    'of these over the rate',
    'tokens killed at work',
    'failed steps',
    'median step',
    'total',
  ];
  row(heads);
  row(heads.map((_, index) => (index === 0 ? '---' : '---:')));
  for (const way of WAYS) {
    for (const jobs of sizes) {
      const result = await runWorkflow({ way, jobs, parallel, material });
      const { exchanges, overRate, killed, failures, step, total } = result;
      row([
        way,
        jobs,
        exchanges,
        overRate,
        killed,
        counted(failures),
        `${Math.round(step)} ms`,
        `${(total / 1000).toFixed(1)} s`,
      ]);
      if (way !== SEALED) continue;
      expect(exchanges === 1, `${jobs} jobs made ${exchanges} exchange calls instead of 1`);
      expect(killed === 0, `${jobs} jobs had ${killed} tokens killed at work instead of 0`);
      expect(failures.length === 0, `of ${jobs} jobs failed: ${counted(failures)}`);
    }
  }

  const { unsealToMint, emptyToMint, quicker, mint, unseal } = await compareSteps({ pairs, material });
  console.log(
    `\nOn loopback, over ${pairs} pairs in turn: an unseal takes ${unsealToMint.toFixed(2)} of the time of a mint ` +
      `(medians ${Math.round(unseal)} and ${Math.round(mint)} ms), and was the quicker one ${quicker} times. ` +
      `Node.js alone, doing nothing, takes ${emptyToMint.toFixed(2)}.`,
  );
  expect(unsealToMint < 1, `an unseal takes ${unsealToMint.toFixed(2)} of the time of a mint`);
} finally {
  material.remove();
}
for (const line of missed) console.error(`Missed by "${SEALED}": ${line}.`);
if (missed.length > 0) process.exitCode = 1;

function expect(holds, otherwise) {
  if (!holds) missed.push(otherwise);
}

function row(cells) {
  console.log(`| ${cells.join(' | ')} |`);
}

/** `3 RATE_LIMITED, 1 TIMED_OUT` */
function counted(codes) {
  const counts = [...new Set(codes)].map((code) => `${codes.filter((each) => each === code).length} ${code}`);
  return counts.join(', ') || '0';
}
