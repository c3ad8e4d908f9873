import type { Status } from './check.ts';
import { REDIRECT_URI } from './redirect-uri-rules.ts';
import { RULES } from './rules.ts';
import type { Given, Values } from './values.ts';

/** A usual mistake that the action itself cannot be sure of, or that deserves a closer word. */
export interface Slip {
  readonly status: Exclude<Status, 'skipped'>;
  readonly found: string;
  readonly remedy?: string;
}

export interface Rule extends Slip {
  readonly inputs: readonly string[];
  /** @param text without the space around it, as the action gets it; never empty */
  readonly applies: (text: string, given: Given, values: Values) => boolean;
}

/** The mistakes that can be seen in one value. */
export function slipsIn(name: string, given: Given, values: Values): Slip[] {
  const text = given.text.trim();
  if (text === '') return [];
  return [...RULES, ...REDIRECT_URI].filter(
    (rule) => rule.inputs.includes(name) && rule.applies(text, given, values),
  );
}
