import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { classifyResponse } from '../../src/sprinklr/classify-response.ts';
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

const mashery = (code: string) => ({ 'x-mashery-error-code': code });

test.each<[string, string, Record<string, string>, ErrorCode]>([
  ['Developer Inactive in the body', '<h1>Developer Inactive</h1>', {}, 'API_KEY_INACTIVE'],
  ['Developer Inactive in a header', '', mashery('ERR_403_DEVELOPER_INACTIVE'), 'API_KEY_INACTIVE'],
  ['Developer Over Rate in the body', '<h1>Developer Over Rate</h1>', {}, 'RATE_LIMITED'],
  ['Developer Over Rate in a header', '', mashery('ERR_403_DEVELOPER_OVER_RATE'), 'RATE_LIMITED'],
  ['Developer Over Qps in the body', '<h1>Developer Over Qps</h1>', {}, 'RATE_LIMITED'],
  ['Developer Over Qps in a header', '', mashery('ERR_403_DEVELOPER_OVER_QPS'), 'RATE_LIMITED'],
  ['another error of the gateway', '', mashery('ERR_403_NOT_AUTHORIZED'), 'PERMISSION_DENIED'],
  ['an inactive user', '{"error":"user inactive"}', {}, 'PERMISSION_DENIED'],
])('a 403 with %s is classified by its text', (_, body, headers, code) => {
  expect(classifyResponse(httpResponse(403, body, headers))).toBe(code);
});

test('the text of the gateway counts only in a 403', () => {
  const response = httpResponse(401, '', mashery('ERR_403_DEVELOPER_INACTIVE'));
  expect(classifyResponse(response)).toBe('CREDENTIALS_REJECTED');
});
