export function base64(bytes: Buffer | string): string {
  return Buffer.from(bytes).toString('base64');
}

/** Breaks a text into lines, without a line break at the end. */
export function wrap(text: string, columns: number, lineBreak = '\n'): string {
  return (text.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []).join(lineBreak);
}

/** A PEM file (RFC 7468 §2). */
export function pemBlock(label: string, body: Buffer | string): string {
  return `-----BEGIN ${label}-----\n${wrap(base64(body), 64)}\n-----END ${label}-----\n`;
}

/** A copy with the given bits of one byte flipped. */
export function flipBits(bytes: Buffer, at: number, mask = 1): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ mask, at);
  return copy;
}

/** A key of a TPM, without its content (https://www.hansenpartnership.com/draft-bottomley-tpm2-keys.html §3.1). */
export const tpmKey = Buffer.from('301b06066781050a0103a0030101ff0204400000010402000104020002', 'hex');
