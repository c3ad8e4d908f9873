import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** A text in `src/`. `undefined` is a value that is known only at run time. */
export interface Template {
  readonly place: string;
  readonly parts: readonly (string | undefined)[];
}

/**
 * The string literals, templates, and their concatenations in `src/` that contain two words in a row. Without the
 * simulator, whose texts imitate Sprinklr's, except for the grammar of faults, which help and errors explain.
 */
export function messageTemplates(): Template[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?!simulator).*(?<!\.d)\.ts$|fault-grammar/.test(file))
    .sort()
    .flatMap((file) => {
      const text = readFileSync(src + file, 'utf8');
      const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
      return [...templatesIn(source)].map(({ node, parts }) => ({
        place: `src/${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`,
        parts,
      }));
    })
    .filter(({ parts }) => parts.some((part) => isProse(part ?? '')));
}

export function isProse(text: string): boolean {
  return /[A-Za-z]{2,}[,:;.]? [a-z`]+/.test(text);
}

function* templatesIn(node: ts.Node): Generator<{ node: ts.Node; parts: Template['parts'] }> {
  const parts = partsOf(node);
  if (parts === undefined) {
    // action.yml and the README show the descriptions of inputs.
    if (ts.isPropertyAssignment(node) && ['description', 'group'].includes(node.name.getText())) return;
    for (const child of node.getChildren()) yield* templatesIn(child);
    return;
  }
  yield { node, parts };
  for (const value of valuesIn(node)) yield* templatesIn(value);
}

/** Undefined if the node is not a text. */
function partsOf(node: ts.Node): Template['parts'] | undefined {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.flatMap(({ literal }) => [undefined, literal.text])];
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [partsOf(node.left), partsOf(node.right)];
  if (left === undefined && right === undefined) return undefined;
  return [...(left ?? [undefined]), ...(right ?? [undefined])].reduce<(string | undefined)[]>(
    joinLiterals,
    [],
  );
}

function joinLiterals(
  parts: readonly (string | undefined)[],
  part: string | undefined,
): (string | undefined)[] {
  const last = parts.at(-1);
  return part === undefined || last === undefined ? [...parts, part] : [...parts.slice(0, -1), last + part];
}

/** What a text contains that can have texts of its own. */
function valuesIn(node: ts.Node): ts.Node[] {
  if (ts.isTemplateExpression(node)) return node.templateSpans.map(({ expression }) => expression);
  if (!ts.isBinaryExpression(node)) return [];
  return [node.left, node.right].flatMap((side) => (partsOf(side) === undefined ? [side] : valuesIn(side)));
}
