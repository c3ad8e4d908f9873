import type { Secrets } from './context.ts';
import {
  decodeBase32Runs,
  decodeBase64Runs,
  decodeEscapes,
  decodeHexRuns,
  decodeQuotedPrintable,
  ESCAPE_DECODERS,
  isSpelledOut,
  serialize,
} from './encodings.ts';

/** The longest quote of a server's text, in characters. */
const MAX_QUOTE_LENGTH = 300;
/** How much of a server's text is read, in characters. */
const MAX_TEXT_LENGTH = 10_000;

/** A shorter mask would hide ordinary text in the log, and protect nothing. */
const MIN_FRAGMENT_LENGTH = 8;
const MIN_SECRET_LENGTH = 4;

/** A text reveals a secret if it contains this many letters and digits of it in a row. */
const MIN_LEAK_LENGTH = 12;
/** How deep encodings can be nested. */
const MAX_DECODINGS = 3;
/** A text that decodes to more than this many characters is withheld without a search. */
const MAX_DECODED_LENGTH = 200_000;

/** What is printed in place of a text that reveals a secret in a form that cannot be redacted. */
export const WITHHELD = '(not shown: it contains a secret)';

/**
 * Collects the values that must never be printed. The runner's masks hide them in all later output. `redact` and `reveals`
 * are for text from servers, which is changed and shortened before it is printed.
 *
 * @param setSecret registers one text as a mask with the runner
 */
export function createSecrets(setSecret: (text: string) => void): Secrets {
  const masked = new Set<string>();
  const values = new Set<string>();

  return {
    mask(value) {
      if (value.length < MIN_SECRET_LENGTH || values.has(value)) return;
      values.add(value);
      for (const form of formsToMask(value)) {
        if (masked.has(form)) continue;
        masked.add(form);
        setSecret(form);
      }
    },
    containsSecret: (text) => [...masked].some((form) => text.includes(form)),
    redact(text) {
      const longestFirst = [...masked, ...values].sort((a, b) => b.length - a.length);
      return longestFirst.reduce((redacted, form) => redacted.replaceAll(form, '***'), text);
    },
    reveals: (text) => revealsAny(text, values),
  };
}

/**
 * Makes text from a server safe to print: one line without secrets and workflow commands. Plain secrets become `***`. A
 * text that reveals a secret in any other form is withheld.
 */
export function sanitize(text: string, secrets: Secrets): string {
  const redacted = secrets.redact(text.slice(0, MAX_TEXT_LENGTH));
  if (secrets.reveals(redacted)) return WITHHELD;
  const line = redacted
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    // The runner reads `::name::` at the start of a line, and `##[name]` anywhere in a line, as a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '# #[')
    .trim();
  return line.length > MAX_QUOTE_LENGTH ? `${line.slice(0, MAX_QUOTE_LENGTH)}…` : line;
}

/** The boundary lines of a PEM file are not secret, and appear in every log that shows a key's kind. */
const PEM_BOUNDARY = /-----(?:BEGIN|END) [A-Z0-9 ]+-----/g;

/** The forms in which a later step could print a value: as is, each line of it, and what common serializers make of both. */
function formsToMask(value: string): string[] {
  // The runner splits a mask into lines and hides each, even a PEM's boundary lines and its short last line.
  const isOneLine = !/[\r\n]/.test(value);
  // In PEM, `\n` escapes separate lines. Elsewhere, they can be two plain characters of one value.
  const isEscapedPem = value.includes('\\n') && value.includes('-----BEGIN ');
  const lines = value
    .replace(PEM_BOUNDARY, '\n')
    .split(/\r?\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= MIN_FRAGMENT_LENGTH);
  // A value of one line is usually its own only line, and the forms of a key are slow to compute twice.
  const serialized = new Set(isOneLine && !isEscapedPem ? [value, ...lines] : lines);
  return [...(isOneLine ? [value] : []), ...lines, ...[...serialized].flatMap(serialize)];
}

