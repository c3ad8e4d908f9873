import { cases } from '../volume.ts';

/** A copy with one bit of one byte flipped, a different bit at each offset. */
export function flipBit(bytes: Buffer, offset: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(offset) ^ (1 << ((offset * 5 + 3) % 8)), offset);
  return copy;
}

/** The offsets of a file, or an even part of them if TEST_VOLUME is below 1. */
export function offsets(length: number): number[] {
  const count = cases(length);
  return Array.from({ length: count }, (_, index) => Math.floor((index * length) / count));
}
