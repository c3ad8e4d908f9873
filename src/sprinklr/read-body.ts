import type { IncomingMessage } from 'node:http';

/** The largest response that is read. The documented responses are a few hundred bytes long. */
const MAX_RESPONSE_BYTES = 1024 * 1024;

/** Reads a response as text. Discards a response that is longer than `MAX_RESPONSE_BYTES`. */
export function readBody(message: IncomingMessage): Promise<{ body: string; truncated: boolean }> {
  return new Promise((resolve, reject) => {
    // Copied into one buffer: a server can send chunks of one byte, each of which costs a hundred bytes to keep.
    const bytes = Buffer.allocUnsafe(MAX_RESPONSE_BYTES);
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      if (length + chunk.length > MAX_RESPONSE_BYTES) {
        message.destroy();
        resolve({ body: '', truncated: true });
        return;
      }
      length += chunk.copy(bytes, length);
    });
    message.on('end', () => {
      resolve({
        body: decodeText(bytes.subarray(0, length), message.headers['content-type'] ?? ''),
        truncated: false,
      });
    });
    message.on('error', reject);
  });
}

/** Decodes UTF-16 if the byte-order mark or the zero bytes say so, else what the header names, else UTF-8. */
export function decodeText(bytes: Buffer, contentType: string): string {
  const [, named = 'utf-8'] = /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType) ?? [];
  // The header selects UTF-16 only if the bytes agree, because the wrong charset would hide a token from the masks.
  const byHeader = /utf-?16|ucs-?2|unicode/i.test(named) ? 'utf-8' : named;
  for (const charset of [utf16Of(bytes) ?? byHeader, 'utf-8']) {
    try {
      return new TextDecoder(charset).decode(bytes);
    } catch {
      // The Encoding standard does not define this name.
    }
  }
  return '';
}

function utf16Of(bytes: Buffer): string | undefined {
  const [first = 1, second = 1] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return undefined;
}
