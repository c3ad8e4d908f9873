import type { IncomingHttpHeaders } from 'node:http';
import type { Secrets } from '../context.ts';

/** The most that is read of any answer; the documented ones are a few hundred bytes. */
export const MAX_RESPONSE_BYTES = 1024 * 1024;

/** Longest quotation of what a server said, in characters. */
const MAX_QUOTE_LENGTH = 300;

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body was longer than `MAX_ANSWER_BYTES` and was not read to its end. */
  readonly truncated: boolean;
  /** How many times the call was made, this one included. */
  readonly attempts: number;
  /** Seconds to wait before the next try, where that was longer than the step has left. */
  readonly retryAfterExceedsDeadline?: number;
}

/** What the server said of its reason, in any of the contract's shapes, fit to be printed; empty if nothing. */
export function describeError({ status, headers, body }: HttpResponse, secrets: Secrets): string {
  const text = isCompressed({ headers }) ? '' : body;
  const json = parseJson(text);
  // A success was to bring a token: a text of no known shape may well be one.
  const words = isRecord(json)
    ? errorMessageFromJson(json)
    : (headingFromHtml(text) ?? (status >= 200 && status < 300 ? '' : textFromHtml(text)));
  return sanitize(words === '' ? String(headers['x-mashery-error-code'] ?? '') : words, secrets);
}

/** Compressed though it was asked not to be: such a body is never quoted, as no mask knows the token within. */
export function isCompressed({ headers }: Pick<HttpResponse, 'headers'>): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && /\b(gzip|deflate|compress|br|zstd)\b/i.test(encoding);
}

function errorMessageFromJson(json: Readonly<Record<string, unknown>>): string {
  const fault = json['fault'];
  const words = [
    json['error'],
    json['error_description'],
    isRecord(fault) ? fault['faultstring'] : undefined,
    ...errorList(json).flatMap((entry) => (isRecord(entry) ? [entry['code'], entry['message']] : [entry])),
    json['message'],
  ];
  return words
    .filter((word) => (typeof word === 'string' && word !== '') || typeof word === 'number')
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
 * Untrusted text made harmless: redacted first, so that no cut leaves a part of a secret unrecognised, and last, as what
 * was taken out may have stood within one.
 */
export function sanitize(text: string, secrets: Secrets): string {
  const harmless = secrets
    .redact(text.slice(0, 10_000))
    // As a literal, its classes would cost every step, also one in which no server says anything.
    .replace(new RegExp('[\\p{C}\\p{Z}]+', 'gu'), ' ')
    // The runner takes `::name::` at the start of a line and `##[name]` anywhere in it for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '# #[')
    .trim();
  const line = secrets.redact(harmless);
  return line.length > MAX_QUOTE_LENGTH ? `${line.slice(0, MAX_QUOTE_LENGTH)}…` : line;
}

/**
 * The texts that an answer holds under the names of tokens. A refusal is quoted even where it is no JSON, so they are
 * looked for in broken JSON, forms, XML and plain text, too.
 */
export function findTokens(body: string): string[] {
  const found: string[] = [];
  // Not recursive: a megabyte of brackets is deeper than any stack.
  const left = [parseJson(body)];
  while (left.length > 0) {
    for (const [name, value] of Object.entries(left.pop() ?? {}) as [string, unknown][]) {
      if (typeof value === 'string' && TOKEN_NAME.test(name)) found.push(value);
      if (typeof value === 'object') left.push(value);
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
/** In quotes that are perhaps never closed. */
const NAMED_LITERAL = /"(?:access|refresh|id)_token"\s*:\s*("(?:[^"\\]|\\[^])*)/g;
const NAMED_WORD = /(?:access|refresh|id)_token["']?\s*[=:>]\s*["']?([^\s"'<>&,;]{8,})/g;

function unescapeOr(read: () => unknown, otherwise: string): string {
  try {
    return String(read());
  } catch {
    return otherwise;
  }
}

/** `errors` in most answers, `Errors` in the registration's (contract.md §1); whatever stands under either counts. */
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
