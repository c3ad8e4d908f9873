import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { documentedWorkflows } from '../scripts/documented-workflows.js';
import type { Job, Step, Workflow } from './workflows/model.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = [
  ...['README.md', 'CHANGELOG.md'],
  ...['docs', '.github'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(pages)('%s links to what is there', (page) => {
  const dead = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
    ([link, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return [link];
      return anchor !== undefined && !anchorsOf(target).includes(anchor) ? [link] : [];
    },
  );
  expect(dead).toEqual([]);
});

describe('docs/parallel-jobs.md', () => {
  const blocks = [
    ...read('docs/parallel-jobs.md').matchAll(/\]\(\.\.\/(examples\/[\w-]+\.yml)\):\n\n```yaml\n([^]*?)```/g),
  ];

  test.each(blocks.map(([, file = '', text = '']) => [file, text]))('shows %s as it is', (file, text) => {
    expect(text).toBe(read(file));
  });

  test('shows no workflow that is no file', () => {
    expect(blocks).toHaveLength(read('docs/parallel-jobs.md').split('```yaml').length - 1);
    expect(blocks).toHaveLength(6);
  });
});

test('docs/troubleshooting.md has a section for each error code, in the order of errors.ts, and lists them all', () => {
  const codes = [...read('src/errors.ts').matchAll(/^ {2}\| '([A-Z0-9_]+)'/gm)].map(([, code]) => code);
  const page = read('docs/troubleshooting.md');
  expect(codes.length).toBeGreaterThan(20);
  expect([...page.matchAll(/^## ([A-Z0-9_]+)$/gm)].map(([, code]) => code)).toEqual(codes);
  expect([...page.matchAll(/^\[([A-Z0-9_]+)\]\(#\w+\)/gm)].map(([, code]) => code)).toEqual(codes);
});

test('each section of docs/troubleshooting.md says what it looks like, why, how to be sure and what to do', () => {
  const [, ...sections] = read('docs/troubleshooting.md').split(/^## (?=[A-Z_0-9]+$)/m);
  const parts = ['```text\nError: ', '\n**Why.** ', '\n**How to be sure.** ', '\n**What to do.** '];
  for (const section of sections) {
    const places = parts.map((part) => section.indexOf(part));
    expect([section.split('\n')[0], places]).toEqual([expect.any(String), places.toSorted((a, b) => a - b)]);
    expect(places).not.toContain(-1);
  }
});

test('docs/architecture.md names every room and file of src/, and none that is not there', () => {
  const page = read('docs/architecture.md');
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((file) =>
    basename(file),
  );
  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true });
  for (const entry of rooms) {
    const { name } = entry;
    const room = entry.isDirectory();
    expect(page).toContain(room ? `\`src/${name}/\`` : name);
    if (!room || name === 'simulator' || name === 'cli') continue;
    const named = readdirSync(join(root, 'src', name)).filter((file) => !page.includes(`\`${file}\``));
    expect(named.filter((file) => !file.endsWith('.d.ts'))).toEqual([]);
  }
  const named = [...page.matchAll(/`([\w-]+\.ts)`/g)].map(([, file]) => file);
  expect(named.filter((file) => !files.includes(file ?? ''))).toEqual([]);
});

test('docs/security.md names tests that are there', () => {
  const named = [...read('docs/security.md').matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(join(root, '__tests__', path)))).toEqual([]);
});

test('README.md names every example', () => {
  const examples = readdirSync(join(root, 'examples'));
  expect(examples.filter((file) => !read('README.md').includes(`(examples/${file})`))).toEqual([]);
});

describe('every input and output that it names is there', () => {
  const names = (of: object | undefined): string[] => Object.keys(of ?? {});
  const action = parse(read('action.yml')) as Record<'inputs' | 'outputs', object>;
  const called = (parse(read('.github/workflows/token.yml')) as Workflow).on.workflow_call;
  const examples = readdirSync(join(root, 'examples')).map((file) => ({
    name: `examples/${file}`,
    text: read(`examples/${file}`),
  }));

  const inputsGiven = ({ uses = '', with: inputs, secrets, steps = [] }: Job): string[] => [
    ...(uses.startsWith('org/sprinklr-token/')
      ? [...names(inputs), ...(secrets === 'inherit' ? [] : names(secrets))]
      : []),
    ...steps.filter(isOurs).flatMap((step) => names(step.with)),
  ];
  const inputsOf = ({ uses }: Job): string[] =>
    uses === undefined ? names(action.inputs) : [...names(called?.inputs), ...names(called?.secrets)];
  const isOurs = ({ uses = '' }: Step): boolean => uses.startsWith('org/sprinklr-token@');
  const outputsOf = (step: Step): string[] =>
    isOurs(step)
      ? names(action.outputs)
      : [...(step.run ?? '').matchAll(/echo "([\w-]+)=/g)].map(([, output = '']) => output);

  test.each([...examples, ...documentedWorkflows()])('$name', ({ text }) => {
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
    const asked = [...text.matchAll(/\b(?:steps|needs)\.[\w-]+\.outputs\.[\w-]+/g)].map(([name]) => name);
    expect(outputs).toEqual(expect.arrayContaining(asked));
  });
});
