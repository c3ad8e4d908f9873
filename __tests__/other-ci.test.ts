/** The examples for CI systems other than GitHub Actions: what can be checked without such a system. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { definitionOf, INPUT_NAMES } from '../src/request/schema.ts';

const root = join(import.meta.dirname, '..');
const readFile = (path: string): string => readFileSync(join(root, path), 'utf8');
const read = (example: string): string => readFile(`examples/${example}`);
const variableOf = (input: string): string => `SPRINKLR_${input.toUpperCase().replaceAll('-', '_')}`;

function azure(): { script: string; variables: string[] } {
  const { steps } = parse(read('azure-pipelines.yml')) as {
    steps: { bash?: string; env?: Record<string, string> }[];
  };
  const step = steps.find(({ bash }) => bash !== undefined);
  return { script: step?.bash ?? '', variables: Object.keys(step?.env ?? {}) };
}

function jenkins(): { script: string; variables: string[] } {
  const text = read('Jenkinsfile');
  const [, script = ''] = /sh '''([^]*?)'''/.exec(text) ?? [];
  const set = [...text.matchAll(/^ +(SPRINKLR_\w+) = |variable: '(SPRINKLR_\w+)'/gm)];
  return { script, variables: set.map(([, plain, secret = '']) => (plain ?? secret).replace(/_FILE$/, '')) };
}

test.each([
  ['azure-pipelines.yml', azure],
  ['Jenkinsfile', jenkins],
])('%s sets every variable that a token needs, and calls Sprinklr with the token', (_, example) => {
  const { script, variables } = example();
  const needed = INPUT_NAMES.filter((name) => definitionOf(name).requiredIn?.includes('token')).map(
    variableOf,
  );
  expect(variables).toEqual(expect.arrayContaining(needed));

  const bin = mkdtempSync(join(tmpdir(), 'bin-'));
  const program = (name: string, ...lines: string[]): void => {
    writeFileSync(join(bin, name), ['#!/bin/sh', ...lines].join('\n'), { mode: 0o755 });
  };
  program(
    'npx',
    'test "$1 $3 $4" = "-y exec --" || exit 9',
    'shift 4',
    'export SPRINKLR_ACCESS_TOKEN=token SPRINKLR_API_URL=https://api SPRINKLR_API_KEY=key',
    'exec "$@"',
  );
  program('curl', `printf '%s\\n' "$@"`);
  const env = { PATH: [bin, process.env['PATH']].join(delimiter) };
  expect(execFileSync('sh', ['-e', '-c', script], { env, encoding: 'utf8' }).trim().split('\n')).toEqual([
    ...['--fail', '-H', 'Authorization: Bearer token', '-H', 'Key: key', 'https://api/api/v2/me'],
  ]);
});

test('a Jenkinsfile quotes its script so that Groovy puts no secret into it, and its brackets match', () => {
  const code = read('Jenkinsfile')
    .replaceAll(/'''[^]*?'''|'[^'\n]*'/g, '')
    .replaceAll(/\/\/.*$/gm, '');
  expect(code).not.toContain('"');
  const open: string[] = [];
  for (const bracket of code.match(/[()[\]{}]/g) ?? [])
    if ('([{'.includes(bracket)) open.push(bracket);
    else expect(`${open.pop() ?? ''}${bracket}`).toMatch(/^(\(\)|\[\]|\{\})$/);
  expect(open).toEqual([]);
});

const { version } = JSON.parse(readFile('package.json')) as { version: string };
const examples = readdirSync(join(root, 'examples'))
  .map((file) => ({ name: file, text: read(file) }))
  .filter(({ text }) => !/^on:/m.test(text));

test.each(examples)('$name pins the version of package.json, and runs exec', ({ text }) => {
  const calls = [...text.matchAll(/@org\/sprinklr-token@(\S+) (\S+)/g)].map(([, ...call]) => call.join(' '));
  expect([...new Set(calls)]).toEqual([`${version} exec`]);
});

test.each([...examples, { name: 'docs/other-ci.md', text: readFile('docs/other-ci.md') }])(
  '$name sets variables that exist',
  ({ text }) => {
    const known = INPUT_NAMES.map(variableOf);
    const provided = ['SPRINKLR_ACCESS_TOKEN', 'SPRINKLR_API_URL', 'SPRINKLR_NAME'];
    const used = [...new Set(text.match(/\bSPRINKLR_[A-Z_]+/g))].map((name) => name.replace(/_FILE$/, ''));
    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((name) => ![...known, ...provided].includes(name))).toEqual([]);
  },
);

test('gitlab-ci.yml runs one job at a time', () => {
  const jobs = parse(read('gitlab-ci.yml')) as Record<string, { resource_group?: string }>;
  expect(Object.values(jobs).map((job) => job.resource_group)).toEqual(['sprinklr-api-key']);
});

test('azure-pipelines.yml loads the variable group of its secrets, and runs one pipeline at a time', () => {
  const pipeline = parse(read('azure-pipelines.yml')) as { variables?: object[]; lockBehavior?: string };
  expect(pipeline).toMatchObject({ variables: [{ group: 'sprinklr' }], lockBehavior: 'sequential' });
  expect(readFile('docs/other-ci.md')).toContain('`sprinklr`');
});
