import { oauthRefusal } from './answers.ts';
import type { RecordedRequest } from './types.ts';

interface Parameters {
  get(name: string): string | undefined;
  /** Throws `invalid_request` if it is missing or empty. */
  require(name: string): string;
}

/** Reads parameters from the query or, where allowed, from a form body; refuses both at once (RFC 6749 §3.2: none twice). */
export function readParameters(request: RecordedRequest, allowed: { body: boolean }): Parameters {
  const body = new URLSearchParams(allowed.body ? request.body : '');
  if (request.query.size > 0 && body.size > 0) {
    throw oauthRefusal('invalid_request', 'parameters both in the query and in the body');
  }
  const all = body.size > 0 ? body : request.query;
  if (new Set(all.keys()).size < all.size) throw oauthRefusal('invalid_request', 'a parameter comes twice');
  return {
    get: (name) => all.get(name) ?? undefined,
    require(name) {
      const value = all.get(name);
      if (value === null || value === '') throw oauthRefusal('invalid_request', `${name} is missing`);
      return value;
    },
  };
}
