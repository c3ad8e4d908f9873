import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSecrets, sanitize, WITHHELD } from '../src/redaction.ts';
import { DISGUISES, ENCODINGS } from './encodings.ts';
import { cases, cpuSeconds } from './volume.ts';

function secretsOf(...values: string[]): { sanitized: (text: string) => string; masks: string[] } {
  const masks: string[] = [];
  const secrets = createSecrets((mask) => masks.push(mask));
  for (const value of values) secrets.mask(value);
  return { sanitized: (text) => sanitize(text, secrets), masks };
}

const lettersAndDigits = (text: string): number => text.replace(/[^a-z0-9]/gi, '').length;

/** Tokens, passwords, and keys, with 12 letters and digits or more. No `*`, which replaces them. */
const secretText = fc
  .oneof(
    fc.base64String({ minLength: 16, maxLength: 60 }),
    fc.stringMatching(/^[!-)+-~]{12,40}$/),
    fc.stringMatching(/^[!-)+-~]{6} [!-)+-~]{6,20}$/),
  )
  // Of a secret with `\\n`, each line is masked by itself.
  .filter((text) => lettersAndDigits(text) >= 12 && !text.includes('\\n'));

/** Whether less than 12 letters and digits are left of what was between these words. */
function isSafe(shown: string): boolean {
  const [, rest = 'nothing of it'] = /^so (.*)there\.$/.exec(shown) ?? [];
  return shown === WITHHELD || lettersAndDigits(rest) < 12;
}

test.each(Object.entries(ENCODINGS))('a secret that a server writes in %s is never quoted', (_, encode) => {
  fc.assert(
    fc.property(secretText, (secret) => {
      const shown = secretsOf(secret).sanitized(`so ${encode(secret)} there.`);
      expect([shown, isSafe(shown)]).toEqual([shown, true]);
    }),
    { numRuns: cases(300) },
  );
});

test.each(Object.entries(DISGUISES))(
  'a secret that a server writes with %s is never quoted',
  (_, disguise) => {
    fc.assert(
      fc.property(secretText, (secret) => {
        const shown = secretsOf(secret).sanitized(`so ${disguise(secret)} there.`);
        expect([shown, isSafe(shown)]).toEqual([shown, true]);
      }),
      { numRuns: cases(300) },
    );
  },
);

test('a secret in up to three encodings is never quoted', () => {
  const encoding = fc.constantFrom(...Object.keys(ENCODINGS));
  const chain = fc.array(encoding, { minLength: 2, maxLength: 3 });
  // In UTF-16, only ASCII is recognized.
  const disguises = Object.keys(DISGUISES).filter((name) => name !== 'fullwidth letters');
  fc.assert(
    fc.property(secretText, fc.constantFrom(...disguises), chain, (secret, disguise, names) => {
      const hidden = DISGUISES[disguise]?.(secret) ?? '';
      const encoded = names.reduce((text, name) => ENCODINGS[name]?.(text) ?? '', hidden);
      // The end of a longer text is not looked at.
      fc.pre(encoded.length < 9000);
      const shown = secretsOf(secret).sanitized(`so ${encoded} there.`);
      expect([shown, isSafe(shown)]).toEqual([shown, true]);
    }),
    { numRuns: cases(1000) },
  );
});

test.each(['base32', 'base64', 'base64 in lines', 'hex', 'uppercase hex with colons'])(
  'a secret in any encoding, then in %s, is never quoted, wherever it starts',
  (outer) => {
    for (const [inner, encode] of Object.entries(ENCODINGS)) {
      const encoded = ENCODINGS[outer]?.(encode('Hunter%2+Hun/ter3')) ?? '';
      for (const before of outer === 'base32' ? [''] : ['', 'a', 'ab', 'abc']) {
        const shown = secretsOf('Hunter%2+Hun/ter3').sanitized(`so ${before}${encoded} there.`);
        expect([inner, shown, isSafe(shown)]).toEqual([inner, shown, true]);
      }
    }
  },
);

