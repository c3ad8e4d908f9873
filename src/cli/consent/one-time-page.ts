import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRequestFor, RESPONSE_HEADERS } from './local-server.ts';

/** A page on this computer that redirects to another one, once. */
export interface OneTimePage {
  readonly url: string;
  close(): void;
}

/**
 * Starts a page that redirects to the target. The consent page's URL contains the API key and `state`, and other users of
 * the computer can read a program's arguments, so the browser is opened with this page's URL instead.
 */
export async function startOneTimePage(target: string): Promise<OneTimePage> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const page = new URL(`http://127.0.0.1:${port}/${randomBytes(24).toString('base64url')}`);
  server.on('request', (request, response) => {
    // It stops listening after the first use, but other connections can be open.
    if (!server.listening || !isRequestFor(page, request)) {
      response.writeHead(404, RESPONSE_HEADERS).end();
      return;
    }
    server.close();
    response.writeHead(302, { ...RESPONSE_HEADERS, Location: target }).end();
  });
  return {
    url: page.href,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
