import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { collectMasks } from '../../src/cli/exec/masks.ts';
import { createAutomaton, Redactor } from '../../src/cli/exec/redactor.ts';
import { cases } from '../volume.ts';

/** Cuts bytes at these positions, and redacts the parts one by one. */
function redact(bytes: Buffer, patterns: readonly string[], cuts: readonly number[] = []): Buffer {
  const redactor = new Redactor(createAutomaton(patterns));
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let start = 0;
  const output = ends.map((end) => {
    const part = redactor.write(bytes.subarray(start, end));
    start = end;
    return part;
  });
  return Buffer.concat([...output, redactor.flush()]);
}

/** The definition, in quadratic time: everything that a pattern covers becomes `***`, once for patterns that overlap. */
function redactAtOnce(bytes: Buffer, patterns: readonly string[]): Buffer {
  const text = bytes.toString('latin1');
  const spans: { start: number; end: number }[] = [];
  for (let start = 0; start < text.length; start++) {
    const found = patterns
      .map((pattern) => Buffer.from(pattern).toString('latin1'))
      .filter((pattern) => text.startsWith(pattern, start));
    if (found.length === 0) continue;
    const end = start + Math.max(...found.map(({ length }) => length));
    const last = spans.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(end, last.end);
    else spans.push({ start, end });
  }
  const masked = spans.reduceRight(
    (rest, { start, end }) => `${rest.slice(0, start)}***${rest.slice(end)}`,
    text,
  );
  return Buffer.from(masked, 'latin1');
}

// Few different characters, so that patterns overlap, contain, and begin each other. One of them is two bytes.
const word = (minLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom('a', 'b', 'é'), { minLength, maxLength: 8 }).map((letters) => letters.join(''));
const patternsAndText = fc
  .array(word(2), { minLength: 1, maxLength: 6 })
  .chain((patterns) =>
    fc.tuple(
      fc.constant(patterns),
      fc.array(fc.oneof(word(1), fc.constantFrom(...patterns)), { maxLength: 12 }),
    ),
  )
  .map(([patterns, parts]) => ({ patterns, bytes: Buffer.from(parts.join('')) }));
const cutsAnywhere = fc.array(fc.nat(), { maxLength: 8 });

test('the output does not depend on where the text is cut, and no secret is in it', () => {
  fc.assert(
    fc.property(patternsAndText, cutsAnywhere, ({ patterns, bytes }, cuts) => {
      const output = redact(bytes, patterns, cuts);
      expect(output.toString('latin1')).toBe(redactAtOnce(bytes, patterns).toString('latin1'));
      for (const pattern of patterns) expect(output.includes(pattern)).toBe(false);
    }),
    { numRuns: cases(20_000) },
  );
});

test('bytes without a secret pass unchanged, even if they are not text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), cutsAnywhere, (array, cuts) => {
      const bytes = Buffer.from(array);
      expect(redact(bytes, ['S3cr3t-V4lue', '\u{1F511}'], cuts).equals(bytes)).toBe(true);
    }),
    { numRuns: cases(5000) },
  );
});

test('only the end that could begin a secret is held back', () => {
  const redactor = new Redactor(createAutomaton(['secret', 'crest']));
  const steps: [chunk: string, output: string, held: number][] = [
    ['a sec', 'a ', 3],
    ['r', '', 4],
    ['x', 'secrx', 0],
    ['secre', '', 5],
    // The end of it begins the other one.
    ['s', 'se', 4],
    ['t.', '***.', 0],
    ['secret', '***', 0],
  ];
  for (const [chunk, output, held] of steps) {
    expect([chunk, redactor.write(Buffer.from(chunk)).toString(), redactor.held]).toEqual([
      chunk,
      output,
      held,
    ]);
  }
});

test('the rest of a secret is replaced if its beginning was flushed', () => {
  const redactor = new Redactor(createAutomaton(['secret']));
  expect(redactor.write(Buffer.from('a sec')).toString()).toBe('a ');
  expect(redactor.flush().toString()).toBe('sec');
  expect(redactor.held).toBe(0);
  expect(redactor.write(Buffer.from('re')).toString()).toBe('');
  expect(redactor.write(Buffer.from('t!')).toString()).toBe('***!');
});

