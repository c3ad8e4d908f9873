import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { parse } from 'yaml';
import type { ErrorCode } from '../../src/errors.ts';
import { linesOf, parseCommands } from '../action/commands.ts';
import { SECRET_INPUTS } from '../action/leaks.ts';
import type { Played } from './play.ts';
import { MARKS } from './watching.ts';
import { FALSE_MASK, HACKED } from './words.ts';

/** Every code of interface.md that a step of a workflow can end in, whatever it is given and answered: not INTERNAL. */
const CODES: Record<Exclude<ErrorCode, 'INTERNAL'>, true> = {
  INPUT_MISSING: true,
  INPUT_INVALID: true,
  KEY_UNREADABLE: true,
  KEY_ENCRYPTED: true,
  KEY_UNSUPPORTED: true,
  CERTIFICATE_UNREADABLE: true,
  CERTIFICATE_IS_PRIVATE_KEY: true,
  CERTIFICATE_EXPIRED: true,
  CERTIFICATE_MISMATCH: true,
  CREDENTIALS_REJECTED: true,
  API_KEY_INACTIVE: true,
  PERMISSION_DENIED: true,
  ENVIRONMENT_MISMATCH: true,
  NOT_FOUND: true,
  RATE_LIMITED: true,
  SERVER_ERROR: true,
  NETWORK_UNREACHABLE: true,
  TIMED_OUT: true,
  TLS_FAILED: true,
  REDIRECTED: true,
  RESPONSE_INVALID: true,
  WORKSPACE_NOT_ALLOWED: true,
  SEALED_TOKEN_INVALID: true,
  SEALED_TOKEN_EXPIRED: true,
};
export const documentedCodes: readonly string[] = Object.keys(CODES);

/** All that a judgement needs. */
export type Judged = Omit<Played, 'secrets'>;

/** That no secret shows in any form is the harness's affair, after every step. */
export function expectPromises(played: Judged): void {
  expectMaskedInTime(played);
  expectNoOrders(played);
  expectAgreement(played);
  expectWithinBound(played);
}

/** Without the masks, which would fill the screen. */
function unmasked(trace: string): string {
  return linesOf(trace)
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
}

/** Every secret is masked before the first thing that is printed, sent or written once it is known. */
function expectMaskedInTime({ inputs, outcome, trace, assertions, tokens, keyForms }: Judged): void {
  const lines = linesOf(trace);
  const masked = new Map<string, number>();
  lines.forEach((line, at) => {
    for (const { name, message } of parseCommands(line)) {
      if (name === 'add-mask' && !masked.has(message)) masked.set(message, at);
    }
  });
  const quiet = (line: string): boolean => line.startsWith('::add-mask::');
  const expectMasked = (secret: string, what: string, from: number): void => {
    const loud = lines.findIndex((line, at) => at >= from && !quiet(line) && line !== '');
    const late = masksOf(secret).find(
      (form) => (masked.get(form) ?? Infinity) > (loud < 0 ? Infinity : loud),
    );
    if (late !== undefined) throw new Error(`${what} was not masked in time (${late}):\n${unmasked(trace)}`);
  };

  for (const name of SECRET_INPUTS) expectMasked(inputs[name]?.trim() ?? '', `the input ${name}`, 0);
  const places = (mark: string): number[] => lines.flatMap((line, at) => (line === mark ? [at] : []));
  const sent = places(MARKS.sent);
  const answered = places(MARKS.answered);
  if (sent.length > 0) for (const form of keyForms) expectMasked(form, 'the key in another form', 0);
  const code = /[?&]code=([^&#\s]+)/.exec(inputs['authorization-code'] ?? '')?.[1];
  if (sent.length > 0 && code !== undefined && inputs['mode'] === 'register')
    expectMasked(decodeURIComponent(code), 'the code in an address', 0);
  for (const { text, request } of assertions) {
    const at = sent[request] ?? 0;
    if ((masked.get(text) ?? Infinity) > at)
      throw new Error(`assertion ${request} was sent unmasked:\n${unmasked(trace)}`);
  }
  tokens.forEach((named, request) => {
    const at = answered[request];
    for (const token of named) if (at !== undefined) expectMasked(token, 'a token in an answer', at + 1);
  });
  const given = outcome.outputs['access-token'];
  if (given !== undefined) expectMasked(given, 'the access token', lines.indexOf(MARKS.written));
}

/** What docs/security.md says is masked of a value: itself and its lines, and how URL, form and JSON escape them. */
function masksOf(secret: string): string[] {
  if (secret.length < 4) return [];
  const lines = secret.split(/\r?\n|\\n/).map((line) => line.trim());
  const forms = lines
    .filter((line) => !/^-----(BEGIN|END) [A-Z0-9 ]+-----$/.test(line))
    .flatMap((line) => {
      const text = Buffer.from(line).toString();
      const form = new URLSearchParams({ '': text }).toString().slice(1);
      return [line, encodeURIComponent(text), form, JSON.stringify(line).slice(1, -1)];
    })
    .filter((form) => form.length >= 8);
  // As a pipe hands them on.
  return [...(/[\r\n]/.test(secret) ? [] : [secret]), ...forms].map((form) => Buffer.from(form).toString());
}

const { outputs: OUTPUTS } = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as {
  outputs: Record<string, unknown>;
};

/** No text of a server is a command to the runner, nor an output or variable of its own. */
function expectNoOrders({ outcome, trace }: Judged): void {
  const { outputs, env } = outcome;
  const loud = unmasked(trace);
  for (const { name, title, message } of parseCommands(loud)) {
    expect(['debug', 'notice', 'warning', 'error']).toContain(name);
    expect(title + message.slice(0, HACKED.length)).not.toContain(HACKED);
    expect(message).not.toMatch(/^\s*::|##\[/);
  }
  expect(outcome.masks).not.toContain(FALSE_MASK);
  if (loud.includes('##[')) throw new Error(`an order to the runner:\n${loud}`);
  expect(Object.keys(outputs).filter((name) => !(name in OUTPUTS))).toEqual([]);
  expect(Object.keys(env).filter((name) => !/^SPRINKLR_(ACCESS_TOKEN|API_KEY|API_URL)$/.test(name))).toEqual(
    [],
  );
}

/** One annotation and `error-code` with the same documented code and exit code 1, or none of them and exit code 0. */
function expectAgreement({ outcome: { exitCode, errors, outputs, env, summary, log, shown } }: Judged): void {
  const code = outputs['error-code'];
  if (errors.length === 0) expect([exitCode, code]).toEqual([0, undefined]);
  else {
    if (code === undefined || !documentedCodes.includes(code))
      throw new Error(`ended in ${String(code)}:\n${unmasked(log)}`);
    expect([exitCode, errors.map(({ title }) => title), outputs]).toEqual([
      1,
      [code],
      { 'error-code': code },
    ]);
    expect([env, summary]).toEqual([{}, '']);
    expect(errors[0]?.message).not.toMatch(/\p{C}/u);
  }
  if (/^\s+at .+:\d+/m.test(shown)) throw new Error(`a stack:\n${shown}`);
}

/** For everything besides the network. */
const SLACK_MS = 3000;

function expectWithinBound({ inputs, outcome }: Judged): void {
  const given = Number(inputs['timeout-seconds']?.trim() ?? '');
  const bound = given >= 5 && given <= 600 ? given : 60;
  expect(outcome.milliseconds).toBeLessThan(bound * 1000 + SLACK_MS);
}
