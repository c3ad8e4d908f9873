import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { createPublicKey, createSign, createVerify, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toKeyError, type KeyProblem } from '../../src/credentials/key-problems.ts';
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
import { actionErrorOf, commandsIn } from './action-error.ts';
import { base64, flipBits, pemBlock, tpmKey, wrap } from './encodings.ts';

const material = sharedMaterial();
const { der, secret } = material;
const openssl = (command: string, ...more: string[]): Buffer =>
  material.openssl(...command.split(' '), ...more);
const read = (name: string): Buffer => material.read(name);
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');

const PASSPHRASE = 'Some Passwörd';
const pkcs8 = openssl('pkcs8 -topk8 -nocrypt -in server.key').toString();
const pkcs1 = openssl('rsa -in server.key -traditional').toString();
const pkcs1Der = openssl('rsa -in server.key -traditional -outform DER');
openssl('pkcs12 -export -in server.crt -inkey server.key -out server.p12 -passout pass:x');
const bag = openssl('pkcs12 -in server.p12 -nodes -passin pass:x').toString();
const encrypt = (options: string): Buffer =>
  openssl(`pkcs8 -topk8 -in server.key ${options} -passout`, `pass:${PASSPHRASE}`);
const aesDer = encrypt('-v2 aes-256-cbc -outform DER');
const aesPem = encrypt('-v2 aes-256-cbc').toString();
const encryptTraditional = (cipher: string): string =>
  openssl(`rsa -in server.key -traditional ${cipher} -passout`, `pass:${PASSPHRASE}`).toString();
const traditionalAes = encryptTraditional('-aes256');
const traditionalDes = encryptTraditional('-des3');
const generateKey = (options: string): string => openssl(`genpkey ${options}`).toString();
generateKey('-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out client.key');
const ec = read('client.key').toString();

function parse(value: string, passphrase = ''): KeyObject {
  return parsePrivateKey({ value, passphrase, input: 'private-key' });
}

/** A key as base64 of its canonical DER. */
function toSecret(key: KeyObject): string {
  return base64(toPkcs8Der(key));
}

