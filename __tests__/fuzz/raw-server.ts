import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A request, to the letter. */
export interface Heard {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly head: string;
  readonly body: string;
}

export interface RawServer {
  readonly origin: string;
  /** Since the last `script`. */
  readonly heard: readonly Heard[];
  /** What it answers from now on, in bytes: `undefined` for nothing at all. */
  script(answer: (heard: Heard) => Buffer | undefined): void;
  close(): void;
}

/** A server below HTTP: it hears requests, and answers with any bytes. */
export async function rawServer(): Promise<RawServer> {
  let answer: (heard: Heard) => Buffer | undefined = () => undefined;
  let heard: Heard[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      // Who starts a handshake gets what a server without TLS has to say.
      if (!/^(GET|POST)/.test(text)) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
      const request = wholeRequest(text);
      if (request === undefined) return;
      text = '';
      heard.push(request);
      const bytes = answer(request);
      if (bytes !== undefined) socket.end(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get heard() {
      return heard;
    },
    script(next) {
      heard = [];
      answer = next;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function wholeRequest(text: string): Heard | undefined {
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
export function sentIn({ url, head, body }: Heard): string[] {
  const parameters = [url.split('?')[1] ?? '', body].flatMap((text) => [
    ...new URLSearchParams(text).values(),
  ]);
  const headers = [...head.matchAll(/^(?:authorization: Bearer|key:|x-api-key:) *(.*)$/gim)].map(
    ([, value = '']) => value,
  );
  return [...new Set([...parameters, ...headers, url, head, body])].filter((text) => text !== '');
}

/** The assertion in it, if there is one. */
export function assertionIn({ url, body }: Heard): string | undefined {
  const parameters = `${url.split('?')[1] ?? ''}&${body}`;
  return url.includes('/oauth/apptoken/')
    ? (new URLSearchParams(parameters).get('refresh_token') ?? undefined)
    : undefined;
}
