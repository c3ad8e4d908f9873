import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import './volume.ts';
import { createSecrets } from '../src/redaction.ts';

const TRACE = 12;

/** Secrets as they come, and a few that nobody would choose. No `*`: that is what a secret is replaced by. */
const secret = fc.oneof(
  fc.string({ minLength: TRACE, maxLength: 80 }),
  fc.base64String({ minLength: TRACE, maxLength: 200 }),
  fc.string({ minLength: TRACE, maxLength: 40, unit: 'binary' }),
);
const secretText = secret.map((text) => text.replaceAll('*', 'x'));
const words = fc.string({ maxLength: 40 }).map((text) => text.replaceAll('*', 'x'));

const encodings: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'percent-encoded': (text) => encodeURIComponent(text),
  'percent-encoded in small letters': (text) => encodeURIComponent(text).toLowerCase(),
  'as a form': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  'as JSON': (text) => JSON.stringify(text).slice(1, -1),
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'inside the base64 of a longer text': (text) => Buffer.from(`k:${text}`).toString('base64'),
  'inside the base64 of a text one longer': (text) => Buffer.from(`:${text}!!`).toString('base64'),
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'inside the base64url of a longer text': (text) => Buffer.from(`k:${text}`).toString('base64url'),
  'inside the base64url of a text one longer': (text) => Buffer.from(`:${text}!!`).toString('base64url'),
  'in hex': (text) => Buffer.from(text).toString('hex'),
  'in capitals': (text) => asciiCase(text, /[a-z]/g, 'toUpperCase'),
  'in small letters': (text) => asciiCase(text, /[A-Z]/g, 'toLowerCase'),
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

/** Whether twelve characters in a row of one stand in the other, capitals or not. */
function sharesTrace(shown: string, form: string): boolean {
  const haystack = asciiCase(shown, /[A-Z]/g, 'toLowerCase');
  const needle = asciiCase(form, /[A-Z]/g, 'toLowerCase');
  for (let start = 0; start + TRACE <= needle.length; start++)
    if (haystack.includes(needle.slice(start, start + TRACE))) return true;
  return false;
}

test.each(Object.entries(encodings))('a secret that a text holds %s leaves no trace', (_, encode) => {
  const values = fc.array(secretText.map(wellFormed), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(values, words, (secrets, between) => {
      const encoded = secrets.map(encode);
      const shown = secretsOf(...secrets).redact(between + encoded.map((text) => text + between).join(' '));
      expect(encoded.filter((text) => sharesTrace(shown, text))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

const SHORT_PARTS = ['Hun%er\\nSec"et', 'Hun%er\nSec"et', 'H n%\r\nt er2\nSec"et\n', '  Hu"t\n  er%2'];

test.each(Object.entries(encodings))('a secret of several short parts leaves no trace %s', (_, encode) => {
  for (const secret of SHORT_PARTS) {
    const encoded = encode(secret);
    expect([secret, sharesTrace(secretsOf(secret).redact(`so ${encoded}.`), encoded)]).toEqual([
      secret,
      false,
    ]);
  }
});

test('a secret with `\\n` in it is masked as one line as well, with its escaped forms', () => {
  const { masks } = secretsOf('Hun%er\\nSec"et');
  expect(masks).toEqual(
    expect.arrayContaining(['Hun%er\\nSec"et', 'Hun%25er%5CnSec%22et', 'Hun%er\\\\nSec\\"et']),
  );
});

test('any twelve characters of a secret leave no trace, wherever they were cut off', () => {
  const cut = fc.record({ value: secretText, from: fc.nat(), more: fc.nat() });
  fc.assert(
    fc.property(cut, words, ({ value, from, more }, around) => {
      const start = from % (value.length - TRACE + 1);
      const piece = value.slice(start, start + TRACE + (more % value.length));
      const shown = secretsOf(value).redact(`${around}${piece}${around}`);
      expect(sharesTrace(shown, piece)).toBe(false);
    }),
  );
});

test('a secret of 4 to 11 characters is hidden as a whole', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, maxLength: 11 }), words, (value, around) => {
      fc.pre(!value.includes('*') && !around.includes(value));
      const shown = secretsOf(value).redact(`(${around} ${value} ${around})`);
      expect(shown.toLowerCase()).not.toContain(value.toLowerCase());
    }),
  );
});

test.each(['k:', ':', '::::'])(
  'a secret of 9 to 11 characters is hidden in the base64 of a longer text, behind %j, as well',
  (before) => {
    const value = fc.stringMatching(/^[!-)+-~]{9,11}$/);
    fc.assert(
      fc.property(value, fc.constantFrom('base64', 'base64url'), (secret, encoding) => {
        const encoded = Buffer.from(`${before}${secret}::`).toString(encoding);
        const shown = secretsOf(secret).redact(`(${encoded})`);
        // At both ends, a character of base64 tells of what stands beside the secret, too.
        expect(shown).not.toContain(encoded.slice(4, 13));
      }),
    );
  },
);

