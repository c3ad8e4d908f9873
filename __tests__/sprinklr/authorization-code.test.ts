import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../volume.ts';
import { parseAuthorizationCode } from '../../src/sprinklr/authorization-code.ts';
import { thrownError } from './thrown-error.ts';

const CALLBACK = 'https://www.example.com/callback';

test.each([
  ['the code', '6b1f4e'],
  ['the URL', `${CALLBACK}?code=6b1f4e`],
  ['the URL with a state before the code', `${CALLBACK}?state=x&code=6b1f4e`],
  ['the URL with a state after the code', `${CALLBACK}?code=6b1f4e&state=code`],
  ['the URL with a fragment', `${CALLBACK}?code=6b1f4e#_=_`],
  ['a loopback URL', 'http://localhost:8080/?code=6b1f4e'],
  ['a query', '?code=6b1f4e&state=x'],
  ['a parameter', 'code=6b1f4e'],
  ['the code in quotes', "'6b1f4e'"],
  ['a loopback URL after the code= of an example', `${CALLBACK}?code=http://localhost:80/?code=6b1f4e`],
  ['the URL in quotes', `"${CALLBACK}?code=6b1f4e"`],
  ['the URL after the code= of an example', `${CALLBACK}?code=${CALLBACK}?code=6b1f4e`],
  ['the URL with a state after the code= of an example', `${CALLBACK}?code=${CALLBACK}?state=x&code=6b1f4e`],
])('the code is found in %s', (_, text) => {
  expect(parseAuthorizationCode(text)).toBe('6b1f4e');
});

test('any code is found in the URL that a browser shows', () => {
  const code = fc
    .string({ minLength: 1, maxLength: 60 })
    .map((text) => text.replaceAll(' ', '~'))
    .filter((text) => /^[\x21-\x7e]+$/.test(text));
  fc.assert(
    fc.property(code, fc.boolean(), (text, stateFirst) => {
      const url = new URL(`${CALLBACK}?from=sprinklr`);
      if (stateFirst) url.searchParams.set('state', 'a b&code');
      url.searchParams.set('code', text);
      if (!stateFirst) url.searchParams.set('state', 'a b&code');
      expect(parseAuthorizationCode(url.href)).toBe(text);
    }),
  );
});

test('a bare code that is still percent-encoded is decoded', () => {
  expect(parseAuthorizationCode('ab%2Fcd%3D%3D')).toBe('ab/cd==');
});

test('a plain + in the URL is part of the code, not a space', () => {
  expect(parseAuthorizationCode(`${CALLBACK}?code=a+b/c==&state=x`)).toBe('a+b/c==');
});

test.each([
  ['padded base64', 'a+b=='],
  ['dots and dashes', 'eyJ.a-b_c~d'],
  ['a slash', 'a/b+c=='],
  ['quotes inside', `a"b'c`],
  ['a percent sign that encodes nothing', 'ab%zz'],
])('a code with %s is unchanged', (_, code) => {
  expect(parseAuthorizationCode(code)).toBe(code);
});

test.each([
  [`${CALLBACK}?error=access_denied`, 'denied'],
  [`${CALLBACK}?error=access_denied&error_description=No%20way`, 'denied'],
  ['error=access_denied', 'denied'],
  [`${CALLBACK}?error=server_error&code=6b1f4e`, 'failed'],
])('%s is the URL of a consent that was %s', (text, result) => {
  expect(thrownError(() => parseAuthorizationCode(text))).toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(new RegExp(`^\`authorization-code\` .* consent .*${result}\\.$`)),
    remedy: expect.stringContaining('consent page again'),
    inputs: ['authorization-code'],
  });
});

test.each([
  ['an empty text', ''],
  ['a URL without a code', CALLBACK],
  ['a URL with an empty code', `${CALLBACK}?code=`],
  ['a URL with another parameter', `${CALLBACK}?barcode=6b1f4e`],
  ['a URL with a code in its fragment', `${CALLBACK}?x#&code=6b1f4e`],
  ['two words', 'my 6b1f4e'],
  ['two lines', '6b1f4e\n6b1f4e'],
  ['a control character', '6b1f4e\u00074e'],
  ['a character that is not ASCII', '6b1f4e\u00e9'],
  ['a line break in the URL', `${CALLBACK}?code=6b1f4e%0d%0a4e`],
])('%s contains no code, and is not quoted', (_, text) => {
  const error = thrownError(() => parseAuthorizationCode(text));
  expect(error).toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('`authorization-code` contains no code'),
    remedy: expect.stringContaining('code='),
    inputs: ['authorization-code'],
  });
  expect(error.message + error.remedy).not.toContain('6b1f4e');
});
