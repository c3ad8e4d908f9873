import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep } from './harness.ts';
import { world } from './world.ts';

/** What a step that runs in this process could leave changed. */
function processState(): unknown {
  return {
    env: { ...process.env },
    exitCode: process.exitCode,
    writes: [process.stdout, process.stderr].map((stream) => Reflect.get(stream, 'write')),
    console: globalThis.console,
  };
}

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('a step that runs from source leaves no variable, exit code, output, or socket behind', async () => {
  const before = processState();
  const sockets = openSockets();
  const { sprinklr, token } = await world();
  expectSuccess(await runStep({ inputs: token }));
  expectFailure(await runStep({ inputs: { ...token, 'app-id': '' } }), 'INPUT_MISSING');
  sprinklr.fault('apptoken', { kind: 'hang' });
  expectFailure(await runStep({ inputs: { ...token, 'timeout-seconds': '5' } }), 'TIMED_OUT');
  await sprinklr.close();
  for (let left = 100; left > 0 && openSockets() > sockets; left--) await sleep(10);

  expect(processState()).toEqual(before);
  expect(openSockets()).toBeLessThanOrEqual(sockets);
});

test('steps that are started together run one after the other, each with its own environment', async () => {
  const worlds = await Promise.all([world(), world()]);
  const steps = await Promise.all(worlds.map(({ token }) => runStep({ inputs: token })));

  expect(steps.map(({ outputs }) => outputs['api-url'])).toEqual(
    worlds.map(({ sprinklr }) => `${sprinklr.origin}/prod2`),
  );
});
