import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import './volume.ts';
import { createSecrets, sanitize } from '../src/redaction.ts';

const MIN_LEAK_LENGTH = 12;

/** Realistic secrets and unusual ones. No `*`, because redaction replaces a secret with it. */
const secret = fc.oneof(
  fc.string({ minLength: MIN_LEAK_LENGTH, maxLength: 80 }),
  fc.base64String({ minLength: MIN_LEAK_LENGTH, maxLength: 200 }),
  fc.string({ minLength: MIN_LEAK_LENGTH, maxLength: 40, unit: 'binary' }),
);
const secretText = secret.map((text) => text.replaceAll('*', 'x'));
const words = fc.string({ maxLength: 40 }).map((text) => text.replaceAll('*', 'x'));

const encodings: Record<string, (text: string) => string> = {
  unchanged: (text) => text,
  'percent-encoded': (text) => encodeURIComponent(text),
  'percent-encoded in lowercase': (text) => encodeURIComponent(text).toLowerCase(),
  'form-encoded': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'escaped as in JSON': (text) => JSON.stringify(text).slice(1, -1),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'inside the base64 of a longer text': (text) => Buffer.from(`k:${text}`).toString('base64'),
  'at another offset inside the base64 of a longer text': (text) =>
    Buffer.from(`:${text}!!`).toString('base64'),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'inside the base64url of a longer text': (text) => Buffer.from(`k:${text}`).toString('base64url'),
  'at another offset inside the base64url of a longer text': (text) =>
    Buffer.from(`:${text}!!`).toString('base64url'),
  'in hex': (text) => Buffer.from(text).toString('hex'),
  'in uppercase': (text) => asciiCase(text, /[a-z]/g, 'toUpperCase'),
  'in lowercase': (text) => asciiCase(text, /[A-Z]/g, 'toLowerCase'),
};

function asciiCase(text: string, letters: RegExp, change: 'toUpperCase' | 'toLowerCase'): string {
  return text.replace(letters, (letter) => letter[change]());
}

/** A lone surrogate has no encoding in UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function secretsOf(...values: string[]): { redact: (text: string) => string; masks: string[] } {
  const masks: string[] = [];
  const secrets = createSecrets((mask) => masks.push(mask));
  for (const value of values) secrets.mask(value);
  return { redact: secrets.redact, masks };
}

/** Whether the text contains 12 characters in a row of the encoded secret, in either case. */
function leaks(shown: string, form: string): boolean {
  const haystack = asciiCase(shown, /[A-Z]/g, 'toLowerCase');
  const needle = asciiCase(form, /[A-Z]/g, 'toLowerCase');
  for (let start = 0; start + MIN_LEAK_LENGTH <= needle.length; start++)
    if (haystack.includes(needle.slice(start, start + MIN_LEAK_LENGTH))) return true;
  return false;
}

