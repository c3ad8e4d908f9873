import { gatewayRefusal, json, Refusal } from './answers.ts';
import type { Gateway } from './types.ts';

const second = 1000;
const hour = 3600 * second;

/** What an API key may do unless its owner agreed on more (contract.md, Limits). */
export const RATE_LIMIT = { perSecond: 10, perHour: 1000 };

/** Counts the calls of each API key in sliding windows; a refused call does not count. */
export class Limits {
  readonly #calls = new Map<string, number[]>();
  readonly #gateway: Gateway;
  readonly #perSecond: number;
  readonly #perHour: number;

  constructor(gateway: Gateway, { perSecond, perHour } = RATE_LIMIT) {
    this.#gateway = gateway;
    this.#perSecond = perSecond;
    this.#perHour = perHour;
  }

  /** Counts one more call at `now` (epoch ms), or throws the gateway's refusal of it. */
  count(apiKey: string, now: number): void {
    // What lies ahead of `now` was counted before the clock was set back.
    const calls = (this.#calls.get(apiKey) ?? []).filter((at) => at > now - hour && at <= now);
    this.#calls.set(apiKey, calls);
    const recent = calls.filter((at) => at > now - second);
    if (calls.length >= this.#perHour) {
      throw this.#refusal({ name: 'Rate', limit: this.#perHour, reset: (calls[0] ?? now) + hour, now });
    }
    if (recent.length >= this.#perSecond) {
      throw this.#refusal({ name: 'QPS', limit: this.#perSecond, reset: (recent[0] ?? now) + second, now });
    }
    calls.push(now);
  }

  #refusal(over: { name: 'Rate' | 'QPS'; limit: number; reset: number; now: number }): Refusal {
    const retryAfter = Math.max(1, Math.ceil((over.reset - over.now) / second));
    const headers = {
      'Retry-After': String(retryAfter),
      'X-RateLimit-Limit': String(over.limit),
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': String(Math.ceil(over.reset / second)),
    };
    const why = `over the limit of ${over.limit} calls ${over.name === 'QPS' ? 'a second' : 'an hour'}`;
    if (this.#gateway === 'api2') {
      return gatewayRefusal('api2', { status: 403, message: `Developer Over ${over.name}`, why, headers });
    }
    const error = { code: 'RATE_LIMIT_EXCEEDED', message: 'Rate limit exceeded', details: { retryAfter } };
    return new Refusal(why, json(429, { success: false, errors: [error] }, headers));
  }
}
