import type { ChildProcess } from 'node:child_process';
import { expect, test } from '@jest/globals';
import type { Fault, Simulator } from '../../src/simulator/simulator.ts';
import { runStep, type Outcome } from './harness.ts';
import { world } from './world.ts';

/** Runs a step and sends it a signal while it waits because of the fault. */
async function cancel(
  fault: Fault,
  signal: NodeJS.Signals,
): Promise<{ step: Outcome; sprinklr: Simulator; milliseconds: number }> {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', fault);
  let sent = 0;
  const step = await runStep({
    inputs: token,
    onStart(child) {
      onceWaiting(child, sprinklr, () => {
        sent = performance.now();
        child.kill(signal);
      });
    },
  });
  return { step, sprinklr, milliseconds: performance.now() - sent };
}

function onceWaiting(child: ChildProcess, sprinklr: Simulator, act: () => void): void {
  const timer = setInterval(() => {
    if (sprinklr.requests.length === 0) return;
    clearInterval(timer);
    // After this time, the response has arrived and the wait has begun.
    setTimeout(act, 150);
  }, 5);
  child.once('exit', () => {
    clearInterval(timer);
  });
}

const signals = ['SIGINT', 'SIGTERM'] as const;
const faults: [string, Fault][] = [
  ['the server hangs', { kind: 'hang' }],
  ['a response drips in', { kind: 'drip', everyMs: 1000 }],
  ['it waits for the next attempt', { kind: 'retry-after', after: 30 }],
];

test.each(signals.flatMap((signal) => faults.map(([when, fault]) => [signal, when, fault] as const)))(
  '%s ends a step at once while %s, without outputs',
  async (signal, _, fault) => {
    const { step, sprinklr, milliseconds } = await cancel(fault, signal);

    expect(step.signal).toBe(signal);
    expect(milliseconds).toBeLessThan(1000);
    expect(step.outputs).toEqual({});
    expect(step.env).toEqual({});
    expect(step.summary).toBe('');
    expect(step.errors).toEqual([]);
    expect(sprinklr.requests).toHaveLength(1);
  },
);
