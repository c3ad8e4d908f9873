import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../volume.ts';
import { decodeAppId, parseAppId } from '../../src/sprinklr/app-id.ts';
import { refusalOf } from './refusal.ts';

const appId = 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==';

test.each([
  ['as it is', appId],
  ['as raw JSON has it', appId.replaceAll('=', '\\u003d')],
  ['as raw JSON has it, in capitals', appId.replaceAll('=', '\\u003D')],
  ['with one = of two copied from JSON', appId.replace('=', '\\u003d')],
  ['with space around it', `  ${appId}\n`],
])('an App ID %s is read', (_, text) => {
  expect(parseAppId(text)).toBe(appId);
});

test('any base64, in either alphabet, padded or not, is an App ID to the letter', () => {
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
  ['nothing', ''],
  ['padding only', '=='],
  ['quotes', `"${appId}"`],
  ['padding inside', 'ab==cd'],
  ['too much padding', 'abcd==='],
  ['a space', 'eyJw SWQi'],
  ['a line end', 'eyJw\nSWQi'],
  ['the JSON around it', `{"data":"${appId}"}`],
  ['a path', '../../api/v2/me'],
  ['a query', 'eyJw?x=1'],
  ['percent-encoding', 'eyJw%3D%3D'],
  ['another escape', 'eyJw\\u002f'],
  ['a letter that only looks like one', 'еyJw'],
])('%s is no App ID', (_, text) => {
  expect(refusalOf(() => parseAppId(text))).toMatchObject({
    code: 'INPUT_INVALID',
    message: 'The input app-id is not an App ID: it has characters that base64 does not have.',
    remedy:
      'Paste the value of "data" from the answer of the registration, without quotes; it usually starts with eyJ.',
  });
});

test('an App ID tells its partner and its registration', () => {
  expect(decodeAppId(parseAppId(appId))).toEqual({
    partnerId: 80_000,
    registeredAt: new Date(1_658_128_552_106),
  });
});

test.each([
  ['no JSON', 'abcd', undefined],
  ['a number', '5', undefined],
  ['null', 'null', undefined],
  ['nothing known', '{"a":1}', {}],
  ['texts for numbers', '{"pId":"1","tId":"2"}', {}],
  ['an instant out of range', '{"pId":1,"tId":1e300}', { partnerId: 1 }],
])('an App ID with %s in it tells what it can', (_, json, told) => {
  expect(decodeAppId(parseAppId(Buffer.from(json).toString('base64')))).toEqual(told);
});
