import { expect, test } from '@jest/globals';
import { decodeText } from '../../src/sprinklr/read-body.ts';

const text = '{"error":"Schlüssel"}';
const utf16 = Buffer.from(text, 'utf16le');
const bigEndian = Buffer.from(utf16).swap16();

test.each([
  ['UTF-8', Buffer.from(text), 'application/json'],
  ['UTF-8 with a byte-order mark', Buffer.from(`\ufeff${text}`), ''],
  ['ISO 8859-1', Buffer.from(text, 'latin1'), 'application/json; charset=ISO-8859-1'],
  ['Windows-1252 in quotes', Buffer.from(text, 'latin1'), 'text/html; charset="windows-1252"'],
  ['UTF-16 LE', utf16, ''],
  ['UTF-16 LE that is called UTF-8', utf16, 'text/html; charset=utf-8'],
  ['UTF-16 LE with a byte-order mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), 'text/html'],
  ['UTF-16 BE', bigEndian, 'application/json; charset=utf-16'],
  ['UTF-16 BE with a byte-order mark', Buffer.concat([Buffer.from([0xfe, 0xff]), bigEndian]), ''],
  ['ISO 8859-1 with spaces around =', Buffer.from(text, 'latin1'), 'text/html; charset = iso-8859-1'],
  ...['utf-16', 'UTF16', 'ucs-2', 'UCS2', 'unicode'].map((name): [string, Buffer, string] => [
    `UTF-8 that is called ${name}`,
    Buffer.from(text),
    `text/html; charset=${name}`,
  ]),
  ['an unknown charset', Buffer.from(text), 'text/html; charset=x-unknown'],
])('a body in %s is decoded', (_, bytes, contentType) => {
  expect(decodeText(bytes, contentType)).toBe(text);
});

test('a short body, and one that is not text, are decoded as far as possible', () => {
  expect(decodeText(Buffer.alloc(0), '')).toBe('');
  expect(decodeText(Buffer.from('x'), '')).toBe('x');
  expect(decodeText(Buffer.from([0xc3, 0x28]), '')).toBe('\ufffd(');
  // Neither a byte-order mark nor UTF-16.
  for (const bytes of [
    [0xff, 0x41],
    [0xfe, 0x41],
    [0x41, 0xfe],
    [0x41, 0xff],
  ])
    expect(decodeText(Buffer.from(bytes), '')).toMatch(/^(\ufffdA|A\ufffd)$/);
  expect(decodeText(Buffer.from([0, 0]), '')).toBe('\0\0');
});
