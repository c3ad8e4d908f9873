import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { parse } from 'yaml';
import { linesOf, parseCommands } from '../action/commands.ts';
import { SECRET_INPUTS } from '../action/leaks.ts';
import { INJECTED, INJECTED_MASK } from './hostile-text.ts';
import type { ScenarioResult } from './run-scenario.ts';
import { MARKS } from './trace.ts';

/** Every error code of a step. INTERNAL means a bug, so no step can end with it, whatever its inputs and responses are. */
export const documentedCodes: readonly string[] = [
  ...'INPUT_MISSING INPUT_INVALID KEY_UNREADABLE KEY_ENCRYPTED KEY_UNSUPPORTED'.split(' '),
  ...'CERTIFICATE_UNREADABLE CERTIFICATE_IS_PRIVATE_KEY CERTIFICATE_EXPIRED CERTIFICATE_MISMATCH'.split(' '),
  ...'CREDENTIALS_REJECTED API_KEY_INACTIVE PERMISSION_DENIED ENVIRONMENT_MISMATCH NOT_FOUND'.split(' '),
  ...'RATE_LIMITED SERVER_ERROR NETWORK_UNREACHABLE TIMED_OUT TLS_FAILED REDIRECTED RESPONSE_INVALID'.split(
    ' ',
  ),
  ...'WORKSPACE_NOT_ALLOWED SEALED_TOKEN_INVALID SEALED_TOKEN_EXPIRED'.split(' '),
];

type Result = Omit<ScenarioResult, 'secrets'>;

/** What is true of every step. The harness also searches the output of every step for secrets. */
export function expectInvariants(result: Result): void {
  expectMaskedInTime(result);
  expectNoInjection(result);
  expectConsistentResult(result);
  expectWithinTimeLimit(result);
}

function withoutMasks(trace: string): string {
  return linesOf(trace)
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
}

/** Every secret is masked before anything is printed, sent, or written after the step learns it. */
function expectMaskedInTime({ inputs, outcome, trace, assertions, tokens, keyForms }: Result): void {
  const lines = linesOf(trace);
  const masked = new Map<string, number>();
  lines.forEach((line, at) => {
    for (const { name, message } of parseCommands(line)) {
      if (name === 'add-mask' && !masked.has(message)) masked.set(message, at);
    }
  });
  const isMask = (line: string): boolean => line.startsWith('::add-mask::');
  const expectMasked = (secret: string, what: string, from: number): void => {
    const next = lines.findIndex((line, at) => at >= from && !isMask(line) && line !== '');
    const late = masksOf(secret).find(
      (form) => (masked.get(form) ?? Infinity) > (next < 0 ? Infinity : next),
    );
    if (late !== undefined)
      throw new Error(`${what} was not masked in time (${late}):\n${withoutMasks(trace)}`);
  };

  for (const name of SECRET_INPUTS) expectMasked(inputs[name]?.trim() ?? '', `the input ${name}`, 0);
  const linesWith = (mark: string): number[] => lines.flatMap((line, at) => (line === mark ? [at] : []));
  const sent = linesWith(MARKS.request);
  const received = linesWith(MARKS.response);
  if (sent.length > 0) for (const form of keyForms) expectMasked(form, 'the key in another form', 0);
  const code = /[?&]code=([^&#\s]+)/.exec(inputs['authorization-code'] ?? '')?.[1];
  if (sent.length > 0 && code !== undefined && inputs['mode'] === 'register')
    expectMasked(decodeURIComponent(code), 'the code in a redirect URL', 0);
  for (const { text, request } of assertions) {
    const at = sent[request] ?? 0;
    if ((masked.get(text) ?? Infinity) > at)
      throw new Error(`assertion ${request} was sent unmasked:\n${withoutMasks(trace)}`);
  }
  tokens.forEach((named, request) => {
    const at = received[request];
    // A shorter value from a server is never masked.
    for (const token of named.filter((text) => text.trim().length >= 8))
      if (at !== undefined) expectMasked(token, 'a token in a response', at + 1);
  });
  const issued = outcome.outputs['access-token'];
  if (issued !== undefined) expectMasked(issued, 'the access token', lines.indexOf(MARKS.output));
}

/**
 * What docs/security.md says is masked: the value, its lines of 8 characters or more, and both as URL, form, and JSON escape
 * them.
 */
function masksOf(secret: string): string[] {
  if (secret.length < 4) return [];
  const isOneLine = !/[\r\n]/.test(secret);
  const lines = secret
    .split(/\r?\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= 8 && !/^-----(BEGIN|END) [A-Z0-9 ]+-----$/.test(line));
  const escaped = [...(isOneLine && !secret.includes('\\n') ? [secret] : []), ...lines].flatMap((line) => {
    const text = Buffer.from(line).toString();
    const form = new URLSearchParams({ '': text }).toString().slice(1);
    return [encodeURIComponent(text), form, JSON.stringify(line).slice(1, -1)];
  });
  // As UTF-8, like the output of a process.
  return [...(isOneLine ? [secret] : []), ...lines, ...escaped].map((form) => Buffer.from(form).toString());
}

const { outputs: OUTPUTS } = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as {
  outputs: Record<string, unknown>;
};

/** No text of a server becomes a workflow command, an output, or a variable. */
function expectNoInjection({ outcome, trace }: Result): void {
  const { outputs, env } = outcome;
  const log = withoutMasks(trace);
  for (const { name, title, message } of parseCommands(log)) {
    expect(['debug', 'notice', 'warning', 'error']).toContain(name);
    expect(title + message.slice(0, INJECTED.length)).not.toContain(INJECTED);
    expect(message).not.toMatch(/^\s*::|##\[/);
  }
  expect(outcome.masks).not.toContain(INJECTED_MASK);
  if (log.includes('##[')) throw new Error(`a command to the runner:\n${log}`);
  expect(Object.keys(outputs).filter((name) => !(name in OUTPUTS))).toEqual([]);
  expect(Object.keys(env).filter((name) => !/^SPRINKLR_(ACCESS_TOKEN|API_KEY|API_URL)$/.test(name))).toEqual(
    [],
  );
}

/** Either one annotation, the same `error-code`, and exit code 1, or none of them and exit code 0. */
function expectConsistentResult({
  outcome: { exitCode, errors, outputs, env, summary, log, shown },
}: Result): void {
  const code = outputs['error-code'];
  if (errors.length === 0) expect([exitCode, code]).toEqual([0, undefined]);
  else {
    if (code === undefined || !documentedCodes.includes(code))
      throw new Error(`ended with ${String(code)}:\n${withoutMasks(log)}`);
    expect([exitCode, errors.map(({ title }) => title), outputs]).toEqual([
      1,
      [code],
      { 'error-code': code },
    ]);
    expect([env, summary]).toEqual([{}, '']);
    expect(errors[0]?.message).not.toMatch(/\p{C}/u);
  }
  if (/^\s+at .+:\d+/m.test(shown)) throw new Error(`a stack trace:\n${shown}`);
}

/** For everything except network activity. */
const TOLERANCE_MS = 3000;

function expectWithinTimeLimit({ inputs, milliseconds }: Result): void {
  const seconds = Number(inputs['timeout-seconds']?.trim() ?? '');
  const limit = seconds >= 5 && seconds <= 600 ? seconds : 60;
  expect(milliseconds).toBeLessThan(limit * 1000 + TOLERANCE_MS);
}
