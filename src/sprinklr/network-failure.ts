import { ActionError, type ErrorCode } from '../errors.ts';
import { ProxyError, type Observation } from './agent.ts';
import { proxyFor, unmatchedNoProxyEntries } from './proxy.ts';

/** A call that got no HTTP response. */
export interface NetworkFailure {
  readonly error: ActionError;
  /** Whether another attempt can succeed. */
  readonly retryable: boolean;
  /** Whether the request was certainly not sent. */
  readonly unsent: boolean;
  /** Whether a connection that was open before failed. The server may have closed it before the request. */
  readonly stale: boolean;
}

/** What Node and OpenSSL call certificate and handshake failures. */
const TLS_ERROR_CODES =
  /^(EPROTO|HOSTNAME_MISMATCH|(ERR_TLS|ERR_SSL|ERR_OSSL|CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|INVALID|PATH_LENGTH|ERROR_IN)_\w+)$/;

/**
 * Says what went wrong below HTTP. Never quotes the original error: its message can contain the query of the URL.
 *
 * @param observed.deadlineSeconds the time limit, if reaching it ended the call
 */
export function toNetworkFailure(
  cause: unknown,
  url: URL,
  observed: Observation & { deadlineSeconds: number | undefined },
): NetworkFailure {
  const { sent, reused, responded, deadlineSeconds } = observed;
  const permanent = (code: ErrorCode, message: string, remedy: string): NetworkFailure => ({
    error: new ActionError(code, message, { remedy, cause }),
    retryable: false,
    unsent: !sent,
    stale: false,
  });

  if (deadlineSeconds !== undefined) {
    const proxy = proxyFor(url);
    const through = proxy === undefined ? '' : ` through the proxy ${proxy.host}`;
    return permanent(
      'TIMED_OUT',
      `${url.host} did not ${responded ? 'finish its response' : 'respond'}${through} within \`timeout-seconds\` (${deadlineSeconds} s).`,
      proxy === undefined
        ? 'Run this again. If it persists, increase `timeout-seconds` (at most 600), or check the proxy and the firewall.'
        : 'Run this again. If it persists, check https_proxy and the firewall, or increase `timeout-seconds` (at most 600).',
    );
  }
  if (cause instanceof ProxyError) return toProxyFailure(cause, url);

  const code = errorCodeOf(cause);
  if (TLS_ERROR_CODES.test(code)) {
    return permanent(
      'TLS_FAILED',
      `TLS connection to ${url.host} failed (${code}).`,
      'If a proxy or `base-url` uses a private CA, set the environment variable NODE_EXTRA_CA_CERTS to its PEM file. ' +
        'If the app uses mutual TLS, check `mtls-certificate` and `mtls-private-key`. Otherwise, check `base-url`, whose ' +
        "server must support TLS 1.2 or later, and the machine's clock.",
    );
  }
  if (code.startsWith('HPE_')) {
    return permanent(
      'RESPONSE_INVALID',
      `The response from ${url.host} is not HTTP.`,
      'Check `base-url` and the proxy.',
    );
  }
  const proxy = proxyFor(url) === undefined ? '' : ' through the proxy';
  const reason = /^E[A-Z_]+$/.test(code) ? code : 'connection lost';
  const [message, remedy] = responded
    ? [
        `The response from ${url.host}${proxy} was cut short (${reason}).`,
        'Run this again. If it persists, check the proxy and the firewall.',
      ]
    : [`Connection to ${url.host}${proxy} failed (${reason}).`, CHECK_CONNECTIVITY];
  const failure = permanent('NETWORK_UNREACHABLE', message, remedy);
  return { ...failure, retryable: true, stale: reused && !responded };
}

/** The code of an error, or of the first error in Node's `AggregateError` for several addresses of one host. */
function errorCodeOf(error: unknown): string {
  const { code, errors } = error as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  return Array.isArray(errors) && errors.length > 0 ? errorCodeOf(errors[0]) : '';
}

