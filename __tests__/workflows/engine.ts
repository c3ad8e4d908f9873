import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { fillIn, textOf, type Contexts } from './expressions.ts';
import { runJob } from './job.ts';
import {
  onlyKeys,
  type Concurrency,
  type Job,
  type JobResult,
  type Texts,
  type Workflow,
  type World,
} from './model.ts';

const TOKEN_WORKFLOW = 'org/sprinklr-token/.github/workflows/token.yml@v1';

export interface Run {
  /** Where our action's steps find Sprinklr, as an organization's default would tell them. */
  readonly baseUrl: string;
  readonly secrets?: Texts;
  readonly vars?: Texts;
  /** Secrets of deployment environments, by the environment's name. */
  readonly environments?: Record<string, Texts>;
  readonly inputs?: Texts;
  readonly runId?: string;
  /** "Re-run failed jobs" of this: what succeeded there is not run again. */
  readonly again?: Finished;
}

export interface Finished {
  readonly result: 'success' | 'failure';
  /** Jobs of a called workflow under `caller / called`, those of a matrix under `job (values)`. */
  readonly jobs: Readonly<Record<string, JobResult>>;
  readonly attempt: number;
}

/** Runs a workflow file as GitHub does, as far as our examples go; throws at anything that it does not know. */
export async function runWorkflow(path: string, run: Run): Promise<Finished> {
  const { secrets = {}, vars = {}, environments = {}, inputs = {}, runId = '987654', again } = run;
  const attempt = (again?.attempt ?? 0) + 1;
  const github = { run_id: runId, run_attempt: String(attempt), repository: 'example/pipeline' };
  const world: World = {
    baseUrl: run.baseUrl,
    secrets: [
      ...Object.values(secrets),
      ...Object.values(environments).flatMap((each) => Object.values(each)),
    ],
    inputs,
    runnerEnv: { GITHUB_RUN_ID: runId, GITHUB_RUN_ATTEMPT: String(attempt) },
  };
  const workflow = read(path);
  if (!('workflow_dispatch' in workflow.on)) throw new Error('cannot be started by hand');
  const known = Object.keys(workflow.on.workflow_dispatch?.inputs ?? {});
  const dispatched = Object.fromEntries(known.map((name) => [name, inputs[name] ?? '']));
  const runner = new WorkflowRun(world, environments, again);
  await runner.jobs(workflow, { github, vars, secrets, inputs: dispatched }, '');
  const failed = Object.values(runner.finished).some(({ result }) => result === 'failure');
  return { result: failed ? 'failure' : 'success', jobs: runner.finished, attempt };
}

class WorkflowRun {
  readonly finished: Record<string, JobResult> = {};
  readonly #world: World;
  readonly #environments: Record<string, Texts>;
  readonly #again: Finished | undefined;
  /** Groups that this run is in; to ask for one of them once more would be a deadlock. */
  readonly #groups = new Set<string>();

  constructor(world: World, environments: Record<string, Texts>, again: Finished | undefined) {
    this.#world = world;
    this.#environments = environments;
    this.#again = again;
  }

  /** Each as soon as all that it needs are done; the jobs of a matrix at once. */
  async jobs(workflow: Workflow, contexts: Contexts, prefix: string): Promise<Record<string, JobResult>> {
    if (workflow.concurrency !== undefined) this.#groups.add(groupOf(workflow.concurrency, contexts));
    const started: Record<string, Promise<JobResult>> = {};
    // Every example names a job after those that it needs.
    for (const [id, job] of Object.entries(workflow.jobs)) {
      const names = [job.needs ?? []].flat();
      started[id] = (async () => {
        const needs = Object.fromEntries(
          await Promise.all(
            names.map(async (name) => {
              const need = await started[name];
              if (need === undefined) throw new Error(`${id} needs ${name}, which is not there`);
              return [name, need] as const;
            }),
          ),
        );
        if (Object.values(needs).some(({ result }) => result !== 'success'))
          return this.#skipped(prefix + id);
        return await this.#job(job, { ...contexts, needs }, prefix + id);
      })();
    }
    const done = Object.entries(started).map(async ([id, result]) => [id, await result] as const);
    return Object.fromEntries(await Promise.all(done));
  }

