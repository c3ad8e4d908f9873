import { BlockList, isIP } from 'node:net';
import { ActionError } from '../errors.ts';
import { isLoopback } from './gateway.ts';

/**
 * The proxy that a call goes through, if any: https_proxy or HTTPS_PROXY, unless no_proxy or NO_PROXY exempts the host.
 * Plain HTTP is for loopback hosts only, which are never behind a proxy.
 *
 * @throws {ActionError} NETWORK_UNREACHABLE if the address cannot be read: connecting directly is not what the user wants
 */
export function proxyFor(url: URL): URL | undefined {
  const text = variable('https_proxy');
  if (text === '' || url.protocol !== 'https:' || isLoopback(url.hostname) || isExempt(url)) return undefined;
  // A host and port without a scheme is common, and curl accepts it, too.
  const proxy = parseProxy(text.includes('://') ? text : `http://${text}`);
  if (proxy !== undefined) return proxy;
  throw new ActionError('NETWORK_UNREACHABLE', 'https_proxy or HTTPS_PROXY is not a valid proxy URL.', {
    remedy:
      'Set it to a URL such as http://USER:PASSWORD@proxy.example.com:3128, without quotes or a path. Percent-encode ' +
      'special characters in the username and password: `\\` is %5C, `#` is %23, `/` is %2F, `?` is %3F, `@` is %40.',
  });
}

/** The entries of no_proxy that match no host name: address ranges, URLs, and patterns with a `*` inside. Safe to print. */
export function unmatchedNoProxyEntries(): string[] {
  return noProxyEntries().filter((entry) => /^[\w.:/*-]{1,100}$/.test(entry) && /\/|.\*|^\*[^.]/.test(entry));
}

/** Undefined for an address that cannot be what the user meant, because part of it would become a path or be dropped. */
function parseProxy(text: string): URL | undefined {
  if (/[\s\\"'`]/.test(text) || !URL.canParse(text)) return undefined;
  const proxy = new URL(text);
  const { protocol, hostname, pathname, search, hash, username, password } = proxy;
  const isComplete =
    /^https?:$/.test(protocol) && hostname !== '' && pathname === '/' && search + hash === '';
  try {
    decodeURIComponent(`${username}:${password}`);
  } catch {
    return undefined;
  }
  return isComplete && !/[?#]$/.test(text) ? proxy : undefined;
}

/** Whether no_proxy exempts a host: `*`, the host, a domain with or without `.` or `*.` before it, or an address range. */
function isExempt({ hostname, port }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return noProxyEntries().some((entry) => {
    if (entry === '*') return true;
    if (entry.includes('/')) return isInRange(host, entry);
    const [, name = entry, entryPort = ''] = /^(.*[^:]|\[.*\]):(\d+)$/.exec(entry) ?? [];
    if (entryPort !== '' && isIP(entry) === 0 && entryPort !== (port || '443')) return false;
    const domain = (isIP(entry) === 0 ? name : entry).replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
    return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
  });
}

function isInRange(host: string, range: string): boolean {
  const [network = '', prefix = ''] = range.split('/');
  const [version, networkVersion] = [isIP(host), isIP(network)];
  if (version === 0 || version !== networkVersion || !/^\d{1,3}$/.test(prefix)) return false;
  const bits = Number(prefix);
  if (bits > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}

function noProxyEntries(): string[] {
  return variable('no_proxy')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
}

function variable(name: string): string {
  const values = [process.env[name], process.env[name.toUpperCase()]];
  return values.find((value) => value !== undefined && value !== '')?.trim() ?? '';
}
