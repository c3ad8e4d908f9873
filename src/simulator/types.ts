import type { IncomingHttpHeaders } from 'node:http';
import type { TlsOptions } from 'node:tls';

/**
 * `api2` responds with the errors of Mashery, `api3` with those of Apigee. Each has its own path for registering
 * (docs/development/sprinklr-api.md, "Gateways").
 */
export type GatewayName = 'api2' | 'api3';

export type Endpoint = 'register' | 'apptoken' | 'token' | 'authorize' | 'me';

/** An app on the Sprinklr developer portal. */
export interface App {
  apiKey: string;
  apiSecret: string;
  redirectUri: string;
  /** `''` or `prod` is the default production environment. */
  environment: string;
  /** The only user that can be the `sub` of a JWT. Default: any. */
  username?: string;
  /** In the response of `/api/v2/me`. Default: 66000002. */
  workspaceId?: number;
}

/** The forms of an error's body (docs/development/sprinklr-api.md, "Errors"). */
export const ERROR_FORMS = [
  'oauth',
  'list',
  'data',
  'apigee',
  'apigee-oauth',
  'mashery',
  'application',
  'empty',
  'page',
] as const;
export type ErrorForm = (typeof ERROR_FORMS)[number];

/** What goes wrong with one request. */
export type Fault =
  | { kind: 'none' }
  /** Without a body or a form: the error of an application behind the gateway. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string; form?: ErrorForm }
  /** Destroys the socket without a response. */
  | { kind: 'reset' }
  /** Never responds. */
  | { kind: 'hang' }
  /** Handles the request, but sends the body of the response one byte at a time. */
  | { kind: 'drip'; everyMs: number }
  /** Handles the request, but sends only half of the response. */
  | { kind: 'cut' }
  /** A large JSON body without a Content-Length. Default: 2 MiB. */
  | { kind: 'giant'; bytes?: number }
  /** 429. `after` is in seconds, or an HTTP date. */
  | { kind: 'retry-after'; after: number | string }
  /** Sets the simulator's clock this many seconds off, then handles the request. */
  | { kind: 'clock'; seconds: number }
  | { kind: 'redirect'; location: string }
  /** 200 with the HTML page of a proxy. */
  | { kind: 'html' }
  /** 200 with malformed JSON. */
  | { kind: 'garbage' }
  /** 200 with this JSON. */
  | { kind: 'body'; json: unknown }
  /** Handles the request, but does not say when the token expires (RFC 6749 §5.1). */
  | { kind: 'no-expiry' }
  /** Handles the request, and echoes the API key in a header. */
  | { kind: 'echo-key' }
  /** Handles the request, but rejects a JWT whose `iat` is in the future by a second. */
  | { kind: 'strict-iat' }
  /** Sends bytes that are not HTTP. */
  | { kind: 'not-http' };

export interface SimulatorOptions {
  /** `addApp` adds more. An unknown API key gets 403 Developer Inactive. */
  apps?: readonly App[];
  /** The paths and the error format. Default: `api2`. */
  gateway?: GatewayName;
  /** Default: 127.0.0.1. */
  host?: string;
  /** Default: 0, which is any free port. */
  port?: number;
  /** For `node:https`. Without it, the simulator serves plain HTTP. */
  tls?: { key: string; cert: string } & Pick<
    TlsOptions,
    'ca' | 'requestCert' | 'rejectUnauthorized' | 'minVersion' | 'maxVersion'
  >;
  /** The simulator's clock in epoch milliseconds. Default: `Date.now`. */
  now?: () => number;
  /** For each API key. Default: `RATE_LIMIT`. */
  rateLimit?: { perSecond: number; perHour: number };
  /** Seconds. Default: 2591999. */
  tokenLifetime?: number;
  /** Whether `/oauth/apptoken` accepts a form body, which no source documents. Default: true. */
  acceptFormBody?: boolean;
  /**
   * Whether only requests for this machine are accepted: a website can point its own name here, and then read the
   * responses (DNS rebinding). Default: false.
   */
  checkHost?: boolean;
  /** Whether `requests` records requests. Default: true. Turn it off to run for days without using more memory. */
  keepRequests?: boolean;
  /** Receives one line per request, without secrets. */
  log?: (line: string) => void;
}

/** A request as received, secrets included, for assertions in tests. */
export interface RecordedRequest {
  readonly method: string;
  /** As sent: percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  body: string;
  /** `''` is the default production environment. */
  readonly environment: string;
  /** `front` is the page at `/`. Undefined for an unknown path. */
  readonly endpoint: Endpoint | 'front' | undefined;
  /** The decoded App ID in the path of an exchange, otherwise `''`. */
  readonly appId: string;
  /** Undefined before the response, and after a fault without a response. */
  status: number | undefined;
  /** Epoch milliseconds of the simulator's clock. */
  readonly at: number;
}

/** A running simulator. */
export interface Simulator {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly origin: string;
  /** All requests so far, in order, unless `keepRequests` is false. */
  readonly requests: readonly RecordedRequest[];
  addApp(app: App): void;
  /** Registers a certificate without a token or a request, and returns its App ID. */
  register(certificatePem: string, apiKey: string): string;
  /** Issues an authorization code, as after the user's consent. */
  issueCode(apiKey: string): string;
  /** Issues a token, as the authorization code grant does. It invalidates the previous one. */
  issueAccessToken(apiKey: string): string;
  /** The one token of this API key that is valid now. */
  liveToken(apiKey: string): string | undefined;
  /** Queues faults, one per request. A request uses a fault of `any` if the queue of its endpoint is empty. */
  fault(endpoint: Endpoint | 'any', ...faults: Fault[]): void;
  /** Stops at once and destroys open sockets. */
  close(): Promise<void>;
}
