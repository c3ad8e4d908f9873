import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { HOST, makeAuthority, type Authority, type Issued } from './authority.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs, type Outcome } from './harness.ts';
import { startProxy } from './proxy.ts';
import { app, material, world, type World } from './world.ts';

let authority: Authority;
let stranger: Authority;
let server: Issued;
let client: Issued;
beforeAll(() => {
  authority = makeAuthority();
  stranger = makeAuthority();
  server = authority.issue();
  client = authority.issue({ names: 'DNS:ci.example.com' });
});

const servers: Server[] = [];
afterEach(() => {
  for (const running of servers.splice(0)) running.close();
});

async function originOf(listening: Server): Promise<string> {
  servers.push(listening.listen(0, '127.0.0.1'));
  await once(listening, 'listening');
  return `https://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

/** A step that trusts the private CA. */
function run(inputs: Inputs, env: Record<string, string> = {}): Promise<Outcome> {
  return runStep({ inputs, env: { NODE_EXTRA_CA_CERTS: authority.file, ...env } });
}

/** Expects a TLS failure without a retry and before Sprinklr receives a request. */
function expectTlsFailure(step: Outcome, { sprinklr }: Pick<World, 'sprinklr'>, ...facts: string[]): void {
  expectFailure(step, 'TLS_FAILED', ...facts);
  expect(step.shown).not.toContain('Retrying');
  expect(sprinklr.requests).toEqual([]);
}

test('a server with a certificate of a private CA is trusted through NODE_EXTRA_CA_CERTS', async () => {
  const { sprinklr, token } = await world({ tls: server });
  const step = await run(token);

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  expect(step.outputs['api-url']).toMatch(/^https:/);
});

test('without NODE_EXTRA_CA_CERTS, the same server fails the step, and the message names the variable', async () => {
  const made = await world({ tls: server });
  const step = await runStep({ inputs: made.token });

  expectTlsFailure(step, made, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS');
});

test('a registration sends neither code nor certificate to an untrusted server', async () => {
  const made = await world({ tls: server });
  expectTlsFailure(await runStep({ inputs: made.register }), made);
});

test.each([
  ['an expired certificate', () => authority.issue({ days: -1 }), 'CERT_HAS_EXPIRED'],
  ['a certificate for another host', () => authority.issue({ names: 'DNS:other.test' }), 'ALTNAME_INVALID'],
  ['a certificate of another CA', () => stranger.issue(), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ['a self-signed certificate', () => ({ key: material().key, cert: material().certificate }), 'SELF_SIGNED'],
])('a server with %s fails the step', async (_, issue, reason) => {
  const made = await world({ tls: issue() });
  const step = await run(made.token);

  expectTlsFailure(step, made, reason);
});

test('a server without TLS fails the step', async () => {
  const made = await world();
  const step = await run({ ...made.token, 'base-url': made.sprinklr.origin.replace('http:', 'https:') });

  expectTlsFailure(step, made);
});

test('a server that supports only TLS 1.0 is rejected', async () => {
  const made = await world();
  let handshakes = 0;
  const old = createTlsServer({
    ...server,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  old.on('secureConnection', () => (handshakes += 1));
  old.on('tlsClientError', () => undefined);
  const step = await run({ ...made.token, 'base-url': await originOf(old) });

  expectTlsFailure(step, made);
  expect(handshakes).toBe(0);
});

test('a connection that the server closes during the handshake is retried', async () => {
  const made = await world();
  let calls = 0;
  const closing = createPlainServer((socket) => {
    calls += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => socket.destroy());
  });
  const step = await run({ ...made.token, 'base-url': await originOf(closing), 'max-attempts': '2' });

  expectFailure(step, 'NETWORK_UNREACHABLE');
  expect(calls).toBe(2);
});

function mutual(): Parameters<typeof world>[0] {
  return { tls: { ...server, ca: authority.pem, requestCert: true, rejectUnauthorized: true } };
}

/** The same key, encrypted. */
function encrypt({ key }: Issued, passphrase: string): string {
  writeFileSync(join(material().folder, 'client.key'), key);
  const command = ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-in', 'client.key', '-passout'];
  return material()
    .openssl(...command, `pass:${passphrase}`)
    .toString();
}

// __tests__/credentials tests every form of a key and a certificate.
test.each<[string, () => Inputs]>([
  ['PEM with an EC key', () => ({ 'mtls-certificate': client.cert, 'mtls-private-key': client.key })],
  [
    'base64 of PEM with an RSA key',
    () => {
      const { cert, key } = authority.issue({ names: 'DNS:ci.example.com', kind: 'rsa' });
      const [certificate = '', privateKey = ''] = [cert, key].map((pem) =>
        Buffer.from(pem).toString('base64'),
      );
      return { 'mtls-certificate': certificate, 'mtls-private-key': privateKey };
    },
  ],
  [
    'PEM with an encrypted key',
    () => ({
      'mtls-certificate': client.cert,
      'mtls-private-key': encrypt(client, 'Mtls-passphrase-1'),
      'mtls-passphrase': 'Mtls-passphrase-1',
    }),
  ],
])('a server with mutual TLS accepts a client certificate as %s', async (_, makeInputs) => {
  const { sprinklr, token } = await world(mutual());
  const step = await run({ ...token, ...makeInputs() });

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  expectHidden(step, client.key);
});

test('the client certificate is sent to Sprinklr through a proxy, not to the proxy', async () => {
  const { sprinklr, register } = await world(mutual());
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run(
    {
      ...register,
      'base-url': `https://${HOST}`,
      'mtls-certificate': client.cert,
      'mtls-private-key': client.key,
    },
    { https_proxy: `http://${proxy.host}`, RUNNER_DEBUG: '1' },
  );

  expectSuccess(step);
  expect(step.outputs['app-id']).toMatch(/^eyJ/);
  expect(sprinklr.requests).toHaveLength(2);
  expect(proxy.tunnels).toHaveLength(2);
  expectHidden(step, client.key);
});

