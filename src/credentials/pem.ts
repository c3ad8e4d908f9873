import { Buffer } from 'node:buffer';

/** A pasted text without the artifacts of copying. */
export interface NormalizedText {
  text: string;
  /** What was corrected, in words. */
  repairs: string[];
}

/** Soft hyphens, zero-width characters, direction marks, and byte-order marks, which copying from a page or a dialog adds. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Removes what shells, JSON, and editors add to a text: quotes, byte-order marks, `\n` escapes. */
export function normalizePastedText(value: string): NormalizedText {
  const visible = value.replace(INVISIBLE, '');
  const joined = removeContinuations(visible);
  const unescaped = joined.replace(/\\{1,4}[rn]/g, '\n');
  const text = trimQuotesAndSpace(unescaped);
  const repairs: [boolean, string][] = [
    [visible !== value, value.includes('\ufeff') ? 'with a byte-order mark' : 'with invisible characters'],
    [text !== unescaped.trim(), 'in quotes'],
    [joined !== visible, 'with backslashes at line ends'],
    [unescaped !== joined, 'with \\n escapes'],
  ];
  return { text, repairs: repairs.filter(([needed]) => needed).map(([, words]) => words) };
}

/**
 * Removes the backslashes that continue a line in a shell or a Dockerfile. They remain in base64 whose line breaks are
 * lost. There, a backslash before a letter other than n or r shows that `\n` is a backslash and a letter, not an escape.
 */
function removeContinuations(text: string): string {
  const isBase64 = /^[\w+/=\\-]+$/.test(text) && /[^\\]\\[A-Za-mo-qsv-z0-9+]/.test(text);
  return text.replace(isBase64 ? /\\/g : /(?<!\\)\\+(?=\s)/g, '');
}

/** Removes quotes and white space at both ends. One regular expression would take quadratic time on long runs. */
function trimQuotesAndSpace(text: string): string {
  const wrapping = /[\s"'`\\\u2018\u2019\u201c\u201d]/;
  let start = 0;
  let end = text.length;
  while (wrapping.test(text.charAt(start))) start++;
  while (wrapping.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/**
 * Decodes base64 in either alphabet, wrapped or not, padded or not. Undefined for anything else. A PEM boundary consists of
 * characters of the URL-safe alphabet, too.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replace(/[\s\\]+/g, '');
  return /^(?!.*-----(?:BEGIN|END))[\w+/-]+=*$/.test(compact) ? Buffer.from(compact, 'base64') : undefined;
}

/** The text of a file, in UTF-8 or UTF-16, which Windows PowerShell's `>` writes. Undefined for a binary file. */
export function decodeText(file: Buffer): string | undefined {
  const text = decodeUtf16(file) ?? file.toString('utf8');
  return hasControlCharacters(text) ? undefined : text;
}

/** Without a byte-order mark, only text of code points up to U+00FF counts: the same byte of each pair is zero. */
function decodeUtf16(file: Buffer): string | undefined {
  const units = file.subarray(0, file.length - (file.length % 2));
  if (units.length === 0) return undefined;
  const mark = units.readUInt16LE();
  const isZero = (offset: number): boolean => units.every((byte, at) => at % 2 !== offset || byte === 0);
  if (mark === 0xfeff || isZero(1)) return units.toString('utf16le');
  return mark === 0xfffe || isZero(0) ? Buffer.from(units).swap16().toString('utf16le') : undefined;
}

/** Whether a text contains characters that occur only in binary data. */
export function hasControlCharacters(text: string): boolean {
  // Tests for ASCII first, because compiling Unicode classes takes longer than the rest of the parsing.
  return !/^[\x20-\x7e\t\n\r]*$/.test(text) && /[^\P{Cc}\t\n\r]|\ufffd/u.test(text);
}

/** A textual encoding (RFC 7468 §2): what is between `-----BEGIN …-----` and `-----END …-----`. */
export interface PemBlock {
  label: string;
  /** Base64 without line breaks, unless it is damaged. */
  body: string;
  /** The block as OpenSSL expects it, if it has `Proc-Type: 4,ENCRYPTED` (RFC 1421 §4.6.1.1). */
  encryptedPem: string | undefined;
  /** False if the text ends before the END line. */
  closed: boolean;
  /** False if BEGIN, body, and END are on one line. */
  isMultiline: boolean;
}

/** A boundary line, complete or truncated by the end of the text. */
const PEM_BOUNDARY = /-{1,5}\s?(BEGIN|END)([A-Z0-9.#\s]{1,40})(?:-{1,5}|$)/g;
/** Line breaks can be spaces here, or missing: an IV has 16 or 32 digits, then the body starts. */
const PEM_ENCRYPTION_HEADERS = /Proc-Type:[^:]{0,40}DEK-Info:\s?([A-Z0-9-]{1,20}),\s?((?:[0-9A-F]{16}){1,2})/;

/** The PEM blocks anywhere in a text, with or without their line breaks. */
export function findPemBlocks(text: string): PemBlock[] {
  const markers = [...text.matchAll(PEM_BOUNDARY)];
  return markers.flatMap((begin, i) => {
    const [start, word, label = ''] = begin;
    if (word !== 'BEGIN') return [];
    const next = markers[i + 1];
    const closed = next?.[1] === 'END';
    const inside = text.slice(begin.index + start.length, next?.index);
    const [header, cipher, iv] = PEM_ENCRYPTION_HEADERS.exec(inside) ?? [];
    // An unclosed block can end in the middle of its END line.
    const base64 = inside.replace(header ?? '', '').replace(closed ? '' : /-.*/s, '');
    const body = base64.replace(/[\s\\]+/g, '');
    return [
      {
        label,
        body,
        encryptedPem: cipher && iv ? writeEncrypted(label, `${cipher},${iv}`, body) : undefined,
        closed,
        isMultiline: inside.includes('\n'),
      },
    ];
  });
}

/** Whether a text contains an END line, but no BEGIN line before it. */
export function startsWithEndLine(text: string): boolean {
  return text.matchAll(PEM_BOUNDARY).next().value?.[1] === 'END';
}

function writeEncrypted(label: string, dekInfo: string, body: string): string {
  const name = `${/EC|DSA/.exec(label)?.[0] ?? 'RSA'} PRIVATE KEY`;
  const lines = body.replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${name}-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${dekInfo}\n\n${lines}-----END ${name}-----\n`;
}
