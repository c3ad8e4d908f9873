import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { isLoopback } from '../../sprinklr/gateway.ts';

/** A server that waits for the browser at the app's callback address. */
export interface Landing {
  /** The code; rejects with what is wrong with the answer. */
  readonly code: Promise<string>;
  close(): void;
}

/** Gives an address's code; undefined where it holds no answer. Throws what is wrong with one. */
type Reader = (address: string) => string | undefined;

/** Whether a browser on this machine can be met at an address. */
export function canLandHere({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && isLoopback(hostname);
}

/**
 * Listens at exactly the host, port and path of a loopback address until one answer comes.
 *
 * @throws what the system says where it cannot listen: EADDRINUSE, EACCES, EADDRNOTAVAIL
 */
export async function listenForLanding(redirectUri: URL, read: Reader): Promise<Landing> {
  const addresses = addressesOf(redirectUri);
  const servers = addresses.map((address) => ({ address, server: createServer() }));
  const code = new Promise<string>((resolve, reject) => {
    for (const { server } of servers) {
      server.on('request', (request, response) => {
        const verdict = isLanding(request, redirectUri) ? judge(request.url ?? '', read) : undefined;
        if (verdict === undefined) {
          response.writeHead(404, HEADERS).end();
          return;
        }
        // Whoever waits for the code then ends this server: the browser gets its page first.
        response.once('close', () => {
          if (verdict.refusal === undefined) resolve(verdict.code);
          else reject(verdict.refusal);
        });
        response.writeHead(200, HEADERS).end(page(verdict.refusal === undefined));
      });
    }
  });
  // It may reject before anybody waits for it.
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
      const { code: trouble = '' } = error as NodeJS.ErrnoException;
      // A machine without IPv6 still has its other localhost.
      if (addresses.length > 1 && address === '::1' && trouble !== 'EADDRINUSE') continue;
      close();
      throw error;
    }
  }
  return { code, close };
}

/** A browser tries both addresses of `localhost`, so nobody else may have either. */
function addressesOf({ hostname }: URL): string[] {
  return hostname === 'localhost' ? ['127.0.0.1', '::1'] : [hostname.replace(/^\[|\]$/g, '')];
}

/** Not one for another path, as for an icon, nor one for a host whose name only leads here (DNS rebinding). */
function isLanding({ method, url = '', headers }: IncomingMessage, redirectUri: URL): boolean {
  return (
    method === 'GET' && headers.host === redirectUri.host && url.split('?', 1)[0] === redirectUri.pathname
  );
}

type Verdict = { readonly code: string; readonly refusal?: never } | { readonly refusal: Error };

function judge(address: string, read: Reader): Verdict | undefined {
  try {
    const code = read(address);
    return code === undefined ? undefined : { code };
  } catch (error) {
    return { refusal: error as Error };
  }
}

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  Connection: 'close',
};

function page(arrived: boolean): string {
  const [title, sentence] = arrived
    ? ['The code has arrived', 'You can close this window.']
    : ['No code came', 'You can close this window. The terminal says what is wrong.'];
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
