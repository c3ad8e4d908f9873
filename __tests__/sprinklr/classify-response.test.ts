import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { classifyResponse } from '../../src/sprinklr/classify-response.ts';
import type { HttpResponse } from '../../src/sprinklr/response.ts';
import { httpResponse } from './fake-session.ts';

/** docs/development/sprinklr-api.md, "Errors", for an empty response. */
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

test('every status from 100 to 599 has the documented code', () => {
  for (let status = 100; status <= 599; status++)
    expect([status, classifyResponse(httpResponse(status))]).toEqual([status, expectedCode(status)]);
});

const html = (status: number, heading: string): HttpResponse =>
  httpResponse(status, `<h1>${heading}</h1>`, { 'content-type': 'text/xml' });
const mashery = (status: number, code: string): HttpResponse =>
  httpResponse(status, '', { 'x-mashery-error-code': code });
const json = (status: number, body: object): HttpResponse => httpResponse(status, JSON.stringify(body));

const RATE_LIMITS = [
  'Developer Over Rate',
  'DEVELOPER OVER RATE',
  'Developer&nbsp;Over&#32;Rate',
  'Developer <b>Over</b><br>Qps',
  'Account Over Queries Per Second Limit',
  'API Bundle key has gone over its throttle limit',
  'DeveloperOverRate',
  'AccountOverQueriesPerSecond',
  'Developer O\u200bver Rate',
  'Ｄｅｖｅｌｏｐｅｒ Ｏｖｅｒ Ｒａｔｅ',
];
test.each(RATE_LIMITS)('a 403 or 429 that says "%s" is RATE_LIMITED', (text) => {
  for (const status of [403, 429]) {
    expect(classifyResponse(html(status, text))).toBe('RATE_LIMITED');
    expect(classifyResponse(json(status, { errors: [{ message: text }] }))).toBe('RATE_LIMITED');
    expect(classifyResponse(httpResponse(status, '', { 'x-error': text }))).toBe('RATE_LIMITED');
    expect(classifyResponse({ ...httpResponse(status), reason: text })).toBe('RATE_LIMITED');
  }
  expect(classifyResponse(html(401, text))).toBe('CREDENTIALS_REJECTED');
});

test.each(['ERR_403_DEVELOPER_OVER_RATE', 'ERR_403_DEVELOPER_OVER_QPS', 'ERR_403_SERVICE_PLAN_OVER_LIMIT'])(
  'a 403 with the header %s is RATE_LIMITED',
  (code) => {
    expect(classifyResponse(mashery(403, code))).toBe('RATE_LIMITED');
  },
);

const INACTIVE_KEYS = [
  'Developer Inactive',
  'developer inactive',
  'Developer\\u0020Inactive',
  'Developer%20Inactive',
  'Invalid APIKey',
  'Invalid API Key',
  'Invalid ApiKey for given resource',
  'Invalid APIKey/ClientID',
  'Invalid ClientID',
  'Invalid client id : k7apikey',
  'Invalid consumer key',
];
test.each(INACTIVE_KEYS)('a 400, 401, or 403 that says "%s" is API_KEY_INACTIVE', (text) => {
  for (const status of [400, 401, 403]) {
    for (const body of [
      `<h1>${text}</h1>`,
      `{"error":"invalid_request","error_description":"${text}"}`,
      `{"success":false,"errors":[{"code":"X","message":"${text}"}]}`,
      `{"data":[],"errors":[{"id":"1","code":401,"message":"${text}"}]}`,
      `{"fault":{"faultstring":"${text}","detail":{"errorcode":"oauth.v2.X"}}}`,
      `{"ErrorCode":"invalid_request","Error":"${text}"}`,
      `{"timestamp":1,"status":${status},"error":"${text}","path":"/x"}`,
      `<html><head><style>${'x'.repeat(20_000)}</style></head><body>${text}</body></html>`,
    ])
      expect([body, classifyResponse(httpResponse(status, body))]).toEqual([body, 'API_KEY_INACTIVE']);
    expect(classifyResponse(httpResponse(status, '', { 'x-error': text }))).toBe('API_KEY_INACTIVE');
    expect(classifyResponse({ ...httpResponse(status), reason: text })).toBe('API_KEY_INACTIVE');
  }
  expect(classifyResponse(html(404, text))).toBe('NOT_FOUND');
});

test.each([400, 401, 403])("Mashery's header ERR_403_DEVELOPER_INACTIVE counts under status %i", (status) => {
  expect(classifyResponse(mashery(status, 'ERR_403_DEVELOPER_INACTIVE'))).toBe('API_KEY_INACTIVE');
});

test('a rate limit takes precedence over an inactive key', () => {
  const response = {
    ...html(403, 'Developer Inactive'),
    headers: { 'x-mashery-error-code': 'ERR_403_DEVELOPER_OVER_QPS' },
  };
  expect(classifyResponse(response)).toBe('RATE_LIMITED');
});

test.each<[string, HttpResponse, ErrorCode]>([
  ['another error of the gateway', mashery(403, 'ERR_403_NOT_AUTHORIZED'), 'PERMISSION_DENIED'],
  ['an inactive user', json(403, { error: 'user inactive' }), 'PERMISSION_DENIED'],
  ['an OAuth error and an id', json(401, { error: 'invalid_client', id: '5' }), 'CREDENTIALS_REJECTED'],
  ['words of two values', json(403, { a: 'over', b: 'rate' }), 'PERMISSION_DENIED'],
  ['part of a word', html(403, 'Discover rates'), 'PERMISSION_DENIED'],
])('%s is classified by its status', (_, response, code) => {
  expect(classifyResponse(response)).toBe(code);
});
