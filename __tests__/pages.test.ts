/** Tables and workflows on the pages, against the files that they describe. `npm run lint` checks links and anchors. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { documentedWorkflows } from '../scripts/documented-workflows.js';
import { definitionOf, INPUT_NAMES } from '../src/request/schema.ts';
import { runStep } from './action/harness.ts';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: object;
}

interface Job {
  readonly uses?: string;
  readonly with?: object;
  readonly secrets?: object | 'inherit';
  readonly outputs?: object;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly on: { readonly workflow_call?: Record<'inputs' | 'secrets' | 'outputs', object> };
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const names = (of: object | undefined): string[] => Object.keys(of ?? {});
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, match = '']) => match);

const action = parse(read('action.yml')) as Record<'inputs' | 'outputs', object>;
const examples = readdirSync(join(root, 'examples')).map((file) => `examples/${file}`);

test('every address of a file on github.com is the address of a file here', () => {
  const linked = readdirSync(join(root, '.github'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(md|yml)$/.test(path))
    .flatMap((path) => matches(read(`.github/${path}`), /org\/sprinklr-token\/blob\/main\/([\w./-]+)/g));
  expect(linked).not.toEqual([]);
  expect(linked.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('README.md has a row for every input and output, and links every example and page', () => {
  const readme = read('README.md');
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`);
  const rows = [...names(action.inputs), ...names(action.outputs)].map((name) => `\n| \`${name}\` |`);
  const links = [...examples, ...pages].map((path) => `(${path})`);
  expect([...rows, ...links].filter((text) => !readme.includes(text))).toEqual([]);
});

test.each(['token', 'register', 'unseal'])(
  'README.md lists the inputs that mode %s requires',
  async (mode) => {
    const row = new RegExp(`^\\| \`${mode}\`[^|]*\\|[^|]*\\|([^|]*)\\|$`, 'gm');
    const [[list = '', either = ''] = []] = matches(read('README.md'), row).map((cell) =>
      cell.split(', and either'),
    );
    const required = matches(list, /`([\w-]+)`/g);
    const alternative = matches(either, /`([\w-]+)`/g).slice(0, 1);
    const errorCodeWith = async (inputs: readonly string[]): Promise<string | undefined> => {
      const values = Object.fromEntries(inputs.map((name) => [name, 'something-else']));
      return (await runStep({ inputs: { mode, ...values } })).outputs['error-code'];
    };

    expect(required).not.toEqual([]);
    expect(await errorCodeWith([...required, ...alternative])).not.toBe('INPUT_MISSING');
    for (const name of required) {
      const others = [...required, ...alternative].filter((other) => other !== name);
      expect([name, await errorCodeWith(others)]).toEqual([name, 'INPUT_MISSING']);
    }
  },
);

test('action.yml names every output that the code sets, and no other', () => {
  const set = readdirSync(join(root, 'src/action')).flatMap((file) =>
    matches(read(`src/action/${file}`), /setOutput\('([^']+)'/g),
  );
  expect([...new Set(set)].sort()).toEqual(names(action.outputs).sort());
});

test('docs/troubleshooting.md lists every error code and has a section for it, in the order of errors.ts', () => {
  const codes = matches(read('src/errors.ts'), /^ {2}\| '([A-Z0-9_]+)'/gm);
  const page = read('docs/troubleshooting.md');
  expect(codes.length).toBeGreaterThan(20);
  expect(matches(page, /^## ([A-Z0-9_]+)$/gm)).toEqual(codes);
  expect(matches(page, /^\[([A-Z0-9_]+)\]\(#\w+\)/gm)).toEqual(codes);
});

test('each error code in docs/troubleshooting.md has a message, its cause, how to confirm it, and the fix', () => {
  const sections = read('docs/troubleshooting.md').split(/^## /m).slice(1);
  const incomplete = sections.filter(
    (text) =>
      /^[A-Z_]+$/m.exec(text)?.index === 0 &&
      !/```text\n[^]*\*\*Cause\.\*\*[^]*\*\*Confirm\.\*\*[^]*\*\*Fix\.\*\*/.test(text),
  );
  expect(incomplete).toEqual([]);
});

