import { expect, test } from '@jest/globals';
import { createSecrets } from '../../src/redaction.ts';
import { parseAuthorizationCode } from '../../src/sprinklr/authorization-code.ts';
import { toResponseError } from '../../src/sprinklr/response-error.ts';
import { classifyResponse } from '../../src/sprinklr/classify-response.ts';

const none = createSecrets(() => undefined);
const MEGABYTE = 1024 * 1024;
test.each([
  ['1 MiB of <', '<'.repeat(MEGABYTE)],
  ['1 MiB of opening headlines', '<h1'.repeat(MEGABYTE / 3)],
  ['1 MiB of headlines without an end', '<h1>'.repeat(MEGABYTE / 4)],
  ['1 MiB of spaces', ' '.repeat(MEGABYTE)],
  ['deep arrays', '['.repeat(MEGABYTE)],
  ['deep arrays with an end', '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2)],
  ['deep objects', `${'{"errors":'.repeat(90_000)}1${'}'.repeat(90_000)}`],
  ['a wide error list', `{"errors":[${'{"code":1},'.repeat(90_000)}0]}`],
  ['a wide object', `{${Array.from({ length: 60_000 }, (_, key) => `"k${key}":1`).join()}}`],
  ['a long word', JSON.stringify({ message: 'developer '.repeat(MEGABYTE / 11) })],
  ['1 MiB of backslashes', `{"message":"${'\\\\'.repeat(MEGABYTE / 2 - 20)}"}`],
])('an answer of %s takes no time worth mentioning', (_, body) => {
  const long = { status: 403, headers: {}, body, truncated: false, attempts: 1 };
  const begun = performance.now();
  classifyResponse(long);
  toResponseError(long, 'token exchange', none);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('a code or address that is long takes no time worth mentioning', () => {
  const texts = [
    '?code='.repeat(50_000),
    '&'.repeat(300_000),
    '#'.repeat(300_000),
    `?${'#'.repeat(300_000)}code=`,
  ];
  for (const text of texts) {
    const begun = performance.now();
    try {
      parseAuthorizationCode(text);
    } catch {
      // Refused or not: only the time counts.
    }
    expect(performance.now() - begun).toBeLessThan(3000);
  }
});
