import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import { cases } from '../volume.ts';
import { expectInvariants } from './invariants.ts';
import { createRunner, type ScenarioRunner } from './run-scenario.ts';
import { scenarios } from './scenario.ts';

/** Steps at once. Most of their time is spent waiting for servers that stall. */
const CONCURRENCY = 4;

let runners: ScenarioRunner[];
beforeAll(async () => {
  runners = await Promise.all(Array.from({ length: CONCURRENCY }, createRunner));
});
afterAll(() => {
  for (const runner of runners) runner.close();
});

test('every random step as a child process keeps the invariants, even if the server stalls', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: scenarios('token', { stalls: true }) },
    { weight: 2, arbitrary: scenarios('register', { stalls: true }) },
    { weight: 1, arbitrary: scenarios('unseal') },
  );
  const steps = fc.tuple(step, step, step, step);
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      await Promise.all(
        all.map(async (scenario, index) => {
          const result = await runners[index]?.run(scenario, 'process');
          if (result !== undefined) expectInvariants(result);
        }),
      );
    }),
    { numRuns: cases(200 / CONCURRENCY), endOnFailure: true },
  );
});
