import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A request as it was received. */
export interface RawRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly head: string;
  readonly body: string;
}

export interface RawServer {
  readonly origin: string;
  /** Sets how it responds from now on: with bytes, or with nothing at all (`undefined`). */
  respond(response: (request: RawRequest) => Buffer | undefined): void;
  close(): void;
}

/** A TCP server that parses requests and responds with any bytes. */
export async function startRawServer(): Promise<RawServer> {
  let response: (request: RawRequest) => Buffer | undefined = () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      // A TLS handshake gets what a server without TLS responds.
      if (!/^(GET|POST)/.test(text)) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      const request = parseRequest(text);
      if (request === undefined) return;
      text = '';
      const bytes = response(request);
      if (bytes !== undefined) socket.end(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    respond(next) {
      response = next;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function parseRequest(text: string): RawRequest | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const body = text.slice(end + 4);
  if (body.length < length) return undefined;
  const [method = '', url = ''] = head.split(' ');
  return { method, url, head, body: Buffer.from(body, 'latin1').toString() };
}

/** Everything in a request that could be a secret, and the request itself. */
export function secretsIn({ url, head, body }: RawRequest): string[] {
  const parameters = [url.split('?')[1] ?? '', body].flatMap((text) => [
    ...new URLSearchParams(text).values(),
  ]);
  const headers = [...head.matchAll(/^(?:authorization: Bearer|key:|x-api-key:) *(.*)$/gim)].map(
    ([, value = '']) => value,
  );
  return [...new Set([...parameters, ...headers, url, head, body])].filter((text) => text !== '');
}

/** The assertion in it, if there is one. */
export function assertionIn({ url, body }: RawRequest): string | undefined {
  const parameters = `${url.split('?')[1] ?? ''}&${body}`;
  return url.includes('/oauth/apptoken/')
    ? (new URLSearchParams(parameters).get('refresh_token') ?? undefined)
    : undefined;
}
