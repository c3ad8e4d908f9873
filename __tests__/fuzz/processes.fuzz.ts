import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import { figuresOf } from './figures.ts';
import { player, type Player } from './play.ts';
import { expectPromises } from './promises.ts';
import { scenarios } from './scenario.ts';

/** Together they wait out what a server that stalls makes them wait. */
const AT_ONCE = 4;

const { count, parameters } = figuresOf('steps as child processes');
let stages: Player[];
beforeAll(async () => {
  stages = await Promise.all(Array.from({ length: AT_ONCE }, player));
});
afterAll(() => {
  for (const { close } of stages) close();
});

test('a step in a process of its own keeps its promises, also where a server makes it wait', async () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: scenarios('token', { slow: true }) },
    { weight: 2, arbitrary: scenarios('register', { slow: true }) },
    { weight: 1, arbitrary: scenarios('unseal') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (steps) => {
      const all = stages.map(async ({ play }, at) => {
        const scenario = steps[at];
        if (scenario === undefined) return;
        const played = await play(scenario, 'process');
        count(played.outcome.outputs['error-code']);
        expectPromises(played);
      });
      await Promise.all(all);
    }),
    { ...parameters(200 / AT_ONCE), endOnFailure: true },
  );
});
