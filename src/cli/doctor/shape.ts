/** The types of a JSON value, in the structure of the value. */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };

const MAX_DEPTH = 6;
const MAX_KEYS = 50;
const MAX_ELEMENTS = 1000;
const MAX_SHAPES = 10;

/**
 * Replaces every value with its type. An array becomes the list of the different shapes of its elements.
 *
 * @param isPrivate whether a key contains something that must not be shown
 */
export function shapeOf(value: unknown, isPrivate: (text: string) => boolean, depth = 0): Shape {
  if (value === null) return 'null';
  if (typeof value === 'string')
    return value === '' ? 'empty string' : /^\d+$/.test(value) ? 'string of digits' : 'string';
  if (typeof value !== 'object') return typeof value;
  if (depth === MAX_DEPTH) return Array.isArray(value) ? 'array' : 'object';
  if (Array.isArray(value)) {
    const shapes = value.slice(0, MAX_ELEMENTS).map((element) => shapeOf(element, isPrivate, depth + 1));
    return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()].slice(0, MAX_SHAPES);
  }
  const entries = Object.entries(value);
  const shown = entries
    .slice(0, MAX_KEYS)
    .map(([key, field]) => [describeName(key, isPrivate), shapeOf(field, isPrivate, depth + 1)] as const);
  const left = entries.length - shown.length;
  return { ...Object.fromEntries(shown), ...(left > 0 && { '(more keys)': String(left) }) };
}

/** The name of a key or a header, unless it looks like a value. */
export function describeName(name: string, isPrivate: (text: string) => boolean): string {
  return isIdentifier(name) && !isPrivate(name) ? name : `(a name of ${name.length} characters)`;
}

const MAX_IDENTIFIER_LENGTH = 64;
/** A random text changes between cases and digits much more often than a name made of words. */
const MIN_WORD_LENGTH = 3;
const MAX_SHORT_LENGTH = 12;

function isIdentifier(name: string): boolean {
  if (!/^[a-z_$][\w$-]*$/i.test(name) || name.length > MAX_IDENTIFIER_LENGTH || /\d{4}/.test(name))
    return false;
  const words = name.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
  return name.length <= MAX_SHORT_LENGTH || words.length * MIN_WORD_LENGTH <= name.length;
}
