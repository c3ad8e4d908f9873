import { createPrivateKey, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseCertificate, requireMatch } from '../../src/credentials/certificate.ts';
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

/** What is said where something is not made: the problem and the remedy. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ActionError)) throw new Error('It was made.', { cause: error });
  expect(error.code).toBe('INPUT_INVALID');
  return `${error.message} ${error.remedy}`;
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
let material: KeyMaterial;
let server: Awaited<ReturnType<typeof generateServerCertificate>>;
beforeAll(async () => {
  material = await generateKeyMaterial({ subject, now });
  save(material);
  const more = ['sprinklr.test', '192.0.2.7', '2001:db8::1', '::ffff:192.0.2.8', '*.sprinklr.test'];
  server = await generateServerCertificate({ hosts: ['localhost', ...more], days: 30, now });
});

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
    parseCertificate(material.certificatePem, 'certificate'),
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
  const { notBefore, expiresAt } = parseCertificate(material.certificatePem, 'certificate');
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
  const said = 'The number of days of validity is not a whole number from 1 to 3650. The guide has 365.';
  expect(await refusal(generateKeyMaterial({ subject, days, now }))).toBe(said);
  expect(await refusal(generateServerCertificate({ hosts: [], days, now }))).toBe(said);
});

test('ten years are taken', async () => {
  const days = 3650;
  const { expiresAt } = await generateKeyMaterial({ subject, days, now });
  expect(Math.round((expiresAt.getTime() - now.getTime()) / 86_400_000)).toBe(days);
});

test.each([0, 1024, 2047, 16_384, Number.NaN])('a key of %s bits is refused', async (bits) => {
  expect(await refusal(generateKeyMaterial({ subject, bits, now }))).toBe(
    'The key length is not 2048, 3072 or 4096 bits. Leave it at 2048, as the guide has it.',
  );
});

const COUNTRY = "The subject's country is not two letters. Use its ISO 3166 code, such as US.";
const badSubjects: [string, Subject, string][] = [
  [
    'no common name',
    { commonName: ' ' },
    "The subject's common name is empty. Give it a name to know it by, such as ci.example.com.",
  ],
  ['a country of three letters', { commonName: 'x', country: 'DEU' }, COUNTRY],
  ['a country of two digits', { commonName: 'x', country: '49' }, COUNTRY],
  ['a country with a digit before it', { commonName: 'x', country: '4de' }, COUNTRY],
  ['a country with a digit behind it', { commonName: 'x', country: 'de4' }, COUNTRY],
  ['a country of one letter', { commonName: 'x', country: 'D' }, COUNTRY],
  ['a country of two letters outside ASCII', { commonName: 'x', country: 'ÄÖ' }, COUNTRY],
  [
    'a common name that is too long',
    { commonName: 'x'.repeat(65) },
    "The subject's commonName is longer than 64 characters. Shorten it.",
  ],
  [
    'a line end in a name',
    { commonName: 'x', organization: 'a\nb' },
    "The subject's organization holds a character that cannot be shown. Type it again.",
  ],
  [
    'half a surrogate pair',
    { commonName: 'x\ud800' },
    "The subject's commonName holds a character that cannot be shown. Type it again.",
  ],
  [
    'letters outside ASCII in the address',
    { commonName: 'x', emailAddress: 'ü@example.com' },
    "The subject's emailAddress holds characters outside ASCII. Use an address in plain ASCII.",
  ],
];

test.each(badSubjects)('a subject with %s is refused', async (_, bad, said) => {
  expect(await refusal(generateKeyMaterial({ subject: bad, now }))).toBe(said);
});

test('the space around a name is none of its own', async () => {
  const { certificatePem } = await generateKeyMaterial({
    subject: { commonName: ' x ', country: ' de ', state: ' ' },
    now,
  });
  expect(parseCertificate(certificatePem, 'certificate').subject).toBe('C=DE, CN=x');
});

test('the longest names that a certificate may have are taken, counted in characters', async () => {
  const commonName = '🔑'.repeat(64);
  const { certificatePem } = await generateKeyMaterial({ subject: { commonName }, now });
  expect(parseCertificate(certificatePem, 'certificate').subject).toBe(`CN=${commonName}`);
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
  expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
  expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment\n/);
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

/** Labels of 63 characters, as long as a name may be. */
const LONGEST_NAME = [...Array<string>(3).fill('a'.repeat(63)), 'a'.repeat(61)].join('.');

test.each([
  ...['', 'https://sprinklr.test', 'sprinklr.test:8443', 'a b', 'fe80::1%eth0', 'ü.test', 'a..b', '::1]/['],
  `${LONGEST_NAME}a`,
])('a host that is neither a name nor an address is refused: %j', async (host) => {
  expect(await refusal(generateServerCertificate({ hosts: [host], days: 30, now }))).toBe(
    'A host for the server certificate is neither a DNS name nor an IP address. ' +
      'Give names such as sprinklr.test or addresses such as 192.0.2.1, without scheme and port.',
  );
});

test('the longest name that a host may have is taken', async () => {
  const { certificate } = await generateServerCertificate({ hosts: [LONGEST_NAME], days: 30, now });
  expect(new X509Certificate(certificate).subjectAltName).toContain(`DNS:${LONGEST_NAME}`);
});
