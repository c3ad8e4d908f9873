import { readFileSync, realpathSync, statSync } from 'node:fs';
import type { Certificate } from '../../credentials/certificate.ts';
import { isLoopback, type Gateway } from '../../sprinklr/gateway.ts';
import { proxyFor } from '../../sprinklr/proxy.ts';
import type { Io } from '../io.ts';
import { attempt, failedCheck, type Check, type DoctorContext } from './check.ts';
import { registeredAt } from './credentials.ts';

interface Known {
  readonly certificate: Certificate | undefined;
  readonly gateway: Gateway | undefined;
}

/** Checks this machine without network calls: clock, proxy, certificate authorities, TLS. */
export function checkMachine({ certificate, gateway }: Known, context: DoctorContext): Check[] {
  const { io } = context;
  return [
    checkClock(certificate, context),
    checkProxy(gateway, io),
    checkCertificateAuthorities(io),
    checkTlsVerification(io),
  ];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A clock is wrong if it is before something that has happened. */
function checkClock(certificate: Certificate | undefined, context: DoctorContext): Check {
  const name = 'clock';
  const { io } = context;
  const now = io.now();
  const events: [what: string, at: Date | undefined, tolerance: number][] = [
    ['the certificate became valid', certificate?.notBefore, 0],
    ['Sprinklr issued the App ID', registeredAt(context), MINUTE_MS],
    // An archive can be unpacked in another time zone.
    ['this program was installed', statSync(realpathSync(io.program)).mtime, DAY_MS],
  ];
  const [what, at] =
    events.find(([, time, tolerance]) => time && time.valueOf() - now.valueOf() > tolerance) ?? [];
  if (what === undefined || at === undefined)
    return { name, status: 'ok', found: `It is ${now.toISOString()}.` };
  return {
    name,
    status: 'error',
    found: `This machine's clock says ${now.toISOString()}, but ${what} at ${at.toISOString()}.`,
    remedy: "Correct this machine's clock (time synchronization, time zone), then run this again.",
  };
}

function checkProxy(gateway: Gateway | undefined, { env }: Io): Check {
  const name = 'proxy';
  const isSet = (variable: string): boolean => [variable, variable.toUpperCase()].some((each) => env[each]);
  if (gateway === undefined)
    return {
      name,
      status: 'skipped',
      found: 'Unknown, because gateway, environment, or base-url has an error.',
    };
  const url = new URL(gateway.apiUrl);
  const proxy = attempt(() => proxyFor(url));
  if (proxy instanceof Error) return failedCheck(name, proxy);
  if (proxy !== undefined) {
    const login = proxy.username === '' ? '' : ', with a username and password';
    return { name, status: 'ok', found: `Calls to ${url.host} go through ${proxy.origin}${login}.` };
  }
  if (isLoopback(url.hostname))
    return { name, status: 'ok', found: 'None. Loopback addresses never use a proxy.' };
  if (isSet('https_proxy')) return { name, status: 'ok', found: `None: no_proxy exempts ${url.host}.` };
  const other = ['http_proxy', 'all_proxy'].find(isSet);
  if (other === undefined) return { name, status: 'ok', found: 'None.' };
  return {
    name,
    status: 'warning',
    found: `None: ${other} is set, but HTTPS calls use only https_proxy.`,
    remedy: `To reach ${url.host} through a proxy, set https_proxy.`,
  };
}

/** Node only warns about a file that it cannot use, and continues without it. */
function checkCertificateAuthorities({ env }: Io): Check {
  const name = 'NODE_EXTRA_CA_CERTS';
  const path = env[name] ?? '';
  if (path === '') return { name, status: 'skipped', found: 'Not set.' };
  const error = (found: string): Check => ({
    name,
    status: 'error',
    found,
    remedy: 'Set it to the full path of a PEM file with the certificates of your CA, or unset it.',
  });
  try {
    const count = readFileSync(path, 'latin1').split('-----BEGIN CERTIFICATE-----').length - 1;
    if (count === 0) return error('The file contains no PEM certificate, so Node ignores it.');
    return { name, status: 'ok', found: `${count} more ${count === 1 ? 'CA is' : 'CAs are'} trusted.` };
  } catch {
    return error('The file does not exist or cannot be read, so Node ignores it.');
  }
}

function checkTlsVerification({ env }: Io): Check {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
  if (env[name] !== '0') return { name, status: 'ok', found: 'Server certificates are verified.' };
  return {
    name,
    status: 'error',
    found: 'It is 0, so anyone on the network path can pose as Sprinklr and read the secrets.',
    remedy: 'Unset it. For a private CA, set NODE_EXTRA_CA_CERTS.',
  };
}
