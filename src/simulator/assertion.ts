import { verify, type X509Certificate } from 'node:crypto';
import { oauthError, type RejectedRequest } from './responses.ts';

const AUDIENCE = 'https://www.sprinklr.com/';
/** Seconds. */
const CLOCK_TOLERANCE = 30;
const MAX_LIFETIME = 900;

interface Expected {
  /** From the path. */
  readonly appId: string;
  readonly certificate: X509Certificate;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether an `iat` in the future is rejected without tolerance. */
  readonly strictIat: boolean;
}

interface VerifiedAssertion {
  readonly subject: string;
  readonly jti: string;
  /** When it stops being accepted, in epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Verifies a JWT as strictly as Sprinklr might (RFC 7523 §3; docs/development/sprinklr-api.md, "Sign the JWT").
 * @throws {RejectedRequest} `invalid_grant`, with the reason
 */
export function verifyAssertion(jwt: string, expected: Expected): VerifiedAssertion {
  const [header = '', payload = '', signature = '', ...rest] = jwt.split('.');
  if (rest.length > 0 || ![header, payload, signature].every((part) => /^[\w-]+$/.test(part))) {
    throw invalidGrant('the JWT is not a compact JWS');
  }
  const { alg, crit } = decodeObject(header, 'header');
  if (alg !== 'RS256') throw invalidGrant('alg is not RS256');
  if (crit !== undefined) throw invalidGrant('crit lists an unsupported extension');

  checkCertificate(expected);
  const signed = Buffer.from(`${header}.${payload}`);
  const { publicKey } = expected.certificate;
  if (!verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))) {
    throw invalidGrant('the signature does not match the registered certificate');
  }
  return checkClaims(decodeObject(payload, 'payload'), expected);
}

function checkCertificate({ certificate, now }: Expected): void {
  // verify() would accept ECDSA signatures of an EC key, which are not RS256.
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') throw invalidGrant('the registered key is not RSA');
  if (now < Date.parse(certificate.validFrom)) {
    throw invalidGrant('the registered certificate is not valid yet');
  }
  if (now > Date.parse(certificate.validTo)) throw invalidGrant('the registered certificate has expired');
}

function checkClaims(claims: Record<string, unknown>, expected: Expected): VerifiedAssertion {
  const { iss, sub, aud, exp, iat, jti } = claims;
  const now = expected.now / 1000;
  if (iss !== expected.appId) throw invalidGrant('iss is not the App ID in the path');
  if (typeof sub !== 'string' || sub === '') throw invalidGrant('sub is missing');
  if (aud !== AUDIENCE) throw invalidGrant(`aud is not ${AUDIENCE}`);
  if (typeof exp !== 'number') throw invalidGrant('exp is missing');
  if (exp <= now - CLOCK_TOLERANCE) throw invalidGrant('exp is in the past');
  if (exp > now + MAX_LIFETIME + CLOCK_TOLERANCE) throw invalidGrant('exp is more than 15 minutes away');
  if (typeof iat !== 'number') throw invalidGrant('iat is missing');
  if (iat > now + (expected.strictIat ? 0 : CLOCK_TOLERANCE)) throw invalidGrant('iat is in the future');
  if (typeof jti !== 'string' || jti === '') throw invalidGrant('jti is missing');
  return { subject: sub, jti, expiresAt: (exp + CLOCK_TOLERANCE) * 1000 };
}

function decodeObject(part: string, name: 'header' | 'payload'): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Handled below, like JSON that is not an object.
  }
  throw invalidGrant(`the ${name} of the JWT is not a JSON object`);
}

function invalidGrant(description: string): RejectedRequest {
  return oauthError('invalid_grant', description);
}
