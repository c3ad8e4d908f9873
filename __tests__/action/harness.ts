import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { parse } from 'yaml';
import { bundles, needsProcess, runInside } from '../inside.ts';
import { linesOf, parseCommands } from './commands.ts';
import { expectNoLeak } from './leaks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
};

export type Inputs = Record<string, string>;

export interface Step {
  readonly inputs: Inputs;
  /** Added to the environment of the step; `undefined` takes a variable away. */
  readonly env?: Record<string, string | undefined>;
  /** What the test itself knows to be secret besides the secret inputs: tokens, codes, forms of a key. */
  readonly secrets?: readonly string[];
  /** Called once the step is running. */
  readonly started?: (step: ChildProcess) => void;
  /** Called with what is printed, when it is printed. */
  readonly printed?: (text: string) => void;
}

export interface Outcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Everything printed, in order, as the runner receives it. */
  readonly log: string;
  /** What a person sees: without the commands that the runner keeps to itself. */
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

/** A step that outlives the patience of jest would keep its worker alive for ever. */
const LONGEST_STEP_MS = 25_000;

/**
 * Runs the committed bundle as a runner does: a child process with `INPUT_*` (defaults of action.yml included) and
 * the `GITHUB_*` files. After every run it looks for secrets in everything printed and written, and for anything written
 * elsewhere. With STEPS=inside it is
 * no child process where it need not be one: what happens in those, mutation testing does not see.
 */
export async function runStep(step: Step): Promise<Outcome> {
  if (process.env['STEPS'] === 'inside' && !step.started && !needsProcess(step.env)) return runVariant(step);
  return observe(step, (environment) => runAsProcess(environment, step));
}

/**
 * The same for one more variant of what a child process has been seen to do: the same bundle, variables and files, but
 * within this process, as a hundred variants need not start Node a hundred times. With STEPS=processes they do.
 */
export async function runVariant(step: Omit<Step, 'started'>): Promise<Outcome> {
  if (needsProcess(step.env)) return runStep(step);
  return observe(step, async (env) => {
    const { printed } = step;
    const { exitCode, stdout, stderr } = await runInside('action', { env, ...(printed && { printed }) });
    return { exitCode, log: stdout + stderr };
  });
}

type Environment = Record<string, string | undefined>;
type Ended = Pick<Outcome, 'exitCode' | 'log'> & { readonly signal?: NodeJS.Signals | null };

async function observe(
  { inputs, env = {}, secrets = [] }: Step,
  run: (environment: Environment) => Promise<Ended>,
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

  const begun = performance.now();
  const { exitCode, signal = null, log } = await run(environment);
  const milliseconds = performance.now() - begun;

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
  const elsewhere = [written('state'), ...readdirSync(home)];
  rmSync(folder, { recursive: true, force: true });
  expect(elsewhere).toEqual(['']);
  expectNoLeak(outcome, inputs, secrets);
  return outcome;
}

async function runAsProcess(
  environment: Environment,
  { started, printed }: Pick<Step, 'started' | 'printed'>,
): Promise<Ended> {
  const child = spawn(process.execPath, [bundles.action], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const collect = (chunk: Buffer): void => {
    log += chunk.toString();
    printed?.(chunk.toString());
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  started?.(child);
  const watchdog = setTimeout(() => child.kill('SIGKILL'), LONGEST_STEP_MS);
  return new Promise((resolve) => {
    child.on('close', (exitCode, signal) => {
      clearTimeout(watchdog);
      resolve({ exitCode, signal, log });
    });
  });
}

function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** A runner hides masks and, unless asked for them, debug lines. */
function shownToPeople(log: string): string {
  return linesOf(log)
    .filter((line) => !/^::(add-mask|debug)::/.test(line))
    .join('\n');
}

/**
 * The runner's file format: `name<<delimiter`, the value's lines, the delimiter. The runner also takes `name=value`, and
 * the last of several values; no step of ours is to write either.
 */
function parseFile(text: string): Record<string, string> {
  const block = /^([^\n]+?)<<([^\r\n]+)\r?\n([^]*?)\r?\n\2\r?$/gm;
  const found = [...text.matchAll(block)].map(([, name = '', , value = '']) => [name, value] as const);
  const values = Object.fromEntries(found);
  expect(found).toHaveLength(Object.keys(values).length);
  expect(text.replace(block, '').trim()).toBe('');
  return values;
}