test('a text without a secret in it stays as it is', () => {
  const { redact } = secretsOf('S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=', 'k7apikey3n5x9w2q8r4t6y1zu');
  fc.assert(
    fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (text) => {
      expect(redact(text)).toBe(text);
    }),
  );
  const near = 'S3cr3t/+Hf8 and pikey3n5x9w are eleven characters each';
  expect(redact(near)).toBe(near);
});

test('what stands round a secret stays readable', () => {
  const { redact } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu');
  expect(redact('No key k7apikey3n5x9w2q8r4t6y1zu here.')).toBe('No key *** here.');
  expect(redact('K7APIKEY3N5X9W2Q8R4T6Y1ZU')).toBe('***');
  expect(redact('k7apikey3n5x9w2q8r4t6y1zuk7apikey3n5x9w2q8r4t6y1zu, k7apikey3n5x')).toBe('***, ***');
  // Of different length in capitals; what follows must not be hidden a letter too late.
  expect(redact('İİİ k7apikey3n5x9w2q8r4t6y1zu!')).toBe('İİİ ***!');
});

test('a lone surrogate in a secret or a text does no harm', () => {
  const { redact, masks } = secretsOf(
    'half \ud800 a character',
    '\udc00\udc00\udc00\udc00\udc00\udc00\udc00\udc00',
  );
  expect(masks).toContain('half \ud800 a character');
  expect(redact('half \ud800 a character')).toBe('***');
  expect(redact('\ud800')).toBe('\ud800');
});

test('nothing is too short to be protected twice, or is masked twice', () => {
  const { masks } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu', 'k7apikey3n5x9w2q8r4t6y1zu', '', 'abc');
  expect(masks).toEqual(['k7apikey3n5x9w2q8r4t6y1zu']);
});

test('no mask is a frame, a text of several lines, or a fragment below eight characters', () => {
  const body = fc.array(fc.base64String({ minLength: 4, maxLength: 64 }), { minLength: 1, maxLength: 8 });
  const lineEnd = fc.constantFrom('\n', '\r\n', '\\n');
  const label = fc.constantFrom('PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'CERTIFICATE');
  fc.assert(
    fc.property(body, lineEnd, label, (lines, end, name) => {
      const pem = [`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`, ''].join(end);
      const { masks } = secretsOf(pem);
      for (const mask of masks.filter((one) => one !== pem)) {
        expect(mask).not.toMatch(/-----/);
        expect(mask).not.toMatch(/[\r\n]/);
        expect(mask.length).toBeGreaterThanOrEqual(8);
      }
      if (end !== '\\n') expect(masks).not.toContain(pem);
      for (const line of lines.filter((one) => one.length >= 8)) expect(masks).toContain(line);
    }),
  );
});

test('what has several lines is masked by its lines, without the space around them, and by nothing else', () => {
  const { masks } = secretsOf('  indented line 1\nplain-line-2  \r\nshort\n');
  expect(masks).toEqual(['indented line 1', 'plain-line-2', 'indented%20line%201', 'indented+line+1']);
});

test('only a whole line is a frame', () => {
  const { masks } = secretsOf(
    'x-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----x\n-----BEGIN PRIVATE KEY-----',
  );
  expect(masks).toEqual(
    expect.arrayContaining(['x-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----x']),
  );
  expect(masks).not.toContain('-----BEGIN PRIVATE KEY-----');
});

test('a few characters that also stand inside the base64 of a short secret are no trace of it', () => {
  const { redact } = secretsOf('abcdefgh');
  expect(Buffer.from('\0abcdefgh').toString('base64').slice(4, -4)).toBe('Y2Rl');
  expect(redact('Y2Rl is fine')).toBe('Y2Rl is fine');
});

test('a secret, or a form of it that is masked, is known to stand in a text', () => {
  const secrets = createSecrets(() => undefined);
  expect(secrets.containsSecret('anything')).toBe(false);
  secrets.mask('S3cr3t/+Hf8');
  expect(secrets.containsSecret('{"a":"S3cr3t/+Hf8"}')).toBe(true);
  expect(secrets.containsSecret('?a=S3cr3t%2F%2BHf8&b')).toBe(true);
  expect(secrets.containsSecret('S3cr3t/+Hf')).toBe(false);
});

test('every mask is sent once, however often its value comes along', () => {
  fc.assert(
    fc.property(fc.array(secretText, { maxLength: 4 }), (values) => {
      const { masks } = secretsOf(...values, ...values);
      expect(new Set(masks).size).toBe(masks.length);
    }),
    { numRuns: 50 },
  );
});

test('a text of 10,000 characters takes no time worth mentioning, whatever it is', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${`${'Ab3/'.repeat(16)}\n`.repeat(60)}-----END PRIVATE KEY-----\n`;
  const { redact } = secretsOf(key, 'a'.repeat(2000), 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=', 'pass', 'passwd');
  const texts = [
    'a'.repeat(10_000),
    'Ab3/'.repeat(2500),
    `${'a'.repeat(11)}b`.repeat(833),
    '<'.repeat(10_000),
  ];

  for (const text of texts) {
    const begun = performance.now();
    redact(text);
    expect(performance.now() - begun).toBeLessThan(3000);
  }
});
