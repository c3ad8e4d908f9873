import { once } from 'node:events';
import { createServer as createPlainServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SimulatorOptions } from './types.ts';

interface Listening {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Starts a server; rejects if the address is taken. */
export async function listen(
  listener: RequestListener,
  { host = '127.0.0.1', port = 0, tls }: SimulatorOptions,
): Promise<Listening> {
  const server = tls === undefined ? createPlainServer(listener) : createTlsServer(tls, listener);
  // closeAllConnections() does not know a socket that is still in its TLS handshake, nor one that a fault took over.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, 'listening');

  const scheme = tls === undefined ? 'http' : 'https';
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    origin: `${scheme}://${name}:${(server.address() as AddressInfo).port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
