import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { makeAuthority } from '../action/authority.ts';
import { desk, terminal } from './desk.ts';
import {
  app,
  appIdOf,
  asCall,
  diagnose,
  expectNoSecrets,
  material,
  sound,
  without,
  type Diagnosis,
  type Values,
} from './doctor-world.ts';

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A simulated Sprinklr, and the values with which it gives a token. */
async function sprinklrWith(
  options: SimulatorOptions = {},
): Promise<{ sprinklr: Simulator; values: Values }> {
  const sprinklr = await startSimulator({ apps: [app], ...options });
  running.push(sprinklr);
  const appId = sprinklr.register(material.certificate, app.apiKey);
  return { sprinklr, values: { ...sound, 'app-id': appId, 'base-url': sprinklr.origin } };
}

const live = (values: Values, env: Values = {}): Promise<Diagnosis> =>
  diagnose({ values, env, args: ['--live', '--yes'] });

const STEPS = ['name resolution', 'connection', 'clock difference', 'exchange', 'identity'];
const statuses = ({ check }: Diagnosis): string[] => STEPS.map((name) => check(name).status);
const asked = ({ requests }: Simulator): string[] => requests.map(({ endpoint }) => endpoint ?? '');

/** All that Sprinklr gave or got that nobody may see. */
function secretsAt(sprinklr: Simulator): string[] {
  // What a JWT claims is public, and looks like an App ID in places.
  const assertions = sprinklr.requests.flatMap(({ query }) => {
    const [header = '', , signature = ''] = query.get('refresh_token')?.split('.') ?? [];
    return [header, signature];
  });
  return [...assertions, sprinklr.liveToken(app.apiKey) ?? '', material.secret, app.apiKey, app.apiSecret];
}

test('on a terminal it asks before the exchange; a yes makes one token and says whose it is', async () => {
  const { sprinklr, values } = await sprinklrWith();
  const before = sprinklr.issueAccessToken(app.apiKey);
  const { args, env } = asCall({ values, args: ['--live'] });
  const session = terminal({ args, env });
  await session.shows('Make the exchange? [y/N]');
  expect(session.screen()).toMatch(/ends the current token of this API key/);
  expect(asked(sprinklr)).toEqual(['front']);
  session.type('y');

  expect(await session.exit).toBe(0);
  expect(asked(sprinklr)).toEqual(['front', 'apptoken', 'me']);
  expect(sprinklr.liveToken(app.apiKey)).not.toBe(before);
  const screen = session.screen().replaceAll('\r\n', '');
  expect(screen).toMatch(
    /user 66014640, Simulated User, ci-bot@example\.com, PARTNER_ADMIN; workspace 66000002, customer 66000000/,
  );
  expect(screen).toMatch(/thrown away/);
  expectNoSecrets(screen, secretsAt(sprinklr));
});

test('a no leaves the token alone, and nothing is wrong', async () => {
  const { sprinklr, values } = await sprinklrWith();
  const before = sprinklr.issueAccessToken(app.apiKey);
  const { args, env } = asCall({ values, args: ['--live'] });
  const session = terminal({ args, env });
  await session.shows('Make the exchange? [y/N]');
  session.type('n');

  expect(await session.exit).toBe(0);
  expect(session.screen()).toContain('exchange: Not made, as you said no.');
  expect(session.screen()).toContain('identity: Not tried.');
  expect(asked(sprinklr)).toEqual(['front']);
  expect(sprinklr.liveToken(app.apiKey)).toBe(before);
});

test('where nobody can answer it needs --yes, and calls nobody', async () => {
  const { sprinklr, values } = await sprinklrWith();
  const piped = asCall({ values, args: ['--live'] });
  const { exitCode, stderr, stdout } = await desk(piped);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/--live asks.*nobody can answer[^]*--yes/);

  const json = asCall({ values, args: ['--live', '--json'] });
  expect(await terminal(json).exit).toBe(2);
  const key = { ...without(values, 'private-key'), 'private-key-file': '-' };
  expect(await terminal(asCall({ values: key, args: ['--live'] })).exit).toBe(2);
  expect(sprinklr.requests).toEqual([]);
});

