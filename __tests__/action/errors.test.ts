import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { run } from '../../src/action/run.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { sharedMaterial } from '../material.ts';
import { parseCommands, type Command } from './commands.ts';

const app = {
  apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
  apiSecret: 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};
const material = sharedMaterial();
const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-errors-'));
const OUTPUT = join(folder, 'output');
const INPUTS = {
  'private-key': material.secret,
  'app-id': 'eyJwSWQiOjF9',
  username: 'ci-bot@example.com',
  'api-key': app.apiKey,
  'api-secret': app.apiSecret,
  'redirect-uri': app.redirectUri,
  environment: app.environment,
  // Nothing listens there.
  'base-url': 'http://127.0.0.1:1',
  'max-attempts': '1',
};

const environment = { ...process.env };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((close) => close()));
});

interface Result {
  readonly code: string;
  readonly message: string;
  readonly debug: readonly string[];
  readonly exitCode: unknown;
  /** The content of GITHUB_OUTPUT. */
  readonly output: string;
}

interface Step {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Thrown when the step registers its first mask, as by a broken pipe. */
  readonly failure?: () => unknown;
}

/** Runs a step from the source in this process, and returns how it failed. */
async function runFailing({ inputs = {}, env = {}, failure }: Step): Promise<Result> {
  let log = '';
  let failed = false;
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    if (failure !== undefined && !failed && text.toString().startsWith('::add-mask::')) {
      failed = true;
      throw failure();
    }
    log += text.toString();
    return true;
  });
  writeFileSync(OUTPUT, '');
  const variables: Record<string, string | undefined> = {
    GITHUB_OUTPUT: OUTPUT,
    GITHUB_ENV: OUTPUT,
    GITHUB_REPOSITORY: 'example/pipeline',
    GITHUB_RUN_ID: '987654',
    ...env,
  };
  for (const [name, value] of Object.entries({ ...INPUTS, ...inputs }))
    variables[`INPUT_${name.toUpperCase()}`] = value;
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  try {
    await run();
    const commands = parseCommands(log);
    const messages = (name: string): Command[] => commands.filter((command) => command.name === name);
    const [annotation, ...more] = messages('error');
    expect(more).toEqual([]);
    return {
      code: annotation?.title ?? '',
      message: annotation?.message ?? '',
      debug: messages('debug').map(({ message }) => message),
      exitCode: process.exitCode,
      output: readFileSync(OUTPUT, 'utf8'),
    };
  } finally {
    write.mockRestore();
    process.exitCode = undefined;
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, environment);
  }
}

test('an error of ours that is not an ActionError is INTERNAL, and its debug log has readable frames', async () => {
  const result = await runFailing({
    failure: () => Object.assign(new TypeError('Hunter2'), { code: 'EPIPE' }),
  });
  expect(result).toMatchObject({ code: 'INTERNAL', exitCode: 1 });
  expect(result.message).toMatch(/internal error.*debug logging.*issue/);
  expect(result.output).toContain('INTERNAL');
  const [cause = ''] = result.debug;
  expect(cause).toMatch(/^Caused by TypeError EPIPE\n {4}at /);
  expect(cause).toMatch(/at maskSecretInputs \(.*src\/request\/parse\.ts:\d+:\d+\)/);
  expect(cause).toMatch(/at parseRequest \(.*src\/action\/run\.ts:\d+:\d+\)/);
  expect(JSON.stringify(result)).not.toContain('Hunter2');
});

test('the debug log has the whole chain of causes, without their messages', async () => {
  const { code, debug } = await runFailing({
    failure: () => new Error('Hunter2', { cause: new RangeError('Hunter3', { cause: 'Hunter4' }) }),
  });
  expect(code).toBe('INTERNAL');
  expect(debug.map((line) => line.split('\n')[0])).toEqual([
    'Caused by Error',
    'Caused by RangeError',
    'Caused by string',
  ]);
  expect(debug.join()).not.toMatch(/Hunter\d/);
});

test('an error without a message has frames, too', async () => {
  const { debug } = await runFailing({ failure: () => new Error() });
  expect(debug.join()).toMatch(/^Caused by Error\n {4}at .*\n.*at maskSecretInputs/s);
});

