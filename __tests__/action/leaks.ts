import { expect } from '@jest/globals';
import { linesOf, parseCommands } from './commands.ts';
import type { Inputs, Outcome } from './harness.ts';

/** Those of interface.md. Written out, as the action's own list would forget here what it forgets there. */
export const SECRET_INPUTS = [
  ...['private-key', 'private-key-passphrase', 'api-key', 'api-secret', 'access-token', 'authorization-code'],
  ...['mtls-private-key', 'mtls-passphrase'],
];

/**
 * Looks for every secret, in every form that somebody could print it in, in everything that the step printed or
 * wrote: only its masks, and the outputs and variables meant for it, may hold it, and those have to be masked.
 */
export function expectNoLeak(outcome: Outcome, inputs: Inputs, known: readonly string[]): void {
  const { masks, outputs, env } = outcome;
  const token = outputs['access-token'];
  const secrets = [
    // Of an address that was pasted for a code, only the query is secret.
    ...SECRET_INPUTS.map((name) => (inputs[name] ?? '').trim().replace(/^\w+:[^?]*\?/, '')),
    ...known,
    ...(token === undefined ? [] : [token]),
  ];

  const others = (values: Readonly<Record<string, string>>, meant: readonly string[]): string[] =>
    Object.entries(values).flatMap(([name, value]) => (meant.includes(name) ? [] : [value]));
  const everything = [
    ...linesOf(outcome.log).flatMap(shownOf),
    outcome.summary,
    ...others(outputs, ['access-token']),
    ...others(env, ['SPRINKLR_ACCESS_TOKEN', 'SPRINKLR_API_KEY']),
  ].join('\n');
  expectNone(everything, secrets);
  for (const secret of [token, env['SPRINKLR_API_KEY']]) {
    // Shorter ones are not masked (docs/security.md).
    if (secret !== undefined && secret.length >= 4) expect(masks).toContain(secret);
  }
}

/** A line as the runner shows it: without masks, and unescaped, or a percent sign would hide what follows it. */
function shownOf(line: string): string[] {
  const [command] = parseCommands(line);
  if (command === undefined) return [line];
  const { name, title, message } = command;
  if (name === 'add-mask') return [];
  return ['debug', 'notice', 'warning', 'error'].includes(name) ? [title, message] : [line];
}

/** Throws if a text holds one of these secrets, or sixteen characters of one in a row, in any form. */
export function expectNone(text: string, secrets: readonly string[]): void {
  const haystack = text.toLowerCase();
  const blocks = new Set(Array.from({ length: haystack.length }, (_, at) => haystack.slice(at, at + BLOCK)));
  for (const secret of new Set(secrets)) {
    for (const [form, trace] of formsOf(secret)) {
      if (haystack.includes(trace)) throw new Error(`leaked ${form} of a secret:\n${text}`);
      const fragment = fragmentIn(haystack, blocks, trace);
      if (fragment) throw new Error(`leaked ${fragment}, of the ${form} of a secret:\n${text}`);
    }
  }
}

/** Fragments as short as words of a log prove nothing. */
const SHORTEST = 8;
const FRAGMENT = 16;
/** Any sixteen characters in a row of a form hold eight that start at a multiple of eight: only those need a look. */
const BLOCK = FRAGMENT / 2;

function fragmentIn(haystack: string, blocks: ReadonlySet<string>, form: string): string | undefined {
  for (let at = 0; at + BLOCK <= form.length; at += BLOCK) {
    if (!blocks.has(form.slice(at, at + BLOCK))) continue;
    for (let start = Math.max(0, at - BLOCK); start <= at; start++) {
      const fragment = form.slice(start, start + FRAGMENT);
      if (fragment.length === FRAGMENT && haystack.includes(fragment)) return fragment;
    }
  }
  return undefined;
}

const known = new Map<string, [form: string, text: string][]>();
/** In small letters; remembered, as tests share their keys. */
function formsOf(secret: string): [form: string, text: string][] {
  const forms = known.get(secret) ?? makeForms(secret);
  if (known.size > 1000) known.clear();
  known.set(secret, forms);
  return forms;
}

function makeForms(secret: string): [form: string, text: string][] {
  // By way of UTF-8, as a lone surrogate has no other encoding.
  const bytes = Buffer.from(unframed(secret));
  const text = bytes.toString();
  const forms: Record<string, string> = {
    raw: unframed(secret),
    percent: encodeURIComponent(text),
    form: new URLSearchParams({ '': text }).toString().slice(1),
    json: JSON.stringify(unframed(secret)).slice(1, -1),
    hex: bytes.toString('hex'),
  };
  // In the base64 of a longer text, a value may start at any byte of a group of three.
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    for (const encoding of ['base64', 'base64url'] as const) {
      const encoded = shifted.toString(encoding).replace(/=+$/, '');
      forms[`${encoding}, ${shift} bytes on`] = encoded.slice(
        shift === 0 ? 0 : 4,
        encoded.length - (shift && 1),
      );
    }
  }
  unframed(secret)
    .split(/\r?\n|\\n/)
    .forEach((line, index) => (forms[`line ${index}`] = line.trim()));
  return Object.entries(forms)
    .filter(([, form]) => form.length >= SHORTEST)
    .map(([name, form]) => [name, form.toLowerCase()]);
}

/** The frame round a PEM body says nothing, and messages tell of it. */
function unframed(text: string): string {
  return text.replace(/\s*-----(BEGIN|END)[A-Z0-9 ]*(-----)?\s*/g, '');
}
