import { expect, test } from '@jest/globals';
import { findTokens } from '../../src/sprinklr/response.ts';

const token = 'P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=';

test.each([
  ['JSON', `{"access_token":"${token}","token_type":"Bearer"}`],
  ['JSON that spells its name otherwise', `{"acc\\u0065ss_token":"${token}"}`],
  ['JSON that spells its name otherwise, deep down', `{"data":[{"acc\\u0065ss_token":"${token}"}]}`],
  ['JSON, deep down', `{"data":[{"result":{"id_token":"${token}"}}]}`],
  ['JSON that names it twice', `{"access_token":"${token}","access_token":"another-token"}`],
  ['JSON that was cut short', `{"token_type":"Bearer","access_token":"${token}`],
  ['JSON with something wrong further on', `{"refresh_token":"${token}","expires_in":}`],
  ['JSON with quotes of another kind', `{'access_token': '${token}'}`],
  ['a form', `token_type=bearer&access_token=${encodeURIComponent(token)}&expires_in=60`],
  ['XML', `<answer><access_token>${token}</access_token></answer>`],
  ['lines', `token_type: Bearer\naccess_token: ${token}\n`],
])('a token is found in %s', (_, body) => {
  expect(findTokens(body)).toContain(token);
});

test('broken escapes are found as they stand, to be hidden as they would be quoted', () => {
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
])('there is none in %j', (body) => {
  expect(findTokens(body)).toEqual([]);
});

const MEGABYTE = 1024 * 1024;
test.each([
  ['deep arrays', '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2)],
  ['names', 'access_token'.repeat(MEGABYTE / 12)],
  ['names with space after them', 'access_token   '.repeat(MEGABYTE / 15)],
  ['names and quotes', '"access_token":"\\'.repeat(MEGABYTE / 17)],
  ['one name and space', `"access_token"${' '.repeat(MEGABYTE)}`],
  ['one name and escapes', `"access_token":"${'\\"'.repeat(MEGABYTE / 2)}`],
  ['tokens', `{${'"access_token":"12345678",'.repeat(MEGABYTE / 26)}"a":1}`],
])('1 MiB of %s takes no time worth mentioning', (_, body) => {
  const begun = performance.now();
  findTokens(body);
  expect(performance.now() - begun).toBeLessThan(3000);
});