const PKCS8 = 'base64 of PKCS#8 DER';
/** Breaks the base64 also before an `n` and an `r`, which a backslash would turn into an escape. */
function wrapAtN(lineEnd: string): string {
  const wrapped = wrap(secret, 64)
    .replace(/.(?=n)/, '$&\n')
    .replace(/.(?=r)/, '$&\n');
  return wrapped.replaceAll('\n', lineEnd);
}
const plainForms: [string, string, string][] = [
  ['base64 of the DER file', secret, PKCS8],
  ['base64 wrapped at 64 columns', wrap(secret, 64), PKCS8],
  ['base64 wrapped at 76 columns', wrap(secret, 76), PKCS8],
  ['base64 with CRLF', wrap(secret, 64, '\r\n'), PKCS8],
  ['base64 in the URL-safe alphabet', der.toString('base64url'), PKCS8],
  ['base64 without padding', secret.replace(/=+$/, ''), PKCS8],
  ['base64 in double quotes', `"${secret}"`, `${PKCS8}, in quotes`],
  ['base64 in single quotes', `'${secret}'`, `${PKCS8}, in quotes`],
  ['base64 after a byte-order mark', `\ufeff${secret}`, `${PKCS8}, with a byte-order mark`],
  [
    'base64 in quotes after a byte-order mark',
    `\ufeff"${secret}"\n`,
    `${PKCS8}, with a byte-order mark, in quotes`,
  ],
  ['base64 with \\n escapes', wrap(secret, 64, '\\n'), `${PKCS8}, with \\n escapes`],
  ['base64 of base64', base64(wrap(secret, 64)), `base64 of ${PKCS8}`],
  ['four layers of base64', base64(base64(base64(secret))), `base64 of base64 of base64 of ${PKCS8}`],
  ['base64 of a PKCS#1 DER file', base64(pkcs1Der), 'base64 of PKCS#1 DER'],
  ['base64 of a PKCS#8 PEM file', base64(pkcs8), 'base64 of PEM (PKCS#8)'],
  ['base64 of a PKCS#1 PEM file', base64(pkcs1), 'base64 of PEM (PKCS#1)'],
  ['base64 of a PEM file with CRLF', base64(pkcs8.replaceAll('\n', '\r\n')), 'base64 of PEM (PKCS#8)'],
  ['base64 of a PEM file with a byte-order mark', base64(`\ufeff${pkcs1}`), 'base64 of PEM (PKCS#1)'],
  ['base64 of a PEM file in UTF-16', base64(utf16(pkcs8.replaceAll('\n', '\r\n'))), 'base64 of PEM (PKCS#8)'],
  ['base64 of a base64 file in UTF-16', base64(utf16(secret)), `base64 of ${PKCS8}`],
  ...Object.entries({ PEM: pkcs8, base64: secret }).flatMap(([name, text]): [string, string, string][] => {
    const littleEndian = Buffer.from(text, 'utf16le');
    const form = name === 'PEM' ? 'base64 of PEM (PKCS#8)' : `base64 of ${PKCS8}`;
    return [
      [`base64 of ${name} in UTF-16 without a byte-order mark`, base64(littleEndian), form],
      [
        `base64 of ${name} in UTF-16 and an extra byte`,
        base64(Buffer.concat([littleEndian, Buffer.from('\n')])),
        form,
      ],
      [`base64 of ${name} in big-endian UTF-16`, base64(utf16(text).swap16()), form],
      [
        `base64 of ${name} in that without a byte-order mark`,
        base64(Buffer.from(littleEndian).swap16()),
        form,
      ],
    ];
  }),
  ...(
    [
      ['backslashes at line ends', '\\\n'],
      ['backslashes at CRLF', '\\\r\n'],
      ['backslashes and spaces', '\\ '],
      ['backslashes for line breaks', '\\'],
    ] as const
  ).map(([name, lineEnd]): [string, string, string] => [
    `base64 with ${name}`,
    wrapAtN(lineEnd),
    `${PKCS8}, with backslashes at line ends`,
  ]),
  ['base64 with \\n escapes before every kind of letter', wrapAtN('\\n'), `${PKCS8}, with \\n escapes`],
  [
    'base64 with \\n escapes and backslashes at line ends',
    wrapAtN('\\n\\\n'),
    `${PKCS8}, with backslashes at line ends, with \\n escapes`,
  ],
  [
    'base64 as JSON with escaped slashes',
    JSON.stringify(secret).replaceAll('/', '\\/'),
    `${PKCS8}, in quotes`,
  ],
  [
    'PEM with backslashes at line ends',
    pkcs8.replaceAll('\n', '\\\n'),
    'PEM (PKCS#8), with backslashes at line ends',
  ],
  ['PKCS#8 PEM', pkcs8, 'PEM (PKCS#8)'],
  ['PKCS#1 PEM', pkcs1, 'PEM (PKCS#1)'],
  ["the guide's server.key", material.key, 'PEM (PKCS#8)'],
  ['PEM with CRLF', pkcs1.replaceAll('\n', '\r\n'), 'PEM (PKCS#1)'],
  ['PEM with \\n escapes', pkcs8.replaceAll('\n', '\\n'), 'PEM (PKCS#8), with \\n escapes'],
  ['PEM with spaces inside the dashes', pkcs8.replaceAll(/-(BEGIN|END)/g, '- $1'), 'PEM (PKCS#8)'],
  ['PEM with \\r\\n escapes', pkcs1.replaceAll('\n', '\\r\\n'), 'PEM (PKCS#1), with \\n escapes'],
  ['PEM with \\\\n escapes', pkcs8.replaceAll('\n', '\\\\n'), 'PEM (PKCS#8), with \\n escapes'],
  ['PEM as a JSON string', JSON.stringify(pkcs8), 'PEM (PKCS#8), in quotes, with \\n escapes'],
  ['PEM with spaces for line breaks', pkcs8.replaceAll('\n', ' '), 'PEM (PKCS#8) on one line'],
  ['PKCS#1 PEM with spaces for line breaks', pkcs1.trim().replaceAll('\n', ' '), 'PEM (PKCS#1) on one line'],
  ['PEM without line breaks', pkcs8.replaceAll('\n', ''), 'PEM (PKCS#8) on one line'],
  ['PEM without white space', pkcs1.replace(/\s/g, ''), 'PEM (PKCS#1) on one line'],
  ['indented PEM', pkcs8.replace(/^/gm, '    '), 'PEM (PKCS#8)'],
  ['PEM with dashes missing at both ends', pkcs8.trim().slice(3, -4), 'PEM (PKCS#8)'],
  ['PEM in quotes', `'${pkcs8.trim()}'`, 'PEM (PKCS#8), in quotes'],
  ['PEM after a byte-order mark', `\ufeff${pkcs8}`, 'PEM (PKCS#8), with a byte-order mark'],
  ['PEM between comments', `# staging, ask Ada\n${pkcs8}\n# end of file\n`, 'PEM (PKCS#8)'],
  ["PEM after openssl's bag attributes and a certificate", bag, 'PEM (PKCS#8)'],
  ['PEM without its END line, but with the whole key', pkcs8.slice(0, -20), 'PEM (PKCS#8)'],
  ['a certificate and its key in one file', material.certificate + pkcs8, 'PEM (PKCS#8)'],
  [
    'the block of certutil -encode',
    pemBlock('CERTIFICATE', der),
    'PKCS#8 DER in a PEM block with another label',
  ],
  [
    'base64 of that block with CRLF',
    base64(pemBlock('CERTIFICATE', der).replaceAll('\n', '\r\n')),
    'base64 of PKCS#8 DER in a PEM block with another label',
  ],
  [
    'the block of certutil -encode around a PEM file',
    pemBlock('CERTIFICATE', pkcs1),
    'PEM (PKCS#1) in a PEM block with another label',
  ],
];

