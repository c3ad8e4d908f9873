import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseFaults, startSimulator, type Fault, type Simulator } from '../../src/simulator/simulator.ts';
import { expectNone } from '../action/leaks.ts';
import { ENCODINGS } from '../encodings.ts';
import { app, doctorCall, material, validInputs, without, type Inputs } from './doctor-harness.ts';
import { folderWith } from './folders.ts';
import { freePort, run, terminal, type Result } from './harness.ts';

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A name that occurs nowhere else. */
const ENVIRONMENT = 'acmetenant7';

async function sprinklrWith(...faults: Fault[]): Promise<{ sprinklr: Simulator; inputs: Inputs }> {
  const sprinklr = await startSimulator({ apps: [{ ...app, environment: ENVIRONMENT }] });
  running.push(sprinklr);
  sprinklr.fault('apptoken', ...faults);
  const appId = sprinklr.register(material.certificate, app.apiKey);
  const inputs = {
    ...validInputs,
    environment: ENVIRONMENT,
    'app-id': appId,
    'base-url': sprinklr.origin,
    username: 'jane.doe@acme.example',
  };
  return { sprinklr, inputs };
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly status?: number;
  readonly failure?: string;
  readonly milliseconds: number;
  readonly [name: string]: unknown;
}

interface Reported extends Result {
  readonly text: string;
  readonly file: string;
  readonly calls: readonly Call[];
  readonly gateway: string;
}

async function report(inputs: Inputs, args: readonly string[] = []): Promise<Reported> {
  const file = join(folderWith(), 'report.json');
  const result = await run(doctorCall({ inputs, args: ['--live', '--yes', '--report', file, ...args] }));
  const text = readFileSync(file, 'utf8');
  return { ...result, ...(JSON.parse(text) as { calls: Call[]; gateway: string }), text, file };
}

/** Everything that the report must not contain, in any encoding. */
function expectNothingPrivate(text: string, sprinklr: Simulator, inputs: Inputs): void {
  const received = sprinklr.requests.flatMap(({ query, headers }) => [
    ...query.values(),
    headers.authorization?.replace('Bearer ', '') ?? '',
  ]);
  const allowed = ['code', 'authorization_code'];
  const secrets = [
    ...received,
    sprinklr.liveToken(app.apiKey) ?? '',
    ...[material.secret, material.key, app.apiKey, app.apiSecret],
    ...['app-id', 'username', 'environment', 'redirect-uri', 'base-url'].map((name) => inputs[name] ?? ''),
    ...['127.0.0.1', 'www.example.com', 'acme', 'jane', 'Simulated User', '66014640', '66000002'],
  ].filter((secret) => secret.length >= 4 && !allowed.includes(secret));
  expectNone(text, secrets);
  const searched = text.toLowerCase();
  for (const secret of secrets)
    for (const encode of Object.values(ENCODINGS))
      expect(searched).not.toContain(encode(secret).toLowerCase());
}

test('it contains each call with names, types, and numbers, and the file is private', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const { exitCode, stderr, text, file, calls, gateway } = await report(inputs);

  expect(exitCode).toBe(0);
  expect(stderr).toContain(`Wrote ${file}. It contains no values.`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(file, '..'))).toEqual(['report.json']);
  expect(text.split('\n').length).toBeGreaterThan(20);
  expect(gateway).toBe('custom base-url');
  expect(calls.map(({ method, path, status }) => [method, path, status])).toEqual([
    ['GET', '/', 200],
    ['GET', '/{env}/oauth/authorize', 200],
    ['POST', '/{env}/oauth/apptoken/{appId}', 200],
    ['GET', '/{env}/api/v2/me', 200],
  ]);
  expect(calls[2]).toEqual({
    method: 'POST',
    path: '/{env}/oauth/apptoken/{appId}',
    queryParameters: ['client_id', 'client_secret', 'redirect_uri', 'grant_type', 'refresh_token'],
    formParameters: [],
    requestHeaders: ['accept', 'accept-encoding', 'key', 'content-type'],
    milliseconds: expect.any(Number),
    status: 200,
    contentType: 'application/json',
    responseHeaders: expect.arrayContaining(['spr-token-version', 'date', 'content-type']),
    body: { access_token: 'string', token_type: 'string', Expires_in: 'number' },
  });
  expect(calls[3]?.['body']).toMatchObject({
    data: { id: 'number', name: 'string', email: 'string', properties: {} },
    errors: [],
  });
  expectNothingPrivate(text, sprinklr, inputs);
});

