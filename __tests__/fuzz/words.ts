import fc from 'fast-check';

/** What a hostile server says: pieces of its own, and echoes of what it was sent. */
export type Words = readonly (string | Echo)[];

interface Echo {
  /** Which of the things that it was sent, counted round. */
  readonly of: number;
  readonly encoded: keyof typeof encodings;
  /** A part of it only: from where, in thousandths, and how many characters. */
  readonly from: number;
  readonly length: number;
}

/** Stands in every command that a server tries to give, and in nothing that the action says by itself. */
export const HACKED = 'hacked';

/** What a server would have masked. */
export const FALSE_MASK = `${HACKED}, and no secret`;

const commands = [
  `::set-output name=${HACKED}::x`,
  `::set-env name=PATH::${HACKED}`,
  `::error title=${HACKED}::${HACKED}`,
  `::warning file=${HACKED}::${HACKED}`,
  `::add-mask::${FALSE_MASK}`,
  `::stop-commands::${HACKED}`,
  `::save-state name=${HACKED}::x`,
  `::group::${HACKED}`,
  `##[command]${HACKED}`,
  `##[error]${HACKED}`,
  `##[add-mask]${HACKED}`,
  `%3A%3Aerror%3A%3A${HACKED}`,
];
const lineEnds = [
  '\r\n',
  '\n',
  '\r',
  '\u2028',
  '\u2029',
  '\u0085',
  '\v',
  '\f',
  '%0A',
  '%0D%0A',
  '%250A',
  '\\n',
];
const marks = [
  ...[
    '\u0000',
    '\u0007',
    '\u001b[31m',
    '\u001b]8;;http://x\u0007',
    '\u009b2J',
    '\u202e',
    '\u2066',
    '\u200b',
    '\ufeff',
  ],
  ...[
    '\ud800',
    '\udc00',
    '\u034f',
    '::',
    ':',
    '#',
    '##',
    '##[',
    '[',
    ']',
    '"',
    "'",
    '\\',
    '<',
    '</title>',
    '<h1>',
    '|',
    '`',
  ],
  ...[
    '${{ secrets.A }}',
    '$(id)',
    '%',
    '%25',
    '\u00e9',
    '\u{1f511}',
    'Developer Inactive',
    'Developer Over Rate',
    ' ',
  ],
];

const encodings = {
  raw: (text: string) => text,
  percent: (text: string) => encodeURIComponent(text),
  'percent, small': (text: string) => encodeURIComponent(text).toLowerCase(),
  form: (text: string) => new URLSearchParams({ '': text }).toString().slice(1),
  json: (text: string) => JSON.stringify(text).slice(1, -1),
  base64: (text: string) => Buffer.from(text).toString('base64'),
  'base64 of more': (text: string) => Buffer.from(`k:${text}`).toString('base64'),
  'base64 of one more': (text: string) => Buffer.from(`:${text}`).toString('base64'),
  base64url: (text: string) => Buffer.from(text).toString('base64url'),
  'base64url of more': (text: string) => Buffer.from(`k:${text}!`).toString('base64url'),
  hex: (text: string) => Buffer.from(text).toString('hex'),
  'hex, large': (text: string) => Buffer.from(text).toString('hex').toUpperCase(),
  small: (text: string) => text.toLowerCase(),
  large: (text: string) => text.toUpperCase(),
};

const echo: fc.Arbitrary<Echo> = fc.record({
  of: fc.nat(30),
  encoded: fc.constantFrom(...(Object.keys(encodings) as (keyof typeof encodings)[])),
  from: fc.oneof(fc.constant(0), fc.nat(999)),
  length: fc.oneof(fc.constant(2000), fc.integer({ min: 16, max: 200 })),
});

export const words: fc.Arbitrary<Words> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: echo },
    { weight: 2, arbitrary: fc.constantFrom(...commands) },
    { weight: 2, arbitrary: fc.constantFrom(...lineEnds) },
    { weight: 2, arbitrary: fc.constantFrom(...marks) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
    { weight: 1, arbitrary: fc.constantFrom('no ', 'x'.repeat(280), 'y'.repeat(9990)) },
  ),
  { maxLength: 6 },
);

/** The words as text, for a server that was sent these things. */
export function spoken(all: Words, sent: readonly string[]): string {
  return all
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const whole = Buffer.from(sent[piece.of % Math.max(1, sent.length)] ?? '').toString();
      const start = Math.floor((whole.length * piece.from) / 1000);
      const part = whole.slice(start, start + piece.length);
      return encodings[piece.encoded](Buffer.from(part).toString());
    })
    .join('');
}
