import type { ErrorCode } from '../errors.ts';
import type { HttpResponse } from './response.ts';

/**
 * The error code for a response, from its status, headers, and body alone (docs/development/sprinklr-api.md, "Errors");
 * undefined for a 2xx.
 */
export function classifyResponse({
  status,
  headers,
  body,
}: Pick<HttpResponse, 'status' | 'headers' | 'body'>): ResponseErrorCode | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return 'REDIRECTED';
  if (status === 403) {
    // Mashery says it in a header, in the body, or in both.
    const text = `${String(headers['x-mashery-error-code'] ?? '')} ${body}`;
    if (/developer[ _]over[ _](rate|qps)/i.test(text)) return 'RATE_LIMITED';
    if (/developer[ _]inactive/i.test(text)) return 'API_KEY_INACTIVE';
    return 'PERMISSION_DENIED';
  }
  return CODES[status] ?? 'RESPONSE_INVALID';
}

export type ResponseErrorCode = Extract<
  ErrorCode,
  | 'API_KEY_INACTIVE'
  | 'CREDENTIALS_REJECTED'
  | 'ENVIRONMENT_MISMATCH'
  | 'NOT_FOUND'
  | 'PERMISSION_DENIED'
  | 'RATE_LIMITED'
  | 'REDIRECTED'
  | 'RESPONSE_INVALID'
  | 'SERVER_ERROR'
>;

const CODES: Readonly<Record<number, ResponseErrorCode>> = {
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
