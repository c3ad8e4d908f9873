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

const html = (heading: string): HttpResponse => httpResponse(403, `<h1>${heading}</h1>`);
const mashery = (status: number, code: string): HttpResponse =>
  httpResponse(status, '', { 'x-mashery-error-code': code });

test.each<[string, HttpResponse, ErrorCode]>([
  ['Developer Inactive in the body', html('Developer Inactive'), 'API_KEY_INACTIVE'],
  ['Developer Inactive in a header', mashery(403, 'ERR_403_DEVELOPER_INACTIVE'), 'API_KEY_INACTIVE'],
  ['Developer Over Rate in the body', html('Developer Over Rate'), 'RATE_LIMITED'],
  ['Developer Over Rate in a header', mashery(403, 'ERR_403_DEVELOPER_OVER_RATE'), 'RATE_LIMITED'],
  ['Developer Over Qps in the body', html('Developer Over Qps'), 'RATE_LIMITED'],
  ['Developer Over Qps in a header', mashery(403, 'ERR_403_DEVELOPER_OVER_QPS'), 'RATE_LIMITED'],
  ['another error of the gateway', mashery(403, 'ERR_403_NOT_AUTHORIZED'), 'PERMISSION_DENIED'],
  ['an inactive user', httpResponse(403, '{"error":"user inactive"}'), 'PERMISSION_DENIED'],
])('a 403 with %s is classified by its text', (_, response, code) => {
  expect(classifyResponse(response)).toBe(code);
});

test('the text of the gateway counts only in a 403', () => {
  expect(classifyResponse(mashery(401, 'ERR_403_DEVELOPER_INACTIVE'))).toBe('CREDENTIALS_REJECTED');
});
