import type { IncomingHttpHeaders } from 'node:http';
import type { TlsOptions } from 'node:tls';

/** `api2` speaks Mashery's errors, `api3` Apigee's; each has its own register path (contract.md, Two gateways). */
export type Gateway = 'api2' | 'api3';

export type Endpoint = 'register' | 'apptoken' | 'token' | 'authorize' | 'me';

/** A developer app, as the portal's owner made it. */
export interface App {
  apiKey: string;
  apiSecret: string;
  redirectUri: string;
  /** `''` (or `prod`) is the default production environment. */
  environment: string;
  /** What `/api/v2/me` says; default 66000002. */
  workspaceId?: number;
}

/** One thing that goes wrong, once. */
export type Fault =
  | { kind: 'none' }
  /** Without a body: the error of an application behind the gateway. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** The socket is destroyed before any answer. */
  | { kind: 'reset' }
  /** No answer, ever. */
  | { kind: 'hang' }
  /** The request is served as usual, but its answer's body comes one byte at a time. */
  | { kind: 'drip'; everyMs: number }
  /** The request is served as usual, but half of the answer is lost. */
  | { kind: 'cut' }
  /** JSON that goes on and on; default 2 MiB, without a Content-Length. */
  | { kind: 'giant'; bytes?: number }
  /** 429; `after` in seconds, or an HTTP date. */
  | { kind: 'retry-after'; after: number | string }
  /** From this request on, the simulator's clock is this many seconds off; the request is served as usual. */
  | { kind: 'clock'; seconds: number }
  | { kind: 'redirect'; location: string }
  /** 200 with the HTML page of some proxy on the way. */
  | { kind: 'html' }
  /** 200 that says it is JSON, and is not. */
  | { kind: 'garbage' }
  /** 200 with this JSON. */
  | { kind: 'body'; json: unknown }
  /** Bytes that are no HTTP. */
  | { kind: 'not-http' };

export interface SimulatorOptions {
  /** More can come with `addApp`. Without any, every key is answered with 403 Developer Inactive. */
  apps?: readonly App[];
  /** Whose paths are served, and in whose dialect the gateway refuses; default `api2`. */
  gateway?: Gateway;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free one. */
  port?: number;
  /** Passed through to `node:https`; without it, plain HTTP. */
  tls?: { key: string; cert: string } & Pick<
    TlsOptions,
    'ca' | 'requestCert' | 'rejectUnauthorized' | 'minVersion' | 'maxVersion'
  >;
  /** The simulator's clock, epoch milliseconds; default `Date.now`. */
  now?: () => number;
  /** Per API key; default `RATE_LIMIT`. */
  rateLimit?: { perSecond: number; perHour: number };
  /** Seconds; default 2591999. */
  tokenLifetime?: number;
  /** Whether the exchange also takes its parameters in a form body, which no source states; default true. */
  apptokenBody?: boolean;
  /** Whether `requests` holds all that was received; default true. Whoever runs for long and asks nothing keeps none. */
  keepRequests?: boolean;
  /** Gets one line per request, without anything secret in it. */
  log?: (line: string) => void;
}

/** A request as it came in, secrets and all: for assertions. */
export interface RecordedRequest {
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  body: string;
  /** `''` is the default production environment. */
  readonly environment: string;
  /** `front` is the page at `/`; undefined where there is nothing. */
  readonly endpoint: Endpoint | 'front' | undefined;
  /** The App ID in an exchange's path, decoded; else `''`. */
  readonly appId: string;
  /** Undefined while there is no answer, and after a fault that gives none. */
  status: number | undefined;
  /** Epoch milliseconds by the simulator's clock. */
  readonly at: number;
}

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly origin: string;
  /** Everything received so far, in order, unless `keepRequests` is false. */
  readonly requests: readonly RecordedRequest[];
  addApp(app: App): void;
  /** Registers a certificate as if it had been done before; returns its App ID. Costs no token and no request. */
  register(certificatePem: string, apiKey: string): string;
  /** An authorization code, as if a person had consented just now. */
  issueCode(apiKey: string): string;
  /** A token as from the code grant; kills the one before. */
  issueAccessToken(apiKey: string): string;
  /** The one token that works for this key now. */
  liveToken(apiKey: string): string | undefined;
  /** Queues faults: each request to that endpoint consumes one. `any` is consumed where the endpoint's own queue is empty. */
  fault(endpoint: Endpoint | 'any', ...faults: Fault[]): void;
  /** Stops at once: open sockets are destroyed. */
  close(): Promise<void>;
}
