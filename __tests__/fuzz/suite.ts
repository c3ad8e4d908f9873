import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import { figuresOf } from './figures.ts';
import { player, type Player } from './play.ts';
import { expectPromises } from './promises.ts';
import { scenarios, type Mode } from './scenario.ts';

/** Plays that many random steps of a mode within this process, and holds each against what is promised of all. */
export function playInside(mode: Mode, all: number): void {
  const { count, parameters } = figuresOf(`steps in mode ${mode}, in-process`);
  let stage: Player;
  beforeAll(async () => {
    stage = await player();
  });
  afterAll(() => {
    stage.close();
  });

  test(`whatever a step in mode ${mode} is given and answered, it keeps its promises`, async () => {
    await fc.assert(
      fc.asyncProperty(scenarios(mode), async (scenario) => {
        const played = await stage.play(scenario);
        count(played.outcome.outputs['error-code']);
        expectPromises(played);
      }),
      parameters(all),
    );
  });
}