test('secrets that overlap without end take no memory', () => {
  const redactor = new Redactor(createAutomaton(['aaaa']));
  let output = '';
  for (let chunk = 0; chunk < 100; chunk++) {
    output += redactor.write(Buffer.alloc(1000, 'a')).toString();
    expect(redactor.held).toBeLessThan(5);
  }
  expect(output + redactor.flush().toString()).toBe('***');
});

test('a secret that repeats itself takes linear time', () => {
  const redactor = new Redactor(createAutomaton([`${'a'.repeat(5000)}b`, `${'ab'.repeat(2500)}c`]));
  const text = Buffer.from('a'.repeat(4_000_000));
  const start = process.cpuUsage();
  const output = redactor.write(text).length + redactor.flush().length;
  const { user } = process.cpuUsage(start);
  expect(output).toBe(text.length);
  // A comparison at each byte would take about 20,000,000,000 steps.
  expect(user / 1e6).toBeLessThan(10);
});

const SECRET = 'P9+ewuw+Nid5hg4/KBRNPmI5OGE='.repeat(4);
const KEY = 'k7apikey3n5x9w2q8r4t6y1zu';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
test.each<[form: string, print: (secret: string) => string]>([
  ['as it is', (secret) => secret],
  ['in a URL', (secret) => encodeURIComponent(secret)],
  ['in a form', (secret) => String(new URLSearchParams({ '': secret })).slice(1)],
  ['in JSON', (secret) => JSON.stringify(secret).slice(1, -1)],
  ['in JSON as .NET writes it', (secret) => secret.replaceAll('+', '\\u002B')],
  ['in base64', base64],
  ['in base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ['in base64 with a line break at its end', (secret) => base64(`${secret}\n`)],
  ['in base64 after one character', (secret) => base64(`:${secret}`)],
  ['in base64 after two characters', (secret) => base64(`k:${secret}`)],
  ['in base64url between others', (secret) => Buffer.from(`a:${secret}:b`).toString('base64url')],
  ['in lines of base64', (secret) => base64(secret).replace(/.{76}/g, '$&\n')],
  ['in lines of base64, as OpenSSL writes them', (secret) => base64(secret).replace(/.{64}/g, '$&\n')],
  ['in hex', (secret) => Buffer.from(secret).toString('hex')],
  ['in uppercase hex', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
])('a secret %s is replaced', (_, print) => {
  for (const secret of [SECRET, KEY]) {
    const { secrets, forms } = collectMasks();
    secrets.mask(secret);
    const output = redact(Buffer.from(`before ${print(secret)} after`), [...forms]).toString();
    // A last character of base64 can encode few bits of the secret and the next byte.
    expect(output).toMatch(/^before .{0,3}(\*\*\*\n?)+.{0,6} after$/s);
    expect(output.length).toBeLessThan(50);
  }
});

test('a secret in wrapped base64 is replaced wherever its lines begin', () => {
  const { secrets, forms } = collectMasks();
  secrets.mask(SECRET);
  for (const length of [60, 64, 76]) {
    for (const prefix of ['', ':', 'k:', 'user:', 'Authorization: Bearer ']) {
      const printed = base64(`${prefix}${SECRET}`);
      const wrapped = printed.replace(new RegExp(`.{${length}}`, 'g'), '$&\n');
      const output = redact(Buffer.from(wrapped), [...forms]).toString();
      // A short last line stays: it encodes only a few characters of the secret.
      const left = output.split('\n').flatMap((line) => line.split('***'));
      const encoded = base64(prefix).length;
      expect([length, prefix, left.slice(1).filter((text) => text.length > 15)]).toEqual([
        length,
        prefix,
        [],
      ]);
      expect(left[0]?.length).toBeLessThanOrEqual(encoded);
    }
  }
});

test('the lines of a base64 file that is a secret are replaced', () => {
  const { secrets, forms } = collectMasks();
  const key = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 89) % 251)).toString('base64');
  secrets.mask(key);
  for (const length of [64, 76]) {
    const wrapped = key.replace(new RegExp(`.{${length}}`, 'g'), '$&\n');
    expect(redact(Buffer.from(wrapped), [...forms]).toString()).toMatch(/^(\*\*\*\n?)+$/);
  }
});

test('a secret that is too short to be hidden stays, as in the action', () => {
  const { secrets, forms } = collectMasks();
  secrets.mask('abc');
  secrets.mask('abcd');
  expect([...forms].filter((form) => form.length < 4)).toEqual([]);
  expect(redact(Buffer.from('abc abcd'), [...forms]).toString()).toBe('abc ***');
});
