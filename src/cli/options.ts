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
