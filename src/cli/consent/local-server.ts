import type { IncomingMessage } from 'node:http';

/** For every response of a server on this computer. Its URLs are secret, so no cache, page, or referrer may keep them. */
export const RESPONSE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  Connection: 'close',
};

/** Whether a browser requests this page. Rejects other hosts that resolve to this computer (DNS rebinding). */
export function isRequestFor(
  { host, pathname }: Pick<URL, 'host' | 'pathname'>,
  { method, url = '', headers }: IncomingMessage,
): boolean {
  return method === 'GET' && headers.host === host && url.split('?', 1)[0] === pathname;
}
