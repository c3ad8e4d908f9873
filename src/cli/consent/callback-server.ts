import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { isLoopback } from '../../sprinklr/gateway.ts';

/** A server that receives the browser's redirect at the app's callback URL. */
export interface CallbackServer {
  /** Rejects with what is wrong with the response. */
  readonly code: Promise<string>;
  close(): void;
}

/** Returns the code in a URL; undefined if the URL is not a response. Throws what is wrong with the response. */
type Reader = (url: string) => string | undefined;

/** Whether a browser on this computer can reach a server of ours at a URL. */
export function isLoopbackCallback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && isLoopback(hostname);
}

/**
 * Listens at exactly the host, port, and path of a loopback URL until one response arrives.
 *
 * @throws the system error if it cannot listen: EADDRINUSE, EACCES, EADDRNOTAVAIL
 */
export async function startCallbackServer(redirectUri: URL, read: Reader): Promise<CallbackServer> {
  const addresses = addressesOf(redirectUri);
  const servers = addresses.map((address) => ({ address, server: createServer() }));
  const code = new Promise<string>((resolve, reject) => {
    for (const { server } of servers) {
      server.on('request', (request, response) => {
        const result = isCallback(request, redirectUri) ? readResponse(request.url ?? '', read) : undefined;
        if (result === undefined) {
          response.writeHead(404, HEADERS).end();
          return;
        }
        // The caller closes the server once it has the code, so the browser gets its page first.
        response.once('close', () => {
          if (result.error === undefined) resolve(result.code);
          else reject(result.error);
        });
        response.writeHead(200, HEADERS).end(page({ received: result.error === undefined }));
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

/** A browser tries both addresses of `localhost`, so no other program may have either. */
function addressesOf({ hostname }: URL): string[] {
  return hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[|\]$/g, '')];
}

/** Rejects other paths, such as an icon's, and other hosts that resolve to this one (DNS rebinding). */
function isCallback({ method, url = '', headers }: IncomingMessage, redirectUri: URL): boolean {
  return (
    method === 'GET' && headers.host === redirectUri.host && url.split('?', 1)[0] === redirectUri.pathname
  );
}

type Result = { readonly code: string; readonly error?: never } | { readonly error: Error };

function readResponse(url: string, read: Reader): Result | undefined {
  try {
    const code = read(url);
    return code === undefined ? undefined : { code };
  } catch (error) {
    return { error: error as Error };
  }
}

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  Connection: 'close',
};

function page({ received }: { received: boolean }): string {
  const [title, sentence] = received
    ? ['Code received', 'You can close this window.']
    : ['No code received', 'You can close this window. The terminal shows the reason.'];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
<p>${sentence}</p>
</html>
`;
}
