/** Finds all patterns in a text at once, byte by byte (Aho–Corasick). Node 0 is the root. */
export interface Automaton {
  /** The node after one more byte. */
  readonly step: (node: number, byte: number) => number;
  /** How many of the last bytes could begin a pattern that is not complete, by node. */
  readonly pending: Int32Array;
  /** The length of the longest pattern that ends here, by node; 0 for none. */
  readonly matches: Int32Array;
}

/** Time and memory are linear in the length of all patterns. */
export function createAutomaton(patterns: Iterable<string>): Automaton {
  const keys = [...patterns].map((pattern) => Buffer.from(pattern)).filter(({ length }) => length > 0);
  const size = keys.reduce((sum, { length }) => sum + length, 1);
  const bytes = new Uint8Array(size);
  const firstChildren = new Int32Array(size);
  const siblings = new Int32Array(size);
  const pending = new Int32Array(size);
  const matches = new Int32Array(size);
  // The longest other node whose text the text of a node ends with.
  const suffixes = new Int32Array(size);
  // Most bytes of a text are looked up at the root.
  const rootChildren = new Int32Array(256);

  const at = (values: Int32Array, index: number): number => values[index] ?? 0;
  const childOf = (node: number, byte: number): number => {
    if (node === 0) return at(rootChildren, byte);
    let child = at(firstChildren, node);
    while (child !== 0 && bytes[child] !== byte) child = at(siblings, child);
    return child;
  };
  const step = (from: number, byte: number): number => {
    let node = from;
    let child = childOf(node, byte);
    while (child === 0 && node !== 0) {
      node = at(suffixes, node);
      child = childOf(node, byte);
    }
    return child;
  };

  let count = 1;
  const addChild = (parent: number, byte: number): number => {
    const node = count++;
    bytes[node] = byte;
    pending[node] = at(pending, parent) + 1;
    if (parent === 0) rootChildren[byte] = node;
    siblings[node] = at(firstChildren, parent);
    firstChildren[parent] = node;
    return node;
  };
  for (const key of keys) {
    let node = 0;
    for (const byte of key) node = childOf(node, byte) || addChild(node, byte);
    matches[node] = key.length;
  }

  // Breadth first: the suffixes of a node are less deep.
  const queue = [0];
  for (const parent of queue) {
    for (let node = at(firstChildren, parent); node !== 0; node = at(siblings, node)) {
      queue.push(node);
      const suffix = parent === 0 ? 0 : step(at(suffixes, parent), bytes[node] ?? 0);
      suffixes[node] = suffix;
      matches[node] ||= at(matches, suffix);
      if (firstChildren[node] === 0) pending[node] = at(pending, suffix);
    }
  }
  return { step, pending, matches };
}

/** A part of the held bytes that is secret. */
interface Span {
  readonly start: number;
  readonly end: number;
  /** Whether its `***` is in the output already. */
  readonly shown: boolean;
}

const MASK = Buffer.from('***');

/**
 * Replaces patterns in a stream of bytes with `***`, wherever it is cut into chunks. Patterns that overlap become one
 * `***`. All other bytes pass unchanged.
 */
export class Redactor {
  readonly #automaton: Automaton;
  #node = 0;
  /** The bytes that could begin a pattern. */
  #held: Buffer = Buffer.alloc(0);
  /** Ascending, without overlaps; positions in `#held`. */
  #spans: Span[] = [];

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
  }

  /** How many bytes are held back. */
  get held(): number {
    return this.#held.length;
  }

  /** @returns what can be passed on */
  write(chunk: Buffer): Buffer {
    const { step, pending, matches } = this.#automaton;
    const data = Buffer.concat([this.#held, chunk]);
    for (let position = this.#held.length; position < data.length; position++) {
      this.#node = step(this.#node, data[position] ?? 0);
      const length = matches[this.#node] ?? 0;
      // A part of it may have been flushed.
      if (length > 0) this.#addSpan(Math.max(0, position + 1 - length), position + 1);
    }
    return this.#release(data, Math.max(0, data.length - (pending[this.#node] ?? 0)));
  }

  /** @returns the held bytes. If they turn out to begin a pattern, the rest of it is still replaced. */
  flush(): Buffer {
    return this.#release(this.#held, this.#held.length);
  }

  #addSpan(from: number, end: number): void {
    let start = from;
    let shown = false;
    for (let last = this.#spans.at(-1); last !== undefined && last.end > from; last = this.#spans.at(-1)) {
      start = Math.min(start, last.start);
      shown ||= last.shown;
      this.#spans.pop();
    }
    this.#spans.push({ start, end, shown });
  }

  /** Keeps back only what follows `limit`. */
  #release(data: Buffer, limit: number): Buffer {
    const output: Buffer[] = [];
    let position = 0;
    for (const { start, end, shown } of this.#spans) {
      if (start >= limit) break;
      output.push(data.subarray(position, start));
      if (!shown) output.push(MASK);
      position = end;
    }
    output.push(data.subarray(position, Math.max(position, limit)));
    this.#spans = this.#spans
      .filter(({ end }) => end > limit)
      .map(({ start, end, shown }) => ({
        start: Math.max(0, start - limit),
        end: end - limit,
        shown: shown || start < limit,
      }));
    // A copy: a view would keep all of data in memory.
    this.#held = Buffer.from(data.subarray(limit));
    return Buffer.concat(output);
  }
}
