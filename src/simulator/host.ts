import { isIP } from 'node:net';
import { hostname } from 'node:os';

/**
 * Checks the `Host` header of requests to a server that listens on `listeningOn`. Loopback names are always accepted. If
 * other machines can connect, IP addresses and this machine's own name are accepted, too. An attacker can point any other
 * name at this machine (DNS rebinding).
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
