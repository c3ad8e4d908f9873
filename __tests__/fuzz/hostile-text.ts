import fc from 'fast-check';
import { DISGUISES, ENCODINGS } from '../encodings.ts';

/** Text of a hostile server: its own pieces, and echoes of what it received. */
export type HostileText = readonly (string | Echo)[];

interface Echo {
  /** Index of the received value, modulo their number. */
  readonly index: number;
  readonly disguise: string;
  /** Applied one after the other. */
  readonly encodings: readonly string[];
  /** Only a part of it: the start in thousandths, and the number of characters. */
  readonly from: number;
  readonly length: number;
}

/** Part of every command that a server injects, and of nothing that the action prints itself. */
export const INJECTED = 'hacked';

/** What a server tries to get masked. */
export const INJECTED_MASK = `${INJECTED}, and no secret`;

const commands = [
  `::set-output name=${INJECTED}::x`,
  `::set-env name=PATH::${INJECTED}`,
  `::error title=${INJECTED}::${INJECTED}`,
  `::warning file=${INJECTED}::${INJECTED}`,
  `::add-mask::${INJECTED_MASK}`,
  `::stop-commands::${INJECTED}`,
  `::save-state name=${INJECTED}::x`,
  `::group::${INJECTED}`,
  `##[command]${INJECTED}`,
  `##[error]${INJECTED}`,
  `##[add-mask]${INJECTED}`,
  `%3A%3Aerror%3A%3A${INJECTED}`,
];
const lineBreaks = [
  ...['\r\n', '\n', '\r', '\u2028', '\u2029', '\u0085'],
  ...['\v', '\f', '%0A', '%0D%0A', '%250A', '\\n'],
];
const specials = [
  ...['\u0000', '\u0007', '\u001b[31m', '\u001b]8;;http://x\u0007', '\u009b2J', '\u202e', '\u2066', '\u200b'],
  ...['\ufeff', '\ud800', '\udc00', '\u034f', '\u00e9', '\u{1f511}', '"', "'", ' ', '$(id)', '%', '%25'],
  ...':: : # ## ##[ [ ] \\ < </title> <h1> | `'.split(' '),
  ...['${{ secrets.A }}', 'Developer Inactive', 'Developer Over Rate'],
];

const echo: fc.Arbitrary<Echo> = fc.record({
  index: fc.nat(30),
  disguise: fc.oneof(
    { weight: 2, arbitrary: fc.constant('unchanged') },
    // In UTF-16, only ASCII is recognized.
    {
      weight: 1,
      arbitrary: fc.constantFrom(...Object.keys(DISGUISES).filter((name) => name !== 'fullwidth letters')),
    },
  ),
  encodings: fc.oneof(
    fc.array(fc.constantFrom(...Object.keys(ENCODINGS)), { maxLength: 1 }),
    fc.array(fc.constantFrom(...Object.keys(ENCODINGS)), { minLength: 2, maxLength: 3 }),
  ),
  from: fc.oneof(fc.constant(0), fc.nat(999)),
  length: fc.oneof(fc.constant(2000), fc.integer({ min: 16, max: 200 })),
});

export const hostileText: fc.Arbitrary<HostileText> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: echo },
    { weight: 2, arbitrary: fc.constantFrom(...commands) },
    { weight: 2, arbitrary: fc.constantFrom(...lineBreaks) },
    { weight: 2, arbitrary: fc.constantFrom(...specials) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
    { weight: 1, arbitrary: fc.constantFrom('no ', 'x'.repeat(280), 'y'.repeat(9990)) },
  ),
  { maxLength: 6 },
);

/** Longer encodings are cut: a server's text is not looked at beyond 10,000 characters. */
const MAX_ECHO_LENGTH = 3000;

/**
 * The text of a server that received these values.
 *
 * @param onEcho called with each received text and what became of it
 */
export function renderText(
  pieces: HostileText,
  sent: readonly string[],
  onEcho: (part: string, written: string) => void = () => undefined,
): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const whole = Buffer.from(sent[piece.index % Math.max(1, sent.length)] ?? '').toString();
      const start = Math.floor((whole.length * piece.from) / 1000);
      const part = Buffer.from(whole.slice(start, start + piece.length)).toString();
      const hidden = DISGUISES[piece.disguise]?.(part) ?? '';
      const written = piece.encodings
        .reduce((text, name) => ENCODINGS[name]?.(text) ?? '', hidden)
        .slice(0, MAX_ECHO_LENGTH);
      onEcho(part, written);
      return written;
    })
    .join('');
}
