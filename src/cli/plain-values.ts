import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { InputName } from '../request/schema.ts';

/** How people and vendors name things. A key, a token, or a generated password contains more than such words. */
const WORD = /^[A-Z]?[a-z]{0,19}\d{0,5}$/;
const SEPARATED_WORDS = /^[\w.:/@+~[\]{}\\ -]{0,200}$/;

/** Whether a text consists of ordinary words, numbers, and separators, so that it is certainly not a generated secret. */
function isPlain(text: string): boolean {
  return SEPARATED_WORDS.test(text) && secretLikeWords(text).length === 0;
}

/** The parts of a text that can be a secret or a part of one. */
export function secretLikeWords(text: string): string[] {
  return text.split(/[^A-Za-z0-9]+/).filter((word) => !WORD.test(word));
}

const URL_FORM = /^https?:\/\/[^@{}\\ ]+$/i;

/** What a valid value of an input usually looks like, if that is more than plain. A password can be a plain word. */
const USUAL_FORMS: Partial<Record<InputName, RegExp>> = {
  environment: /^\{*(prod|production|sandbox|qa|test|dev|staging|stage|uat|demo|default|api)\d{0,2}\}*$/i,
  username: /^[^@/:]+@[^@/:]+\.[a-z]{2,}$/i,
  audience: URL_FORM,
  'redirect-uri': URL_FORM,
  'base-url': URL_FORM,
};

/** Forms that have no words, or words in uppercase. */
const EXACT_FORMS: Partial<Record<InputName, RegExp>> = {
  gateway: /^api[23]$/i,
  'parameters-in': /^(query|body)$/i,
  verify: /^(true|false)$/i,
  'allowed-workspace-ids': /^\d{1,12}([\s,]+\d{1,12}){0,20}$/,
};

/** Whether a public value looks so much like what belongs in its input that it can be shown. Other values could be secrets. */
export function canBeShown(name: InputName, text: string): boolean {
  const exact = EXACT_FORMS[name];
  if (exact !== undefined) return exact.test(text);
  return isPlain(text) && (USUAL_FORMS[name]?.test(text) ?? true);
}

/**
 * Whether a path can be shown: all of it exists, or what is missing is plain and more than a bare word. Anything else can be a
 * secret that was passed in place of the path of its file.
 *
 * @param path absolute
 */
export function canPathBeShown(path: string, cwd: string): boolean {
  let existing = path;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const missing = relative(existing, path);
  return missing === '' || (isPlain(missing) && /[./\\]/.test(relative(cwd, path)));
}
