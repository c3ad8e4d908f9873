import { REDIRECT_URI } from './redirect-uri-rules.ts';
import type { Slip } from './rule.ts';
import { RULES } from './rules.ts';
import type { Given, Values } from './values.ts';

/** The mistakes that can be seen in one value. */
export function slipsIn(name: string, given: Given, values: Values): Slip[] {
  const text = given.text.trim();
  if (text === '') return [];
  return [...RULES, ...REDIRECT_URI].filter(
    (rule) => rule.inputs.includes(name) && rule.applies(text, given, values),
  );
}
