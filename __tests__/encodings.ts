/** How a server could write a text. Each can be applied to what another one returns. */
export const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  'percent-encoding': (text) => encodeURIComponent(text),
  'lowercase percent-encoding': (text) =>
    encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  'percent-encoding of every byte': (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
  'form encoding': (text) => new URLSearchParams({ '': text }).toString().slice(1),
  JSON: (text) => JSON.stringify(text).slice(1, -1),
  'JSON with \\/': (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
  'JSON with \\u003d': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[=+<>&'/]/g, (one) => `\\u00${hexOf(one)}`),
  'JSON with \\u002B': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[=+<>&'/]/g, (one) => `\\u00${hexOf(one).toUpperCase()}`),
  'JSON with every character escaped': (text) =>
    text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'decimal entities': (text) => Array.from(text, (one) => `&#${one.codePointAt(0) ?? 0};`).join(''),
  'hexadecimal entities': (text) =>
    Array.from(text, (one) => `&#x${(one.codePointAt(0) ?? 0).toString(16)};`).join(''),
  'named entities': (text) =>
    text.replace(
      /[&<>"']/g,
      (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? '&apos;',
    ),
  'entities without semicolons': (text) =>
    Array.from(text, (one) => `&#X${(one.codePointAt(0) ?? 0).toString(16)} `).join(''),
  'quoted-printable': (text) =>
    text.replace(/[^ -<>-~]/gu, quotedPrintable).replace(/(?:=..|[^=]){15}(?=.)/g, '$&=\r\n'),
  'quoted-printable of every byte': quotedPrintable,
  'octal escapes': (text) => bytesOf(text, (byte) => `\\${byte.toString(8)}`),
  'CSS escapes': (text) => bytesOf(text, (byte) => `\\${byte.toString(16).padStart(6, '0')}`),
  'Python escapes': (text) =>
    Array.from(text, (one) => `\\U${(one.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`).join(''),
  'code points': (text) => bytesOf(text, (byte) => `U+00${byte.toString(16)} `),
  'decimal bytes': (text) => `[${bytesOf(text, (byte) => `${byte},`)}10]`,
  'hexadecimal bytes': (text) => bytesOf(text, (byte) => `"0x${byte.toString(16)}",`),
  'octal bytes': (text) => bytesOf(text, (byte) => `${byte.toString(8).padStart(3, '0')} `),
  'binary bytes': (text) => bytesOf(text, (byte) => `${byte.toString(2).padStart(8, '0')} `),
  base32,
  'UTF-7': (text) => `+${Buffer.from(text, 'utf16le').swap16().toString('base64').replace(/=+$/, '')}-`,
  'UTF-16 LE': (text) => Buffer.from(text, 'utf16le').toString('latin1'),
  'UTF-16 BE': (text) => Buffer.from(text, 'utf16le').swap16().toString('latin1'),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 of a longer text': (text) => Buffer.from(`k:${text}`).toString('base64'),
  'base64 of another longer text': (text) => Buffer.from(`:${text}!!`).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 of UTF-16': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  'base64 in lines': (text) => Buffer.from(text).toString('base64').replace(/.{10}/g, '$&\r\n'),
  hex: (text) => Buffer.from(text).toString('hex'),
  'uppercase hex with colons': (text) =>
    Buffer.from(text)
      .toString('hex')
      .toUpperCase()
      .replace(/..(?=.)/g, '$&:'),
};

/** What hides a text from a search, and can still be read. It cannot be applied to what was encoded before. */
export const DISGUISES: Readonly<Record<string, (text: string) => string>> = {
  unchanged: (text) => text,
  uppercase: (text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  'mixed case': (text) =>
    text.replace(/[a-z]/gi, (letter, at: number) => (at % 2 ? letter.toUpperCase() : letter.toLowerCase())),
  tags: (text) => Array.from(text).join('<b></b>'),
  'tags with attributes': (text) => text.replace(/.{5}/gsu, '$&<wbr class="x">'),
  spaces: (text) => Array.from(text).join(' '),
  hyphens: (text) => text.replace(/.{4}/gsu, '$&-'),
  'colors of a terminal': (text) => Array.from(text).join('\u001b[1;31m'),
  'soft hyphens': (text) => Array.from(text).join('\u00ad'),
  'zero-width spaces': (text) => Array.from(text).join('\u200b'),
  'fullwidth letters': (text) =>
    text.replace(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
};

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0');
}

function bytesOf(text: string, write: (byte: number) => string): string {
  return Array.from(Buffer.from(text), write).join('');
}

function quotedPrintable(text: string): string {
  return bytesOf(text, (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`);
}

function base32(text: string): string {
  const bits = bytesOf(text, (byte) => byte.toString(2).padStart(8, '0'));
  const digits = bits.match(/.{1,5}/g) ?? [];
  return digits
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(five.padEnd(5, '0'), 2)))
    .join('');
}
