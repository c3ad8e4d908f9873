import { verify, type X509Certificate } from 'node:crypto';
import { oauthRefusal, type Refusal } from './answers.ts';

const audience = 'https://www.sprinklr.com/';
const tolerance = 30;
const longestLife = 900;

interface Expected {
  /** The App ID in the path. */
  appId: string;
  certificate: X509Certificate;
  /** Epoch ms. */
  now: number;
}

/**
 * Checks a JWT as strictly as the vendor might: RFC 7523 §3 and contract.md §2.
 * Returns what the caller still needs; throws the `invalid_grant` that says what is wrong.
 */
export function checkAssertion(jwt: string, expected: Expected): { subject: string; jti: string } {
  const [header = '', payload = '', signature = '', ...rest] = jwt.split('.');
  if (rest.length > 0 || ![header, payload, signature].every((part) => /^[\w-]+$/.test(part))) {
    throw no('the assertion is not a compact JWS');
  }
  const { alg, crit } = jsonObject(header, 'header');
  if (alg !== 'RS256') throw no('alg is not RS256');
  if (crit !== undefined) throw no('crit names an extension that is not understood');

  checkCertificate(expected);
  const signed = Buffer.from(`${header}.${payload}`);
  const { publicKey } = expected.certificate;
  if (!verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))) {
    throw no('the signature does not fit the registered certificate');
  }
  return checkClaims(jsonObject(payload, 'payload'), expected);
}

function checkCertificate({ certificate, now }: Expected): void {
  // With an EC key, verify() would do ECDSA, which is not RS256 either.
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') throw no('the registered key is not RSA');
  if (now < Date.parse(certificate.validFrom)) throw no('the registered certificate is not valid yet');
  if (now > Date.parse(certificate.validTo)) throw no('the registered certificate has expired');
}

function checkClaims(claims: Record<string, unknown>, expected: Expected): { subject: string; jti: string } {
  const { iss, sub, aud, exp, iat, jti } = claims;
  const now = expected.now / 1000;
  if (iss !== expected.appId) throw no('iss is not the App ID of the path');
  if (typeof sub !== 'string' || sub === '') throw no('sub is missing');
  if (aud !== audience) throw no(`aud is not ${audience}`);
  if (typeof exp !== 'number') throw no('exp is missing');
  if (exp <= now - tolerance) throw no('exp is in the past');
  if (exp > now + longestLife + tolerance) throw no('exp is more than 15 minutes away');
  if (typeof iat !== 'number') throw no('iat is missing');
  if (iat > now + tolerance) throw no('iat is in the future');
  if (typeof jti !== 'string' || jti === '') throw no('jti is missing');
  return { subject: sub, jti };
}

function jsonObject(part: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw no(`the ${name} of the assertion is not a JSON object`);
}

function no(description: string): Refusal {
  return oauthRefusal('invalid_grant', description);
}
