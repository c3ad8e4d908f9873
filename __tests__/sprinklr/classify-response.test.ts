import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSecrets } from '../../src/redaction.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { describeError, type HttpResponse } from '../../src/sprinklr/response.ts';
import { parseSuccessBody } from '../../src/sprinklr/success-body.ts';
import {
  toResponseError,
  toInvalidResponseError,
  type Operation,
} from '../../src/sprinklr/response-error.ts';
import { classifyResponse } from '../../src/sprinklr/classify-response.ts';
import { refusalOf } from './refusal.ts';
import { cases } from '../volume.ts';

const none = createSecrets(() => undefined);
const answer = (part: Partial<HttpResponse>): HttpResponse => ({
  status: 401,
  headers: {},
  body: '',
  truncated: false,
  attempts: 1,
  ...part,
});
const operations: Operation[] = ['token exchange', 'registration', 'code exchange', 'identity check'];
const said = (body: string, headers: HttpResponse['headers'] = {}): string =>
  describeError(answer({ body, headers }), none);

/** The table of interface.md, "Failure", for an answer without a word. */
function expectedCode(status: number): ErrorCode | undefined {
  if (status >= 200 && status <= 299) return undefined;
  if (status >= 300 && status <= 399) return 'REDIRECTED';
  if (status === 400 || status === 401) return 'CREDENTIALS_REJECTED';
  if (status === 403) return 'PERMISSION_DENIED';
  if (status === 404 || status === 596) return 'NOT_FOUND';
  if (status === 421) return 'ENVIRONMENT_MISMATCH';
  if (status === 429) return 'RATE_LIMITED';
  if ([500, 502, 503, 504].includes(status)) return 'SERVER_ERROR';
  return 'RESPONSE_INVALID';
}

test('every status from 100 to 599 means what the table says', () => {
  for (let status = 100; status <= 599; status++) {
    const { code } = classifyResponse(answer({ status })) ?? {};
    expect([status, code]).toEqual([status, expectedCode(status)]);
  }
});

const MASHERY = 'x-mashery-error-code';
test.each<[string, Partial<HttpResponse>, ErrorCode]>([
  ['Developer Inactive in a page', { body: '<h1>Developer Inactive</h1>' }, 'API_KEY_INACTIVE'],
  [
    'Developer Inactive in a header',
    { headers: { [MASHERY]: 'ERR_403_DEVELOPER_INACTIVE' } },
    'API_KEY_INACTIVE',
  ],
  ['Developer Over Rate in a page', { body: '<h1>Developer Over Rate</h1>' }, 'RATE_LIMITED'],
  [
    'Developer Over Rate in a header',
    { headers: { [MASHERY]: 'ERR_403_DEVELOPER_OVER_RATE' } },
    'RATE_LIMITED',
  ],
  ['Developer Over QPS in a page', { body: '<h1>Developer Over Qps</h1>' }, 'RATE_LIMITED'],
  [
    'Developer Over QPS in a header',
    { headers: { [MASHERY]: 'ERR_403_DEVELOPER_OVER_QPS' } },
    'RATE_LIMITED',
  ],
  ['another word of the gateway', { headers: { [MASHERY]: 'ERR_403_NOT_AUTHORIZED' } }, 'PERMISSION_DENIED'],
  ['an inactive user', { body: '{"error":"user inactive"}' }, 'PERMISSION_DENIED'],
])('403 with %s has a code of its own', (_, part, code) => {
  expect(classifyResponse(answer({ status: 403, ...part }))).toEqual({ code });
});

test("the gateway's words count in a 403 only", () => {
  const headers = { [MASHERY]: 'ERR_403_DEVELOPER_INACTIVE' };
  expect(classifyResponse(answer({ status: 401, headers }))).toEqual({ code: 'CREDENTIALS_REJECTED' });
});