test('--yes --json makes the exchange and prints one document without the token, the JWT or a secret', async () => {
  const { sprinklr, values } = await sprinklrWith();
  const diagnosis = await live(values);

  expect([diagnosis.ok, diagnosis.exitCode]).toEqual([true, 0]);
  expect(statuses(diagnosis)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  expect(diagnosis.check('name resolution').found).toBe('127.0.0.1 is 127.0.0.1.');
  expect(diagnosis.check('connection').found).toBe(`${sprinklr.origin} answers (HTTP 200).`);
  expect(diagnosis.check('clock difference').found).toMatch(
    /^This machine is [01] s (behind|ahead of) Sprinklr\.$/,
  );
  expect(diagnosis.check('exchange').found).toMatch(
    /^Sprinklr gave a Bearer token for 2591999 s, to \S+Z\.$/,
  );
  expect(asked(sprinklr)).toEqual(['front', 'apptoken', 'me']);
  expectNoSecrets(diagnosis.stdout + diagnosis.stderr, secretsAt(sprinklr));
});

test('the call that only reaches out carries nothing that is secret', async () => {
  const { sprinklr, values } = await sprinklrWith();
  await live(values);

  const [visit] = sprinklr.requests;
  expect(visit?.method).toBe('GET');
  expectNoSecrets(
    JSON.stringify([visit?.headers, visit?.path, String(visit?.query), visit?.body]),
    secretsAt(sprinklr),
  );
});

test('what is wrong before keeps it from calling anybody', async () => {
  const { sprinklr, values } = await sprinklrWith();
  const diagnosis = await live({ ...values, 'api-secret': app.apiKey });

  expect(statuses(diagnosis)).toEqual(Array(5).fill('skipped'));
  expect(diagnosis.exitCode).toBe(1);
  expect(sprinklr.requests).toEqual([]);
});

test('what the action needs and is not given is wrong here', async () => {
  const { sprinklr, values } = await sprinklrWith();
  const diagnosis = await live(without(values, 'api-secret'));

  expect(diagnosis.check('inputs')).toMatchObject({
    status: 'wrong',
    code: 'INPUT_MISSING',
    found: expect.stringContaining('api-secret'),
  });
  expect(sprinklr.requests).toEqual([]);
});

test('a name that nobody knows is wrong, and nothing more is tried', async () => {
  const diagnosis = await live({ ...sound, 'base-url': 'https://sprinklr.invalid' });

  expect(statuses(diagnosis)).toEqual(['wrong', 'skipped', 'skipped', 'skipped', 'skipped']);
  expect(diagnosis.check('name resolution')).toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    found: expect.stringContaining('sprinklr.invalid'),
  });
  expect(diagnosis.check('identity').found).toBe(
    'Not tried, because of what is wrong with the name resolution.',
  );
});

test('behind a proxy it is the name of the proxy that counts', async () => {
  const env = { https_proxy: 'http://proxy.invalid:3128' };
  const diagnosis = await live({ ...sound, 'base-url': 'https://sprinklr.invalid' }, env);

  expect(diagnosis.check('name resolution').found).toMatch(
    /^No address is known for proxy\.invalid, the proxy/,
  );
});

test('nobody at the port is wrong', async () => {
  const { sprinklr, values } = await sprinklrWith();
  await sprinklr.close();
  const diagnosis = await live(values);

  expect(statuses(diagnosis)).toEqual(['ok', 'wrong', 'skipped', 'skipped', 'skipped']);
  expect(diagnosis.check('connection')).toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    found: expect.stringContaining('ECONNREFUSED'),
  });
});

