import { expect, test } from '@jest/globals';
import { parseCertificate } from '../../src/credentials/certificate.ts';
import { parsePrivateKey } from '../../src/credentials/private-key.ts';
import { ActionError } from '../../src/errors.ts';

test.each([
  '-',
  '\\',
  '"',
  ' ',
  '\n',
  '/',
  '$',
  '<',
  '[',
  'A_',
  'a.',
  '-BEGIN A-',
  '-END A-',
  '0a:',
  'eyJ.',
  '\\n',
  'Proc-Type:',
  'BEGIN ',
  '=',
  '/a',
])('a key of a megabyte of %j is refused in no time', (piece) => {
  const value = piece.repeat(1_000_000 / piece.length);
  const started = performance.now();
  for (const text of [value, `${value}!`, `x${value}\u2028x`, `-----BEGIN PRIVATE KEY-----${value}`]) {
    expect(() => parsePrivateKey({ value: text, passphrase: '', input: 'private-key' })).toThrow(ActionError);
  }
  expect(performance.now() - started).toBeLessThan(4000);
});

const LONG = 50_000;
const many: [string, string][] = [
  ...['-', '=', 'M', '\\', ' ', '"', '0', '\n', '\0', '{', '$', '<', '.', ':', '\ufeff'].map(
    (unit): [string, string] => [JSON.stringify(unit), unit],
  ),
  ['frames without an end', '-----BEGIN CERTIFICATE-----'],
  ['ends without a frame', '-----END CERTIFICATE-----'],
  ['empty frames', '-----BEGIN CERTIFICATE----------END CERTIFICATE-----'],
  ['the words of a key', 'BEGIN PRIVATE '],
  ['starts of keys', 'MIIE '],
  ['starts of PEM in base64', 'LS0tLS1CRUdJTi'],
  ['empty DER', 'MAAwADAA'],
  ['nested DER', 'MIIwgjCC'],
  ['headers of encrypted keys', 'Proc-Type: DEK-Info: '],
  ['escapes', '\\\\n'],
];

test.each(many)('a certificate of very many %s is refused at once', (_, unit) => {
  const value = unit.repeat(LONG / unit.length);
  const start = performance.now();
  for (const text of [value, `x${value}x`, Buffer.from(value).toString('base64')]) {
    expect(() => parseCertificate(text, 'certificate')).toThrow(ActionError);
  }
  expect(performance.now() - start).toBeLessThan(3000);
});
