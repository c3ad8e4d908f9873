import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { createSecrets, WITHHELD } from '../../src/redaction.ts';
import {
  toInvalidResponseError,
  toResponseError,
  type Operation,
} from '../../src/sprinklr/response-error.ts';
import type { HttpResponse } from '../../src/sprinklr/response.ts';
import { httpResponse } from './fake-session.ts';

const secrets = createSecrets(() => undefined);
const operations: Operation[] = ['token exchange', 'registration', 'code exchange', 'identity check'];

/** The facts of a remedy: the inputs to check, in order, and what to ask for. */
const REMEDIES: Partial<Record<ErrorCode, RegExp>> = {
  API_KEY_INACTIVE: /`api-key`.*`environment`/,
  CREDENTIALS_REJECTED: /`api-secret`.*`redirect-uri`/,
  ENVIRONMENT_MISMATCH: /`environment`.*`api-key`.*"sentry-environment"/,
  NOT_FOUND: /`environment` and `gateway`/,
  PERMISSION_DENIED: /admin.*Generate Token.*user who consented/,
  RATE_LIMITED: /10 requests per second and 1,000 per hour/,
  REDIRECTED: /`environment`, `gateway`, and `base-url`/,
  RESPONSE_INVALID: /`gateway`, `environment`, and `base-url`.*proxy/,
  SERVER_ERROR: /later.*Sprinklr support/,
};
const REMEDIES_BY_OPERATION: Record<Operation, Partial<Record<ErrorCode, RegExp>>> = {
  'token exchange': {
    CREDENTIALS_REJECTED:
      /`api-secret`.*`redirect-uri`.*trailing slash.*`private-key`.*`app-id`.*`username`.*password.*`audience`.*certificate.*expired.*clock/,
    NOT_FOUND: /`environment`, `gateway`, and `app-id`/,
    PERMISSION_DENIED: /admin.*Generate Token.*`username`/,
  },
  registration: {
    CREDENTIALS_REJECTED: /access token.*`api-key`.*password.*new code.*500, `redirect-uri`/,
    NOT_FOUND: /`environment` and `gateway`: `api2` and `api3`/,
    RESPONSE_INVALID:
      /may have been registered.*new key and certificate.*`gateway`, `environment`, and `base-url`/,
    SERVER_ERROR: /not retried.*may have been registered.*do not register it again.*new key and certificate/,
  },
  'code exchange': {
    CREDENTIALS_REJECTED:
      /once.*10 minutes.*500, `redirect-uri`.*`api-secret` and `redirect-uri`.*trailing slash/,
    SERVER_ERROR: /may have been used.*not retried.*new code.*500, `redirect-uri`/,
  },
  'identity check': {
    CREDENTIALS_REJECTED: /same API key.*Request one token.*password/,
    PERMISSION_DENIED: /admin.*`username`.*`verify` and `allowed-workspace-ids`/,
  },
};

const RESPONSES: [ErrorCode, number, Record<string, string>][] = [
  ['CREDENTIALS_REJECTED', 400, {}],
  ['CREDENTIALS_REJECTED', 401, {}],
  ['PERMISSION_DENIED', 403, {}],
  ['API_KEY_INACTIVE', 403, { 'x-mashery-error-code': 'ERR_403_DEVELOPER_INACTIVE' }],
  ['NOT_FOUND', 404, {}],
  ['ENVIRONMENT_MISMATCH', 421, {}],
  ['RATE_LIMITED', 429, {}],
  ['SERVER_ERROR', 503, {}],
  ['REDIRECTED', 302, { location: 'https://login.example.com/' }],
  ['RESPONSE_INVALID', 405, {}],
];
const cases = operations.flatMap((operation) =>
  RESPONSES.map(([code, status, headers]) => ({ operation, code, status, headers })),
);

test.each(cases)(
  'a failed $operation with HTTP $status is $code and says what to do',
  ({ operation, code, status, headers }) => {
    const error = toResponseError(httpResponse(status, '', headers), operation, secrets);
    expect(error.code).toBe(code);
    expect(error.message.toLowerCase()).toContain(`${operation} failed (http ${status})`);
    expect(error.message).toContain(
      code === 'API_KEY_INACTIVE' ? '"ERR_403_DEVELOPER_INACTIVE"' : 'gave no reason',
    );
    expect(error.remedy).toMatch(REMEDIES_BY_OPERATION[operation][code] ?? REMEDIES[code] ?? /never/);
    // Names of the front ends' own places would be wrong in the other one.
    expect(error.message + error.remedy).not.toMatch(/GitHub|\bgh\b|secrets\.|with:|\binput/i);
  },
);

