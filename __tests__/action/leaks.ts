import { expect } from '@jest/globals';
import { SECRET_INPUTS } from '../../src/action/input-reader.ts';
import type { Inputs, Outcome } from './harness.ts';

/**
 * Looks for every secret, in every form that somebody could print it in, in everything that the step printed or
 * wrote: only its masks, and the outputs and variables meant for it, may hold it, and those have to be masked.
 */
export function expectNoLeak(outcome: Outcome, inputs: Inputs, known: readonly string[]): void {
  const { masks, outputs, env } = outcome;
  const token = outputs['access-token'];
  const secrets = [
    ...SECRET_INPUTS.map((name) => inputs[name] ?? ''),
    ...known,
    ...(token === undefined ? [] : [token]),
  ];

  const others = (values: Readonly<Record<string, string>>, meant: readonly string[]): string[] =>
    Object.entries(values).flatMap(([name, value]) => (meant.includes(name) ? [] : [value]));
  const everything = [
    outcome.log.replace(/^::add-mask::.*$/gm, ''),
    outcome.summary,
    ...others(outputs, ['access-token', 'sealed-token']),
    ...others(env, ['SPRINKLR_ACCESS_TOKEN', 'SPRINKLR_API_KEY']),
  ].join('\n');
  expectNone(everything, secrets);
  for (const secret of [token, env['SPRINKLR_API_KEY']]) {
    if (secret !== undefined) expect(masks).toContain(secret);
  }
}

/** Throws if a text holds one of these secrets, in any form. */
export function expectNone(text: string, secrets: readonly string[]): void {
  const haystack = text.toLowerCase();
  for (const secret of new Set(secrets)) {
    for (const [form, trace] of Object.entries(formsOf(secret))) {
      if (haystack.includes(trace.toLowerCase())) throw new Error(`leaked ${form} of a secret:\n${text}`);
    }
  }
}

/** Fragments as short as words of a log prove nothing. */
const SHORTEST = 8;

function formsOf(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret);
  const forms: Record<string, string> = {
    raw: secret,
    percent: encodeURIComponent(bytes.toString()),
    form: new URLSearchParams({ '': secret }).toString().slice(1),
    base64: bytes.toString('base64').replace(/=+$/, ''),
    base64url: bytes.toString('base64url'),
    hex: bytes.toString('hex'),
    json: JSON.stringify(secret).slice(1, -1),
  };
  secret.split(/\r?\n|\\n/).forEach((line, index) => {
    if (!/-----(BEGIN|END)/.test(line)) forms[`line ${index}`] = line.trim();
  });
  return Object.fromEntries(Object.entries(forms).filter(([, text]) => text.length >= SHORTEST));
}