const SHORT_LINES = ['Hun%er\\nSec"et', 'Hun%er\nSec"et', 'H n%\r\nt er2\nSec"et\n', '  Hu"t\n  er%2'];
test.each(Object.entries(ENCODINGS))('a secret of several short lines in %s is never quoted', (_, encode) => {
  for (const secret of SHORT_LINES) {
    const shown = secretsOf(secret).sanitized(`so ${encode(secret)} there.`);
    expect([shown, isSafe(shown)]).toEqual([shown, true]);
  }
});

test('11 letters and digits of a secret are quoted, and 12 are not', () => {
  const { sanitized } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu');
  expect(sanitized('no key pikey3n5x9w')).toBe('no key pikey3n5x9w');
  expect(sanitized('no key pikey3n5x9w2')).toBe(WITHHELD);
});

test('12 letters and digits of a secret in a row are never quoted', () => {
  fc.assert(
    fc.property(fc.base64String({ minLength: 40, maxLength: 80 }), fc.nat(20), (secret, from) => {
      const part = secret.slice(from, from + 18);
      fc.pre(lettersAndDigits(part) >= 12);
      expect(secretsOf(secret).sanitized(`so ${part} there.`)).toBe(WITHHELD);
    }),
    { numRuns: cases(300) },
  );
});

test('a secret of 4 to 11 characters is never quoted', () => {
  const short = fc
    .stringMatching(/^[!-)+-~]{4,11}$/)
    .filter((text) => !'so there.'.includes(text.toLowerCase()));
  fc.assert(
    fc.property(short, (secret) => {
      const { sanitized } = secretsOf(secret);
      const inEntities = ENCODINGS['decimal entities']?.(secret) ?? '';
      expect(sanitized(`(${secret})`)).toBe('(***)');
      expect([WITHHELD, '***']).toContain(sanitized(inEntities));
      if (secret.length >= 8) expect([WITHHELD, '***', '***=', '***==']).toContain(sanitized(btoa(secret)));
    }),
    { numRuns: cases(500) },
  );
});

test.each([
  ['symbols only', '!?$%&/()=!?', '&#33;&#63;&#36;&#37;&#38;&#47;&#40;&#41;&#61;&#33;&#63;'],
  ['umlauts', 'Schlüssel-Öffner', 'Schl&uuml;ssel-&Ouml;ffner'],
  ['umlauts in UTF-8', 'Schlüssel-Öffner', 'Schl%C3%BCssel-%C3%96ffner'],
  ['umlauts in ISO 8859-1', 'Schlüssel-Öffner', 'Schl%FCssel-%D6ffner'],
  ['a literal %', 'Hunter%32Hunter%33', 'Hunter%2532Hunter%2533'],
  ['a literal \\n', 'Hunter\\nHunter2Hunter', 'Hunter\\\\nHunter2Hunter'],
  // In UTF-7, then quoted-printable, then JSON.
  ['soft line breaks', 'k7apikey3n5', '+AGsANwBhAHAA=\\r\\naQBrAGUAeQAz=\\r\\nAG4ANQ-'],
  // In base64 of UTF-16, in a list of errors.
  ['parts', 'k7apikey3n5', 'awA3AGEAc: A BpAGsA: ZQB5 ADM: AbgA1A'],
  // In quoted-printable whose line breaks were removed, as in a host name.
  ...['base32', 'base64'].map((name): [string, string, string] => [
    `lone signs of soft line breaks in ${name}`,
    'k7apikey3n5',
    (ENCODINGS[name]?.('&#107;&#55;&#97;&#112;&#105;&#107;&#101;&#121;&#51;&#110;&#53;') ?? '').replace(
      /[^=]{15}/g,
      '$&=',
    ),
  ]),
  ['a lone surrogate', 'Hunter\ud800Hunter2', 'hunter\ufffdhunter2'],
])('a secret with %s is never quoted', (_, secret, encoded) => {
  expect([WITHHELD, '***']).toContain(secretsOf(secret).sanitized(encoded));
});