test.each(operations)('every status of a failed %s has a remedy', (operation) => {
  for (let status = 100; status <= 599; status++) {
    if (status >= 200 && status < 300) continue;
    expect(toResponseError(httpResponse(status), operation, secrets).remedy).toMatch(/\.$/);
  }
});

test.each(operations)(
  'an unusable response to a %s is RESPONSE_INVALID and quotes the server',
  (operation) => {
    const response = httpResponse(200, '{"message":"Try Mars"}');
    const { code, message, remedy, possiblyProcessed } = toInvalidResponseError(
      response,
      'contains no user',
      {
        operation,
        secrets,
      },
    );
    expect(code).toBe('RESPONSE_INVALID');
    expect(message.toLowerCase()).toContain(`${operation} failed`);
    expect(message).toMatch(/HTTP 200.* contains no user\..*"Try Mars"/);
    expect(possiblyProcessed).toBe(false);
    expect(remedy).toMatch(REMEDIES_BY_OPERATION[operation].RESPONSE_INVALID ?? /`gateway`.*proxy/);
  },
);

test.each([
  [200, '{"data":null,"Errors":[{"message":"Certificate already registered"}]}', 'RESPONSE_INVALID'],
  [
    400,
    '{"errors":[{"code":400,"message":"This certificate has already been registered"}]}',
    'CREDENTIALS_REJECTED',
  ],
  [409, '{"message":"App certificate already exists"}', 'RESPONSE_INVALID'],
  [409, '{"message":"Duplicate certificate"}', 'RESPONSE_INVALID'],
])('a registration that gets HTTP %s %s leads to the App ID of the first one', (status, body, code) => {
  const response = httpResponse(status, body);
  const error =
    status === 200
      ? toInvalidResponseError(response, 'reports an error', { operation: 'registration', secrets })
      : toResponseError(response, 'registration', secrets);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(
    /^Registration failed.*: the certificate is already registered\. The server said: "/,
  );
  expect(error.remedy).toMatch(
    /^Use the App ID from that registration\. .*new key and certificate.*Sprinklr support/,
  );
  expect(`${error.message} ${error.remedy}`.length).toBeLessThan(320);
  expect(error.possiblyProcessed).toBe(true);
  expect(toResponseError(httpResponse(400, body), 'token exchange', secrets).remedy).not.toContain(
    'App ID from',
  );
});

test.each([
  [400, 'App name already exists'],
  [403, 'User already exists in another workspace'],
  [429, 'A session is already registered'],
  [500, 'Certificate already exists'],
])('a registration that gets HTTP %s "%s" is not said to be a second one', (status, message) => {
  const response = httpResponse(status, JSON.stringify({ message }));
  const error = toResponseError(response, 'registration', secrets);
  expect([error.message.includes('is already registered.'), error.possiblyProcessed]).toEqual([false, false]);
});

test.each([
  'Unauthorized user',
  'Missing user credentials',
  'Invalid assertion',
  'Full authentication is required (user anonymous)',
])('a token exchange rejected with "%s" leads to all checks', (message) => {
  const response = httpResponse(401, JSON.stringify({ message }));
  expect(toResponseError(response, 'token exchange', secrets).remedy).toMatch(
    /\(1\) `api-secret`.*\(7\) the machine/,
  );
});

test('the message has the number of attempts, and a delay beyond the time limit', () => {
  const response = { ...httpResponse(429), attempts: 3, retryAfterExceedsDeadline: 90.2 };
  const { message } = toResponseError(response, 'token exchange', secrets);
  expect(message).toContain('HTTP 429 after 3 attempts');
  expect(message).toMatch(/wait of 91 s.*`timeout-seconds`/);
});

test('a delay that no server asked for is not attributed to Sprinklr', () => {
  const response = { ...httpResponse(503), attempts: 4, retryAfterExceedsDeadline: 8 };
  expect(toResponseError(response, 'token exchange', secrets).message).not.toContain('asked');
});

test.each([
  ['https://login.example.com/?client_secret=x', 'login.example.com'],
  ['/elsewhere', 'the same host'],
  ['//other.example.com/x', 'other.example.com'],
  ['mailto:x', 'no host'],
  ['https://[', 'an unreadable address'],
  [`https://${'a.'.repeat(120)}example.com/`, `${'a.'.repeat(50)}…`],
])('a redirect to "%s" names only the host', (location, host) => {
  const { message } = toResponseError(httpResponse(302, '', { location }), 'token exchange', secrets);
  expect(message).toContain(`points to ${host}.`);
  expect(message).not.toContain('client_secret');
});

