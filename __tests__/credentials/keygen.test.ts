import { createPrivateKey, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, expect, test } from '@jest/globals';
import { readCertificate, requireMatch } from '../../src/credentials/certificate.ts';
import {
  generateKeyMaterial,
  generateServerCertificate,
  type KeyMaterial,
  type Subject,
} from '../../src/credentials/keygen.ts';
import { ActionError } from '../../src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-keygen-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Stores a piece of the material as the guide names it. */
function save({ privateKeyPem, certificateRequestPem, certificatePem, privateKeyDer }: KeyMaterial): void {
  writeFileSync(join(folder, 'server.key'), privateKeyPem);
  writeFileSync(join(folder, 'server.csr'), certificateRequestPem);
  writeFileSync(join(folder, 'server.crt'), certificatePem);
  writeFileSync(join(folder, 'server.der'), privateKeyDer);
}

const subjectText = (file: string, kind = 'x509'): string =>
  openssl(kind, '-in', file, '-noout', '-subject', '-nameopt', 'utf8,sep_comma_plus').trim();

async function refusal(promise: Promise<unknown>): Promise<ActionError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ActionError);
  return error as ActionError;
}

const subject: Subject = {
  commonName: 'ci.example.com',
  organization: 'Bücher & Ünïcode 株式会社',
  organizationalUnit: 'Plattform',
  country: 'de',
  state: 'Bayern',
  locality: 'München',
  emailAddress: 'ci-bot@example.com',
};

const now = new Date(Math.floor(Date.now() / 1000) * 1000 + 789);
const material = await generateKeyMaterial({ subject, now });
save(material);

test('openssl finds nothing wrong with the key, as PEM and as the DER of the guide', () => {
  const key = openssl('rsa', '-in', 'server.key', '-check', '-noout');
  expect(key).toContain('RSA key ok');
  const der = openssl('pkcs8', '-inform', 'DER', '-in', 'server.der', '-nocrypt');
  expect(der).toBe(material.privateKeyPem);
  expect(openssl('rsa', '-in', 'server.key', '-noout', '-text')).toContain('2048 bit');
});

test('the request is signed by the key, and openssl makes a certificate of it', () => {
  openssl('req', '-in', 'server.csr', '-verify', '-noout');
  expect(material.certificateRequestPem).not.toContain('\r');
  openssl(
    'x509',
    '-req',
    '-sha256',
    '-days',
    '365',
    '-in',
    'server.csr',
    '-signkey',
    'server.key',
    '-out',
    'again.crt',
  );
  expect(subjectText('again.crt')).toBe(subjectText('server.crt'));
});

test('the certificate verifies with itself as its authority', () => {
  expect(openssl('verify', '-CAfile', 'server.crt', 'server.crt')).toContain('server.crt: OK');
  const x509 = new X509Certificate(material.certificatePem);
  expect(x509.verify(x509.publicKey)).toBe(true);
  expect(x509.ca).toBe(false);
  requireMatch(
    readCertificate(material.certificatePem, 'certificate'),
    createPrivateKey(material.privateKeyPem),
  );
});

test('the certificate is X.509 version 3, signed with SHA-256, for signing alone', () => {
  const text = openssl('x509', '-in', 'server.crt', '-noout', '-text');
  expect(text).toContain('Version: 3 (0x2)');
  expect(text.match(/Signature Algorithm: sha256WithRSAEncryption/g)).toHaveLength(2);
  expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
  expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
});

test('fingerprint and expiry are what openssl says', () => {
  const fingerprint = openssl('x509', '-in', 'server.crt', '-noout', '-fingerprint', '-sha256');
  expect(material.fingerprint).toBe(fingerprint.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase());
  const end = openssl('x509', '-in', 'server.crt', '-noout', '-enddate').replace('notAfter=', '');
  expect(material.expiresAt).toEqual(new Date(end));
});

test('it is valid from five minutes ago, in whole seconds, for the days asked for', () => {
  const { notBefore, expiresAt } = readCertificate(material.certificatePem, 'certificate');
  expect(now.getTime() - notBefore.getTime()).toBe(5 * 60_000 + 789);
  expect(expiresAt.getTime() - notBefore.getTime()).toBe(365 * 24 * 60 * 60_000);
});

test('the subject keeps every field and every letter, in the string types that RFC 5280 wants', () => {
  expect(subjectText('server.crt')).toBe(
    'subject=C=DE,ST=Bayern,L=München,O=Bücher & Ünïcode 株式会社,OU=Plattform,CN=ci.example.com,' +
      'emailAddress=ci-bot@example.com',
  );
  expect(subjectText('server.csr', 'req')).toBe(subjectText('server.crt'));
  const fields = openssl('asn1parse', '-in', 'server.crt')
    .split('\n')
    .filter((line) => line.includes('STRING'));
  const types = fields.map((line) => /(PRINTABLE|UTF8|IA5)STRING/.exec(line)?.[1]).filter(Boolean);
  const one = ['PRINTABLE', 'UTF8', 'UTF8', 'UTF8', 'UTF8', 'UTF8', 'IA5'];
  expect(types).toEqual([...one, ...one]);
});

test('every certificate has a positive serial number of its own, of 16 octets', async () => {
  const more = await Promise.all(
    Array.from({ length: 3 }, () => generateKeyMaterial({ subject: { commonName: 'x' }, now })),
  );
  const serials = more.map(({ certificatePem }) => new X509Certificate(certificatePem).serialNumber);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  expect(new Set(serials).size).toBe(serials.length);
  expect(new Set(more.map(({ privateKeyPem }) => privateKeyPem)).size).toBe(more.length);
});

