import { Option } from 'commander';
import { usageError } from './errors.ts';

/** A flag with a whole number. */
export function integerOption(
  flag: string,
  description: string,
  range: { min: number; max: number; default: number },
): Option {
  return new Option(`--${flag} <number>`, description)
    .default(range.default, String(range.default))
    .argParser((text) => {
      const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
      if (value >= range.min && value <= range.max) return value;
      throw usageError(
        `--${flag} must be a whole number from ${range.min} to ${range.max}.`,
        `Correct --${flag}.`,
      );
    });
}

/** A flag with one of a few words. The first is the default. */
export function choiceOption(
  flag: string,
  description: string,
  choices: readonly [string, ...string[]],
): Option {
  return new Option(`--${flag} <choice>`, `${description}: ${choices.join(', ')}`)
    .default(choices[0], choices[0])
    .argParser((text) => {
      const found = choices.find((choice) => choice === text.trim().toLowerCase());
      if (found !== undefined) return found;
      throw usageError(`--${flag} must be ${choices.join(' or ')}.`, `Correct --${flag}.`);
    });
}
