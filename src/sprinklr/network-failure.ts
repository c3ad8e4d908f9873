import { getProxyUrl } from '@actions/http-client/lib/proxy';
import { ActionError, type ErrorCode } from '../errors.ts';

/** A call that got no HTTP response. */
export interface NetworkFailure {
  readonly error: ActionError;
  /** Whether another attempt can succeed. */
  readonly retryable: boolean;
  /** Whether nothing of the request left this machine. */
  readonly unsent: boolean;
}

const UNSENT_ERROR_CODES = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What Node and OpenSSL call certificate and handshake failures. */
const TLS_ERROR_CODES =
  /^(EPROTO|HOSTNAME_MISMATCH|(ERR_TLS|ERR_SSL|ERR_OSSL|CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|INVALID|PATH_LENGTH|ERROR_IN)_\w+)$/;

/** How the `tunnel` package begins its messages. */
const TUNNEL_ERROR_PREFIX = 'tunneling socket could not be established';

/**
 * Says what went wrong below HTTP. Never quotes the original error: its message can contain the query of the URL.
 *
 * @param deadlineSeconds the time limit, if reaching it ended the call
 */
export function toNetworkFailure(
  cause: unknown,
  url: URL,
  deadlineSeconds: number | undefined,
): NetworkFailure {
  const { code = '', message = '', syscall } = cause as { code?: string; message?: string; syscall?: string };
  const permanent = (errorCode: ErrorCode, problem: string, remedy: string): NetworkFailure => ({
    error: new ActionError(errorCode, problem, { remedy, cause }),
    retryable: false,
    unsent: false,
  });

  if (deadlineSeconds !== undefined) {
    return permanent(
      'TIMED_OUT',
      `${url.host} did not respond within \`timeout-seconds\` (${deadlineSeconds} s).`,
      'Run this again. If it happens often, raise `timeout-seconds` (at most 600), or check the proxy and firewall on the way to Sprinklr.',
    );
  }
  if (TLS_ERROR_CODES.test(code)) {
    const failure = permanent(
      'TLS_FAILED',
      `No trusted TLS connection to ${url.host} (${code}).`,
      'If a proxy or `base-url` uses a private CA, set the environment variable NODE_EXTRA_CA_CERTS to its PEM file. ' +
        'If the app has mutual TLS, check `mtls-certificate` and `mtls-private-key`. Otherwise, check `base-url`, whose ' +
        "server must support TLS 1.2 or later, and the machine's clock.",
    );
    return { ...failure, unsent: true };
  }
  if (code.startsWith('HPE_')) {
    return permanent(
      'RESPONSE_INVALID',
      `The response from ${url.host} is not HTTP.`,
      'Check `base-url`, and the proxy on the way to Sprinklr.',
    );
  }

  if (message.startsWith(TUNNEL_ERROR_PREFIX)) return proxyTunnelFailure(cause, url, message);

  const proxy = getProxyUrl(url) === undefined ? '' : ' through the proxy';
  return {
    error: new ActionError(
      'NETWORK_UNREACHABLE',
      `No connection to ${url.host}${proxy} (${/^E[A-Z_]+$/.test(code) ? code : 'connection lost'}).`,
      { remedy: CHECK_CONNECTIVITY, cause },
    ),
    retryable: true,
    unsent: UNSENT_ERROR_CODES.has(code) || syscall === 'connect',
  };
}

const CHECK_CONNECTIVITY =
  'Check that this machine can reach that host: name resolution, firewall, the variables https_proxy and no_proxy, `base-url` if you set it, and `mtls-certificate` if the app has mutual TLS.';

const CHECK_PROXY_CREDENTIALS =
  'Check the user name and password in https_proxy: http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded.';

/** A proxy that refuses a tunnel is not asked again: more wrong passwords could lock the account. */
const PROXY_REMEDIES: Readonly<Record<number, (host: string) => string>> = {
  // What tinyproxy responds to a wrong password.
  401: () => CHECK_PROXY_CREDENTIALS,
  403: (host) =>
    `Allow CONNECT to ${host} in the proxy. If this machine can reach that host directly, add it to no_proxy.`,
  407: () => CHECK_PROXY_CREDENTIALS,
};

function proxyTunnelFailure(cause: unknown, { host }: URL, message: string): NetworkFailure {
  const status = Number(/statusCode=(\d+)/.exec(message)?.[1]);
  const reason = Number.isNaN(status) ? 'the proxy cannot be reached' : `the proxy responded with ${status}`;
  const proxyRemedy = PROXY_REMEDIES[status]?.(host);
  const remedy =
    status >= 500
      ? 'Check that the proxy can reach that host: its name resolution and firewall, and `base-url` if you set it.'
      : CHECK_CONNECTIVITY;
  return {
    error: new ActionError('NETWORK_UNREACHABLE', `No connection to ${host} through the proxy (${reason}).`, {
      remedy: proxyRemedy ?? remedy,
      cause,
    }),
    retryable: proxyRemedy === undefined,
    unsent: true,
  };
}
