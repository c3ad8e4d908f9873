import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { pinnedCommit } from '../../scripts/pinned-commit.js';
import { definitionOf, GROUPS, INPUT_NAMES, MODES, type InputName } from '../../src/request/schema.ts';

interface Documented {
  readonly description: string;
  readonly default?: string | number | boolean;
  readonly required?: boolean;
}
type Documentation = Readonly<Record<string, Documented>>;

const root = join(import.meta.dirname, '../..');
const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));
const action = read('action.yml') as { inputs: Documentation };
const workflow = read('.github/workflows/token.yml') as {
  on: { workflow_call: { inputs: Documentation; secrets: Documentation } };
};
const { inputs, secrets } = workflow.on.workflow_call;

function documentationOf(name: InputName): Documented {
  const { description, default: fallback } = definitionOf(name);
  return fallback === undefined ? { description } : { description, default: fallback };
}

test('action.yml has the inputs of the schema, with their order, descriptions, and defaults', () => {
  const expected = INPUT_NAMES.map((name) => [name, documentationOf(name)]);
  expect(Object.entries(action.inputs)).toEqual(expected);
});

/** The reusable workflow sets `mode` and `seal`. Its job has no later steps, no matrix, and nothing to unseal or register. */
const NOT_IN_WORKFLOW: readonly InputName[] = [
  ...(['mode', 'seal', 'sealed-token', 'export-env', 'strategy-job-total'] as const),
  ...(['access-token', 'authorization-code'] as const),
];
/** What the workflow passes to the action. The commit that it names can lack an input of HEAD. */
function inputsOfPinnedAction(): InputName[] {
  const file = ['show', `${pinnedCommit(root)}:action.yml`];
  const pinned = parse(execFileSync('git', file, { cwd: root, encoding: 'utf8' })) as typeof action;
  return INPUT_NAMES.filter((name) => !NOT_IN_WORKFLOW.includes(name) && name in pinned.inputs);
}
/** Inputs that only the workflow has. */
const ONLY_IN_WORKFLOW = ['github-environment', 'concurrency-group', 'runs-on'];

test('the reusable workflow takes every input of a sealing job, with the same documentation', () => {
  const names = inputsOfPinnedAction();
  const taken = { ...inputs, ...secrets };
  const own = Object.keys(taken).filter(
    (name) => !name.startsWith('SPRINKLR_') && !ONLY_IN_WORKFLOW.includes(name),
  );
  expect(own.sort()).toEqual([...names].sort());
  for (const name of names) {
    const { description, default: fallback } = taken[name] ?? { description: '' };
    const asText = fallback === undefined ? { description } : { description, default: String(fallback) };
    expect({ name, ...asText }).toEqual({ name, ...documentationOf(name) });
  }
});

test('the reusable workflow takes secret inputs as secrets, and requires what mode token requires of the others', () => {
  for (const name of inputsOfPinnedAction()) {
    const { secret, requiredIn = [] } = definitionOf(name);
    if (secret === true) {
      expect(secrets).toHaveProperty(name);
      expect(inputs).not.toHaveProperty(name);
    } else if (name in inputs) {
      expect([name, inputs[name]?.required === true]).toEqual([name, requiredIn.includes('token')]);
    }
  }
});

test.each(INPUT_NAMES)('%s has a group, a front end, and a description that is a sentence', (name) => {
  const { group, frontEnds, description, secret, default: fallback, requiredIn = [] } = definitionOf(name);
  expect(GROUPS).toContain(group);
  expect(frontEnds.length).toBeGreaterThan(0);
  expect(description).toMatch(/^[A-Z`].*\.$/);
  if (secret === true || requiredIn.length > 0) expect(fallback).toBeUndefined();
  expect(MODES).toEqual(expect.arrayContaining([...requiredIn]));
});

test('the secret inputs are those that must never be printed', () => {
  expect(INPUT_NAMES.filter((name) => definitionOf(name).secret === true)).toEqual([
    ...[
      'private-key',
      'private-key-passphrase',
      'api-key',
      'api-secret',
      'access-token',
      'authorization-code',
    ],
    ...['seal-key', 'mtls-private-key', 'mtls-passphrase'],
  ]);
});

test('the command line has all inputs but those of sealing, of GitHub Actions, and those of its commands', () => {
  expect(INPUT_NAMES.filter((name) => !definitionOf(name).frontEnds.includes('cli'))).toEqual([
    ...['mode', 'seal', 'seal-key', 'sealed-token', 'export-env', 'job-summary', 'strategy-job-total'],
  ]);
});