test.each(plainForms)('parses the key from %s', (_, value, form) => {
  expect(toSecret(requireRs256(parse(value), 'private-key'))).toBe(secret);
  expect(toSecret(parse(value, 'an unneeded passphrase'))).toBe(secret);
  expect(describePrivateKey(value)).toBe(form);
});

const TRADITIONAL = 'PEM (traditional encryption)';
const encryptedForms: [string, string, string][] = [
  ['PKCS#8 PEM', aesPem, 'PEM (encrypted PKCS#8)'],
  ['PKCS#8 PEM with scrypt', encrypt('-scrypt').toString(), 'PEM (encrypted PKCS#8)'],
  ['PKCS#8 PEM with triple DES', encrypt('-v1 PBE-SHA1-3DES').toString(), 'PEM (encrypted PKCS#8)'],
  ['base64 of PKCS#8 DER', base64(aesDer), 'base64 of encrypted PKCS#8 DER'],
  ['base64 of a PEM file', base64(aesPem), 'base64 of PEM (encrypted PKCS#8)'],
  ['PEM with spaces for line breaks', aesPem.replaceAll('\n', ' '), 'PEM (encrypted PKCS#8) on one line'],
  ['traditional PEM with AES', traditionalAes, TRADITIONAL],
  ['traditional PEM with triple DES', traditionalDes, TRADITIONAL],
  ['base64 of traditional PEM', base64(traditionalDes), `base64 of ${TRADITIONAL}`],
  ['traditional PEM with CRLF', traditionalAes.replaceAll('\n', '\r\n'), TRADITIONAL],
  [
    'traditional PEM with \\n escapes',
    traditionalDes.replaceAll('\n', '\\n'),
    `${TRADITIONAL}, with \\n escapes`,
  ],
  ...Object.entries({
    'AES, with spaces for line breaks': traditionalAes.replaceAll('\n', ' '),
    'AES, without line breaks': traditionalAes.replaceAll('\n', ''),
    'AES, without white space': traditionalAes.replaceAll(/\s/g, ''),
    'triple DES, without line breaks': traditionalDes.replaceAll('\n', ''),
  }).map(([name, value]): [string, string, string] => [
    `traditional PEM with ${name}`,
    value,
    `${TRADITIONAL} on one line`,
  ]),
];

test.each(encryptedForms)('decrypts the key from %s', (_, value, form) => {
  expect(toSecret(parse(value, PASSPHRASE))).toBe(secret);
  expect(describePrivateKey(value)).toBe(form);
  const facts = { isDer: form.includes('DER') };
  expectProblem('passphrase-missing', () => parse(value), facts);
  expectProblem('passphrase-wrong', () => parse(value, 'another'), facts);
});

