/** The time that the parsers take for long inputs must not grow faster than their length. */
import { expect, test } from '@jest/globals';
import { parseCertificate } from '../../src/credentials/certificate.ts';
import { parsePrivateKey } from '../../src/credentials/private-key.ts';
import { ActionError } from '../../src/errors.ts';
import { createSecrets } from '../../src/redaction.ts';
import { parseAuthorizationCode } from '../../src/sprinklr/authorization-code.ts';
import { classifyResponse } from '../../src/sprinklr/classify-response.ts';
import { toResponseError } from '../../src/sprinklr/response-error.ts';

function expectFast(act: () => void, limitMs: number): void {
  const startedAt = performance.now();
  act();
  expect(performance.now() - startedAt).toBeLessThan(limitMs);
}

const MEGABYTE = 1024 * 1024;
test.each([
  ['1 MiB of <', '<'.repeat(MEGABYTE)],
  ['1 MiB of opening headings', '<h1'.repeat(MEGABYTE / 3)],
  ['1 MiB of headings without an end', '<h1>'.repeat(MEGABYTE / 4)],
  ['1 MiB of spaces', ' '.repeat(MEGABYTE)],
  ['deep arrays', '['.repeat(MEGABYTE)],
  ['deep arrays with an end', '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2)],
  ['deep objects', `${'{"errors":'.repeat(90_000)}1${'}'.repeat(90_000)}`],
  ['a wide error list', `{"errors":[${'{"code":1},'.repeat(90_000)}0]}`],
  ['a wide object', `{${Array.from({ length: 60_000 }, (_, key) => `"k${key}":1`).join()}}`],
  ['a long word', JSON.stringify({ message: 'developer '.repeat(MEGABYTE / 11) })],
  ['1 MiB of backslashes', `{"message":"${'\\\\'.repeat(MEGABYTE / 2 - 20)}"}`],
])('a response of %s is classified and quoted in less than 5 seconds', (_, body) => {
  const response = { status: 403, headers: {}, body, truncated: false, attempts: 1, unquotable: false };
  expectFast(() => {
    classifyResponse(response);
    toResponseError(
      response,
      'token exchange',
      createSecrets(() => undefined),
    );
  }, 5000);
});

test.each([
  '?code='.repeat(50_000),
  '&'.repeat(300_000),
  '#'.repeat(300_000),
  `?${'#'.repeat(300_000)}code=`,
])('a long code is parsed or rejected in less than 3 seconds (%#)', (text) => {
  expectFast(() => {
    try {
      parseAuthorizationCode(text);
    } catch {
      // Only the time counts.
    }
  }, 3000);
});

test.each([
  ...[
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
  ],
  ...['Proc-Type:', 'BEGIN ', '=', '/a'],
])('a private key of 1 MB of %j is rejected in less than 4 seconds', (unit) => {
  const value = unit.repeat(1_000_000 / unit.length);
  expectFast(() => {
    for (const text of [value, `${value}!`, `x${value}\u2028x`, `-----BEGIN PRIVATE KEY-----${value}`])
      expect(() => parsePrivateKey({ value: text, passphrase: '', input: 'private-key' })).toThrow(
        ActionError,
      );
  }, 4000);
});

test.each([
  ...['-', '=', 'M', '\\', ' ', '"', '0', '\n', '\0', '{', '$', '<', '.', ':', '\ufeff', '\\\\n'],
  ...['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'],
  ...['-----BEGIN CERTIFICATE----------END CERTIFICATE-----', 'BEGIN PRIVATE ', 'Proc-Type: DEK-Info: '],
  // The starts of keys, of PEM in base64, and of empty and nested DER.
  ...['MIIE ', 'LS0tLS1CRUdJTi', 'MAAwADAA', 'MIIwgjCC'],
])('a certificate of 50,000 characters of %j is rejected in less than 3 seconds', (unit) => {
  const value = unit.repeat(50_000 / unit.length);
  expectFast(() => {
    for (const text of [value, `x${value}x`, Buffer.from(value).toString('base64')])
      expect(() => parseCertificate(text, 'certificate')).toThrow(ActionError);
  }, 3000);
});
