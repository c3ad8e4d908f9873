import { afterEach, expect, test } from '@jest/globals';
import { toNetworkFailure, type NetworkFailure } from '../../src/sprinklr/network-failure.ts';

const url = new URL('https://api2.sprinklr.com/prod2/oauth/apptoken/eyJw?client_secret=Hunter2');

/** The failure for an error of Node, whose message contains a secret. */
function failureOf(
  properties: { code?: string; message?: string; syscall?: string },
  deadlineSeconds?: number,
): NetworkFailure {
  const cause = Object.assign(new Error('of Hunter2'), properties);
  const failure = toNetworkFailure(cause, url, deadlineSeconds);
  expect(failure.error.cause).toBe(cause);
  expect(failure.error.message + failure.error.remedy).not.toMatch(/Hunter2|client_secret/);
  expect(failure.error.message).toContain('api2.sprinklr.com');
  return failure;
}

afterEach(() => {
  delete process.env['https_proxy'];
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
])('%s is TLS_FAILED: final and unsent', (code) => {
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
  ['ECONNREFUSED', true],
  ['ENOTFOUND', true],
  ['EAI_AGAIN', true],
  ['EHOSTUNREACH', true],
  ['ENETUNREACH', true],
  ['ECONNRESET', false],
  ['EPIPE', false],
])('%s is NETWORK_UNREACHABLE: retryable, unsent: %s', (code, unsent) => {
  expect(failureOf({ code })).toMatchObject({
    error: {
      code: 'NETWORK_UNREACHABLE',
      message: expect.stringContaining(`(${code})`),
      remedy: expect.stringMatching(
        /name resolution, firewall.*https_proxy and no_proxy.*`base-url`.*`mtls-certificate`/,
      ),
    },
    retryable: true,
    unsent,
  });
});

test.each([
  ['connect', true],
  ['read', false],
])('ETIMEDOUT in the system call "%s" is unsent: %s', (syscall, unsent) => {
  expect(failureOf({ code: 'ETIMEDOUT', syscall }).unsent).toBe(unsent);
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
  expect(failureOf({ code: 'HPE_INVALID_CONSTANT' })).toMatchObject({
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
  expect(failureOf({ code: 'ECONNREFUSED' }, 60)).toMatchObject({
    error: {
      code: 'TIMED_OUT',
      message: expect.stringMatching(/`timeout-seconds`.*60 s/),
      remedy: expect.stringMatching(/`timeout-seconds` \(at most 600\).*proxy and firewall/),
    },
    retryable: false,
    unsent: false,
  });
});

const PROXY_CREDENTIALS = /password in https_proxy: http:\/\/USER:PASSWORD@HOST:PORT.*percent-encoded/;
const PROXY_NETWORK = /the proxy can reach.*`base-url`/;
const OWN_NETWORK = /this machine can reach.*https_proxy and no_proxy/;
test.each([
  {
    problem: 'statusCode=401',
    reason: 'the proxy responded with 401',
    remedy: PROXY_CREDENTIALS,
    retryable: false,
  },
  {
    problem: 'statusCode=403',
    reason: 'the proxy responded with 403',
    remedy: /CONNECT to api2\.sprinklr\.com.*no_proxy/,
    retryable: false,
  },
  {
    problem: 'statusCode=407',
    reason: 'the proxy responded with 407',
    remedy: PROXY_CREDENTIALS,
    retryable: false,
  },
  { problem: 'statusCode=429', reason: 'the proxy responded with 429', remedy: OWN_NETWORK, retryable: true },
  {
    problem: 'statusCode=500',
    reason: 'the proxy responded with 500',
    remedy: PROXY_NETWORK,
    retryable: true,
  },
  {
    problem: 'statusCode=503',
    reason: 'the proxy responded with 503',
    remedy: PROXY_NETWORK,
    retryable: true,
  },
  {
    problem: 'cause=of Hunter2',
    reason: 'the proxy cannot be reached',
    remedy: OWN_NETWORK,
    retryable: true,
  },
])('a tunnel that fails with $problem is unsent: $reason', ({ problem, reason, remedy, retryable }) => {
  process.env['https_proxy'] = 'http://builder:Hunter2@proxy.example.com:3128';
  const message = `tunneling socket could not be established, ${problem}`;
  expect(failureOf({ code: 'ECONNRESET', message })).toMatchObject({
    error: {
      code: 'NETWORK_UNREACHABLE',
      message: expect.stringContaining(`through the proxy (${reason})`),
      remedy: expect.stringMatching(remedy),
    },
    retryable,
    unsent: true,
  });
});

test('a connection that is lost behind a proxy says so', () => {
  process.env['https_proxy'] = 'http://proxy.example.com:3128';
  expect(failureOf({ code: 'ECONNRESET' }).error.message).toContain('through the proxy (ECONNRESET)');
});

test('the text of a tunnel failure counts only at the start of a message', () => {
  const message = 'Hunter2: tunneling socket could not be established, statusCode=407';
  const { error, unsent } = failureOf({ code: 'ECONNRESET', message });
  expect(error.message).toContain('(ECONNRESET)');
  expect(unsent).toBe(false);
});
