import channels from 'node:diagnostics_channel';
import { statSync } from 'node:fs';
import { runBundle, runStep, type Outcome, type Step } from '../action/harness.ts';

/** What a step does besides printing, as marks between the lines that it prints. */
export const MARKS = {
  request: '\u0001request',
  response: '\u0001response',
  output: '\u0001output',
} as const;

const EVENTS = {
  'http.client.request.start': MARKS.request,
  'http.client.response.finish': MARKS.response,
} as const;

let trace = '';
for (const [channel, mark] of Object.entries(EVENTS))
  channels.subscribe(channel, () => (trace += `${mark}\n`));

export interface Traced {
  readonly outcome: Outcome;
  /** Everything printed, with marks for each request, each response, and the first output that was written. */
  readonly trace: string;
  /** From the first output to the end: the time limit does not cover the start of a process. */
  readonly milliseconds: number;
}

/** Runs a step and traces it: from source, or dist/ if TEST_DIST is 1. */
export async function traceStep(step: Step): Promise<Traced> {
  if (process.env['TEST_DIST'] === '1') return traceBundle(step);
  trace = '';
  let startedAt: number | undefined;
  const onOutput = (text: string): void => {
    startedAt ??= performance.now();
    const hasOutput = statSync(process.env['GITHUB_OUTPUT'] ?? '').size > 0;
    if (hasOutput && !trace.includes(MARKS.output)) trace += `${MARKS.output}\n`;
    trace += text;
  };
  const outcome = await runStep({ ...step, onOutput });
  return { outcome, trace, milliseconds: performance.now() - (startedAt ?? Infinity) };
}

/** Loaded into the child process before the bundle. */
const preload = `
  import fs from 'node:fs';
  import channels from 'node:diagnostics_channel';
  const print = process.stdout.write.bind(process.stdout);
  let hasOutput = false;
  process.stdout.write = (...args) => {
    if (!hasOutput && fs.statSync(process.env.GITHUB_OUTPUT).size > 0) {
      hasOutput = true;
      print('${MARKS.output}\\n');
    }
    return print(...args);
  };
  for (const [channel, mark] of Object.entries(${JSON.stringify(EVENTS)}))
    channels.subscribe(channel, () => print(mark + '\\n'));`;

/** The same for dist/ in a child process. */
export async function traceBundle(step: Step): Promise<Traced> {
  const code = encodeURIComponent(preload).replaceAll("'", '%27');
  const env = { ...step.env, NODE_OPTIONS: `--import=data:text/javascript,${code}` };
  let startedAt: number | undefined;
  const onOutput = (): void => void (startedAt ??= performance.now());
  const outcome = await runBundle({ ...step, env, onOutput });
  return { outcome, trace: outcome.log, milliseconds: performance.now() - (startedAt ?? Infinity) };
}
