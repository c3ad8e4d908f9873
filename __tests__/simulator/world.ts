import { afterEach } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { request, type IncomingHttpHeaders } from 'node:http';
import { importPKCS8, SignJWT, type JWTPayload } from 'jose';
import {
  startSimulator,
  type App,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/simulator.ts';
import type { Material } from '../material.ts';

export const app: App = {
  apiKey: 'pq7sekj8fh2bx9ad',
  apiSecret: 'sEcReT+with/odd=characters&more',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};

const open: Simulator[] = [];
afterEach(async () => {
  for (const simulator of open.splice(0)) await simulator.close();
});

/** A simulator that knows `app`, has no narrow limits, and is closed after the test. */
export async function sprinklr(options: SimulatorOptions = {}): Promise<Simulator> {
  const rateLimit = { perSecond: 1e6, perHour: 1e6 };
  const simulator = await startSimulator({ apps: [app], rateLimit, ...options });
  open.push(simulator);
  return simulator;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One raw request. Rejects where no whole answer comes. */
export function call(
  { origin }: Simulator,
  path: string,
  { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: object; body?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    // Not as one URL: its constructor would encode what a test wants raw.
    const { hostname, port } = new URL(origin);
    const options = { hostname, port, path, method, headers: { ...headers }, agent: false };
    const outgoing = request(options, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(parts).toString(),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** Signs an assertion that is right in everything `claims` and `header` do not change; undefined leaves a claim out. */
export async function sign(
  material: Material,
  claims: JWTPayload & { iss: string },
  { alg = 'RS256', now = Date.now(), header = {} } = {},
): Promise<string> {
  const issued = Math.floor(now / 1000);
  const right = {
    sub: 'ci-bot@example.com',
    aud: 'https://www.sprinklr.com/',
    iat: issued,
    exp: issued + 180,
    jti: randomUUID(),
  };
  const key = await importPKCS8(
    `-----BEGIN PRIVATE KEY-----\n${material.secret}\n-----END PRIVATE KEY-----`,
    alg,
  );
  return new SignJWT({ ...right, ...claims }).setProtectedHeader({ alg, typ: 'JWT', ...header }).sign(key);
}

/** The exchange's parameters, with some changed; undefined leaves one out. */
export function parametersOf(assertion: string, changes: Record<string, string | undefined> = {}): string {
  const all: Record<string, string | undefined> = {
    client_id: app.apiKey,
    client_secret: app.apiSecret,
    redirect_uri: app.redirectUri,
    grant_type: 'authorization_code',
    refresh_token: assertion,
    ...changes,
  };
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return new URLSearchParams(given).toString();
}

/** One exchange as the documentation has it: parameters in the query. */
export function exchange(
  simulator: Simulator,
  appId: string,
  { query = '', body = '', headers = {} }: { query?: string; body?: string; headers?: object },
): Promise<Reply> {
  const path = `/prod2/oauth/apptoken/${encodeURIComponent(appId)}?${query}`;
  return call(simulator, path, { method: 'POST', headers: { key: app.apiKey, ...form, ...headers }, body });
}

/** `/api/v2/me` with a token. */
export function me(simulator: Simulator, token: string): Promise<Reply> {
  return call(simulator, '/prod2/api/v2/me', {
    headers: { Authorization: `Bearer ${token}`, Key: app.apiKey },
  });
}

/** A JSON body's fields. */
export function fields(reply: Reply): Record<string, unknown> {
  return JSON.parse(reply.body) as Record<string, unknown>;
}