test('a redirect without a Location says so', () => {
  const { message } = toResponseError(httpResponse(302), 'token exchange', secrets);
  expect(message).toContain('It does not say where to. Redirects are not followed.');
});

test('a delay of more than a day is not given in seconds', () => {
  const response = { ...httpResponse(429), retryAfterExceedsDeadline: 86_400.2 };
  expect(toResponseError(response, 'token exchange', secrets).message).toContain(
    'requires a wait of 24 hours or more, longer than `timeout-seconds`',
  );
});

test('a redirect to a host that reveals a secret does not name it, even in base64 of base64', () => {
  const masked = createSecrets(() => undefined);
  masked.mask('k7apikey3n5x9w2q');
  const host = `${btoa(btoa('k7apikey3n5x9w2q')).replaceAll('=', '')}.example.com`;
  const messageOf = (location: string): string =>
    toResponseError(httpResponse(302, '', { location }), 'token exchange', masked).message;

  for (const location of [`https://${host}/`, `//${host}?a`, `HTTPS://login:${host}@example.com#a`])
    expect(messageOf(location)).toContain(WITHHELD);
  for (const path of [`/${host}`, `?a=//${host}`, `#//${host}`])
    expect(messageOf(`https://login.example.com${path}`)).toContain('login.example.com');
});

test.each(['No required SSL certificate was sent', 'The SSL certificate error'])(
  'nginx\'s 400 with "%s" leads to the client certificate',
  (reason) => {
    const body = `<html><head><title>400 ${reason}</title></head></html>`;
    for (const operation of operations) {
      const { code, remedy } = toResponseError(httpResponse(400, body), operation, secrets);
      expect(code).toBe('CREDENTIALS_REJECTED');
      expect(remedy).toMatch(/^Check `mtls-certificate` and `mtls-private-key`/);
    }
    expect(toResponseError(httpResponse(401, body), 'token exchange', secrets).remedy).not.toContain('mtls');
  },
);

test.each([
  '{"error":"access_denied","error_description":"Access to resource is forbidden"}',
  '<h1>Access to resource is forbidden</h1>',
])('a 400 of %s names the missing permission', (body) => {
  for (const operation of operations) {
    const { code, message, remedy } = toResponseError(httpResponse(400, body), operation, secrets);
    expect(code).toBe('CREDENTIALS_REJECTED');
    expect(message).toContain('denied permission');
    expect(remedy).toMatch(
      REMEDIES_BY_OPERATION[operation].PERMISSION_DENIED ?? REMEDIES.PERMISSION_DENIED ?? /never/,
    );
  }
  expect(toResponseError(httpResponse(401, body), 'token exchange', secrets).message).toContain(
    'credentials',
  );
});

const SECRET = 'Check that `api-secret` is the secret of `api-key`.';
const REDIRECT_URI = 'Check that `redirect-uri` is exactly as registered, including any trailing slash.';
const KEY_PAIR = 'Check that `private-key` belongs to the certificate registered under `app-id`.';
const CLOCK = "Check that the machine's clock is correct.";