/** key-problems.test.ts tests the code, facts, and commands of each problem. */
function expectProblem(
  kind: KeyProblem,
  act: () => unknown,
  facts: { length?: number; size?: number; isDer?: boolean } = {},
): ActionError {
  const expected = toKeyError(kind, { input: 'private-key', length: 0, size: 0, ...facts });
  const fieldsOf = ({ code, message, remedy, inputs, file }: ActionError): object => {
    return { code, message, remedy, inputs, file };
  };
  const error = actionErrorOf(act);
  expect(fieldsOf(error)).toEqual(fieldsOf(expected));
  return error;
}

test('distinguishes a cipher that OpenSSL 3 removed from a wrong passphrase', () => {
  const legacy = '-provider legacy -provider default';
  const values: [string, boolean][] = [
    [encrypt(`-v1 PBE-MD5-DES ${legacy}`).toString(), false],
    [base64(encrypt(`-v1 PBE-SHA1-RC2-40 -outform DER ${legacy}`)), true],
    [encrypt(`-v2 des-cbc ${legacy}`).toString(), false],
    [encryptTraditional(`-des ${legacy}`), false],
  ];
  for (const [value, isDer] of values) {
    expectProblem('cipher-unsupported', () => parse(value, PASSPHRASE), { isDer });
    expectProblem('cipher-unsupported-without-passphrase', () => parse(value), { isDer });
  }
});

test('reports every wrong passphrase alike, even a passphrase that decrypts to bytes with valid padding', () => {
  for (let i = 0; i < 400; i++) {
    expect(actionErrorOf(() => parse(traditionalDes, `wrong ${i}`)).code).toBe('KEY_ENCRYPTED');
  }
});

test('decrypts an EC key for mutual TLS from traditional PEM, with or without line breaks', () => {
  const value = openssl('ec -in client.key -aes256 -passout pass:x').toString();
  for (const form of [value, value.replaceAll('\n', '')]) {
    const key = parsePrivateKey({ value: form, passphrase: 'x', input: 'mtls-private-key' });
    expect(key.asymmetricKeyType).toBe('ec');
  }
});

const sec1 = openssl('ecparam -name prime256v1 -genkey -noout -outform DER');
openssl('genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -out dsa.params');
openssl('genpkey -paramfile dsa.params -out dsa.key');
const dsaDer = openssl('dsa -in dsa.key -outform DER');
const dsaParameters = openssl('dsaparam -in dsa.params -outform DER');
const dhParameters = openssl('dhparam -dsaparam -outform DER 512');
const certificateDer = openssl('x509 -in server.crt -outform DER');
const openSshKey = pemBlock(
  'OPENSSH PRIVATE KEY',
  Buffer.concat([Buffer.from('openssh-key-v1\0\0\0\0\x04none', 'latin1'), Buffer.alloc(600, 5)]),
);
/** A packet of tag 5 or 6 with a length of two bytes, and version 4 (RFC 9580 §4.2.2 and §5.5). */
const openPgpKeys = {
  pgp: Buffer.from(`95045804${'aa'.repeat(120)}`, 'hex'),
  'pgp-public': Buffer.from(`99010d04${'aa'.repeat(120)}`, 'hex'),
};
const hexPairs = der.toString('hex').match(/../g) ?? [];
const opaque = Buffer.alloc(99, 0xee);
const serviceAccount = JSON.stringify({ type: 'service_account', private_key: pkcs8 });
/** A PKCS#1 key by its outline, of 20,013 bytes. */
const withEndLine = (file: Buffer, more = ''): string =>
  `${base64(Buffer.concat([file, Buffer.from(more)]))}\n-----END PRIVATE KEY-----`;
const largeFile = Buffer.concat([
  Buffer.from('3083004e28' + '020100' + '0283004e20', 'hex'),
  Buffer.alloc(20_000, 1),
]);

