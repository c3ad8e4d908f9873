import { createPrivateKey, hkdfSync, randomUUID } from 'node:crypto';
import { createDecipheriv, type KeyObject } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sealToken, unsealToken } from '../../src/credentials/sealed-token.ts';
import { ActionError } from '../../src/errors.ts';
import { makeMaterial, sharedMaterial } from '../material.ts';
import { cases } from '../volume.ts';

const { der } = sharedMaterial();
const privateKey: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
const otherKey = createPrivateKey(makeMaterial().key);
const scope = { privateKey, repository: '123456', runId: '987654' };
const now = new Date('2026-11-24T10:00:00Z');
const content = {
  accessToken: 'P9+ewuw+Nid5hg4KBRNPmI5OGE=',
  tokenType: 'Bearer',
  expiresAt: new Date('2026-11-24T11:00:00Z'),
  apiUrl: 'https://api2.sprinklr.com/prod2',
} as const;

async function refusal(sealed: string, changed: Partial<typeof scope & { now: Date }> = {}): Promise<string> {
  const thrown: unknown = await unsealToken(sealed, { ...scope, now, ...changed }).catch(
    (error: unknown) => error,
  );
  if (thrown instanceof ActionError) return thrown.code;
  throw new Error('it opened', { cause: thrown });
}

test('a sealed token opens with the same key in the same repository and run', async () => {
  expect(await unsealToken(await sealToken(content, scope), { ...scope, now })).toEqual(content);
});

test('it is a compact JWE, direct with A256GCM, under a key derived by HKDF-SHA-256 (checked without jose)', async () => {
  const sealed = await sealToken(content, scope);
  const [header = '', encryptedKey, iv = '', ciphertext = '', tag = ''] = sealed.split('.');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    alg: 'dir',
    enc: 'A256GCM',
    typ: 'sealed-token',
    ver: 1,
  });
  expect(encryptedKey).toBe('');
  const info = JSON.stringify(['sprinklr-token/sealed-token', 1, '123456', '987654']);
  const key = Buffer.from(hkdfSync('sha256', der, '', info, 32));
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'));
  decipher.setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, 'base64url'));
  const text = Buffer.concat([
    decipher.update(Buffer.from(ciphertext, 'base64url')),
    decipher.final(),
  ]).toString();
  expect(JSON.parse(text)).toEqual({ ...content, expiresAt: content.expiresAt.toISOString() });
});

test('two sealings of one token share nothing but their header', async () => {
  const [first, second] = await Promise.all([sealToken(content, scope), sealToken(content, scope)]);
  expect(first.split('.')[0]).toBe(second.split('.')[0]);
  for (const part of [2, 3, 4]) expect(first.split('.')[part]).not.toBe(second.split('.')[part]);
});

test('its length says nothing of the token', async () => {
  const lengths = [10, 100, 1000].map(async (length) => {
    return (await sealToken({ ...content, accessToken: 'x'.repeat(length) }, scope)).length;
  });
  expect(new Set(await Promise.all(lengths)).size).toBe(1);
});

test.each([
  ['another private key', { privateKey: otherKey }],
  ['another repository', { repository: '123457' }],
  ['another run', { runId: '987655' }],
  ['a repository and run whose texts merely join to the same', { repository: '12345', runId: '6987654' }],
])('it does not open with %s', async (_, changed) => {
  expect(await refusal(await sealToken(content, scope), changed)).toBe('SEALED_TOKEN_INVALID');
});

test('the last millisecond of the token still opens it, the next does not', async () => {
  const sealed = await sealToken(content, scope);
  const end = content.expiresAt.valueOf();
  expect(await unsealToken(sealed, { ...scope, now: new Date(end - 1) })).toEqual(content);
  expect(await refusal(sealed, { now: new Date(end) })).toBe('SEALED_TOKEN_EXPIRED');
});

test('a change of any one character is found out', async () => {
  const sealed = await sealToken(content, scope);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(sealed.length - 1),
      fc.constantFrom('A', 'z', '-', '.', ' '),
      async (at, character) => {
        // The last character of a part carries bits that no byte uses, so it may differ without a change.
        fc.pre(sealed[at] !== character && !/^(\.|$)/.test(sealed.slice(at + 1)) && sealed[at] !== '.');
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        expect(await refusal(changed)).toBe('SEALED_TOKEN_INVALID');
      },
    ),
    { numRuns: cases(300) },
  );
});

test.each([
  ['another version', { alg: 'dir', enc: 'A256GCM', typ: 'sealed-token', ver: 2 }, /another version/],
  ['no version', { alg: 'dir', enc: 'A256GCM' }, /another version/],
  ['another encryption', { alg: 'dir', enc: 'A128GCM', typ: 'sealed-token', ver: 1 }, /another version/],
  [
    'another way of key management',
    { alg: 'RSA-OAEP', enc: 'A256GCM', typ: 'sealed-token', ver: 1 },
    /another version/,
  ],
])('a header that names %s is refused', async (_, header, message) => {
  const rest = (await sealToken(content, scope)).split('.').slice(1);
  const sealed = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
  const thrown: unknown = await unsealToken(sealed, { ...scope, now }).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(ActionError);
  expect(thrown).toMatchObject({ code: 'SEALED_TOKEN_INVALID', message: expect.stringMatching(message) });
});

test('garbage is no sealed token, and nothing of it is repeated', async () => {
  for (const garbage of [randomUUID(), 'a.b.c', 'a.b.c.d.e', '....', '{"a":1}', 'eyJhbGciOiJub25lIn0....']) {
    expect(await refusal(garbage)).toBe('SEALED_TOKEN_INVALID');
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 200 }), async (garbage) => {
      expect(await refusal(garbage)).toBe('SEALED_TOKEN_INVALID');
    }),
    { numRuns: cases(200) },
  );
});
