import { EventEmitter } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import { gh } from '../../src/cli/gh.ts';
import { processIo } from '../../src/cli/io.ts';
import { remoteRepositories } from '../../src/cli/setup/github.ts';
import { requireIgnored } from '../../src/cli/work-tree.ts';
import { fakeGh } from './fake-programs.ts';
import { folderWith } from './folders.ts';

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

test('git gets no secret in its environment', () => {
  const folder = folderWith({ git: `#!/bin/sh\nenv >> "$(dirname "$0")/environment"\n`, '.git': '' });
  chmodSync(join(folder, 'git'), 0o755);
  const env = {
    PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
    SPRINKLR_API_SECRET: 'S3cr3t-V4lue',
    SPRINKLR_PRIVATE_KEY_FILE: '/nowhere/server.der',
    OTHER: 'kept',
  };
  const io = { ...processIo(), cwd: folder, env };
  remoteRepositories(io);
  requireIgnored(folder, ['server.key'], io);
  const names = readFileSync(join(folder, 'environment'), 'utf8').match(/^(SPRINKLR_\w+|OTHER)(?==)/gm);
  expect(names).toEqual(['OTHER', 'OTHER']);
});
