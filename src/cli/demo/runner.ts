import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Io } from '../io.ts';

export interface StepRun {
  readonly exitCode: number;
  /** The log as GitHub shows it: masks applied, commands rendered. */
  readonly log: string[];
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the action beside this program as a GitHub runner does: inputs in `INPUT_*`, the `GITHUB_*` files, masks. */
export async function runStep(io: Io, inputs: Readonly<Record<string, string>>): Promise<StepRun> {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-'));
  const files = Object.fromEntries(
    ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY'].map((name) => {
      const path = join(folder, name);
      writeFileSync(path, '', { mode: 0o600 });
      return [name, path];
    }),
  );
  try {
    const action = join(dirname(realpathSync(io.program)), 'index.js');
    const env: NodeJS.ProcessEnv = { ...io.env, ...files };
    for (const [name, value] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = value;
    const { exitCode, printed } = await runProgram(action, env);
    const outputs = parseOutputs(readFileSync(join(folder, 'GITHUB_OUTPUT'), 'utf8'));
    return { exitCode, outputs, log: render(printed) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runProgram(
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<{ exitCode: number; printed: string }> {
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? 1);
    });
  });
  return { exitCode, printed: Buffer.concat(chunks).toString() };
}

/** The format of GITHUB_OUTPUT: `name<<delimiter`, the value's lines, the delimiter. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [, name = '', , value = ''] of text.matchAll(/^(.+?)<<(.+?)\r?\n([^]*?)\r?\n\2\r?$/gm))
    outputs[name] = value;
  return outputs;
}

/**
 * Runs workflow commands as a runner does: a mask hides what follows it, annotations get a heading, debug lines are
 * omitted.
 */
function render(printed: string): string[] {
  const masks: string[] = [];
  const lines: string[] = [];
  const show = (line: string): void => {
    if (line === '') return;
    const longestFirst = [...masks].sort((a, b) => b.length - a.length);
    lines.push(longestFirst.reduce((shown, mask) => shown.replaceAll(mask, '***'), line));
  };
  for (const line of printed.split(/\r?\n/)) {
    const [, command, message = ''] = /^::([a-z-]+)[^:]*::(.*)$/.exec(line) ?? [];
    const text = message.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
    if (command === 'add-mask') masks.push(text);
    else if (command === undefined) show(line);
    else if (command !== 'debug') show(`${command.charAt(0).toUpperCase()}${command.slice(1)}: ${text}`);
  }
  return lines;
}
