import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose/jwt/sign';

export interface Assertion {
  /** RSA, 2048 bits or more. */
  readonly privateKey: KeyObject;
  /** `iss`: the App ID. */
  readonly issuer: string;
  /** `sub`: the login username of the Sprinklr user that the token acts as. */
  readonly subject: string;
  readonly audience: string;
  readonly issuedAt: Date;
  /** Seconds from `iat` to `exp`. */
  readonly lifetime: number;
  /** `jti`: different in every assertion. */
  readonly id: string;
}

/**
 * Signs an assertion: a compact JWS with RS256 (contract.md §2, RFC 7523 §3). To be used for one request, then
 * forgotten.
 */
export async function signAssertion(assertion: Assertion): Promise<string> {
  const issuedAt = Math.floor(assertion.issuedAt.valueOf() / 1000);
  return await new SignJWT()
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(assertion.issuer)
    .setSubject(assertion.subject)
    .setAudience(assertion.audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + assertion.lifetime)
    .setJti(assertion.id)
    .sign(assertion.privateKey);
}
