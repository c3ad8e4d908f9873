import type { IncomingHttpHeaders } from 'node:http';
import type { Secrets } from '../context.ts';
import { sanitize } from '../redaction.ts';

/** The most that is read of a response. The documented ones are a few hundred bytes. */
export const MAX_RESPONSE_BYTES = 1024 * 1024;

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the body is longer than `MAX_RESPONSE_BYTES`. Then it is not read. */
  readonly truncated: boolean;
  /** How many times the call was made, including this one. */
  readonly attempts: number;
  /** Seconds to wait before the next attempt, if that is longer than the time limit allows. */
  readonly retryAfterExceedsDeadline?: number;
}

/** The reason that the server gave, in any of the known shapes, safe to print. Empty if it gave none. */
export function describeError({ status, headers, body }: HttpResponse, secrets: Secrets): string {
  const text = isCompressed({ headers }) ? '' : body;
  const json = parseJson(text);
  // A success contains a token, so text of unknown shape could be one.
  const message = isRecord(json)
    ? errorMessageFromJson(json)
    : (headingFromHtml(text) ?? (status >= 200 && status < 300 ? '' : textFromHtml(text)));
  return sanitize(message === '' ? String(headers['x-mashery-error-code'] ?? '') : message, secrets);
}

/** Whether the body is compressed although no encoding was requested. It is never quoted: no mask finds a token inside. */
export function isCompressed({ headers }: Pick<HttpResponse, 'headers'>): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && /\b(gzip|deflate|compress|br|zstd)\b/i.test(encoding);
}

function errorMessageFromJson(json: Readonly<Record<string, unknown>>): string {
  const fault = json['fault'];
  const parts = [
    json['error'],
    json['error_description'],
    isRecord(fault) ? fault['faultstring'] : undefined,
    ...errorList(json).flatMap((entry) => (isRecord(entry) ? [entry['code'], entry['message']] : [entry])),
    json['message'],
  ];
  return parts
    .filter((part) => (typeof part === 'string' && part !== '') || typeof part === 'number')
    .join(': ');
}

/** The text of a gateway's `<h1>…</h1>`, or of a page's title. */
function headingFromHtml(body: string): string | undefined {
  return /<(h1|title)\b[^>]*>([^<]*)</i.exec(body.slice(0, 10_000))?.[2];
}

function textFromHtml(body: string): string {
  return body.slice(0, 10_000).replace(/<[^<>]*>/g, ' ');
}

/**
 * The values that a response contains under the names of tokens. A failure is quoted even if it is not JSON, so this also
 * searches broken JSON, forms, XML, and plain text.
 */
export function findTokens(body: string): string[] {
  const found: string[] = [];
  // Not recursive: a megabyte of brackets is deeper than the stack.
  const pending = [parseJson(body)];
  while (pending.length > 0) {
    for (const [name, value] of Object.entries(pending.pop() ?? {}) as [string, unknown][]) {
      if (typeof value === 'string' && TOKEN_NAME.test(name)) found.push(value);
      if (typeof value === 'object') pending.push(value);
    }
  }
  for (const [, literal = ''] of body.matchAll(NAMED_LITERAL))
    found.push(unescapeOr(() => JSON.parse(`${literal}"`), literal.slice(1)));
  for (const [, word = ''] of body.matchAll(NAMED_WORD))
    found.push(
      word,
      unescapeOr(() => decodeURIComponent(word), word),
    );
  return found;
}

const TOKEN_NAME = /^(access|refresh|id)_token$/;
/** In quotes that are possibly never closed. */
const NAMED_LITERAL = /"(?:access|refresh|id)_token"\s*:\s*("(?:[^"\\]|\\[^])*)/g;
const NAMED_WORD = /(?:access|refresh|id)_token["']?\s*[=:>]\s*["']?([^\s"'<>&,;]{8,})/g;

function unescapeOr(read: () => unknown, otherwise: string): string {
  try {
    return String(read());
  } catch {
    return otherwise;
  }
}

/** The entries under `errors`, or under `Errors` as in the registration's response. */
export function errorList(json: Readonly<Record<string, unknown>>): readonly unknown[] {
  return [json['errors'], json['Errors']].filter((list) => Array.isArray(list)).flat();
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
