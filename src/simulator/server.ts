import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { findRoute, header, requireEndpoint } from './api-gateway.ts';
import { errorInForm } from './error-forms.ts';
import { applyFault, whole, type Delivery, type FaultQueues } from './faults.ts';
import { apptoken, authorize, token } from './oauth.ts';
import { frontPage } from './pages.ts';
import { applicationError, RejectedRequest, type SimulatedResponse } from './responses.ts';
import { me, register } from './rest-api.ts';
import type { State } from './state.ts';
import type { Fault, RecordedRequest, SimulatorOptions } from './types.ts';

const handlers = { front: frontPage, register, apptoken, token, authorize, me };

interface Server {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Starts an HTTP or HTTPS server. Rejects if the address is in use. */
export async function startServer(
  listener: RequestListener,
  { host = '127.0.0.1', port = 0, tls }: SimulatorOptions,
): Promise<Server> {
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  // closeAllConnections() misses sockets that are still in their TLS handshake or that a fault has taken over.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');

  const scheme = tls === undefined ? 'http' : 'https';
  const hostname = host.includes(':') ? `[${host}]` : host;
  return {
    origin: `${scheme}://${hostname}:${(server.address() as AddressInfo).port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface ListenerOptions {
  readonly faults: FaultQueues;
  readonly log: (line: string) => void;
  readonly acceptsHost: (header: string | undefined) => boolean;
}

/** Records each request, then sends its response or its fault, and logs one line. */
export function createListener(state: State, { faults, log, acceptsHost }: ListenerOptions): RequestListener {
  return (incoming, response) => {
    const startedAt = performance.now();
    const request = toRecordedRequest(state, incoming);
    const isAccepted = acceptsHost(incoming.headers.host);
    if (isAccepted) state.record(request);
    readBody(incoming, (body) => {
      request.body = body ?? '';
      const notes: string[] = [];
      const delivery = !isAccepted
        ? rejectedDelivery({ status: 421, reason: 'Host is not this machine' }, notes)
        : body === undefined
          ? rejectedDelivery({ status: 413, reason: 'the body is longer than 1 MiB' }, notes)
          : deliver(state, { request, faults, notes });
      request.status = delivery.status;
      const milliseconds = Math.round(performance.now() - startedAt);
      const line = `${request.method} ${request.path} ${delivery.status ?? '-'} ${milliseconds} ms`;
      log(notes.length > 0 ? `${line} (${notes.join('; ')})` : line);

      // Otherwise Node sends the time of the real clock.
      response.setHeader('Date', new Date(state.now()).toUTCString());
      delivery.send(response);
    });
  };
}

/** A rejection by the simulator itself, in plain text. No Sprinklr server sends it. */
function rejectedDelivery({ status, reason }: { status: number; reason: string }, notes: string[]): Delivery {
  notes.push(reason);
  const headers = { 'Content-Type': 'text/plain' };
  return whole({ status, headers, body: `The simulator rejected this request: ${reason}.\n` });
}

interface Handling {
  readonly request: RecordedRequest;
  readonly faults: FaultQueues;
  /** Collects what the log says about the request. */
  readonly notes: string[];
}

function deliver(state: State, { request, faults, notes }: Handling): Delivery {
  const fault = nextFault(faults, request);
  if (fault.kind === 'clock') state.clockOffset = fault.seconds;
  state.strictIat = fault.kind === 'strict-iat';
  if (fault.kind !== 'none') notes.push(`fault: ${fault.kind}`);
  const apiKey =
    header(request, 'key') ?? header(request, 'x-api-key') ?? request.query.get('client_id') ?? '';
  return applyFault(fault, {
    respond: () => respond(state, request, (reason) => notes.push(reason)),
    errorResponse: (status, form = 'application') =>
      errorInForm(form, { status, path: request.path, apiKey, now: state.now() }),
    apiKey,
  });
}

function toRecordedRequest(
  state: State,
  { method = '', url = '', headers }: IncomingMessage,
): RecordedRequest {
  const [path = '', ...query] = url.split('?');
  return {
    method,
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
    body: '',
    ...findRoute(state.gateway, path),
    status: undefined,
    at: state.now(),
  };
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Passes undefined for a body that is too long. Never calls `onBody` if the client disconnects first. */
function readBody(incoming: IncomingMessage, onBody: (body: string | undefined) => void): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    // Reads the rest, too: some clients read the response only after they have sent everything.
    if (bytes > MAX_BODY_BYTES) chunks = [];
    else chunks.push(chunk);
  });
  incoming.on('end', () => {
    onBody(bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString());
  });
  incoming.on('error', () => undefined);
}

function nextFault(faults: FaultQueues, { endpoint }: RecordedRequest): Fault {
  return endpoint === undefined || endpoint === 'front' ? { kind: 'none' } : faults.next(endpoint);
}

function respond(
  state: State,
  request: RecordedRequest,
  onRejected: (reason: string) => void,
): SimulatedResponse {
  try {
    return handlers[requireEndpoint(state, request)](state, request);
  } catch (error) {
    if (error instanceof RejectedRequest) {
      onRejected(error.message);
      return error.response;
    }
    // A bug in the simulator or an invalid setting of an app. The server keeps running, as Sprinklr would.
    onRejected('internal error in the simulator');
    return applicationError(500, request.path, state.now());
  }
}
