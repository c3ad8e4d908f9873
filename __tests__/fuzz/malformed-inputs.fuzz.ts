import { X509Certificate, createPrivateKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRequest, type Request } from '../../src/request/parse.ts';
import { INPUT_NAMES } from '../../src/request/schema.ts';
import { createSecrets } from '../../src/redaction.ts';
import { signRs256 } from '../../src/credentials/private-key.ts';
import { sealToken, unsealToken } from '../../src/credentials/sealed-token.ts';
import { ActionError } from '../../src/errors.ts';
import { material } from '../action/world.ts';
import { cases } from '../volume.ts';
import { documentedCodes } from './invariants.ts';
import { keyForms, PASSPHRASE } from './key-forms.ts';
import { flipBit, offsets } from './mutations.ts';

const valid: Record<string, string> = {
  'app-id': 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==',
  username: 'ci-bot@example.com',
  'api-key': 'k7apikey3n5x9w2q8r4t6y1zu',
  'api-secret': 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=',
  'redirect-uri': 'https://www.example.com/callback',
  'base-url': 'https://api3.example.com',
  environment: 'prod2',
  certificate: material().certificate,
  'authorization-code': 'https://www.example.com/callback?code=6b1f4e&state=x',
};
// Keys are tested below.
const names = INPUT_NAMES.filter(
  (name) => !/-key$|-passphrase$|^sealed-token$/.test(name) || name === 'api-key',
);

function parse(inputs: Readonly<Record<string, string>>): Request {
  return parseRequest((name) => inputs[name] ?? '', {
    secrets: createSecrets(() => undefined),
    sealScope: () => ({ repository: '123456', runId: '987654' }),
  });
}

/** Any text. */
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.webUrl({
    withQueryParameters: true,
    withFragments: true,
    validSchemes: ['http', 'https', 'file', 'data'],
  }),
  fc.json(),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '\ud800',
    '\udfff\ud800',
    '%',
    '%ff',
    '?code=%',
    '{'.repeat(5000),
  ),
);
/** Replaces up to 8 characters of a text. */
const edit = fc.record({ at: fc.nat(), removed: fc.nat(8), inserted: anything });
const edited = (
  text: string,
  { at, removed, inserted }: { at: number; removed: number; inserted: string },
): string => {
  const start = at % (text.length + 1);
  return text.slice(0, start) + inserted.slice(0, 60) + text.slice(start + removed);
};

/** The error code of a failure, `undefined` for success. */
async function errorCodeOf(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (!(error instanceof ActionError)) throw new Error('not an ActionError', { cause: error });
    expect(documentedCodes).toContain(error.code);
    expect(error.message + error.remedy).not.toMatch(/\p{Cc}/u);
    return error.code;
  }
}

test('any text in any input is parsed or rejected with a documented code', async () => {
  // In mode token, the private key is parsed last, but an empty one fails first.
  const modes = fc.constantFrom<Record<string, string>>(
    { mode: 'register' },
    { mode: 'token', 'private-key': 'none' },
    { mode: 'unseal' },
  );
  const values = fc.dictionary(fc.constantFrom(...names), fc.oneof(anything, edit), {
    minKeys: 1,
    maxKeys: 3,
  });
  await fc.assert(
    fc.asyncProperty(modes, values, async (mode, changes) => {
      const inputs: Record<string, string> = { ...valid, ...mode };
      for (const [name, value] of Object.entries(changes))
        inputs[name] = typeof value === 'string' ? value : edited(inputs[name] ?? '', value);
      await errorCodeOf(() => parse(inputs));
    }),
    { numRuns: cases(10_000) },
  );
});

const privateKey = createPrivateKey(material().key);
const options = {
  sealKey: { kind: 'private-key', privateKey },
  scope: { repository: '123456', runId: '987654' },
  now: new Date(),
} as const;
const content = {
  accessToken: 'P9+ewuw+Nid5hg4K=',
  tokenType: 'Bearer',
  expiresAt: new Date(Date.now() + 3600_000),
  apiUrl: 'https://api2.sprinklr.com',
} as const;

test('a sealed token with a changed header or any other change is rejected', async () => {
  const sealed = await sealToken(content, options);
  const [header = '', ...parts] = sealed.split('.');
  const claims = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
  const members = fc.dictionary(
    fc.oneof(
      fc.constantFrom('alg', 'enc', 'ver', 'zip', 'crit', 'b64', 'p2c', 'epk', '__proto__', 'constructor'),
      fc.string(),
    ),
    fc.oneof(
      fc.constantFrom('dir', 'A256GCM', 'DEF', 'none', 'PBES2-HS256+A128KW', 1, ['exp'], {}),
      fc.jsonValue(),
    ),
    { minKeys: 1, maxKeys: 3 },
  );
  const other = fc.oneof(
    members.map((more) =>
      [Buffer.from(JSON.stringify({ ...claims, ...more })).toString('base64url'), ...parts].join('.'),
    ),
    anything.map((text) => [Buffer.from(text).toString('base64url'), ...parts].join('.')),
    edit.map((one) => edited(sealed, { ...one, inserted: `!${one.inserted}` })),
    fc.nat(sealed.length - 2).map((length) => sealed.slice(0, length + 1)),
    fc.shuffledSubarray(sealed.split('.')).map((some) => some.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(other, async (text) => {
      fc.pre(text !== sealed && text.length < 100_000);
      expect(await errorCodeOf(() => unsealToken(text, options))).toBe('SEALED_TOKEN_INVALID');
    }),
    { numRuns: cases(3000) },
  );
});

const { certificate, der, key } = material();
const certificateDer = new X509Certificate(certificate).raw;
const { valid: forms } = keyForms();
const pkcs8 = forms['PKCS#8'] ?? '';
const pkcs1Der = createPrivateKey(key).export({ type: 'pkcs1', format: 'der' });
const encryptedDer = createPrivateKey(key).export({
  ...({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc' } as const),
  passphrase: PASSPHRASE,
});

const validToken: Record<string, string> = {
  ...valid,
  ...{ mode: 'token', certificate: '', 'authorization-code': '', 'access-token': 'T0ken+of/the-code-grant=' },
  'private-key': material().secret,
  'private-key-passphrase': PASSPHRASE,
};

/** What an input requires besides itself. */
const required: Record<string, Record<string, string>> = {
  certificate: { mode: 'register', 'private-key': '' },
  'mtls-certificate': { 'mtls-private-key': key },
  'mtls-private-key': { 'mtls-certificate': certificate, 'mtls-passphrase': PASSPHRASE },
};

/** Parses inputs with this value and signs with the key. A failure must have a documented code and not quote the value. */
function parseFile(input: string, value: string): void {
  const inputs: Record<string, string> = { ...validToken, ...required[input], [input]: value };
  try {
    const request = parse(inputs);
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
    for (const length of offsets(bytes.length)) parseFile(input, asText(bytes.subarray(0, length)));
  },
);

test.each(files)(
  '%s, without its start, is parsed or rejected with a documented code',
  (_, input, { bytes, asText }) => {
    for (const length of offsets(bytes.length)) parseFile(input, asText(bytes.subarray(length)));
  },
);

test.each(files)(
  '%s, with a bit flipped in any byte, is parsed or rejected with a documented code',
  (_, input, { bytes, asText }) => {
    for (const at of offsets(bytes.length)) {
      // Inputs can't contain NUL.
      parseFile(input, asText(flipBit(bytes, at)).replaceAll('\0', '0'));
    }
  },
);
