import { afterEach, expect, test } from '@jest/globals';
import { ProxyError, type Observation } from '../../src/sprinklr/agent.ts';
import { toNetworkFailure, type NetworkFailure } from '../../src/sprinklr/network-failure.ts';
import { recordError } from '../recorded-messages.ts';

const url = new URL('https://api2.sprinklr.com/prod2/oauth/apptoken/eyJw?client_secret=Hunter2');

const unsent: Observation = { sent: false, reused: false, responded: false };
const sent: Observation = { ...unsent, sent: true };

/** The failure for an error of Node, whose message contains a secret. */
function failureOf(
  properties: { code?: string; errors?: readonly object[] },
  observed = unsent,
  deadlineSeconds?: number,
): NetworkFailure {
  const cause = Object.assign(new Error('of Hunter2'), properties);
  const failure = toNetworkFailure(cause, url, { ...observed, deadlineSeconds });
  expect(failure.error.cause).toBe(cause);
  expectNoSecret(failure);
  return failure;
}

function expectNoSecret({ error }: NetworkFailure): void {
  expect(error.message + error.remedy).not.toMatch(/Hunter2|client_secret/);
  expect(error.message).toContain('api2.sprinklr.com');
  recordError(error);
}

afterEach(() => {
  delete process.env['https_proxy'];
  delete process.env['no_proxy'];
});

test.each([
  'EPROTO',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_OSSL_X509_KEY_VALUES_MISMATCH',
  'CERT_HAS_EXPIRED',
  'CRL_HAS_EXPIRED',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
])('%s is TLS_FAILED, and is final', (code) => {
  expect(failureOf({ code })).toMatchObject({
    error: {
      code: 'TLS_FAILED',
      message: expect.stringContaining(`(${code})`),
      remedy: expect.stringMatching(
        /NODE_EXTRA_CA_CERTS.*`mtls-certificate` and `mtls-private-key`.*`base-url`.*TLS 1\.2.*clock/,
      ),
    },
    retryable: false,
    unsent: true,
  });
});

test.each([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  'EPIPE',
])('%s is NETWORK_UNREACHABLE, and is retryable', (code) => {
  expect(failureOf({ code })).toMatchObject({
    error: {
      code: 'NETWORK_UNREACHABLE',
      message: expect.stringContaining(`(${code})`),
      remedy: expect.stringMatching(
        /DNS, firewall.*https_proxy and no_proxy.*`base-url`.*`mtls-certificate`/,
      ),
    },
    retryable: true,
    unsent: true,
    stale: false,
  });
});

test.each([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ECONNRESET',
  'EPROTO',
  'CERT_HAS_EXPIRED',
  'HPE_INVALID_CONSTANT',
  '',
])('whether a request that failed with "%s" was sent is observed, not inferred', (code) => {
  expect(failureOf({ code }, unsent).unsent).toBe(true);
  expect(failureOf({ code }, sent).unsent).toBe(false);
  expect(failureOf({ code }, unsent, 60).unsent).toBe(true);
  expect(failureOf({ code }, sent, 60).unsent).toBe(false);
});

test('only a reused connection without a response is stale', () => {
  const reused = { ...sent, reused: true };
  expect(failureOf({ code: 'ECONNRESET' }, reused).stale).toBe(true);
  expect(failureOf({ code: 'ECONNRESET' }, { ...reused, responded: true }).stale).toBe(false);
  expect(failureOf({ code: 'ECONNRESET' }, sent).stale).toBe(false);
  expect(failureOf({ code: 'ECONNRESET' }, reused, 60).stale).toBe(false);
  expect(failureOf({ code: 'HPE_INVALID_CONSTANT' }, reused).stale).toBe(false);
});

test('of several addresses that failed, the first reason is named', () => {
  const errors = [{ code: 'ETIMEDOUT' }, { code: 'ECONNREFUSED' }];
  expect(failureOf({ errors }).error.message).toContain('(ETIMEDOUT)');
  expect(failureOf({ errors: [] }).error.message).toContain('(connection lost)');
});

