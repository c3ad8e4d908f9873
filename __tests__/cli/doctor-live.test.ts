import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { makeAuthority } from '../action/authority.ts';
import { expectNone } from '../action/leaks.ts';
import { startProxy } from '../action/proxy.ts';
import {
  app,
  appIdOf,
  diagnose,
  doctorCall,
  material,
  validInputs,
  without,
  type Diagnosis,
  type Inputs,
} from './doctor-harness.ts';
import { run, terminal } from './harness.ts';

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A simulated Sprinklr, and the inputs with which it issues a token. */
async function sprinklrWith(
  options: SimulatorOptions = {},
): Promise<{ sprinklr: Simulator; inputs: Inputs }> {
  const sprinklr = await startSimulator({ apps: [app], ...options });
  running.push(sprinklr);
  const appId = sprinklr.register(material.certificate, app.apiKey);
  return { sprinklr, inputs: { ...validInputs, 'app-id': appId, 'base-url': sprinklr.origin } };
}

const live = (inputs: Inputs, env: Inputs = {}): Promise<Diagnosis> =>
  diagnose({ inputs, env, args: ['--live', '--yes'] });

const STEPS = ['name resolution', 'connection', 'clock difference', 'consent page', 'exchange', 'identity'];
const statuses = ({ check }: Diagnosis): string[] => STEPS.map((name) => check(name).status);
const asked = ({ requests }: Simulator): string[] => requests.map(({ endpoint }) => endpoint ?? '');

/** Everything secret that Sprinklr issued or received. */
function secretsAt(sprinklr: Simulator): string[] {
  // What a JWT claims is public, and looks like an App ID in places.
  const assertions = sprinklr.requests.flatMap(({ query }) => {
    const [header = '', , signature = ''] = query.get('refresh_token')?.split('.') ?? [];
    return [header, signature];
  });
  return [...assertions, sprinklr.liveToken(app.apiKey) ?? '', material.secret, app.apiKey, app.apiSecret];
}

test('on a terminal it asks first. Yes requests one token, and shows whose it is', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const before = sprinklr.issueAccessToken(app.apiKey);
  const session = terminal(doctorCall({ inputs, args: ['--live'] }));
  await session.shows('Request a token?');
  expect(session.screen()).toMatch(/invalidates the API key's current token/);
  expect(asked(sprinklr)).toEqual(['front', 'authorize']);
  session.type('y');

  expect(await session.exit).toBe(0);
  expect(asked(sprinklr)).toEqual(['front', 'authorize', 'apptoken', 'me']);
  expect(sprinklr.liveToken(app.apiKey)).not.toBe(before);
  const screen = session.screen().replaceAll('\r\n', '');
  expect(screen).toMatch(
    /user 66014640, Simulated User, ci-bot@example\.com, PARTNER_ADMIN; workspace 66000002, customer 66000000/,
  );
  expect(screen).toMatch(/Discarded locally/);
  expect(screen).toMatch(/No errors\.$/);
  expectNone(screen, secretsAt(sprinklr));
});

test('no leaves the current token valid, and is no error', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const before = sprinklr.issueAccessToken(app.apiKey);
  const session = terminal(doctorCall({ inputs, args: ['--live'] }));
  await session.shows('Request a token?');
  session.type('n');

  expect(await session.exit).toBe(0);
  expect(session.screen()).toContain('exchange: Not requested, because you declined.');
  expect(session.screen()).toContain('identity: Not tried.');
  expect(asked(sprinklr)).toEqual(['front', 'authorize']);
  expect(sprinklr.liveToken(app.apiKey)).toBe(before);
});

test('without a terminal it requires --yes, and makes no call', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const piped = doctorCall({ inputs, args: ['--live'] });
  const { exitCode, stderr, stdout } = await run(piped);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/--live asks[^]*--yes/);

  const json = doctorCall({ inputs, args: ['--live', '--json'] });
  expect(await terminal(json).exit).toBe(2);
  const key = { ...without(inputs, 'private-key'), 'private-key-file': '-' };
  expect(await terminal(doctorCall({ inputs: key, args: ['--live'] })).exit).toBe(2);
  expect(sprinklr.requests).toEqual([]);
});

test('--yes --json prints one document without the token, the JWT, or a secret, and sends none in the first call', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const diagnosis = await live(inputs);

  expect([diagnosis.ok, diagnosis.exitCode]).toEqual([true, 0]);
  expect(statuses(diagnosis)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
  expect(diagnosis.check('name resolution').found).toBe('127.0.0.1 is 127.0.0.1.');
  expect(diagnosis.check('connection').found).toBe(`${sprinklr.origin} responded (HTTP 200).`);
  expect(diagnosis.check('clock difference').found).toMatch(
    /^This machine's clock is [01] s (behind|ahead of) Sprinklr's\.$/,
  );
  expect(diagnosis.check('exchange').found).toMatch(
    /^Sprinklr issued a Bearer token that is valid for 2591999 s\. It expires at \S+Z\.$/,
  );
  expect(asked(sprinklr)).toEqual(['front', 'authorize', 'apptoken', 'me']);
  const [visit] = sprinklr.requests;
  expect(visit?.method).toBe('GET');
  const sent = JSON.stringify([visit?.headers, visit?.path, String(visit?.query), visit?.body]);
  expectNone(diagnosis.stdout + diagnosis.stderr + sent, secretsAt(sprinklr));
});

