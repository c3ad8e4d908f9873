/** The examples for other CI systems: what can be checked without such a system. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { definitionOf, INPUT_NAMES } from '../src/request/schema.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, '../examples', file), 'utf8');
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
