import { expect, test } from '@jest/globals';
import { identifyDer, type DerKind } from '../../src/credentials/der.ts';

/** One element: its tag, and what is in it. */
function element(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const sequence = (...content: Buffer[]): Buffer => element(0x30, ...content);
const integer = (...value: number[]): Buffer => element(0x02, Buffer.from(value));
const octets = element(0x04, Buffer.alloc(200));
const bits = element(0x03, Buffer.alloc(200));
const none = element(0x05);
const long = element(0x02, Buffer.alloc(100, 0x7f));
const algorithm = sequence(element(0x06, bytes('2a864886f70d010101')), none);
const name = sequence(element(0x31));
const explicit = (...content: Buffer[]): Buffer => element(0xa0, ...content);

/** What is inside the outermost SEQUENCE of each kind, as its RFC has it; small numbers where they may be small. */
const files: [string, DerKind, Buffer[]][] = [
  ['a PKCS#8 key', 'pkcs8', [integer(0), algorithm, octets]],
  [
    'a PKCS#8 key with its public key',
    'pkcs8',
    [integer(1), algorithm, octets, element(0x81, Buffer.alloc(65))],
  ],
  ['an encrypted PKCS#8 key', 'encrypted-pkcs8', [algorithm, octets]],
  ['a PKCS#1 key', 'pkcs1', [integer(0), long, integer(1, 0, 1), long, long, long, long, long, long]],
  ['a PKCS#1 key of many primes', 'pkcs1', [integer(1), long, integer(3)]],
  ['a SEC1 key', 'sec1', [integer(1), octets, explicit()]],
  ['a DSA key', 'dsa', [integer(0), long, long, long, long, long]],
  ['a DSA key of a toy', 'dsa', [integer(0), integer(47), integer(23), integer(2), integer(9), integer(12)]],
  ['a public key', 'public-key', [algorithm, bits]],
  ['a PKCS#1 public key', 'public-key', [long, integer(1, 0, 1)]],
  ['a PKCS#1 public key with a small exponent', 'public-key', [long, integer(17)]],
  ['a certificate', 'certificate', [sequence(explicit(integer(2)), long, algorithm), algorithm, bits]],
  ['a version 1 certificate', 'certificate', [sequence(long, algorithm, name, name, name), algorithm, bits]],
  [
    'a version 1 certificate with a small number',
    'certificate',
    [sequence(integer(17), algorithm, name, name, name), algorithm, bits],
  ],
  ['a certificate request', 'certificate-request', [sequence(integer(0), name, algorithm), algorithm, bits]],
  ['a PKCS#12 file', 'pkcs12', [integer(3), sequence(), sequence()]],
  ['a PKCS#7 file', 'pkcs7', [element(0x06, bytes('2a864886f70d010702')), explicit()]],
];

test.each(files)('%s is told by its outline, whatever comes after it', (_, kind, content) => {
  const file = sequence(...content);
  const told = { kind, size: file.length };
  expect(identifyDer(file)).toEqual(told);
  expect(identifyDer(Buffer.concat([file, integer(5), long]))).toEqual(told);
});

test.each(files)('what holds more in front than %s is another file', (_, __, content) => {
  const file = sequence(none, ...content);
  expect(identifyDer(file)).toEqual({ kind: 'other-der', size: file.length });
});

test.each<[string, Buffer]>([
  ['with an octet string after two sequences', sequence(algorithm, algorithm, octets)],
  ['with a truth value where a key has its version', sequence(element(0x01, Buffer.alloc(1)), long, long)],
  ['with nothing in it', sequence()],
])('a file of no known kind (%s) is DER all the same', (_, file) => {
  expect(identifyDer(file)).toEqual({ kind: 'other-der', size: file.length });
});

const unknown = sequence(none, octets);

test('of a file that is cut short, the start says what it is, and its length how long it was', () => {
  const key = sequence(integer(0), algorithm, octets);
  expect(identifyDer(key.subarray(0, 60))).toEqual({ kind: 'pkcs8', size: key.length });
  expect(identifyDer(unknown.subarray(0, 60))).toEqual({ kind: 'other-der', size: unknown.length });
  expect(identifyDer(unknown.subarray(0, 4))).toEqual({ kind: 'other-der', size: unknown.length });
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['another tag', bytes('3100')],
  ['a tag without a length', bytes('30')],
  ['half of a length', bytes('308201')],
  ['a length of more bytes than any file has', bytes(`3085${'00'.repeat(10)}`)],
  ['an unknown file with bytes after it', Buffer.concat([unknown, octets])],
  ['a short unknown file with bytes after it', Buffer.concat([sequence(none), octets])],
  ['an unknown file that is cut short, though it says to be short', bytes('30200500')],
])('bytes that only look like DER (%s) are none', (_, file) => {
  expect(identifyDer(file)).toBeUndefined();
});

test.each([
  ['two', '30820005020100'],
  ['four', '308400000005020100'],
])('a length of %s bytes is read', (_, start) => {
  const file = bytes(`${start}0500`);
  expect(identifyDer(file)).toEqual({ kind: 'other-der', size: file.length });
});

test('a file of indefinite length ends where its bytes end', () => {
  const file = Buffer.concat([bytes('3080020103'), sequence(octets), Buffer.alloc(2)]);
  expect(identifyDer(file)).toEqual({ kind: 'pkcs12', size: file.length });
});
