import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { createSign, createVerify, createPublicKey, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describePrivateKey,
  parsePrivateKey,
  requireRs256,
  requireRsa,
  toPkcs8Der,
} from '../../src/credentials/private-key.ts';
import { ActionError, type ErrorCode } from '../../src/errors.ts';
import { sharedMaterial } from '../material.ts';
import { cases } from '../volume.ts';

const material = sharedMaterial();
const { der, secret } = material;
const openssl = (...args: string[]): Buffer => material.openssl(...args);
const read = (name: string): Buffer => material.read(name);

const base64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64');
const wrap = (text: string, columns: number, end = '\n'): string =>
  (text.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []).join(end);
const frame = (label: string, body: string): string =>
  `-----BEGIN ${label}-----\n${wrap(body, 64)}\n-----END ${label}-----\n`;
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

const pkcs8 = openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'server.key').toString();
const pkcs1 = openssl('rsa', '-in', 'server.key', '-traditional').toString();
const pkcs1Der = openssl('rsa', '-in', 'server.key', '-traditional', '-outform', 'DER');
openssl(
  'pkcs12',
  '-export',
  '-in',
  'server.crt',
  '-inkey',
  'server.key',
  '-out',
  'server.p12',
  '-passout',
  'pass:x',
);
const bag = openssl('pkcs12', '-in', 'server.p12', '-nodes', '-passin', 'pass:x').toString();
const encrypt = (...how: string[]): Buffer =>
  openssl('pkcs8', '-topk8', '-in', 'server.key', '-passout', 'pass:Some Passwörd', ...how);
const aesDer = encrypt('-v2', 'aes-256-cbc', '-outform', 'DER');
const aesPem = encrypt('-v2', 'aes-256-cbc').toString();
const scrypt = encrypt('-scrypt').toString();
const tripleDes = encrypt('-v1', 'PBE-SHA1-3DES').toString();
const oldWay = (cipher: string): string =>
  openssl('rsa', '-in', 'server.key', '-traditional', cipher, '-passout', 'pass:Some Passwörd').toString();
