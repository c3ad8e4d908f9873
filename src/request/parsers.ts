import { ActionError } from '../errors.ts';

/** Gives the raw text of an input by its name; empty if the user did not set it. */
export type ReadInput = (name: string) => string;

/** What a parser needs in addition to the text: the input's name for messages, and access to related inputs. */
interface ParseOptions {
  readonly name: string;
  readonly read: ReadInput;
}

export type Parser<Value> = (text: string, options: ParseOptions) => Value;

/** Applies a parser to an input that can be empty. */
export function optional<Value>(parse: Parser<Value>): Parser<Value | undefined> {
  return (text, options) => (text === '' ? undefined : parse(text, options));
}

/** One line without control characters. */
export const line: Parser<string> = (text, options) => {
  requireNoQuotes(text, options);
  // Tests for ASCII first, because compiling Unicode classes takes longer than the rest of the parsing.
  if (!/^[\x20-\x7e]+$/.test(text) && !/^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text))
    throw invalid(options, 'must be one line without control characters');
  return text;
};

/** A value that is sent unchanged in a header. */
export const asciiWord: Parser<string> = (text, options) => {
  requireNoQuotes(text, options);
  if (!/^[\x21-\x7e]+$/.test(text))
    throw invalid(options, 'must contain only printable ASCII characters, without spaces or line breaks');
  return text;
};

/** An absolute URL, kept exactly as given: Sprinklr compares the callback URL as text. */
export const urlText: Parser<string> = (text, options) => {
  line(text, options);
  if (!URL.canParse(text)) throw invalid(options, 'must be a URL such as https://www.example.com/callback');
  return text;
};

export function choice<const Choice extends string>(...choices: readonly Choice[]): Parser<Choice> {
  return (text, options) => {
    const found = choices.find((candidate) => candidate === text.toLowerCase());
    if (found === undefined)
      throw invalid(options, `must be ${choices.map((name) => `\`${name}\``).join(' or ')}`);
    return found;
  };
}

const trueOrFalse = choice('true', 'false');
export const flag: Parser<boolean> = (text, options) => trueOrFalse(text, options) === 'true';

export function integer(minimum: number, maximum: number): Parser<number> {
  return (text, options) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= minimum && value <= maximum))
      throw invalid(options, `must be a whole number from ${minimum} to ${maximum}`);
    return value;
  };
}

/** Numeric IDs, separated by commas or white space. */
export const idList: Parser<string[]> = (text, options) => {
  const ids = text.split(/[\s,]+/).filter((id) => id !== '');
  if (!ids.every((id) => /^\d+$/.test(id)))
    throw invalid(options, 'must be numeric IDs, separated by commas or line breaks');
  return ids;
};

/** YAML and shells remove quotes. Quotes inside a stored secret stay, and Sprinklr's response does not name the cause. */
function requireNoQuotes(text: string, options: ParseOptions): void {
  if (/^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text))
    throw invalid(options, 'must not be wrapped in quotes. They would be sent as part of the value');
}

function invalid({ name }: ParseOptions, rule: string): ActionError {
  return new ActionError('INPUT_INVALID', `\`${name}\` ${rule}.`, { remedy: '', inputs: [name] });
}
