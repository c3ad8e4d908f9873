import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { expectFailure } from './expectations.ts';
import { runBundle, runSource, runStep, type Outcome } from './harness.ts';
import { closedPort } from './http-server.ts';
import { app, world } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-errors-'));

/** What a step printed at debug level about the causes of its failure. */
function causesIn({ log }: Outcome): string[] {
  const lines = [...log.matchAll(/^::debug::(Caused by .*)$/gm)];
  return lines.map(([, line = '']) => line.replaceAll('%0A', '\n'));
}

/** Runs a step from source whose first mask can't be printed, as with a broken pipe. Returns the causes that it logs. */
async function causesOf(createFailure: () => unknown): Promise<string[]> {
  let thrown = false;
  const step = await runSource({
    inputs: { 'api-key': app.apiKey },
    onOutput() {
      if (thrown) return;
      thrown = true;
      throw createFailure();
    },
  });
  expectFailure(step, 'INTERNAL', /internal error.*debug logging.*issue/);
  expect(step.log).not.toMatch(/Hunter\d/);
  return causesIn(step);
}

test('an error of ours that is not an ActionError is INTERNAL, and its debug log has readable frames', async () => {
  const [cause = ''] = await causesOf(() => Object.assign(new TypeError('Hunter2'), { code: 'EPIPE' }));
  expect(cause).toMatch(/^Caused by TypeError EPIPE\n {4}at /);
  expect(cause).toMatch(/at maskSecretInputs \(.*src\/request\/parse\.ts:\d+:\d+\)/);
  expect(cause).toMatch(/at parseRequest \(.*src\/action\/run\.ts:\d+:\d+\)/);
});

test('the debug log has the whole chain of causes, without their messages', async () => {
  const causes = await causesOf(
    () => new Error('Hunter2', { cause: new RangeError('Hunter3', { cause: 'Hunter4' }) }),
  );
  expect(causes.map((line) => line.split('\n')[0])).toEqual([
    'Caused by Error',
    'Caused by RangeError',
    'Caused by string',
  ]);
});

test('an error whose message was changed later has no frames: they could be the old message', async () => {
  const error = new Error('first line\n    at Hunter2');
  expect(error.stack).toContain('Hunter2');
  error.message = 'changed';
  expect(await causesOf(() => error)).toEqual(['Caused by Error']);
});

test.each([
  ['without a message', () => new Error()],
  ['with a line of its message that looks like a frame', () => new Error('line\n    at Hunter2 (x.ts:1:1)')],
])('an error %s has frames', async (_, createError) => {
  expect((await causesOf(createError)).join()).toMatch(/^Caused by Error\n {4}at .*\n.*at maskSecretInputs/s);
});

test.each([
  ['undefined', undefined, []],
  ['a string', 'Hunter2', ['Caused by string']],
])('a thrown value that is no error (%s) is INTERNAL', async (_, value, causes) => {
  expect(await causesOf(() => value)).toEqual(causes);
});

test('an output file that is removed while the step runs is INTERNAL', async () => {
  const output = join(folder, 'output');
  writeFileSync(output, '');
  const { token } = await world({
    log: () => {
      rmSync(output);
    },
  });
  const step = await runStep({ inputs: token, env: { GITHUB_OUTPUT: output } });

  expect(step.exitCode).toBe(1);
  expect(step.errors).toMatchObject([
    { title: 'INTERNAL', message: expect.stringContaining('debug logging') },
  ]);
  expect(causesIn(step)).toEqual([expect.stringMatching(/^Caused by Error(\n {4}at [^\n]+)+$/)]);
  expect(step.log).toMatch(/^::debug::.*error-code.*\n*$/m);
  expect(step.log).not.toContain('Missing file');
});

test('a network failure logs its original error at debug level, without the message', async () => {
  const { token } = await world();
  const inputs = { ...token, 'base-url': await closedPort(), 'max-attempts': '1' };
  const step = await runSource({ inputs });

  expectFailure(step, 'NETWORK_UNREACHABLE');
  expect(step.errors[0]?.message).not.toContain('Caused by');
  expect(causesIn(step).join('\n')).toMatch(/^Caused by Error ECONNREFUSED\n {4}at /m);
  expect(step.log).not.toContain('connect ECONNREFUSED');
});

const readOnly = join(folder, 'read-only');
writeFileSync(readOnly, '', { mode: 0o400 });
// Root can write to a read-only file.
const readOnlyFiles = process.getuid?.() === 0 ? [] : [['is read-only', readOnly] as const];

test.each<readonly [what: string, path: string | undefined]>([
  ['is not set', undefined],
  ['is empty', ''],
  ['is a folder', folder],
  ['does not exist', join(folder, 'missing')],
  ...readOnlyFiles,
])('a file of the runner that %s fails the step before any request', async (_, path) => {
  const code: ErrorCode = path ? 'INPUT_INVALID' : 'INPUT_MISSING';
  for (const variable of ['GITHUB_OUTPUT', 'GITHUB_ENV']) {
    const { sprinklr, token, register } = await world();
    for (const inputs of [token, register]) {
      const step = await runStep({ inputs, env: { [variable]: path } });

      expect(step.exitCode).toBe(1);
      expect(step.errors).toMatchObject([{ title: code, message: expect.stringContaining(variable) }]);
      expect(step.errors[0]?.message).toContain('npx @org/sprinklr-token@1 demo');
      expect(step.log).not.toContain('::set-output');
      expect(sprinklr.requests).toEqual([]);
    }
  }
});

test('without any file of the runner, the error names both variables', async () => {
  const { token } = await world();
  const step = await runStep({ inputs: token, env: { GITHUB_OUTPUT: undefined, GITHUB_ENV: undefined } });
  expect(step.errors[0]?.message).toMatch(/GITHUB_OUTPUT.*GITHUB_ENV/);
});

test('a secret so short that every sealed token contains it is INPUT_INVALID', async () => {
  // The start of every header, in base64url.
  const apiSecret = 'eyJh';
  const { token } = await world({ apps: [{ ...app, apiSecret }] });
  const step = await runStep({ inputs: { ...token, seal: 'true', 'api-secret': apiSecret } });
  expectFailure(step, 'INPUT_INVALID', '8 characters');
});

test('a step that Node ends because nothing is left to wait for fails', async () => {
  const preload = join(folder, 'abandon.cjs');
  // No connection is ever made, and no timer keeps the process alive.
  writeFileSync(
    preload,
    `const { Socket } = require('node:net');
Socket.prototype.connect = function () { return this; };
const { setTimeout } = globalThis;
globalThis.setTimeout = (...args) => setTimeout(...args).unref();
`,
  );
  const { token } = await world();
  const step = await runBundle({ inputs: token, env: { NODE_OPTIONS: `--require ${preload}` } });

  expect(step.errors).toEqual([]);
  expect(step.outputs).toEqual({});
  expect(step.exitCode).toBe(1);
});