test('an error whose message was changed later has no frames: they could be the old message', async () => {
  const error = new Error('first line\n    at Hunter2');
  expect(error.stack).toContain('Hunter2');
  error.message = 'changed';
  const { debug } = await runFailing({ failure: () => error });
  expect(debug).toEqual(['Caused by Error']);
});

test('a line of a message that looks like a frame is not logged', async () => {
  const { debug } = await runFailing({ failure: () => new Error('first line\n    at Hunter2 (x.ts:1:1)') });
  expect(debug.join()).toMatch(/at maskSecretInputs/);
  expect(debug.join()).not.toContain('Hunter2');
});

test.each([
  ['undefined', undefined, []],
  ['a string', 'Hunter2', ['Caused by string']],
])('a thrown value that is no error (%s) is INTERNAL', async (_, value, debug) => {
  expect(await runFailing({ failure: () => value })).toMatchObject({ code: 'INTERNAL', exitCode: 1, debug });
});

test('a network failure logs its original error at debug level, without the message', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const result = await runFailing({ inputs: { 'base-url': `http://127.0.0.1:${port}` } });
  expect(result).toMatchObject({ code: 'NETWORK_UNREACHABLE', exitCode: 1 });
  expect(result.message).not.toContain('Caused by');
  expect(result.debug.join('\n')).toMatch(/Caused by Error ECONNREFUSED\n {4}at /);
  expect(result.debug.join('\n')).not.toContain('connect ECONNREFUSED');
});

test.each([
  [
    'an unreadable key',
    { 'private-key': Buffer.from(material.der.subarray(0, 400)).toString('base64') },
    'KEY_UNREADABLE',
  ],
  [
    'a wrong passphrase',
    { 'private-key': encryptedKey(), 'private-key-passphrase': 'wrong passphrase' },
    'KEY_ENCRYPTED',
  ],
  [
    'a text that is not a sealed token',
    { mode: 'unseal', 'sealed-token': 'a.b.c.d.e' },
    'SEALED_TOKEN_INVALID',
  ],
])('%s is not INTERNAL', async (_, inputs, code) => {
  expect(await runFailing({ inputs })).toMatchObject({ code, exitCode: 1 });
});

function encryptedKey(): string {
  return material
    .openssl('pkcs8', '-topk8', '-in', 'server.key', '-passout', 'pass:SomePassword', '-v2', 'aes-256-cbc')
    .toString();
}

test.each(['GITHUB_OUTPUT', 'GITHUB_ENV'])('a missing %s is INPUT_MISSING', async (name) => {
  for (const value of ['', undefined]) {
    const result = await runFailing({ env: { [name]: value } });
    expect(result).toMatchObject({ code: 'INPUT_MISSING', exitCode: 1 });
    expect(result.message).toContain(name);
  }
});

test.each(['GITHUB_OUTPUT', 'GITHUB_ENV'])('a %s that cannot be written is INPUT_INVALID', async (name) => {
  const readOnly = join(folder, `read-only-${name}`);
  writeFileSync(readOnly, '', { mode: 0o400 });
  // Root can write to a read-only file.
  const readOnlyFiles = process.getuid?.() === 0 ? [] : [readOnly];
  for (const path of [folder, join(folder, 'missing'), ...readOnlyFiles]) {
    const result = await runFailing({ env: { [name]: path } });
    expect([path, result.code, result.exitCode]).toEqual([path, 'INPUT_INVALID', 1]);
    expect(result.message).toContain(name);
  }
});

test('sealing outside of a workflow run is INPUT_MISSING', async () => {
  const result = await runFailing({ inputs: { seal: 'true' }, env: { GITHUB_RUN_ID: undefined } });
  expect(result.code).toBe('INPUT_MISSING');
  expect(result.message).toContain('GITHUB_RUN_ID');
});

test('a secret so short that every sealed token contains it is INPUT_INVALID', async () => {
  const simulator = await startSimulator({ apps: [{ ...app, apiSecret: 'eyJh' }] });
  cleanups.push(() => simulator.close());
  const appId = simulator.register(material.certificate, app.apiKey);
  const result = await runFailing({
    inputs: { seal: 'true', 'api-secret': 'eyJh', 'app-id': appId, 'base-url': simulator.origin },
  });
  expect(result).toMatchObject({ code: 'INPUT_INVALID', exitCode: 1 });
  expect(result.message).toContain('8 characters');
  expect(result.output).not.toMatch(/sealed-token|access-token/);
});
