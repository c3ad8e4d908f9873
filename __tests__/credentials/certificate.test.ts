import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  checkValidity,
  parseCertificate,
  parseCertificateChain,
  requireMatch,
  type Certificate,
} from '../../src/credentials/certificate.ts';
import { ActionError } from '../../src/errors.ts';
import { makeMaterial, sharedMaterial } from '../material.ts';
import { cases } from '../volume.ts';

const own = sharedMaterial();
const other = makeMaterial();
const der = new X509Certificate(own.certificate).raw;
const key = createPrivateKey(own.key);

const base64 = (file: Buffer | string): string => Buffer.from(file).toString('base64');
const wrapped = (file: Buffer | string, columns = 76): string =>
  base64(file).replace(new RegExp(`.{1,${columns}}`, 'g'), '$&\n');
const urlSafe = (file: Buffer): string => file.toString('base64url');
const frame = (label: string, file: Buffer): string =>
  `-----BEGIN ${label}-----\n${wrapped(file, 64)}-----END ${label}-----\n`;
const opensslPem = (...args: string[]): string => own.openssl(...args).toString();

function refusal(act: () => unknown): ActionError {
  try {
    act();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const refused = (value: string): ActionError => refusal(() => parseCertificate(value, 'certificate'));

/** The only ends that reading may come to. */
function outcome(value: string): string {
  try {
    return parseCertificate(value, 'certificate').fingerprint;
  } catch (error) {
    if (error instanceof ActionError) return error.code;
    throw error;
  }
}

const fingerprint = createHash('sha256').update(der).digest('hex');

test('a certificate made by the guide tells what openssl tells of it', () => {
  const certificate = parseCertificate(own.certificate, 'certificate');
  const dates = own.openssl('x509', '-in', 'server.crt', '-noout', '-dates').toString();
  const [notBefore = '', notAfter = ''] = dates.split('\n').map((line) => line.replace(/^\w+=/, ''));

  expect(certificate.pem).toBe(own.certificate);
  expect(certificate.fingerprint).toBe(fingerprint);
  expect(certificate.subject).toBe('C=US, O=Example, CN=ci.example.com');
  expect(certificate.notBefore).toEqual(new Date(notBefore));
  expect(certificate.expiresAt).toEqual(new Date(notAfter));
  expect(certificate.x509).toBeInstanceOf(X509Certificate);
});

const { certificate: pem } = own;
const forms: [string, string][] = [
  ['PEM', pem],
  ['PEM with Windows line ends', pem.replaceAll('\n', '\r\n')],
  ['PEM with old Macintosh line ends', pem.replaceAll('\n', '\r')],
  ['PEM with the line ends written out', pem.replaceAll('\n', '\\n')],
  ['PEM with the line ends escaped twice', pem.replaceAll('\n', '\\\\n')],
  ['PEM with spaces where the line ends were', pem.replaceAll('\n', ' ')],
  ['PEM without line ends', pem.replaceAll('\n', '')],
  ['PEM in quotes', `"${pem.trim()}"`],
  ['PEM as a JSON string', JSON.stringify(pem)],
  ['indented PEM', pem.replaceAll(/^/gm, '    ')],
  ['PEM after a byte-order mark', `\ufeff${pem}`],
  ['PEM after the text that openssl prints', opensslPem('x509', '-in', 'server.crt', '-text')],
  ['PEM with remarks around it', `subject=CN = ci\nissuer=CN = ci\n${pem}\nnot after: soon`],
  ['PEM that openssl calls trusted', opensslPem('x509', '-in', 'server.crt', '-trustout')],
  [
    'PEM with trust settings',
    opensslPem('x509', '-in', 'server.crt', '-trustout', '-addtrust', 'serverAuth', '-setalias', 'ci'),
  ],
  ['PEM with spaces among its dashes', pem.replaceAll(/-(BEGIN|END)/g, '- $1')],
  ['PEM below its base64', `${urlSafe(der)}\n${pem.replaceAll('=', '')}`],
  ['PEM with its old label', pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
  ['base64 of PEM', base64(pem)],
  ['wrapped base64 of PEM', wrapped(pem)],
  ['base64 of base64 of PEM', base64(base64(pem))],
  ['base64 of base64 of base64 of PEM', base64(base64(base64(pem)))],
  ["base64 of PEM as Windows PowerShell's > writes it", base64(Buffer.from(`\ufeff${pem}`, 'utf16le'))],
  ['base64 of DER', base64(der)],
  ['wrapped base64 of DER', wrapped(der)],
  ['base64 of DER with spaces where the line ends were', wrapped(der).replaceAll('\n', ' ')],
  ['base64 of DER without padding', base64(der).replaceAll('=', '')],
  ['URL-safe base64 of DER', urlSafe(der)],
  ['URL-safe base64 of PEM', urlSafe(Buffer.from(pem))],
  ['base64 of DER and a line end', base64(Buffer.concat([der, Buffer.from('\r\n')]))],
  ['the PEM file as certutil encodes it', frame('CERTIFICATE', Buffer.from(pem))],
];

test.each(forms)('%s is read as the same certificate', (_, value) => {
  expect(parseCertificate(value, 'certificate').pem).toBe(pem);
  expect(parseCertificate(value, 'certificate').fingerprint).toBe(fingerprint);
  expect(parseCertificateChain(value, 'mtls-certificate')).toBe(pem);
});

test('a certificate without a subject is read all the same', () => {
  own.openssl('req', '-new', '-x509', '-key', 'server.key', '-out', 'nameless.crt', '-subj', '/');
  const certificate = parseCertificate(own.read('nameless.crt').toString(), 'certificate');
  expect(certificate.subject).toBe('');
});

test('a certificate that another has issued is read, though nothing in it can show that it is intact', () => {
  writeFileSync(join(other.folder, 'client.csr'), own.read('server.csr'));
  const signed = ['-req', '-in', 'client.csr', '-CA', 'ca.crt', '-CAkey', 'server.key', '-CAcreateserial'];
  other.openssl('req', '-new', '-x509', '-key', 'server.key', '-out', 'ca.crt', '-subj', '/CN=Example CA');
  const issued = other.openssl('x509', ...signed).toString();
  expect(parseCertificate(issued, 'certificate').x509.issuer).toBe('CN=Example CA');
});

test('a version 1 certificate, as older openssl makes by the same commands, is read', () => {
  const first = base64(der);
  // OpenSSL 3 makes version 1 when it has no extension to write.
  own.openssl('x509', '-req', '-in', 'server.csr', '-signkey', 'server.key', '-out', 'v1.crt', '-days', '9');
  const text = own.openssl('x509', '-in', 'v1.crt', '-noout', '-text').toString();
  expect(text).toContain('Version: 1');
  expect(parseCertificate(own.read('v1.crt').toString(), 'certificate').pem).not.toBe(first);
});

test('trust settings that look like an encrypted key are not taken for one', () => {
  // Trusted for serverAuth, with the key identifier that a PKCS#12 file gives (openssl's X509_CERT_AUX).
  const settings = Buffer.from(`3022300a06082b060105050703010414${'5a'.repeat(20)}`, 'hex');
  const trusted = frame('TRUSTED CERTIFICATE', Buffer.concat([der, settings]));
  expect(parseCertificate(trusted, 'certificate').pem).toBe(pem);
});

test('a certificate that is not in DER to the letter is refused, as it would be uploaded otherwise', () => {
  const longWay = Buffer.concat([Buffer.from([0x30, 0x83, 0x00]), der.subarray(2)]);
  expect(new X509Certificate(longWay).raw).toEqual(der);
  expect(outcome(base64(longWay))).toBe('CERTIFICATE_UNREADABLE');
});

// Everything that holds a private key.

own.openssl('rsa', '-in', 'server.key', '-traditional', '-out', 'pkcs1.key');
own.openssl('rsa', '-in', 'server.key', '-traditional', '-outform', 'DER', '-out', 'pkcs1.der');
own.openssl('genrsa', '-des3', '-traditional', '-passout', 'pass:x', '-out', 'old-encrypted.key');
own.openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
own.openssl('ec', '-in', 'ec.key', '-outform', 'DER', '-out', 'ec.der');
for (const form of ['DER', 'PEM']) {
  const out = ['-passout', 'pass:x', '-outform', form, '-out', `encrypted.${form}`];
  own.openssl('pkcs8', '-topk8', '-in', 'server.key', ...out);
  own.openssl(
    'pkcs8',
    '-topk8',
    '-v1',
    'PBE-SHA1-3DES',
    '-in',
    'server.key',
    ...out.slice(0, -1),
    `old.${form}`,
  );
}
const pkcs1 = own.read('pkcs1.key').toString();
const openssh = Buffer.from(`openssh-key-v1\0${'\0\0\0\x04none'.repeat(2)}${'\0'.repeat(90)}`, 'latin1');

const keys: [string, string][] = [
  ['PKCS#8 as PEM', own.key],
  ['PKCS#1 as PEM', pkcs1],
  ['encrypted PKCS#8 as PEM', own.read('encrypted.PEM').toString()],
  ['an encrypted key as PEM of old', own.read('old-encrypted.key').toString()],
  ['an EC key as PEM', own.read('ec.key').toString()],
  ['an OpenSSH key', frame('OPENSSH PRIVATE KEY', openssh)],
  ['a key as PEM without line ends', own.key.replaceAll('\n', '')],
  ['a key as PEM without any space', own.key.replaceAll(/\s/g, '')],
  ['a key as PEM with the line ends written out', own.key.replaceAll('\n', '\\n')],
  ['a key as PEM with curly dashes', own.key.replaceAll('-----', '—–')],
  ['a key as PEM that lost its first line', own.key.slice(own.key.indexOf('\n') + 1)],
  ['a key as PEM that lost its last line', own.key.replace(/-----END.*/, '')],
  ['PKCS#8 as base64 of DER', own.secret],
  ['PKCS#8 as wrapped base64 of DER', wrapped(own.der)],
  ['PKCS#8 as URL-safe base64 of DER', urlSafe(own.der)],
  ['PKCS#8 as base64 of DER that was cut short', own.secret.slice(0, 400)],
  ['PKCS#1 as base64 of DER', base64(own.read('pkcs1.der'))],
  ['an EC key as base64 of DER', base64(own.read('ec.der'))],
  ['encrypted PKCS#8 as base64 of DER', base64(own.read('encrypted.DER'))],
  ['encrypted PKCS#8 of old as base64 of DER', base64(own.read('old.DER'))],
  ['an OpenSSH key as base64', base64(openssh)],
  ['base64 of PEM', base64(own.key)],
  ['base64 of base64 of PEM', base64(base64(own.key))],
  ['base64 of PEM in UTF-16', base64(Buffer.from(own.key, 'utf16le'))],
  ['the key as certutil encodes it', frame('CERTIFICATE', own.der)],
  ['the PEM file of the key as certutil encodes it', frame('CERTIFICATE', Buffer.from(own.key))],
  ['base64 of what certutil makes of the key', base64(frame('CERTIFICATE', own.der))],
  ['a bundle of key and certificate', own.key + pem],
  ['a bundle of certificate and key', pem + own.key],
  ['base64 of a bundle', base64(pem + own.key)],
  ['base64 of certificate and key as DER', base64(Buffer.concat([der, own.der]))],
  ['base64 of certificate as DER and key as PEM', base64(Buffer.concat([der, Buffer.from(own.key)]))],
  ['a certificate and base64 of the key below', `${pem}\n${own.secret}`],
  ['a certificate and base64 of the PEM key below', `${pem}\n${base64(own.key)}`],
  ['base64 of the certificate and base64 of the key below', `${base64(der)}\n${own.secret}`],
  ['base64 of the key in a sentence', `my key is: ${own.secret} please`],
  ['the text that openssl prints of a key', opensslPem('rsa', '-in', 'server.key', '-noout', '-text')],
  ['a JWK', JSON.stringify(key.export({ format: 'jwk' }))],
  ['a certificate and the key in one frame', frame('CERTIFICATE', Buffer.concat([der, own.der]))],
  ['a certificate and narrow base64 of the key below', `${pem}\n${wrapped(own.der, 8)}`],
  ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n'],
];

test.each(keys)('a private key is recognised and called leaked: %s', (_, value) => {
  const error = refused(value);
  expect(error.code).toBe('CERTIFICATE_IS_PRIVATE_KEY');
  expect(error.message).toContain('certificate');
  expect(error.remedy).toMatch(/secret.* in the input private-key\. .*leaked.*new key pair.*register/);
  expect(refusal(() => parseCertificateChain(value, 'mtls-certificate')).code).toBe(error.code);
});

test('a private key for mutual TLS is sent to the input where it belongs', () => {
  const error = refusal(() => parseCertificateChain(pem + own.key, 'mtls-certificate'));
  expect(error.message).toContain('mtls-certificate');
  expect(error.remedy).toContain('mtls-private-key');
});

// Everything else that is not a certificate.

own.openssl('crl2pkcs7', '-nocrl', '-certfile', 'server.crt', '-out', 'server.p7b');
own.openssl(
  'pkcs12',
  '-export',
  '-inkey',
  'server.key',
  '-in',
  'server.crt',
  '-passout',
  'pass:x',
  '-out',
  'server.p12',
);
const publicKey = opensslPem('x509', '-in', 'server.crt', '-noout', '-pubkey');
const request = own.read('server.csr').toString();
const body = pem.split('\n').slice(1, -2).join('');
const flip = (bytes: Buffer, at: number, mask = 1): Buffer => {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ mask, at);
  return copy;
};
const changed = (bytes: Buffer, at: number, digits: string): Buffer => {
  const copy = Buffer.from(bytes);
  copy.write(digits, at, 'latin1');
  return copy;
};
/** Where its last date stands: two texts of twelve digits and a Z, each behind two bytes of its own. */
const notAfter = der.indexOf(Buffer.from('170d', 'hex')) + 17;

const notCertificates: [string, string, RegExp, RegExp][] = [
  ['a certificate request', request, /request/, /openssl x509 -req -sha256 -days 365 -in server\.csr/],
  ['base64 of a certificate request', base64(request), /request/, /openssl x509 -req/],
  [
    'a certificate request in the wrong frame',
    request.replaceAll(' REQUEST', ''),
    /request/,
    /openssl x509 -req/,
  ],
  ['a public key', publicKey, /public key/, /openssl x509 -req/],
  ['a PKCS#7 file', own.read('server.p7b').toString(), /PKCS#7/, /openssl pkcs7 -print_certs/],
  ['a PKCS#12 file', base64(own.read('server.p12')), /PKCS#12/, /openssl pkcs12 .*-nokeys/],
  ['a file name', 'server.crt', /path/, /openssl x509 -in server\.crt/],
  ['a path', '/home/runner/work/_temp/server.crt', /path/, /openssl x509/],
  ['a path on Windows', 'C:\\Users\\me\\new\\server.crt', /path/, /openssl x509/],
  ['an expression that nobody expanded', '${{ secrets.SPRINKLR_CERTIFICATE }}', /placeholder/, /name/],
  ['a variable that nobody expanded', '$SPRINKLR_CERTIFICATE', /placeholder/, /name/],
  ['what a log shows of a secret', '***', /placeholder/, /name/],
  ['the raw bytes of a file', der.toString('utf8').replaceAll('\0', ''), /binary/, /openssl base64 -A/],
  ['PEM without its last line', pem.replace(/-----END.*\n/, ''), /stops before its end/, /openssl x509/],
  ['PEM without its first line', pem.slice(pem.indexOf('\n') + 1), /stops before its end/, /openssl x509/],
  ['half of a PEM file', pem.slice(0, 600), /stops before its end/, /openssl x509/],
  ['half of the base64 of DER', base64(der).slice(0, 600), /stops before its end/, /openssl x509/],
  ['half of the base64 of PEM', base64(pem).slice(0, 600), /stops before its end/, /openssl x509/],
  [
    'PEM with a line missing',
    pem.replace(/\n.{64}(\n.{64}\n)/, '$1'),
    /stops before its end|damaged/,
    /openssl/,
  ],
  ['PEM with a wrong character', pem.replace(/(\n.{20})./, '$1*'), /damaged/, /openssl x509/],
  ['PEM with a wrong bit in its key', frame('CERTIFICATE', flip(der, 400)), /damaged/, /openssl x509/],
  [
    'PEM with a wrong bit in its signature',
    frame('CERTIFICATE', flip(der, der.length - 9)),
    /damaged/,
    /openssl/,
  ],
  ['PEM with a wrong bit in its dates', frame('CERTIFICATE', flip(der, notAfter - 2)), /damaged/, /openssl/],
  [
    'base64 of a certificate and something after it',
    base64(Buffer.concat([der, Buffer.from('xyz')])),
    /damaged/,
    /./,
  ],
  [
    'a frame with nothing in it',
    '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----',
    /damaged/,
    /openssl/,
  ],
  [
    'an old frame with nothing in it',
    '-----BEGIN X509 CERTIFICATE-----\n-----END X509 CERTIFICATE-----',
    /damaged/,
    /openssl/,
  ],
  [
    'a frame with nothing in it but spaces',
    '----- BEGIN CERTIFICATE -----\n----- END CERTIFICATE -----',
    /damaged/,
    /openssl/,
  ],
  [
    'two certificates in one frame',
    frame('CERTIFICATE', Buffer.concat([der, der])),
    /2 certificates/,
    /x509/,
  ],
  ['two certificates', pem + other.certificate, /2 certificates/, /openssl x509 -in server\.crt/],
  ['two certificates as DER', base64(Buffer.concat([der, der])), /2 certificates/, /openssl x509/],
  ['the certificate text without any frame', `subject: me\n${body}`, /no certificate/, /openssl x509/],
  ['a sentence', 'It is in the other vault.', /no certificate/, /openssl x509/],
  ['a page of HTML', '<!doctype html><html><body>Sign in</body></html>', /no certificate/, /openssl x509/],
  ['base64 of a sentence', base64('It is in the other vault.'), /no certificate/, /openssl x509/],
  ['JSON with a short d', '{"d":"12"}', /no certificate/, /openssl x509/],
  ['base64 of anything else', base64(Buffer.alloc(99, 0xee)), /no certificate/, /openssl x509/],
  ['more layers of base64 than anybody makes', base64(base64(base64(base64(pem)))), /no certificate/, /x509/],
  ['parameters', opensslPem('dhparam', '-dsaparam', '512'), /no certificate/, /openssl x509/],
  ['DER of another sort', base64(Buffer.from('300702010502010505', 'hex')), /no certificate/, /openssl x509/],
];

test.each(notCertificates)('what is not a certificate is named: %s', (_, ...[value, problem, remedy]) => {
  const error = refused(value);
  expect(error.code).toBe('CERTIFICATE_UNREADABLE');
  expect(error.message).toMatch(/^The input certificate /);
  expect(`${error.message}\n${error.remedy}`).toMatchSnapshot();
  expect(error.message).toMatch(problem);
  expect(error.remedy).toMatch(remedy);
});

test.each(['', '  \n\t', '""', "''", '\ufeff', '\\n'])('an empty value is missing: %j', (value) => {
  const error = refused(value);
  expect(error.code).toBe('INPUT_MISSING');
  expect(error.message).toContain('certificate');
  expect(refusal(() => parseCertificateChain(value, 'mtls-certificate')).message).toContain(
    'mtls-certificate',
  );
});

test('no message repeats anything of the value', () => {
  for (const [, value] of [...keys, ...notCertificates]) {
    const error = refused(value);
    const words = value.split(/\s+/).filter((word) => word.length > 10 && word !== 'server.crt');
    for (const word of words) expect(`${error.message} ${error.remedy}`).not.toContain(word);
  }
});

// A chain.

test('a chain for mutual TLS keeps its order and loses what stands between', () => {
  const chain = `Bag Attributes\n  friendlyName: ci\n${pem}issuer:\r\n${other.certificate.replaceAll('\n', '\r\n')}`;
  expect(parseCertificateChain(chain, 'mtls-certificate')).toBe(pem + other.certificate);
  expect(parseCertificateChain(base64(chain), 'mtls-certificate')).toBe(pem + other.certificate);
});

// In a chain, no signature shows that something was changed.
test.each<[string, Buffer]>([
  ['in its length', flip(der, 5)],
  ['in the month that it starts in', changed(der, notAfter - 13, '13')],
  ['in the month that it ends in', changed(der, notAfter + 2, '13')],
  [
    'in the kind of its key',
    flip(der, der.indexOf('300d06092a864886f70d010101', notAfter, 'hex') + 12, 0x70),
  ],
])('a chain with one certificate that is damaged %s is refused', (_, damaged) => {
  const value = pem + frame('CERTIFICATE', damaged);
  const error = refusal(() => parseCertificateChain(value, 'mtls-certificate'));
  expect(error.code).toBe('CERTIFICATE_UNREADABLE');
  expect(error.message).toMatch(/^The input mtls-certificate is damaged:/);
  expect(error.remedy).toContain('openssl x509 -in client.crt');
});

// The key and the dates.

test('a certificate belongs to the key that it was made with and to no other', () => {
  const certificate = parseCertificate(pem, 'certificate');
  expect(() => {
    requireMatch(certificate, key);
  }).not.toThrow();
  const strangers = [
    createPrivateKey(other.key),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    generateKeyPairSync('ed25519').privateKey,
  ];
  for (const stranger of strangers) {
    const error = refusal(() => {
      requireMatch(certificate, stranger);
    });
    expect(error.code).toBe('CERTIFICATE_MISMATCH');
    expect(error.remedy).toContain('openssl x509 -in server.crt -noout -pubkey');
    expect(error.remedy).toContain('openssl pkey -in server.key -pubout');
  }
});

/** The certificate at a moment so many seconds before its end. */
function validity(secondsLeft: number, warningDays = 30): string | undefined {
  const certificate = parseCertificate(pem, 'certificate');
  const now = new Date(certificate.expiresAt.getTime() - secondsLeft * 1000);
  return checkValidity(certificate, { now, warningDays });
}
const DAY = 24 * 60 * 60;

test('a certificate with days enough left needs no word', () => {
  expect(validity(30 * DAY)).toBeUndefined();
  expect(validity(1, 0)).toBeUndefined();
});

test('a certificate that is about to expire says when', () => {
  const { expiresAt } = parseCertificate(pem, 'certificate');
  expect(validity(30 * DAY - 1)).toContain('in 29 days');
  expect(validity(DAY)).toContain('in one day');
  expect(validity(DAY - 1)).toContain('in less than a day');
  expect(validity(DAY)).toContain(expiresAt.toISOString());
});

test('a certificate is valid in its last moment and expired after it', () => {
  expect(validity(0)).toContain('in less than a day');
  const error = refusal(() => validity(-1, 0));
  expect(error.code).toBe('CERTIFICATE_EXPIRED');
  expect(error.message).toContain(parseCertificate(pem, 'certificate').expiresAt.toISOString());
  expect(error.remedy).toMatch(/mode: register.*new App ID together with the new key/);
});

test('a certificate from the future makes the clock suspicious', () => {
  const certificate = parseCertificate(pem, 'certificate');
  const at = (seconds: number): string | undefined =>
    checkValidity(certificate, {
      now: new Date(certificate.notBefore.getTime() + seconds * 1000),
      warningDays: 30,
    });
  expect(at(-1)).toMatch(/not valid before .* clock says \d{4}-.* check that clock\.$/);
  expect(at(0)).toBeUndefined();
});

// Any string at all.

const documented = ['INPUT_MISSING', 'CERTIFICATE_UNREADABLE', 'CERTIFICATE_IS_PRIVATE_KEY'];

test('PEM cut off anywhere is refused, unless only its last line end is lost', () => {
  const ends = Array.from({ length: pem.length }, (_, end) => outcome(pem.slice(0, end)));
  // The last dashes may be missing, too: the word END already says that the body is whole.
  const whole = pem.indexOf('-----END CERTIFICATE') + '-----END CERTIFICATE'.length;
  expect(ends[0]).toBe('INPUT_MISSING');
  for (const [end, result] of ends.entries()) {
    if (end > 0 && end < whole - 'CERTIFICATE'.length)
      expect([end, result]).toEqual([end, 'CERTIFICATE_UNREADABLE']);
    else if (result === fingerprint) expect(end).toBeGreaterThanOrEqual(whole - 'CERTIFICATE'.length);
  }
  expect(ends.at(-1)).toBe(fingerprint);
});

test('DER cut off anywhere is refused', () => {
  const ends = Array.from({ length: der.length - 1 }, (_, end) => outcome(base64(der.subarray(0, end + 1))));
  expect(new Set(ends)).toEqual(new Set(['CERTIFICATE_UNREADABLE']));
});

test('base64 of PEM cut off anywhere is never read as another certificate', () => {
  const encoded = base64(pem);
  for (let end = 1; end < encoded.length; end += 3) {
    expect(['CERTIFICATE_UNREADABLE', fingerprint]).toContain(outcome(encoded.slice(0, end)));
  }
});

test('a private key cut off anywhere is never read as a certificate', () => {
  for (let end = 40; end < own.secret.length; end += 7) {
    expect([end, outcome(own.secret.slice(0, end))]).toEqual([end, 'CERTIFICATE_IS_PRIVATE_KEY']);
  }
});

/** A change in one of its two names makes a certificate look like one that another has issued: nothing can tell. */
function expectRefusedUnlessRenamed(value: string): void {
  const result = outcome(value);
  if (documented.includes(result) || result === fingerprint) return;
  const { x509 } = parseCertificate(value, 'certificate');
  expect(x509.subject).not.toBe(x509.issuer);
}

test('a self-signed certificate with any one bit wrong is refused', () => {
  fc.assert(
    fc.property(fc.nat({ max: der.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
      expectRefusedUnlessRenamed(base64(flip(der, at, 1 << bit)));
    }),
    { numRuns: cases(1000) },
  );
});

test('PEM with any one character wrong is refused or read as it was', () => {
  fc.assert(
    fc.property(fc.nat({ max: pem.length - 1 }), fc.string({ unit: 'binary', maxLength: 3 }), (at, noise) => {
      expectRefusedUnlessRenamed(pem.slice(0, at) + noise + pem.slice(at + 1));
    }),
    { numRuns: cases(1000) },
  );
});

test('any string at all ends in a documented code', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String(),
    fc.uint8Array().map((bytes) => base64(Buffer.from(bytes))),
    fc.uint8Array().map((bytes) => base64(Buffer.concat([Buffer.from([0x30, 0x82]), bytes]))),
    fc.constantFrom('-----BEGIN ', '-----END ', 'CERTIFICATE-----', '-----', '\n', '\\n', '=', 'MIIC', '"'),
    fc.nat({ max: der.length }).map((end) => base64(der.subarray(0, end))),
    fc.nat({ max: own.der.length }).map((end) => base64(own.der.subarray(0, end))),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const value = pieces.join('');
      expect(documented).toContain(outcome(value).replace(fingerprint, 'CERTIFICATE_UNREADABLE'));
      try {
        parseCertificateChain(value, 'mtls-certificate');
      } catch (error) {
        expect(documented).toContain((error as ActionError).code);
      }
    }),
    { numRuns: cases(1000) },
  );
});

test('what is read once is read again as the same', () => {
  const again = (certificate: Certificate): Certificate => parseCertificate(certificate.pem, 'certificate');
  for (const [, value] of forms) {
    const { pem: canonical, fingerprint: print } = parseCertificate(value, 'certificate');
    expect(again(parseCertificate(value, 'certificate'))).toMatchObject({
      pem: canonical,
      fingerprint: print,
    });
  }
});
