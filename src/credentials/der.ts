import type { Buffer } from 'node:buffer';

/** The kinds of DER file that get pasted where a private key belongs. */
export type DerKind =
  | 'pkcs8'
  | 'pkcs1'
  | 'sec1'
  | 'encrypted-pkcs8'
  | 'dsa'
  | 'certificate'
  | 'certificate-request'
  | 'public-key'
  | 'pkcs12'
  | 'pkcs7'
  | 'other-der';

export interface DerFile {
  kind: DerKind;
  /** Bytes that the file has by its own outermost length. */
  size: number;
}

/**
 * A file's outline (tags in hex, a one-byte INTEGER with its value, what is inside the first SEQUENCE in brackets)
 * -> what it is. A file that is cut short shows only how its outline starts.
 */
const DER_OUTLINES: [RegExp, DerKind][] = [
  [/^02=[01] 30\(06.*\) 04/, 'pkcs8'], // RFC 5958 §2
  [/^02=0( 02(=\d+)?){5}$/, 'dsa'],
  [/^02=[01] 02/, 'pkcs1'], // RFC 8017 appendix A.1.2
  [/^02=1 04/, 'sec1'], // RFC 5915 §3
  [/^30\(06.*\) 04/, 'encrypted-pkcs8'], // RFC 5958 §3
  [/^30\(06.*\) 03/, 'public-key'], // RFC 5280 §4.1
  [/^02 02(=\d+)?$/, 'public-key'], // RFC 8017 appendix A.1.1
  [/^30\((a0|02(=\d+)? 30 30 30)/, 'certificate'], // RFC 5280 §4.1, version 3 or 1
  [/^30\(02=0 30 30/, 'certificate-request'], // RFC 2986 §4
  [/^02=3 30/, 'pkcs12'], // RFC 7292 §4
  [/^06 a0/, 'pkcs7'], // RFC 5652 §3
];

/** Tells what a DER file is by its outline, whole or not; undefined for bytes that are not DER. */
export function identifyDer(bytes: Buffer): DerFile | undefined {
  const outer = readElement(bytes, 0);
  if (outer?.tag !== '30') return undefined;
  const outline = describeOutline(bytes, outer);
  const kind = DER_OUTLINES.find(([pattern]) => pattern.test(outline))?.[1] ?? 'other-der';
  // Any byte can be a SEQUENCE by chance: an unknown outline counts only with a length that makes sense.
  const fits = outer.end === bytes.length || (bytes[1] === 0x82 && outer.end > bytes.length);
  return kind !== 'other-der' || fits ? { kind, size: outer.end } : undefined;
}

interface Element {
  tag: string;
  start: number;
  /** May lie past the end of a file that is cut short. */
  end: number;
}

/** Reads a tag and a length (X.690 §8.1.3); undefined if they are not whole. */
function readElement(bytes: Buffer, at: number): Element | undefined {
  const tag = bytes.toString('hex', at, at + 1);
  // What is not there is as bad as what is too long.
  const length = bytes[at + 1] ?? 0xff;
  const element = (start: number, end: number): Element => ({ tag, start, end });
  if (length < 0x80) return element(at + 2, at + 2 + length);
  // Some programs write PKCS#12 with indefinite lengths.
  if (length === 0x80) return element(at + 2, bytes.length);
  const start = at + 2 + (length & 0x7f);
  if (length > 0x84 || start > bytes.length) return undefined;
  return element(start, start + bytes.readUIntBE(at + 2, start - at - 2));
}

function describeOutline(bytes: Buffer, parent: Element, depth = 0): string {
  const seen: string[] = [];
  let opensNext = depth === 0;
  let at = parent.start;
  while (at < parent.end && seen.length < 12) {
    const child = readElement(bytes, at);
    if (!child) break;
    if (child.tag === '02' && child.end - child.start === 1) {
      seen.push(`02=${bytes[child.start] ?? ''}`);
    } else if (child.tag === '30' && opensNext) {
      seen.push(`30(${describeOutline(bytes, child, depth + 1)})`);
      opensNext = false;
    } else {
      seen.push(child.tag);
    }
    at = child.end;
  }
  return seen.join(' ');
}
