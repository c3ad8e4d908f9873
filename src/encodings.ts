/** Which characters serializers escape: Go (`&<>`), Gson (`=&<>'`), .NET (`+&<>'"`), and stricter ones. */
const ESCAPED_SETS = [/[&<>]/g, /[=&<>']/g, /\\"|[+&<>'"]/g, /\\"|[+=&<>'"]/g, /\\"|[+=/&<>'"]/g];
const ESCAPES: readonly ((character: string) => string)[] = [
  (character) => `\\u${hex(character, 4)}`,
  (character) => `\\u${hex(character, 4).toUpperCase()}`,
  (character) => `&#${character.charCodeAt(0)};`,
  (character) => `&#x${hex(character, 2)};`,
  (character) => `&#x${hex(character, 2).toUpperCase()};`,
];
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function hex(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}

/** What common serializers make of a text: URLs, forms, JSON, HTML, and base64 without padding. */
export function serialize(text: string): string[] {
  // A lone surrogate has no percent-encoded form.
  const wellFormed = Buffer.from(text).toString();
  const urls = [encodeURIComponent(wellFormed), new URLSearchParams({ '': wellFormed }).toString().slice(1)];
  const json = JSON.stringify(text).slice(1, -1);
  // Most sets find the same characters in a text. They then produce the same forms.
  const sets = new Map(ESCAPED_SETS.map((set) => [String(json.match(set)), set])).values();
  const escaped = [...sets].flatMap((set) =>
    ESCAPES.map((escape) => json.replace(set, (found) => escape(found.slice(-1)))),
  );
  return [
    ...urls,
    ...urls.map((url) => url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    ...[json, ...escaped].flatMap((form) => [form, form.replaceAll('/', '\\/')]),
    text.replace(/[&<>"']/g, (character) => NAMED_ENTITIES[character] ?? character),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
  ];
}

/** Decodes JSON escapes, HTML entities, and percent-encoding, in this order. */
export function decodeEscapes(text: string): string {
  return ESCAPE_DECODERS.reduce((decoded, decode) => decode(decoded), text);
}

/**
 * One decoder for each kind of escape, because a text in one kind can look like another kind. Each works in one pass,
 * because decoded text can look like an escape.
 */
export const ESCAPE_DECODERS: readonly ((text: string) => string)[] = [
  (text) =>
    text.replace(
      /\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([nrt]|[bf])|(["'\\/]))/g,
      (_, ...[braced, unicode, byte, control, character]: (string | undefined)[]) =>
        control === undefined ? (character ?? fromCode(braced ?? unicode ?? byte ?? '', 16)) : ' ',
    ),
  (text) =>
    text.replace(
      /&(?:#x([0-9a-f]{1,8})|#(\d{1,10})|([a-z][a-z0-9]{1,31})(?=;));?/gi,
      (_, ...[hexadecimal, decimal, name = '']: (string | undefined)[]) =>
        hexadecimal === undefined && decimal === undefined
          ? decodeName(name)
          : fromCode(hexadecimal ?? decimal ?? '', hexadecimal === undefined ? 10 : 16),
    ),
  (text) =>
    text.replace(/%u([0-9a-f]{4})|((?:%[0-9a-f]{2})+)/gi, (_, unicode: string | undefined, bytes: string) =>
      unicode === undefined
        ? decodeBytes(Buffer.from(bytes.replaceAll('%', ''), 'hex'))
        : fromCode(unicode, 16),
    ),
];

/** Decodes `=3D` and soft line breaks (quoted-printable, RFC 2045 §6.7). */
export function decodeQuotedPrintable(text: string): string {
  return text
    .replace(/=(?:\s|\\[rn])+/g, '')
    .replace(/(?:=[0-9a-f]{2})+/gi, (bytes) => decodeBytes(Buffer.from(bytes.replaceAll('=', ''), 'hex')));
}

/** An escape of one character: `%3d`, `&#61;`, `\u003d`, `\75`, `U+003D`, `0x3d`, `_x003D_`, `=3D`. */
const CODE = /%[\da-f]{2}|&#x?[\da-f]+|\\(?:[ux]\{?)?[\da-f]{1,8}|(?:u\+|0x|_x|=x?)[\da-f]{2}/gi;
/** Bytes as decimal, octal, or binary numbers. */
const NUMBERS = /(?<!\w)(?:\d{1,8}\W+){11,}\d{1,8}(?!\w)/;

/** Whether a text spells out twelve or more characters as character codes, in any notation. */
export function isSpelledOut(text: string): boolean {
  return (text.match(CODE)?.length ?? 0) >= 12 || NUMBERS.test(text);
}

function decodeName(name: string): string {
  const [, letter] = /^([a-z])(acute|grave|circ|uml|tilde|cedil|ring|caron|slash)$/i.exec(name) ?? [];
  return letter ?? ENTITIES[name.toLowerCase()] ?? ' ';
}

/** The named entities that can be part of a tag or of another escape. The others are not part of a word. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  bsol: '\\',
  gt: '>',
  lt: '<',
  num: '#',
  percnt: '%',
  semi: ';',
};

function fromCode(code: string, radix: number): string {
  const value = Number.parseInt(code, radix);
  return value <= 0x10_ff_ff ? String.fromCodePoint(value) : ' ';
}

function decodeBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}

/** Decodes the base64 in a text, in either alphabet, wrapped or not. A group of four can start at any of four offsets. */
export function decodeBase64Runs(text: string): string[] {
  const runs = text.replace(/\s+|\\[rn]/g, '').match(/[\w+/-]{16,}/g) ?? [];
  return [0, 1, 2, 3].map((offset) =>
    runs.map((run) => Buffer.from(run.slice(offset), 'base64').toString()).join(' '),
  );
}

/** Decodes the hexadecimal digits in a text, with or without separators. A byte can start at either of two offsets. */
export function decodeHexRuns(text: string): string[] {
  const runs = text.replace(/0x|[\s:,;-]/gi, '').match(/[0-9a-f]{16,}/gi) ?? [];
  return [0, 1].map((offset) =>
    runs.map((run) => Buffer.from(run.slice(offset), 'hex').toString()).join(' '),
  );
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Decodes the base32 (RFC 4648 §6) in a text. */
export function decodeBase32Runs(text: string): string {
  const runs = text.match(/[A-Z2-7]{13,}|[a-z2-7]{13,}/g) ?? [];
  return runs
    .map((run) => {
      const bits = Array.from(run.toUpperCase(), (digit) =>
        BASE32.indexOf(digit).toString(2).padStart(5, '0'),
      );
      const bytes = bits.join('').match(/.{8}/g) ?? [];
      return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))).toString();
    })
    .join(' ');
}
