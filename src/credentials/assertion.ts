import type { KeyObject } from 'node:crypto';
import { signRs256 } from './private-key.ts';

export interface AssertionOptions {
  /** RSA, 2048 bits or more. */
  readonly privateKey: KeyObject;
  /** `iss`: the App ID. */
  readonly issuer: string;
  /** `sub`: the login username of the Sprinklr user that the token acts as. */
  readonly subject: string;
  readonly audience: string;
  readonly issuedAt: Date;
  /** Seconds from `issuedAt` to `exp`. */
  readonly lifetime: number;
  /** `jti`: unique in every assertion. */
  readonly id: string;
}

/** A server without leeway rejects an `iat` that is one second ahead of its clock. */
const IAT_BACKDATING_SECONDS = 30;

/**
 * Signs an assertion for one request: a JWT (RFC 7523 §3; docs/development/sprinklr-api.md, "Sign the JWT") as a compact JWS
 * (RFC 7515 §7.1) with RS256 (RFC 7518 §3.3).
 *
 * Uses node:crypto, not jose, because it is synchronous. The signature is verified before it leaves the machine.
 *
 * @throws {ActionError} KEY_UNREADABLE for a key whose signatures are wrong
 */
export function signAssertion(assertion: AssertionOptions): string {
  const issuedAt = Math.floor(assertion.issuedAt.valueOf() / 1000);
  const claims = {
    iss: assertion.issuer,
    sub: assertion.subject,
    aud: assertion.audience,
    iat: issuedAt - IAT_BACKDATING_SECONDS,
    exp: issuedAt + assertion.lifetime,
    jti: assertion.id,
  };
  const signingInput = `${encodeJson({ alg: 'RS256', typ: 'JWT' })}.${encodeJson(claims)}`;
  const signature = signRs256(Buffer.from(signingInput), assertion.privateKey);
  return `${signingInput}.${signature.toString('base64url')}`;
}

function encodeJson(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