test.each(Object.entries(encodings))('a secret in a text, %s, is redacted', (_, encode) => {
  const values = fc.array(secretText.map(wellFormed), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(values, words, (secrets, between) => {
      const encoded = secrets.map(encode);
      const shown = secretsOf(...secrets).redact(between + encoded.map((text) => text + between).join(' '));
      expect(encoded.filter((text) => leaks(shown, text))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

const SHORT_PARTS = ['Hun%er\\nSec"et', 'Hun%er\nSec"et', 'H n%\r\nt er2\nSec"et\n', '  Hu"t\n  er%2'];

test.each(Object.entries(encodings))('a secret of several short lines, %s, is redacted', (_, encode) => {
  for (const secret of SHORT_PARTS) {
    const encoded = encode(secret);
    expect([secret, leaks(secretsOf(secret).redact(`so ${encoded}.`), encoded)]).toEqual([secret, false]);
  }
});

test('a secret that contains `\\n` is also masked as one line, with its escaped forms', () => {
  const { masks } = secretsOf('Hun%er\\nSec"et');
  expect(masks).toEqual(
    expect.arrayContaining(['Hun%er\\nSec"et', 'Hun%25er%5CnSec%22et', 'Hun%er\\\\nSec\\"et']),
  );
});

test('any 12 or more characters of a secret are redacted', () => {
  const truncated = fc.record({ value: secretText, from: fc.nat(), more: fc.nat() });
  fc.assert(
    fc.property(truncated, words, ({ value, from, more }, around) => {
      const start = from % (value.length - MIN_LEAK_LENGTH + 1);
      const fragment = value.slice(start, start + MIN_LEAK_LENGTH + (more % value.length));
      const shown = secretsOf(value).redact(`${around}${fragment}${around}`);
      expect(leaks(shown, fragment)).toBe(false);
    }),
  );
});

test('a secret of 4 to 11 characters is redacted', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, maxLength: 11 }), words, (value, around) => {
      fc.pre(!value.includes('*') && !around.includes(value));
      const shown = secretsOf(value).redact(`(${around} ${value} ${around})`);
      expect(shown.toLowerCase()).not.toContain(value.toLowerCase());
    }),
  );
});

test.each(['k:', ':', '::::'])(
  'a secret of 9 to 11 characters is redacted in the base64 of a longer text, after %j',
  (before) => {
    const value = fc.stringMatching(/^[!-)+-~]{9,11}$/);
    fc.assert(
      fc.property(value, fc.constantFrom('base64', 'base64url'), (secret, encoding) => {
        const encoded = Buffer.from(`${before}${secret}::`).toString(encoding);
        const shown = secretsOf(secret).redact(`(${encoded})`);
        // At both ends, a base64 character also depends on the text beside the secret.
        expect(shown).not.toContain(encoded.slice(4, 13));
      }),
    );
  },
);

test('a text without a secret is unchanged', () => {
  const { redact } = secretsOf('S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=', 'k7apikey3n5x9w2q8r4t6y1zu');
  fc.assert(
    fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => {
      expect(redact(text)).toBe(text);
    }),
  );
  const near = 'S3cr3t/+Hf8 and pikey3n5x9w are eleven characters each';
  expect(redact(near)).toBe(near);
});

test('the text around a secret stays readable', () => {
  const { redact } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu');
  expect(redact('No key k7apikey3n5x9w2q8r4t6y1zu here.')).toBe('No key *** here.');
  expect(redact('K7APIKEY3N5X9W2Q8R4T6Y1ZU')).toBe('***');
  expect(redact('k7apikey3n5x9w2q8r4t6y1zuk7apikey3n5x9w2q8r4t6y1zu, k7apikey3n5x')).toBe('***, ***');
  // Its lowercase form is longer. That must not shift what is redacted.
  expect(redact('İİİ k7apikey3n5x9w2q8r4t6y1zu!')).toBe('İİİ ***!');
});

test('a lone surrogate in a secret or a text is handled', () => {
  const { redact, masks } = secretsOf(
    'half \ud800 a character',
    '\udc00\udc00\udc00\udc00\udc00\udc00\udc00\udc00',
  );
  expect(masks).toContain('half \ud800 a character');
  expect(redact('half \ud800 a character')).toBe('***');
  expect(redact('\ud800')).toBe('\ud800');
});

test('a value is masked once, and a value of less than 4 characters never', () => {
  const { masks } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu', 'k7apikey3n5x9w2q8r4t6y1zu', '', 'abc');
  expect(masks).toEqual(['k7apikey3n5x9w2q8r4t6y1zu']);
});

