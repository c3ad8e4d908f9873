import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import type { Inputs } from '../action/harness.ts';
import { cases } from '../volume.ts';
import { expectInvariants } from './invariants.ts';
import { createRunner, type ScenarioRunner } from './run-scenario.ts';
import { scenarios, type Mode } from './scenario.ts';

/**
 * Runs `count` random steps of a mode from source and checks the invariants of each.
 *
 * @param fixed inputs that are the same in all of them
 */
export function fuzzSteps(mode: Mode, count: number, fixed: Inputs = {}): void {
  let runner: ScenarioRunner;
  beforeAll(async () => {
    runner = await createRunner();
  });
  afterAll(() => {
    runner.close();
  });

  const name = [mode, ...Object.keys(fixed)].join(' with ');
  test(`every random step in mode ${name} keeps the invariants`, async () => {
    const steps = scenarios(mode).map((scenario) => ({
      ...scenario,
      settings: { ...scenario.settings, ...fixed },
    }));
    await fc.assert(
      fc.asyncProperty(steps, async (scenario) => {
        expectInvariants(await runner.run(scenario));
      }),
      { numRuns: cases(count) },
    );
  });
}
