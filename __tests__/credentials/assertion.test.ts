import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signAssertion, type Assertion } from '../../src/credentials/assertion.ts';
import { sharedMaterial } from '../material.ts';

const privateKey = createPrivateKey(sharedMaterial().key);
const usual: Assertion = {
  privateKey,
  issuer: 'eyJwSWQiOjgwMDAwfQ==',
  subject: 'ci-bot@example.com',
  audience: 'https://www.sprinklr.com/',
  issuedAt: new Date('2026-03-01T12:00:00.900Z'),
  lifetime: 180,
  id: '6b1f4e1c-0000-4000-8000-000000000000',
};

interface Parts {
  readonly header: unknown;
  readonly claims: unknown;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** RFC 7515 §7.1, read without the library that wrote it. */
function take(assertion: string): Parts {
  const parts = assertion.split('.');
  expect(parts).toHaveLength(3);
  for (const part of parts) expect(part).toMatch(/^[\w-]+$/);
  const [header = '', claims = '', signature = ''] = parts;
  const json = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  return {
    header: json(header),
    claims: json(claims),
    signed: Buffer.from(`${header}.${claims}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

test('an assertion says what the contract wants, in whole seconds, and nothing else', async () => {
  const { header, claims } = take(await signAssertion(usual));

  expect(header).toEqual({ alg: 'RS256', typ: 'JWT' });
  expect(claims).toEqual({
    iss: usual.issuer,
    sub: usual.subject,
    aud: usual.audience,
    iat: 1_772_366_400,
    exp: 1_772_366_580,
    jti: usual.id,
  });
});

test('its signature is RS256 of its private key, and of no other text', async () => {
  const { signed, signature } = take(await signAssertion(usual));
  const publicKey = createPublicKey(privateKey);

  expect(verify('sha256', signed, publicKey, signature)).toBe(true);
  signed[signed.length - 1] = (signed.at(-1) ?? 0) ^ 1;
  expect(verify('sha256', signed, publicKey, signature)).toBe(false);
});

test('whatever the names are made of, they arrive to the letter', async () => {
  const text = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
  const lifetime = fc.integer({ min: 30, max: 600 });
  await fc.assert(
    fc.asyncProperty(text, text, lifetime, async (subject, issuer, seconds) => {
      const assertion = await signAssertion({ ...usual, subject, issuer, lifetime: seconds });
      const { claims, signed, signature } = take(assertion);
      expect(claims).toMatchObject({ sub: subject, iss: issuer, exp: 1_772_366_400 + seconds });
      expect(verify('sha256', signed, createPublicKey(privateKey), signature)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('two assertions differ by their id alone', async () => {
  const one = take(await signAssertion(usual));
  const two = take(await signAssertion({ ...usual, id: 'another' }));

  expect(two.claims).toEqual({ ...(one.claims as object), jti: 'another' });
  expect(two.signature.equals(one.signature)).toBe(false);
});
