import { Buffer } from 'node:buffer';

/** The kinds of DER files that people paste in place of a private key. */
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
  | 'legacy-pkcs12'
  | 'pkcs7'
  | 'tpm'
  | 'other-der';

export interface DerFile {
  kind: DerKind;
  /** The file's length in bytes, by its outermost length field. */
  size: number;
}

/**
 * Maps a file's outline to its kind. An outline lists tags in hex, a one-byte INTEGER with its value, and the content of
 * the first SEQUENCE in parentheses. A truncated file shows only the start of its outline.
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
  // https://www.hansenpartnership.com/draft-bottomley-tpm2-keys.html §3.1
  [/^06( a[0-3])* 02(=\d+)? 04/, 'tpm'],
  [/^06 a0/, 'pkcs7'], // RFC 5652 §3
];

/** PKCS#12 with RC2 or RC4 (RFC 7292 appendix C), which OpenSSL 3 reads only with its legacy provider. */
const LEGACY_ALGORITHMS = [1, 2, 5, 6].map((last) => Buffer.from(`060a2a864886f70d010c010${last}`, 'hex'));

/** The kind of a DER file by its outline, even if it is truncated. Undefined for bytes that are not DER. */
export function identifyDer(bytes: Buffer): DerFile | undefined {
  const outer = readElement(bytes, 0);
  if (outer?.tag !== '30') return undefined;
  const outline = describeOutline(bytes, outer);
  const named = DER_OUTLINES.find(([pattern]) => pattern.test(outline))?.[1] ?? 'other-der';
  const isLegacy = named === 'pkcs12' && LEGACY_ALGORITHMS.some((algorithm) => bytes.includes(algorithm));
  const kind = isLegacy ? 'legacy-pkcs12' : named;
  // Random bytes can look like a SEQUENCE, so an unknown outline counts only with a plausible length.
  const fits = outer.end === bytes.length || (bytes[1] === 0x82 && outer.end > bytes.length);
  return kind !== 'other-der' || fits ? { kind, size: outer.end } : undefined;
}

interface Element {
  tag: string;
  start: number;
  /** Can be past the end of a truncated file. */
  end: number;
}

/** Reads a tag and a length (X.690 §8.1.3). Undefined if they are incomplete. */
function readElement(bytes: Buffer, at: number): Element | undefined {
  const tag = bytes.toString('hex', at, at + 1);
  // Treats a missing length like a length that is too long.
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