// contract.md, "Errors".
test.each([
  ['OAuth', '{"error":"invalid_grant","error_description":"Bad code"}', 'invalid_grant: Bad code'],
  [
    'the portal',
    '{"success":false,"errors":[{"code":"RATE_LIMIT_EXCEEDED","message":"Slow down","details":{"a":1}}]}',
    'RATE_LIMIT_EXCEEDED: Slow down',
  ],
  ['the REST API', '{"data":[],"errors":[{"id":"1","code":401,"message":"Expired"}]}', '401: Expired'],
  [
    'Apigee',
    '{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}',
    'Invalid ApiKey',
  ],
  ['Mashery', '<h1>Developer Inactive</h1>', 'Developer Inactive'],
  [
    'the application',
    '{"timestamp":1,"status":500,"error":"Internal Server Error","path":"/x"}',
    'Internal Server Error',
  ],
  ['a proxy', '<html><head><title>Blocked</title></head><body><p>Ask IT.</p></body></html>', 'Blocked'],
  ['nobody', '', ''],
])('an error in the shape of %s is quoted', (_, body, words) => {
  expect(said(body)).toBe(words);
});

test('a Mashery header is quoted where the body says nothing', () => {
  expect(said('', { [MASHERY]: 'ERR_403_DEVELOPER_INACTIVE' })).toBe('ERR_403_DEVELOPER_INACTIVE');
  expect(said('<h1>No</h1>', { [MASHERY]: 'ERR_403_DEVELOPER_INACTIVE' })).toBe('No');
});

test.each(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'GZIP, br'])(
  'of an answer that is compressed with %s nothing is quoted but its headers, and it is no documented one',
  (coding) => {
    const headers = { 'content-encoding': coding };
    const success = answer({ status: 200, headers, body: '{"access_token":"part of a token"}' });
    const { message } = refusalOf(() =>
      parseSuccessBody(success, { operation: 'token exchange', secrets: none }),
    );

    expect(message).toContain('HTTP 200) is compressed');
    expect(message).not.toContain('It said');
    expect(said('part of a token', headers)).toBe('');
    expect(said('part of a token', { ...headers, [MASHERY]: 'ERR_403_NO' })).toBe('ERR_403_NO');
  },
);

test.each(['identity', 'utf-8', ''])('an answer that calls its coding "%s" is read', (coding) => {
  const headers = { 'content-encoding': coding };
  const context = { operation: 'token exchange', secrets: none } as const;
  expect(parseSuccessBody(answer({ headers, body: '{"a":1}' }), context)).toEqual({ a: 1 });
  expect(said('{"message":"y"}', headers)).toBe('y');
});

test.each(['No required SSL certificate was sent', 'The SSL certificate error'])(
  'a 400 of an nginx that says "%s" leads to the inputs of mutual TLS',
  (words) => {
    const body = `<html><head><title>400 ${words}</title></head></html>`;
    for (const operation of operations) {
      const { code, remedy } = toResponseError(answer({ status: 400, body }), operation, none);
      expect(code).toBe('CREDENTIALS_REJECTED');
      expect(remedy).toMatch(/^Check mtls-certificate and mtls-private-key/);
    }
    expect(toResponseError(answer({ status: 401, body }), 'token exchange', none).remedy).not.toContain(
      'mtls',
    );
  },
);

test.each([
  ['an array', '[1,2]', '[1,2]'],
  ['a number', '17', '17'],
  ['null', 'null', 'null'],
  ['a text', '"no"', '"no"'],
  ['an object that says nothing', '{"a":{"error":"deep"}}', ''],
  ['an object for a word', '{"error":{"message":"deep"},"message":"flat"}', 'flat'],
  ['a list for a word', '{"error":["a"],"error_description":"b"}', 'b'],
  ['an object for the list', '{"errors":{"message":"x"},"message":"y"}', 'y'],
  ['nulls in the list', '{"errors":[null,[],{"message":null},"plain"]}', 'plain'],
  ['a fault that is a text', '{"fault":"x","message":"y"}', 'y'],
  ['a prototype', '{"__proto__":{"error":"polluted"},"constructor":{"x":1},"message":"y"}', 'y'],
  [
    'a list that is called errors and holds prototypes',
    '{"errors":[{"__proto__":{"message":"p"},"code":1}]}',
    '1',
  ],
  ['half a character', '{"message":"a\\ud800b"}', 'a b'],
  [
    'line ends and commands',
    '{"message":"a\\r\\n::add-mask::b\\n##[error]c"}',
    'a : :add-mask: :b # #[error]c',
  ],
  ['broken JSON', '{"message":"y"', '{"message":"y"'],
  ['an empty word', '{"error":"","message":"y"}', 'y'],
  ['space around it', '{"message":" \\n y\\t"}', 'y'],
  ['a heading with attributes', '<h1 class="a" id=b>Blocked</h1><p>Ask IT</p>', 'Blocked'],
  ['a page without heading', '<p class="a">Ask</p><p>IT</p>', 'Ask IT'],
  ['300 characters', 'x'.repeat(300), 'x'.repeat(300)],
  ['a character more', 'x'.repeat(301), `${'x'.repeat(300)}…`],
])('%s as a body does no harm', (_, body, words) => {
  expect(said(body)).toBe(words);
  expect(({} as Record<string, unknown>)['error']).toBeUndefined();
});