test.each(['\\u006b', '\\u{6b}', '\\x6b', '&#x6b;', '&#X6B;', '&#107;', '%6b', '%u006b', '=6b', '=6B'])(
  'a secret with one letter written as %s is never quoted',
  (letter) => {
    const { sanitized } = secretsOf('q7apikey3n5x');
    expect(sanitized('no q7api_ey3n5x')).toBe('no q7api_ey3n5x');
    expect(sanitized(`no q7api${letter}ey3n5x`)).toBe(WITHHELD);
  },
);

test('a secret of 4 characters is never quoted, not even in uppercase', () => {
  expect(secretsOf('k7ap').sanitized('no K7AP')).toBe(WITHHELD);
});

// What was changed like this can't be decoded any more.
test.each(['k7ap+key3', 'P9+ewuw+Nid5hg4KBRNPmI5OGE='])(
  'the encoded secret %s is never quoted in lowercase, in parts, or without its signs',
  (secret) => {
    const { sanitized } = secretsOf(secret);
    const hex = Buffer.from(secret).toString('hex');
    for (const text of [
      ...['', 'x', 'xy'].map((before) => btoa(`${before}${secret}yz`).toLowerCase()),
      btoa(secret).toLowerCase().replace(/=+$/, ''),
      ...[hex.slice(1, 14), hex.slice(0, 13).replace(/.{5}/g, '$&/')],
      encodeURIComponent(secret).replaceAll('%', ''),
    ])
      expect([text, sanitized(`no ${text}`)]).toEqual([text, WITHHELD]);
  },
);

test('the encoding of a secret of 4 characters is quoted if it can be part of a word', () => {
  const { sanitized } = secretsOf('pass');
  expect(sanitized('no cGFzcw')).toBe('no ***');
  expect(sanitized('no cgfzcw')).toBe('no cgfzcw');
  expect(sanitized('no 70 61 73 73')).toBe(WITHHELD);
});

test('a secret in lowercase base32 is never quoted', () => {
  const { sanitized } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu');
  const encoded = ENCODINGS['base32']?.('k7apikey3n5x9w2q8r4t6y1zu').toLowerCase() ?? '';
  expect(sanitized(`so ${encoded} there.`)).toBe(WITHHELD);
});

test('a character code beyond Unicode is no character', () => {
  const { sanitized } = secretsOf('q7apikey3n5x');
  expect(sanitized('no &#x10ffff; and &#x110000;')).toBe('no &#x10ffff; and &#x110000;');
  expect(sanitized('no q7api&#x110000;key3n5x')).toBe(WITHHELD);
});

test('a text that can be decoded in too many ways is not quoted', () => {
  const once = ENCODINGS['JSON with \\u002B']?.(btoa(btoa('x'.repeat(40)))) ?? '';
  expect(secretsOf('k7apikey3n5x9w2q8r4t6y1zu').sanitized(once)).toBe(once);
  expect(secretsOf('k7apikey3n5x9w2q8r4t6y1zu').sanitized(once.repeat(150))).toBe(WITHHELD);
});

test('what is written before a secret does not hide its base64', () => {
  for (const before of ['', 'x', 'xy', 'xyz', 'user-']) {
    const encoded = `${before}${btoa('P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=')}`;
    expect([before, secretsOf('P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=').sanitized(encoded)]).not.toContain(
      encoded,
    );
  }
});

test("a line of a PEM key, and any part of it, is never quoted, and a key's boundary is", () => {
  const lines = [
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA',
    'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6',
  ];
  const { sanitized } = secretsOf(
    `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`,
  );
  expect(sanitized(`key ${lines[1] ?? ''}?`)).toBe('key ***?');
  expect(sanitized(lines.join('\\n'))).toMatch(/^\*\*\*\\n\*\*\*$/);
  expect(sanitized('no Zm9vYmFyYmF6cXV4')).toBe(WITHHELD);
  expect(sanitized('expected -----BEGIN PRIVATE KEY-----')).toBe('expected -----BEGIN PRIVATE KEY-----');
});