test.each([
  ['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_PREMATURE_CLOSE'],
  ['EPROTO_', 'EPROTO_'],
  ['XEPROTO', 'connection lost'],
  ['CERT_x-y', 'connection lost'],
  ['ECONNRESET of Hunter2', 'connection lost'],
  ['to ECONNRESET', 'connection lost'],
  ['', 'connection lost'],
])('the unknown code "%s" is NETWORK_UNREACHABLE (%s)', (code, reason) => {
  expect(failureOf({ code }).error).toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: expect.stringContaining(`(${reason})`),
  });
});

test('a response that is not HTTP is RESPONSE_INVALID: final and possibly sent', () => {
  expect(failureOf({ code: 'HPE_INVALID_CONSTANT' }, sent)).toMatchObject({
    error: {
      code: 'RESPONSE_INVALID',
      message: expect.stringContaining('not HTTP'),
      remedy: expect.stringContaining('`base-url`'),
    },
    retryable: false,
    unsent: false,
  });
});

test('the time limit takes precedence over the error that it caused', () => {
  expect(failureOf({ code: 'ECONNREFUSED' }, sent, 60)).toMatchObject({
    error: {
      code: 'TIMED_OUT',
      message: expect.stringMatching(/`timeout-seconds`.*60 s/),
      remedy: expect.stringMatching(/`timeout-seconds` \(at most 600\).*proxy and the firewall/),
    },
    retryable: false,
    unsent: false,
  });
});

/** The failure of a tunnel. The proxy's address contains a secret. */
function tunnelFailure(details: { status?: number; challenge?: string; code?: string }): NetworkFailure {
  const proxy = new URL('http://builder:Hunter2@proxy.example.com:3128');
  const cause = details.code === undefined ? undefined : Object.assign(new Error('of Hunter2'), details);
  const failure = toNetworkFailure(new ProxyError(proxy, { ...details, cause }), url, {
    ...unsent,
    deadlineSeconds: undefined,
  });
  expectNoSecret(failure);
  expect(failure.error.message).toContain('through the proxy proxy.example.com:3128 failed (');
  expect([failure.unsent, failure.stale]).toEqual([true, false]);
  return failure;
}

const PROXY_CREDENTIALS = /password in https_proxy: http:\/\/USER:PASSWORD@HOST:PORT.*percent-encoded/;
const PROXY_NETWORK = /the proxy can reach.*`base-url`/;
const PROXY_ADDRESS =
  /^Check the host and port in https_proxy.*DNS, firewall.*api2\.sprinklr\.com directly.*no_proxy\.$/;
const OWN_NETWORK = /this machine can reach.*https_proxy and no_proxy/;
test.each([
  {
    details: { status: 401 },
    reason: 'the proxy responded with 401',
    remedy: PROXY_CREDENTIALS,
    retryable: false,
  },
  {
    details: { status: 403 },
    reason: 'the proxy responded with 403',
    remedy: /CONNECT to api2\.sprinklr\.com.*no_proxy/,
    retryable: false,
  },
  {
    details: { status: 407 },
    reason: 'the proxy responded with 407',
    remedy: PROXY_CREDENTIALS,
    retryable: false,
  },
  { details: { status: 429 }, reason: 'the proxy responded with 429', remedy: OWN_NETWORK, retryable: true },
  {
    details: { status: 500 },
    reason: 'the proxy responded with 500',
    remedy: PROXY_NETWORK,
    retryable: true,
  },
  {
    details: { status: 503 },
    reason: 'the proxy responded with 503',
    remedy: PROXY_NETWORK,
    retryable: true,
  },
  { details: {}, reason: 'the proxy cannot be reached', remedy: PROXY_ADDRESS, retryable: true },
  {
    details: { code: 'ECONNREFUSED' },
    reason: 'the proxy cannot be reached: ECONNREFUSED',
    remedy: PROXY_ADDRESS,
    retryable: true,
  },
  {
    details: { code: 'HPE_INVALID_CONSTANT' },
    reason: "the proxy's response is not HTTP",
    remedy: /expects TLS.*https:\/\//,
    retryable: false,
  },
])('a tunnel that fails with $details is unsent: $reason', ({ details, reason, remedy, retryable }) => {
  const failure = tunnelFailure(details);
  expect(failure.error).toMatchObject({ code: 'NETWORK_UNREACHABLE', remedy: expect.stringMatching(remedy) });
  expect(failure.error.message).toContain(`(${reason})`);
  expect(failure.retryable).toBe(retryable);
});

