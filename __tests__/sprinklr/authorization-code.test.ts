import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../volume.ts';
import { parseAuthorizationCode } from '../../src/sprinklr/authorization-code.ts';
import { refusalOf } from './refusal.ts';

test.each([
  ['the code', '6b1f4e'],
  ['the address', 'https://www.example.com/callback?code=6b1f4e'],
  ['the address with a state before it', 'https://www.example.com/callback?state=x&code=6b1f4e'],
  ['the address with a state after it', 'https://www.example.com/callback?code=6b1f4e&state=code'],
  ['the address with a fragment', 'https://www.example.com/callback?code=6b1f4e#_=_'],
  ['an address of this machine', 'http://localhost:8080/?code=6b1f4e'],
  ['a query', '?code=6b1f4e&state=x'],
  ['a pair', 'code=6b1f4e'],
  ['the code in quotes', "'6b1f4e'"],
  [
    'the address of this machine behind another',
    'https://www.example.com/?code=http://localhost:80/?code=6b1f4e',
  ],
  ['the address in quotes', '"https://www.example.com/callback?code=6b1f4e"'],
  [
    'the address behind that of the example',
    'https://www.example.com/callback?code=https://www.example.com/callback?code=6b1f4e',
  ],
  [
    'the address, with a state, behind that of the example',
    'https://www.example.com/callback?code=https://www.example.com/callback?state=x&code=6b1f4e',
  ],
])('the code is found in %s', (_, text) => {
  expect(parseAuthorizationCode(text)).toBe('6b1f4e');
});

test('whatever a code is made of, it is found in the address that a browser shows', () => {
  const code = fc
    .string({ minLength: 1, maxLength: 60 })
    .map((text) => text.replaceAll(' ', '~'))
    .filter((text) => /^[\x21-\x7e]+$/.test(text));
  fc.assert(
    fc.property(code, fc.boolean(), (text, stateFirst) => {
      const address = new URL('https://www.example.com/callback?from=sprinklr');
      if (stateFirst) address.searchParams.set('state', 'a b&code');
      address.searchParams.set('code', text);
      if (!stateFirst) address.searchParams.set('state', 'a b&code');
      expect(parseAuthorizationCode(address.href)).toBe(text);
    }),
  );
});

test('a bare code that is still percent-encoded is decoded', () => {
  expect(parseAuthorizationCode('ab%2Fcd%3D%3D')).toBe('ab/cd==');
});

test('a bare + in the address is a part of the code, not a space', () => {
  expect(parseAuthorizationCode('https://www.example.com/callback?code=a+b/c==&state=x')).toBe('a+b/c==');
});

test.each([
  ['base64 with its padding', 'a+b=='],
  ['dots and dashes', 'eyJ.a-b_c~d'],
  ['a slash inside', 'a/b+c=='],
  ['quotes inside', `a"b'c`],
  ['a percent sign that encodes nothing', 'ab%zz'],
])('a code of %s is taken as it is', (_, code) => {
  expect(parseAuthorizationCode(code)).toBe(code);
});

test.each([
  ['https://www.example.com/callback?error=access_denied', 'denied'],
  ['https://www.example.com/callback?error=access_denied&error_description=No%20way', 'denied'],
  ['error=access_denied', 'denied'],
  ['https://www.example.com/callback?error=server_error&code=6b1f4e', 'not given'],
])('%s tells that the consent was %s', (text, words) => {
  expect(refusalOf(() => parseAuthorizationCode(text))).toMatchObject({
    code: 'INPUT_INVALID',
    message: `The input authorization-code is the address of a consent that was ${words}.`,
    remedy: 'Open the consent page again, allow the app, and give the address that the browser lands on.',
  });
});

test.each([
  ['nothing', ''],
  ['an address without a code', 'https://www.example.com/callback'],
  ['an address with an empty code', 'https://www.example.com/callback?code='],
  ['an address with another parameter', 'https://www.example.com/callback?barcode=6b1f4e'],
  ['an address with a code behind its #', 'https://www.example.com/callback?x#&code=6b1f4e'],
  ['two words', 'my code'],
  ['two lines', '6b1f4e\n6b1f4e'],
  ['a control character', '6b1f\u00074e'],
  ['a letter that is not ASCII', '6b1f4é'],
  ['a line end in the address', 'https://www.example.com/callback?code=6b1f%0d%0a4e'],
])('%s holds no code, and what it holds is not shown', (_, text) => {
  expect(refusalOf(() => parseAuthorizationCode(text))).toMatchObject({
    code: 'INPUT_INVALID',
    message: 'The input authorization-code holds no code.',
    remedy:
      'Give the value of code= in the address that the browser landed on after the consent, or that whole address.',
  });
});
