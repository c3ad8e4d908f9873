import { spawn, type ChildProcess } from 'node:child_process';
import { Console } from 'node:console';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, jest } from '@jest/globals';
import { parse } from 'yaml';
import { run } from '../../src/action/run.ts';
import { bundles } from '../bundles.ts';
import { linesOf, parseCommands } from './commands.ts';
import { expectNoLeak } from './leaks.ts';
import { recordStep } from '../recorded-messages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
};

export type Inputs = Record<string, string>;

export interface Step {
  readonly inputs: Inputs;
  /** Added to the environment of the step; `undefined` removes a variable. */
  readonly env?: Record<string, string | undefined>;
  /** Secrets besides the secret inputs: tokens, codes, encodings of a key. */
  readonly secrets?: readonly string[];
  /** Called when the step, a child process, has been started. */
  readonly onStart?: (step: ChildProcess) => void;
  /** Called with each text as it is printed. */
  readonly onOutput?: (text: string) => void;
}

export interface Outcome {
  readonly exitCode: number | null;
  /** The signal that killed the step. */
  readonly signal: NodeJS.Signals | undefined;
  /** Everything printed, in order, as the runner receives it. */
  readonly log: string;
  /** What a person sees: without masks and debug lines. */
  readonly shown: string;
  readonly errors: readonly Annotation[];
  readonly warnings: readonly Annotation[];
  readonly notices: readonly Annotation[];
  readonly masks: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly milliseconds: number;
}

interface Annotation {
  readonly title: string;
  readonly message: string;
}

type Environment = Record<string, string | undefined>;
type Ended = Pick<Outcome, 'exitCode' | 'log'> & { readonly signal?: NodeJS.Signals };

/** With `TEST_DIST=1`, every step is a child process that runs `dist/index.js`. */
const TEST_DIST = process.env['TEST_DIST'] === '1';

/**
 * Runs the action the way a runner does: with `INPUT_*` (defaults of action.yml included) and the `GITHUB_*` files. After
 * every step it searches everything printed and written for secrets. Steps run from source in this process, one at a
 * time, unless a case needs a process: to receive signals, or because Node itself reads one of its variables.
 */
export async function runStep(step: Step): Promise<Outcome> {
  const needsProcess =
    step.onStart !== undefined || Object.keys(step.env ?? {}).some((name) => name.startsWith('NODE_'));
  return TEST_DIST || needsProcess ? runBundle(step) : runSource(step);
}

/** The same, but always from source in this process, even with `TEST_DIST=1`. */
export function runSource(step: Step): Promise<Outcome> {
  return inTurn(() => observe(step, (env) => runInProcess(env, step)));
}

/** The same, but always as a child process that runs the committed `dist/index.js`. */
export async function runBundle(step: Step): Promise<Outcome> {
  return observe(step, (env) => runProcess(env, step));
}

let lastStep: Promise<unknown> = Promise.resolve();
/** Two steps can't share one `process`. */
function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
  const result = lastStep.then(act);
  lastStep = result.catch(() => undefined);
  return result;
}

async function runInProcess(env: Environment, { onOutput }: Step): Promise<Ended> {
  let log = '';
  const write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = Buffer.from(chunk).toString();
    log += text;
    onOutput?.(text);
    const written = rest.at(-1);
    if (typeof written === 'function') process.nextTick(written);
    return true;
  };
  const before = { env: process.env, exitCode: process.exitCode, console: globalThis.console };
  const output = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(write),
  );
  process.env = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  process.exitCode = 0;
  // Jest's own console does not write to `process.stdout`.
  globalThis.console = new Console(process.stdout, process.stderr);
  try {
    await run();
    return { exitCode: process.exitCode, log };
  } finally {
    for (const stream of output) stream.mockRestore();
    process.env = before.env;
    process.exitCode = before.exitCode;
    globalThis.console = before.console;
  }
}

/** A child that outlives jest's timeout would keep the worker alive. */
const MAX_STEP_MS = 25_000;

async function runProcess(env: Environment, { onStart, onOutput }: Step): Promise<Ended> {
  const child = spawn(process.execPath, [bundles.action], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  const collect = (chunk: Buffer): void => {
    log += chunk.toString();
    onOutput?.(chunk.toString());
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  onStart?.(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), MAX_STEP_MS);
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { exitCode, log, ...(signal && { signal }) };
}

async function observe(
  { inputs, env = {}, secrets = [] }: Step,
  act: (environment: Environment) => Promise<Ended>,
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-step-'));
  const file = (name: string): string => {
    const path = join(folder, name);
    writeFileSync(path, '');
    return path;
  };
  const home = join(folder, 'home');
  mkdirSync(home);
  const environment: Environment = {
    PATH: process.env['PATH'],
    HOME: home,
    RUNNER_TEMP: home,
    TMPDIR: home,
    RUNNER_OS: 'Linux',
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY: 'example/pipeline',
    GITHUB_REPOSITORY_ID: '123456',
    GITHUB_RUN_ID: '987654',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_OUTPUT: file('output'),
    GITHUB_ENV: file('env'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary'),
  };
  for (const [name, { default: value = '' }] of Object.entries(action.inputs))
    environment[inputVariable(name)] = value;
  for (const [name, value] of Object.entries(inputs)) environment[inputVariable(name)] = value;
  Object.assign(environment, env);

  const started = performance.now();
  const { exitCode, signal, log } = await act(environment);
  const milliseconds = performance.now() - started;

  const written = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const commands = parseCommands(log);
  const outcome: Outcome = {
    exitCode,
    signal,
    log,
    shown: shownToPeople(log),
    errors: commands.filter(({ name }) => name === 'error'),
    warnings: commands.filter(({ name }) => name === 'warning'),
    notices: commands.filter(({ name }) => name === 'notice'),
    masks: commands.filter(({ name }) => name === 'add-mask').map(({ message }) => message),
    outputs: parseFile(written('output')),
    env: parseFile(written('env')),
    summary: written('summary'),
    milliseconds,
  };
  const stray = [written('state'), ...readdirSync(home)];
  rmSync(folder, { recursive: true, force: true });
  expect(stray).toEqual(['']);
  expectNoLeak(outcome, inputs, secrets);
  recordStep(outcome);
  return outcome;
}

function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** A runner hides masks and, by default, debug lines. */
function shownToPeople(log: string): string {
  return linesOf(log)
    .filter((line) => !/^::(add-mask|debug)::/.test(line))
    .join('\n');
}

/**
 * Parses the runner's file format: `name<<delimiter`, the value's lines, the delimiter. The runner also accepts
 * `name=value` and duplicate names, but the action must write neither.
 */
function parseFile(text: string): Record<string, string> {
  const block = /^([^\n]+?)<<([^\r\n]+)\r?\n([^]*?)\r?\n\2\r?$/gm;
  const found = [...text.matchAll(block)].map(([, name = '', , value = '']) => [name, value] as const);
  const values = Object.fromEntries(found);
  expect(found).toHaveLength(Object.keys(values).length);
  expect(text.replace(block, '').trim()).toBe('');
  return values;
}