/**
 * Whether a text reveals one of the values: it contains `MIN_LEAK_LENGTH` letters and digits of the value in a row, or
 * all of a shorter value. Case, separators, and encoding do not matter. Takes time linear in the text and in the values.
 */
function revealsAny(text: string, values: ReadonlySet<string>): boolean {
  const variants = decodings(text);
  // Character codes can spell any text, and no message needs many.
  if (variants === undefined || variants.some(isSpelledOut)) return true;
  const normalized = new Set(variants.map(normalize));
  const runs = new Set([...normalized].flatMap((variant) => [...windows(variant)]));
  for (const value of values) {
    // A value such as `!?$%&/()` normalizes to an empty text.
    if (variants.some((variant) => variant.includes(value))) return true;
    for (const form of revealingForms(value)) {
      if (form.length >= MIN_LEAK_LENGTH) {
        for (const window of windows(form)) if (runs.has(window)) return true;
      } else if (form.length >= MIN_SECRET_LENGTH) {
        for (const variant of normalized) if (variant.includes(form)) return true;
      }
    }
  }
  return false;
}

function* windows(text: string): Generator<string> {
  for (let start = 0; start + MIN_LEAK_LENGTH <= text.length; start++)
    yield text.slice(start, start + MIN_LEAK_LENGTH);
}

/**
 * The text and its repeated decodings, each also without markup, colors, and invisible characters. Undefined if they are
 * longer than `MAX_DECODED_LENGTH`.
 */
function decodings(text: string): string[] | undefined {
  const found = new Set<string>();
  let latest = [text];
  let length = 0;
  for (let round = 0; round <= MAX_DECODINGS; round++) {
    const added: string[] = [];
    for (const variant of latest.flatMap((one) => [
      one,
      withoutColors(one),
      withoutMarkup(withoutColors(one)),
    ])) {
      if (variant.trim() === '' || found.has(variant)) continue;
      found.add(variant);
      added.push(variant);
      length += variant.length;
      if (length > MAX_DECODED_LENGTH) return undefined;
    }
    if (round < MAX_DECODINGS) latest = added.flatMap(decodeOnce);
  }
  return [...found];
}

function withoutMarkup(text: string): string {
  // Keeps line breaks, which can be part of an encoding. Removes the colons that join several errors in a quote.
  return text.replace(/[^\P{C}\r\n]+/gu, '').replace(/<[^<>]*>|: /g, '');
}

/** Removes the sequences that set a terminal's colors (ECMA-48 §8.3.117). */
function withoutColors(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll('\0', '').replace(/\u001b\[[\d;]*m/g, '');
}

function decodeOnce(text: string): string[] {
  return [
    ...[decodeEscapes, ...ESCAPE_DECODERS, decodeQuotedPrintable, decodeBase32Runs].map((decode) =>
      decode(text),
    ),
    // A host name cannot contain the line breaks of quoted-printable, only the `=` signs before them.
    text.replaceAll('=', ''),
    ...decodeBase64Runs(text),
    ...decodeHexRuns(text),
  ];
}

/** Keeps only letters and digits, in lowercase. Separators, tags, and the zero bytes of UTF-16 must not hide a secret. */
function normalize(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}

/** The normalized forms of a value: as is, and in base64 (at each offset within a longer text), hex, and percent-encoding. */
function revealingForms(value: string): string[] {
  const text = value.replace(PEM_BOUNDARY, '');
  const bytes = Buffer.from(text);
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    // The first and last groups also encode neighboring bytes.
    return offset === 0 ? encoded.replace(/=+$/, '') : encoded.slice(4, -4);
  });
  const encoded = [...base64, bytes.toString('hex'), encodeURIComponent(bytes.toString())];
  return [
    normalize(text),
    // A shorter form could be part of an ordinary word.
    ...encoded.map(normalize).filter((form) => form.length >= MIN_FRAGMENT_LENGTH),
  ];
}