const CHECK_CONNECTIVITY =
  'Check that this machine can reach that host: DNS, firewall, the variables https_proxy and no_proxy, `base-url` if you set it, and `mtls-certificate` if the app uses mutual TLS.';

const CHECK_PROXY_CREDENTIALS =
  'Check the username and password in https_proxy: http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded.';

/** There is no tunnel, so nothing was sent to the target. */
function toProxyFailure({ proxy, status, challenge, cause }: ProxyError, { host }: URL): NetworkFailure {
  const retryable = (failed: NetworkFailure): NetworkFailure => ({ ...failed, retryable: true });
  const failure = (code: ErrorCode, reason: string, remedy: string): NetworkFailure => ({
    error: new ActionError(
      code,
      `Connection to ${host} through the proxy ${proxy.host} failed (${reason}).`,
      {
        remedy: `${remedy}${hintForNoProxy(host)}`,
        cause,
      },
    ),
    retryable: false,
    unsent: true,
    stale: false,
  });
  const code = errorCodeOf(cause ?? {});
  if (TLS_ERROR_CODES.test(code)) {
    return failure(
      'TLS_FAILED',
      `TLS error at the proxy itself: ${code}`,
      "Start https_proxy with https:// only if the proxy itself expects TLS. Most proxies expect http://. If its certificate is from a private CA, set NODE_EXTRA_CA_CERTS to that CA's PEM file.",
    );
  }
  if (code.startsWith('HPE_')) {
    return failure(
      'NETWORK_UNREACHABLE',
      "the proxy's response is not HTTP",
      'Check the port in https_proxy. If the proxy itself expects TLS, start https_proxy with https://.',
    );
  }
  if (status === undefined) {
    const reason = /^E[A-Z_]+$/.test(code)
      ? `the proxy cannot be reached: ${code}`
      : 'the proxy cannot be reached';
    return retryable(
      failure(
        'NETWORK_UNREACHABLE',
        reason,
        `Check the host and port in https_proxy, and that this machine can reach the proxy (DNS, firewall). If it can reach ${host} directly, add that host to no_proxy.`,
      ),
    );
  }
  const reason = `the proxy responded with ${status}`;
  // No retry after a proxy refused a tunnel, because more wrong passwords could lock the account.
  if (
    status === 407 &&
    !/\bbasic\b/i.test(challenge) &&
    /\b(ntlm|negotiate|kerberos|digest)\b/i.test(challenge)
  ) {
    return failure(
      'NETWORK_UNREACHABLE',
      `${reason} and offers only ${schemesIn(challenge)} authentication`,
      'A username and password in https_proxy work only with Basic authentication. Use a proxy or a rule that allows this machine with Basic or no authentication, or run a local proxy that logs in, such as cntlm.',
    );
  }
  // tinyproxy responds with 401 to a wrong password.
  if (status === 401 || status === 407)
    return failure('NETWORK_UNREACHABLE', reason, CHECK_PROXY_CREDENTIALS);
  if (status === 403) {
    return failure(
      'NETWORK_UNREACHABLE',
      reason,
      `Allow CONNECT to ${host} in the proxy. If this machine can reach that host directly, add it to no_proxy.`,
    );
  }
  const remedy =
    status >= 500
      ? 'Check that the proxy can reach that host: its DNS and firewall, and `base-url` if you set it.'
      : CHECK_CONNECTIVITY;
  return retryable(failure('NETWORK_UNREACHABLE', reason, remedy));
}

function schemesIn(challenge: string): string {
  const known = ['NTLM', 'Negotiate', 'Kerberos', 'Digest'];
  return known.filter((scheme) => new RegExp(`\\b${scheme}\\b`, 'i').test(challenge)).join(' and ');
}

/** An entry that matches no host name exempts nothing here. */
function hintForNoProxy(host: string): string {
  const [entry] = unmatchedNoProxyEntries();
  return entry === undefined
    ? ''
    : ` no_proxy contains an entry that matches no host name (${entry}). To bypass the proxy, add ${host.replace(/:\d+$/, '')} to it.`;
}
