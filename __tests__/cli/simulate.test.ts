import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep, type Inputs } from '../action/harness.ts';
import { expectNone } from '../action/leaks.ts';
import { makeMaterial, sharedMaterial } from '../material.ts';
import { listen, run, start, terminal, type Running as Program } from './harness.ts';

const material = sharedMaterial();
const certificate = join(material.folder, 'server.crt');

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'sprinklr-token-simulate-'));
}

interface Running {
  readonly program: Program;
  readonly origin: string;
  /** What it printed about itself, by name. */
  readonly says: (name: string) => string;
}

/** Starts it on a free port by default, and waits until it listens. */
async function simulate(
  args: string[] = [],
  { env = {}, port = '0' }: { env?: Record<string, string>; port?: string } = {},
): Promise<Running> {
  const program = start({ args: ['simulate', '--port', port, ...args], env });
  const [, origin = ''] = await program.prints(/^Simulated Sprinklr listening at (\S+)$/m);
  await program.prints(/press Ctrl-C/);
  return {
    program,
    origin,
    says: (name) => new RegExp(`^  ${name} +(.*)$`, 'm').exec(program.stdout())?.[1] ?? '',
  };
}

/** The inputs of a step that gets a token, all read from what was printed. */
function step({ says }: Running, changes: Inputs = {}): Inputs {
  return {
    'base-url': says('base-url'),
    gateway: says('gateway'),
    environment: says('environment').replace(/^\(.*/, ''),
    'api-key': says('api-key'),
    'api-secret': says('api-secret'),
    'redirect-uri': says('redirect-uri'),
    'app-id': says('app-id'),
    username: 'ci-bot@example.com',
    'private-key': material.secret,
    ...changes,
  };
}

async function refused(...args: string[]): Promise<{ exitCode: number | null; stderr: string }> {
  const { exitCode, stdout, stderr } = await run({ args: ['simulate', ...args] });
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n').length).toBeGreaterThanOrEqual(2);
  return { exitCode, stderr };
}

test('with a username it issues tokens for this user only', async () => {
  const running = await simulate(['--certificate-file', certificate, '--username', 'ci-bot@example.com']);
  expect(running.says('username')).toBe('ci-bot@example.com');
  expect((await runStep({ inputs: step(running) })).errors).toEqual([]);
  const { errors, outputs } = await runStep({ inputs: step(running, { username: 'other@example.com' }) });
  expect(errors[0]?.message).toContain('sub is not the username of a user');
  expect(outputs['error-code']).toBe('CREDENTIALS_REJECTED');
});

test('with a certificate it prints an App ID, and everything that a step needs to get and use a token', async () => {
  const running = await simulate(['--certificate-file', certificate]);
  const outcome = await runStep({ inputs: step(running) });
  expect(outcome.errors).toEqual([]);
  expect(outcome.exitCode).toBe(0);
  expect(outcome.outputs['api-url']).toBe(running.says('API URL'));
  const me = await fetch(`${running.says('API URL')}/api/v2/me`, {
    headers: {
      Authorization: `Bearer ${outcome.outputs['access-token'] ?? ''}`,
      Key: running.says('api-key'),
    },
  });
  expect(me.status).toBe(200);
});

test('the certificate can be DER, and can come from standard input', async () => {
  const { folder: place, certificate: pem } = material;
  material.openssl('x509', '-in', 'server.crt', '-outform', 'DER', '-out', 'server.cer');
  const binary = await simulate(['--certificate-file', join(place, 'server.cer')]);
  expect((await runStep({ inputs: step(binary) })).exitCode).toBe(0);

  const program = start({ args: ['simulate', '--port', '0', '--certificate-file', '-'] });
  program.give(pem);
  await program.prints(/^ {2}app-id +\S+=$/m);
});

test.each([
  [['--environment', '{Prod12}'], 'prod12', '/prod12'],
  [['--environment', 'prod'], '(empty: production)', ''],
  [[], '(empty: production)', ''],
  [['--gateway', 'API3', '--environment', 'prod2'], 'prod2', '/prod2'],
])('%j is the environment %s', async (args, shown, segment) => {
  const running = await simulate([...args, '--certificate-file', certificate]);
  expect(running.says('environment')).toBe(shown);
  expect(running.says('API URL')).toBe(`${running.origin}${segment}`);
  expect((await runStep({ inputs: step(running) })).exitCode).toBe(0);
});

test('--gateway api3 has its registration endpoint and its form of errors', async () => {
  const running = await simulate(['--gateway', 'api3']);
  expect(running.says('gateway')).toBe('api3');
  const reply = await fetch(`${running.origin}/api/app/register`, { method: 'POST', body: 'x' });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([403, 'application/json']);
});

test('the app can be given, and its key and secret are not printed then', async () => {
  const secretFile = join(folder(), 'secret');
  writeFileSync(secretFile, '\uFEFFmy-own-secret\r\n');
  const env = { SPRINKLR_API_KEY: 'my-own-key', SPRINKLR_API_SECRET_FILE: secretFile };
  const app = ['--redirect-uri', 'https://a.example/', '--certificate-file', certificate];
  const running = await simulate(app, { env });
  expect(running.says('redirect-uri')).toBe('https://a.example/');
  expect(running.says('api-key')).toBe('(as given)');
  expect(running.program.stdout()).not.toMatch(/my-own-(key|secret)/);
  const right = step(running, { 'api-key': 'my-own-key', 'api-secret': 'my-own-secret' });
  expect((await runStep({ inputs: right })).exitCode).toBe(0);
  const wrong = await runStep({ inputs: { ...right, 'redirect-uri': 'https://a.example' } });
  expect(wrong.outputs['error-code']).toBe('CREDENTIALS_REJECTED');
});

test('a secret in the wrong place is not printed', async () => {
  const secret = 'k7apikey3n5x9w2q8r4t6y1zu';
  const running = await simulate([
    '--environment',
    secret,
    '--redirect-uri',
    `https://a.example/?x=${secret}`,
  ]);
  expect(running.says('environment')).toBe('(as given)');
  expectNone(running.program.stdout() + running.program.stderr(), [secret]);
});

test('--port is the port, and one in use is an error', async () => {
  const { port, close } = await listen();
  const { exitCode, stderr } = await refused('--port', String(port));
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`Cannot listen on 127.0.0.1, port ${port}: the port is already in use.`);
  await close();
  const running = await simulate([], { port: String(port) });
  expect(running.origin).toBe(`http://127.0.0.1:${port}`);
});

