import { createPrivateKey, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseCertificate } from '../../src/credentials/certificate.ts';
import {
  generateKeyMaterial,
  generateServerCertificate,
  type KeyMaterial,
  type Subject,
} from '../../src/credentials/keygen.ts';
import { actionErrorFrom } from './action-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-keygen-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const openssl = (command: string): string =>
  execFileSync('openssl', command.split(' '), { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
const save = (name: string, content: string | Buffer): void => {
  writeFileSync(join(folder, name), content);
};
const subjectOf = (file: string, kind = 'x509'): string =>
  openssl(`${kind} -in ${file} -noout -subject -nameopt utf8,sep_comma_plus`).trim();
const generate = (changes: Partial<Parameters<typeof generateKeyMaterial>[0]> = {}): Promise<KeyMaterial> =>
  generateKeyMaterial({ subject: { commonName: 'x' }, now, ...changes });
const generateServer = (changes: Partial<Parameters<typeof generateServerCertificate>[0]> = {}) =>
  generateServerCertificate({ hosts: [], days: 30, now, ...changes });

/** Expects INPUT_INVALID with these facts in its message. */
async function expectInvalid(promise: Promise<unknown>, ...facts: string[]): Promise<void> {
  const { code, message } = await actionErrorFrom(promise);
  expect(code).toBe('INPUT_INVALID');
  for (const fact of facts) expect(message).toContain(fact);
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
beforeAll(async () => {
  material = await generate({ subject });
  save('server.key', material.privateKeyPem);
  save('server.csr', material.certificateRequestPem);
  save('server.crt', material.certificatePem);
  save('server.der', material.privateKeyDer);
});

test('openssl accepts the key, as PEM and as the DER of the guide', () => {
  expect(openssl('rsa -in server.key -check -noout')).toContain('RSA key ok');
  expect(openssl('pkcs8 -inform DER -in server.der -nocrypt')).toBe(material.privateKeyPem);
  expect(openssl('rsa -in server.key -noout -text')).toContain('2048 bit');
});

test('the request is signed with the key, and openssl creates a certificate from it', () => {
  openssl('req -in server.csr -verify -noout');
  expect(material.certificateRequestPem).not.toContain('\r');
  openssl('x509 -req -sha256 -days 365 -in server.csr -signkey server.key -out again.crt');
  expect(subjectOf('again.crt')).toBe(subjectOf('server.crt'));
});

test('the certificate is self-signed and matches the key', () => {
  expect(openssl('verify -CAfile server.crt server.crt')).toContain('server.crt: OK');
  const { x509 } = parseCertificate(material.certificatePem, 'certificate');
  expect(x509.verify(x509.publicKey)).toBe(true);
  expect(x509.ca).toBe(false);
  expect(x509.checkPrivateKey(createPrivateKey(material.privateKeyPem))).toBe(true);
});

test('the certificate is X.509 version 3, signed with SHA-256, and only for signing', async () => {
  save('signing.crt', (await generate()).certificatePem);
  const text = openssl('x509 -in signing.crt -noout -text');
  expect(text).toContain('Version: 3 (0x2)');
  expect(text.match(/Signature Algorithm: sha256WithRSAEncryption/g)).toHaveLength(2);
  expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/);
  expect(text).toMatch(/Basic Constraints: critical\s+CA:FALSE\n/);
});

test('the fingerprint and the expiry are those that openssl prints', () => {
  const fingerprint = openssl('x509 -in server.crt -noout -fingerprint -sha256');
  expect(material.fingerprint).toBe(fingerprint.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase());
  const end = openssl('x509 -in server.crt -noout -enddate').replace('notAfter=', '');
  expect(material.expiresAt).toEqual(new Date(end));
});

test('the certificate is valid from five minutes ago, in whole seconds, for 365 days', () => {
  const { notBefore, expiresAt } = parseCertificate(material.certificatePem, 'certificate');
  expect(now.getTime() - notBefore.getTime()).toBe(5 * 60_000 + 789);
  expect(expiresAt.getTime() - notBefore.getTime()).toBe(365 * 24 * 60 * 60_000);
});

test('the subject keeps every field and character, in the string types of RFC 5280', () => {
  expect(subjectOf('server.crt')).toBe(
    'subject=C=DE,ST=Bayern,L=München,O=Bücher & Ünïcode 株式会社,OU=Plattform,CN=ci.example.com,' +
      'emailAddress=ci-bot@example.com',
  );
  expect(subjectOf('server.csr', 'req')).toBe(subjectOf('server.crt'));
  const strings = openssl('asn1parse -in server.crt').matchAll(/(PRINTABLE|UTF8|IA5)STRING/g);
  const one = ['PRINTABLE', 'UTF8', 'UTF8', 'UTF8', 'UTF8', 'UTF8', 'IA5'];
  expect([...strings].map(([, type]) => type)).toEqual([...one, ...one]);
});

test('every certificate has its own positive serial number of 16 octets, and its own key', async () => {
  const more = await Promise.all([generate(), generate(), generate()]);
  const serials = more.map(({ certificatePem }) => new X509Certificate(certificatePem).serialNumber);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  expect(new Set(serials).size).toBe(serials.length);
  expect(new Set(more.map(({ privateKeyPem }) => privateKeyPem)).size).toBe(more.length);
});

test.each([
  ['across', '2049-12-31T12:00:00Z', /UTCTIME.*\n.*GENERALIZEDTIME/],
  ['after', '2050-06-01T00:00:00Z', /GENERALIZEDTIME.*\n.*GENERALIZEDTIME/],
])('dates %s the year 2050 have the form that RFC 5280 requires', async (_, from, form) => {
  const start = new Date(from);
  const later = await generate({ days: 1, now: start });
  save('later.crt', later.certificatePem);
  expect(openssl('asn1parse -in later.crt')).toMatch(form);
  expect(later.expiresAt.getTime()).toBe(start.getTime() + 24 * 60 * 60_000 - 5 * 60_000);
});

test('generates a key of 3072 bits, and a certificate for ten years', async () => {
  const { privateKeyPem, expiresAt } = await generate({ bits: 3072, days: 3650 });
  expect(createPrivateKey(privateKeyPem).asymmetricKeyDetails?.modulusLength).toBe(3072);
  expect(Math.round((expiresAt.getTime() - now.getTime()) / 86_400_000)).toBe(3650);
});

test.each([0, 1024, 2047, 16_384, Number.NaN])('rejects a key of %s bits', async (bits) => {
  await expectInvalid(generate({ bits }), '2048', '3072', '4096');
});

test.each([0, -1, 1.5, 3651, Number.NaN, Number.POSITIVE_INFINITY])('rejects %s days', async (days) => {
  await expectInvalid(generate({ days }), '1', '3650');
  await expectInvalid(generateServer({ days }), '1', '3650');
});

test.each<[string, Partial<Subject>, ...string[]]>([
  ['no common name', { commonName: ' ' }, 'common name'],
  ...['DEU', '49', '4de', 'de4', 'D', 'ÄÖ'].map((country): [string, Partial<Subject>, ...string[]] => [
    `the country ${country}`,
    { country },
    'country',
    'two letters',
  ]),
  ['a common name that is too long', { commonName: 'x'.repeat(65) }, 'commonName', '64 characters'],
  ['a line break', { organization: 'a\nb' }, 'organization', 'character'],
  ['half of a surrogate pair', { commonName: 'x\ud800' }, 'commonName', 'character'],
  ['an address outside ASCII', { emailAddress: 'ü@example.com' }, 'emailAddress', 'ASCII'],
])('rejects a subject with %s', async (_, changes, ...facts) => {
  await expectInvalid(generate({ subject: { commonName: 'x', ...changes } }), ...facts);
});

test.each<[string, Subject, string]>([
  [
    'trims white space, and omits empty fields',
    { commonName: ' x ', country: ' de ', state: ' ' },
    'C=DE, CN=x',
  ],
  ['counts a name of 64 in characters', { commonName: '🔑'.repeat(64) }, `CN=${'🔑'.repeat(64)}`],
])('%s', async (_, given, expected) => {
  const { certificatePem } = await generate({ subject: given });
  expect(parseCertificate(certificatePem, 'certificate').subject).toBe(expected);
});

test('a server certificate is for the loopback interface and the given hosts, each once', async () => {
  const names = ['sprinklr.test', '192.0.2.7', '2001:db8::1', '::ffff:192.0.2.8', '*.sprinklr.test'];
  const server = await generateServer({ hosts: ['localhost', ...names] });
  save('tls.crt', server.certificate);
  const text = openssl('x509 -in tls.crt -noout -text');
  const altNames = /Subject Alternative Name:\s*\n\s*(.*)/.exec(text)?.[1]?.split(', ');
  expect(altNames).toEqual([
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
  for (const host of ['-verify_hostname localhost', '-verify_hostname sprinklr.test', '-verify_ip 127.0.0.1'])
    expect(openssl(`verify -CAfile tls.crt -purpose sslserver ${host} tls.crt`)).toContain('OK');
  expect(new X509Certificate(server.certificate).checkPrivateKey(createPrivateKey(server.key))).toBe(true);
});

/** 253 characters, with labels of 63: the limits of a DNS name. */
const LONGEST_NAME = [...Array<string>(3).fill('a'.repeat(63)), 'a'.repeat(61)].join('.');

test.each([
  ...['', 'https://sprinklr.test', 'sprinklr.test:8443', 'a b', 'fe80::1%eth0', 'ü.test', 'a..b', '::1]/['],
  `${LONGEST_NAME}a`,
])('rejects a host that is neither a name nor an address: %j', async (host) => {
  await expectInvalid(generateServer({ hosts: [host] }), 'DNS name', 'IP address');
});

test('accepts the longest name of a host', async () => {
  const { certificate } = await generateServer({ hosts: [LONGEST_NAME] });
  expect(new X509Certificate(certificate).subjectAltName).toContain(`DNS:${LONGEST_NAME}`);
});
