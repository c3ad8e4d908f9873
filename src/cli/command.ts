import { parseArgs, type ParseArgsConfig } from 'node:util';

export type Options = NonNullable<ParseArgsConfig['options']>;
/** What the flags of one call gave, by their names. */
export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export interface Command {
  /** What `--help` prints: usage, flags, an example. */
  readonly help: string;
  readonly options: Options;
  /** @returns the exit code: 0 all well, 1 something is wrong, 2 wrong usage */
  run(flags: Flags): Promise<number>;
}

/** What is wrong at the desk, and what to do: a sentence for a person, never a stack trace. */
export class DeskError extends Error {
  readonly remedy: string;
  readonly exitCode: 1 | 2;

  constructor(problem: string, remedy: string, exitCode: 1 | 2 = 1) {
    super(problem);
    this.name = 'DeskError';
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}

/** Wrong usage: exit code 2. */
export function usageError(problem: string, remedy: string): DeskError {
  return new DeskError(problem, remedy, 2);
}

const everywhere: Options = { help: { type: 'boolean', short: 'h' }, debug: { type: 'boolean' } };

/** Reads the flags of a command. @throws {DeskError} with the nearest known flag for an unknown one */
export function parseFlags(name: string, { options }: Command, args: readonly string[]): Flags {
  const known = { ...everywhere, ...options };
  try {
    return parseArgs({ args: [...args], options: known, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const unknown = /^Unknown option '(-[^' ]*)/.exec((error as Error).message)?.[1];
    const stray = /^Unexpected argument '([^']*)'/.exec((error as Error).message)?.[1];
    const help = `See "sprinklr-token ${name} --help".`;
    if (unknown !== undefined) {
      const near = nearest(
        unknown,
        Object.keys(known).map((flag) => `--${flag}`),
      );
      throw usageError(
        `${name} has no flag ${unknown}.`,
        near === undefined ? help : `Did you mean ${near}? ${help}`,
      );
    }
    // What was given by mistake may be a secret, so it is not repeated.
    if (stray !== undefined)
      throw usageError(`${name} takes flags only, and something else was given.`, help);
    throw usageError(
      `A flag of ${name} is not complete.`,
      `Flags that take a value are given as --flag=value. ${help}`,
    );
  }
}

/** A flag's text; empty where it was not given. */
export function textOf(flags: Flags, name: string): string {
  const value = flags[name];
  return typeof value === 'string' ? value.trim() : '';
}

/** A flag's whole number. @throws {DeskError} */
export function integerOf(
  flags: Flags,
  name: string,
  range: { least: number; most: number; default: number },
): number {
  const text = textOf(flags, name);
  if (text === '') return range.default;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= range.least && value <= range.most) return value;
  throw usageError(
    `--${name} has to be a whole number from ${range.least} to ${range.most}.`,
    `Correct --${name}.`,
  );
}

/** One of a few words; the first is the default. @throws {DeskError} */
export function choiceOf<const Choice extends string>(
  flags: Flags,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = textOf(flags, name).toLowerCase();
  const found = text === '' ? choices[0] : choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw usageError(`--${name} has to be ${choices.join(' or ')}.`, `Correct --${name}.`);
}

/** The known word that a mistyped one was most likely meant to be. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(2, word.length / 3) ? best.candidate : undefined;
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of from.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of to.split('').entries()) {
      next.push(
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