test.each([
  ['apptoken=401:mashery', { status: 401, contentType: 'text/xml', body: 'HTML or XML' }],
  ['apptoken=400:oauth', { status: 400, body: { error: 'string', error_description: 'string' } }],
  ['apptoken=400:apigee-oauth', { status: 400, body: { ErrorCode: 'string', Error: 'string' } }],
  ['apptoken=401:list', { body: { success: 'boolean', errors: [{ code: 'string', details: {} }] } }],
  ['apptoken=200:data', { status: 200, body: { data: 'null', errors: [{ code: 'number' }] } }],
  ['apptoken=403:page', { status: 403, contentType: 'text/html', body: 'HTML or XML' }],
  ['apptoken=502:empty', { status: 502, contentType: 'none', body: 'empty' }],
  ['apptoken=no-expiry', { status: 200, body: { access_token: 'string', token_type: 'string' } }],
  ['apptoken=echo-key', { responseHeaders: expect.arrayContaining(['x-spr-api_key']) }],
  ['apptoken=garbage', { body: 'text that is not JSON' }],
  ['apptoken=giant', { body: 'longer than 1 MiB' }],
  ['apptoken=reset', { failure: 'NETWORK_UNREACHABLE' }],
  ['apptoken=redirect:https://jane.acme.example/?code=abc', { status: 302 }],
])('under %s, it contains what was received', async (script, expected) => {
  const { sprinklr, inputs } = await sprinklrWith(...parseFaults(script).faults);
  const { text, calls } = await report(inputs);
  expect(calls[2]).toMatchObject(expected);
  expectNothingPrivate(text, sprinklr, inputs);
});

test('names that look like values, or contain one, are replaced', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const keys = [
    ...[app.apiKey, app.apiSecret, inputs['username'] ?? '', inputs['app-id'] ?? '', ENVIRONMENT],
    ...['user_acmetenant7', `x-${app.apiKey}`, 'x'.repeat(65), '66014640', 'user66014640', 'two words'],
    ...[
      'P9ewuwNid5hg4KBRNPmI5OGE',
      'd41d8cd98f00b204e9800998ecf8427e',
      ...Object.values(ENCODINGS).map((encode) => encode(app.apiSecret)),
    ],
  ];
  const json = Object.fromEntries(keys.map((key) => [key, key]));
  const headers = {
    'Content-Type': `application/json; x=${app.apiKey}`,
    [`x-${app.apiKey}`]: '1',
    'x-fine': '1',
  };
  const body = JSON.stringify({ ...json, customerId: [1, 2, 'x', { pId: '5' }, { pId: '6' }] });
  sprinklr.fault('apptoken', { kind: 'status', status: 400, headers, body });
  const { text, calls } = await report(inputs);

  const shown = Object.keys(calls[2]?.['body'] as object).filter((name) => !name.startsWith('(a name of '));
  expect(shown).toEqual(['customerId']);
  expect(calls[2]).toMatchObject({
    contentType: 'application/json',
    body: { customerId: ['number', 'string', { pId: 'string of digits' }] },
    responseHeaders: expect.arrayContaining(['x-fine', '(a name of 27 characters)']),
  });
  expectNothingPrivate(text, sprinklr, inputs);
});

test('parameters in the body are listed there, and a refused connection is a failure', async () => {
  const { inputs } = await sprinklrWith();
  const { calls } = await report({ ...inputs, 'parameters-in': 'body' });
  expect(calls[2]).toMatchObject({
    queryParameters: [],
    formParameters: expect.arrayContaining(['client_id']),
  });

  const port = await freePort();
  const refused = await report({ ...inputs, 'base-url': `http://127.0.0.1:${port}` });
  expect(refused.exitCode).toBe(1);
  expect(refused.calls).toEqual([expect.objectContaining({ path: '/', failure: 'NETWORK_UNREACHABLE' })]);
});

test('with --json, standard output is still one document', async () => {
  const { inputs } = await sprinklrWith();
  const { stdout, calls } = await report(inputs, ['--json']);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  expect(calls).toHaveLength(4);
});

describe('the file', () => {
  test('is never replaced without asking, and then nothing is sent', async () => {
    const { sprinklr, inputs } = await sprinklrWith();
    const file = join(folderWith({ 'report.json': 'mine' }), 'report.json');
    const args = ['--live', '--yes', '--report', file];
    const { exitCode, stdout, stderr } = await run(doctorCall({ inputs, args }));
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('already exists');

    const declined = terminal(doctorCall({ inputs, args }));
    await declined.shows('Replace');
    declined.type('n');
    expect(await declined.exit).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(sprinklr.requests).toEqual([]);

    const agreed = terminal(doctorCall({ inputs, args }));
    await agreed.shows('Replace');
    agreed.type('y');
    expect(await agreed.exit).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ gateway: 'custom base-url' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('must be in an existing folder, and cannot be a folder', async () => {
    const { sprinklr, inputs } = await sprinklrWith();
    const folder = folderWith();
    for (const file of [folder, join(folder, 'no/such/report.json')]) {
      const { exitCode } = await run(doctorCall({ inputs, args: ['--live', '--yes', '--report', file] }));
      expect([file, exitCode]).toEqual([file, 1]);
    }
    expect(sprinklr.requests).toEqual([]);
  });

  test('is not written if nothing was sent', async () => {
    const folder = folderWith();
    const inputs = without(validInputs, 'username');
    const args = ['--live', '--yes', '--report', join(folder, 'report.json')];
    const { exitCode, stderr } = await run(doctorCall({ inputs, args }));
    expect([exitCode, readdirSync(folder)]).toEqual([1, []]);
    expect(stderr).toContain('Nothing was sent');
  });
});

test('--report without --live is a usage error', async () => {
  const file = join(folderWith(), 'report.json');
  writeFileSync(file, 'mine');
  const { exitCode, stderr } = await run(doctorCall({ inputs: validInputs, args: ['--report', file] }));
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--report requires --live.')]);
});