test.each([
  ['--port must be a whole number from 0 to 65535', ['--port', '65536']],
  ['--port must be a whole number', ['--port', '80x']],
  ['--per-second must be a whole number from 1', ['--per-second', '0']],
  ['--per-second must be a whole number from 1 to 1000000', ['--per-second', '1000001']],
  ['--per-hour must be a whole number from 1', ['--per-hour', 'many']],
  ['environment', ['--environment', 'prod2/../x']],
  ['gateway', ['--gateway', 'api1']],
  ['redirect-uri', ['--redirect-uri', 'nowhere']],
  ['(INPUT_INVALID)', ['--tls', '--host', 'a b', '--reachable-by-others']],
  ['--host 0.0.0.0 would let other machines connect.', ['--host', '0.0.0.0']],
  ['"apptoken" must begin with one of', ['--fault', 'apptoken']],
  ['"explode" is not a fault', ['--fault', 'me=503', '--fault', 'me=explode']],
])('%s: a usage error', async (problem, args) => {
  const { exitCode, stderr } = await refused(...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(problem);
});

test('faults happen in order, at their endpoint', async () => {
  const running = await simulate(['--fault', 'me=503x2,status:401', '--fault', 'any=retry-after:7']);
  const me = `${running.origin}/api/v2/me`;
  const statuses: number[] = [];
  for (let round = 0; round < 3; round += 1) statuses.push((await fetch(me)).status);
  expect(statuses).toEqual([503, 503, 401]);
  const limited = await fetch(me);
  expect(limited.status).toBe(429);
  expect(limited.headers.get('retry-after')).toBe('7');
  expect((await fetch(me)).status).toBe(403);
  await running.program.prints(/^GET \/api\/v2\/me 503 \d+ ms \(fault: status\)$/m);
});

test('--per-second and --per-hour are the limits of the API key', async () => {
  const errorCode = async (...limits: string[]): Promise<string | null> => {
    const running = await simulate(limits);
    const ask = () => fetch(`${running.origin}/api/v2/me`, { headers: { Key: running.says('api-key') } });
    for (let call = 0; call < 2; call += 1) expect((await ask()).status).toBe(401);
    return (await ask()).headers.get('x-mashery-error-code');
  };
  expect(await errorCode('--per-second', '2')).toBe('ERR_403_DEVELOPER_OVER_QPS');
  expect(await errorCode('--per-hour', '2')).toBe('ERR_403_DEVELOPER_OVER_RATE');
});

test('every request is one line without a key, secret, token, assertion, or code', async () => {
  const secrets = { 'api-key': 'Key7Of9The2App4', 'api-secret': 'Secret8Of3The5App' };
  const env = { SPRINKLR_API_KEY: secrets['api-key'], SPRINKLR_API_SECRET: secrets['api-secret'] };
  const running = await simulate(['--certificate-file', certificate], { env });
  const said = running.program.stdout().length;
  const app = { client_id: secrets['api-key'], redirect_uri: running.says('redirect-uri') };
  const body = new URLSearchParams({ ...app, response_type: 'code', decision: 'allow' });
  const sent = await fetch(`${running.origin}/oauth/authorize`, { method: 'POST', body, redirect: 'manual' });
  const code = new URL(sent.headers.get('location') ?? '').searchParams.get('code') ?? '';
  expect(code).not.toBe('');
  const registered = await runStep({
    inputs: step(running, {
      ...secrets,
      mode: 'register',
      'authorization-code': code,
      certificate: material.certificate,
      'private-key': '',
      'app-id': '',
    }),
  });
  expect(registered.exitCode).toBe(0);
  const tokens: string[] = [];
  for (const parametersIn of ['query', 'body']) {
    const inputs = step(running, { ...secrets, 'parameters-in': parametersIn });
    const { outputs } = await runStep({ inputs });
    tokens.push(outputs['access-token'] ?? '');
  }
  const me = `${running.origin}/api/v2/me`;
  await fetch(`${me}?access_token=${encodeURIComponent(tokens[1] ?? '')}`, {
    headers: { Authorization: `Bearer ${tokens[1] ?? ''}`, Key: secrets['api-key'] },
  });
  await running.program.prints(/^GET \/api\/v2\/me 200/m);

  const log = running.program.stdout().slice(said);
  expect(log.trimEnd().split('\n')).toHaveLength(6);
  for (const line of log.trimEnd().split('\n'))
    expect(line).toMatch(/^(GET|POST) \/\S+ \d{3} \d+ ms( \(.*\))?$/);
  const printed = log + running.program.stderr();
  expect(tokens).toEqual([expect.stringMatching(/.{9}/), expect.stringMatching(/.{9}/)]);
  expectNone(printed, [...Object.values(secrets), code, ...tokens]);
  expect(printed).not.toMatch(/eyJ[\w-]+\.|client_|refresh_token|Bearer/);
});

test('a request cannot forge a line of the log', async () => {
  const running = await simulate();
  await new Promise((resolve) => {
    const options = { port: new URL(running.origin).port, host: '127.0.0.1', path: '/%0AGET%20/x%1B[31m' };
    requestPlain(options, resolve).end();
  });
  await running.program.prints(/ 404 \d+ ms/);
  expect(running.program.stdout()).not.toContain('\u001B');
  expect(running.program.stdout()).toContain('GET /%0AGET%20/x%1B[31m 404');
});

test('--tls prints how to trust its certificate, which a step needs', async () => {
  const running = await simulate(['--tls', '--certificate-file', certificate]);
  expect(running.origin).toMatch(/^https:\/\/127\.0\.0\.1:/);
  const [, ca = ''] = await running.program.prints(/set NODE_EXTRA_CA_CERTS=(\S+) /);
  expect(readFileSync(ca, 'utf8')).not.toContain('PRIVATE KEY');

  const inputs = step(running, { 'max-attempts': '1' });
  const trusting = await runStep({ inputs, env: { NODE_EXTRA_CA_CERTS: ca } });
  expect(trusting.exitCode).toBe(0);
  const strict = await runStep({ inputs });
  expect(strict.outputs['error-code']).toBe('TLS_FAILED');
});

test('a website that points its name to this machine gets no response', async () => {
  const { origin } = await simulate();
  const response = await new Promise<number | undefined>((resolve) => {
    const headers = { Host: 'attacker.example' };
    requestPlain(origin, { headers }, ({ statusCode }) => {
      resolve(statusCode);
    }).end();
  });
  expect(response).toBe(421);
});

test('only this machine can connect, unless --reachable-by-others is given', async () => {
  expect((await refused('--host', '0.0.0.0')).stderr).toContain('--reachable-by-others');
  const told = await simulate(['--host', '0.0.0.0', '--reachable-by-others']);
  expect(told.origin).toMatch(/^http:\/\/0\.0\.0\.0:/);
  for (const host of ['localhost', '[::1]', '::1']) {
    expect((await simulate(['--host', host])).origin).toMatch(/^http:\/\/(localhost|\[::1\]):\d+$/);
  }
});

test.each(['192.0.2.1', 'nowhere.invalid'])(
  '%s, which this machine does not have, is an error',
  async (host) => {
    const { exitCode, stderr } = await refused('--host', host, '--reachable-by-others');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Cannot listen on ${host}, port`);
    expect(stderr).toContain('this machine does not have that address');
  },
);

test.each(['server.key', 'server.der', 'server.pass.key'])(
  'the private key %s instead of the certificate is an error, and is not printed',
  async (name) => {
    const { exitCode, stderr } = await refused('--certificate-file', join(material.folder, name));
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('(CERTIFICATE_IS_PRIVATE_KEY)')]);
    expect(stderr).not.toMatch(/MII|BEGIN/);
  },
);

test('a file that is not a certificate is an error', async () => {
  const place = folder();
  mkdirSync(join(place, 'folder'));
  const { certificate: pem } = material;
  for (const [name, text, problem] of [
    ['missing', undefined, `${join(place, 'missing')}: no such file or folder`],
    ['folder', undefined, `${join(place, 'folder')}: it is a folder`],
    ['empty', '', `${join(place, 'empty')} is empty`],
    ['blank', ' \n', `${join(place, 'blank')} is empty`],
    ['blank/file', undefined, 'part of the path is not a folder'],
    ['text', 'no certificate', 'CERTIFICATE_UNREADABLE'],
    ['binary', '\u0030\u0082\u0001', 'CERTIFICATE_UNREADABLE'],
    ['two', pem + makeMaterial().certificate, 'CERTIFICATE_UNREADABLE'],
  ] as const) {
    if (text !== undefined) writeFileSync(join(place, name), text, 'latin1');
    const { exitCode, stderr } = await refused('--certificate-file', join(place, name));
    expect([name, exitCode, stderr]).toEqual([name, 1, expect.stringContaining(problem)]);
  }
  const { exitCode, stderr } = await run({ args: ['simulate', '--certificate-file=-'], input: '\n' });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Standard input is empty')]);
});

test('Ctrl-C ends it with exit code 0 and leaves no file behind', async () => {
  const place = folder();
  const session = terminal({ args: ['simulate', '--port', '0', '--tls'], env: { TMPDIR: place } });
  await session.shows('press Ctrl-C');
  expect(readdirSync(place)).toHaveLength(1);
  session.press('\u0003');
  expect(await session.exit).toBe(0);
  expect(readdirSync(place)).toEqual([]);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s ends it with exit code 0 and leaves no file behind, even in the middle of a request',
  async (signal) => {
    const place = folder();
    const running = await simulate(['--tls', '--fault', 'any=hang'], {
      env: { TMPDIR: place },
    });
    const [, ca = ''] = await running.program.prints(/set NODE_EXTRA_CA_CERTS=(\S+) /);
    expect(ca.startsWith(place)).toBe(true);
    const hanging = once(get(`${running.origin}/api/v2/me`, { ca: readFileSync(ca) }), 'response');
    const failed = expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' });
    await running.program.prints(/fault: hang/);
    running.program.kill(signal);
    expect(await running.program.exit).toEqual({ exitCode: 0, signal: null });
    expect(readdirSync(place)).toEqual([]);
    await failed;
  },
);

test('a failed start leaves no file behind', async () => {
  const place = folder();
  const { port, close } = await listen();
  const { exitCode } = await run({
    args: ['simulate', '--tls', '--port', String(port)],
    env: { TMPDIR: place },
  });
  await close();
  expect(exitCode).toBe(1);
  expect(readdirSync(place)).toEqual([]);
});

test('--help explains fault scripts', async () => {
  const { exitCode, stdout } = await run({ args: ['simulate', '--help'] });
  expect(exitCode).toBe(0);
  for (const text of ['--certificate-file <file>', '(default: 8899)', 'retry-after:2'])
    expect(stdout).toContain(text);
  expect(stdout).toMatch(/\nA fault script is\n {2}\S/);
});
