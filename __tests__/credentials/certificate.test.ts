import { createHash, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  checkCertificate,
  checkValidity,
  parseCertificate,
  parseCertificateChain,
  requireMatch,
} from '../../src/credentials/certificate.ts';
import { requireRsa } from '../../src/credentials/private-key.ts';
import { ActionError } from '../../src/errors.ts';
import { makeMaterial, sharedMaterial, type Material } from '../material.ts';
import { cases } from '../volume.ts';
import { actionErrorOf, commandsIn } from './action-error.ts';
import { base64, flipBits, pemBlock, tpmKey, wrap } from './encodings.ts';

const own = sharedMaterial();
const other = makeMaterial();
const { certificate: pem } = own;
const der = new X509Certificate(pem).raw;
const key = createPrivateKey(own.key);
const fingerprint = createHash('sha256').update(der).digest('hex');

const run = (material: Material, command: string): Buffer => material.openssl(...command.split(' '));
const openssl = (command: string): string => run(own, command).toString();
const urlSafe = (file: Buffer | string): string => Buffer.from(file).toString('base64url');
const wrapped = (file: Buffer | string): string => `${wrap(base64(file), 76)}\n`;
const joined = (...parts: (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)));

const parse = (value: string) => parseCertificate(value, 'certificate');
const parseChain = (value: string) => parseCertificateChain(value, 'mtls-certificate');
const errorOf = (value: string): ActionError => actionErrorOf(() => parse(value));

/** The fingerprint of the parsed certificate, or the error's code. There are no other results. */
function resultOf(value: string): string {
  try {
    return parse(value).fingerprint;
  } catch (error) {
    if (error instanceof ActionError) return error.code;
    throw error;
  }
}

test('parses the same facts from a certificate of the guide as openssl prints', () => {
  const dates = openssl('x509 -in server.crt -noout -dates');
  const [notBefore = '', notAfter = ''] = dates.split('\n').map((line) => line.replace(/^\w+=/, ''));

  expect(parse(pem)).toEqual({
    pem,
    fingerprint,
    subject: 'C=US, O=Example, CN=ci.example.com',
    notBefore: new Date(notBefore),
    expiresAt: new Date(notAfter),
    hasKnownSigner: true,
    x509: expect.any(X509Certificate),
  });
});

