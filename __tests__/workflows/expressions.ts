/** Contexts by name: `secrets`, `needs`, … */
export type Contexts = Readonly<Record<string, unknown>>;

/** What `success()`, `failure()` and `always()` ask for. */
export type Status = 'success' | 'failure';

/** In these an unknown name is an empty text; anywhere else it is a slip of the pen. */
const LENIENT = new Set(['secrets', 'vars', 'env', 'outputs']);

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(\d+(?:\.\d+)?)|([A-Za-z_][\w-]*)|(&&|\|\||==|!=|[!().,[\]]))/y;

interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'sign';
  readonly text: string;
}

/** A text with all `${{ … }}` in it filled in; where it is nothing but one expression, that expression's value. */
export function fillIn(text: string, contexts: Contexts): unknown {
  const whole = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text.trim());
  if (whole?.[1] !== undefined) return evaluate(whole[1], contexts);
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => textOf(evaluate(expression, contexts)));
}

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new Error('an expression gives no scalar');
}

/** A condition; where it asks for no status itself, it also wants `success()`. */
export function holds(condition: string, contexts: Contexts, status: Status): boolean {
  const bare = condition.replace(/^\$\{\{(.*)\}\}$/s, '$1');
  const value = Boolean(evaluate(bare, contexts, status));
  return /\b(success|failure|always)\(\)/.test(bare) ? value : value && status === 'success';
}

/** Evaluates the part of GitHub's expressions that our workflows use; throws at any other. */
export function evaluate(expression: string, contexts: Contexts, status: Status = 'success'): unknown {
  const tokens = tokensOf(expression);
  let at = 0;
  const take = (sign: string): boolean => {
    if (tokens[at]?.kind !== 'sign' || tokens[at]?.text !== sign) return false;
    at++;
    return true;
  };
  const want = (sign: string): void => {
    if (!take(sign)) throw new Error(`no "${sign}" in: ${expression}`);
  };
  const functions: Record<string, (...values: unknown[]) => unknown> = {
    success: () => status === 'success',
    failure: () => status === 'failure',
    always: () => true,
    format: (pattern, ...values) =>
      textOf(pattern).replace(/\{(\d+)\}/g, (_, index: string) => textOf(values[Number(index)])),
  };

  const or = (): unknown => {
    const values = [and()];
    while (take('||')) values.push(and());
    return values.find(Boolean) ?? values.at(-1);
  };
  const and = (): unknown => {
    let value = equality();
    while (take('&&')) {
      const other = equality();
      if (value) value = other;
    }
    return value;
  };
  const equality = (): unknown => {
    const value = unary();
    if (take('==')) return same(value, unary());
    if (take('!=')) return !same(value, unary());
    return value;
  };
  const unary = (): unknown => (take('!') ? !unary() : operand());
  const operand = (): unknown => {
    if (take('(')) {
      const value = or();
      want(')');
      return value;
    }
    const token = tokens[at++];
    if (token?.kind === 'text') return token.text;
    if (token?.kind === 'number') return Number(token.text);
    if (token?.kind !== 'name') throw new Error(`not understood: ${expression}`);
    if (take('(')) return call(token.text);
    if (token.text === 'true' || token.text === 'false') return token.text === 'true';
    return path(token.text);
  };
  const call = (name: string): unknown => {
    const values: unknown[] = [];
    while (!take(')')) {
      if (values.length > 0) want(',');
      values.push(or());
    }
    const known = functions[name];
    if (known === undefined) throw new Error(`no function ${name}: ${expression}`);
    return known(...values);
  };
  const path = (root: string): unknown => {
    if (!(root in contexts)) throw new Error(`no context ${root} here: ${expression}`);
    let value = contexts[root];
    let container = root;
    for (;;) {
      let name: string;
      if (take('.')) name = tokens[at++]?.text ?? '';
      else if (take('[')) {
        name = textOf(or());
        want(']');
      } else return value;
      if (typeof value !== 'object' || value === null)
        throw new Error(`nothing in ${container}: ${expression}`);
      if (!(name in value) && !LENIENT.has(container))
        throw new Error(`no ${name} in ${container}: ${expression}`);
      value = (value as Record<string, unknown>)[name] ?? '';
      container = name;
    }
  };

  const value = or();
  if (at !== tokens.length) throw new Error(`not understood: ${expression}`);
  return value;
}

/** GitHub compares texts without regard to case; other mixtures do not occur here. */
function same(one: unknown, other: unknown): boolean {
  if (typeof one !== typeof other) throw new Error('comparison of different types');
  return textOf(one).toLowerCase() === textOf(other).toLowerCase();
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const [, text, number, name, sign] = TOKEN.exec(expression) ?? [];
    if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll("''", "'") });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else throw new Error(`not understood from ${from}: ${expression}`);
  }
  return tokens;
}
