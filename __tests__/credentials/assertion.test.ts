import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeProtectedHeader, jwtVerify, type JWTPayload, type ProtectedHeaderParameters } from 'jose';
import { signAssertion, type AssertionOptions } from '../../src/credentials/assertion.ts';
import { sharedMaterial } from '../material.ts';

const privateKey = createPrivateKey(sharedMaterial().key);
const options: AssertionOptions = {
  privateKey,
  issuer: 'eyJwSWQiOjgwMDAwfQ==',
  subject: 'ci-bot@example.com',
  audience: 'https://www.sprinklr.com/',
  issuedAt: new Date('2026-03-01T12:00:00.900Z'),
  lifetime: 180,
  id: '6b1f4e1c-0000-4000-8000-000000000000',
};

interface VerifiedAssertion {
  readonly header: ProtectedHeaderParameters;
  readonly claims: JWTPayload;
}

/** Verifies an assertion with a library that did not create it. */
async function verify(assertion: string): Promise<VerifiedAssertion> {
  const { payload } = await jwtVerify(assertion, createPublicKey(privateKey), {
    algorithms: ['RS256'],
    currentDate: options.issuedAt,
  });
  return { header: decodeProtectedHeader(assertion), claims: payload };
}

test('an assertion contains the documented header and claims, in whole seconds, and nothing else', async () => {
  const { header, claims } = await verify(signAssertion(options));

  expect(header).toEqual({ alg: 'RS256', typ: 'JWT' });
  expect(claims).toEqual({
    iss: options.issuer,
    sub: options.subject,
    aud: options.audience,
    iat: 1_772_366_400 - 30,
    exp: 1_772_366_580,
    jti: options.id,
  });
});

test('the signature does not verify with other claims', async () => {
  const assertion = signAssertion(options);
  const [header = '', , signature = ''] = assertion.split('.');
  const otherClaims = signAssertion({ ...options, subject: 'another user' }).split('.')[1] ?? '';

  await expect(verify(assertion)).resolves.toBeDefined();
  await expect(verify(`${header}.${otherClaims}.${signature}`)).rejects.toThrow(
    'signature verification failed',
  );
});

test('any username and App ID arrive unchanged', async () => {
  const name = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
  const lifetime = fc.integer({ min: 30, max: 600 });
  await fc.assert(
    fc.asyncProperty(name, name, lifetime, async (subject, issuer, seconds) => {
      const assertion = signAssertion({ ...options, subject, issuer, lifetime: seconds });
      const { claims } = await verify(assertion);
      expect(claims).toMatchObject({ sub: subject, iss: issuer, exp: 1_772_366_400 + seconds });
    }),
    { numRuns: 40 },
  );
});

test('two assertions differ only in their ID', async () => {
  const first = await verify(signAssertion(options));
  const second = await verify(signAssertion({ ...options, id: 'another' }));

  expect(second).toEqual({ ...first, claims: { ...first.claims, jti: 'another' } });
});
