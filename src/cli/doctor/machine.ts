import { readFileSync } from 'node:fs';
import { isLoopback, type Gateway } from '../../sprinklr/gateway.ts';
import { proxyFor } from '../../sprinklr/proxy.ts';
import { attempt, refused, type Check } from './check.ts';

/** Looks at what stands between this machine and Sprinklr, without asking anybody. */
export function checkMachine(gateway: Gateway | undefined): Check[] {
  return [checkProxy(gateway), checkAuthorities(), checkTlsIsOn()];
}

function isSet(name: string): boolean {
  return [name, name.toUpperCase()].some((variable) => process.env[variable]);
}

function checkProxy(gateway: Gateway | undefined): Check {
  const name = 'proxy';
  if (gateway === undefined)
    return { name, status: 'skipped', found: 'Depends on gateway, environment and base-url.' };
  const url = new URL(gateway.apiUrl);
  const proxy = attempt(() => proxyFor(url));
  if (proxy instanceof Error) return refused(name, proxy);
  if (proxy !== undefined) {
    const login = proxy.username === '' ? '' : ', with a user name and password';
    return { name, status: 'ok', found: `${url.host} is reached through ${proxy.origin}${login}.` };
  }
  if (isLoopback(url.hostname)) return { name, status: 'ok', found: 'None, as for every loopback address.' };
  if (isSet('https_proxy')) return { name, status: 'ok', found: `None: no_proxy exempts ${url.host}.` };
  const other = ['http_proxy', 'all_proxy'].find(isSet);
  if (other !== undefined) {
    return {
      name,
      status: 'warning',
      found: `None: ${other} is set, but for https only https_proxy counts.`,
      remedy: `If ${url.host} is to be reached through a proxy, set https_proxy.`,
    };
  }
  return { name, status: 'ok', found: 'None.' };
}

/** Node only warns of a file that it cannot use, and goes on without. */
function checkAuthorities(): Check {
  const name = 'NODE_EXTRA_CA_CERTS';
  const path = process.env[name] ?? '';
  if (path === '') return { name, status: 'skipped', found: 'Not set.' };
  const wrong = (found: string): Check => ({
    name,
    status: 'wrong',
    found,
    remedy: 'Point it at a PEM file with the certificates of your CA, by its whole path, or unset it.',
  });
  try {
    const count = readFileSync(path, 'latin1').split('-----BEGIN CERTIFICATE-----').length - 1;
    if (count === 0) return wrong('Its file holds no certificate in PEM, so Node goes on without it.');
    return { name, status: 'ok', found: `${count} more ${count === 1 ? 'CA is' : 'CAs are'} trusted.` };
  } catch {
    return wrong('Its file does not exist or cannot be read, so Node goes on without it.');
  }
}

function checkTlsIsOn(): Check {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  if (process.env[name] !== '0') return { name, status: 'ok', found: 'Certificates of servers are checked.' };
  return {
    name,
    status: 'wrong',
    found: 'It is 0, so anybody on the way can pose as Sprinklr and read the secrets.',
    remedy: 'Unset it. For a private CA, set NODE_EXTRA_CA_CERTS.',
  };
}