const notKeys: [KeyProblem, string, string, { length?: number; size?: number; isDer?: boolean }?][] = [
  ['certificate', 'PEM', material.certificate],
  ['certificate', 'version 3', openssl('req -x509 -key server.key -subj /CN=ci.example.com').toString()],
  ['certificate', 'base64 of PEM', base64(material.certificate)],
  ['certificate', 'base64 of DER', base64(certificateDer)],
  ['certificate', 'base64 of the first half of DER', base64(certificateDer.subarray(0, 300))],
  ['public-key', 'PEM', openssl('rsa -in server.key -pubout').toString()],
  ['public-key', 'base64 of PKCS#1', base64(openssl('rsa -in server.key -RSAPublicKey_out -outform DER'))],
  ['public-key', 'SSH', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ ci@example.com'],
  ['public-key', 'SSH, EC', 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTI'],
  ['public-key', 'SSH, of a security key', 'sk-ssh-ed25519@openssh.com AAAAGnNrLXNza'],
  [
    'public-key',
    'line of authorized_keys',
    'from="192.0.2.1" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ci@example.com',
  ],
  ['certificate-request', 'PEM', read('server.csr').toString()],
  ['openssh', 'PEM', openSshKey],
  ['openssh', 'base64 of PEM', base64(openSshKey)],
  ['ppk', 'text', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: x\n'],
  ['pkcs12', 'base64', base64(read('server.p12'))],
  [
    'pkcs12',
    'indefinite lengths',
    base64(Buffer.from('3080020103308006092a864886f70d010701a0800000', 'hex')),
  ],
  ['pkcs12', 'in the block of certutil -encode', pemBlock('CERTIFICATE', read('server.p12'))],
  [
    'legacy-pkcs12',
    'base64',
    base64(openssl('pkcs12 -export -legacy -in server.crt -inkey server.key -passout pass:x')),
  ],
  ['tpm', 'PEM', pemBlock('TSS2 PRIVATE KEY', tpmKey)],
  ['tpm', 'PEM without white space', pemBlock('TSS2 PRIVATE KEY', tpmKey).replaceAll(/\s/g, '')],
  ['tpm', 'base64 of DER', base64(tpmKey)],
  ...['pgp', 'pgp-public'].flatMap((kind): [KeyProblem, string, string][] => {
    const pgp = openPgpKeys[kind as keyof typeof openPgpKeys];
    const label = `PGP ${kind === 'pgp' ? 'PRIVATE' : 'PUBLIC'} KEY BLOCK`;
    const armored = pemBlock(label, pgp)
      .replace('\n', '\nVersion: GnuPG v2\n\n')
      .replace('\n-----END', '\n=njUN\n-----END');
    return [
      [kind as KeyProblem, 'armored', armored],
      [kind as KeyProblem, 'base64 of armored', base64(armored)],
      [kind as KeyProblem, 'base64 of binary', base64(pgp)],
      [
        kind as KeyProblem,
        'base64 of a short binary',
        base64(pgp.subarray(1).fill(pgp[0] === 0x95 ? 0x94 : 0x98, 0, 1)),
      ],
    ];
  }),
  ['pkcs7', 'PEM', openssl('crl2pkcs7 -nocrl -certfile server.crt').toString()],
  ['jks', 'base64', base64(Buffer.concat([Buffer.from('feedfeed00000002', 'hex'), Buffer.alloc(200, 7)]))],
  ['jks', 'JCEKS', base64(Buffer.from('cececece00000002', 'hex'))],
  ['other-der', 'parameters', pemBlock('DH PARAMETERS', dhParameters), { length: dhParameters.length }],
  ['truncated', 'base64', base64(der.subarray(0, 1000)), { length: 1000, size: der.length, isDer: true }],
  [
    'truncated',
    'PEM',
    pkcs8.split('\n').slice(0, 13).join('\n'),
    { length: (12 * 64 * 3) / 4, size: der.length },
  ],
  [
    'truncated',
    'PKCS#1, with as many numbers as a DSA key',
    base64(pkcs1Der.subarray(0, 750)),
    { length: 750, size: pkcs1Der.length, isDer: true },
  ],
  [
    'truncated',
    'parameters',
    base64(dsaParameters.subarray(0, 200)),
    { length: 200, size: dsaParameters.length, isDer: true },
  ],
  ['end-missing', 'traditional PEM', traditionalAes.slice(0, 900)],
  [
    'trailing',
    'base64',
    base64(Buffer.concat([der, der.subarray(0, 5)])),
    { length: der.length + 5, size: der.length, isDer: true },
  ],
  ['oversized', 'base64', base64(largeFile), { length: 20_013 }],
  ['first-line', 'whole', '-----BEGIN PRIVATE KEY-----'],
  ['first-line', 'truncated', '-----BEGIN RSA PRIVATE'],
  ['end-line', 'second half of PEM', pkcs8.slice(900)],
  // Whether base64 is padded depends on the length, so one of these is not.
  ['end-line', 'DER, then an END line', withEndLine(der)],
  ['end-line', 'DER and a byte, then an END line', withEndLine(der, 'x')],
  ['end-line', 'DER and two bytes, then an END line', withEndLine(der, 'xy')],
  ['pem-garbled', 'PEM', pkcs8.replace('M', 'é?')],
  ['pem-unknown', 'three bytes', pemBlock('PRIVATE KEY', '\0\x01\x02'), { length: 3 }],
  ['dashes', 'em dashes', pkcs8.replaceAll('-----', '\u2014\u2014')],
  ['dashes', 'en dashes and spaces', pkcs8.replaceAll('-----', '\u2013 ')],
  ['assignment', 'line of an .env file', `SPRINKLR_PRIVATE_KEY=${base64(der)}`],
  ['assignment', 'line of a shell script', `export KEY="${base64(der)}"`],
  ['percent', 'of zsh', `${base64(der)}%`],
  ['path', 'file name', 'server.der'],
  ['path', 'relative', '../keys/server'],
  ['path', 'Windows', 'C:\\new keys\\rsa\\server.der'],
  ['path', 'Windows, without an extension', 'C:\\keys\\server'],
  ['path', 'Windows, relative', '.\\keys\\new'],
  ['path', 'home folder', '~/server'],
  ['path', 'of curl', '@server'],
  ['path', 'absolute', '/home/ada/keys/server'],
  ['raw-bytes', 'read as UTF-8', der.toString('utf8')],
  ['raw-bytes', 'read as Latin-1', der.toString('latin1')],
  ['raw-bytes', 'read as Windows-1252', '0\u201a\u0004¼'],
  ['raw-bytes', 'start, read as Windows-1252', '0\u201a'],
  ['jwt', 'compact', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl'],
  ['json', 'service account', serviceAccount],
  ['json', 'base64 of a service account', base64(serviceAccount)],
  ['markup', 'XML', '<RSAKeyValue><Modulus>AQAB</Modulus></RSAKeyValue>'],
  ['hex', 'digits', hexPairs.join('')],
  ['hex', 'colons', hexPairs.join(':')],
  ['hex', 'spaces', hexPairs.join(' ')],
  ['base64-unknown', 'sixteen hexadecimal digits', '0123456789abcdef', { length: 12 }],
  ['placeholder', 'expression', '${{ secrets.SPRINKLR_PRIVATE_KEY }}'],
  ['placeholder', 'shell variable', '$SPRINKLR_PRIVATE_KEY'],
  ['placeholder', 'Windows variable', '%SPRINKLR_PRIVATE_KEY%'],
  ['placeholder', "secret's name", 'SPRINKLR_PRIVATE_KEY'],
  ['placeholder', 'masked value', '***'],
  ['placeholder', 'angle brackets', '<base64 of server.der>'],
  ['base64-unknown', 'bytes', base64(opaque), { length: 99 }],
  ['base64-unknown', 'base64 of bytes', base64(base64(opaque)), { length: 132 }],
  [
    'base64-unknown',
    'PEM in too many layers of base64',
    base64(base64(base64(base64(pkcs8)))),
    { length: base64(base64(base64(pkcs8))).length },
  ],
  ['base64-unknown', 'words', base64('correct horse?'), { length: 14 }],
  ...[
    'Ask Ada for it!',
    'Ask Ada: PuTTY-User-Key-File-3',
    'Ask Ada for eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl',
    'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl is what Ada gave me',
    'Ask Ada <ada> or Bob for it',
    'Ask ada@example.com for it',
    `@ ${'Ask Ada for it! '.repeat(20)}`.trim(),
    '/home/ada/keys is where it is!',
    'The file server.key is where it is',
    `${'Ask Ada for it! '.repeat(20)}It is in server.key`,
    'Its SHA-256 starts with: 0123456789abcdef0123456789abcdef',
    '0123456789abcdef0123456789abcdef is how its SHA-256 starts!',
    'Ask Ada for 10\u201a 20 or 30 of them',
  ].map((text): [KeyProblem, string, string, { length: number }] => [
    'text-unknown',
    text,
    text,
    { length: text.length },
  ]),
];

test.each(notKeys)('detects "%s" (%s)', (kind, _, ...[value, facts]) => {
  expectProblem(kind, () => parse(value), facts);
  expect(describePrivateKey(value)).toBeUndefined();
});

test('a truncated PEM file is copied again as PEM, and a truncated DER file as DER', () => {
  const pem = pkcs8.split('\n').slice(0, 13).join('\n');
  expect(actionErrorOf(() => parse(pem)).file).toBe('server.key');
  const closed = pemBlock('PRIVATE KEY', der.subarray(0, 1000));
  expect(actionErrorOf(() => parse(closed)).remedy).toBe('Copy the whole file (server.key) again.');
  expect(actionErrorOf(() => parse(base64(der.subarray(0, 1000)))).file).toBe('server.der');
});

test.each(['', ' \n', '""', '\ufeff'])('reports an empty value (%j) as a missing input', (value) => {
  expectProblem('empty', () => parse(value));
});

test('the remedy for an OpenSSH key creates a value that parses', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'sprinklr-token-openssh-'));
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd });
  run('ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', 'id_rsa');
  const error = expectProblem('openssh', () => parse(readFileSync(join(cwd, 'id_rsa'), 'utf8')));

  for (const command of commandsIn(error)) run('sh', '-c', command);
  const created = readFileSync(join(cwd, 'server.key'), 'utf8');
  expect(toSecret(parse(created))).toBe(toSecret(parse(base64(created))));
});