  async #job(job: Job, contexts: Contexts, name: string): Promise<JobResult> {
    if (job.uses !== undefined) return await this.#called(job, contexts, name);
    const { matrix = {} } = job.strategy ?? {};
    onlyKeys(job.strategy ?? {}, ['matrix']);
    const combinations = combine(matrix);
    const results = await Promise.all(
      combinations.map(async (values, index) => {
        const suffix = Object.keys(values).length === 0 ? '' : ` (${Object.values(values).join(', ')})`;
        const strategy = { 'job-total': combinations.length, 'job-index': index };
        return await this.#one(job, { ...contexts, matrix: values, strategy }, name + suffix);
      }),
    );
    return {
      result: results.every(({ result }) => result === 'success') ? 'success' : 'failure',
      outputs: Object.assign({}, ...results.map(({ outputs }) => outputs)) as Texts,
      log: '',
      steps: [],
    };
  }

  async #one(job: Job, contexts: Contexts, name: string): Promise<JobResult> {
    const before = this.#again?.jobs[name];
    if (before?.result === 'success') return (this.finished[name] = before);
    if (job.concurrency !== undefined && this.#groups.has(groupOf(job.concurrency, contexts)))
      throw new Error(`deadlock: ${name} waits for a group that its own workflow is in`);
    const environment = textOf(fillIn(job.environment ?? '', contexts));
    const ofEnvironment = environment === '' ? {} : this.#environments[environment];
    if (ofEnvironment === undefined) throw new Error(`no environment ${environment}`);
    const secrets = { ...(contexts['secrets'] as Texts), ...ofEnvironment };
    return (this.finished[name] = await runJob(job, { ...contexts, secrets }, this.#world));
  }

  async #called(job: Job, contexts: Contexts, name: string): Promise<JobResult> {
    onlyKeys(job, ['uses', 'with', 'secrets', 'needs']);
    if (job.uses !== TOKEN_WORKFLOW) throw new Error(`no workflow that is known: ${job.uses ?? ''}`);
    const workflow = read('.github/workflows/token.yml');
    const { workflow_call: call } = workflow.on;
    if (call === undefined) throw new Error('cannot be called');
    onlyKeys(job.with ?? {}, Object.keys(call.inputs));
    if (job.secrets !== 'inherit') onlyKeys(job.secrets ?? {}, Object.keys(call.secrets));
    const inputs = Object.fromEntries(
      Object.entries(call.inputs).map(([input, { default: value = '', required = false }]) => {
        const given = job.with?.[input];
        if (required && given === undefined) throw new Error(`${name} needs the input ${input}`);
        return [input, typeof given === 'string' ? fillIn(given, contexts) : (given ?? value)];
      }),
    );
    const secrets = job.secrets === 'inherit' ? contexts['secrets'] : filledIn(job.secrets ?? {}, contexts);
    const { github, vars } = contexts;
    const jobs = await this.jobs(workflow, { github, vars, secrets, inputs }, `${name} / `);
    const outputs = Object.entries(call.outputs).map(([output, { value }]) => [output, value]);
    return {
      result: Object.values(jobs).every(({ result }) => result === 'success') ? 'success' : 'failure',
      outputs: filledIn(Object.fromEntries(outputs) as Texts, { jobs }),
      log: '',
      steps: [],
    };
  }

  #skipped(name: string): JobResult {
    return (this.finished[name] = { result: 'skipped', outputs: {}, log: '', steps: [] });
  }
}

function read(path: string): Workflow {
  const workflow = parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')) as Workflow;
  onlyKeys(workflow, ['name', 'on', 'permissions', 'concurrency', 'jobs']);
  onlyKeys(workflow.on, ['workflow_dispatch', 'workflow_call', 'schedule']);
  if (Object.keys(workflow.permissions).length > 0) throw new Error(`${path} asks for permissions`);
  return workflow;
}

function groupOf(concurrency: Concurrency, contexts: Contexts): string {
  const group = typeof concurrency === 'string' ? concurrency : concurrency.group;
  const name = textOf(fillIn(group, contexts));
  // GitHub calls the whole workflow invalid.
  if (name === '') throw new Error('an empty concurrency group');
  return name;
}

function filledIn(values: Texts, contexts: Contexts): Texts {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, textOf(fillIn(value, contexts))]),
  );
}

function combine(matrix: Record<string, readonly unknown[]>): Record<string, unknown>[] {
  onlyKeys(
    matrix,
    Object.keys(matrix).filter((key) => key !== 'include' && key !== 'exclude'),
  );
  return Object.entries(matrix).reduce<Record<string, unknown>[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
