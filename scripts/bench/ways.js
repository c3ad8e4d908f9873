// The ways in which the jobs of one workflow can come by a token.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, runEmptyStep, runStep, startSprinklr, whoAmI } from './world.js';

/** How long a job works with its token before it calls Sprinklr with it, in milliseconds. */
export const WORK = 300;

/** The way that has to hold. */
export const SEALED = 'mint once, unseal in each';

/** Each gives the step by which a job gets its token, and perhaps a job that all of them need first. */
const ways = {
  'mint in each': ({ mint }) => ({ step: () => mint() }),
  // As a concurrency group round the mint alone: one mint at a time, and the next one while this token is at work.
  'mint in each, under a lock': ({ mint }) => ({ step: oneAtATime(() => mint()) }),
  [SEALED]: ({ mint, unseal }) => ({ first: () => mint({ seal: 'true' }), step: unseal }),
};
export const WAYS = Object.keys(ways);

/** Runs a workflow of so many jobs in one way, at most `parallel` of them at once, on a Sprinklr of its own. */
export async function runWorkflow({ way, jobs, parallel, material }) {
  const sprinklr = await startSprinklr(material);
  const { first, step } = ways[way](stepsWith(sprinklr, material));
  const times = [];
  const failures = [];
  let killed = 0;

  const job = async (needed) => {
    const { failure, outputs, milliseconds } = await step(needed);
    times.push(milliseconds);
    if (failure !== undefined) return failures.push(failure);
    await sleep(WORK);
    const status = await whoAmI(outputs, sprinklr.apiKey);
    if (status === 401) killed++;
    else if (status !== 200) throw new Error(`/api/v2/me answered ${status}.`);
  };
  try {
    const begun = performance.now();
    const needed = await first?.();
    if (needed?.failure === undefined) await repeat(jobs, parallel, () => job(needed));
    else failures.push(needed.failure);
    const total = performance.now() - begun;
    return { way, jobs, killed, failures, step: median(times), total, ...(await sprinklr.end()) };
  } finally {
    await sprinklr.stop();
  }
}

/** Times a mint, an unseal and an empty program in turn, so that whatever slows the machine slows all three. */
export async function compareSteps({ pairs, material }) {
  const sprinklr = await startSprinklr(material);
  try {
    const { mint, unseal } = stepsWith(sprinklr, material);
    const sealed = await mint({ seal: 'true' });
    const timed = async (run) => {
      const { failure, milliseconds } = await run();
      if (failure !== undefined) throw new Error(`A step of the comparison failed: ${failure}.`);
      return milliseconds;
    };
    const rounds = [];
    // The first round only warms the machine up.
    for (let round = 0; round <= pairs; round++) {
      rounds.push({
        mint: await timed(() => mint()),
        unseal: await timed(() => unseal(sealed)),
        empty: await timed(runEmptyStep),
      });
    }
    const measured = rounds.slice(1);
    return {
      unsealToMint: median(measured.map(({ unseal, mint }) => unseal / mint)),
      emptyToMint: median(measured.map(({ empty, mint }) => empty / mint)),
      quicker: measured.filter(({ unseal, mint }) => unseal < mint).length,
      mint: median(measured.map(({ mint }) => mint)),
      unseal: median(measured.map(({ unseal }) => unseal)),
    };
  } finally {
    await sprinklr.stop();
  }
}

/** The two steps, with and without Sprinklr. */
function stepsWith({ inputs }, { privateKey }) {
  return {
    mint: (more = {}) => runStep({ ...inputs, ...more, 'private-key': privateKey }),
    unseal: ({ outputs }) =>
      runStep({ mode: 'unseal', 'sealed-token': outputs['sealed-token'], 'private-key': privateKey }),
  };
}

function oneAtATime(work) {
  let last = Promise.resolve();
  return () => (last = last.then(work));
}

/** Does the same so many times, at most `parallel` of them at once. */
async function repeat(times, parallel, work) {
  let left = times;
  const worker = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}
