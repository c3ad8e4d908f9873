import { lookup } from 'node:dns/promises';
import { ActionError } from '../../errors.ts';
import type { HttpResponse } from '../../sprinklr/response.ts';
import type { HttpSession } from '../../sprinklr/http.ts';
import { proxyFor } from '../../sprinklr/proxy.ts';
import { MAX_CLOCK_SKEW_SECONDS } from '../../sprinklr/tokens.ts';
import { serverDate } from '../../sprinklr/retry-delay.ts';
import type { Check } from './check.ts';

export type Outcome = Omit<Check, 'name'>;

/** Resolves the name of Sprinklr's host, or of the proxy in front of it. */
export async function resolveName(origin: URL): Promise<Outcome> {
  const proxy = proxyFor(origin);
  const host = (proxy ?? origin).hostname.replace(/^\[|\]$/g, '');
  const role = proxy === undefined ? '' : ', the proxy, which resolves all other names';
  try {
    const addresses = await lookup(host, { all: true });
    const list = [...new Set(addresses.map(({ address }) => address))].join(', ');
    return { status: 'ok', found: `${host} is ${list}${role}.` };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ActionError('NETWORK_UNREACHABLE', `No address is known for ${host}${role} (${code}).`, {
      remedy:
        'Check `base-url`, the network and name server of this machine, and https_proxy if others are reached through a proxy.',
      cause: error,
    });
  }
}

/**
 * Calls the origin without any credentials, whatever it answers.
 *
 * @throws {ActionError} as the action would for a call that brings no answer
 */
export async function reach(origin: URL, http: HttpSession): Promise<HttpResponse> {
  const visit = { method: 'GET', url: origin, headers: {}, body: '' } as const;
  try {
    return await http.send(() => visit, 'never');
  } catch (error) {
    const named = error instanceof ActionError && error.code === 'TLS_FAILED' ? nameTrouble(error) : error;
    throw named;
  }
}

/** What is wrong with a certificate, from the code that OpenSSL has for it. */
function nameTrouble({ code, message, remedy }: ActionError): ActionError {
  const [, found = ''] = /\(([A-Z_]+)\)/.exec(message) ?? [];
  const [, trouble] = TROUBLES.find(([pattern]) => pattern.test(found)) ?? [];
  return new ActionError(code, trouble === undefined ? message : `${message} ${trouble}`, { remedy });
}

const TROUBLES: readonly [RegExp, string][] = [
  [/^CERT_HAS_EXPIRED$/, 'The certificate of the server has expired, or the clock of this machine is ahead.'],
  [
    /^CERT_NOT_YET_VALID$/,
    'The certificate of the server has not begun, or the clock of this machine is behind.',
  ],
  [/ALTNAME|HOSTNAME/, 'The certificate of the server is for another name.'],
  [/SELF_SIGNED|ISSUER|LEAF/, 'The certificate of the server is from a CA that this machine does not trust.'],
  [/EPROTO|WRONG_VERSION/, 'The server does not speak TLS there, or wants a client certificate.'],
];

export function compareClocks(answer: HttpResponse, now: Date): Outcome {
  const theirs = serverDate(answer.headers);
  if (theirs === undefined) return { status: 'warning', found: 'The answer does not tell the time.' };
  const seconds = Math.round((now.valueOf() - theirs.valueOf()) / 1000);
  const found = `This machine is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} Sprinklr.`;
  if (Math.abs(seconds) <= MAX_CLOCK_SKEW_SECONDS) return { status: 'ok', found };
  return {
    status: 'warning',
    found,
    remedy: 'Set the clock of this machine: a JWT from the future, or one that has ended, is refused.',
  };
}
