import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { afterEach } from '@jest/globals';

export interface ReceivedRequest {
  /** With its query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanups.splice(0)) cleanUp();
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server whose response can depend on the request, which the simulator doesn't offer; closed after the test. */
export async function startServer(
  respond: (request: ReceivedRequest) => { status: number; body: string },
): Promise<{ origin: string; requests: readonly ReceivedRequest[] }> {
  const requests: ReceivedRequest[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      const received = { url: request.url ?? '', headers: request.headers, body };
      requests.push(received);
      const { status, body: text } = respond(received);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(text);
    });
  });
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: await listen(server), requests };
}

/** A server that responds to each request with these bytes, and closes the connection. Returns its origin. */
export async function startRawServer(response: string): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end(response));
  });
  cleanups.push(() => server.close());
  return listen(server);
}

/** The origin of a port on which no server listens. */
export async function closedPort(): Promise<string> {
  const server = createServer();
  const origin = await listen(server);
  server.close();
  await once(server, 'close');
  return origin;
}
