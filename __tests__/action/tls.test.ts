import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { HOST, makeAuthority, type Authority, type Issued } from './authority.ts';
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

/** A failure of TLS: final at once, with its remedy, and without a word to Sprinklr. */
function expectTlsFailure(step: Outcome, { sprinklr }: Pick<World, 'sprinklr'>): void {
  expect(step.exitCode).toBe(1);
  expect(step.outputs).toEqual({ 'error-code': 'TLS_FAILED' });
  expect(step.errors).toHaveLength(1);
  expect(step.errors[0]?.title).toBe('TLS_FAILED');
  expect(step.shown).not.toContain('Retrying');
  expect(sprinklr.requests).toEqual([]);
}

test('a server with a certificate of a private CA is trusted through NODE_EXTRA_CA_CERTS', async () => {
  const { sprinklr, token } = await world({ tls: server });
  const step = await run(token);

  expect(step.errors).toEqual([]);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  expect(step.outputs['api-url']).toMatch(/^https:/);
});

test('without NODE_EXTRA_CA_CERTS the same server fails the step, which names the variable', async () => {
  const made = await world({ tls: server });
  const step = await runStep({ inputs: made.token });

  expectTlsFailure(step, made);
  expect(step.errors[0]?.message).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  expect(step.errors[0]?.message).toContain('NODE_EXTRA_CA_CERTS');
});

test('a registration sends neither code nor certificate to a server that it cannot trust', async () => {
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

  expectTlsFailure(step, made);
  expect(step.errors[0]?.message).toContain(reason);
});

test('a port that speaks plain HTTP is no TLS server', async () => {
  const made = await world();
  const step = await run({ ...made.token, 'base-url': made.sprinklr.origin.replace('http:', 'https:') });

  expectTlsFailure(step, made);
});

test('a server that is stuck at TLS 1.0 is refused', async () => {
  const made = await world();
  let secured = 0;
  const old = createTlsServer({
    ...server,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  old.on('secureConnection', () => (secured += 1));
  old.on('tlsClientError', () => undefined);
  const step = await run({ ...made.token, 'base-url': await originOf(old) });

  expectTlsFailure(step, made);
  expect(secured).toBe(0);
});

test('a server that hangs up in the handshake counts as a connection lost, and is tried again', async () => {
  const made = await world();
  let calls = 0;
  const rude = createPlainServer((socket) => {
    calls += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => socket.destroy());
  });
  const step = await run({ ...made.token, 'base-url': await originOf(rude), 'max-attempts': '2' });

  expect(step.outputs).toEqual({ 'error-code': 'NETWORK_UNREACHABLE' });
  expect(calls).toBe(2);
});

function mutual(): Parameters<typeof world>[0] {
  return { tls: { ...server, ca: authority.pem, requestCert: true, rejectUnauthorized: true } };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The client's key in a file of its own, changed by one openssl command. */
function convert({ key }: Issued, ...args: string[]): string {
  const file = join(material().folder, 'client.key');
  writeFileSync(file, key);
  return material()
    .openssl(...args, '-in', file)
    .toString();
}

interface Client {
  certificate: string;
  key: string;
  passphrase?: string;
}
const clients: [string, () => Client][] = [
  ['PEM texts with an EC key', () => ({ certificate: client.cert, key: client.key })],
  ['base64 of PEM', () => ({ certificate: base64(client.cert), key: base64(client.key) })],
  [
    'PEM texts with \\n written out',
    () => ({
      certificate: client.cert.replaceAll('\n', '\\n'),
      key: client.key.replaceAll('\n', '\\n'),
    }),
  ],
  [
    'a key encrypted with a passphrase',
    () => ({
      certificate: client.cert,
      key: convert(client, 'pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:Mtls-passphrase-1'),
      passphrase: 'Mtls-passphrase-1',
    }),
  ],
  ['an EC key in SEC1 form', () => ({ certificate: client.cert, key: convert(client, 'ec') })],
  [
    'an RSA key',
    () => {
      const rsa = authority.issue({ names: 'DNS:ci.example.com', kind: 'rsa' });
      return { certificate: rsa.cert, key: rsa.key };
    },
  ],
];

test.each(clients)(
  'a server with mutual TLS lets a client certificate in that came as %s',
  async (_, make) => {
    const { sprinklr, token } = await world(mutual());
    const { certificate, key, passphrase = '' } = make();
    const step = await run({
      ...token,
      'mtls-certificate': certificate,
      'mtls-private-key': key,
      'mtls-passphrase': passphrase,
    });

    expect(step.errors).toEqual([]);
    expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
    expectHidden(step, client.key);
  },
);

test('the client certificate goes to Sprinklr through a proxy, and nothing of it to the proxy', async () => {
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

  expect(step.errors).toEqual([]);
  expect(step.outputs['app-id']).toMatch(/^eyJ/);
  expect(sprinklr.requests).toHaveLength(2);
  expect(proxy.tunnels).toHaveLength(2);
  expectHidden(step, client.key);
});

test('a server with mutual TLS does not let a client in that shows no certificate', async () => {
  const made = await world(mutual());
  const step = await run({ ...made.token, 'max-attempts': '1' });

  expectTlsFailure(step, made);
  expect(step.errors[0]?.message).toContain('mtls-certificate');
});

test('a client certificate does no harm at a server that does not ask for one', async () => {
  const { token, sprinklr } = await world({ tls: server });
  const step = await run({ ...token, 'mtls-certificate': client.cert, 'mtls-private-key': client.key });

  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
});

test.each(['mtls-certificate', 'mtls-private-key'])('%s alone is not enough', async (given) => {
  const { token, sprinklr } = await world();
  const missing = given === 'mtls-certificate' ? 'mtls-private-key' : 'mtls-certificate';
  const step = await run({ ...token, [given]: given === 'mtls-certificate' ? client.cert : client.key });

  expect(step.outputs).toEqual({ 'error-code': 'INPUT_MISSING' });
  expect(step.errors[0]?.message).toContain(missing);
  expect(sprinklr.requests).toEqual([]);
});

test('a wrong passphrase for the client key is said, and not shown', async () => {
  const { token, sprinklr } = await world();
  const key = convert(client, 'pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:Mtls-passphrase-1');
  const step = await run({
    ...token,
    'mtls-certificate': client.cert,
    'mtls-private-key': key,
    'mtls-passphrase': 'Mtls-passphrase-2',
  });

  expect(step.outputs).toEqual({ 'error-code': 'KEY_ENCRYPTED' });
  expect(step.errors[0]?.message).toContain('mtls-passphrase');
  expect(sprinklr.requests).toEqual([]);
});

test('a client key that is not the key of its certificate fails before anything is sent', async () => {
  const made = await world({ tls: server });
  const other = authority.issue();
  const step = await run({ ...made.token, 'mtls-certificate': client.cert, 'mtls-private-key': other.key });

  expectTlsFailure(step, made);
  expect(step.errors[0]?.message).toContain('mtls-private-key');
});

/** The harness looks for the key as it was given; this looks for it as the action writes it. */
function expectHidden(step: Outcome, key: string): void {
  const shown = [
    step.log.replace(/^::add-mask::.*$/gm, ''),
    step.summary,
    ...Object.values(step.outputs),
  ].join('\n');
  for (const line of key.split('\n').filter((text) => text !== '' && !text.includes('-----')))
    expect(shown).not.toContain(line);
}
