import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isLoopback } from '../../sprinklr/gateway.ts';
import { isRequestFor, RESPONSE_HEADERS } from './local-server.ts';
import type { ConsentResult } from './response.ts';

/** A server that receives the browser's redirect at the app's callback URL. */
export interface CallbackServer {
  /** Rejects with the error of the consent. */
  readonly code: Promise<string>;
  close(): void;
}

/** Maps a requested URL to the result of the consent, `refused`, or undefined if the URL contains no response. */
type Receive = (url: string) => Promise<ConsentResult | 'refused' | undefined>;

/** Whether a browser on this computer can reach a server of ours at a URL. */
export function isLoopbackCallback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && isLoopback(hostname);
}

/**
 * Listens at exactly the host, port, and path of a loopback URL until the result of the consent arrives.
 *
 * @throws the system error if it cannot listen: EADDRINUSE, EACCES, EADDRNOTAVAIL
 */
export async function startCallbackServer(redirectUri: URL, receive: Receive): Promise<CallbackServer> {
  const addresses = addressesOf(redirectUri);
  const servers = addresses.map((address) => ({ address, server: createServer() }));
  const code = new Promise<string>((resolve, reject) => {
    const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const result = isRequestFor(redirectUri, request) ? await receive(request.url ?? '') : undefined;
      if (result === undefined) {
        response.writeHead(404, RESPONSE_HEADERS).end();
        return;
      }
      if (result === 'refused') {
        response.writeHead(400, RESPONSE_HEADERS).end(page(...REFUSED));
        return;
      }
      response.writeHead(200, RESPONSE_HEADERS).end(page(...('code' in result ? RECEIVED : FAILED)));
      // The caller closes the server once it has the code, so the browser gets its page first.
      await closed(response);
      if ('code' in result) resolve(result.code);
      else reject(result.error);
    };
    for (const { server } of servers) {
      server.on('request', (request, response) => {
        respond(request, response).catch(reject);
      });
    }
  });
  // It can reject before the caller awaits it.
  code.catch(() => undefined);

  const close = (): void => {
    for (const { server } of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
  for (const { address, server } of servers) {
    try {
      server.listen(Number(redirectUri.port || '80'), address);
      await once(server, 'listening');
    } catch (error) {
      const { code: errorCode = '' } = error as NodeJS.ErrnoException;
      // A computer without IPv6 still has 127.0.0.1.
      if (addresses.length > 1 && address === '::1' && errorCode !== 'EADDRINUSE') continue;
      close();
      throw error;
    }
  }
  return { code, close };
}

/** Also resolves if the browser did not wait for the response. */
async function closed(response: ServerResponse): Promise<void> {
  if (response.closed) return;
  await new Promise<void>((resolve) => {
    response.once('close', resolve);
  });
}

/** A browser tries both addresses of `localhost`, so no other program must listen on either. */
function addressesOf({ hostname }: URL): string[] {
  return hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[|\]$/g, '')];
}

type PageText = readonly [title: string, text: string];
const RECEIVED: PageText = ['Code received', 'You can close this window.'];
const FAILED: PageText = ['No code received', 'You can close this window. The terminal shows the reason.'];
const REFUSED: PageText = [
  'Response rejected',
  'The command cannot verify that this response belongs to its own consent request, so it is still waiting. If you just ' +
    'allowed the app, paste the URL of this page into the terminal. Without a terminal, run the command again with ' +
    '--no-listen.',
];

function page(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
<p>${text}</p>
</html>
`;
}
