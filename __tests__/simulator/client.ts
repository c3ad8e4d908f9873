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
import { sharedMaterial, type Material } from '../material.ts';

export const app: App = {
  apiKey: 'pq7sekj8fh2bx9ad',
  apiSecret: 'sEcReT+with/odd=characters&more',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};

export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

const running: Simulator[] = [];
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.close();
});

/** Starts a simulator that knows `app` and practically has no rate limit. It is closed after the test. */
export async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const rateLimit = { perSecond: 1e6, perHour: 1e6 };
  const simulator = await startSimulator({ apps: [app], rateLimit, ...options });
  running.push(simulator);
  return simulator;
}

/** Also registers the certificate of `sharedMaterial()`. */
export async function startRegistered(
  options: SimulatorOptions = {},
): Promise<{ simulator: Simulator; appId: string }> {
  const simulator = await start(options);
  return { simulator, appId: simulator.register(sharedMaterial().certificate, app.apiKey) };
}

export interface ReceivedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface RequestParts {
  readonly method?: string;
  readonly headers?: object;
  readonly body?: string;
}

/** Sends one request. Rejects if the response is incomplete. */
export function send(
  { origin }: Pick<Simulator, 'origin'>,
  path: string,
  { method = 'GET', headers = {}, body = '' }: RequestParts = {},
): Promise<ReceivedResponse> {
  return new Promise((resolve, reject) => {
    // Not as one URL, because its constructor encodes what a test wants to send raw.
    const { hostname, port } = new URL(origin);
    const options = {
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      path,
      method,
      headers: { ...headers },
      agent: false,
    };
    const outgoing = request(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode = 0, headers: received } = incoming;
        resolve({ status: statusCode, headers: received, body: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export function post(
  simulator: Simulator,
  path: string,
  parts: RequestParts = {},
): Promise<ReceivedResponse> {
  return send(simulator, path, { method: 'POST', headers: FORM, ...parts });
}

export function json(response: ReceivedResponse): Record<string, unknown> {
  return JSON.parse(response.body) as Record<string, unknown>;
}

/** Signs a JWT that is valid except for what `claims` and `header` change. Undefined removes a claim. */
export async function sign(
  { secret }: Material,
  claims: JWTPayload & { iss: string },
  { alg = 'RS256', now = Date.now(), header = {} } = {},
): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const valid = {
    sub: 'ci-bot@example.com',
    aud: 'https://www.sprinklr.com/',
    iat: issuedAt,
    exp: issuedAt + 180,
    jti: randomUUID(),
  };
  const key = await importPKCS8(`-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`, alg);
  return new SignJWT({ ...valid, ...claims }).setProtectedHeader({ alg, typ: 'JWT', ...header }).sign(key);
}

export type Changes = Record<string, string | undefined>;

/** Encodes parameters. Undefined removes one. */
export function encode(parameters: Changes): string {
  const defined = Object.entries(parameters).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return new URLSearchParams(defined).toString();
}

const clientParameters = {
  client_id: app.apiKey,
  client_secret: app.apiSecret,
  redirect_uri: app.redirectUri,
  grant_type: 'authorization_code',
};

/** The parameters of a token exchange. */
export function exchangeParameters(jwt: string, changes: Changes = {}): string {
  return encode({ ...clientParameters, refresh_token: jwt, ...changes });
}

/** The parameters of an authorization code grant. */
export function codeParameters(code: string, changes: Changes = {}): string {
  return encode({ ...clientParameters, code, ...changes });
}

/** Exchanges a JWT as documented, with parameters in the query. */
export function exchange(
  simulator: Simulator,
  appId: string,
  { query = '', body = '', headers = {} }: { query?: string; body?: string; headers?: object },
): Promise<ReceivedResponse> {
  const path = `/prod2/oauth/apptoken/${encodeURIComponent(appId)}?${query}`;
  return post(simulator, path, { headers: { key: app.apiKey, ...FORM, ...headers }, body });
}

export function redeem(simulator: Simulator, code: string, changes: Changes = {}): Promise<ReceivedResponse> {
  return post(simulator, `/prod2/oauth/token?${codeParameters(code, changes)}`);
}

export function whoAmI(
  simulator: Simulator,
  token: string,
  { path = '/prod2/api/v2/me', key = app.apiKey } = {},
): Promise<ReceivedResponse> {
  return send(simulator, path, { headers: { Authorization: `Bearer ${token}`, Key: key } });
}
