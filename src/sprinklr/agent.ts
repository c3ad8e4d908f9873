import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';

export interface AgentOptions {
  readonly proxy: URL | undefined;
  /** Whether the next request can use the connection of the last one. */
  readonly keepAlive: boolean;
  /** PEM text, for apps with mutual TLS. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string } | undefined;
}

/** What the agent observed about the current request. */
export interface Observation {
  /** Whether the connection to the target became ready, because the request is sent at once then. */
  sent: boolean;
  /** Whether the request used a connection that was already open. The server may have closed it in the meantime. */
  reused: boolean;
  /** Whether the head of a response arrived. */
  responded: boolean;
}

/** Why there is no tunnel: the proxy's response, or an error of the connection to the proxy. */
export class ProxyError extends Error {
  readonly proxy: URL;
  readonly status: number | undefined;
  /** The `Proxy-Authenticate` header (RFC 9110 §11.7.1). */
  readonly challenge: string;

  constructor(proxy: URL, details: { status?: number; challenge?: string; cause?: unknown }) {
    super('No tunnel through the proxy', { cause: details.cause });
    this.proxy = proxy;
    this.status = details.status;
    this.challenge = details.challenge ?? '';
  }
}

/**
 * How long to try one address of a host before the next one. Node's default of 250 ms is too short for networks that drop
 * packets for one address family and are slow for the other.
 */
const ADDRESS_ATTEMPT_TIMEOUT_MS = 2500;

type ConnectOptions = https.AgentOptions & { host?: string; port?: number | string; servername?: string };
type ConnectCallback = (error: Error | null, socket?: Duplex) => void;

/** An agent for one sequence of requests to one origin, which observes whether each request was sent. */
export function createAgent(
  protocol: string,
  options: AgentOptions,
): { agent: http.Agent; observation: Observation } {
  const observation: Observation = { sent: false, reused: false, responded: false };
  const agent =
    protocol === 'https:' ? new HttpsAgent(options, observation) : new HttpAgent(options, observation);
  return { agent, observation };
}

class HttpAgent extends http.Agent {
  readonly #observation: Observation;

  constructor({ keepAlive }: AgentOptions, observation: Observation) {
    super({ keepAlive });
    this.#observation = observation;
  }

  override createConnection(options: ConnectOptions): Duplex | undefined {
    const socket = super.createConnection(connectOptions(options)) ?? undefined;
    return socket?.once('connect', () => (this.#observation.sent = true));
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    Object.assign(this.#observation, { sent: true, reused: true });
    super.reuseSocket(socket, request);
  }
}

class HttpsAgent extends https.Agent {
  readonly #proxy: URL | undefined;
  readonly #observation: Observation;
  #tunnelRequest: http.ClientRequest | undefined;

  constructor({ keepAlive, clientCertificate, proxy }: AgentOptions, observation: Observation) {
    // Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED cannot turn it off.
    super({ keepAlive, ...clientCertificate, rejectUnauthorized: true });
    this.#proxy = proxy;
    this.#observation = observation;
  }

  override createConnection(options: ConnectOptions, callback: ConnectCallback): Duplex | undefined {
    const secure = (tunnel?: Duplex): Duplex | undefined => {
      const target = { ...connectOptions(options), ...(tunnel && { socket: tunnel }) };
      const socket = super.createConnection(target) ?? undefined;
      return socket?.once('secureConnect', () => (this.#observation.sent = true));
    };
    if (this.#proxy === undefined) return secure();
    this.#tunnelRequest = openTunnel(this.#proxy, options, (error, socket) => {
      this.#tunnelRequest = undefined;
      if (error) callback(error);
      else callback(null, secure(socket));
    });
    return undefined;
  }

  override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
    Object.assign(this.#observation, { sent: true, reused: true });
    super.reuseSocket(socket, request);
  }

  override destroy(): void {
    this.#tunnelRequest?.destroy();
    super.destroy();
  }
}

function connectOptions<Options extends ConnectOptions>(options: Options): Options {
  return {
    ...options,
    ...(options.host !== undefined && { host: withoutBrackets(options.host) }),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_TIMEOUT_MS,
  };
}

/** Opens a tunnel through a proxy (RFC 9110 §9.3.6). The proxy sees only the target's host and port. */
function openTunnel(proxy: URL, target: ConnectOptions, callback: ConnectCallback): http.ClientRequest {
  const authority = `${target.host ?? ''}:${target.port ?? 443}`;
  const credentials = decodeURIComponent(`${proxy.username}:${proxy.password}`);
  const isTls = proxy.protocol === 'https:';
  const connection = connectOptions({ host: proxy.hostname });
  const request = (isTls ? https : http).request({
    ...connection,
    port: proxy.port || (isTls ? 443 : 80),
    // Node would use the Host header, which names the target. An IP address has no server name (RFC 6066 §3).
    ...(isTls && {
      servername: isIP(connection.host) === 0 ? connection.host : '',
      rejectUnauthorized: true,
    }),
    method: 'CONNECT',
    path: authority,
    agent: false,
    headers: {
      Host: authority,
      ...(credentials !== ':' && {
        'Proxy-Authorization': `Basic ${Buffer.from(credentials).toString('base64')}`,
      }),
    },
  });
  request.once('connect', ({ statusCode: status = 0, headers }, socket) => {
    if (status >= 200 && status < 300) {
      callback(null, socket);
      return;
    }
    socket.destroy();
    const challenge = [headers['proxy-authenticate'] ?? []].flat().join(', ');
    callback(new ProxyError(proxy, { status, challenge }));
  });
  request.once('error', (cause) => {
    callback(new ProxyError(proxy, { cause }));
  });
  request.end();
  return request;
}

/** Node connects to an IPv6 address without the brackets that a URL has. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
