import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach } from '@jest/globals';

interface Tunnel {
  /** `host:port`, as the client requested it. */
  readonly to: string;
  readonly authorization: string | undefined;
}

export interface Proxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** The tunnels that clients requested, in order. */
  readonly tunnels: readonly Tunnel[];
  /** Requests that were sent to it instead of through a tunnel. */
  readonly plain: readonly string[];
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/**
 * Starts an HTTP proxy that connects every tunnel to one local port; closed after the test.
 *
 * @param status of its responses to CONNECT; 0 for no response
 */
export async function startProxy({ to, status = 200 }: { to: string; status?: number }): Promise<Proxy> {
  const port = Number(new URL(to).port);
  const tunnels: Tunnel[] = [];
  const plain: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };

  const server = createServer((request, response) => {
    plain.push(request.url ?? '');
    response.writeHead(400).end();
  });
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    tunnels.push({ to: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    if (status === 0) return;
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} Refused\r\nProxy-Authenticate: Basic realm="proxy"\r\n\r\n`);
      return;
    }
    const sprinklr = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(sprinklr).pipe(client);
    });
    keep(sprinklr);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  closing.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, plain };
}
