import { ActionError } from '../errors.ts';

declare const brand: unique symbol;
/** The result of a registration: base64 text, exactly as Sprinklr knows it. */
export type AppId = string & { readonly [brand]: 'AppId' };

/**
 * Reads an App ID as people paste it. The registration response escapes `=` as `\u003d`, so a copy from raw JSON ends in a
 * literal `\u003d\u003d` (docs/development/sprinklr-api.md, "Register a certificate").
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function parseAppId(text: string): AppId {
  const unescaped = text.trim().replace(/\\u003d/gi, '=');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(unescaped)) {
    throw new ActionError('INPUT_INVALID', '`app-id` is not an App ID: it is not base64.', {
      remedy:
        'Paste the value of "data" from the registration response, without quotes. It usually starts with eyJ.',
      inputs: ['app-id'],
    });
  }
  return unescaped as AppId;
}

/** What an App ID contains: the partner, and when its certificate was registered. Undefined if it cannot be decoded. */
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