test.each<[string, string]>([
  ['an EC key (prime256v1)', ec],
  ['an EC key (prime256v1)', openssl('ecparam -name prime256v1 -genkey').toString()],
  ['an EC key (prime256v1)', base64(sec1)],
  ['an Ed25519 key.', generateKey('-algorithm ED25519')],
  ['an Ed448 key.', generateKey('-algorithm ED448')],
  ['an X25519 key.', generateKey('-algorithm X25519')],
  ['an X448 key.', generateKey('-algorithm X448')],
  ['a Diffie-Hellman key.', generateKey('-algorithm DH -pkeyopt group:ffdhe2048')],
  ['a key of an unknown type.', generateKey('-algorithm SM2')],
  ['an RSA-PSS key (2048 bits)', generateKey('-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048')],
  ['an RSA key (1024 bits)', generateKey('-algorithm RSA -pkeyopt rsa_keygen_bits:1024')],
  ['a DSA key (1024 bits)', read('dsa.key').toString()],
  ['a DSA key', base64(dsaDer)],
])('rejects %s and names its kind', (kind, value) => {
  const error = actionErrorOf(() => requireRs256(parse(value), 'private-key'));
  expect(error).toMatchObject({ code: 'KEY_UNSUPPORTED', inputs: ['private-key'], file: 'server.key' });
  expect(error.message).toContain(`is ${kind}`);
  expect(commandsIn(error)).toContain('openssl genrsa -out server.key 2048');
});

