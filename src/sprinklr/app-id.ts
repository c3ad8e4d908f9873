import { ActionError } from '../errors.ts';

declare const brand: unique symbol;
/** What registering a certificate gave: base64 text, exactly as Sprinklr knows it (contract.md §1). */
export type AppId = string & { readonly [brand]: 'AppId' };

/**
 * Reads an App ID as people paste it. The answer that carries it writes `=` as `\u003d`, so a copy from raw
 * JSON ends in a literal `\u003d\u003d` (contract.md §1).
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function parseAppId(text: string): AppId {
  const unescaped = text.trim().replace(/\\u003d/gi, '=');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(unescaped)) {
    throw new ActionError(
      'INPUT_INVALID',
      'The input app-id is not an App ID: it has characters that base64 does not have.',
      'Paste the value of "data" from the answer of the registration, without quotes; it usually starts with eyJ.',
    );
  }
  return unescaped as AppId;
}

/** What an App ID says of itself: the partner, and when its certificate was registered. `undefined` where it does not. */
export function decodeAppId(appId: AppId): { partnerId?: number; registeredAt?: Date } | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(appId, 'base64').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return undefined;
    const { pId, tId } = claims as { pId?: unknown; tId?: unknown };
    return {
      ...(typeof pId === 'number' && { partnerId: pId }),
      ...(typeof tId === 'number' &&
        !Number.isNaN(new Date(tId).valueOf()) && { registeredAt: new Date(tId) }),
    };
  } catch {
    return undefined;
  }
}
