import type { IncomingHttpHeaders } from 'node:http';

/**
 * Seconds until the next attempt: what the server asks for, otherwise 1 s, 2 s, 4 s, …
 * (docs/development/sprinklr-api.md, "Rate limits"). The random part spreads jobs that were rejected together.
 *
 * @param attempt the attempt that failed, from 1
 * @param random from 0 up to 1
 */
export function retryDelaySeconds(after: {
  attempt: number;
  random: number;
  headers: IncomingHttpHeaders | undefined;
  now: Date;
}): number {
  const requested = after.headers === undefined ? undefined : requestedDelaySeconds(after.headers, after.now);
  return requested === undefined
    ? 2 ** (after.attempt - 1) * (1 + after.random / 2)
    : Math.min(requested, MAX_DELAY_SECONDS) + after.random / 4;
}

/** One day, which is longer than any time limit. A header can contain any number of digits. */
const MAX_DELAY_SECONDS = 24 * 3600;

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), else `X-RateLimit-Reset` (epoch seconds). */
function requestedDelaySeconds(headers: IncomingHttpHeaders, runnerNow: Date): number | undefined {
  // The times in the headers follow the server's clock, which its Date header shows.
  const now = serverDate(headers) ?? runnerNow;
  const until = (instant: number | undefined): number | undefined =>
    instant === undefined ? undefined : Math.max(0, (instant - now.valueOf()) / 1000);

  const retryAfter = headers['retry-after']?.trim() ?? '';
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const reset = headers['x-ratelimit-reset'];
  return (
    until(httpDate(retryAfter)?.valueOf()) ??
    (typeof reset === 'string' && /^\d+$/.test(reset) ? until(Number(reset) * 1000) : undefined)
  );
}

/** The time in a response's `Date` header, if it has a readable one. */
export function serverDate(headers: IncomingHttpHeaders): Date | undefined {
  return httpDate(headers.date ?? '');
}

/** RFC 9110 §5.6.7: three formats, one of them without GMT. JavaScript alone would accept `-5` as a date. */
function httpDate(text: string): Date | undefined {
  const utc = text.replace(
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}$/,
    (local) => local.replace(/^.../, '$&,').concat(' GMT'),
  );
  const date = new Date(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .+ GMT$/.test(utc) ? utc : '');
  return Number.isNaN(date.valueOf()) ? undefined : date;
}
