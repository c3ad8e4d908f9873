import type { Secrets } from './context.ts';

/** Below this a mask would eat the log rather than protect anything. */
const MIN_FRAGMENT_LENGTH = 8;
const MIN_SECRET_LENGTH = 4;

/** How many characters of a secret in a row make a text a leak. */
const MIN_LEAK_LENGTH = 12;

/**
 * What must never be shown. Every protected value goes to the runner's own masks, for whatever later prints it, and
 * into `redact`, for the texts of servers, which are cut and changed before they are shown.
 *
 * @param setSecret hands one text to the runner as a mask
 */
export function createSecrets(setSecret: (text: string) => void): Secrets {
  const masked = new Set<string>();
  const whole = new Set<string>();

  return {
    mask(value) {
      if (value.length < MIN_SECRET_LENGTH || whole.has(value)) return;
      whole.add(value);
      // The runner takes a mask apart into its lines and hides each, a PEM's frame and its short last line too.
      const asItIs = /[\r\n]/.test(value) ? [] : [value];
      // Outside of a PEM, `\n` may be no line end, and what stands round it too short to be masked by itself.
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

/** The forms in which a later step could print a value: each of its lines, as it is and escaped for a URL, a form, or JSON. */
function formsToMask(value: string): string[] {
  const lines = value
    .split(/\r?\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => !PEM_BOUNDARY.test(line));
  // All lines at once, as a key has dozens.
  const escaped = escapes(lines.join('\n')).flatMap((text) => text.split(/%0A|\\n/));
  return [...lines, ...escaped].filter((form) => form.length >= MIN_FRAGMENT_LENGTH);
}

/** A text as URLs, forms and JSON hold it. */
function escapes(text: string): string[] {
  // A lone surrogate has no percent-encoded form.
  const wellFormed = Buffer.from(text).toString();
  return [
    encodeURIComponent(wellFormed),
    new URLSearchParams({ '': wellFormed }).toString().slice(1),
    JSON.stringify(text).slice(1, -1),
  ];
}

/** The lines round a PEM body say nothing, and stand in every log that shows a key's kind. */
const PEM_BOUNDARY = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;

/** What else a server could make of a value that it was sent. The runner masks these by itself. */
function encodings(value: string): string[] {
  const bytes = Buffer.from(value);
  // In the base64 of a longer text, a value may start at the second or third byte of a group.
  const inside = [1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4);
    return [encoded, encoded.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const whole = [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')];
  return [...whole, ...inside.filter((text) => text.length >= MIN_FRAGMENT_LENGTH)];
}

/** Replaces whatever shares `TRACE` characters in a row with a secret, in either case, and every secret shorter than that. */
function redact(text: string, forms: readonly string[]): string {
  const leaks = new Set<string>();
  for (const form of forms.map(lowerCase)) {
    if (form.length < MIN_LEAK_LENGTH) leaks.add(form);
    for (let start = 0; start + MIN_LEAK_LENGTH <= form.length; start++)
      leaks.add(form.slice(start, start + MIN_LEAK_LENGTH));
  }
  const lengths = new Set([...leaks].map((trace) => trace.length));
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

/** ASCII only: other letters may change their length. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