test('no mask is a PEM boundary, has several lines, or is a fragment of less than 8 characters', () => {
  const body = fc.array(fc.base64String({ minLength: 4, maxLength: 64 }), { minLength: 1, maxLength: 8 });
  const lineEnd = fc.constantFrom('\n', '\r\n', '\\n');
  const label = fc.constantFrom('PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'CERTIFICATE');
  fc.assert(
    fc.property(body, lineEnd, label, (lines, end, name) => {
      const pem = [`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`, ''].join(end);
      const { masks } = secretsOf(pem);
      for (const mask of masks.filter((form) => form !== pem)) {
        expect(mask).not.toMatch(/-----/);
        expect(mask).not.toMatch(/[\r\n]/);
        expect(mask.length).toBeGreaterThanOrEqual(8);
      }
      if (end !== '\\n') expect(masks).not.toContain(pem);
      for (const line of lines.filter((text) => text.length >= 8)) expect(masks).toContain(line);
    }),
  );
});

test('a secret of several lines is masked line by line, without surrounding spaces', () => {
  const { masks } = secretsOf('  indented line 1\nplain-line-2  \r\nshort\n');
  expect(masks).toEqual(['indented line 1', 'plain-line-2', 'indented%20line%201', 'indented+line+1']);
});

test('only a whole line is a PEM boundary', () => {
  const { masks } = secretsOf(
    'x-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----x\n-----BEGIN PRIVATE KEY-----',
  );
  expect(masks).toEqual(
    expect.arrayContaining(['x-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----x']),
  );
  expect(masks).not.toContain('-----BEGIN PRIVATE KEY-----');
});

test("a few characters of a short secret's base64 are not redacted", () => {
  const { redact } = secretsOf('abcdefgh');
  expect(Buffer.from('\0abcdefgh').toString('base64').slice(4, -4)).toBe('Y2Rl');
  expect(redact('Y2Rl is fine')).toBe('Y2Rl is fine');
});

test('containsSecret finds a secret and its masked forms', () => {
  const secrets = createSecrets(() => undefined);
  expect(secrets.containsSecret('anything')).toBe(false);
  secrets.mask('S3cr3t/+Hf8');
  expect(secrets.containsSecret('{"a":"S3cr3t/+Hf8"}')).toBe(true);
  expect(secrets.containsSecret('?a=S3cr3t%2F%2BHf8&b')).toBe(true);
  expect(secrets.containsSecret('S3cr3t/+Hf')).toBe(false);
});

test('every mask is registered once', () => {
  fc.assert(
    fc.property(fc.array(secretText, { maxLength: 4 }), (values) => {
      const { masks } = secretsOf(...values, ...values);
      expect(new Set(masks).size).toBe(masks.length);
    }),
    { numRuns: 50 },
  );
});

test('a text of 10,000 characters is redacted in less than 3 seconds', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${`${'Ab3/'.repeat(16)}\n`.repeat(60)}-----END PRIVATE KEY-----\n`;
  const { redact } = secretsOf(key, 'a'.repeat(2000), 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=', 'pass', 'passwd');
  const texts = [
    'a'.repeat(10_000),
    'Ab3/'.repeat(2500),
    `${'a'.repeat(11)}b`.repeat(833),
    '<'.repeat(10_000),
  ];

  for (const text of texts) {
    const startedAt = performance.now();
    redact(text);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  }
});

test('sanitize redacts before it truncates, and again after it removes characters', () => {
  const secrets = createSecrets(() => undefined);
  secrets.mask('k7apikey3n5x9w2q8r4t6y1zu');
  const padding = 'x'.repeat(290);
  expect(sanitize(`${padding}k7apikey3n5x9w2q8r4t6y1zu`, secrets)).toBe(`${padding}***`);
  secrets.mask('Hunter2 Hunter2');
  expect(sanitize('Hunter2\u0000\u2028Hunter2', secrets)).toBe('***');
});

test('sanitize returns one line without workflow commands, of 300 characters at most', () => {
  const secrets = createSecrets(() => undefined);
  expect(sanitize('a\r\n::error::b\n##[group]c', secrets)).toBe('a : :error: :b # #[group]c');
  expect(sanitize('x'.repeat(301), secrets)).toBe(`${'x'.repeat(300)}…`);
});