test('a server with mutual TLS rejects a client without a certificate', async () => {
  const made = await world(mutual());
  const step = await run({ ...made.token, 'max-attempts': '1' });

  expectTlsFailure(step, made, 'mtls-certificate');
});

test('a server without mutual TLS accepts a client with a certificate', async () => {
  const { token, sprinklr } = await world({ tls: server });
  const step = await run({ ...token, 'mtls-certificate': client.cert, 'mtls-private-key': client.key });

  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
});

test('a wrong passphrase for the client key is reported, and not printed', async () => {
  const { token, sprinklr } = await world();
  const step = await run({
    ...token,
    'mtls-certificate': client.cert,
    'mtls-private-key': encrypt(client, 'Mtls-passphrase-1'),
    'mtls-passphrase': 'Mtls-passphrase-2',
  });

  expectFailure(step, 'KEY_ENCRYPTED', 'mtls-passphrase');
  expect(sprinklr.requests).toEqual([]);
});

test('a client key that does not match its certificate fails the step before any request', async () => {
  const made = await world({ tls: server });
  const other = authority.issue();
  const step = await run({ ...made.token, 'mtls-certificate': client.cert, 'mtls-private-key': other.key });

  expectFailure(step, 'CERTIFICATE_MISMATCH', 'mtls-private-key');
  expect(made.sprinklr.requests).toEqual([]);
});

/** The harness searches for the key as it was passed. This searches for its PEM lines. */
function expectHidden(step: Outcome, key: string): void {
  const shown = [
    step.log.replace(/^::add-mask::.*$/gm, ''),
    step.summary,
    ...Object.values(step.outputs),
  ].join('\n');
  for (const line of key.split('\n').filter((text) => text !== '' && !text.includes('-----')))
    expect(shown).not.toContain(line);
}
