import { afterEach, expect, test } from '@jest/globals';
import { toNetworkFailure } from '../../src/sprinklr/network-failure.ts';

const url = new URL('https://api2.sprinklr.com/prod2/oauth/apptoken/eyJw?client_secret=Hunter2');
const because = (error: { code?: string; message?: string; syscall?: string }) =>
  toNetworkFailure(Object.assign(new Error(error.message ?? 'of Hunter2'), error), url, undefined);

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
])('%s is final and for the TLS settings; nothing was sent', (code) => {
  const { error, retryable: mayPass, unsent } = because({ code });
  expect(error).toMatchObject({
    code: 'TLS_FAILED',
    message: `No trusted TLS connection to api2.sprinklr.com (${code}).`,
    remedy:
      'If a proxy or base-url uses a private CA, point the environment variable NODE_EXTRA_CA_CERTS at its PEM file. ' +
      'If the app has mutual TLS, check mtls-certificate and mtls-private-key. Otherwise check base-url, where TLS 1.2 or newer must be spoken, and the clock of the runner.',
  });
  expect([mayPass, unsent]).toEqual([false, true]);
});

test.each([
  ['ECONNREFUSED', true],
  ['ENOTFOUND', true],
  ['EAI_AGAIN', true],
  ['EHOSTUNREACH', true],
  ['ENETUNREACH', true],
  ['ECONNRESET', false],
  ['EPIPE', false],
])('%s may pass; that nothing was sent is %s', (code, unsent) => {
  const failure = because({ code });
  expect(failure.error).toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: `No connection to api2.sprinklr.com (${code}).`,
    remedy:
      'Check that this runner may reach that host: name resolution, firewall, the variables https_proxy and no_proxy, base-url if you set it, and mtls-certificate if the app has mutual TLS.',
  });
  expect([failure.retryable, failure.unsent]).toEqual([true, unsent]);
});

test('a connection that was never made sent nothing, whatever the reason is called', () => {
  expect(because({ code: 'ETIMEDOUT', syscall: 'connect' }).unsent).toBe(true);
  expect(because({ code: 'ETIMEDOUT', syscall: 'read' }).unsent).toBe(false);
});

test.each([
  'ERR_STREAM_PREMATURE_CLOSE',
  'XEPROTO',
  'EPROTO_',
  'CERT_x-y',
  'ECONNRESET of Hunter2',
  'to ECONNRESET',
  '',
])('a reason that has no name of a system (%j) is a connection lost', (code) => {
  expect(because({ code }).error.message).toMatch(
    /^No connection to api2\.sprinklr\.com \((connection lost|ERR_STREAM_PREMATURE_CLOSE|EPROTO_)\)\.$/,
  );
});

test('what is not HTTP is final, and may have been taken', () => {
  const { error, retryable: mayPass, unsent } = because({ code: 'HPE_INVALID_CONSTANT' });
  expect(error).toMatchObject({
    code: 'RESPONSE_INVALID',
    message: 'What api2.sprinklr.com answered is not HTTP.',
    remedy: 'Check base-url, and the proxy between runner and Sprinklr.',
  });
  expect([mayPass, unsent]).toEqual([false, false]);
});

test("the step's bound comes before what ended the call because of it", () => {
  const { error, retryable: mayPass, unsent } = toNetworkFailure(new Error('aborted'), url, 60);
  expect(error).toMatchObject({
    code: 'TIMED_OUT',
    message: 'api2.sprinklr.com did not answer within the 60 s of timeout-seconds.',
    remedy:
      'Run the job again. If it happens often, raise timeout-seconds (at most 600), or check the proxy and firewall between runner and Sprinklr.',
  });
  expect([mayPass, unsent]).toEqual([false, false]);
});

const WHO_ASKS =
  'Check user and password in https_proxy: http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded.';
const ITS_OWN_WAY =
  'Check that the proxy reaches that host: its name resolution and firewall, and base-url if you set it.';
const OUR_WAY =
  'Check that this runner may reach that host: name resolution, firewall, the variables https_proxy and no_proxy, base-url if you set it, and mtls-certificate if the app has mutual TLS.';
test.each([
  { cause: 'statusCode=401', told: 'the proxy answered 401', remedy: WHO_ASKS, again: false },
  {
    cause: 'statusCode=403',
    told: 'the proxy answered 403',
    remedy:
      'Have the proxy allow CONNECT to api2.sprinklr.com. If this runner reaches that host without it, name the host in no_proxy.',
    again: false,
  },
  { cause: 'statusCode=407', told: 'the proxy answered 407', remedy: WHO_ASKS, again: false },
  { cause: 'statusCode=429', told: 'the proxy answered 429', remedy: OUR_WAY, again: true },
  { cause: 'statusCode=500', told: 'the proxy answered 500', remedy: ITS_OWN_WAY, again: true },
  { cause: 'statusCode=503', told: 'the proxy answered 503', remedy: ITS_OWN_WAY, again: true },
  { cause: 'cause=of Hunter2', told: 'the proxy cannot be reached', remedy: OUR_WAY, again: true },
])(
  'a proxy that opens no tunnel is told by $cause, and nothing was sent',
  ({ cause, told, remedy, again }) => {
    const message = `tunneling socket could not be established, ${cause}`;
    process.env['https_proxy'] = 'http://builder:Hunter2@proxy.example.com:3128';
    const { error, retryable: mayPass, unsent } = because({ code: 'ECONNRESET', message });
    expect(error).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      message: `No connection to api2.sprinklr.com through the proxy (${told}).`,
      remedy,
    });
    expect([mayPass, unsent]).toEqual([again, true]);
  },
);

test('a connection that was lost behind a proxy was lost there', () => {
  process.env['https_proxy'] = 'http://proxy.example.com:3128';
  expect(because({ code: 'ECONNRESET' }).error.message).toBe(
    'No connection to api2.sprinklr.com through the proxy (ECONNRESET).',
  );
});

test('words about a tunnel elsewhere in a message are no failed tunnel', () => {
  const message = 'Hunter2: tunneling socket could not be established, statusCode=407';
  const { error, unsent } = because({ code: 'ECONNRESET', message });
  expect([error.message, unsent]).toEqual(['No connection to api2.sprinklr.com (ECONNRESET).', false]);
});
