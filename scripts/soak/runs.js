// The two halves of a soak. Each returns its figures, and in `wrong` whatever was not as it had to be.
import { performance } from 'node:perf_hooks';
import { whoAmI } from '../bench/world.js';
import { planEach, planRun, planTogether } from './script.js';
import { startScripted } from './simulator.js';
import { runStep, shows } from './step.js';

/** How often the memory of the simulator is looked at. */
const LOOKS = 50;

/**
 * One run after the other, each ending the token of the one before, and each with a script of its own. First a run for
 * each fault: the memory is looked at when the simulator has done all that it ever does, for doing so takes some.
 */
export async function soakInARow({ runs, random, material }) {
  const first = planEach();
  const plans = [...first, ...Array.from({ length: runs }, () => planRun(random))];
  // Where a run is to hand a token over, it is asked whose it is.
  const asked = plans.flatMap(({ requests, code }) =>
    code === undefined ? [...requests, { endpoint: 'me', fault: 'none' }] : requests,
  );
  const soak = await begin(material, asked);
  const { sprinklr, wrong } = soak;
  try {
    for (const [index, plan] of plans.entries()) {
      const nth = index - first.length;
      if (nth >= 0 && nth % Math.ceil(runs / LOOKS) === 0) await sprinklr.look();
      const step = await soak.run(plan.inputs);
      const met = plan.requests.map(({ endpoint, fault }) => `${endpoint}=${fault}`).join(' ');
      const say = (flaw) => wrong.push(`run ${index + 1} (${met}) ${flaw}`);
      step.wrong.forEach(say);
      if (step.code !== plan.code || step.requests !== plan.requests.length) {
        const ended = `${step.code ?? 'a token'} after ${step.requests} requests`;
        say(`ended with ${ended} instead of ${plan.code ?? 'a token'} after ${plan.requests.length}`);
        // The runs after it would meet what was meant for others.
        return await soak.end();
      }
      if (step.code === undefined && (await whoAmI(step.outputs, sprinklr.apiKey)) !== 200)
        say('handed over a token that is not live');
    }
    await sprinklr.look();
    const { flat, grown, requests } = sprinklr.memory();
    if (!flat) wrong.push(`the simulator's memory grew by ${grown} bytes over ${requests} requests`);
    return {
      ...(await soak.end({ requests: asked.length, faults: faultsIn(asked) })),
      memory: sprinklr.memory(),
      recovered: plans.filter(({ code, requests }) => code === undefined && faultsIn(requests) > 0).length,
    };
  } finally {
    await sprinklr.stop();
  }
}

/** Runs at once that share one API key, so that they end each other's tokens: only the last one is live. */
export async function soakTogether({ runs, atOnce, random, material }) {
  const plan = planTogether(runs, random);
  const soak = await begin(material, plan.requests);
  const { sprinklr, wrong, steps } = soak;
  try {
    let left = runs;
    const worker = async () => {
      while (left-- > 0) await soak.run(plan.inputs);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    wrong.push(
      ...steps.flatMap((step, index) =>
        step.wrong.map((flaw) => `the run that ended as no. ${index + 1} ${flaw}`),
      ),
    );
    const [ended, meant] = [soak.codes(), plan.codes];
    for (const code of new Set([...Object.keys(ended), ...Object.keys(meant)])) {
      if (ended[code] !== meant[code])
        wrong.push(`${ended[code] ?? 0} runs ended with ${code} instead of ${meant[code] ?? 0}`);
    }
    const tokens = steps.filter(({ code }) => code === undefined);
    let live = 0;
    for (const { outputs } of tokens) if ((await whoAmI(outputs, sprinklr.apiKey)) === 200) live += 1;
    if (live !== 1) wrong.push(`${live} of the tokens are live instead of the last one`);
    return await soak.end({ requests: plan.total + tokens.length, faults: faultsIn(plan.requests) });
  } finally {
    await sprinklr.stop();
  }
}

async function begin(material, asked) {
  const sprinklr = await startScripted(material, asked);
  const begun = performance.now();
  const steps = [];
  const wrong = [];
  const codes = () => counted(steps.map(({ code }) => code).filter((code) => code !== undefined));
  return {
    sprinklr,
    steps,
    wrong,
    codes,
    async run(inputs) {
      const step = await runStep({ ...sprinklr.inputs, ...inputs, 'private-key': material.privateKey });
      steps.push(step);
      return step;
    },
    /** Ends the simulator and holds what it counted against what it should have been asked. */
    async end(meant) {
      const milliseconds = performance.now() - begun;
      await sprinklr.stop();
      const served = sprinklr.served();
      for (const [what, count] of Object.entries(meant ?? {})) {
        if (served[what] !== count)
          wrong.push(`the simulator counts ${served[what]} ${what} instead of ${count}`);
      }
      // It prints the API key, made up as it is, when it starts.
      const known = [material.privateKey, sprinklr.inputs['api-secret']];
      const secrets = [...known, ...steps.flatMap(({ outputs }) => outputs['access-token'] ?? [])];
      if (shows(sprinklr.log.join('\n'), secrets)) wrong.push('the simulator shows a secret');
      return {
        milliseconds,
        steps,
        codes: codes(),
        ...served,
        wrong,
      };
    },
  };
}

function faultsIn(requests) {
  return requests.filter(({ fault }) => fault !== 'none').length;
}

function counted(names) {
  const counts = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