const forms: [string, string][] = [
  ['PEM', pem],
  ['PEM with CRLF', pem.replaceAll('\n', '\r\n')],
  ['PEM with CR', pem.replaceAll('\n', '\r')],
  ['PEM with \\n escapes', pem.replaceAll('\n', '\\n')],
  ['PEM with \\\\n escapes', pem.replaceAll('\n', '\\\\n')],
  ['PEM with spaces for line breaks', pem.replaceAll('\n', ' ')],
  ['PEM without line breaks', pem.replaceAll('\n', '')],
  ['PEM in quotes', `"${pem.trim()}"`],
  ['PEM as a JSON string', JSON.stringify(pem)],
  ['indented PEM', pem.replaceAll(/^/gm, '    ')],
  ['PEM after a byte-order mark', `\ufeff${pem}`],
  ['PEM after the text that openssl prints', openssl('x509 -in server.crt -text')],
  ['PEM between comments', `subject=CN = ci\nissuer=CN = ci\n${pem}\nnot after: soon`],
  ['TRUSTED CERTIFICATE', openssl('x509 -in server.crt -trustout')],
  [
    'TRUSTED CERTIFICATE with trust settings',
    openssl('x509 -in server.crt -trustout -addtrust serverAuth -setalias ci'),
  ],
  [
    // Trusted for serverAuth, with the key identifier that a PKCS#12 file gives (openssl's X509_CERT_AUX).
    'TRUSTED CERTIFICATE with settings that look like an encrypted key',
    pemBlock(
      'TRUSTED CERTIFICATE',
      joined(der, Buffer.from(`3022300a06082b060105050703010414${'5a'.repeat(20)}`, 'hex')),
    ),
  ],
  ['PEM with spaces inside the dashes', pem.replaceAll(/-(BEGIN|END)/g, '- $1')],
  ['PEM after its base64', `${urlSafe(der)}\n${pem.replaceAll('=', '')}`],
  ['X509 CERTIFICATE', pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
  ['base64 of PEM', base64(pem)],
  ['wrapped base64 of PEM', wrapped(pem)],
  ['base64 of base64 of PEM', base64(base64(pem))],
  ['base64 of base64 of base64 of PEM', base64(base64(base64(pem)))],
  ["base64 of PEM as Windows PowerShell's > writes it", base64(Buffer.from(`\ufeff${pem}`, 'utf16le'))],
  ['base64 of PEM in UTF-16 without a byte-order mark', base64(Buffer.from(pem, 'utf16le'))],
  ['base64 of PEM in big-endian UTF-16', base64(Buffer.from(pem, 'utf16le').swap16())],
  ['base64 of DER with backslashes at line ends', wrapped(der).replaceAll('\n', '\\\n')],
  ['PEM with \\n escapes and backslashes at line ends', pem.replaceAll('\n', '\\n\\\n')],
  ['PEM twice', pem + pem],
  ['base64 of DER', base64(der)],
  ['wrapped base64 of DER', wrapped(der)],
  ['base64 of DER with spaces for line breaks', wrapped(der).replaceAll('\n', ' ')],
  ['base64 of DER without padding', base64(der).replaceAll('=', '')],
  ['URL-safe base64 of DER', urlSafe(der)],
  ['URL-safe base64 of PEM', urlSafe(pem)],
  ['base64 of DER and a line break', base64(joined(der, '\r\n'))],
  ['the PEM file as certutil encodes it', pemBlock('CERTIFICATE', pem)],
];

test.each(forms)('parses the certificate from %s', (_, value) => {
  expect(parse(value)).toMatchObject({ pem, fingerprint });
  expect(parse(parse(value).pem)).toMatchObject({ pem, fingerprint });
  expect(parseChain(value)).toBe(pem);
});

test('parses a certificate without a subject', () => {
  openssl('req -new -x509 -key server.key -out nameless.crt -subj /');
  expect(parse(own.read('nameless.crt').toString()).subject).toBe('');
});

test('parses a version 1 certificate, which older versions of openssl create', () => {
  // OpenSSL 3 creates version 1 if there are no extensions.
  openssl('x509 -req -in server.csr -signkey server.key -out v1.crt -days 9');
  expect(openssl('x509 -in v1.crt -noout -text')).toContain('Version: 1');
  const v1 = own.read('v1.crt').toString();
  expect(parse(v1).pem).toBe(v1);
});

test('rejects a certificate that is not canonical DER, because the upload would have another fingerprint', () => {
  const longLength = Buffer.concat([Buffer.from([0x30, 0x83, 0x00]), der.subarray(2)]);
  expect(new X509Certificate(longLength).raw).toEqual(der);
  expect(resultOf(base64(longLength))).toBe('CERTIFICATE_UNREADABLE');
});

// Everything that contains a private key.

openssl('rsa -in server.key -traditional -outform DER -out pkcs1.der');
openssl('ecparam -name prime256v1 -genkey -noout -out ec.key');
openssl('ec -in ec.key -outform DER -out ec.der');
const encrypt = (options: string): Buffer =>
  run(own, `pkcs8 -topk8 -in server.key -passout pass:x ${options}`);
const openSsh = Buffer.from(`openssh-key-v1\0${'\0\0\0\x04none'.repeat(2)}${'\0'.repeat(90)}`, 'latin1');

const privateKeys: [string, string][] = [
  ['PKCS#8 PEM', own.key],
  ['PKCS#1 PEM', openssl('rsa -in server.key -traditional')],
  ['encrypted PKCS#8 PEM', encrypt('-outform PEM').toString()],
  ['encrypted traditional PEM', openssl('genrsa -des3 -traditional -passout pass:x')],
  ['EC PEM', own.read('ec.key').toString()],
  ['OpenSSH', pemBlock('OPENSSH PRIVATE KEY', openSsh)],
  ['PEM without line breaks', own.key.replaceAll('\n', '')],
  ['PEM without white space', own.key.replaceAll(/\s/g, '')],
  ['PEM with \\n escapes', own.key.replaceAll('\n', '\\n')],
  ['PEM with typographic dashes', own.key.replaceAll('-----', '—–')],
  ['PEM without its first line', own.key.slice(own.key.indexOf('\n') + 1)],
  ['PEM without its last line', own.key.replace(/-----END.*/, '')],
  ['base64 of PKCS#8 DER', own.secret],
  ['wrapped base64 of PKCS#8 DER', wrapped(own.der)],
  ['URL-safe base64 of PKCS#8 DER', urlSafe(own.der)],
  ['truncated base64 of PKCS#8 DER', own.secret.slice(0, 400)],
  ['base64 of PKCS#1 DER', base64(own.read('pkcs1.der'))],
  ['base64 of EC DER', base64(own.read('ec.der'))],
  ['base64 of encrypted PKCS#8 DER', base64(encrypt('-outform DER'))],
  ['base64 of PKCS#8 DER with an old encryption', base64(encrypt('-v1 PBE-SHA1-3DES -outform DER'))],
  ['base64 of OpenSSH', base64(openSsh)],
  ['base64 of PEM', base64(own.key)],
  ['base64 of base64 of PEM', base64(base64(own.key))],
  ['base64 of PEM in UTF-16', base64(Buffer.from(own.key, 'utf16le'))],
  ['DER as certutil encodes it', pemBlock('CERTIFICATE', own.der)],
  ['PEM as certutil encodes it', pemBlock('CERTIFICATE', own.key)],
  ['base64 of DER as certutil encodes it', base64(pemBlock('CERTIFICATE', own.der))],
  ['key and certificate', own.key + pem],
  ['certificate and key', pem + own.key],
  ['base64 of certificate and key', base64(pem + own.key)],
  ['base64 of certificate and key, as DER', base64(joined(der, own.der))],
  ['base64 of certificate as DER and key as PEM', base64(joined(der, own.key))],
  ['certificate, then base64 of the key', `${pem}\n${own.secret}`],
  ['certificate, then base64 of the PEM key', `${pem}\n${base64(own.key)}`],
  ['certificate, then narrow base64 of the key', `${pem}\n${wrap(own.secret, 8)}`],
  ['base64 of certificate, then base64 of the key', `${base64(der)}\n${own.secret}`],
  ['certificate and key in one PEM block', pemBlock('CERTIFICATE', joined(der, own.der))],
  ['base64 in a sentence', `my key is: ${own.secret} please`],
  ['the text that openssl prints', openssl('rsa -in server.key -noout -text')],
  ['JWK', JSON.stringify(key.export({ format: 'jwk' }))],
  ['PuTTY', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n'],
  ['TPM', pemBlock('TSS2 PRIVATE KEY', tpmKey)],
  ['base64 of TPM', base64(tpmKey)],
  ['PGP', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOYBA==\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----'],
  ['certificate, then base64 of the PEM key in UTF-16', `${pem}\n${base64(Buffer.from(own.key, 'utf16le'))}`],
  ['base64 of PEM in big-endian UTF-16', base64(Buffer.from(own.key, 'utf16le').swap16())],
];

test.each(privateKeys)('detects a private key, and reports it as leaked: %s', (_, value) => {
  const error = errorOf(value);
  expect(error).toMatchObject({ code: 'CERTIFICATE_IS_PRIVATE_KEY', inputs: ['certificate'] });
  expect(error.message).toContain('`certificate` contains a private key');
  for (const fact of ['`private-key`', 'secret', 'leaked', 'new key pair', '-in server.crt'])
    expect(error.remedy).toContain(fact);

  const chainError = actionErrorOf(() => parseChain(value));
  expect(chainError).toMatchObject({ code: error.code, inputs: ['mtls-certificate'] });
  for (const fact of ['`mtls-private-key`', '-in client.crt']) expect(chainError.remedy).toContain(fact);
});

test('the error for a private key names no file, which the front end would tell users to store', () => {
  expect(errorOf(own.key).file).toBeUndefined();
});

// Everything else that is not a certificate.

openssl('crl2pkcs7 -nocrl -certfile server.crt -out server.p7b');
openssl('pkcs12 -export -inkey server.key -in server.crt -passout pass:x -out server.p12');
const request = own.read('server.csr').toString();
const body = pem.split('\n').slice(1, -2).join('');
/** The offset of the digits of the last date: two texts of twelve digits and a Z, each after two bytes. */
const notAfter = der.indexOf(Buffer.from('170d', 'hex')) + 17;
function replaceAt(bytes: Buffer, at: number, digits: string): Buffer {
  const copy = Buffer.from(bytes);
  copy.write(digits, at, 'latin1');
  return copy;
}

const PRINT = 'openssl x509 -in server.crt';
const SIGN = 'openssl x509 -req -sha256 -days 365 -in server.csr -signkey server.key -out server.crt';
const extractPkcs7 = (form: string): string =>
  `openssl pkcs7 -print_certs -inform ${form} -in server.p7b -out server.crt`;
const EXTRACT_PKCS12 = 'openssl pkcs12 -in server.p12 -clcerts -nokeys -out server.crt';

/** What the message says about each value, the command in the remedy, and the values by name. */
const notCertificates: [string, string | undefined, Record<string, string>][] = [
  ['certificate request', SIGN, { PEM: request, 'base64 of PEM': base64(request) }],
  [
    'certificate request',
    SIGN.replace(' -in', ' -inform DER -in'),
    { 'base64 of DER': base64(run(own, 'req -in server.csr -outform DER')) },
  ],
  ['certificate request', PRINT, { 'with another label': request.replaceAll(' REQUEST', '') }],
  ['public key', SIGN, { PEM: openssl('x509 -in server.crt -noout -pubkey') }],
  ['PKCS#7', extractPkcs7('PEM'), { PEM: own.read('server.p7b').toString() }],
  ['PKCS#7', extractPkcs7('DER'), { DER: base64(run(own, 'pkcs7 -in server.p7b -outform DER')) }],
  ['PKCS#12', EXTRACT_PKCS12, { base64: base64(own.read('server.p12')) }],
  [
    'OpenPGP public key',
    PRINT,
    {
      armored: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENBA==\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----',
    },
  ],
  [
    'path',
    PRINT,
    {
      'file name': 'server.crt',
      absolute: '/home/runner/work/_temp/server.crt',
      Windows: 'C:\\Users\\me\\new\\server.crt',
    },
  ],
  [
    'placeholder',
    undefined,
    {
      expression: '${{ secrets.SPRINKLR_CERTIFICATE }}',
      variable: '$SPRINKLR_CERTIFICATE',
      'masked value': '***',
    },
  ],
  ['binary data', 'openssl base64 -A -in server.crt', { text: der.toString('utf8').replaceAll('\0', '') }],
  [
    'truncated: its end',
    PRINT,
    {
      'PEM without its last line': pem.replace(/-----END.*\n/, ''),
      'half of PEM': pem.slice(0, 600),
      'half of the base64 of DER': base64(der).slice(0, 600),
      'half of the base64 of PEM': base64(pem).slice(0, 600),
    },
  ],
  [
    'truncated: its BEGIN line',
    PRINT,
    {
      'PEM without its first line': pem.slice(pem.indexOf('\n') + 1),
      // Whether base64 is padded depends on the length, so one of these is not.
      'DER, then an END line': `${base64(der)}\n-----END CERTIFICATE-----`,
      'DER and a byte, then an END line': `${base64(joined(der, 'x'))}\n-----END CERTIFICATE-----`,
      'DER and two bytes, then an END line': `${base64(joined(der, 'xy'))}\n-----END CERTIFICATE-----`,
    },
  ],
  [
    'damaged',
    PRINT,
    {
      'PEM without one of its lines': pem.replace(/\n.{64}(\n.{64}\n)/, '$1'),
      'PEM with a wrong character': pem.replace(/(\n.{20})./, '$1*'),
      'PEM with a wrong bit in its dates': pemBlock('CERTIFICATE', flipBits(der, notAfter - 2)),
      'base64 of DER and more bytes': base64(joined(der, 'xyz')),
      'an empty block': '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----',
      'an empty X509 block': '-----BEGIN X509 CERTIFICATE-----\n-----END X509 CERTIFICATE-----',
      'an empty block with spaces': '----- BEGIN CERTIFICATE -----\n----- END CERTIFICATE -----',
    },
  ],
  [
    'no certificate',
    PRINT,
    {
      'body without boundary lines': `subject: me\n${body}`,
      sentence: 'It is in the other vault.',
      'base64 of a sentence': base64('It is in the other vault.'),
      HTML: '<!doctype html><html><body>Sign in</body></html>',
      'JSON with a short d': '{"d":"12"}',
      'base64 of other bytes': base64(Buffer.alloc(99, 0xee)),
      'too many layers of base64': base64(base64(base64(base64(pem)))),
      parameters: openssl('dhparam -dsaparam 512'),
      'other DER': base64(Buffer.from('300702010502010505', 'hex')),
    },
  ],
];

const notCertificateCases = notCertificates.flatMap(([fact, command, values]) =>
  Object.entries(values).map(([name, value]) => ({ fact, command, name, value })),
);

test.each(notCertificateCases)('detects "$fact" ($name)', ({ fact, command, value }) => {
  const error = errorOf(value);
  expect(error).toMatchObject({
    code: 'CERTIFICATE_UNREADABLE',
    inputs: ['certificate'],
    file: 'server.crt',
    message: expect.stringMatching(/^`certificate` .*\.$/),
  });
  expect(error.message).toContain(fact);
  expect(commandsIn(error)).toEqual(command === undefined ? [] : [command]);
});

test.each([
  ['certificate request', request, 'openssl x509 -in client.crt'],
  ['public key', openssl('x509 -in server.crt -noout -pubkey'), 'openssl x509 -in client.crt'],
  ['PKCS#12', base64(own.read('server.p12')), 'openssl pkcs12 -in client.p12 -nokeys -out client.crt'],
])('detects "%s" in place of a client certificate', (fact, value, command) => {
  const error = actionErrorOf(() => parseChain(value));
  expect(error).toMatchObject({ code: 'CERTIFICATE_UNREADABLE', inputs: ['mtls-certificate'] });
  expect(error.message).toContain(fact);
  expect(commandsIn(error)).toEqual([command]);
});

test.each(['', '  \n\t', '""', "''", '\ufeff', '\\n'])('reports an empty value as missing: %j', (value) => {
  expect(errorOf(value)).toMatchObject({ code: 'INPUT_MISSING', inputs: ['certificate'] });
  const chainError = actionErrorOf(() => parseChain(value));
  expect(chainError).toMatchObject({ code: 'INPUT_MISSING', inputs: ['mtls-certificate'] });
  expect(commandsIn(chainError)).toEqual(['openssl x509 -in client.crt']);
});

test('no message contains a word of the value', () => {
  const values = [...privateKeys.map(([, value]) => value), ...notCertificateCases.map(({ value }) => value)];
  for (const value of values) {
    const { message, remedy } = errorOf(value);
    const words = value.split(/\s+/).filter((word) => word.length > 10 && word !== 'server.crt');
    for (const word of words) expect(`${message} ${remedy}`).not.toContain(word);
  }
});

// A chain.

test('a chain for mutual TLS keeps its order, without the text in between', () => {
  const crlf = other.certificate.replaceAll('\n', '\r\n');
  const chain = `Bag Attributes\n  friendlyName: ci\n${pem}issuer:\r\n${crlf}`;
  expect(parseChain(chain)).toBe(pem + other.certificate);
  expect(parseChain(base64(chain))).toBe(pem + other.certificate);
});

// In a chain, no signature shows that something was changed.
test.each<[string, Buffer]>([
  ['length', flipBits(der, 5)],
  ['first month', replaceAt(der, notAfter - 13, '13')],
  ['last month', replaceAt(der, notAfter + 2, '13')],
  ['key type', flipBits(der, der.indexOf('300d06092a864886f70d010101', notAfter, 'hex') + 12, 0x70)],
])('rejects a chain with a certificate whose %s is damaged', (_, damaged) => {
  const error = actionErrorOf(() => parseChain(pem + pemBlock('CERTIFICATE', damaged)));
  expect(error).toMatchObject({ code: 'CERTIFICATE_UNREADABLE', inputs: ['mtls-certificate'] });
  expect(error.message).toMatch(/^`mtls-certificate` .*damaged/);
  expect(error.file).toBe('client.crt');
  expect(commandsIn(error)).toEqual(['openssl x509 -in client.crt']);
});

// The key and the dates.

test('the error for a certificate of another kind of key names only public files', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const error = actionErrorOf(() => requireRsa(publicKey, 'certificate'));
  expect(error).toMatchObject({ code: 'KEY_UNSUPPORTED', inputs: ['certificate'], file: 'server.crt' });
  expect(error.message).toContain('`certificate` is for an EC key (prime256v1)');
  expect(commandsIn(error)).toEqual(['npx @org/sprinklr-token@1 keygen']);
});

test('a certificate matches only the private key that it was created with', () => {
  const certificate = parse(pem);
  requireMatch(certificate, key);
  const otherKeys = [
    createPrivateKey(other.key),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    generateKeyPairSync('ed25519').privateKey,
  ];
  for (const otherKey of otherKeys) {
    const error = actionErrorOf(() => {
      requireMatch(certificate, otherKey);
    });
    expect(error.code).toBe('CERTIFICATE_MISMATCH');
    for (const name of ['`certificate`', '`private-key`']) expect(error.message).toContain(name);
    expect(commandsIn(error)).toEqual([
      'openssl x509 -in server.crt -noout -pubkey',
      'openssl pkey -in server.key -pubout',
    ]);
  }
});

const DAY = 24 * 60 * 60;
const { expiresAt, notBefore } = parse(pem);

/** The warning at a time that is this many seconds before the certificate expires. */
function warningBefore(secondsLeft: number, warningDays = 30): string | undefined {
  const now = new Date(expiresAt.getTime() - secondsLeft * 1000);
  return checkValidity(parse(pem), { now, warningDays });
}

test('a certificate with enough days left gets no warning', () => {
  expect(warningBefore(30 * DAY)).toBeUndefined();
  expect(warningBefore(1, 0)).toBeUndefined();
});

test.each([
  [30 * DAY - 1, 'in 29 days'],
  [DAY, 'in one day'],
  [DAY - 1, 'in less than a day'],
  [0, 'in less than a day'],
])('a certificate that expires in %s seconds gets a warning that says "%s" and when', (secondsLeft, when) => {
  expect(warningBefore(secondsLeft)).toContain(when);
  expect(warningBefore(secondsLeft)).toContain(expiresAt.toISOString());
});

test('a certificate is valid in its last second and expired after it', () => {
  const now = new Date(expiresAt.getTime() + 1000);
  const error = actionErrorOf(() => checkValidity(parse(pem), { now, warningDays: 0 }));
  expect(error.code).toBe('CERTIFICATE_EXPIRED');
  for (const date of [expiresAt, now]) expect(error.message).toContain(date.toISOString());
  expect(error.remedy).toMatch(/^If the clock is wrong, .*new key and certificate.*setup --rotate/);
  expect(`${error.message} ${error.remedy}`.length).toBeLessThan(300);
});

test('a certificate that is not valid yet gets a warning about the clock', () => {
  const at = (seconds: number): string | undefined =>
    checkValidity(parse(pem), { now: new Date(notBefore.getTime() + seconds * 1000), warningDays: 30 });
  expect(at(-1)).toContain(notBefore.toISOString());
  expect(at(-1)).toContain(new Date(notBefore.getTime() - 1000).toISOString());
  expect(at(-1)).toContain('clock');
  expect(at(0)).toBeUndefined();
});

test('checkCertificate compares the key only if there is one, and logs the warning', () => {
  const warnings: string[] = [];
  const nothing = (): void => undefined;
  const warning = (line: string): void => void warnings.push(line);
  const context = { now: () => expiresAt, log: { debug: nothing, info: nothing, notice: nothing, warning } };
  const check = (privateKey?: typeof key): void => {
    checkCertificate(parse(pem), { privateKey, certificateWarningDays: 30 }, context);
  };
  check();
  check(key);
  expect(warnings).toEqual([warningBefore(0), warningBefore(0)]);
  const mismatch = actionErrorOf(() => {
    check(createPrivateKey(other.key));
  });
  expect(mismatch.code).toBe('CERTIFICATE_MISMATCH');
});

// Any text.

const CODES = ['INPUT_MISSING', 'CERTIFICATE_UNREADABLE', 'CERTIFICATE_IS_PRIVATE_KEY'];

test('rejects PEM truncated anywhere before its END label, and parses nothing else from it', () => {
  const results = Array.from({ length: pem.length }, (_, end) => resultOf(pem.slice(0, end)));
  // The last dashes can be missing, too: the word END already shows that the body is complete.
  const complete = pem.indexOf('-----END CERTIFICATE') + '-----END '.length;
  expect(results[0]).toBe('INPUT_MISSING');
  expect(new Set(results.slice(1, complete))).toEqual(new Set(['CERTIFICATE_UNREADABLE']));
  expect(['CERTIFICATE_UNREADABLE', fingerprint]).toEqual(
    expect.arrayContaining([...new Set(results.slice(complete))]),
  );
  expect(results.at(-1)).toBe(fingerprint);
});

test('rejects DER truncated at any byte', () => {
  const results = Array.from({ length: der.length - 1 }, (_, end) =>
    resultOf(base64(der.subarray(0, end + 1))),
  );
  expect(new Set(results)).toEqual(new Set(['CERTIFICATE_UNREADABLE']));
});

test('parses no other certificate from truncated base64 of PEM', () => {
  const encoded = base64(pem);
  for (let end = 1; end < encoded.length; end += 3) {
    expect(['CERTIFICATE_UNREADABLE', fingerprint]).toContain(resultOf(encoded.slice(0, end)));
  }
});

test('detects a private key that is truncated anywhere', () => {
  for (let end = 40; end < own.secret.length; end += 7) {
    expect([end, resultOf(own.secret.slice(0, end))]).toEqual([end, 'CERTIFICATE_IS_PRIVATE_KEY']);
  }
});

/** After a change in its key or signature, a certificate without key identifiers looks like one of another key. */
function expectRejectedOrUnknown(value: string): void {
  const result = resultOf(value);
  if (CODES.includes(result) || result === fingerprint) return;
  expect(parse(value).hasKnownSigner).toBe(false);
}

test('rejects a self-signed certificate with one bit flipped, or knows no signer', () => {
  fc.assert(
    fc.property(fc.nat({ max: der.length - 1 }), fc.nat({ max: 7 }), (at, bit) => {
      expectRejectedOrUnknown(base64(flipBits(der, at, 1 << bit)));
    }),
    { numRuns: cases(1000) },
  );
});

test('rejects PEM with one character changed, parses the same certificate, or knows no signer', () => {
  fc.assert(
    fc.property(fc.nat({ max: pem.length - 1 }), fc.string({ unit: 'binary', maxLength: 3 }), (at, noise) => {
      expectRejectedOrUnknown(pem.slice(0, at) + noise + pem.slice(at + 1));
    }),
    { numRuns: cases(1000) },
  );
});

test('any text leads to a certificate or a documented code', () => {
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
      expect([...CODES, fingerprint]).toContain(resultOf(value));
      try {
        parseChain(value);
      } catch (error) {
        expect(CODES).toContain((error as ActionError).code);
      }
    }),
    { numRuns: cases(1000) },
  );
});
