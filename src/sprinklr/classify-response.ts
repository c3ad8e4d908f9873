import type { ErrorCode } from '../errors.ts';
import { decodeEscapes } from '../encodings.ts';
import type { HttpResponse } from './response.ts';

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

/** How much of a body is searched for the gateways' texts, in characters. They are a few dozen bytes long. */
const MAX_SEARCHED_LENGTH = 100_000;

/** What the gateways say, as `searchableText` writes it. */
const RATE_LIMIT =
  /(\b|developer|account)over ?(rate|qps|queries ?per ?second)\b|\bover its throttle limit\b|\berr 403 (\w+ ){1,5}over /;
const INACTIVE_KEY =
  /\bdeveloper ?inactive\b|invalid ?api ?key\b|invalid ?client ?id\b|invalid ?consumer ?key\b/;

type SearchedResponse = Pick<HttpResponse, 'reason' | 'headers' | 'body'>;

/**
 * The error code for a response, from its status line, headers, and body alone. See
 * docs/development/errors.md, "Classify a response". The first matching rule wins. Undefined for a 2xx.
 */
export function classifyResponse(
  response: SearchedResponse & Pick<HttpResponse, 'status'>,
): ResponseErrorCode | undefined {
  const { status } = response;
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) return 'REDIRECTED';
  if (status === 429) return 'RATE_LIMITED';
  if (status === 400 || status === 401 || status === 403) {
    const text = searchableText(response);
    if (status === 403 && RATE_LIMIT.test(text)) return 'RATE_LIMITED';
    if (INACTIVE_KEY.test(text)) return 'API_KEY_INACTIVE';
  }
  return CODES[status] ?? 'RESPONSE_INVALID';
}

/**
 * Reason phrase, headers, and body, decoded, without markup, in lowercase. A space separates words. A `|` separates values,
 * so that no phrase matches across two values.
 */
export function searchableText({ reason = '', headers, body }: SearchedResponse): string {
  const values = [reason, ...Object.values(headers).flat()];
  const text = [...values, body.slice(0, MAX_SEARCHED_LENGTH)].join('"');
  return decodeEscapes(decodeEscapes(text))
    .replace(/<[^<>]*>/g, ' ')
    .normalize('NFKC')
    .replace(/\p{Cf}+/gu, '')
    .toLowerCase()
    .replace(/["{}[\],;:]+/g, '|')
    .replace(/[^\p{L}\p{N}|]+/gu, ' ');
}

const CODES: Readonly<Record<number, ResponseErrorCode>> = {
  400: 'CREDENTIALS_REJECTED',
  401: 'CREDENTIALS_REJECTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  421: 'ENVIRONMENT_MISMATCH',
  500: 'SERVER_ERROR',
  502: 'SERVER_ERROR',
  503: 'SERVER_ERROR',
  504: 'SERVER_ERROR',
  596: 'NOT_FOUND',
};
