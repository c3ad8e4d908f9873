import { checkBypass, getProxyUrl } from '@actions/http-client/lib/proxy';
import { ActionError } from '../errors.ts';

/**
 * The proxy that a call goes through, if any.
 *
 * `@actions/http-client` connects directly if it cannot read the proxy's address, and it cannot read
 * `proxy.example.com:3128`. A user who sets a proxy does not want that.
 *
 * @throws {ActionError} NETWORK_UNREACHABLE if the address cannot be read
 */
export function proxyFor(url: URL): URL | undefined {
  const isSet = ['https_proxy', 'HTTPS_PROXY'].some((name) => process.env[name]);
  // Plain HTTP is for loopback hosts only, which are never behind a proxy.
  if (url.protocol !== 'https:' || !isSet || checkBypass(url)) return getProxyUrl(url);
  let cause: unknown;
  try {
    const proxy = getProxyUrl(url);
    if (proxy !== undefined && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return proxy;
  } catch (error) {
    // `getProxyUrl` returns undefined if a URL cannot be parsed, and throws only if it has no scheme either.
    cause = error;
  }
  throw new ActionError(
    'NETWORK_UNREACHABLE',
    'The proxy address in https_proxy or HTTPS_PROXY cannot be read.',
    {
      remedy:
        'Set it to a URL such as http://proxy.example.com:3128. Percent-encode special characters in its password.',
      cause,
    },
  );
}