test.each([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])('%s on the way to the proxy is a TLS failure of the proxy itself', (code) => {
  const { error, retryable } = tunnelFailure({ code });
  expect(error.code).toBe('TLS_FAILED');
  expect(error.message).toContain(`TLS error at the proxy itself: ${code}`);
  expect(error.remedy).toMatch(/https_proxy with https:\/\/ only if.*NODE_EXTRA_CA_CERTS/);
  expect(retryable).toBe(false);
});

test.each([
  ['NTLM', 'NTLM'],
  ['Negotiate', 'Negotiate'],
  ['Negotiate, NTLM', 'NTLM and Negotiate'],
  ['Kerberos', 'Kerberos'],
])(
  'a 407 that offers only "%s" says that a password works only with Basic authentication',
  (challenge, schemes) => {
    const { error, retryable } = tunnelFailure({ status: 407, challenge });
    expect(error.message).toContain(`offers only ${schemes} authentication`);
    expect(error.remedy).toMatch(/username and password .*only with Basic authentication.*cntlm/);
    expect(retryable).toBe(false);
  },
);

test.each(['', 'Basic realm="NTLM"', 'Negotiate, Basic realm="proxy"'])(
  'a 407 that offers "%s" leads to the username and password',
  (challenge) => {
    expect(tunnelFailure({ status: 407, challenge }).error.remedy).toMatch(PROXY_CREDENTIALS);
  },
);

test('an entry of no_proxy that matches no host name is named, with the entry to add', () => {
  process.env['no_proxy'] = '10.0.0.0/8';
  expect(tunnelFailure({ status: 403 }).error.remedy).toMatch(
    /matches no host name \(10\.0\.0\.0\/8\)\. .*add api2\.sprinklr\.com to it\.$/,
  );
  process.env['no_proxy'] = '*.example.com';
  expect(tunnelFailure({ status: 403 }).error.remedy).not.toContain('no host name');
});

test('a time limit that is reached behind a proxy names the proxy first', () => {
  process.env['https_proxy'] = 'http://builder:Hunter2@proxy.example.com:3128';
  const { error } = failureOf({}, unsent, 60);
  expect(error.message).toBe(
    'api2.sprinklr.com did not respond through the proxy proxy.example.com:3128 within `timeout-seconds` (60 s).',
  );
  expect(error.remedy).toMatch(
    /^Run this again\. If it persists, check https_proxy .*`timeout-seconds` \(at most 600\)\.$/,
  );
});

test('a connection that is lost behind a proxy says so', () => {
  process.env['https_proxy'] = 'http://proxy.example.com:3128';
  expect(failureOf({ code: 'ECONNRESET' }).error.message).toContain('through the proxy failed (ECONNRESET)');
});

test('a response that breaks off is not called a missing connection', () => {
  const responded = { ...sent, responded: true };
  const { error, retryable } = failureOf({ code: 'ECONNRESET' }, responded);
  expect(error.code).toBe('NETWORK_UNREACHABLE');
  expect(error.message).toBe('The response from api2.sprinklr.com was cut short (ECONNRESET).');
  expect(error.remedy).not.toMatch(/name resolution|https_proxy/);
  expect(retryable).toBe(true);
  expect(failureOf({}, responded, 60).error.message).toBe(
    'api2.sprinklr.com did not finish its response within `timeout-seconds` (60 s).',
  );
});
