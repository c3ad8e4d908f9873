import { createDecipheriv, createPrivateKey, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  parseSealKey,
  sealToken,
  unsealToken,
  type SealKey,
  type SealScope,
} from '../../src/credentials/sealed-token.ts';
import type { ActionError } from '../../src/errors.ts';
import { makeMaterial, sharedMaterial } from '../material.ts';
import { cases } from '../volume.ts';
import { actionErrorFrom, actionErrorOf, commandsIn } from './action-error.ts';

const { der, key } = sharedMaterial();
const now = new Date('2026-11-24T10:00:00Z');
const payload = {
  accessToken: 'P9+ewuw+Nid5hg4KBRNPmI5OGE=',
  tokenType: 'Bearer',
  expiresAt: new Date('2026-11-24T11:00:00Z'),
  apiUrl: 'https://api2.sprinklr.com/prod2',
} as const;

const bytes = randomBytes(32);
const dedicated: SealKey = { kind: 'seal-key', bytes };
const derived: SealKey = { kind: 'private-key', privateKey: createPrivateKey(key) };
const scope = { repository: '123456', runId: '987654' };
const options: { sealKey: SealKey; scope: SealScope } = { sealKey: derived, scope };

async function unsealError(sealed: string, changed: Partial<typeof options & { now: Date }> = {}) {
  return await actionErrorFrom(unsealToken(sealed, { ...options, now, ...changed }));
}

async function expectInvalid(sealed: string, changed: Partial<typeof options> = {}): Promise<ActionError> {
  const error = await unsealError(sealed, changed);
  expect(error).toMatchObject({ code: 'SEALED_TOKEN_INVALID', inputs: ['sealed-token'] });
  expect(error.remedy).toMatch(/\.$/);
  return error;
}

const otherBytes: SealKey = { kind: 'seal-key', bytes: randomBytes(32) };
const otherPrivateKey: SealKey = { kind: 'private-key', privateKey: createPrivateKey(makeMaterial().key) };
/** `secret` is what the encryption key is derived from. */
const kinds = [
  { kind: 'seal-key', sealKey: dedicated, secret: bytes, other: otherBytes },
  { kind: 'private-key', sealKey: derived, secret: der, other: otherPrivateKey },
];

describe.each(kinds)('a token sealed with $kind', ({ kind, sealKey, secret, other }) => {
  test('opens with the same key in the same repository and run', async () => {
    const sealed = await sealToken(payload, { sealKey, scope });
    expect(await unsealToken(sealed, { sealKey, scope, now })).toEqual(payload);
  });

  test('is a compact JWE, direct with A256GCM and a key derived by HKDF-SHA-256 (checked without jose)', async () => {
    const sealed = await sealToken(payload, { sealKey, scope });
    const [header = '', encryptedKey, iv = '', ciphertext = '', tag = ''] = sealed.split('.');
    expect(decodeJson(header)).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      typ: 'sealed-token',
      ver: 1,
      kid: kind,
    });
    expect(encryptedKey).toBe('');
    const info = JSON.stringify(['sprinklr-token/sealed-token', 1, '123456', '987654']);
    const contentKey = Buffer.from(hkdfSync('sha256', secret, '', info, 32));
    const decipher = createDecipheriv('aes-256-gcm', contentKey, Buffer.from(iv, 'base64url'));
    decipher.setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, 'base64url'));
    const text = Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]);
    expect(JSON.parse(text.toString())).toEqual({ ...payload, expiresAt: payload.expiresAt.toISOString() });
  });

  test.each([
    ['another key of the same kind', { sealKey: other }],
    ['another repository', { scope: { ...scope, repository: '123457' } }],
    ['another run', { scope: { ...scope, runId: '987655' } }],
    ['a repository and run that join to the same text', { scope: { repository: '12345', runId: '6987654' } }],
  ])('does not open with %s', async (_, changed) => {
    const sealed = await sealToken(payload, { sealKey, scope });
    const error = await expectInvalid(sealed, { sealKey, ...changed });
    expect(error.remedy).toContain(`\`${kind}\``);
    expect(error.cause).toBeInstanceOf(Error);
  });
});

test.each([
  ['seal-key', dedicated, derived],
  ['private-key', derived, dedicated],
])(
  'a token sealed with %s does not open with the other kind of key, and says which it needs',
  async (...args) => {
    const [kind, sealKey, otherKind] = args;
    const error = await expectInvalid(await sealToken(payload, { sealKey, scope }), { sealKey: otherKind });
    expect(error.message).toMatch(new RegExp(`with \`${kind}\`.*\`${otherKind.kind}\``));
  },
);

test('sealing the same token twice gives nothing in common but the header', async () => {
  const [first, second] = await Promise.all([sealToken(payload, options), sealToken(payload, options)]);
  expect(first.split('.')[0]).toBe(second.split('.')[0]);
  for (const part of [2, 3, 4]) expect(first.split('.')[part]).not.toBe(second.split('.')[part]);
});

test('the length of a sealed token does not depend on the length of the token', async () => {
  const lengths = [10, 100, 1000].map(async (length) => {
    return (await sealToken({ ...payload, accessToken: 'x'.repeat(length) }, options)).length;
  });
  expect(new Set(await Promise.all(lengths)).size).toBe(1);
});

test.each([
  { accessToken: 'x'.repeat(8) },
  { expiresAt: undefined },
  ...['https://api.example.com', 'http://localhost:8080/prod', 'http://127.0.0.1', 'http://127.10.200.1:81'],
  ...['http://[::1]:8080/qa4', 'https://localhost/prod2-eu'],
])('opens with %j', async (change) => {
  const changed = { ...payload, ...(typeof change === 'string' ? { apiUrl: change } : change) };
  const sealed = await sealToken(changed, options);
  expect(await unsealToken(sealed, { ...options, now })).toEqual(changed);
});

