import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import type { Inputs } from '../action/harness.ts';
import { figuresOf } from './figures.ts';
import { player, type Player } from './play.ts';
import { expectPromises } from './promises.ts';
import { scenarios, type Mode, type Scenario } from './scenario.ts';

/**
 * Plays that many random steps of a mode within this process, and holds each against what is promised of all.
 *
 * @param always inputs that are the same in all of them
 */
export function playInside(mode: Mode, all: number, always: Inputs = {}): void {
  const named = Object.keys(always).map((name) => ` with ${name}`);
  const { count, parameters } = figuresOf(`steps in mode ${mode}${named.join('')}, in-process`);
  const steps = scenarios(mode).map((one): Scenario => ({
    ...one,
    settings: { ...one.settings, ...always },
  }));
  let stage: Player;
  beforeAll(async () => {
    stage = await player();
  });
  afterAll(() => {
    stage.close();
  });

  test(`whatever a step in mode ${mode} is given and answered, it keeps its promises`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (scenario) => {
        const played = await stage.play(scenario);
        count(played.outcome.outputs['error-code']);
        expectPromises(played);
      }),
      parameters(all),
    );
  });
}