test('accepts RSA keys of 2048 to 16,384 bits, the most for which OpenSSL verifies signatures', () => {
  // Generating such a key takes minutes. Any odd number of this length works here.
  const keyOf = (bits: number): KeyObject => {
    const n = Buffer.alloc(bits / 8, 0xff).toString('base64url');
    return createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
  };
  for (const bits of [2048, 16_384]) expect(requireRsa(keyOf(bits), 'private-key')).toBeDefined();
  for (const bits of [2040, 16_392]) {
    const error = actionErrorOf(() => requireRsa(keyOf(bits), 'private-key'));
    expect(error.code).toBe('KEY_UNSUPPORTED');
    expect(error.message).toContain(`an RSA key (${bits} bits)`);
  }
});

test('accepts an EC key for mutual TLS', () => {
  const key = parsePrivateKey({ value: ec, passphrase: '', input: 'mtls-private-key' });
  expect(key.asymmetricKeyType).toBe('ec');
});

/** Parses any text. The only results are a key that signs, or one of our codes with texts that contain none of the value. */
function codeOf(value: string, body = value): ErrorCode | undefined {
  const error = parseError(value);
  if (error === undefined) return undefined;
  if (!(error instanceof ActionError)) throw new Error('not an ActionError', { cause: error });
  expect(error.code).toMatch(/^(KEY_UNREADABLE|KEY_UNSUPPORTED|KEY_ENCRYPTED|INPUT_MISSING)$/);
  const texts = error.message + error.remedy;
  const leaked = body !== '' && sequences(texts).find((sequence) => body.includes(sequence));
  if (leaked) throw new Error(`The message contains part of the value: ${texts}`);
  return error.code;
}