/** What servers say. Some are long, or contain ids. */
const MESSAGES = [
  'invalid_grant: The authorization code has expired or was already used.',
  'Invalid client id : unknown',
  'Access to resource is forbidden',
  '403 Developer Over Rate',
  'API Bundle key has gone over its throttle limit. Retry after 2026-03-01T12:00:00Z.',
  'Request 7b0c9f52-8a54-4b8e-9c55-3f0e3f9b1a77 failed: see https://status.example.com/incidents/2291?lang=en&x=1',
  'Bad Request - {"field":"redirect_uri","expected":"https:\\/\\/www.example.com\\/callback"}',
  'Ungültige Anmeldedaten. 認証に失敗しました。',
  'AADSTS50126: Error validating credentials due to invalid username or password.',
];

test.each(MESSAGES)('the message "%s" is quoted', (message) => {
  const { sanitized } = secretsOf(
    'P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=',
    'k7apikey3n5x9w2q8r4t6y1zu',
    'S3cr3t!?',
    `-----BEGIN PRIVATE KEY-----\n${`${'Ab3/'.repeat(16)}\n`.repeat(25)}-----END PRIVATE KEY-----\n`,
  );
  expect(sanitized(message)).toBe(message);
});

test('a text without a secret is quoted', () => {
  const { sanitized } = secretsOf('S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=', 'k7apikey3n5x9w2q8r4t6y1zu');
  const words = fc.array(fc.stringMatching(/^[A-Za-z0-9.,()/-]{1,12}$/), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(words, (all) => {
      expect(sanitized(all.join(' '))).toBe(all.join(' '));
    }),
    { numRuns: cases(500) },
  );
  const near = 'S3cr3t/+Hf8 and pikey3n5x9w are eleven characters each';
  expect(sanitized(near)).toBe(near);
});

test('a secret that begins with another secret is redacted as a whole', () => {
  for (const secrets of [
    ['Hunter2', 'Hunter2Hunter3'],
    ['Hunter2Hunter3', 'Hunter2'],
  ])
    expect(secretsOf(...secrets).sanitized('no Hunter2Hunter3 or Hunter2')).toBe('no *** or ***');
});

test('the text around a plain secret stays readable', () => {
  const { sanitized } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu', 'P9+ewuw+Nid5hg4K=');
  expect(sanitized('No key k7apikey3n5x9w2q8r4t6y1zu here.')).toBe('No key *** here.');
  expect(sanitized('{"token":"P9+ewuw+Nid5hg4K\\u003d"}')).toBe('{"token":"***"}');
  expect(sanitized('k7apikey3n5x9w2q8r4t6y1zuk7apikey3n5x9w2q8r4t6y1zu')).toBe('******');
});

test.each([
  ['%2F and %2b', 'P9%2fewuw%2bNid5%3dx'],
  ['%2F and %2B', 'P9%2Fewuw%2BNid5%3Dx'],
  ['\\/', 'P9\\/ewuw+Nid5=x'],
  ['\\u003d', 'P9/ewuw+Nid5\\u003dx'],
  ['\\u003D', 'P9/ewuw+Nid5\\u003Dx'],
  ['\\/ and \\u003d', 'P9\\/ewuw+Nid5\\u003dx'],
  ['\\u002b', 'P9/ewuw\\u002bNid5=x'],
  ['\\u002B', 'P9/ewuw\\u002BNid5=x'],
  ['\\u002B and \\u003D', 'P9/ewuw\\u002BNid5\\u003Dx'],
  ['\\u002f and the others', 'P9\\u002fewuw\\u002bNid5\\u003dx'],
  ['&#43;', 'P9/ewuw&#43;Nid5=x'],
  ['&#x2B;', 'P9/ewuw&#x2B;Nid5=x'],
  ['&#47; and the others', 'P9&#47;ewuw&#43;Nid5&#61;x'],
  ['base64 without padding', btoa('P9/ewuw+Nid5=x').replace(/=+$/, '')],
])('%s in a serialized secret is masked', (_, form) => {
  expect(secretsOf('P9/ewuw+Nid5=x').masks).toContain(form);
});

