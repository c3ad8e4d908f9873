// The simulator of a soak: with a script of faults, and with its memory in view.
import { setTimeout as sleep } from 'node:timers/promises';
import { median, startSprinklr } from '../bench/world.js';
import { faultFlags } from './script.js';

/** The limits of one API key have tests of their own. */
const UNLIMITED = ['--per-second=1000000', '--per-hour=1000000'];
/** What a request may add to the memory that is alive, in bytes, for the simulator has to know every assertion again. */
const MOST_FOR_REQUEST = 100;
/** What else may come, in bytes: Node.js cuts small buffers from pools of 64 KiB, and may have begun another one. */
const MOST_IN_ALL = 80_000;

/** Starts it in a process of its own; its requests meet faults in this order. */
export async function startScripted(material, requests) {
  process.env.NODE_OPTIONS = `--import=${new URL('memory.js', import.meta.url).href}`;
  try {
    const sprinklr = await startSprinklr(material, ...UNLIMITED, ...faultFlags(requests));
    const looks = [];
    const printed = (pattern) => sprinklr.log.flatMap((line) => pattern.exec(line) ?? []);
    return {
      ...sprinklr,
      /** How many requests it was asked, and how many of them met a fault. Complete once it has ended. */
      served: () => ({
        requests: printed(/^(?:POST|GET) /).length,
        faults: printed(/^(?:POST|GET) .*\(fault: /).length,
      }),
      /** Has it collect its garbage and say what is left. */
      async look() {
        process.kill(sprinklr.pid, 'SIGUSR2');
        for (;;) {
          const said = sprinklr.log.filter((line) => line.startsWith('memory '));
          if (said.length > looks.length) {
            const [alive, taken] = said.at(-1).split(' ').slice(1).map(Number);
            looks.push({ alive, taken, requests: printed(/^(?:POST|GET) /).length });
            return;
          }
          await sleep(2);
        }
      },
      memory: () => judged(looks),
    };
  } finally {
    delete process.env.NODE_OPTIONS;
  }
}

/**
 * The second, third and last fifth of what was seen, each as its median: the first fifth is warm-up, and between the
 * middle one and the last nothing may have grown.
 */
function judged(looks) {
  const fifth = (index) => {
    const part = looks.slice((index * looks.length) / 5, ((index + 1) * looks.length) / 5);
    const middle = (name) => Math.round(median(part.map((look) => look[name])));
    return { alive: middle('alive'), taken: middle('taken'), requests: middle('requests') };
  };
  const [warm, between, last] = [1, 2, 4].map(fifth);
  const grown = last.alive - between.alive;
  const requests = last.requests - between.requests;
  return { warm, between, last, grown, requests, flat: grown <= MOST_IN_ALL + MOST_FOR_REQUEST * requests };
}
