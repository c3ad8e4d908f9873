import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeProtectedHeader, jwtVerify, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { signAssertion, type AssertionOptions } from '../../src/credentials/assertion.ts';
import { sharedMaterial } from '../material.ts';

const privateKey = createPrivateKey(sharedMaterial().key);
const usual: AssertionOptions = {
  privateKey,
  issuer: 'eyJwSWQiOjgwMDAwfQ==',
  subject: 'ci-bot@example.com',
  audience: 'https://www.sprinklr.com/',
  issuedAt: new Date('2026-03-01T12:00:00.900Z'),
  lifetime: 180,
  id: '6b1f4e1c-0000-4000-8000-000000000000',
};

interface Read {
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

/** Read and checked by another library than the one that wrote it. */
async function read(assertion: string): Promise<Read> {
  const options = { algorithms: ['RS256'], currentDate: usual.issuedAt };
  const { payload } = await jwtVerify(assertion, createPublicKey(privateKey), options);
  return { header: decodeProtectedHeader(assertion), claims: payload };
}

test('an assertion says what the contract wants, in whole seconds, and nothing else', async () => {
  const { header, claims } = await read(signAssertion(usual));

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

test('its signature is of no other text', async () => {
  const assertion = signAssertion(usual);
  const [header = '', , signature = ''] = assertion.split('.');
  const others = signAssertion({ ...usual, subject: 'somebody else' }).split('.')[1] ?? '';

  await expect(read(assertion)).resolves.toBeDefined();
  await expect(read(`${header}.${others}.${signature}`)).rejects.toThrow('signature verification failed');
});

test('whatever the names are made of, they arrive to the letter', async () => {
  const text = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
  const lifetime = fc.integer({ min: 30, max: 600 });
  await fc.assert(
    fc.asyncProperty(text, text, lifetime, async (subject, issuer, seconds) => {
      const assertion = signAssertion({ ...usual, subject, issuer, lifetime: seconds });
      const { claims } = await read(assertion);
      expect(claims).toMatchObject({ sub: subject, iss: issuer, exp: 1_772_366_400 + seconds });
    }),
    { numRuns: 40 },
  );
});

test('two assertions differ by their id alone', async () => {
  const one = await read(signAssertion(usual));
  const two = await read(signAssertion({ ...usual, id: 'another' }));

  expect(two).toEqual({ ...one, claims: { ...one.claims, jti: 'another' } });
});
