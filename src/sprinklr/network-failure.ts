import { getProxyUrl } from '@actions/http-client/lib/proxy';
import { ActionError } from '../errors.ts';

/** A call that brought no HTTP answer. */
export interface NetworkFailure {
  readonly error: ActionError;
  /** Another attempt may fare better. */
  readonly retryable: boolean;
  /** Nothing of the request left this machine. */
  readonly unsent: boolean;
}

const UNSENT_ERROR_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What Node and OpenSSL call their refusals of a certificate or a handshake. */
const TLS_ERROR_CODES =
  /^(EPROTO|HOSTNAME_MISMATCH|(ERR_TLS|ERR_SSL|ERR_OSSL|CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|INVALID|PATH_LENGTH|ERROR_IN)_\w+)$/;

const TUNNEL_ERROR_PREFIX = 'tunneling socket could not be established';

/**
 * Says what went wrong below HTTP, never with the words of the error itself: they may hold the query of the address.
 *
 * @param deadlineSeconds the step's bound, if it is what ended the call
 */
export function toNetworkFailure(
  error: unknown,
  url: URL,
  deadlineSeconds: number | undefined,
): NetworkFailure {
  const { code = '', message = '', syscall } = error as { code?: string; message?: string; syscall?: string };

  if (deadlineSeconds !== undefined) {
    return permanentFailure(
      'TIMED_OUT',
      `${url.host} did not answer within the ${deadlineSeconds} s of timeout-seconds.`,
      'Run the job again. If it happens often, raise timeout-seconds (at most 600), or check the proxy and firewall between runner and Sprinklr.',
    );
  }
  if (TLS_ERROR_CODES.test(code)) {
    const failure = permanentFailure(
      'TLS_FAILED',
      `No trusted TLS connection to ${url.host} (${code}).`,
      'If a proxy or base-url uses a private CA, point the environment variable NODE_EXTRA_CA_CERTS at its PEM file. ' +
        'If the app has mutual TLS, check mtls-certificate and mtls-private-key. Otherwise check base-url, where TLS 1.2 or newer must be spoken, and the clock of the runner.',
    );
    return { ...failure, unsent: true };
  }
  if (code.startsWith('HPE_')) {
    return permanentFailure(
      'RESPONSE_INVALID',
      `What ${url.host} answered is not HTTP.`,
      'Check base-url, and the proxy between runner and Sprinklr.',
    );
  }

  if (message.startsWith(TUNNEL_ERROR_PREFIX))
    return proxyTunnelFailure(url, Number(/statusCode=(\d+)/.exec(message)?.[1]));

  const proxy = getProxyUrl(url) === undefined ? '' : ' through the proxy';
  return {
    error: new ActionError(
      'NETWORK_UNREACHABLE',
      `No connection to ${url.host}${proxy} (${/^E[A-Z_]+$/.test(code) ? code : 'connection lost'}).`,
      CHECK_CONNECTIVITY,
    ),
    retryable: true,
    unsent: UNSENT_ERROR_CODES.has(code) || syscall === 'connect',
  };
}

const CHECK_CONNECTIVITY =
  'Check that this runner may reach that host: name resolution, firewall, the variables https_proxy and no_proxy, base-url if you set it, and mtls-certificate if the app has mutual TLS.';

const CHECK_PROXY_CREDENTIALS =
  'Check user and password in https_proxy: http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded.';

/** Where a proxy refuses a tunnel it is not asked again: more wrong passwords could lock the account. */
const PROXY_REMEDIES: Readonly<Record<number, (host: string) => string>> = {
  // What tinyproxy says to a wrong password.
  401: () => CHECK_PROXY_CREDENTIALS,
  403: (host) =>
    `Have the proxy allow CONNECT to ${host}. If this runner reaches that host without it, name the host in no_proxy.`,
  407: () => CHECK_PROXY_CREDENTIALS,
};

/** @param status of the proxy's answer; NaN if it gave none */
function proxyTunnelFailure({ host }: URL, status: number): NetworkFailure {
  const reason = Number.isNaN(status) ? 'the proxy cannot be reached' : `the proxy answered ${status}`;
  const proxyRemedy = PROXY_REMEDIES[status]?.(host);
  const remedy =
    status >= 500
      ? 'Check that the proxy reaches that host: its name resolution and firewall, and base-url if you set it.'
      : CHECK_CONNECTIVITY;
  return {
    error: new ActionError(
      'NETWORK_UNREACHABLE',
      `No connection to ${host} through the proxy (${reason}).`,
      proxyRemedy ?? remedy,
    ),
    retryable: proxyRemedy === undefined,
    unsent: true,
  };
}

function permanentFailure(...texts: ConstructorParameters<typeof ActionError>): NetworkFailure {
  return { error: new ActionError(...texts), retryable: false, unsent: false };
}