/** What another program that has the key could seal. */
const INVALID: Record<keyof typeof payload, readonly unknown[]> = {
  accessToken: [
    ...[undefined, 7, ['x'.repeat(8)], 'x'.repeat(7), 'x'.repeat(16_385)],
    ...['x x x x x', '\nxxxxxxxx', 'xxxxxxxx\n'],
  ],
  tokenType: [undefined, 'bearer'],
  expiresAt: [null, 1_795_518_000, 'soon', '2026-13-24T11:00:00Z', '2026-11-24', '2026-11-24T11:00:00Z!'],
  apiUrl: [
    ...[undefined, ['https://api.example.com'], 'api.example.com', 'ftp://localhost'],
    ...['http://api.example.com', 'http://localhost.example.com', 'http://a.localhost'],
    ...['http://127.0.0.1.example.com', 'http://a127.0.0.1', 'https://me@api.example.com'],
    ...['https://api.example.com/', 'https://api.example.com/a/b', 'https://api.example.com/prod2?a'],
    ...['HTTPS://api.example.com/prod2', 'https://api.example.com:443/prod2'],
  ],
};
const contents = Object.entries(INVALID).flatMap(([name, values]) =>
  values.map((value) => [
    `${name} ${JSON.stringify(value ?? null).slice(0, 50)}`,
    { ...payload, [name]: value },
  ]),
) as [string, typeof payload][];
test.each([...contents, ['null', null], ['text', 'text']] as typeof contents)(
  'rejects a sealed %s',
  async (_, content) => {
    await expectInvalid(await sealToken(content, options));
  },
);

test('opens until the last millisecond of the token', async () => {
  const sealed = await sealToken(payload, options);
  const end = payload.expiresAt.valueOf();
  expect(await unsealToken(sealed, { ...options, now: new Date(end - 1) })).toEqual(payload);
  const error = await unsealError(sealed, { now: new Date(end) });
  expect(error.code).toBe('SEALED_TOKEN_EXPIRED');
  expect(error.message).toContain(payload.expiresAt.toISOString());
});

test('detects a change of any character', async () => {
  const sealed = await sealToken(payload, options);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(sealed.length - 1),
      fc.constantFrom('A', 'z', '-', '.', ' '),
      async (at, character) => {
        // The last character of a part has bits that no byte uses, so it can differ without a change.
        fc.pre(sealed[at] !== character && !/^(\.|$)/.test(sealed.slice(at + 1)) && sealed[at] !== '.');
        await expectInvalid(sealed.slice(0, at) + character + sealed.slice(at + 1));
      },
    ),
    { numRuns: cases(300) },
  );
});

const header = { alg: 'dir', enc: 'A256GCM', typ: 'sealed-token', ver: 1, kid: 'private-key' };
test.each([
  ['another version', { ...header, ver: 2 }],
  ['no version', { alg: 'dir', enc: 'A256GCM' }],
  ['another content encryption', { ...header, enc: 'A128GCM' }],
  ['another key management algorithm', { ...header, alg: 'RSA-OAEP' }],
])('rejects a header with %s', async (_, changed) => {
  const rest = (await sealToken(payload, options)).split('.').slice(1);
  const error = await expectInvalid([encodeJson(changed), ...rest].join('.'));
  expect(error.message).toContain('another version');
});

test.each([undefined, 'another', 7])('rejects a header whose kid was changed to %j', async (kid) => {
  const rest = (await sealToken(payload, options)).split('.').slice(1);
  const error = await expectInvalid([encodeJson({ ...header, kid }), ...rest].join('.'));
  expect(error.message).toContain('could not be decrypted');
});

test('rejects text that is not a sealed token, and repeats none of it', async () => {
  for (const text of [randomUUID(), 'a.b.c', 'a.b.c.d.e', '....', '{"a":1}', 'eyJhbGciOiJub25lIn0....']) {
    const { message, remedy } = await expectInvalid(text);
    if (text.length > 5) expect(message + remedy).not.toContain(text);
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 200 }), async (text) => {
      await expectInvalid(text);
    }),
    { numRuns: cases(200) },
  );
});

test.each([
  ['base64', bytes.toString('base64')],
  ['base64 without padding', bytes.toString('base64').replace('=', '')],
  ['URL-safe base64', bytes.toString('base64url')],
  ['hex', bytes.toString('hex')],
  ['uppercase hex', bytes.toString('hex').toUpperCase()],
])('parses a seal key from %s', (_, text) => {
  expect(Buffer.from(parseSealKey(text))).toEqual(bytes);
});

test.each([
  ['31 bytes', bytes.subarray(1).toString('base64')],
  ['33 bytes', Buffer.alloc(33, 7).toString('base64')],
  ['31 bytes of hex', bytes.subarray(1).toString('hex')],
  ['33 bytes of hex', Buffer.alloc(33, 7).toString('hex')],
  ['hex with a prefix', `0x${bytes.toString('hex')}`],
  ['a passphrase', 'correct horse battery staple!'],
  ['32 characters', 'correct-horse-battery-staple-123'],
  ['quoted base64', `"${bytes.toString('base64')}"`],
  ['a private key', key],
])('rejects a seal key of %s without showing it', (_, text) => {
  const error = actionErrorOf(() => parseSealKey(text));
  expect(error).toMatchObject({ code: 'INPUT_INVALID', inputs: ['seal-key'] });
  expect(error.message).toContain('32');
  expect(commandsIn(error)).toEqual(['openssl rand -base64 32']);
  expect(error.message + error.remedy).not.toContain(text);
});

function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decodeJson(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
