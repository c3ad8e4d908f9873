import type { Context } from '../context.ts';
import { unsealToken, type SealKey, type SealScope } from '../credentials/sealed-token.ts';
import type { AccessToken } from '../sprinklr/tokens.ts';

export interface UnsealRequest {
  readonly mode: 'unseal';
  readonly sealedToken: string;
  readonly sealKey: SealKey;
  readonly scope: SealScope;
}

export interface UnsealResult {
  readonly mode: 'unseal';
  readonly accessToken: AccessToken;
  readonly apiUrl: string;
}

/**
 * Unseals a token that another job of the same run sealed. Makes no network calls.
 *
 * @throws {ActionError} SEALED_TOKEN_INVALID, SEALED_TOKEN_EXPIRED
 */
export async function unseal(request: UnsealRequest, { secrets, now }: Context): Promise<UnsealResult> {
  const { sealKey, scope, sealedToken } = request;
  const payload = await unsealToken(sealedToken, { sealKey, scope, now: now() });
  secrets.mask(payload.accessToken);
  const { accessToken: value, tokenType: type, expiresAt, apiUrl } = payload;
  if (expiresAt === undefined) return { mode: 'unseal', accessToken: { value, type }, apiUrl };
  const expiresIn = Math.floor((expiresAt.valueOf() - now().valueOf()) / 1000);
  return { mode: 'unseal', accessToken: { value, type, expiresIn, expiresAt }, apiUrl };
}
