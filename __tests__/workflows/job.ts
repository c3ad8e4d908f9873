import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseCommands } from '../action/commands.ts';
import { parseFile, runStep, type Outcome } from '../action/harness.ts';
import { fillIn, holds, textOf, type Contexts, type Status } from './expressions.ts';
import { onlyKeys, type Job, type JobResult, type Step, type Texts, type World } from './model.ts';

const ACTION = 'org/sprinklr-token@v1';
const action = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as {
  inputs: Record<string, { default?: string }>;
};

/** Runs the steps of one job as a runner does, on a machine of its own: nothing but its outputs leaves it. */
export async function runJob(job: Job, contexts: Contexts, world: World): Promise<JobResult> {
  onlyKeys(job, [
    'name',
    'runs-on',
    'needs',
    'strategy',
    'concurrency',
    'environment',
    'outputs',
    'env',
    'steps',
    'timeout-minutes',
  ]);
  const runner = new Runner(world, contexts);
  runner.environment(job.env ?? {});
  for (const step of job.steps ?? []) await runner.step(step);
  return {
    result: runner.status,
    outputs: runner.outputs(job.outputs ?? {}),
    log: runner.log,
    steps: runner.steps,
  };
}

class Runner {
  status: Status = 'success';
  /** What a person reads. */
  log = '';
  /** Every step of the action, in order. */
  readonly steps: Outcome[] = [];

  readonly #world: World;
  readonly #contexts: Contexts;
  readonly #masks: Set<string>;
  readonly #env: Texts = {};
  readonly #done: Record<string, { outcome: string; conclusion: string; outputs: Texts }> = {};

  constructor(world: World, contexts: Contexts) {
    this.#world = world;
    this.#masks = new Set(world.secrets.flatMap(linesOf));
    this.#contexts = { ...contexts, steps: this.#done, env: this.#env };
  }

  environment(env: Record<string, unknown>): void {
    Object.assign(this.#env, this.#filledIn(env));
  }

  async step(step: Step): Promise<void> {
    onlyKeys(step, ['name', 'id', 'if', 'uses', 'with', 'run', 'env', 'continue-on-error']);
    if (!holds(step.if ?? 'success()', this.#contexts, this.status)) {
      this.#record(step, { outcome: 'skipped', outputs: {} });
      return;
    }
    const env = { ...this.#env, ...this.#filledIn(step.env ?? {}) };
    // Before a step starts, the runner prints what it was given.
    this.#print(
      [...Object.entries(this.#filledIn(step.with ?? {})), ...Object.entries(env)]
        .map((pair) => pair.join(': '))
        .join('\n'),
    );
    const { exitCode, outputs, exported, printed } =
      step.uses === ACTION ? await this.#action(step, env) : await this.#script(step, env);
    for (const { name, message } of parseCommands(printed)) {
      if (name === 'add-mask') for (const line of linesOf(message)) this.#masks.add(line);
    }
    this.#print(printed.replace(/^::(add-mask|debug)::.*$/gm, ''));
    Object.assign(this.#env, exported);
    this.#record(step, { outcome: exitCode === 0 ? 'success' : 'failure', outputs });
  }

  /** Like GitHub, passes nothing on in which a masked value stands, with no more than a warning. */
  outputs(map: Record<string, unknown>): Texts {
    const kept = Object.entries(this.#filledIn(map)).filter(([name, value]) => {
      if (value === '') return false;
      const clean = this.#masked(value) === value;
      if (!clean) this.log += `Warning: Skip output '${name}' since it may contain secret.\n`;
      return clean;
    });
    return Object.fromEntries(kept);
  }

  async #action(step: Step, env: Texts): Promise<Ran> {
    const given = this.#filledIn(step.with ?? {});
    const defaults = Object.fromEntries(
      Object.entries(action.inputs).map(([name, { default: value = '' }]) => [name, value]),
    );
    for (const name of Object.keys(given)) if (!(name in defaults)) throw new Error(`no input ${name}`);
    const inputs = { ...this.#filledIn(defaults), ...given };
    if (inputs['base-url'] === '') inputs['base-url'] = this.#world.baseUrl;
    const outcome = await runStep({ inputs, env: { ...env, ...this.#world.runnerEnv } });
    this.steps.push(outcome);
    return {
      exitCode: outcome.exitCode,
      outputs: outcome.outputs,
      exported: outcome.env,
      printed: outcome.log,
    };
  }

  async #script(step: Step, env: Texts): Promise<Ran> {
    if (step.run === undefined || step.uses !== undefined)
      throw new Error(`no step that is known: ${step.uses ?? ''}`);
    const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-job-'));
    const file = (name: string, text = ''): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const script = file('script.sh', textOf(fillIn(step.run, this.#contexts)));
    const environment = {
      PATH: process.env['PATH'],
      ...this.#world.runnerEnv,
      GITHUB_EVENT_PATH: file('event.json', JSON.stringify({ inputs: this.#world.inputs })),
      GITHUB_OUTPUT: file('output'),
      GITHUB_ENV: file('env'),
      GITHUB_STEP_SUMMARY: file('summary'),
      ...env,
    };
    const [exitCode, printed] = await new Promise<[number, string]>((resolve) => {
      const args = ['--noprofile', '--norc', '-eo', 'pipefail', script];
      const child = execFile('bash', args, { env: environment }, (_, stdout, stderr) => {
        resolve([child.exitCode ?? 1, stdout + stderr]);
      });
    });
    const written = (name: string): Texts => parseFile(readFileSync(join(folder, name), 'utf8'));
    const ran = { exitCode, outputs: written('output'), exported: written('env'), printed };
    rmSync(folder, { recursive: true });
    return ran;
  }

  #record(step: Step, { outcome, outputs }: { outcome: string; outputs: Texts }): void {
    const forgiven = outcome === 'failure' && step['continue-on-error'] === true;
    const conclusion = forgiven ? 'success' : outcome;
    if (conclusion === 'failure') this.status = 'failure';
    if (step.id !== undefined) this.#done[step.id] = { outcome, conclusion, outputs };
  }

  #filledIn(values: Record<string, unknown>): Texts {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        typeof value === 'string' ? textOf(fillIn(value, this.#contexts)) : textOf(value),
      ]),
    );
  }

  #print(text: string): void {
    this.log += `${this.#masked(text)}\n`;
  }

  #masked(text: string): string {
    // The longest first, so that no part of a secret is left over beside a shorter one.
    return [...this.#masks]
      .sort((a, b) => b.length - a.length)
      .reduce((shown, mask) => shown.replaceAll(mask, '***'), text);
  }
}

interface Ran {
  readonly exitCode: number | null;
  readonly outputs: Texts;
  readonly exported: Texts;
  readonly printed: string;
}

function linesOf(secret: string): string[] {
  return secret.split(/\r?\n/).filter((line) => line !== '');
}