test('README.md has at most 260 lines, and starts with what it is and the one command', () => {
  const readme = read('README.md');
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(260);
  expect(readme).toMatch(/^# [^#]*Unofficial; not affiliated with Sprinklr\.\n\n## Quick start\n/);
  const [, quickStart] = readme.split('\n## ');
  expect(quickStart).toMatch(/^Quick start\n[^]* setup\n```\n[^]*- id: sprinklr\n/);
});

const FIRST_SECTIONS: Readonly<Record<string, readonly string[]>> = {
  'README.md': [
    ...[
      'Quick start',
      'What a run looks like',
      'Is it for you?',
      'Set up',
      'One live token per API key',
      'Examples',
    ],
    ...['Inputs', 'Outputs', 'When it fails', 'Security', 'Other CI systems', 'Development'],
  ],
  '.github/CONTRIBUTING.md': ['Set up', 'Make a change', 'Where things go'],
  'docs/setup.md': ['Checklist', 'Create a developer app', 'What the Sprinklr admin does', 'Run setup'],
  'docs/troubleshooting.md': ['Error codes', 'HTTP statuses', 'Symptoms'],
  'docs/security.md': ['Hardening checklist'],
  'docs/development/releasing.md': ['Publish under your own organization'],
};

test.each(Object.entries(FIRST_SECTIONS))('%s starts with what its readers need first', (page, sections) => {
  expect(matches(read(page), /^## (.*)$/gm).slice(0, sections.length)).toEqual(sections);
});

test('docs/setup.md hides the manual way, and nothing else', () => {
  expect(read('docs/setup.md').split('<details>')).toEqual([
    expect.stringMatching(/## Manual setup\n\n$/),
    expect.anything(),
  ]);
});

test('only the scheduled workflow checks external links, so that another site cannot fail a pull request', () => {
  const workflows = readdirSync(join(root, '.github/workflows')).map((file) => `.github/workflows/${file}`);
  const checking = [...workflows, '.ci/run'].filter((path) => read(path).includes('linkinator'));
  expect(checking).toEqual(['.github/workflows/scheduled.yml']);
  expect(names((parse(read('.github/workflows/scheduled.yml')) as { on: object }).on)).toEqual([
    'schedule',
    'workflow_dispatch',
  ]);
});

test('docs/development/errors.md uses error codes that exist', () => {
  const used = matches(read('docs/development/errors.md'), /`([A-Z]+_[A-Z_]+)`/g);
  const codes = [...matches(read('src/errors.ts'), /^ {2}\| '([A-Z0-9_]+)'/gm), 'GITHUB_STEP_SUMMARY'];
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((code) => !codes.includes(code))).toEqual([]);
});

test('every heading of a page that the code cites exists', () => {
  const files = ['src', 'scripts', '__tests__'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|js)$/.test(path))
      .map((path) => `${folder}/${path}`),
  );
  const cited = files.flatMap((file) => [...read(file).matchAll(/\b(docs\/[\w/-]+\.md), "([^"]+)"/g)]);
  expect(cited).not.toEqual([]);
  // A step of docs/setup.md has its number before the heading.
  const missing = cited.filter(([, page = '', heading = '']) => {
    const headings = matches(read(page), /^#+ (?:\d+\. )?(.*)$/gm);
    return !headings.includes(heading);
  });
  expect(missing.map(([citation]) => citation)).toEqual([]);
});

test('docs/security.md lists the secret inputs, and names tests that exist', () => {
  const page = read('docs/security.md');
  const [list = ''] = matches(page, /^1\. Before it reads any input: ([^;]*);/gm);
  expect(matches(list, /`([\w-]+)`/g)).toEqual(INPUT_NAMES.filter((name) => definitionOf(name).secret));

  const tests = matches(page, /`([\w/-]+\.test\.ts)`/g);
  expect(tests.length).toBeGreaterThan(10);
  expect(tests.filter((path) => !existsSync(join(root, '__tests__', path)))).toEqual([]);
});

test('no page repeats an example', () => {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`);
  expect(pages).toContain('docs/parallel-jobs.md');
  // The comment at the start of an example is not part of what a page could repeat.
  const steps = examples.map((path) => ({ path, text: read(path).replace(/^[^]*?(?=\njobs:)/, '') }));
  const repeated = pages.flatMap((page) =>
    steps.filter(({ text }) => read(page).includes(text)).map(({ path }) => `${page} repeats ${path}`),
  );
  expect(repeated).toEqual([]);
});

describe('every input and output that a workflow names exists in', () => {
  const called = (parse(read('.github/workflows/token.yml')) as Workflow).on.workflow_call;
  const isOurs = ({ uses = '' }: Step): boolean => uses.startsWith('org/sprinklr-token@');

  const inputsGiven = ({ uses = '', with: inputs, secrets, steps = [] }: Job): string[] => [
    ...(uses.startsWith('org/sprinklr-token/')
      ? [...names(inputs), ...(secrets === 'inherit' ? [] : names(secrets))]
      : []),
    ...steps.filter(isOurs).flatMap((step) => names(step.with)),
  ];
  const inputsOf = ({ uses }: Job): string[] =>
    uses === undefined ? names(action.inputs) : [...names(called?.inputs), ...names(called?.secrets)];
  const outputsOf = (step: Step): string[] =>
    isOurs(step) ? names(action.outputs) : matches(step.run ?? '', /echo "([\w-]+)=/g);

  test.each(documentedWorkflows())('$name', ({ text }) => {
    const jobs = Object.entries((parse(text) as Workflow).jobs);
    for (const [, job] of jobs) expect(inputsOf(job)).toEqual(expect.arrayContaining(inputsGiven(job)));

    const outputs = jobs.flatMap(([id, job]) => [
      ...[...names(job.outputs), ...(job.uses === undefined ? [] : names(called?.outputs))].map(
        (output) => `needs.${id}.outputs.${output}`,
      ),
      ...(job.steps ?? []).flatMap((step) =>
        outputsOf(step).map((output) => `steps.${step.id ?? ''}.outputs.${output}`),
      ),
    ]);
    const used = matches(text, /\b((?:steps|needs)\.[\w-]+\.outputs\.[\w-]+)/g);
    expect(outputs).toEqual(expect.arrayContaining(used));
  });
});