test.each([
  ['invalid_client: the client secret is wrong', SECRET],
  ['invalid_client', SECRET],
  ['Invalid clientSecret', SECRET],
  ["invalid_grant: redirect_uri is not the app's callback URL", REDIRECT_URI],
  ['invalid_client: redirectUri mismatch', REDIRECT_URI],
  ['Callback URL does not match', REDIRECT_URI],
  ['invalid_grant: the signature does not match the registered certificate', KEY_PAIR],
  ['iss is not the App ID in the path', KEY_PAIR],
  ['User is not active', /^Check that `username` is an active login of this environment \(.*password/],
  ['aud is not https://www.sprinklr.com/', /^Check that `audience` is https:\/\/www\.sprinklr\.com\/ with/],
  ['the registered certificate has expired', 'Check that the certificate has not expired.'],
  ['exp is in the past', CLOCK],
  ['The JWT is expired', CLOCK],
  [
    'redirect_uri or client_secret is wrong',
    /^Check, in this order, that \(1\) `api-secret` .*; \(2\) `redirect-uri` .*slash\.$/,
  ],
])('a rejected token exchange with "%s" names only what to check', (message, remedy) => {
  const error = toResponseError(httpResponse(400, JSON.stringify({ message })), 'token exchange', secrets);
  expect(error.code).toBe('CREDENTIALS_REJECTED');
  expect(error.remedy).toEqual(typeof remedy === 'string' ? remedy : expect.stringMatching(remedy));
  expect(`${error.message} ${error.remedy}`.length).toBeLessThan(320);
});

test.each([
  '{"message":"Invalid or expired credentials"}',
  '{"error":"invalid_grant","error_description":"Bad Request"}',
  '{"status":400,"error":"Bad Request","path":"/oauth/apptoken/signature"}',
  '<html><head><title>Error</title></head><body>redirect_uri</body></html>',
])('a rejected token exchange with %s lists everything to check', (body) => {
  const { remedy } = toResponseError(
    httpResponse(401, body, { 'set-cookie': ['user=redirect_uri'] }),
    'token exchange',
    secrets,
  );
  expect(remedy).toMatch(
    /^Check, in this order, that \(1\) `api-secret`.*\(7\) the machine's clock is correct\.$/,
  );
});

test.each([
  ['invalid_client', SECRET],
  ['redirect_uri is wrong', REDIRECT_URI],
])('a code exchange rejected with "%s" names what to check before the next code', (message, check) => {
  const response = httpResponse(400, JSON.stringify({ message }));
  const { remedy } = toResponseError(response, 'code exchange', secrets);
  expect(remedy).toBe(`${check} Then get a new code from the browser consent.`);
});

test.each(['registration', 'identity check'] as const)(
  'a %s rejected with a named credential keeps its own remedy',
  (operation) => {
    const response = httpResponse(401, '{"message":"redirect_uri is wrong"}');
    expect(toResponseError(response, operation, secrets).remedy).not.toContain('redirect-uri` is exactly');
  },
);

test.each<[string, string, HttpResponse['headers']]>([
  ['a page', '<!DOCTYPE html><html><head><title>Blocked</title></head></html>', {}],
  ['a page after a comment', '<!-- x --><HTML lang="en"><body>Blocked</body>', {}],
  ['a page after white space', ' \n<html><title>Blocked</title></html>', {}],
  ['a page with a heading', '<title>Blocked</title><h1>Blocked</h1>', {}],
  ['a heading and more', '<h1>Blocked</h1><p>By policy</p>', { 'content-type': 'text/html' }],
  ['text before a heading', 'Blocked <h1>By policy</h1>', { 'content-type': 'text/html' }],
  ['a fragment of a page', '<div>Blocked by policy</div>', { 'content-type': 'text/html; charset=utf-8' }],
])('a 403 with %s says that a proxy or firewall may have blocked the call', (_, body, headers) => {
  for (const operation of operations) {
    const { code, message, remedy } = toResponseError(httpResponse(403, body, headers), operation, secrets);
    expect(code).toBe('PERMISSION_DENIED');
    expect(message).toMatch(/web page.*proxy or firewall/);
    expect(remedy).toMatch(
      /proxy or firewall blocks Sprinklr.*If Sprinklr itself responded, ask a Sprinklr admin/,
    );
    expect(remedy).toMatch(
      REMEDIES_BY_OPERATION[operation].PERMISSION_DENIED ?? REMEDIES.PERMISSION_DENIED ?? /never/,
    );
  }
});

test.each<[string, string, HttpResponse['headers']]>([
  ["the gateway's page", '<h1>Not Authorized</h1>', { 'content-type': 'text/html' }],
  [
    "the gateway's page as XML",
    '<?xml version="1.0"?>\n<h1>Not Authorized</h1>\n',
    { 'content-type': 'text/xml' },
  ],
  ["the gateway's page as XML, on one line", ' <?xml?><h1>No</h1> ', { 'content-type': 'text/html' }],
  ['white space', ' \n', { 'content-type': 'text/html' }],
  ["the gateway's header", '<html></html>', { 'x-mashery-error-code': 'ERR_403_NOT_AUTHORIZED' }],
  ['JSON', '{"message":"<html>"}', { 'content-type': 'application/json' }],
  ['nothing', '', { 'content-type': 'text/html' }],
])('a 403 with %s does not blame a firewall', (_, body, headers) => {
  const { message } = toResponseError(httpResponse(403, body, headers), 'token exchange', secrets);
  expect(message).not.toContain('firewall');
});

test('a response that reveals a secret is not quoted, and the message says so', () => {
  const withSecret = createSecrets(() => undefined);
  withSecret.mask('k7apikey3n5x9w2q8r4t6y1zu');
  const response = httpResponse(401, '{"message":"unknown: K7APIKEY3N5X9W2Q8R4T6Y1ZU"}');
  const { message } = toResponseError(response, 'token exchange', withSecret);
  expect(message).toMatch(/The server's message is not shown, because it contains a secret\.$/);
  const context = { operation: 'token exchange', secrets: withSecret } as const;
  expect(toInvalidResponseError({ ...response, status: 200 }, 'contains no user', context).message).toMatch(
    /contains no user\. The server's message is not shown/,
  );
});
