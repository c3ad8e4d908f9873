import { randomBytes, X509Certificate } from 'node:crypto';
import type { App } from './types.ts';

const codeLifetime = 600_000;
const partner = 80000;

export interface Registration {
  readonly appId: string;
  readonly apiKey: string;
  readonly certificate: X509Certificate;
}

export interface LiveToken {
  readonly token: string;
  /** Epoch ms. */
  readonly since: number;
  readonly until: number;
  /** The `sub` it was made for; undefined for a token of the code grant. */
  readonly username: string | undefined;
}

/** Everything the simulator remembers between two requests. */
export class State {
  readonly tokenLifetime: number;
  readonly #now: () => number;
  readonly #apps = new Map<string, App>();
  readonly #registrations = new Map<string, Registration>();
  readonly #tokens = new Map<string, LiveToken>();
  readonly #codes = new Map<string, { apiKey: string; until: number }>();
  readonly #assertions = new Set<string>();

  constructor(now: () => number, tokenLifetime: number) {
    this.#now = now;
    this.tokenLifetime = tokenLifetime;
  }

  get apps(): App[] {
    return [...this.#apps.values()];
  }

  get registrations(): Registration[] {
    return [...this.#registrations.values()];
  }

  addApp(app: App): void {
    const environment = app.environment === 'prod' ? '' : app.environment;
    this.#apps.set(app.apiKey, { ...app, environment });
  }

  app(apiKey: string): App | undefined {
    return this.#apps.get(apiKey);
  }

  /** Keeps a certificate and returns its App ID. Throws what `X509Certificate` throws. */
  register(pem: string, apiKey: string): string {
    const certificate = new X509Certificate(pem);
    let registeredAt = Math.trunc(this.#now());
    while (this.#registrations.has(appIdOf(registeredAt))) registeredAt += 1;
    const appId = appIdOf(registeredAt);
    this.#registrations.set(appId, { appId, apiKey, certificate });
    return appId;
  }

  registration(appId: string): Registration | undefined {
    return this.#registrations.get(appId);
  }

  /** Makes the key's one live token; the one before is dead from now on, whoever holds it (contract.md §3). */
  issueToken(apiKey: string, username?: string): string {
    const since = this.#now();
    const token = randomToken();
    this.#tokens.set(apiKey, { token, since, until: since + this.tokenLifetime * 1000, username });
    return token;
  }

  liveToken(apiKey: string): LiveToken | undefined {
    const live = this.#tokens.get(apiKey);
    return live !== undefined && this.#now() < live.until ? live : undefined;
  }

  /** Makes a code of 10 minutes (contract.md §4). */
  issueCode(apiKey: string): string {
    const code = randomBytes(12).toString('hex');
    this.#codes.set(code, { apiKey, until: this.#now() + codeLifetime });
    return code;
  }

  /** Uses a code up; false if it was not this key's, or too old, or used before. */
  spendCode(code: string, apiKey: string): boolean {
    const issued = this.#codes.get(code);
    this.#codes.delete(code);
    return issued?.apiKey === apiKey && this.#now() < issued.until;
  }

  /** Remembers an assertion by its `jti`; false if it has been here before. */
  spendAssertion(jti: string): boolean {
    if (this.#assertions.has(jti)) return false;
    this.#assertions.add(jti);
    return true;
  }
}

/** In the very spelling of contract.md §1, whose length makes the base64 end in `=` signs. */
function appIdOf(registeredAt: number): string {
  return Buffer.from(`{"pId":${partner}, "tId":${registeredAt}}`).toString('base64');
}

/** Real tokens hold characters that percent-encoding changes (contract.md §3), so every one of these does. */
export function randomToken(): string {
  for (;;) {
    const token = randomBytes(77).toString('base64');
    if (token.includes('+') && token.includes('/')) return token;
  }
}
