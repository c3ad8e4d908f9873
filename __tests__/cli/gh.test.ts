import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { gh } from '../../src/cli/gh.ts';
import { processIo } from '../../src/cli/io.ts';
import { fakeGh } from './fake-programs.ts';

afterEach(() => {
  jest.useRealTimers();
});

test('gh is ended after a minute, even if a program that it started is not', async () => {
  const fake = fakeGh({ says: "'; sleep 20; printf '", fails: 'secret set' });
  const io = { ...processIo(), env: { PATH: fake.path }, signals: new EventEmitter() };
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  const call = gh(io, ['secret', 'set', 'NAME'], { input: 'S3cr3t-V4lue' });
  const failed = expect(call).rejects.toMatchObject({
    message: '"gh secret set" did not finish within 60 s.',
    remedy: expect.stringContaining('Check the connection to GitHub'),
    exitCode: 1,
  });
  while (fake.lines().length === 0) await pause(10);
  jest.advanceTimersByTime(60_000);
  const start = performance.now();
  await failed;
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(jest.getTimerCount()).toBe(0);
});