test.each([
  ['across', '2049-12-31T12:00:00Z', /UTCTIME.*\n.*GENERALIZEDTIME/],
  ['after', '2050-06-01T00:00:00Z', /GENERALIZEDTIME.*\n.*GENERALIZEDTIME/],
])('dates %s the year 2050 have the form that RFC 5280 wants there', async (_, from, form) => {
  const start = new Date(from);
  const later = await generateKeyMaterial({ subject: { commonName: 'x' }, days: 1, now: start });
  writeFileSync(join(folder, 'later.crt'), later.certificatePem);
  expect(openssl('asn1parse', '-in', 'later.crt')).toMatch(form);
  expect(later.expiresAt.getTime()).toBe(start.getTime() + 24 * 60 * 60_000 - 5 * 60_000);
});

test('a longer key can be asked for', async () => {
  const long = await generateKeyMaterial({ subject: { commonName: 'x' }, bits: 3072, now });
  expect(createPrivateKey(long.privateKeyPem).asymmetricKeyDetails?.modulusLength).toBe(3072);
});

test.each([0, -1, 1.5, 3651, Number.NaN, Number.POSITIVE_INFINITY])('%s days are refused', async (days) => {
  const error = await refusal(generateKeyMaterial({ subject, days, now }));
  expect(error.code).toBe('INPUT_INVALID');
  expect((await refusal(generateServerCertificate({ hosts: [], days, now }))).code).toBe('INPUT_INVALID');
});

test('ten years are taken', async () => {
  const days = 3650;
  const { expiresAt } = await generateKeyMaterial({ subject, days, now });
  expect(Math.round((expiresAt.getTime() - now.getTime()) / 86_400_000)).toBe(days);
});

test.each([0, 1024, 2047, 16_384, Number.NaN])('a key of %s bits is refused', async (bits) => {
  expect((await refusal(generateKeyMaterial({ subject, bits, now }))).code).toBe('INPUT_INVALID');
});

const badSubjects: [string, Subject, RegExp][] = [
  ['no common name', { commonName: ' ' }, /common name/],
  ['a country of three letters', { commonName: 'x', country: 'DEU' }, /country/],
  ['a country of two digits', { commonName: 'x', country: '49' }, /country/],
  ['a country of one letter', { commonName: 'x', country: 'D' }, /country/],
  ['a country of two letters outside ASCII', { commonName: 'x', country: 'ÄÖ' }, /country/],
  ['a common name that is too long', { commonName: 'x'.repeat(65) }, /commonName/],
  ['a line end in a name', { commonName: 'x', organization: 'a\nb' }, /organization/],
  ['half a surrogate pair', { commonName: 'x\ud800' }, /commonName/],
  [
    'letters outside ASCII in the address',
    { commonName: 'x', emailAddress: 'ü@example.com' },
    /emailAddress/,
  ],
];

test.each(badSubjects)('a subject with %s is refused', async (_, bad, problem) => {
  const error = await refusal(generateKeyMaterial({ subject: bad, now }));
  expect(error.code).toBe('INPUT_INVALID');
  expect(error.message).toMatch(problem);
});

test('the longest names that a certificate may have are taken, counted in characters', async () => {
  const commonName = '🔑'.repeat(64);
  const { certificatePem } = await generateKeyMaterial({ subject: { commonName }, now });
  expect(readCertificate(certificatePem, 'certificate').subject).toBe(`CN=${commonName}`);
});

const server = await generateServerCertificate({
  hosts: ['sprinklr.test', 'localhost', '192.0.2.7', '2001:db8::1', '::ffff:192.0.2.8', '*.sprinklr.test'],
  days: 30,
  now,
});

test('a server certificate is for this machine and the given hosts, each once', () => {
  writeFileSync(join(folder, 'tls.crt'), server.certificate);
  const text = openssl('x509', '-in', 'tls.crt', '-noout', '-text');
  const names = /Subject Alternative Name:\s*\n\s*(.*)/.exec(text)?.[1]?.split(', ');
  expect(names).toEqual([
    'DNS:localhost',
    'IP Address:127.0.0.1',
    'IP Address:0:0:0:0:0:0:0:1',
    'DNS:sprinklr.test',
    'IP Address:192.0.2.7',
    'IP Address:2001:DB8:0:0:0:0:0:1',
    'IP Address:0:0:0:0:0:FFFF:C000:208',
    'DNS:*.sprinklr.test',
  ]);
  expect(text).toContain('TLS Web Server Authentication');
  expect(openssl('verify', '-CAfile', 'tls.crt', '-purpose', 'sslserver', 'tls.crt')).toContain('OK');
});

test.each(['localhost', '127.0.0.1', 'sprinklr.test'])(
  'a client that trusts it talks to %s',
  async (host) => {
    const listener = createServer({ key: server.key, cert: server.certificate }, (socket) =>
      socket.end('hello'),
    );
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const name = host === '127.0.0.1' ? {} : { servername: host };
    const client = connect({ host: '127.0.0.1', port, ca: server.certificate, ...name });
    try {
      await once(client, 'secureConnect');
      expect(client.authorized).toBe(true);
    } finally {
      client.destroy();
      listener.close();
    }
  },
);

test.each(['', 'https://sprinklr.test', 'sprinklr.test:8443', 'a b', 'fe80::1%eth0', 'ü.test', 'a..b'])(
  'a host that is neither a name nor an address is refused: %j',
  async (host) => {
    const error = await refusal(generateServerCertificate({ hosts: [host], days: 30, now }));
    expect(error.code).toBe('INPUT_INVALID');
  },
);
