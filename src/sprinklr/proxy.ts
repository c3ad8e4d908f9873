import { checkBypass, getProxyUrl } from '@actions/http-client/lib/proxy';
import { ActionError } from '../errors.ts';

/**
 * `@actions/http-client` goes straight to the host where it cannot read the address of the proxy, and takes
 * `proxy.example.com:3128` for one of those. Whoever set a proxy did not want that.
 *
 * @throws {ActionError} NETWORK_UNREACHABLE
 */
function requireReadableProxy(url: URL): void {
  const isSet = ['https_proxy', 'HTTPS_PROXY'].some((name) => process.env[name]);
  // Plain http is for loopback hosts only, which are never behind a proxy.
  if (url.protocol !== 'https:' || !isSet || checkBypass(url)) return;
  try {
    const proxy = getProxyUrl(url);
    if (proxy !== undefined && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return;
  } catch {
    // An address that cannot be parsed, or a password that cannot be decoded.
  }
  throw new ActionError(
    'NETWORK_UNREACHABLE',
    'The proxy address in https_proxy or HTTPS_PROXY cannot be read.',
    'Set it to something like http://proxy.example.com:3128, with special characters of its password percent-encoded.',
  );
}

/**
 * The proxy that a call goes through, if any.
 *
 * @throws {ActionError} NETWORK_UNREACHABLE where its address cannot be read
 */
export function proxyFor(url: URL): URL | undefined {
  requireReadableProxy(url);
  return getProxyUrl(url);
}
