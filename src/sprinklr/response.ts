import type { IncomingHttpHeaders } from 'node:http';
import type { Secrets } from '../context.ts';
import { decodeEscapes } from '../encodings.ts';
import { sanitize, WITHHELD } from '../redaction.ts';

export interface HttpResponse {
  readonly status: number;
  /** The reason phrase of the status line (RFC 9112 §4). */
  readonly reason?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the body is longer than 1 MiB. Then it is not kept. */
  readonly truncated: boolean;
  /** Whether no part of it can be quoted, because it contains more or larger tokens than can be masked. */
  readonly unquotable: boolean;
  /** How many times the call was made, including this one. */
  readonly attempts: number;
  /** Seconds to wait before the next attempt, if that is longer than the time limit allows. */
  readonly retryAfterExceedsDeadline?: number;
}

/** The reason that the server gave, in any of the known shapes, safe to print. Empty if it gave none. */
export function describeError(response: HttpResponse, secrets: Secrets): string {
  const { status, headers, body, unquotable } = response;
  if (unquotable) return WITHHELD;
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
    json['ErrorCode'],
    json['Error'],
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

/** Empty for text with incomplete markup, between whose parts could be anything, and for the bytes of a binary file. */
function textFromHtml(body: string): string {
  const text = body.slice(0, 10_000).replace(/<[^<>]*>/g, ' ');
  // eslint-disable-next-line no-control-regex
  return /[<>\x01-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? '' : text;
}

/** Tokens are masked up to this size and number. More in one response is an attack on the log. */
export const MAX_TOKEN_LENGTH = 16 * 1024;
const MAX_TOKENS = 10;
/** A shorter value cannot be masked without hiding ordinary text. */
const MIN_TOKEN_LENGTH = 8;
const MAX_NESTED_JSON = 3;
/** Text is quoted only from its start. */
const MAX_DECODED_LENGTH = 20_000;

/**
 * The values that a response contains under the names of tokens and codes, in any spelling. A failure is quoted even if it
 * is not JSON, so this also searches broken JSON, JSON inside JSON strings, forms, XML, and plain text.
 *
 * @returns `complete` is false if there are more or larger tokens than are masked. Then no part of the response can be
 *   quoted
 */
export function findTokens(body: string): { tokens: string[]; complete: boolean } {
  const decoded = decodeEscapes(body.slice(0, MAX_DECODED_LENGTH));
  const texts = [body, decoded, decodeEscapes(decoded)];
  const found = new Set([
    ...tokensInJson(parseJson(body)),
    ...texts.flatMap((text) => [...tokensInText(text)]),
  ]);
  const usable = [...found].filter((token) => token.length >= MIN_TOKEN_LENGTH);
  const tokens = usable.filter((token) => token.length <= MAX_TOKEN_LENGTH).slice(0, MAX_TOKENS);
  return { tokens, complete: tokens.length === usable.length };
}

function isTokenName(name: string): boolean {
  return /tokens?$|^(auth|authorization)code$/.test(name.replace(/[^a-z]/gi, '').toLowerCase());
}

function* tokensInJson(json: unknown, depth = 0): Generator<string> {
  const pending = [json];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string' && depth < MAX_NESTED_JSON && /^\s*[[{"]/.test(value))
      yield* tokensInJson(parseJson(value), depth + 1);
    if (Array.isArray(value)) for (const entry of value) pending.push(entry);
    if (!isRecord(value)) continue;
    for (const [name, field] of Object.entries(value)) {
      if (typeof field === 'string' && isTokenName(name)) yield field;
      else pending.push(field);
    }
  }
}

/** A name that ends in "token" and its value, in any quotes, with or without backslashes before them. */
const NAMED_VALUE = /tokens?(?:\\*["']?\s*[=:>]{1,2}|\s[^<>]{1,200}>)\s*\\*["']?([^\s"'<>&,;{}]{8,})/gi;
/** A value after such a name and any separator. With a digit in it, it is not an ordinary word. */
const NEAR_NAME = /(?:tokens?|bearer)[^\w+/]{1,12}(?=[\w+/=.~-]{0,200}\d)([\w+/=.~-]{16,})/gi;
/** The same in JSON, where the value can contain any character. Its closing quote can be missing. */
const NAMED_LITERAL = /token"\s*:\s*"((?:[^"\\]|\\[^])*)/gi;

function* tokensInText(body: string): Generator<string> {
  for (const [, literal = ''] of body.matchAll(NAMED_LITERAL)) {
    yield literal;
    yield unescapeOr(() => JSON.parse(`"${literal}"`), literal);
  }
  for (const [, value = ''] of body.matchAll(NEAR_NAME)) yield value;
  for (const { 0: match, 1: raw = '', index } of body.matchAll(NAMED_VALUE)) {
    const value = raw.replace(/\\+$/, '');
    // "Invalid token: Authenticate again."
    const isProse = /^tokens?:\s/i.test(match) && !/[\w-]/.test(body.charAt(index - 1));
    if (isProse && /^[A-Z]?[a-z]+[.!?)]*$/.test(value)) continue;
    yield value;
    yield unescapeOr(() => decodeURIComponent(value), value);
    yield value
      .replace(/\\+\//g, '/')
      .replace(/\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  }
}

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

/** Undefined for text that is not JSON, and for JSON whose nesting or size would cost hundreds of megabytes. */
export function parseJson(text: string): unknown {
  if (isTooLarge(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MAX_NESTING = 1000;
/** Arrays and objects. The documented responses contain fewer than ten. */
const MAX_CONTAINERS = 100_000;

function isTooLarge(text: string): boolean {
  let depth = 0;
  let containers = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '\\') index++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === ']' || character === '}') depth--;
    else if (character === '[' || character === '{') {
      depth++;
      containers++;
      if (depth > MAX_NESTING || containers > MAX_CONTAINERS) return true;
    }
  }
  return false;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
