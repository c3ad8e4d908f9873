import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { textOf } from './expressions.ts';
import type { Job, Workflow } from './model.ts';

const read = (path: string): unknown =>
  parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const action = read('action.yml') as { inputs: Record<string, { default?: string }>; outputs: object };
const workflow = read('.github/workflows/token.yml') as Workflow;
const call = workflow.on.workflow_call;
const job = workflow.jobs['token'] as Job & { concurrency: { group: string } };
const step = job.steps?.[0];

/** Of the action, but not of a workflow that does nothing but mint and seal. */
const NOT_OFFERED = [
  ...[
    'mode',
    'seal',
    'sealed-token',
    'access-token',
    'authorization-code',
    'export-env',
    'strategy-job-total',
  ],
];
/** Of the workflow alone. */
const OWN = ['github-environment', 'concurrency-group', 'runs-on'];

const offered = Object.keys(action.inputs).filter((name) => !NOT_OFFERED.includes(name));
const secrets = Object.keys(call?.secrets ?? {}).filter((name) => !name.startsWith('SPRINKLR_'));
const inputs = Object.keys(call?.inputs ?? {}).filter((name) => !OWN.includes(name));

test('the reusable workflow takes all inputs of the action that minting has, as inputs or as secrets', () => {
  expect([...inputs, ...secrets].sort()).toEqual([...offered].sort());
});

test('its defaults are those of the action', () => {
  for (const name of inputs) {
    expect([name, textOf(call?.inputs[name]?.default)]).toEqual([name, action.inputs[name]?.default ?? '']);
  }
});

test('each is handed to the step under its own name, a secret also under the name that the setup gives it', () => {
  expect(step?.with).toEqual({
    seal: true,
    ...Object.fromEntries(inputs.map((name) => [name, `\${{ inputs.${name} }}`])),
    ...Object.fromEntries(
      secrets.map((name) => [name, `\${{ secrets.${name} || secrets.${inSetup(name)} }}`]),
    ),
  });
  expect(Object.keys(call?.secrets ?? {}).sort()).toEqual([...secrets, ...secrets.map(inSetup)].sort());
});

test('each of its outputs is mapped at both levels to an output of the action of the same name', () => {
  const names = Object.keys(call?.outputs ?? {});
  expect(names).toEqual(['sealed-token', 'expires-at', 'api-url']);
  for (const name of names) {
    expect(Object.keys(action.outputs)).toContain(name);
    expect(call?.outputs[name]?.value).toBe(`\${{ jobs.token.outputs.${name} }}`);
    expect(job.outputs?.[name]).toBe(`\${{ steps.${step?.id ?? ''}.outputs.${name} }}`);
  }
});

function inSetup(name: string): string {
  return `SPRINKLR_${name.toUpperCase().replaceAll('-', '_')}`;
}
