import { decodeEscapes } from '../encodings.ts';
import { ActionError } from '../errors.ts';

declare const brand: unique symbol;
/** The result of a registration: base64 text, exactly as Sprinklr knows it. */
export type AppId = string & { readonly [brand]: 'AppId' };

/**
 * Reads an App ID in every common form of copying: as is, in quotes, with `\u003d` or `%3D` for `=`, as the whole JSON
 * response, or without its `=` at the end (docs/development/sprinklr-api.md, "Register a certificate").
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function parseAppId(text: string): AppId {
  const value = valueFromJson(decodeEscapes(decodeEscapes(text)))
    .replace(/^["'`\u2018\u201c\s]+|["'`\u2019\u201d,;\s]+$/g, '')
    .replace(/\\+(?=[/=+])|\\+$/g, '');
  if (!/^(?!null$)[A-Za-z0-9+/_-]+={0,2}$/.test(value)) {
    throw new ActionError('INPUT_INVALID', '`app-id` is not an App ID: it is not base64.', {
      remedy: 'Use the value of "data" from the registration response. It usually starts with eyJ.',
      inputs: ['app-id'],
    });
  }
  return restorePadding(value) as AppId;
}

/** The value of `data`, if the text is the registration response or a part of it, with any quotes that a shell left. */
function valueFromJson(text: string): string {
  return /(?:^\W*|["'])data\\*["'`]?\s*[:=]\s*\\*["'`]?([^"'`,}\s]+)/.exec(text)?.[1] ?? text;
}

/** A double-click selects the text without its `=` signs. They are restored only if the result is certainly an App ID. */
function restorePadding(value: string): string {
  const bare = value.replace(/=+$/, '');
  const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
  const claims = decodeAppId(padded);
  return claims?.partnerId === undefined && claims?.registeredAt === undefined ? value : padded;
}

/** What an App ID contains: the partner, and when its certificate was registered. Undefined if it cannot be decoded. */
export function decodeAppId(appId: string): { partnerId?: number; registeredAt?: Date } | undefined {
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
