/** Records what the tests see printed, from which slow/messages.slow.ts makes docs/messages.md. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { adviceFor } from '../src/action/advice.ts';
import type { ActionError } from '../src/errors.ts';
import type { Outcome } from './action/harness.ts';

/** The folder to record to, if the page is updated. */
const { RECORD_MESSAGES } = process.env;

/** The section of the page, and the message. */
export type Recorded = readonly [section: string, text: string];

export function recordStep({ errors, warnings, notices, log, summary }: Outcome): void {
  const lines = log.split('\n');
  const debugLines = lines.filter((line) => line.startsWith('::debug::'));
  record([
    ...errors.map(({ title, message }) => [title, message] as const),
    ...warnings.map(({ message }) => ['Warnings', `Warning: ${message}`] as const),
    ...notices.map(({ message }) => ['Notices', `Notice: ${message}`] as const),
    ['Job summary', summary],
    ...lines.filter((line) => !line.startsWith('::')).map((line) => ['Log', line] as const),
    ...debugLines.map((line) => ['Debug log', line.slice(9).replace(/%0A.*/, '')] as const),
  ]);
}

/** An error that a test catches, as the action prints it. */
export function recordError(error: ActionError): ActionError {
  record([
    [error.code, [error.message, error.remedy, adviceFor(error)].filter((text) => text !== '').join(' ')],
  ]);
  return error;
}

/** @param texts what the command printed, by message */
export function recordCommand(args: readonly string[], texts: readonly string[]): void {
  const [command = ''] = args;
  const section = /^(setup|token|exec|register|keygen|doctor|simulate|demo)$/.test(command)
    ? `sprinklr-token ${command}`
    : 'sprinklr-token';
  if (RECORD_MESSAGES === undefined || args.some((arg) => /^(help|--help|-h)$/.test(arg))) return;
  record(texts.flatMap((text) => asPrinted(stripVTControlCharacters(text))).map((text) => [section, text]));
}

type Check = Record<'name' | 'status' | 'found' | 'code' | 'remedy', string | undefined>;

/** The checks of a JSON report as a person sees them. Other JSON is for scripts. */
function asPrinted(text: string): string[] {
  if (!/^\{[^]*\}\n$/.test(text)) return [text];
  const { checks = [] } = JSON.parse(text) as { checks?: Check[] };
  return checks.map(({ name, status = '', found, code, remedy }) => {
    const line = `  ${status.padEnd(7)}  ${name}: ${found}`;
    return `${line}${code === undefined ? '' : ` (${code})`}\n${remedy === undefined ? '' : `           ${remedy}`}`;
  });
}

function record(messages: readonly Recorded[]): void {
  if (RECORD_MESSAGES === undefined) return;
  const lines = messages
    .filter(([, text]) => text.trim() !== '')
    .map((message) => `${JSON.stringify(message)}\n`);
  appendFileSync(join(RECORD_MESSAGES, `${process.pid}.jsonl`), lines.join(''));
}
