import { expect } from '@jest/globals';
import { linesOf, parseCommands } from './commands.ts';
import type { Inputs, Outcome } from './harness.ts';

/** A copy of the documented list, because the action's own list would repeat its omissions here. */
export const SECRET_INPUTS = [
  ...['private-key', 'private-key-passphrase', 'api-key', 'api-secret', 'access-token', 'authorization-code'],
  ...['mtls-private-key', 'mtls-passphrase'],
];

/**
 * Searches everything that a step printed or wrote for every secret, in every encoding. Only the masks and the outputs and
 * variables for it can contain a secret, and those must be masked.
 */
export function expectNoLeak(outcome: Outcome, inputs: Inputs, known: readonly string[]): void {
  const { masks, outputs, env } = outcome;
  const token = outputs['access-token'];
  const secrets = [
    // Only the query of a pasted redirect URL is secret.
    ...SECRET_INPUTS.map((name) => (inputs[name] ?? '').trim().replace(/^\w+:[^?]*\?/, '')),
    ...known,
    ...(token === undefined ? [] : [token]),
  ];

  const except = (values: Readonly<Record<string, string>>, names: readonly string[]): string[] =>
    Object.entries(values).flatMap(([name, value]) => (names.includes(name) ? [] : [value]));
  const everything = [
    ...linesOf(outcome.log).flatMap(visibleParts),
    outcome.summary,
    ...except(outputs, ['access-token']),
    ...except(env, ['SPRINKLR_ACCESS_TOKEN', 'SPRINKLR_API_KEY']),
  ].join('\n');
  expectNone(everything, secrets);
  for (const secret of [token, env['SPRINKLR_API_KEY']]) {
    // Shorter ones are not masked (docs/security.md).
    if (secret !== undefined && secret.length >= 4) expect(masks).toContain(secret);
  }
}

/** A line as the runner displays it: masks removed, and unescaped. */
function visibleParts(line: string): string[] {
  const [command] = parseCommands(line);
  if (command === undefined) return [line];
  const { name, title, message } = command;
  if (name === 'add-mask') return [];
  return ['debug', 'notice', 'warning', 'error'].includes(name) ? [title, message] : [line];
}

/** Throws if a text contains one of these secrets or sixteen consecutive characters of one, in any encoding. */
export function expectNone(text: string, secrets: readonly string[]): void {
  const searched = text.toLowerCase();
  const blocks = new Set(Array.from({ length: searched.length }, (_, at) => searched.slice(at, at + BLOCK)));
  for (const secret of new Set(secrets)) {
    for (const [encoding, encoded] of encodingsOf(secret)) {
      if (searched.includes(encoded)) throw new Error(`leaked ${encoding} of a secret:\n${text}`);
      const fragment = fragmentIn(searched, blocks, encoded);
      if (fragment) throw new Error(`leaked ${fragment}, of the ${encoding} of a secret:\n${text}`);
    }
  }
}

/** Shorter fragments also occur by chance. */
const MIN_LENGTH = 8;
const FRAGMENT = 16;
/** Any sixteen consecutive characters contain eight that start at a multiple of eight, so only those are looked up. */
const BLOCK = FRAGMENT / 2;

function fragmentIn(searched: string, blocks: ReadonlySet<string>, form: string): string | undefined {
  for (let at = 0; at + BLOCK <= form.length; at += BLOCK) {
    if (!blocks.has(form.slice(at, at + BLOCK))) continue;
    for (let start = Math.max(0, at - BLOCK); start <= at; start++) {
      const fragment = form.slice(start, start + FRAGMENT);
      if (fragment.length === FRAGMENT && searched.includes(fragment)) return fragment;
    }
  }
  return undefined;
}

const cache = new Map<string, [name: string, text: string][]>();
/** In lowercase, and cached, because tests share their keys. */
function encodingsOf(secret: string): [name: string, text: string][] {
  const encodings = cache.get(secret) ?? encode(secret);
  if (cache.size > 1000) cache.clear();
  cache.set(secret, encodings);
  return encodings;
}

function encode(secret: string): [name: string, text: string][] {
  // As UTF-8, because a lone surrogate can't be percent-encoded.
  const bytes = Buffer.from(withoutPemBoundaries(secret));
  const text = bytes.toString();
  const forms: Record<string, string> = {
    raw: withoutPemBoundaries(secret),
    percent: encodeURIComponent(text),
    form: new URLSearchParams({ '': text }).toString().slice(1),
    json: JSON.stringify(withoutPemBoundaries(secret)).slice(1, -1),
    hex: bytes.toString('hex'),
  };
  // In the base64 of a longer text, a value can start at any byte of a group of three.
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    for (const encoding of ['base64', 'base64url'] as const) {
      const encoded = shifted.toString(encoding).replace(/=+$/, '');
      forms[`${encoding} at offset ${shift}`] = encoded.slice(
        shift === 0 ? 0 : 4,
        encoded.length - (shift && 1),
      );
    }
  }
  withoutPemBoundaries(secret)
    .split(/\r?\n|\\n/)
    .forEach((line, index) => (forms[`line ${index}`] = line.trim()));
  return Object.entries(forms)
    .filter(([, form]) => form.length >= MIN_LENGTH)
    .map(([name, form]) => [name, form.toLowerCase()]);
}

/** PEM boundaries are not secret, and messages mention them. */
function withoutPemBoundaries(text: string): string {
  return text.replace(/\s*-----(BEGIN|END)[A-Z0-9 ]*(-----)?\s*/g, '');
}
