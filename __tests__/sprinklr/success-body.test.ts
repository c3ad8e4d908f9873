import { expect, test } from '@jest/globals';
import { createSecrets } from '../../src/redaction.ts';
import type { HttpResponse } from '../../src/sprinklr/response.ts';
import { parseSuccessBody } from '../../src/sprinklr/success-body.ts';
import { httpResponse } from './fake-session.ts';
import { thrownError } from './thrown-error.ts';

const parse = (response: HttpResponse): Readonly<Record<string, unknown>> =>
  parseSuccessBody(response, {
    operation: 'token exchange',
    secrets: createSecrets(() => undefined),
  });

test.each([
  ['an error list', '{"data":null,"errors":[{"message":"no"}]}', 'reports an error'],
  ['an error list under the other name', '{"Errors":["no"]}', 'reports an error'],
  ['an OAuth error', '{"error":"invalid_grant"}', 'reports an error'],
  ['an HTML page', '<title>Log in</title>', 'is not the documented JSON'],
  ['an array', '[]', 'is not the documented JSON'],
  ['null', 'null', 'is not the documented JSON'],
  ['an empty body', '', 'is not the documented JSON'],
])('a 200 with %s is RESPONSE_INVALID', (_, body, problem) => {
  expect(thrownError(() => parse(httpResponse(200, body)))).toMatchObject({
    code: 'RESPONSE_INVALID',
    message: expect.stringContaining(problem),
  });
});

test('a truncated body is RESPONSE_INVALID', () => {
  const response = { ...httpResponse(200), truncated: true };
  expect(thrownError(() => parse(response))).toMatchObject({
    code: 'RESPONSE_INVALID',
    message: expect.stringContaining('1 MiB'),
  });
});

test('a 200 with empty error lists is a success', () => {
  const body = { data: 'x', Errors: [], errors: [] };
  expect(parse(httpResponse(200, JSON.stringify(body)))).toEqual(body);
});

test.each(['gzip', 'x-gzip', 'deflate', 'compress', 'br', 'zstd', 'GZIP, br'])(
  'a body compressed with %s is RESPONSE_INVALID, and is not quoted',
  (encoding) => {
    const response = httpResponse(200, '{"access_token":"part of a token"}', {
      'content-encoding': encoding,
    });
    const { code, message } = thrownError(() => parse(response));
    expect(code).toBe('RESPONSE_INVALID');
    expect(message).toContain('compressed');
    expect(message).not.toContain('said');
  },
);

test.each(['identity', 'utf-8', ''])('a body with Content-Encoding "%s" is read', (encoding) => {
  expect(parse(httpResponse(200, '{"a":1}', { 'content-encoding': encoding }))).toEqual({ a: 1 });
});
