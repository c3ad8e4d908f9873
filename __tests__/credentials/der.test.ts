import { expect, test } from '@jest/globals';
import { identifyDer, type DerKind } from '../../src/credentials/der.ts';

/** A DER element: tag, length, content. */
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
const nil = element(0x05);
const large = element(0x02, Buffer.alloc(100, 0x7f));
const algorithm = sequence(element(0x06, bytes('2a864886f70d010101')), nil);
const name = sequence(element(0x31));
const explicit = (...content: Buffer[]): Buffer => element(0xa0, ...content);

/** The content of the outermost SEQUENCE of each kind, by its RFC, with small numbers where they are allowed. */
const files: [string, DerKind, Buffer[]][] = [
  ['a PKCS#8 key', 'pkcs8', [integer(0), algorithm, octets]],
  [
    'a PKCS#8 key with its public key',
    'pkcs8',
    [integer(1), algorithm, octets, element(0x81, Buffer.alloc(65))],
  ],
  ['an encrypted PKCS#8 key', 'encrypted-pkcs8', [algorithm, octets]],
  ['a PKCS#1 key', 'pkcs1', [integer(0), large, integer(1, 0, 1), large, large, large, large, large, large]],
  ['a multi-prime PKCS#1 key', 'pkcs1', [integer(1), large, integer(3)]],
  ['a SEC1 key', 'sec1', [integer(1), octets, explicit()]],
  ['a DSA key', 'dsa', [integer(0), large, large, large, large, large]],
  [
    'a DSA key with small numbers',
    'dsa',
    [integer(0), integer(47), integer(23), integer(2), integer(9), integer(12)],
  ],
  ['a public key', 'public-key', [algorithm, bits]],
  ['a PKCS#1 public key', 'public-key', [large, integer(1, 0, 1)]],
  ['a PKCS#1 public key with a small exponent', 'public-key', [large, integer(17)]],
  ['a certificate', 'certificate', [sequence(explicit(integer(2)), large, algorithm), algorithm, bits]],
  ['a version 1 certificate', 'certificate', [sequence(large, algorithm, name, name, name), algorithm, bits]],
  [
    'a version 1 certificate with a small serial number',
    'certificate',
    [sequence(integer(17), algorithm, name, name, name), algorithm, bits],
  ],
  ['a certificate request', 'certificate-request', [sequence(integer(0), name, algorithm), algorithm, bits]],
  ['a PKCS#12 file', 'pkcs12', [integer(3), sequence(), sequence()]],
  [
    'a PKCS#12 file with an old encryption',
    'legacy-pkcs12',
    [integer(3), sequence(sequence(element(0x06, bytes('2a864886f70d010c0106')))), sequence()],
  ],
  ['a TPM key', 'tpm', [element(0x06, bytes('6781050a0103')), integer(0x40, 0, 0, 1), octets, octets]],
  [
    'a TPM key with optional fields',
    'tpm',
    [
      element(0x06, bytes('6781050a0103')),
      explicit(),
      element(0xa1),
      element(0xa3),
      integer(1),
      octets,
      octets,
    ],
  ],
  ['a PKCS#7 file', 'pkcs7', [element(0x06, bytes('2a864886f70d010702')), explicit()]],
];

test.each(files)('identifies %s by its outline, whatever follows it', (_, kind, content) => {
  const file = sequence(...content);
  const expected = { kind, size: file.length };
  expect(identifyDer(file)).toEqual(expected);
  expect(identifyDer(Buffer.concat([file, integer(5), large]))).toEqual(expected);
});

test.each(files)('another element before the content of %s makes it an unknown file', (_, __, content) => {
  const file = sequence(nil, ...content);
  expect(identifyDer(file)).toEqual({ kind: 'other-der', size: file.length });
});

test.each<[string, Buffer]>([
  ['an octet string after two sequences', sequence(algorithm, algorithm, octets)],
  ['a boolean in place of the version', sequence(element(0x01, Buffer.alloc(1)), large, large)],
  ['an empty sequence', sequence()],
])('identifies an unknown file (%s) as DER', (_, file) => {
  expect(identifyDer(file)).toEqual({ kind: 'other-der', size: file.length });
});

const unknownFile = sequence(nil, octets);

test('identifies a truncated file and its full size', () => {
  const key = sequence(integer(0), algorithm, octets);
  expect(identifyDer(key.subarray(0, 60))).toEqual({ kind: 'pkcs8', size: key.length });
  expect(identifyDer(unknownFile.subarray(0, 60))).toEqual({ kind: 'other-der', size: unknownFile.length });
  expect(identifyDer(unknownFile.subarray(0, 4))).toEqual({ kind: 'other-der', size: unknownFile.length });
});

test.each([
  ['no bytes', Buffer.alloc(0)],
  ['another tag', bytes('3100')],
  ['a tag without a length', bytes('30')],
  ['an incomplete length', bytes('308201')],
  ['a length of five bytes', bytes(`3085${'00'.repeat(10)}`)],
  ['an unknown file with trailing bytes', Buffer.concat([unknownFile, octets])],
  ['a short unknown file with trailing bytes', Buffer.concat([sequence(nil), octets])],
  ['a truncated unknown file with a short length', bytes('30200500')],
])('does not identify other bytes as DER: %s', (_, file) => {
  expect(identifyDer(file)).toBeUndefined();
});

test.each([
  ['two', '30820005020100'],
  ['four', '308400000005020100'],
])('reads a length of %s bytes', (_, start) => {
  const file = bytes(`${start}0500`);
  expect(identifyDer(file)).toEqual({ kind: 'other-der', size: file.length });
});

test('a file of indefinite length ends with its bytes', () => {
  const file = Buffer.concat([bytes('3080020103'), sequence(octets), Buffer.alloc(2)]);
  expect(identifyDer(file)).toEqual({ kind: 'pkcs12', size: file.length });
});
