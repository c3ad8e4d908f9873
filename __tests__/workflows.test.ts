/** What linters can't know: that the reusable workflow, the examples, and the pages agree with action.yml. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { documentedWorkflows } from '../scripts/documented-workflows.js';
import { pinnedCommit } from '../scripts/pinned-commit.js';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
  readonly run?: string;
}

interface Job {
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
  readonly secrets?: 'inherit' | Record<string, string>;
  readonly environment?: string;
  readonly concurrency?: { readonly group: string };
  readonly outputs?: Record<string, string>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions: unknown;
  readonly concurrency?: string | { readonly group: string };
  readonly jobs: Record<string, Job>;
}

interface ReusableWorkflow extends Workflow {
  readonly on: {
    readonly workflow_call: {
      readonly inputs: Record<string, { readonly default?: string | number | boolean }>;
      readonly secrets: Record<string, unknown>;
      readonly outputs: Record<string, { readonly value: string }>;
    };
  };
}

interface Action {
  readonly inputs: Record<string, { readonly default?: string }>;
  readonly outputs: object;
  readonly runs: { readonly main: string };
}

const root = join(import.meta.dirname, '..');
const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));
const action = read('action.yml') as Action;
const reusable = read('.github/workflows/token.yml') as ReusableWorkflow;
const call = reusable.on.workflow_call;

const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
/** action.yml of the commit that the reusable workflow runs. An input of HEAD may be missing there. */
const pinnedAction = (): Action => parse(git('show', `${pinnedCommit(root)}:action.yml`)) as Action;