test('the trouble with a TLS certificate is named', async () => {
  const authority = makeAuthority();
  const tls = async (certificate: ReturnType<typeof authority.issue>): Promise<Values> =>
    (await sprinklrWith({ tls: certificate })).values;
  const untrusted = await live(await tls(authority.issue()));
  const another = await live(await tls(authority.issue({ names: 'DNS:another.example.com' })), {
    NODE_EXTRA_CA_CERTS: authority.file,
  });
  const trusted = await live(await tls(authority.issue()), { NODE_EXTRA_CA_CERTS: authority.file });

  expect(untrusted.check('connection')).toMatchObject({
    status: 'wrong',
    code: 'TLS_FAILED',
    found: expect.stringContaining('does not trust'),
  });
  expect(another.check('connection')).toMatchObject({
    status: 'wrong',
    code: 'TLS_FAILED',
    found: expect.stringContaining('for another name'),
  });
  expect(statuses(trusted)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
});

test('a server that has no TLS, and one whose certificate is of the past, are named', async () => {
  const { values } = await sprinklrWith();
  const plain = await live({ ...values, 'base-url': (values['base-url'] ?? '').replace('http:', 'https:') });
  expect(plain.check('connection')).toMatchObject({
    code: 'TLS_FAILED',
    found: expect.stringMatching(/ The server does not speak TLS there, or wants a client certificate\.$/),
  });

  const authority = makeAuthority();
  const tls = authority.issue({ days: -1 });
  const expired = await live((await sprinklrWith({ tls })).values, { NODE_EXTRA_CA_CERTS: authority.file });
  expect(expired.check('connection').found).toMatch(
    / The certificate of the server has expired, or the clock of this machine is ahead\.$/,
  );
});

test('an answer without the time is a warning, and the exchange is tried all the same', async () => {
  const server = createServer((_, response) => {
    response.sendDate = false;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { check } = await live({ ...sound, 'base-url': `http://127.0.0.1:${port}` });
  server.closeAllConnections();
  server.close();

  expect(check('clock difference')).toEqual({
    name: 'clock difference',
    status: 'warning',
    found: 'The answer does not tell the time.',
  });
  expect(check('exchange').status).toBe('wrong');
});

test('clocks that are apart are a warning', async () => {
  const { values } = await sprinklrWith({ now: () => Date.now() + 45_000 });
  const { ok, check } = await live(values);

  expect(check('clock difference')).toMatchObject({
    status: 'warning',
    found: expect.stringMatching(/4[0-6] s behind Sprinklr/),
  });
  expect(ok).toBe(true);

  const { values: late } = await sprinklrWith({ now: () => Date.now() - 45_000 });
  expect((await live(late)).check('clock difference').found).toMatch(/4[4-9] s ahead of Sprinklr/);
});

test('a user of whom Sprinklr says no more than the id is named by that', async () => {
  const { sprinklr, values } = await sprinklrWith();
  const body = JSON.stringify({ data: { id: 7, workspaceId: 8, customerId: 9, type: 'USER' } });
  const headers = { 'Content-Type': 'application/json' };
  sprinklr.fault('me', { kind: 'status', status: 200, headers, body });
  expect((await live(values)).check('identity').found).toMatch(
    /^The token is that of user 7, USER; workspace 8, customer 9\. It was thrown away here/,
  );
});

test('what the action warns of in the exchange is told', async () => {
  const { sprinklr, values } = await sprinklrWith();
  sprinklr.fault('apptoken', { kind: 'clock', seconds: 400 });
  const { ok, check } = await live(values);

  expect(check('exchange')).toMatchObject({
    status: 'warning',
    found: expect.stringContaining("Signed once more by Sprinklr's clock"),
  });
  expect(ok).toBe(true);
});

const refusals: readonly (readonly [what: string, change: Values, code: string, words: RegExp])[] = [
  ['a key of another environment', { environment: 'prod4' }, 'ENVIRONMENT_MISMATCH', /sentry-environment/],
  [
    'key and secret swapped',
    { 'api-key': 'S3cr3tHf8Q2mZp7LxT4vRb9NcW', 'api-secret': app.apiKey },
    'API_KEY_INACTIVE',
    /may also be swapped/,
  ],
  [
    'a redirect URI with a slash too many',
    { 'redirect-uri': `${app.redirectUri}/` },
    'CREDENTIALS_REJECTED',
    /redirect-uri \(to the letter/,
  ],
  ['an App ID of nobody', { 'app-id': appIdOf(new Date(), 90000) }, 'NOT_FOUND', /app-id/],
];

test.each(refusals)(
  '%s: the exchange is refused once, in the words of the action',
  async (...[, change, code, words]) => {
    const { sprinklr, values } = await sprinklrWith();
    const diagnosis = await live({ ...values, ...change });

    expect(statuses(diagnosis)).toEqual(['ok', 'ok', 'ok', 'wrong', 'skipped']);
    const { remedy, ...exchange } = diagnosis.check('exchange');
    expect(exchange).toMatchObject({ code });
    expect(remedy).toMatch(words);
    expect(remedy?.includes('swapped')).toBe(code === 'API_KEY_INACTIVE');
    expect(diagnosis.exitCode).toBe(1);
    expect(asked(sprinklr)).toEqual(['front', 'apptoken']);
  },
);

test('a server that fails is asked once only', async () => {
  const { sprinklr, values } = await sprinklrWith();
  sprinklr.fault('apptoken', { kind: 'status', status: 503 });
  const diagnosis = await live(values);

  expect(diagnosis.check('exchange')).toMatchObject({ status: 'wrong', code: 'SERVER_ERROR' });
  expect(asked(sprinklr)).toEqual(['front', 'apptoken']);
});

test('a token that came back in an answer is not shown', async () => {
  const { sprinklr, values } = await sprinklrWith();
  sprinklr.fault('me', {
    kind: 'status',
    status: 401,
    body: JSON.stringify({ error: app.apiSecret, message: material.secret.slice(0, 200) }),
  });
  const { check } = await live(values);

  expect(check('identity')).toMatchObject({
    status: 'wrong',
    code: 'CREDENTIALS_REJECTED',
    found: expect.stringContaining('***'),
  });
});

test('the flags for mutual TLS reach the connection', async () => {
  const authority = makeAuthority();
  const tls = { ...authority.issue(), ca: authority.pem, requestCert: true, rejectUnauthorized: true };
  const { values } = await sprinklrWith({ tls });
  const client = authority.issue();
  const certificate = join(material.folder, 'client.crt');
  const withClient = { ...values, 'mtls-certificate': certificate, 'mtls-private-key': client.key };
  writeFileSync(certificate, client.cert);
  const env = { NODE_EXTRA_CA_CERTS: authority.file };

  expect(statuses(await live(withClient, env))).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  const anonymous = (await live(values, env)).check('connection');
  expect(anonymous.status).toBe('wrong');
  expect(anonymous.found).not.toContain('undefined');
});
