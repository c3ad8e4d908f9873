import { ActionError } from '../errors.ts';
import type { ReadInput } from './parsers.ts';

/** Placeholders that were never replaced, and why. A longer value that contains one is accepted: it can be a secret. */
const PLACEHOLDERS: readonly [pattern: RegExp, problem: string][] = [
  [/^\$\{\{.*\}\}$|^\{\{.*\}\}$/s, 'is an expression that was not evaluated'],
  [/^(secrets|vars)\.\w+$/, 'is the name of a secret or variable, not its value. Wrap it in `${{ … }}`'],
  [/^\$([A-Z_][A-Z0-9_]*|\{[A-Z_][A-Z0-9_]*\})$/, 'is the name of a shell variable, not its value'],
  [/^(null|undefined|None)$/, 'is what a script or template writes for a missing value'],
];

/** Filled in by the runner, and some runners leave it unevaluated. */
const EXEMPT = 'strategy-job-total';

/**
 * Rejects an input whose whole value is a placeholder, before anything is sent.
 *
 * @throws {ActionError} INPUT_INVALID
 */
export function rejectPlaceholder(name: string, read: ReadInput): void {
  if (name === EXEMPT) return;
  const text = read(name).trim();
  const problem = PLACEHOLDERS.find(([pattern]) => pattern.test(text))?.[1];
  if (problem === undefined) return;
  throw new ActionError('INPUT_INVALID', `\`${name}\` ${problem}.`, { remedy: '', inputs: [name] });
}