describe('the reusable workflow', () => {
  const job = reusable.jobs['token'];
  const step = job?.steps?.[0];
  const onlyInAction = [
    ...['mode', 'seal', 'sealed-token', 'access-token', 'authorization-code', 'export-env'],
    'strategy-job-total',
  ];
  const onlyInWorkflow = ['github-environment', 'concurrency-group', 'runs-on'];
  const inputs = Object.keys(call.inputs).filter((name) => !onlyInWorkflow.includes(name));
  const secrets = Object.keys(call.secrets).filter((name) => !name.startsWith('SPRINKLR_'));
  const secretName = (input: string): string => `SPRINKLR_${input.toUpperCase().replaceAll('-', '_')}`;

  test('runs a commit in the history of HEAD that contains all of the action', () => {
    const files = git('ls-tree', '-r', '--name-only', pinnedCommit(root), 'dist/').split('\n');
    const needed = [pinnedAction().runs.main, 'dist/package.json', 'dist/licenses.txt'];
    expect(files).toEqual(expect.arrayContaining(needed));
  });

  test('has every input of the action that requests a token, as an input or a secret', () => {
    const expected = Object.keys(pinnedAction().inputs).filter((name) => !onlyInAction.includes(name));
    expect([...inputs, ...secrets].sort()).toEqual(expected.sort());
  });

  test.each(inputs)('has the default of the action for %s', (name) => {
    expect(String(call.inputs[name]?.default ?? '')).toBe(pinnedAction().inputs[name]?.default ?? '');
  });

  test('passes each input and secret to the action by its name, a secret also by its SPRINKLR_ name', () => {
    expect(step?.with).toEqual({
      seal: true,
      ...Object.fromEntries(inputs.map((name) => [name, `\${{ inputs.${name} }}`])),
      ...Object.fromEntries(
        secrets.map((name) => [name, `\${{ secrets.${name} || secrets.${secretName(name)} }}`]),
      ),
    });
    expect(Object.keys(call.secrets).sort()).toEqual([...secrets, ...secrets.map(secretName)].sort());
  });

  test.each(['sealed-token', 'expires-at', 'api-url'])('maps the output %s of the action', (name) => {
    expect(Object.keys(pinnedAction().outputs)).toContain(name);
    expect(Object.keys(call.outputs)).toHaveLength(3);
    expect(call.outputs[name]?.value).toBe(`\${{ jobs.token.outputs.${name} }}`);
    expect(job?.outputs?.[name]).toBe(`\${{ steps.${step?.id ?? ''}.outputs.${name} }}`);
  });

  // GitHub reads secrets of an environment only in a job that names it, and cancels a job as a deadlock if it waits for the
  // concurrency group of its own run.
  test('runs in the environment of the caller, and in a concurrency group that only this run has', () => {
    expect(job?.environment).toBe('${{ inputs.github-environment }}');
    expect(job?.concurrency?.group).toMatch(
      /^\$\{\{ inputs\.concurrency-group \|\| format\('[\w-]+\{0\}.*', github\.run_id,/,
    );
  });
});

const workflows = documentedWorkflows().map(({ name, text }) => {
  return { name, text, workflow: parse(text) as Workflow };
});
const examples = workflows.filter(({ name }) => name.startsWith('examples/'));

test.each(examples)('$name has no permissions', ({ workflow }) => {
  expect(workflow.permissions).toEqual({});
});

/** It needs no API key: it starts its own simulator. */
const withApiKey = examples.filter(({ name }) => name !== 'examples/dry-run.yml');
test.each(withApiKey)('$name runs in the concurrency group of its API key', ({ workflow }) => {
  const { concurrency } = workflow;
  expect(typeof concurrency === 'object' ? concurrency.group : concurrency).toBe('sprinklr-api-key');
});

const example = (file: string): Workflow => {
  const found = examples.find(({ name }) => name === `examples/${file}`);
  if (found === undefined) throw new Error(`There is no examples/${file}.`);
  return found.workflow;
};

// Who has the sealing key can open a sealed token from the log, so approval covers only jobs that get it in the environment.
test('environment.yml runs every job that gets a secret in the environment, and unseals with the sealing key', () => {
  const { token = {}, ...others } = example('environment.yml').jobs;
  expect(token).toMatchObject({ secrets: 'inherit', with: { 'github-environment': 'production' } });
  expect(Object.keys(others)).toEqual(['call']);
  for (const { environment } of Object.values(others)) expect(environment).toBe('production');
});

test.each(['seal.yml', 'matrix.yml', 'environment.yml'])(
  '%s seals with the sealing key, and the jobs that unseal get no private key',
  (file) => {
    const jobs = Object.values(example(file).jobs);
    const steps = jobs.flatMap((job) => job.steps ?? []).filter((step) => step.with !== undefined);
    const unsealing = steps.filter((step) => step.with?.['mode'] === 'unseal');
    const sealing = [
      ...steps.filter((step) => step.with?.['seal'] === true).map((step) => step.with),
      ...jobs.filter((job) => job.uses !== undefined).map(({ secrets }) => secrets),
    ];
    const key = '${{ secrets.SPRINKLR_SEAL_KEY }}';
    expect(sealing).toEqual([
      file === 'environment.yml' ? 'inherit' : expect.objectContaining({ 'seal-key': key }),
    ]);
    expect(unsealing.map((step) => step.with?.['seal-key'])).toEqual([key]);
    expect(unsealing.filter((step) => 'private-key' in (step.with ?? {}))).toEqual([]);
  },
);

describe('every input and output in a workflow exists', () => {
  const keys = (object: object | undefined): string[] => Object.keys(object ?? {});
  const isOurs = ({ uses = '' }: Step): boolean => uses.startsWith('org/sprinklr-token@');

  const inputsGiven = ({ uses = '', with: inputs, secrets, steps = [] }: Job): string[] => [
    ...(uses.startsWith('org/sprinklr-token/')
      ? [...keys(inputs), ...(secrets === 'inherit' ? [] : keys(secrets))]
      : []),
    ...steps.filter(isOurs).flatMap((step) => keys(step.with)),
  ];
  const inputsOf = ({ uses }: Job): string[] =>
    uses === undefined ? keys(action.inputs) : [...keys(call.inputs), ...keys(call.secrets)];
  const outputsOf = (step: Step): string[] =>
    isOurs(step)
      ? keys(action.outputs)
      : [...(step.run ?? '').matchAll(/echo "([\w-]+)=/g)].map(([, output = '']) => output);

  test.each(workflows)('$name', ({ text, workflow }) => {
    const jobs = Object.entries(workflow.jobs);
    for (const [, job] of jobs) expect(inputsOf(job)).toEqual(expect.arrayContaining(inputsGiven(job)));

    const outputs = jobs.flatMap(([id, job]) => [
      ...[...keys(job.outputs), ...(job.uses === undefined ? [] : keys(call.outputs))].map(
        (output) => `needs.${id}.outputs.${output}`,
      ),
      ...(job.steps ?? []).flatMap((step) =>
        outputsOf(step).map((output) => `steps.${step.id ?? ''}.outputs.${output}`),
      ),
    ]);
    const used = [...text.matchAll(/\b(?:steps|needs)\.[\w-]+\.outputs\.[\w-]+/g)].map(([name]) => name);
    expect(outputs).toEqual(expect.arrayContaining(used));
  });
});
