import { randomBytes, X509Certificate } from 'node:crypto';
import { RateLimiter } from './rate-limit.ts';
import type { App, GatewayName, RecordedRequest, SimulatorOptions } from './types.ts';

const CODE_LIFETIME_MS = 600_000;
const PARTNER_ID = 80000;
/** As many as fit on the front page. */
const MAX_RECENT_REQUESTS = 20;

interface RegisteredCertificate {
  readonly apiKey: string;
  readonly certificate: X509Certificate;
}

export interface LiveToken {
  readonly token: string;
  /** Epoch milliseconds, as is `expiresAt`. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The `sub` of the JWT. Undefined for a token of the authorization code grant. */
  readonly username: string | undefined;
}

/** The settings of a simulator, its clock, and everything that it remembers between requests. */
export class State {
  readonly gateway: GatewayName;
  readonly acceptFormBody: boolean;
  /** Seconds. */
  readonly tokenLifetime: number;
  readonly rateLimiter: RateLimiter;
  /** Seconds; a `clock` fault sets it. */
  clockOffset = 0;
  /** Whether an `iat` in the future is rejected without tolerance; a `strict-iat` fault sets it for one request. */
  strictIat = false;
  readonly requests: RecordedRequest[] = [];
  /** For the front page, oldest first. */
  readonly recentRequests: RecordedRequest[] = [];
  /** By App ID. */
  readonly certificates = new Map<string, RegisteredCertificate>();
  /** By API key, as are the live tokens. */
  readonly apps = new Map<string, App>();
  readonly #liveTokens = new Map<string, LiveToken>();
  readonly #codes = new Map<string, { apiKey: string; expiresAt: number }>();
  /** By `jti`, when each expires in epoch milliseconds. */
  readonly #usedAssertions = new Map<string, number>();
  readonly #keepRequests: boolean;
  readonly #clock: () => number;

  constructor(options: SimulatorOptions) {
    this.gateway = options.gateway ?? 'api2';
    this.acceptFormBody = options.acceptFormBody ?? true;
    this.tokenLifetime = options.tokenLifetime ?? 2_591_999;
    this.rateLimiter = new RateLimiter(this.gateway, options.rateLimit);
    this.#keepRequests = options.keepRequests ?? true;
    this.#clock = options.now ?? Date.now;
    for (const app of options.apps ?? []) this.addApp(app);
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.#clock() + this.clockOffset * 1000;
  }

  record(request: RecordedRequest): void {
    if (this.#keepRequests) this.requests.push(request);
    // Reloading the front page must not push the other requests off it.
    if (request.endpoint === 'front') return;
    this.recentRequests.push(request);
    if (this.recentRequests.length > MAX_RECENT_REQUESTS) this.recentRequests.shift();
  }

  addApp(app: App): void {
    const environment = app.environment === 'prod' ? '' : app.environment;
    this.apps.set(app.apiKey, { ...app, environment });
  }

  /** Stores a certificate and returns its App ID. Throws what `X509Certificate` throws. */
  register(pem: string, apiKey: string): string {
    const certificate = new X509Certificate(pem);
    let registeredAt = Math.trunc(this.now());
    while (this.certificates.has(encodeAppId(registeredAt))) registeredAt += 1;
    const appId = encodeAppId(registeredAt);
    this.certificates.set(appId, { apiKey, certificate });
    return appId;
  }

  /**
   * Issues the one live token of the API key. It invalidates the previous one, whichever job uses it
   * (docs/development/sprinklr-api.md, "Exchange the JWT").
   */
  issueToken(apiKey: string, username?: string): string {
    const issuedAt = this.now();
    const token = randomToken();
    const expiresAt = issuedAt + this.tokenLifetime * 1000;
    this.#liveTokens.set(apiKey, { token, issuedAt, expiresAt, username });
    return token;
  }

  liveToken(apiKey: string): LiveToken | undefined {
    const live = this.#liveTokens.get(apiKey);
    return live !== undefined && this.now() < live.expiresAt ? live : undefined;
  }

  /** Issues an authorization code, valid for 10 minutes. */
  issueCode(apiKey: string): string {
    const code = randomBytes(12).toString('hex');
    this.#codes.set(code, { apiKey, expiresAt: this.now() + CODE_LIFETIME_MS });
    return code;
  }

  /** Redeems a code. False if the code belongs to another API key, has expired, or was redeemed before. */
  redeemCode(code: string, apiKey: string): boolean {
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    return issued?.apiKey === apiKey && this.now() < issued.expiresAt;
  }

  /**
   * Marks an assertion as used, by its `jti`, until it expires (epoch milliseconds). False if it was used before. An expired
   * assertion is rejected anyway, so its `jti` is deleted.
   */
  useAssertion(jti: string, expiresAt: number): boolean {
    for (const [used, expiry] of this.#usedAssertions)
      if (expiry <= this.now()) this.#usedAssertions.delete(used);
    if (this.#usedAssertions.has(jti)) return false;
    this.#usedAssertions.set(jti, expiresAt);
    return true;
  }
}

/** Formatted like the example in docs/development/sprinklr-api.md, "Register a certificate", so that it ends in `=` signs. */
function encodeAppId(registeredAt: number): string {
  return Buffer.from(`{"pId":${PARTNER_ID}, "tId":${registeredAt}}`).toString('base64');
}

/** Real tokens can contain characters that percent-encoding changes. These always do, so that tests find mistakes. */
export function randomToken(): string {
  for (;;) {
    const token = randomBytes(77).toString('base64');
    if (token.includes('+') && token.includes('/')) return token;
  }
}
