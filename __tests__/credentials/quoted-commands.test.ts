import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { toPkcs8Der } from '../../src/credentials/private-key.ts';
import { parseInput } from '../../src/request/parse.ts';
import type { InputName } from '../../src/request/schema.ts';
import { makeMaterial, sharedMaterial } from '../material.ts';
import { actionErrorOf, commandsIn } from './action-error.ts';
import { base64, pemBlock, tpmKey } from './encodings.ts';
import { PASSPHRASE, runCommands } from './run-commands.ts';

const own = sharedMaterial();
const other = makeMaterial();
const openssl = (command: string): Buffer => own.openssl(...command.trim().split(' '));
const text = (command: string): string => openssl(command).toString();

const legacy = '-provider legacy -provider default';
const encrypt = (options: string): Buffer =>
  openssl(`pkcs8 -topk8 -in server.key -passout pass:${PASSPHRASE} ${options}`);
const encryptTraditional = (options: string): Buffer =>
  openssl(`rsa -in server.key -traditional -passout pass:${PASSPHRASE} ${options}`);
const pkcs12 = (options = ''): Buffer =>
  openssl(`pkcs12 -export -in server.crt -inkey server.key -passout pass:${PASSPHRASE}${options}`);
openssl('genrsa -out issuer.key 2048');
openssl('req -new -x509 -key issuer.key -subj /CN=issuer -out issuer.crt');
const pkcs7 = (form: string): Buffer => openssl(`crl2pkcs7 -nocrl -certfile server.crt -outform ${form}`);
const request = (form: string): Buffer => openssl(`req -in server.csr -outform ${form}`);
openssl('genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -out dsa.params');
const dsa = base64(openssl('genpkey -paramfile dsa.params -outform DER'));

interface Case {
  readonly input: InputName;
  /** The value of the input. */
  readonly value: string;
  /** The file that the value came from, under the name that the message gives it. The guide's files are always there. */
  readonly files?: Readonly<Record<string, Buffer | string>>;
  readonly inputs?: Partial<Record<InputName, string>>;
  /** The file whose content is the new value. By default, what the last command prints. */
  readonly result?: string;
  /** What the message says. */
  readonly fact: string;
  /** The result is a new key, not that of the file. */
  readonly isNew?: boolean;
}

/** One row for each of the two inputs that take a private key. */
function keyCases(
  name: string,
  [file, content]: readonly [string, Buffer | string],
  more: Partial<Case> = {},
): [string, Case][] {
  const value = Buffer.isBuffer(content) && !content.includes('-----') ? base64(content) : content.toString();
  const fact = name.replace(/:.*/, '');
  const sides = [
    ['private-key', 'server.key', file],
    ['mtls-private-key', 'client.key', file.replace('server', 'client')],
  ] as const;
  return sides.map(([input, result, path]) => [
    `${name}, as ${input}`,
    { input, value, files: { [path]: content }, result, fact, ...more },
  ]);
}

const GUIDE_FILES = {
  'server.key': own.key,
  'server.csr': own.read('server.csr'),
  'server.crt': own.certificate,
  'client.key': own.key,
};
const wrong = { inputs: { 'private-key-passphrase': 'wrong', 'mtls-passphrase': 'wrong' } };
const server = { input: 'certificate', result: 'server.crt' } as const;
const client = {
  input: 'mtls-certificate',
  result: 'client.crt',
  inputs: { 'mtls-private-key': own.key },
} as const;
const printed = { input: 'certificate', files: {} } as const;

