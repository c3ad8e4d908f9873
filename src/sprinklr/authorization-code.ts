import { ActionError } from '../errors.ts';

/**
 * The one-time code of a browser consent (RFC 6749 §4.1.2), from the code itself or from the full URL that the browser was
 * redirected to.
 *
 * @throws {ActionError} INPUT_INVALID, also if the URL contains an error response (RFC 6749 §4.1.2.1)
 */
export function parseAuthorizationCode(pasted: string): string {
  // Removes quotes that a shell left, and an example's URL if the full URL was pasted after its `code=`.
  const text = pasted.replace(/^["'`]|["'`]$/g, '').replace(/^.*[?&]code=(?=https?:\/\/)/s, '');
  if (!/(^|[?&])(code|error)=/.test(text)) {
    // A URL or a path without `code=` contains no code. A code can contain a slash, but does not start with one.
    return requireCode(decode(/^\/|:\/\/|[\s?&]/.test(text) ? '' : text));
  }
  // A code can contain a plain `+`, as tokens do. Form decoding would turn it into a space.
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
      `\`authorization-code\` is the URL of a consent that ${error === 'access_denied' ? 'was denied' : 'failed'}.`,
      {
        remedy:
          'Open the consent page again, allow the app, and copy the URL that the browser is redirected to.',
        inputs: ['authorization-code'],
      },
    );
  }
  return requireCode(query.get('code') ?? '');
}

/** A code that was copied from a URL is still percent-encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function requireCode(code: string): string {
  if (/^[\x21-\x7e]+$/.test(code)) return code;
  throw new ActionError('INPUT_INVALID', '`authorization-code` contains no code.', {
    remedy:
      'Copy the full URL that the browser was redirected to after the consent, or the value after code= in it.',
    inputs: ['authorization-code'],
  });
}