test('with an error in the values or without a required one, it makes no call', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const wrong = await live({ ...inputs, 'api-secret': app.apiKey });
  expect(statuses(wrong)).toEqual(Array(6).fill('skipped'));
  expect(wrong.exitCode).toBe(1);

  const { check } = await live(without(inputs, 'api-secret'));
  expect(check('inputs')).toMatchObject({
    status: 'error',
    code: 'INPUT_MISSING',
    found: expect.stringContaining('api-secret'),
    remedy: expect.stringContaining('--api-secret-file or SPRINKLR_API_SECRET'),
  });
  expect(sprinklr.requests).toEqual([]);
});

test('after an unknown host or a closed port, nothing more is tried', async () => {
  const unknown = await live({ ...validInputs, 'base-url': 'https://sprinklr.invalid' });
  expect(statuses(unknown)).toEqual(['error', 'skipped', 'skipped', 'skipped', 'skipped', 'skipped']);
  expect(unknown.check('name resolution')).toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    found: expect.stringContaining('sprinklr.invalid'),
  });
  expect(unknown.check('identity').found).toBe('Not tried because the name resolution failed.');

  const { sprinklr, inputs } = await sprinklrWith();
  await sprinklr.close();
  const closed = await live(inputs);
  expect(statuses(closed)).toEqual(['ok', 'error', 'skipped', 'skipped', 'skipped', 'skipped']);
  expect(closed.check('connection')).toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    found: expect.stringContaining('ECONNREFUSED'),
  });
});

test('behind a proxy it resolves the name of the proxy', async () => {
  const env = { https_proxy: 'http://proxy.invalid:3128' };
  const diagnosis = await live({ ...validInputs, 'base-url': 'https://sprinklr.invalid' }, env);

  expect(diagnosis.check('name resolution').found).toMatch(/^Cannot resolve proxy\.invalid \(the proxy\): /);
});

test('the problem with TLS is explained', async () => {
  const authority = makeAuthority();
  const trust = { NODE_EXTRA_CA_CERTS: authority.file };
  const tls = async (options: Parameters<typeof authority.issue>[0] = {}): Promise<Inputs> =>
    (await sprinklrWith({ tls: authority.issue(options) })).inputs;
  const { inputs } = await sprinklrWith();
  const withoutTls = { ...inputs, 'base-url': (inputs['base-url'] ?? '').replace('http:', 'https:') };
  for (const [problem, diagnosis] of [
    ['does not trust', await live(await tls())],
    ['is for another name', await live(await tls({ names: 'DNS:another.example.com' }), trust)],
    ["certificate expired, or this machine's clock is ahead", await live(await tls({ days: -1 }), trust)],
    ['does not use TLS on this port, or requires a client certificate', await live(withoutTls)],
  ] as const) {
    const found = expect.stringContaining(problem);
    expect(diagnosis.check('connection')).toMatchObject({ status: 'error', code: 'TLS_FAILED', found });
  }
});

test('a response without a date is a warning, and the exchange is still tried', async () => {
  const server = createServer((_, response) => {
    response.sendDate = false;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { check } = await live({ ...validInputs, 'base-url': `http://127.0.0.1:${port}` });
  server.closeAllConnections();
  server.close();

  expect(check('clock difference')).toEqual({
    name: 'clock difference',
    status: 'warning',
    found: 'The response has no Date header.',
  });
  expect(check('exchange').status).toBe('error');
});

test('a clock difference is a warning', async () => {
  const { inputs } = await sprinklrWith({ now: () => Date.now() + 45_000 });
  const { ok, check } = await live(inputs);

  expect(check('clock difference')).toMatchObject({
    status: 'warning',
    found: expect.stringMatching(/4[0-6] s behind Sprinklr/),
  });
  expect(ok).toBe(true);

  const { inputs: late } = await sprinklrWith({ now: () => Date.now() - 45_000 });
  expect((await live(late)).check('clock difference').found).toMatch(/4[4-9] s ahead of Sprinklr/);
});

test('a consent page that responds with 500 names redirect-uri, and the exchange is still tried', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const wrong = await live({ ...inputs, 'redirect-uri': 'https://www.example.com/other' });
  expect(wrong.check('consent page')).toMatchObject({
    status: 'warning',
    found: 'It responded (HTTP 500). The server said: "Authorization failed".',
    remedy: expect.stringContaining('redirect-uri'),
  });
  expect(asked(sprinklr)).toEqual(['front', 'authorize', 'apptoken']);

  sprinklr.fault('authorize', { kind: 'redirect', location: 'https://app.sprinklr.com/login' });
  const login = await live(inputs);
  expect(login.check('consent page')).toEqual({
    name: 'consent page',
    status: 'ok',
    found: 'It responded (HTTP 302).',
  });
  sprinklr.fault('authorize', { kind: 'status', status: 403 });
  expect((await live(inputs)).check('consent page')).toMatchObject({ status: 'warning' });
});

test('a user without name and email is shown by ID', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  const body = JSON.stringify({ data: { id: 7, workspaceId: 8, customerId: 9, type: 'USER' } });
  const headers = { 'Content-Type': 'application/json' };
  sprinklr.fault('me', { kind: 'status', status: 200, headers, body });
  expect((await live(inputs)).check('identity').found).toMatch(
    /^The token belongs to user 7, USER; workspace 8, customer 9\. Discarded locally/,
  );
});