const cases: [string, Case][] = [
  ...keyCases('PKCS#12', ['server.p12', pkcs12()]),
  ...keyCases('old encryption', ['server.p12', pkcs12(' -legacy')]),
  ...keyCases('empty: PEM', ['encrypted.key', encrypt('')]),
  ...keyCases('empty: DER', ['encrypted.der', encrypt('-outform DER')]),
  ...keyCases('empty: traditional PEM', ['encrypted.key', encryptTraditional('-aes256')]),
  ...keyCases('does not decrypt: PEM', ['encrypted.key', encrypt('')], wrong),
  ...keyCases('does not decrypt: DER', ['encrypted.der', encrypt('-outform DER')], wrong),
  ...keyCases('old algorithm: PEM', ['encrypted.key', encrypt(`-v1 PBE-SHA1-RC2-40 ${legacy}`)], wrong),
  ...keyCases(
    'old algorithm: DER',
    ['encrypted.der', encrypt(`-v1 PBE-MD5-DES -outform DER ${legacy}`)],
    wrong,
  ),
  ...keyCases('empty: old algorithm', ['encrypted.key', encrypt(`-v2 des-cbc ${legacy}`)]),
  ...keyCases('empty: old algorithm, traditional', ['encrypted.key', encryptTraditional(`-des ${legacy}`)]),
  ...keyCases('DSA', ['dsa.key', ''], { value: dsa, isNew: true }).slice(0, 1),
  ...keyCases('TPM', ['tpm.key', ''], { value: pemBlock('TSS2 PRIVATE KEY', tpmKey), isNew: true }),
  [
    'certificate request: PEM',
    {
      ...server,
      value: request('PEM').toString(),
      files: { 'server.csr': request('PEM') },
      fact: 'certificate request',
    },
  ],
  [
    'certificate request: DER',
    {
      ...server,
      value: base64(request('DER')),
      files: { 'server.csr': request('DER') },
      fact: 'certificate request',
    },
  ],
  ['public key', { ...server, value: text('pkey -in server.key -pubout'), fact: 'public key' }],
  ...[server, client].flatMap((side): [string, Case][] => {
    const file = side.result.replace('.crt', '');
    const relabeled = pkcs7('PEM').toString().replaceAll('PKCS7', 'CERTIFICATE');
    const row = (name: string, extension: string, content: Buffer | string): [string, Case] => [
      `${name}, as ${side.input}`,
      {
        ...side,
        value: Buffer.isBuffer(content) ? base64(content) : content,
        files: { [`${file}.${extension}`]: content },
        fact: name.replace(/:.*/, ''),
      },
    ];
    return [
      row('PKCS#7: PEM', 'p7b', pkcs7('PEM').toString()),
      row('PKCS#7: DER', 'p7b', pkcs7('DER')),
      row('PKCS#7: base64 of PEM', 'p7b', pkcs7('PEM')),
      row('PKCS#7: PEM with the label of a certificate', 'p7b', relabeled),
      row('PKCS#12: modern', 'p12', pkcs12()),
      row('PKCS#12: with issuers', 'p12', pkcs12(' -certfile issuer.crt')),
      row('PKCS#12: legacy', 'p12', pkcs12(' -legacy')),
    ];
  }),
  [
    'certificates without a chain',
    {
      ...server,
      value: other.certificate + own.certificate,
      files: { 'chain.pem': other.certificate + own.certificate },
      fact: 'CN=ci.example.com (expires ',
    },
  ],
  ['path', { ...printed, value: 'server.crt', fact: 'path' }],
  [
    'path of a DER file',
    {
      ...printed,
      value: 'server.crt',
      files: { 'server.crt': openssl('x509 -in server.crt -outform DER') },
      fact: 'path',
    },
  ],
  [
    'raw bytes',
    {
      ...printed,
      value: '0\u0082\u0003',
      files: { 'server.crt': openssl('x509 -in server.crt -outform DER') },
      fact: 'binary',
    },
  ],
  ['truncated', { ...printed, value: own.certificate.slice(0, 600), fact: 'truncated' }],
  [
    'text around it',
    {
      ...printed,
      value: 'ask Ann',
      files: { 'server.crt': text('x509 -in server.crt -text') },
      fact: 'no certificate',
    },
  ],
  [
    'key and certificate',
    {
      ...printed,
      value: own.key + own.certificate,
      files: { 'server.crt': own.key + own.certificate },
      fact: 'private key',
    },
  ],
];

test.each(cases)('the commands quoted for %s create a value that is accepted', (_, example) => {
  const { input, value, inputs = {}, result, fact, isNew = false } = example;
  const parse = (text: string): unknown =>
    parseInput(input, (name) => (name === input ? text : (inputs[name as InputName] ?? '')));
  const error = actionErrorOf(() => parse(value));
  expect(error.message).toContain(fact);
  expect(commandsIn(error)).not.toEqual([]);

  const { folder, output } = runCommands(commandsIn(error), { ...GUIDE_FILES, ...example.files });
  const created = result === undefined ? Buffer.from(output) : readFileSync(join(folder, result));
  const parsed = parse(created.toString());
  if (isNew) return;
  if (input === 'private-key' || input === 'mtls-private-key') {
    expect(toPkcs8Der(parsed as ReturnType<typeof createPrivateKey>)).toEqual(own.der);
  } else {
    const x509 =
      typeof parsed === 'string' ? new X509Certificate(parsed) : (parsed as { x509: X509Certificate }).x509;
    expect(x509.checkPrivateKey(createPrivateKey(own.key))).toBe(true);
  }
});