function parseError(value: string): unknown {
  try {
    expect(signs(requireRs256(parse(value), 'private-key'))).toBe(true);
    return undefined;
  } catch (error) {
    return error;
  }
}

function sequences(text: string, length = 8): string[] {
  return Array.from({ length: text.length - length + 1 }, (_, i) => text.slice(i, i + length));
}

function signs(key: KeyObject): boolean {
  const signature = createSign('sha256').update('text').sign(key);
  return createVerify('sha256').update('text').verify(createPublicKey(key), signature);
}

test('any text leads to a key or a code', () => {
  const words = fc.constantFrom(
    ...['-----BEGIN ', 'PRIVATE KEY', '-----', '-----END ', '\n', '\\n', 'MII', 'Proc-Type: 4,ENCRYPTED'],
    ...['DEK-Info: ', '=', '"', '\ufeff', '${{', 'eyJ'],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.array(fc.oneof(words, fc.string({ maxLength: 5 })), { maxLength: 15 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (value) => {
      codeOf(value, '');
    }),
    { numRuns: cases(800) },
  );
});

test('base64 of any bytes leads to a key or a code, and no message contains part of it', () => {
  const pkcs8Start = '30820100020100300d06092a864886f70d0101010500';
  const starts = fc.constantFrom(
    ...['', '30', '3082', '308204', '3082025c020100', pkcs8Start, '300b0609', 'fffe', 'feedfeed'],
  );
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 400 }), (start, rest) => {
      codeOf(base64(Buffer.concat([Buffer.from(start, 'hex'), rest])));
    }),
    { numRuns: cases(800) },
  );
});

test('rejects a DER key truncated at any byte, and no message contains part of it', () => {
  for (let length = 1; length < der.length; length++) {
    expect(codeOf(base64(der.subarray(0, length)))).toBe('KEY_UNREADABLE');
  }
});

test('rejects a PEM key truncated anywhere before its last byte, and no message contains part of it', () => {
  const [begin = ''] = pkcs8.split('\n');
  const padding = secret.length - secret.replace(/=+$/, '').length;
  const complete = pkcs8.indexOf('-----END') - 1 - padding;
  for (let length = 1; length < pkcs8.length; length++) {
    const value = pkcs8.slice(0, length);
    const code = codeOf(value, value.slice(begin.length));
    expect(code).toBe(length < complete ? 'KEY_UNREADABLE' : undefined);
  }
});

test('a key with one bit flipped is rejected, or its signatures verify', () => {
  fc.assert(
    fc.property(fc.nat(der.length * 8 - 1), (bit) => {
      codeOf(base64(flipBits(der, bit >> 3, 1 << (bit & 7))));
    }),
    { numRuns: cases(400), examples: Array.from({ length: cases(40 * 8) }, (_, bit): [number] => [bit]) },
  );
});

test('an encrypted key with one bit flipped is rejected or parsed', () => {
  fc.assert(
    fc.property(fc.nat(aesDer.length * 8 - 1), (bit) => {
      try {
        parse(base64(flipBits(aesDer, bit >> 3, 1 << (bit & 7))), PASSPHRASE);
      } catch (error) {
        expect(error).toBeInstanceOf(ActionError);
      }
    }),
    { numRuns: cases(300) },
  );
});

test('reports a key as damaged if OpenSSL cannot parse it or its signatures do not verify', () => {
  const zeroed = base64(Buffer.from(der).fill(0, 300, 900));
  expectProblem('damaged', () => parse(zeroed), { isDer: true });
  const inconsistent = parse(base64(flipBits(der, 100)));
  expectProblem('damaged', () => requireRs256(inconsistent, 'private-key'));
});

test.each([
  ['a soft hyphen', '\u00ad'],
  ['a zero-width joiner', '\u200d'],
  ['a left-to-right mark', '\u200e'],
  ['a left-to-right embedding', '\u202a'],
  ['a first strong isolate', '\u2068'],
])('parses a key with %s, which copying from a page or a dialog adds', (_, character) => {
  for (const text of [secret, wrap(secret, 64, `${character}\n`), pkcs8])
    expect(toPkcs8Der(parse(`${character}${text}${character}`))).toEqual(der);
  expect(describePrivateKey(`${character}${secret}`)).toBe(`${PKCS8}, with invisible characters`);
});
