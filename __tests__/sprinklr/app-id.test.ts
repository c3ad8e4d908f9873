import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../volume.ts';
import { decodeAppId, parseAppId } from '../../src/sprinklr/app-id.ts';
import { thrownError } from './thrown-error.ts';

const appId = 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==';

test.each([
  ['in plain text', appId],
  ['escaped as in raw JSON', appId.replaceAll('=', '\\u003d')],
  ['escaped in uppercase', appId.replaceAll('=', '\\u003D')],
  ['with one of two = escaped', appId.replace('=', '\\u003d')],
  ['percent-encoded', encodeURIComponent(appId)],
  ['percent-encoded in lowercase', appId.replaceAll('=', '%3d')],
  ['percent-encoded twice', appId.replaceAll('=', '%253D')],
  ['with HTML entities', appId.replaceAll('=', '&#61;')],
  ['with escapes whose backslashes are doubled', appId.replaceAll('=', '\\\\u003d')],
  ['in double quotes', `"${appId}"`],
  ['in single quotes', `'${appId}'`],
  ['in typographic quotes', `\u201c${appId}\u201d`],
  ['in quotes and escaped', `"${appId.replaceAll('=', '\\u003d')}"`],
  ['in the JSON response', `{"data":"${appId.replaceAll('=', '\\u003d')}","Errors":[]}`],
  ['in the formatted JSON response', `{\n  "data" : "${appId}",\n  "Errors" : [ ]\n}`],
  ['in the JSON response with escaped quotes', `{\\"data\\":\\"${appId}\\",\\"Errors\\":[]}`],
  ['in the JSON response as a JSON string', JSON.stringify(`{"data":"${appId}","Errors":[]}`)],
  ['in a part of the JSON response', `"data":"${appId}",`],
  ['without =', appId.replaceAll('=', '')],
  ['with one of two =', appId.slice(0, -1)],
  ['without = in quotes', `"${appId.replaceAll('=', '')}"`],
  ['in a line of JSON', `  "${appId}",\n`],
  ['with a semicolon and spaces', `${appId}; \n`],
  ['with escaped =', appId.replaceAll('=', '\\=')],
  ['with =, escaped twice', appId.replaceAll('=', '\\\\=')],
  ['in escaped quotes', `\\"${appId}\\"`],
  ['in quotes that are escaped twice', `\\\\"${appId}\\\\"`],
  ['as a name and a value', `data: ${appId}`],
  ['as a name and a value in JavaScript', `{ data = '${appId}' }`],
  ['with surrounding white space', `  ${appId}\n`],
])('an App ID %s is accepted', (_, text) => {
  expect(parseAppId(text)).toBe(appId);
});

test('any base64, in either alphabet, padded or not, is kept exactly', () => {
  const forms = [
    fc.base64String({ minLength: 4 }),
    fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  ];
  fc.assert(
    fc.property(fc.oneof(...forms), (text) => {
      expect(parseAppId(text)).toBe(text);
      expect(parseAppId(text.replaceAll('=', '\\u003d'))).toBe(text);
    }),
  );
});

test.each([
  ['an empty text', ''],
  ['padding only', '=='],
  ['padding inside', 'ab==cd'],
  ['null', 'null'],
  ['another property', `{"metadata":"a b"}`],
  ['too much padding', 'abcd==='],
  ['a space', 'eyJw SWQi'],
  ['a line break', 'eyJw\nSWQi'],
  ['a path', '../../api/v2/me'],
  ['a query', 'eyJw?x=1'],
  ['a path in an escape', '..%2f..%2fapi'],
  ['a JSON response without data', '{"errors":[{"message":"no"}]}'],
  ['an empty data', '{"data":""}'],
  ['a Cyrillic letter', 'еyJw'],
])('%s is not accepted as an App ID', (_, text) => {
  expect(thrownError(() => parseAppId(text))).toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('`app-id`'),
    remedy: expect.stringMatching(/"data".* eyJ/),
    inputs: ['app-id'],
  });
});

test('a slash that JSON escapes is a slash', () => {
  expect(parseAppId('ab\\/cd\\\\/ef\\+g')).toBe('ab/cd/ef+g');
});

test.each(['nullable', 'metadata', 'data1234', 'datadata'])('%j is base64, and kept', (text) => {
  expect(parseAppId(text)).toBe(text);
});

test('the = signs of base64 that is no App ID are not restored', () => {
  for (const json of ['{"a":1}', '"text"', 'no JSON at all'])
    expect(parseAppId(btoa(json).replace(/=+$/, ''))).toBe(btoa(json).replace(/=+$/, ''));
});

test('an App ID contains its partner and the time of its registration', () => {
  expect(decodeAppId(parseAppId(appId))).toEqual({
    partnerId: 80_000,
    registeredAt: new Date(1_658_128_552_106),
  });
});

test.each([
  ['no JSON', 'abcd', undefined],
  ['a number', '5', undefined],
  ['null', 'null', undefined],
  ['unknown properties', '{"a":1}', {}],
  ['texts instead of numbers', '{"pId":"1","tId":"2"}', {}],
  ['a time out of range', '{"pId":1,"tId":1e300}', { partnerId: 1 }],
])('an App ID that contains %s is decoded as far as possible', (_, json, decoded) => {
  expect(decodeAppId(parseAppId(Buffer.from(json).toString('base64')))).toEqual(decoded);
});