test.each([
  ['<', '\\u003c'],
  ['<', '&lt;'],
  ['>', '\\u003E'],
  ['>', '&gt;'],
  ['&', '\\u0026'],
  ['&', '&amp;'],
  ["'", '\\u0027'],
  ["'", '&#39;'],
  ['"', '\\u0022'],
  ['"', '&quot;'],
  ['"', '\\"'],
])('%s in a secret is also masked as %s', (character, escape) => {
  expect(secretsOf(`Hunter2${character}Hunter3`).masks).toContain(`Hunter2${escape}Hunter3`);
});

test('a lone surrogate in a secret or a text is handled', () => {
  const { sanitized, masks } = secretsOf('half \ud800 a character', '\udc00'.repeat(8));
  expect(masks).toContain('half \ud800 a character');
  expect(sanitized('half \ud800 a character')).toBe('***');
  expect(sanitized('\ud800')).toBe('');
});

test('a value is masked once, and a value of less than 4 characters never', () => {
  const { masks } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu', 'k7apikey3n5x9w2q8r4t6y1zu', '', 'abc');
  expect(masks).toEqual(['k7apikey3n5x9w2q8r4t6y1zu', 'azdhcGlrZXkzbjV4OXcycThyNHQ2eTF6dQ']);
  expect(secretsOf('abcdefg').masks).toEqual(['abcdefg', 'YWJjZGVmZw']);
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
  expect(masks).toEqual([
    ...['indented line 1', 'plain-line-2', 'indented%20line%201', 'indented+line+1'],
    ...['indented line 1', 'plain-line-2'].map((line) => btoa(line)),
  ]);
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

test.each([
  ['one letter', 'a'.repeat(10_000)],
  ['a repeated part of a key', 'Ab3/'.repeat(2500)],
  ['near misses', `${'a'.repeat(11)}b`.repeat(833)],
  ['open tags', '<'.repeat(10_000)],
  ['open entities', '&#'.repeat(5000)],
  ['backslashes', '\\'.repeat(10_000)],
  ['letters that decompose', '\ufdfa'.repeat(10_000)],
  ['hex', '61'.repeat(5000)],
  ['nested base64', btoa(btoa(btoa('x'.repeat(5000))))],
])('10,000 characters of %s are sanitized in less than 1 second', (_, text) => {
  const key = `-----BEGIN PRIVATE KEY-----\n${`${'Ab3/'.repeat(16)}\n`.repeat(60)}-----END PRIVATE KEY-----\n`;
  const { sanitized } = secretsOf(key, 'a'.repeat(2000), 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=', 'pass', 'passwd');
  expect(cpuSeconds(() => sanitized(text))).toBeLessThan(1);
});

test('a secret is redacted before the text is truncated', () => {
  const { sanitized } = secretsOf('k7apikey3n5x9w2q8r4t6y1zu');
  const padding = 'x'.repeat(290);
  expect(sanitized(`${padding}k7apikey3n5x9w2q8r4t6y1zu`)).toBe(`${padding}***`);
});

test('sanitize returns one line without workflow commands, of 300 characters at most', () => {
  const secrets = createSecrets(() => undefined);
  expect(sanitize('a\r\n::error::b\n##[group]c', secrets)).toBe('a : :error: :b # #[group]c');
  expect(sanitize('x'.repeat(301), secrets)).toBe(`${'x'.repeat(300)}…`);
});
