import { createPrivateKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRequest } from '../../src/request/parse.ts';
import { INPUT_NAMES } from '../../src/request/schema.ts';
import { createSecrets } from '../../src/redaction.ts';
import { sealToken, unsealToken } from '../../src/credentials/sealed-token.ts';
import { ActionError } from '../../src/errors.ts';
import { material } from '../action/world.ts';
import { cases } from '../volume.ts';
import { documentedCodes } from './invariants.ts';

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
// The keys have a test of their own (malformed-files.fuzz.ts).
const names = INPUT_NAMES.filter(
  (name) => !/-key$|-passphrase$|^sealed-token$/.test(name) || name === 'api-key',
);

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
      await errorCodeOf(() =>
        parseRequest((name) => inputs[name] ?? '', {
          secrets: createSecrets(() => undefined),
          sealScope: () => ({ repository: '123456', runId: '987654' }),
        }),
      );
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