test('warnings of the exchange are shown', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  sprinklr.fault('apptoken', { kind: 'clock', seconds: 400 });
  const { ok, check } = await live(inputs);

  expect(check('exchange')).toMatchObject({
    status: 'warning',
    found: expect.stringMatching(/clock/),
  });
  expect(ok).toBe(true);
});

const refusals: readonly (readonly [what: string, change: Inputs, code: string, words: RegExp])[] = [
  ['a key of another environment', { environment: 'prod4' }, 'ENVIRONMENT_MISMATCH', /sentry-environment/],
  [
    'key and secret swapped',
    { 'api-key': 'S3cr3tHf8Q2mZp7LxT4vRb9NcW', 'api-secret': app.apiKey },
    'API_KEY_INACTIVE',
    /swapped/,
  ],
  [
    'a redirect URI with a slash too many',
    { 'redirect-uri': `${app.redirectUri}/` },
    'CREDENTIALS_REJECTED',
    /redirect-uri/,
  ],
  ['an unknown App ID', { 'app-id': appIdOf(new Date(), 90000) }, 'NOT_FOUND', /app-id/],
  ['a failing server', {}, 'SERVER_ERROR', /./],
];

test.each(refusals)(
  '%s: the exchange fails after one attempt, with the error of the action',
  async (...[, change, code, words]) => {
    const { sprinklr, inputs } = await sprinklrWith();
    if (code === 'SERVER_ERROR') sprinklr.fault('apptoken', { kind: 'status', status: 503 });
    const diagnosis = await live({ ...inputs, ...change });

    const [, , , page, ...rest] = statuses(diagnosis);
    expect(rest).toEqual(['error', 'skipped']);
    expect(page).toBe(['NOT_FOUND', 'SERVER_ERROR'].includes(code) ? 'ok' : 'warning');
    const { remedy, ...exchange } = diagnosis.check('exchange');
    expect(exchange).toMatchObject({ code });
    expect(remedy).toMatch(words);
    expect(remedy?.includes('swapped')).toBe(code === 'API_KEY_INACTIVE');
    expect(diagnosis.exitCode).toBe(1);
    expect(asked(sprinklr)).toEqual(['front', 'authorize', 'apptoken']);
  },
);

test('a secret in a response is not shown', async () => {
  const { sprinklr, inputs } = await sprinklrWith();
  sprinklr.fault('me', {
    kind: 'status',
    status: 401,
    body: JSON.stringify({ error: app.apiSecret, message: material.secret.slice(0, 200) }),
  });
  const { check } = await live(inputs);

  expect(check('identity')).toMatchObject({
    status: 'error',
    code: 'CREDENTIALS_REJECTED',
    found: expect.stringContaining('***'),
  });
});

test('the flags for mutual TLS reach the connection', async () => {
  const authority = makeAuthority();
  const tls = { ...authority.issue(), ca: authority.pem, requestCert: true, rejectUnauthorized: true };
  const { inputs } = await sprinklrWith({ tls });
  const client = authority.issue();
  const certificate = join(material.folder, 'client.crt');
  const withClient = { ...inputs, 'mtls-certificate-file': certificate, 'mtls-private-key': client.key };
  writeFileSync(certificate, client.cert);
  const env = { NODE_EXTRA_CA_CERTS: authority.file };

  expect(statuses(await live(withClient, env))).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok']);
  const anonymous = (await live(inputs, env)).check('connection');
  expect(anonymous.status).toBe('error');
  expect(anonymous.found).not.toContain('undefined');
});

test('a request that hangs behind a proxy fails at the time limit, and the command ends', async () => {
  const authority = makeAuthority();
  const { sprinklr, inputs } = await sprinklrWith({ tls: authority.issue({ names: 'DNS:sprinklr.test' }) });
  sprinklr.fault('apptoken', { kind: 'hang' });
  const proxy = await startProxy({ to: sprinklr.origin });
  const { check } = await live(
    { ...inputs, 'base-url': 'https://sprinklr.test', 'timeout-seconds': '5' },
    { https_proxy: `http://${proxy.host}`, NODE_EXTRA_CA_CERTS: authority.file },
  );
  const endedAt = Date.now();

  expect(check('exchange')).toMatchObject({ status: 'error', code: 'TIMED_OUT' });
  // The time before the request depends on the load of this machine.
  const { endpoint, at = 0 } = sprinklr.requests.at(-1) ?? {};
  expect(endpoint).toBe('apptoken');
  expect(endedAt - at).toBeLessThan(8000);
});
