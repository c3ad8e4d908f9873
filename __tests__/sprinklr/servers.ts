import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterEach } from '@jest/globals';
import { sharedMaterial } from '../material.ts';

/** What to undo after the test. */
export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanups.splice(0).map((cleanUp) => cleanUp()));
});

/** Starts a server on a loopback address, and closes it and its connections after the test. Returns its port. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  cleanups.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

interface Issued {
  /** PEM texts. */
  readonly key: string;
  readonly cert: string;
}

/** A self-signed certificate for these names and addresses. */
export function makeCertificate(names = 'DNS:localhost,DNS:sprinklr.test,IP:127.0.0.1,IP:::1'): Issued {
  const text = sharedMaterial()
    .openssl(
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=test', '-addext', `subjectAltName=${names}`, '-keyout', '-', '-out', '-'],
    )
    .toString();
  return {
    key: text.slice(0, text.indexOf('-----BEGIN CERTIFICATE')),
    cert: text.slice(text.indexOf('-----BEGIN CERTIFICATE')),
  };
}

/** Trusts a certificate until the end of the test, as NODE_EXTRA_CA_CERTS does for a whole process. */
export function trust({ cert }: Issued): void {
  const { createSecureContext } = tls;
  tls.createSecureContext = (options) => {
    const secureContext = createSecureContext(options);
    (secureContext.context as { addCACert(pem: string): void }).addCACert(cert);
    return secureContext;
  };
  cleanups.push(() => (tls.createSecureContext = createSecureContext));
}

export interface TestServer {
  readonly port: number;
  /** How many connections were made to it. */
  readonly connections: () => number;
}

export async function startHttpsServer(
  certificate: Issued,
  listener: RequestListener,
  host?: string,
): Promise<TestServer> {
  const server = createHttpsServer(certificate, listener);
  let connections = 0;
  server.on('secureConnection', () => (connections += 1));
  server.on('tlsClientError', () => undefined);
  return { port: await listen(server, host), connections: () => connections };
}

export interface TestProxy extends TestServer {
  /** What was asked for, and with which credentials. */
  readonly tunnels: readonly { readonly to: string; readonly authorization: string | undefined }[];
}

/** Starts a proxy whose tunnels all end at one port, over TLS if it has a certificate. */
export async function startProxy(
  to: number,
  { certificate, host }: { certificate?: Issued; host?: string } = {},
): Promise<TestProxy> {
  const tunnels: { to: string; authorization: string | undefined }[] = [];
  const server = certificate === undefined ? createServer() : createHttpsServer(certificate);
  let connections = 0;
  server.on('connection', () => (connections += 1));
  server.on('connect', (request, client: Socket) => {
    tunnels.push({ to: request.url ?? '', authorization: request.headers['proxy-authorization'] });
    const target = connect(to, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    target.on('error', () => client.destroy());
    client.on('error', () => target.destroy());
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
  });
  return { port: await listen(server, host), connections: () => connections, tunnels };
}
