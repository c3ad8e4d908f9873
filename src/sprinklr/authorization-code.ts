import { ActionError } from '../errors.ts';

/**
 * The one-time code of a browser consent (contract.md §4), from the code itself or from the whole address that the
 * browser landed on.
 *
 * @throws {ActionError} INPUT_INVALID, also where the address tells that the consent was refused (RFC 6749 §4.1.2.1)
 */
export function parseAuthorizationCode(pasted: string): string {
  // Quotes that a shell left there, and the address of an example behind whose `code=` the whole one was pasted.
  const text = pasted.replace(/^["'`]|["'`]$/g, '').replace(/^.*[?&]code=(?=https?:\/\/)/s, '');
  if (!/(^|[?&])(code|error)=/.test(text)) {
    // What looks like an address, or a path of one, has no code in it. A code may have a slash, further on.
    return requireCode(decode(/^\/|:\/\/|[\s?&]/.test(text) ? '' : text));
  }
  // Codes may hold a bare `+`, which a form would read as a space (contract.md §3 has it in tokens).
  const query = new URLSearchParams(
    text
      .slice(text.indexOf('?') + 1)
      .replace(/#.*$/, '')
      .replaceAll('+', '%2B'),
  );
  const error = query.get('error');
  if (error !== null) {
    throw new ActionError(
      'INPUT_INVALID',
      `The input authorization-code is the address of a consent that was ${error === 'access_denied' ? 'denied' : 'not given'}.`,
      'Open the consent page again, allow the app, and give the address that the browser lands on.',
    );
  }
  return requireCode(query.get('code') ?? '');
}

/** A code that was copied out of an address is still percent-encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function requireCode(code: string): string {
  if (/^[\x21-\x7e]+$/.test(code)) return code;
  throw new ActionError(
    'INPUT_INVALID',
    'The input authorization-code holds no code.',
    'Give the value of code= in the address that the browser landed on after the consent, or that whole address.',
  );
}
