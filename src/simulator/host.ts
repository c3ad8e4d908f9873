import { isIP } from 'node:net';
import { hostname } from 'node:os';

/**
 * Checks the `Host` header of requests to a server that listens on `listeningOn`. Loopback names are always accepted. If other
 * machines can connect, so are addresses and this machine's own name, but no other name: an attacker can point one here.
 */
export function hostChecker(listeningOn = '127.0.0.1'): (header: string | undefined) => boolean {
  return (header = '') => {
    const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(header) ?? [];
    const name = (bracketed ?? plain ?? '').toLowerCase();
    if (isLoopback(name)) return true;
    if (isLoopback(listeningOn) || name === '') return false;
    return isIP(name) > 0 || [hostname(), listeningOn].some((own) => own.toLowerCase() === name);
  };
}

function isLoopback(name: string): boolean {
  return /^(localhost|::1|127(\.\d{1,3}){3})$/.test(name);
}
