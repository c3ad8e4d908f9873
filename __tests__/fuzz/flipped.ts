/** A copy with one bit of one byte flipped: another bit at every place. */
export function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << ((at * 5 + 3) % 8)), at);
  return copy;
}
