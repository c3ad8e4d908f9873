import { X509Certificate, createPrivateKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parseRequest } from '../../src/request/parse.ts';
import { createSecrets } from '../../src/redaction.ts';
import { signRs256 } from '../../src/credentials/private-key.ts';
import { ActionError } from '../../src/errors.ts';
import { material } from '../action/world.ts';
import { documentedCodes } from './invariants.ts';
import { keyForms, PASSPHRASE } from './key-forms.ts';
import { flipBit, offsets } from './mutations.ts';

const { certificate, der, key } = material();
const certificateDer = new X509Certificate(certificate).raw;
const { valid: forms } = keyForms();
const pkcs8 = forms['PKCS#8'] ?? '';
const pkcs1Der = createPrivateKey(key).export({ type: 'pkcs1', format: 'der' });
const encryptedDer = createPrivateKey(key).export({
  ...({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc' } as const),
  passphrase: PASSPHRASE,
});

const valid: Record<string, string> = {
  'private-key': material().secret,
  'private-key-passphrase': PASSPHRASE,
  'app-id': 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==',
  username: 'ci-bot@example.com',
  'api-key': 'k7apikey3n5x9w2q8r4t6y1zu',
  'api-secret': 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=',
  'redirect-uri': 'https://www.example.com/callback',
  'access-token': 'T0ken+of/the-code-grant=',
};

/** What an input requires besides itself. */
const required: Record<string, Record<string, string>> = {
  certificate: { mode: 'register', 'private-key': '' },
  'mtls-certificate': { 'mtls-private-key': key },
  'mtls-private-key': { 'mtls-certificate': certificate, 'mtls-passphrase': PASSPHRASE },
};

/** Parses inputs with this value and signs with the key. A failure must have a documented code and not quote the value. */
function parse(input: string, value: string): void {
  const inputs: Record<string, string> = { ...valid, mode: 'token', ...required[input], [input]: value };
  try {
    const request = parseRequest((name) => inputs[name] ?? '', {
      secrets: createSecrets(() => undefined),
      sealScope: () => ({ repository: '123456', runId: '987654' }),
    });
    if (request.mode === 'token') signRs256(Buffer.from('a.b'), request.privateKey);
  } catch (error) {
    if (!(error instanceof ActionError)) throw new Error(`not an ActionError: ${value}`, { cause: error });
    expect(documentedCodes).toContain(error.code);
    const message = error.message + error.remedy;
    const body = value.replace(/-----[A-Z ]*-----/g, '');
    for (let at = 0; at + 12 <= message.length; at++)
      if (body.includes(message.slice(at, at + 12)))
        throw new Error(`the message quotes the value: ${message}`, { cause: error });
  }
}

const base64 = (file: Buffer): string => file.toString('base64');
const latin1 = (file: Buffer): string => file.toString('latin1');
type Row = [name: string, input: string, file: { bytes: Buffer; asText: (file: Buffer) => string }];
const files: Row[] = [
  ['the key in PKCS#8 DER', 'private-key', { bytes: der, asText: base64 }],
  ['the key in PKCS#1 DER', 'private-key', { bytes: pkcs1Der, asText: base64 }],
  ['the key in encrypted PKCS#8 DER', 'private-key', { bytes: encryptedDer, asText: base64 }],
  ['the key in PEM', 'private-key', { bytes: Buffer.from(pkcs8), asText: latin1 }],
  [
    'the key in encrypted PEM',
    'private-key',
    { bytes: Buffer.from(forms['encrypted'] ?? ''), asText: latin1 },
  ],
  ['the certificate in DER', 'certificate', { bytes: certificateDer, asText: base64 }],
  ['the certificate in PEM', 'certificate', { bytes: Buffer.from(certificate), asText: latin1 }],
  ['the client certificate in PEM', 'mtls-certificate', { bytes: Buffer.from(certificate), asText: latin1 }],
  ['the client key in PKCS#8 DER', 'mtls-private-key', { bytes: der, asText: base64 }],
];

// The unit tests of credentials/ truncate the other files.
test.each(files.filter(([name]) => /encrypted|PKCS#1/.test(name)))(
  '%s, truncated anywhere, is parsed or rejected with a documented code',
  (_, input, { bytes, asText }) => {
    for (const length of offsets(bytes.length)) parse(input, asText(bytes.subarray(0, length)));
  },
);

test.each(files)(
  '%s, without its start, is parsed or rejected with a documented code',
  (_, input, { bytes, asText }) => {
    for (const length of offsets(bytes.length)) parse(input, asText(bytes.subarray(length)));
  },
);

test.each(files)(
  '%s, with a bit flipped in any byte, is parsed or rejected with a documented code',
  (_, input, { bytes, asText }) => {
    for (const at of offsets(bytes.length)) {
      // Inputs can't contain NUL.
      parse(input, asText(flipBit(bytes, at)).replaceAll('\0', '0'));
    }
  },
);
