import type { Secrets } from './context.ts';

/** Longest quotation of what a server said, in characters. */
const MAX_QUOTE_LENGTH = 300;

/** A shorter mask would hide ordinary text in the log, and protect nothing. */
const MIN_FRAGMENT_LENGTH = 8;
const MIN_SECRET_LENGTH = 4;

/** A text leaks a secret if it contains this many characters of it in a row. */
const MIN_LEAK_LENGTH = 12;

/**
 * Collects the values that must never be printed. The runner's masks hide them in all later output. `redact` hides them in
 * text from servers, which is changed and shortened before it is printed.
 *
 * @param setSecret registers one text as a mask with the runner
 */
export function createSecrets(setSecret: (text: string) => void): Secrets {
  const masked = new Set<string>();
  const whole = new Set<string>();

  return {
    mask(value) {
      if (value.length < MIN_SECRET_LENGTH || whole.has(value)) return;
      whole.add(value);
      // The runner splits a mask into lines and hides each, even a PEM's boundary lines and its short last line.
      const asItIs = /[\r\n]/.test(value) ? [] : [value];
      // Outside of PEM, `\n` can be two plain characters, and the text around them too short to be masked by itself.
      const mayBeOneLine = value.includes('\\n') && !value.includes('-----BEGIN ');
      const asOneLine = mayBeOneLine ? asItIs.flatMap(escapes) : [];
      for (const form of [...asItIs, ...asOneLine, ...formsToMask(value)]) {
        if (masked.has(form)) continue;
        masked.add(form);
        setSecret(form);
      }
    },
    containsSecret: (text) => [...masked].some((form) => text.includes(form)),
    redact(text) {
      const values = [...whole];
      return redact(text, [...masked, ...values, ...values.flatMap(escapes), ...values.flatMap(encodings)]);
    },
  };
}

/** The forms in which a later step could print a value: each line, as is and escaped for a URL, a form, or JSON. */
function formsToMask(value: string): string[] {
  const lines = value
    .split(/\r?\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => !PEM_BOUNDARY.test(line));
  // All lines at once: a key has dozens.
  const escaped = escapes(lines.join('\n')).flatMap((text) => text.split(/%0A|\\n/));
  return [...lines, ...escaped].filter((form) => form.length >= MIN_FRAGMENT_LENGTH);
}

/** A text as it appears in URLs, forms, and JSON. */
function escapes(text: string): string[] {
  // A lone surrogate has no percent-encoded form.
  const wellFormed = Buffer.from(text).toString();
  return [
    encodeURIComponent(wellFormed),
    new URLSearchParams({ '': wellFormed }).toString().slice(1),
    JSON.stringify(text).slice(1, -1),
  ];
}

/** The boundary lines of a PEM file are not secret, and appear in every log that shows a key's kind. */
const PEM_BOUNDARY = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;

/** Other forms in which a server could echo a value. The runner masks these by itself. */
function encodings(value: string): string[] {
  const bytes = Buffer.from(value);
  // In the base64 of a longer text, a value can start at the second or third byte of a group.
  const inside = [1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4);
    return [encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const whole = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')];
  return [...whole, ...inside.filter((text) => text.length >= MIN_FRAGMENT_LENGTH)];
}

/** Replaces whatever shares `MIN_LEAK_LENGTH` characters in a row with a secret, in either case, and every shorter secret. */
function redact(text: string, forms: readonly string[]): string {
  const leaks = new Set<string>();
  for (const form of forms.map(lowerCase)) {
    if (form.length < MIN_LEAK_LENGTH) leaks.add(form);
    for (let start = 0; start + MIN_LEAK_LENGTH <= form.length; start++)
      leaks.add(form.slice(start, start + MIN_LEAK_LENGTH));
  }
  const lengths = new Set([...leaks].map((leak) => leak.length));
  const lower = lowerCase(text);

  let shown = '';
  let hiddenUntil = 0;
  for (let index = 0; index < text.length; index++) {
    for (const length of lengths) {
      if (leaks.has(lower.slice(index, index + length))) hiddenUntil = Math.max(hiddenUntil, index + length);
    }
    if (index >= hiddenUntil) shown += text.charAt(index);
    else if (!shown.endsWith('***')) shown += '***';
  }
  return shown;
}

/** ASCII only: the length of other letters can change. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/**
 * Makes text from a server safe to print: one line without secrets and without anything that the runner takes for a
 * workflow command. It redacts first, so that no truncation splits a secret, and again last, because the text that was
 * removed can have interrupted one.
 */
export function sanitize(text: string, secrets: Secrets): string {
  const printable = secrets
    .redact(text.slice(0, 10_000))
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    // The runner takes `::name::` at the start of a line, and `##[name]` anywhere in it, for a command.
    .replace(/:(?=:)/g, ': ')
    .replaceAll('##[', '# #[')
    .trim();
  const line = secrets.redact(printable);
  return line.length > MAX_QUOTE_LENGTH ? `${line.slice(0, MAX_QUOTE_LENGTH)}…` : line;
}