const oldAes = oldWay('-aes256');
const oldDes = oldWay('-des3');
const newKey = (...args: string[]): string => openssl('genpkey', ...args).toString();
newKey('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'client.key');
const ec = read('client.key').toString();

function readKey(value: string, passphrase = ''): KeyObject {
  return parsePrivateKey({ value, passphrase, input: 'private-key' });
}

/** A key by its canonical DER. */
function base64Of(key: KeyObject): string {
  return base64(toPkcs8Der(key));
}

/** The error that reading ends with; fails the test if there is none, or another than ours. */
function refusal(act: () => unknown): ActionError {
  const error = failureOf(act);
  if (error instanceof ActionError) return error;
  throw new Error('no ActionError', { cause: error });
}

function failureOf(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

const plainForms: [string, string, string][] = [
  ['base64 of the DER file', secret, 'base64 of PKCS#8 DER'],
  ['base64 wrapped at 64 columns', wrap(secret, 64), 'base64 of PKCS#8 DER'],
  ['base64 wrapped at 76 columns', wrap(secret, 76), 'base64 of PKCS#8 DER'],
  ['base64 with Windows line ends', wrap(secret, 64, '\r\n'), 'base64 of PKCS#8 DER'],
  ['base64 in the URL-safe alphabet', der.toString('base64url'), 'base64 of PKCS#8 DER'],
  ['base64 without padding', secret.replace(/=+$/, ''), 'base64 of PKCS#8 DER'],
  ['base64 in double quotes', `"${secret}"`, 'base64 of PKCS#8 DER, in quotes'],
  ['base64 in single quotes', `'${secret}'`, 'base64 of PKCS#8 DER, in quotes'],
  ['base64 after a byte-order mark', `\ufeff${secret}`, 'base64 of PKCS#8 DER, with a byte-order mark'],
  [
    'base64 in quotes after a byte-order mark',
    `\ufeff"${secret}"\n`,
    'base64 of PKCS#8 DER, with a byte-order mark, in quotes',
  ],
  ['base64 with \\n written out', wrap(secret, 64, '\\n'), 'base64 of PKCS#8 DER, with \\n written out'],
  ['base64 of base64', base64(wrap(secret, 64)), 'base64 of base64 of PKCS#8 DER'],
  [
    'base64 of base64 of base64 of base64',
    base64(base64(base64(secret))),
    'base64 of base64 of base64 of base64 of PKCS#8 DER',
  ],
  ['base64 of a PKCS#1 DER file', base64(pkcs1Der), 'base64 of PKCS#1 DER'],
  ['base64 of a PKCS#8 PEM file', base64(pkcs8), 'base64 of PEM (PKCS#8)'],
  ['base64 of a PKCS#1 PEM file', base64(pkcs1), 'base64 of PEM (PKCS#1)'],
  [
    'base64 of a PEM file with Windows line ends',
    base64(pkcs8.replaceAll('\n', '\r\n')),
    'base64 of PEM (PKCS#8)',
  ],
  ['base64 of a PEM file with a byte-order mark', base64(`\ufeff${pkcs1}`), 'base64 of PEM (PKCS#1)'],
  ['base64 of a PEM file in UTF-16', base64(utf16(pkcs8.replaceAll('\n', '\r\n'))), 'base64 of PEM (PKCS#8)'],
  ['base64 of a base64 file in UTF-16', base64(utf16(secret)), 'base64 of base64 of PKCS#8 DER'],
  ['PKCS#8 PEM', pkcs8, 'PEM (PKCS#8)'],
  ['PKCS#1 PEM', pkcs1, 'PEM (PKCS#1)'],
  ["the guide's server.key", material.key, 'PEM (PKCS#8)'],
  ['PEM with Windows line ends', pkcs1.replaceAll('\n', '\r\n'), 'PEM (PKCS#1)'],
  ['PEM with \\n written out', pkcs8.replaceAll('\n', '\\n'), 'PEM (PKCS#8), with \\n written out'],
  ['PEM with spaces among its dashes', pkcs8.replaceAll(/-(BEGIN|END)/g, '- $1'), 'PEM (PKCS#8)'],
  ['PEM with \\r\\n written out', pkcs1.replaceAll('\n', '\\r\\n'), 'PEM (PKCS#1), with \\n written out'],
  ['PEM with \\\\n written out', pkcs8.replaceAll('\n', '\\\\n'), 'PEM (PKCS#8), with \\n written out'],
  ['PEM as a JSON string', JSON.stringify(pkcs8), 'PEM (PKCS#8), in quotes, with \\n written out'],
  ['PEM with spaces for line ends', pkcs8.replaceAll('\n', ' '), 'PEM (PKCS#8) on one line'],
  ['PKCS#1 PEM with spaces for line ends', pkcs1.trim().replaceAll('\n', ' '), 'PEM (PKCS#1) on one line'],
  ['PEM without its line ends', pkcs8.replaceAll('\n', ''), 'PEM (PKCS#8) on one line'],
  ['PEM without any white space', pkcs1.replace(/\s/g, ''), 'PEM (PKCS#1) on one line'],
  ['PEM with lines indented', pkcs8.replace(/^/gm, '    '), 'PEM (PKCS#8)'],
  ['PEM with some dashes lost at both ends', pkcs8.trim().slice(3, -4), 'PEM (PKCS#8)'],
  ['PEM in quotes', `'${pkcs8.trim()}'`, 'PEM (PKCS#8), in quotes'],
  ['PEM after a byte-order mark', `\ufeff${pkcs8}`, 'PEM (PKCS#8), with a byte-order mark'],
  ['PEM among comments', `# staging, ask Ada\n${pkcs8}\n# end of file\n`, 'PEM (PKCS#8)'],
  ["PEM below openssl's bag attributes and a certificate", bag, 'PEM (PKCS#8)'],
  ['PEM without its END line, but with all of the key', pkcs8.slice(0, -20), 'PEM (PKCS#8)'],
  ['a certificate and its key in one file', material.certificate + pkcs8, 'PEM (PKCS#8)'],
  [
    'the frame of certutil -encode',
    frame('CERTIFICATE', secret),
    'PKCS#8 DER in a PEM frame of another kind',
  ],
  [
    'base64 of that frame with Windows line ends',
    base64(frame('CERTIFICATE', secret).replaceAll('\n', '\r\n')),
    'base64 of PKCS#8 DER in a PEM frame of another kind',
  ],
  [
    'the frame of certutil -encode round a PEM file',
    frame('CERTIFICATE', base64(pkcs1)),
    'PEM (PKCS#1) in a PEM frame of another kind',
  ],
];

test.each(plainForms)('the key is read from %s', (_, value, form) => {
  expect(base64Of(requireRs256(readKey(value), 'private-key'))).toBe(secret);
  expect(base64Of(readKey(value, 'a passphrase that nothing needs'))).toBe(secret);
  expect(describePrivateKey(value)).toBe(form);
});

const encryptedForms: [string, string, string][] = [
  ['PKCS#8 PEM', aesPem, 'PEM (encrypted PKCS#8)'],
  ['PKCS#8 PEM under scrypt', scrypt, 'PEM (encrypted PKCS#8)'],
  ['PKCS#8 PEM under the older triple DES', tripleDes, 'PEM (encrypted PKCS#8)'],
  ['base64 of PKCS#8 DER', base64(aesDer), 'base64 of encrypted PKCS#8 DER'],
  ['base64 of a PEM file', base64(aesPem), 'base64 of PEM (encrypted PKCS#8)'],
  ['PEM with spaces for line ends', aesPem.replaceAll('\n', ' '), 'PEM (encrypted PKCS#8) on one line'],
  ['an old AES PEM', oldAes, 'PEM (encrypted in the old way)'],
  ['an old triple DES PEM', oldDes, 'PEM (encrypted in the old way)'],
  ['base64 of an old PEM', base64(oldDes), 'base64 of PEM (encrypted in the old way)'],
  ['an old PEM with Windows line ends', oldAes.replaceAll('\n', '\r\n'), 'PEM (encrypted in the old way)'],
  [
    'an old PEM with \\n written out',
    oldDes.replaceAll('\n', '\\n'),
    'PEM (encrypted in the old way), with \\n written out',
  ],
  [
    'an old PEM with spaces for line ends',
    oldAes.replaceAll('\n', ' '),
    'PEM (encrypted in the old way) on one line',
  ],
  [
    'an old AES PEM without line ends',
    oldAes.replaceAll('\n', ''),
    'PEM (encrypted in the old way) on one line',
  ],
  [
    'an old AES PEM without any white space',
    oldAes.replaceAll(/\s/g, ''),
    'PEM (encrypted in the old way) on one line',
  ],
  [
    'an old DES PEM without line ends',
    oldDes.replaceAll('\n', ''),
    'PEM (encrypted in the old way) on one line',
  ],
];

test.each(encryptedForms)('an encrypted key is opened from %s', (_, value, form) => {
  expect(base64Of(readKey(value, 'Some Passwörd'))).toBe(secret);
  expect(describePrivateKey(value)).toBe(form);

  const missing = refusal(() => readKey(value));
  expect(missing.code).toBe('KEY_ENCRYPTED');
  expect(missing.message).toBe(
    'The input private-key holds an encrypted private key, and private-key-passphrase is empty.',
  );
  const wrong = refusal(() => readKey(value, 'another'));
  expect(wrong.code).toBe('KEY_ENCRYPTED');
  expect(wrong.message).toMatch('private-key-passphrase does not open');
});

test('a key whose cipher OpenSSL 3 has dropped is told apart from a wrong passphrase', () => {
  const legacy = ['-provider', 'legacy', '-provider', 'default'];
  const values = [
    encrypt('-v1', 'PBE-MD5-DES', ...legacy).toString(),
    base64(encrypt('-v1', 'PBE-SHA1-RC2-40', '-outform', 'DER', ...legacy)),
    encrypt('-v2', 'des-cbc', ...legacy).toString(),
  ];
  for (const value of values) {
    const error = refusal(() => readKey(value, 'Some Passwörd'));
    expect([error.code, error.message]).toEqual([
      'KEY_UNSUPPORTED',
      expect.stringContaining('OpenSSL 3 no longer has'),
    ]);
    expect(error.remedy).toMatch('openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy');
  }
});

/** Every wrong passphrase must end alike, though some decrypt to bytes that look padded. */
test('no wrong passphrase among many is mistaken for anything else', () => {
  for (let i = 0; i < 400; i++) {
    expect(refusal(() => readKey(oldDes, `wrong ${i}`)).code).toBe('KEY_ENCRYPTED');
  }
});

test('an EC key for mutual TLS is opened from an old PEM, with or without line ends', () => {
  const value = openssl('ec', '-in', 'client.key', '-aes256', '-passout', 'pass:x').toString();
  for (const form of [value, value.replaceAll('\n', '')]) {
    const key = parsePrivateKey({ value: form, passphrase: 'x', input: 'mtls-private-key' });
    expect(key.asymmetricKeyType).toBe('ec');
  }
});

const jks = Buffer.concat([Buffer.from('feedfeed00000002', 'hex'), Buffer.alloc(200, 7)]);
const sec1 = openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-outform', 'DER');
const dsaFile = (): Buffer => {
  openssl(
    'genpkey',
    '-genparam',
    '-algorithm',
    'DSA',
    '-pkeyopt',
    'dsa_paramgen_bits:1024',
    '-out',
    'dsa.params',
  );
  openssl('genpkey', '-paramfile', 'dsa.params', '-out', 'dsa.key');
  return openssl('dsa', '-in', 'dsa.key', '-outform', 'DER');
};
const dsaDer = dsaFile();
const v3certificate = openssl('req', '-x509', '-key', 'server.key', '-subj', '/CN=ci.example.com').toString();
const certificateDer = openssl('x509', '-in', 'server.crt', '-outform', 'DER');
const opensshKey = frame(
  'OPENSSH PRIVATE KEY',
  base64(Buffer.concat([Buffer.from('openssh-key-v1\0\0\0\0\x04none', 'latin1'), Buffer.alloc(600, 5)])),
);

const notKeys: [string, string, RegExp, RegExp][] = [
  ['a certificate', material.certificate, /holds a certificate, not/, /openssl pkcs8 -topk8/],
  ['a version 3 certificate', v3certificate, /holds a certificate, not/, /openssl pkcs8 -topk8/],
  ['base64 of a certificate', base64(material.certificate), /holds a certificate, not/, /openssl pkcs8/],
  ['base64 of a DER certificate', base64(certificateDer), /holds a certificate, not/, /openssl pkcs8/],
  [
    'the first half of a certificate',
    base64(certificateDer.subarray(0, 300)),
    /holds a certificate, not/,
    /openssl/,
  ],
  [
    'a public key',
    openssl('rsa', '-in', 'server.key', '-pubout').toString(),
    /holds a public key/,
    /openssl pkcs8/,
  ],
  [
    'base64 of a PKCS#1 public key',
    base64(openssl('rsa', '-in', 'server.key', '-RSAPublicKey_out', '-outform', 'DER')),
    /holds a public key/,
    /openssl pkcs8/,
  ],
  [
    'an SSH public key',
    `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ ci@example.com`,
    /holds a public key/,
    /openssl/,
  ],
  [
    'an SSH public key on a curve',
    'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTI',
    /holds a public key/,
    /openssl/,
  ],
  [
    'the SSH public key of a security key',
    'sk-ssh-ed25519@openssh.com AAAAGnNrLXNza',
    /holds a public key/,
    /openssl/,
  ],
  [
    'a line of authorized_keys',
    'from="192.0.2.1" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ci@example.com',
    /holds a public key/,
    /openssl/,
  ],
  ['a certificate request', read('server.csr').toString(), /certificate request/, /openssl pkcs8/],
  ['an OpenSSH key', opensshKey, /OpenSSH's own format/, /ssh-keygen -p -m PKCS8/],
  ['base64 of an OpenSSH key', base64(opensshKey), /OpenSSH's own format/, /ssh-keygen -p -m PKCS8/],
  [
    'a PuTTY key',
    'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: x\n',
    /PuTTY's own/,
    /puttygen/,
  ],
  ['PKCS#12', base64(read('server.p12')), /PKCS#12/, /openssl pkcs12 .* -nocerts -nodes/],
  [
    'PKCS#12 with indefinite lengths',
    base64(Buffer.from('3080020103308006092a864886f70d010701a0800000', 'hex')),
    /PKCS#12/,
    /openssl pkcs12/,
  ],
  [
    'PKCS#12 in the frame of certutil -encode',
    frame('CERTIFICATE', base64(read('server.p12'))),
    /PKCS#12/,
    /pkcs12/,
  ],
  ['PKCS#7', openssl('crl2pkcs7', '-nocrl', '-certfile', 'server.crt').toString(), /PKCS#7/, /openssl pkcs8/],
  ['a Java keystore', base64(jks), /Java keystore/, /keytool -importkeystore/],
  ['a Java keystore of the JCE', base64(Buffer.from('cececece00000002', 'hex')), /Java keystore/, /keytool/],
  [
    'parameters',
    openssl('dhparam', '-dsaparam', '512').toString(),
    /DER file \(\d+ bytes\) that is not/,
    /openssl/,
  ],
  [
    'a key cut short',
    base64(der.subarray(0, 1000)),
    new RegExp(`1000 of its ${der.length} bytes are there, ${der.length - 1000} are missing`),
    /openssl base64 -A/,
  ],
  [
    'PEM cut short',
    pkcs8.slice(0, pkcs8.indexOf('\n', 800)),
    new RegExp(`of its ${der.length} bytes are there`),
    /openssl base64/,
  ],
  [
    'a PKCS#1 key cut short where a DSA key ends',
    base64(pkcs1Der.subarray(0, 750)),
    new RegExp(`750 of its ${pkcs1Der.length} bytes are there`),
    /openssl base64/,
  ],
  [
    'parameters cut short',
    base64(openssl('dsaparam', '-in', 'dsa.params', '-outform', 'DER').subarray(0, 200)),
    /200 of its \d+ bytes are there/,
    /openssl base64/,
  ],
  ['an old encrypted PEM cut short', oldAes.slice(0, 900), /END line is missing/, /openssl pkcs8/],
  [
    'a key with bytes after it',
    base64(Buffer.concat([der, der.subarray(0, 5)])),
    /5 bytes after it/,
    /openssl/,
  ],
  [
    'a file too large',
    base64(tlv(0x30, Buffer.from('020100', 'hex'), tlv(0x02, Buffer.alloc(20_000, 1)))),
    /too large/,
    /openssl/,
  ],
  ['the first line of PEM', '-----BEGIN PRIVATE KEY-----', /only the first line/, /reads all of the file/],
  [
    'the first line of PEM, cut short',
    '-----BEGIN RSA PRIVATE',
    /only the first line/,
    /reads all of the file/,
  ],
  ['the end of PEM', pkcs8.slice(900), /only the end/, /openssl pkcs8/],
  ['PEM with garbage inside', pkcs8.replace('M', 'é?'), /something other than base64/, /openssl pkcs8/],
  [
    'PEM with another file inside',
    frame('PRIVATE KEY', base64('\0\x01\x02')),
    /3 bytes inside are not/,
    /openssl/,
  ],
  ['a file name', 'server.der', /name of a file/, /openssl base64 -A -in server\.der \| gh secret set/],
  ['a relative path', '../keys/server', /name of a file/, /openssl base64/],
  ['a Windows path', 'C:\\new keys\\rsa\\server.der', /name of a file/, /openssl base64/],
  ['a Windows path without an ending', 'C:\\keys\\server', /name of a file/, /openssl base64/],
  ['a relative Windows path', '.\\keys\\new', /name of a file/, /openssl base64/],
  ['a path in the home folder', '~/server', /name of a file/, /openssl base64/],
  ['a path as curl takes it', '@server', /name of a file/, /openssl base64/],
  ['an absolute path', '/home/ada/keys/server', /name of a file/, /openssl base64/],
  ['raw bytes read as UTF-8', der.toString('utf8'), /bytes of a binary file/, /openssl base64/],
  ['raw bytes read as Latin-1', der.toString('latin1'), /bytes of a binary file/, /openssl base64/],
  ['raw bytes read as Windows-1252', '0\u201a\u0004¼', /bytes of a binary file/, /openssl base64/],
  ['the start of raw bytes read as Windows-1252', '0\u201a', /bytes of a binary file/, /openssl base64/],
  ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl', /holds a JWT/, /openssl pkcs8/],
  [
    'a service account',
    JSON.stringify({ type: 'service_account', private_key: pkcs8 }),
    /JSON/,
    /openssl pkcs8/,
  ],
  ['base64 of a service account', base64(JSON.stringify({ private_key: pkcs8 })), /JSON/, /openssl pkcs8/],
  ['XML', '<RSAKeyValue><Modulus>AQAB</Modulus></RSAKeyValue>', /XML or HTML/, /openssl pkcs8/],
  ['hexadecimal digits', der.toString('hex'), /hexadecimal/, /openssl base64/],
  [
    'hexadecimal digits with colons',
    (der.toString('hex').match(/../g) ?? []).join(':'),
    /hexadecimal/,
    /openssl/,
  ],
  [
    'hexadecimal digits with spaces',
    (der.toString('hex').match(/../g) ?? []).join(' '),
    /hexadecimal/,
    /openssl/,
  ],
  ['sixteen hexadecimal digits', '0123456789abcdef', /base64, but the 12 bytes/, /openssl/],
  [
    'an expression',
    '${{ secrets.SPRINKLR_PRIVATE_KEY }}',
    /placeholder/,
    /private-key: \$\{\{ secrets\.NAME \}\}/,
  ],
  ['a shell variable', '$SPRINKLR_PRIVATE_KEY', /placeholder/, /openssl pkcs8/],
  ['a Windows variable', '%SPRINKLR_PRIVATE_KEY%', /placeholder/, /openssl pkcs8/],
  ["a secret's name", 'SPRINKLR_PRIVATE_KEY', /placeholder or the name/, /openssl pkcs8/],
  ['a masked value', '***', /placeholder/, /openssl pkcs8/],
  ['a word in angle brackets', '<base64 of server.der>', /placeholder/, /openssl pkcs8/],
  [
    'base64 of anything else',
    base64(Buffer.alloc(99, 0xee)),
    /base64, but the 99 bytes in it are not/,
    /openssl pkcs8/,
  ],
  [
    'base64 of base64 of anything else',
    base64(base64(Buffer.alloc(99, 0xee))),
    /base64, but the 132 bytes in it are not/,
    /openssl pkcs8/,
  ],
  [
    'PEM in more layers of base64 than anybody makes',
    base64(base64(base64(base64(pkcs8)))),
    /base64, but the \d{4} bytes in it are not/,
    /openssl pkcs8/,
  ],
  ['base64 of a word', base64('correct horse?'), /base64, but the 14 bytes/, /openssl pkcs8/],
  ...[
    'Ask Ada for it!',
    'Ask Ada: PuTTY-User-Key-File-3',
    'Ask Ada for eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl',
    'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl is what Ada gave me',
    'Ask Ada <ada> or Bob for it',
    'Ask ada@example.com for it',
    `@ ${'Ask Ada for it! '.repeat(20)}`,
    '/home/ada/keys is where it is!',
    'The file server.key is where it is',
    `${'Ask Ada for it! '.repeat(20)}It is in server.key`,
    'Its SHA-256 starts with: 0123456789abcdef0123456789abcdef',
    '0123456789abcdef0123456789abcdef is how its SHA-256 starts!',
    'Ask Ada for 10\u201a 20 or 30 of them',
  ].map((text): [string, string, RegExp, RegExp] => [
    `a sentence (${text})`,
    text,
    new RegExp(` ${text.trim().length} characters of text`),
    /openssl pkcs8/,
  ]),
];

function tlv(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([
    Buffer.from([tag, 0x83, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff]),
    body,
  ]);
}

const named = notKeys.map(([name, value, problem, remedy]) => ({ name, value, problem, remedy }));

test.each(named)('$name is named, with the way out', ({ value, problem, remedy }) => {
  const error = refusal(() => readKey(value));
  expect([error.code, error.message]).toEqual(['KEY_UNREADABLE', expect.stringMatching(problem)]);
  expect(error.message).toMatch(/^The input private-key .*\.$/);
  expect(error.remedy).toMatch(remedy);
  expect(describePrivateKey(value)).toBeUndefined();
});

test('the remedy for an OpenSSH key makes a value that is read', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'sprinklr-token-openssh-'));
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd });
  run('ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', 'id_rsa');
  const { message, remedy } = refusal(() => readKey(readFileSync(join(cwd, 'id_rsa'), 'utf8')));
  expect(message).toMatch("OpenSSH's own format");

  const [convert = ''] = /cp id_rsa [^`]+/.exec(remedy) ?? [];
  run('sh', '-c', convert);
  const made = run('openssl', 'pkcs8', '-topk8', '-in', 'server.key', '-outform', 'DER', '-nocrypt');
  expect(base64Of(readKey(base64(made)))).toBe(base64(made));
});

test.each(['', ' \n', '""', '\ufeff'])(
  'nothing at all (%j) is a missing input, with the usual causes',
  (value) => {
    const error = refusal(() => readKey(value));
    expect(error.code).toBe('INPUT_MISSING');
    expect(error.remedy).toMatch(/name of the secret.*forks.*`environment:`/);
  },
);

test.each<[string, string, RegExp]>([
  ['an EC key', ec, /an EC key \(prime256v1\)/],
  ['an EC key in its own PEM', openssl('ecparam', '-name', 'prime256v1', '-genkey').toString(), /an EC key/],
  ['base64 of an EC key in its own DER', base64(sec1), /an EC key \(prime256v1\)/],
  ['an Ed25519 key', newKey('-algorithm', 'ED25519'), /an Ed25519 key;/],
  ['an Ed448 key', newKey('-algorithm', 'ED448'), /an Ed448 key;/],
  ['an X25519 key', newKey('-algorithm', 'X25519'), /an X25519 key;/],
  ['an X448 key', newKey('-algorithm', 'X448'), /an X448 key;/],
  [
    'a Diffie-Hellman key',
    newKey('-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'),
    /a Diffie-Hellman key;/,
  ],
  ['a key that Node has no name for', newKey('-algorithm', 'SM2'), /holds a key of another kind;/],
  [
    'an RSA-PSS key',
    newKey('-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'),
    /an RSA-PSS key \(2048 bits\)/,
  ],
  [
    'an RSA key of 1024 bits',
    newKey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'),
    /an RSA key \(1024 bits\)/,
  ],
  ['a DSA key', read('dsa.key').toString(), /a DSA key \(1024 bits\)/],
  ['a DSA key in its own DER', base64(dsaDer), /a DSA key/],
])('%s is refused for what it is', (_, value, problem) => {
  const error = refusal(() => requireRs256(readKey(value), 'private-key'));
  expect([error.code, error.message]).toEqual(['KEY_UNSUPPORTED', expect.stringMatching(problem)]);
  expect(error.remedy).toMatch('openssl genrsa -out server.key 2048');
});

test('RSA keys are taken from 2048 to 16,384 bits, which is as far as OpenSSL checks their signatures', () => {
  // Such a key takes minutes to make; any odd number of so many bits will do here.
  const keyOf = (bits: number): KeyObject => {
    const n = Buffer.alloc(bits / 8, 0xff).toString('base64url');
    return createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
  };
  for (const bits of [2048, 16_384]) expect(requireRsa(keyOf(bits), 'private-key')).toBeDefined();
  for (const bits of [2040, 16_392]) {
    const error = refusal(() => requireRsa(keyOf(bits), 'private-key'));
    expect([error.code, error.message]).toEqual([
      'KEY_UNSUPPORTED',
      expect.stringContaining(`an RSA key (${bits} bits)`),
    ]);
  }
});

test('the key for mutual TLS may be an EC key', () => {
  const key = parsePrivateKey({ value: ec, passphrase: '', input: 'mtls-private-key' });
  expect(key.asymmetricKeyType).toBe('ec');
});

test('messages about the key for mutual TLS speak of its own inputs and of PEM', () => {
  const read = (value: string) =>
    refusal(() => parsePrivateKey({ value, passphrase: '', input: 'mtls-private-key' }));
  expect(read(aesPem).message).toMatch(/mtls-private-key .* mtls-passphrase/);
  expect(read(aesPem).remedy).toMatch('mtls-passphrase');
  expect(read(material.certificate).remedy).toMatch('gh secret set SPRINKLR_MTLS_PRIVATE_KEY < client.key');
});

/** All that may come out of any text: a key, or one of our codes with texts that tell nothing of the value. */
function survives(value: string, body = value): ErrorCode | undefined {
  const error = failureOf(() => {
    expect(signs(requireRs256(readKey(value), 'private-key'))).toBe(true);
  });
  if (error === undefined) return undefined;
  if (!(error instanceof ActionError)) throw new Error('no ActionError', { cause: error });
  expect(error.code).toMatch(/^(KEY_UNREADABLE|KEY_UNSUPPORTED|KEY_ENCRYPTED|INPUT_MISSING)$/);
  const said = error.message + error.remedy;
  const leaked = body !== '' && sequences(said).find((sequence) => body.includes(sequence));
  if (leaked) throw new Error(`the message tells of the value: ${said}`);
  return error.code;
}

function sequences(text: string, length = 8): string[] {
  return Array.from({ length: text.length - length + 1 }, (_, i) => text.slice(i, i + length));
}

function signs(key: KeyObject): boolean {
  const signature = createSign('sha256').update('text').sign(key);
  return createVerify('sha256').update('text').verify(createPublicKey(key), signature);
}

test('any text at all ends in a code', () => {
  const words = fc.constantFrom(
    '-----BEGIN ',
    'PRIVATE KEY',
    '-----',
    '-----END ',
    '\n',
    '\\n',
    'MII',
    'Proc-Type: 4,ENCRYPTED',
    'DEK-Info: ',
    '=',
    '"',
    '\ufeff',
    '${{',
    'eyJ',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.array(fc.oneof(words, fc.string({ maxLength: 5 })), { maxLength: 15 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (value) => {
      survives(value, '');
    }),
    { numRuns: cases(800) },
  );
});

test('base64 of any bytes ends in a code, and no message tells of it', () => {
  const bytes = fc.uint8Array({ maxLength: 400 });
  const starts = fc.constantFrom(
    '',
    '30',
    '3082',
    '308204',
    '3082025c020100',
    '30820100020100300d06092a864886f70d0101010500',
    '300b0609',
    'fffe',
    'feedfeed',
  );
  fc.assert(
    fc.property(starts, bytes, (start, rest) => {
      survives(base64(Buffer.concat([Buffer.from(start, 'hex'), rest])));
    }),
    { numRuns: cases(800) },
  );
});

test('a key cut anywhere is refused, and no message tells of it', () => {
  for (let length = 1; length < der.length; length++) {
    expect(survives(base64(der.subarray(0, length)))).toBe('KEY_UNREADABLE');
  }
});

test('PEM cut anywhere is refused until all of the key is there, then read, and no message tells of it', () => {
  const [begin = ''] = pkcs8.split('\n');
  const padding = secret.length - secret.replace(/=+$/, '').length;
  const complete = pkcs8.indexOf('-----END') - 1 - padding;
  for (let length = 1; length < pkcs8.length; length++) {
    const value = pkcs8.slice(0, length);
    const code = survives(value, value.slice(begin.length));
    expect(code).toBe(length < complete ? 'KEY_UNREADABLE' : undefined);
  }
});

test('a key with one bit flipped is refused, or signs as it should', () => {
  fc.assert(
    fc.property(fc.nat(der.length * 8 - 1), (bit) => {
      const flipped = Buffer.from(der);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      survives(base64(flipped));
    }),
    { numRuns: cases(400), examples: Array.from({ length: cases(40 * 8) }, (_, bit): [number] => [bit]) },
  );
});

test('an encrypted key with one bit flipped is refused, or read', () => {
  fc.assert(
    fc.property(fc.nat(aesDer.length * 8 - 1), (bit) => {
      const flipped = Buffer.from(aesDer);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      try {
        readKey(base64(flipped), 'Some Passwörd');
      } catch (error) {
        expect(error).toBeInstanceOf(ActionError);
      }
    }),
    { numRuns: cases(300) },
  );
});

test('a key damaged beyond reading is named so', () => {
  const error = refusal(() => readKey(base64(Buffer.from(der).fill(0, 300, 900))));
  expect([error.code, error.message]).toEqual(['KEY_UNREADABLE', expect.stringContaining('damaged inside')]);
  expect(error.remedy).toMatch('openssl base64 -A');
});

test('a key whose numbers do not fit each other is refused as damaged', () => {
  const flipped = Buffer.from(der);
  flipped.writeUInt8(flipped.readUInt8(100) ^ 1, 100);
  const error = refusal(() => requireRs256(readKey(base64(flipped)), 'private-key'));
  expect([error.code, error.message]).toEqual([
    'KEY_UNREADABLE',
    expect.stringMatching(/^The input private-key holds .* damaged inside/),
  ]);
});
