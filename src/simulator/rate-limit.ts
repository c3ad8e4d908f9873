import { gatewayError, jsonResponse, RejectedRequest } from './responses.ts';
import type { GatewayName } from './types.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** The default limit of an API key (docs/development/sprinklr-api.md, "Rate limits"). */
export const RATE_LIMIT = { perSecond: 10, perHour: 1000 };

interface ExceededLimit {
  readonly name: 'Rate' | 'QPS';
  readonly limit: number;
  /** Epoch milliseconds. */
  readonly resetAt: number;
}

/** Counts the calls of each API key in sliding windows. Rejected calls do not count. */
export class RateLimiter {
  readonly #calls = new Map<string, number[]>();
  readonly #gateway: GatewayName;
  readonly #perSecond: number;
  readonly #perHour: number;

  constructor(gateway: GatewayName, { perSecond, perHour } = RATE_LIMIT) {
    this.#gateway = gateway;
    this.#perSecond = perSecond;
    this.#perHour = perHour;
  }

  /** Counts a call at `now` (epoch milliseconds). @throws {RejectedRequest} beyond a limit */
  count(apiKey: string, now: number): void {
    // A call later than `now` was counted before the clock was set back.
    const calls = (this.#calls.get(apiKey) ?? []).filter((at) => at > now - HOUR && at <= now);
    this.#calls.set(apiKey, calls);
    const recent = calls.filter((at) => at > now - SECOND);
    if (calls.length >= this.#perHour) {
      throw this.#error({ name: 'Rate', limit: this.#perHour, resetAt: (calls[0] ?? now) + HOUR }, now);
    }
    if (recent.length >= this.#perSecond) {
      throw this.#error({ name: 'QPS', limit: this.#perSecond, resetAt: (recent[0] ?? now) + SECOND }, now);
    }
    calls.push(now);
  }

  #error({ name, limit, resetAt }: ExceededLimit, now: number): RejectedRequest {
    const retryAfter = Math.max(1, Math.ceil((resetAt - now) / SECOND));
    const headers = {
      'Retry-After': String(retryAfter),
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(Math.ceil(resetAt / SECOND)),
    };
    const reason = `over the limit of ${limit} calls per ${name === 'QPS' ? 'second' : 'hour'}`;
    if (this.#gateway === 'api2') {
      return gatewayError('api2', { status: 403, message: `Developer Over ${name}`, reason, headers });
    }
    const error = { code: 'RATE_LIMIT_EXCEEDED', message: 'Rate limit exceeded', details: { retryAfter } };
    return new RejectedRequest(reason, jsonResponse(429, { success: false, errors: [error] }, headers));
  }
}
