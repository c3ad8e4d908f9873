import type { ErrorCode } from '../errors.ts';
import type { HttpResponse } from './response.ts';

/** What an answer means, from its status and body alone (interface.md, "Failure"); `undefined` for a 2xx. */
export function classifyResponse({
  status,
  headers,
  body,
}: Pick<HttpResponse, 'status' | 'headers' | 'body'>): { code: ErrorCode } | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return { code: 'REDIRECTED' };
  if (status === 403) {
    // Mashery says it in a header, in the body, or in both (contract.md, "Errors").
    const words = `${String(headers['x-mashery-error-code'] ?? '')} ${body}`;
    if (/developer[ _]over[ _](rate|qps)/i.test(words)) return { code: 'RATE_LIMITED' };
    if (/developer[ _]inactive/i.test(words)) return { code: 'API_KEY_INACTIVE' };
    return { code: 'PERMISSION_DENIED' };
  }
  return { code: CODES[status] ?? 'RESPONSE_INVALID' };
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'CREDENTIALS_REJECTED',
  401: 'CREDENTIALS_REJECTED',
  404: 'NOT_FOUND',
  421: 'ENVIRONMENT_MISMATCH',
  429: 'RATE_LIMITED',
  500: 'SERVER_ERROR',
  502: 'SERVER_ERROR',
  503: 'SERVER_ERROR',
  504: 'SERVER_ERROR',
  596: 'NOT_FOUND',
};