test('no body makes a quote that is long, has several lines, or starts a command', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  const body = fc.oneof(
    text,
    fc.json(),
    text.map((message) => JSON.stringify({ message })),
    fc
      .array(fc.constantFrom(':', '::', '#', '##[', '[', '\n', '\r', '\u2028', 'a', '%0A'))
      .map((all) => all.join('')),
    text.map((title) => `<title>${title}</title>`),
  );
  fc.assert(
    fc.property(body, (one) => {
      const words = said(one);
      expect(words.length).toBeLessThanOrEqual(301);
      expect(words).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(words).not.toContain('::');
      expect(words).not.toContain('##[');
    }),
    { numRuns: cases(500) },
  );
});

test.each(operations)('every refusal of the %s says what, with its status, and what to do', (operation) => {
  for (let status = 100; status <= 599; status++) {
    if (status >= 200 && status < 300) continue;
    const { code, message, remedy } = toResponseError(answer({ status }), operation, none);
    expect(code).toBe(expectedCode(status));
    expect(message).toContain(operation);
    expect(message).toContain(`HTTP ${status}`);
    expect(message).toContain('It gave no reason.');
    expect(remedy).toMatch(/\.$/);
  }
});

test.each(operations)('all that is said of a %s that is refused', (operation) => {
  const inactive = { [MASHERY]: 'ERR_403_DEVELOPER_INACTIVE' };
  const answers = [
    ...[400, 403, 404, 421, 429, 503, 405].map((status) => answer({ status })),
    answer({ status: 302, headers: { location: 'https://login.example.com/' } }),
    answer({ status: 403, headers: inactive }),
  ];
  const refusals = [
    ...answers.map((refused) => toResponseError(refused, operation, none)),
    toInvalidResponseError(answer({ status: 200 }), 'holds no user', { operation, secrets: none }),
  ];
  const sayings = refusals.map(({ code, message, remedy }) => `${code}\n  ${message}\n  ${remedy}`);
  expect(sayings.join('\n')).toMatchSnapshot();
});

test('a refusal counts the attempts, and names a wait that was too long', () => {
  const { message } = toResponseError(
    answer({ status: 429, attempts: 3, retryAfterExceedsDeadline: 90.2 }),
    'token exchange',
    none,
  );
  expect(message).toContain('HTTP 429 after 3 attempts');
  expect(message).toContain('wait 91 s');
});

test.each([
  ['an error list', '{"data":null,"errors":[{"message":"no"}]}', 'reports an error'],
  ['an error list under the other name', '{"Errors":["no"]}', 'reports an error'],
  ['an OAuth error', '{"error":"invalid_grant"}', 'reports an error'],
  ['a page', '<title>Log in</title>', 'is not the documented JSON'],
  ['an array', '[]', 'is not the documented JSON'],
  ['null', 'null', 'is not the documented JSON'],
  ['nothing', '', 'is not the documented JSON'],
])('a 200 with %s is not the documented answer', (_, body, flaw) => {
  const context = { operation: 'token exchange', secrets: none } as const;
  const { code, message } = refusalOf(() => parseSuccessBody(answer({ status: 200, body }), context));
  expect(code).toBe('RESPONSE_INVALID');
  expect(message).toContain(flaw);
});

test('a 200 with empty error lists is what it says it is', () => {
  const body = '{"data":"x","Errors":[],"errors":[]}';
  const context = { operation: 'registration', secrets: none } as const;
  expect(parseSuccessBody(answer({ status: 200, body }), context)).toEqual({
    data: 'x',
    Errors: [],
    errors: [],
  });
});
