import { expect, test } from '@jest/globals';
import { findTokens } from '../../src/sprinklr/response.ts';

const token = 'P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=';

test.each([
  ['JSON', `{"access_token":"${token}","token_type":"Bearer"}`],
  ['JSON with an escaped name', `{"acc\\u0065ss_token":"${token}"}`],
  ['nested JSON with an escaped name', `{"data":[{"acc\\u0065ss_token":"${token}"}]}`],
  ['nested JSON', `{"data":[{"result":{"id_token":"${token}"}}]}`],
  ['JSON with a duplicate name', `{"access_token":"${token}","access_token":"another-token"}`],
  ['truncated JSON', `{"token_type":"Bearer","access_token":"${token}`],
  ['JSON that is invalid further on', `{"refresh_token":"${token}","expires_in":}`],
  ['JSON in single quotes', `{'access_token': '${token}'}`],
  ['a form', `token_type=bearer&access_token=${encodeURIComponent(token)}&expires_in=60`],
  ['XML', `<response><access_token>${token}</access_token></response>`],
  ['lines', `token_type: Bearer\naccess_token: ${token}\n`],
])('a token is found in %s', (_, body) => {
  expect(findTokens(body)).toContain(token);
});

test('a token with broken escapes is found in the form in which it would be quoted', () => {
  expect(findTokens('{"access_token":"P9\\/ewuw\\/Nid5hg')).toEqual(
    expect.arrayContaining(['P9/ewuw/Nid5hg', 'P9\\/ewuw\\/Nid5hg']),
  );
  expect(findTokens('{"access_token":"P9\\xewuwNid5hg"')).toContain('P9\\xewuwNid5hg');
  expect(findTokens('{"access_token" : "P9 \\xewuw Nid5hg')).toContain('P9 \\xewuw Nid5hg');
  expect(findTokens('access_token=P9%ewuwNid5hg')).toContain('P9%ewuwNid5hg');
});

test.each([
  '',
  'null',
  '{"access_token":null}',
  '{"access_token":{"a":1}}',
  '{"token":"x"}',
  '{"my_access_token":"x"}',
  '{"access_token_type":"x"}',
  'access_token is missing',
])('%j contains no token', (body) => {
  expect(findTokens(body)).toEqual([]);
});

const MEGABYTE = 1024 * 1024;
test.each([
  ['deep arrays', '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2)],
  ['names', 'access_token'.repeat(MEGABYTE / 12)],
  ['names followed by spaces', 'access_token   '.repeat(MEGABYTE / 15)],
  ['names and quotes', '"access_token":"\\'.repeat(MEGABYTE / 17)],
  ['one name and spaces', `"access_token"${' '.repeat(MEGABYTE)}`],
  ['one name and escapes', `"access_token":"${'\\"'.repeat(MEGABYTE / 2)}`],
  ['tokens', `{${'"access_token":"12345678",'.repeat(MEGABYTE / 26)}"a":1}`],
])('1 MiB of %s is searched in less than 3 seconds', (_, body) => {
  const startedAt = performance.now();
  findTokens(body);
  expect(performance.now() - startedAt).toBeLessThan(3000);
});
