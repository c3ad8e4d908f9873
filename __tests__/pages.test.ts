import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SECRET_INPUTS } from '../src/action/input-reader.ts';
import { runVariant } from './action/harness.ts';
import { world } from './action/world.ts';

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

test('what is linked to by its address on github.com is there', () => {
  const linked = readdirSync(join(root, '.github'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(md|yml)$/.test(path))
    .flatMap((path) => [
      ...read(join('.github', path)).matchAll(/org\/sprinklr-token\/blob\/main\/([\w./-]+)/g),
    ])
    .map(([, path = '']) => path);
  expect(linked).not.toEqual([]);
  expect(linked.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

const FENCED = /^ *```(\w*)\n[^]*?^ *```$/gm;

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  return [
    ...read(page)
      .replaceAll(FENCED, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(pages)('%s shows blocks of the kinds that tests look into', (page) => {
  const kinds = [...read(page).matchAll(FENCED)].map(([, kind]) => kind);
  expect(['mermaid', 'powershell', 'sh', 'text', 'yaml']).toEqual(expect.arrayContaining(kinds));
  expect(read(page).match(/^ *(```|~~~)/gm) ?? []).toHaveLength(2 * kinds.length);
});

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

test('action.yml names every output that the code sets, and no other', () => {
  const { outputs } = parse(read('action.yml')) as { outputs: Record<string, unknown> };
  const set = ['outputs', 'run'].flatMap((name) =>
    [...read(`src/action/${name}.ts`).matchAll(/setOutput\('([^']+)'/g)].map(([, output]) => output),
  );
  expect([...new Set(set)].sort()).toEqual(Object.keys(outputs).sort());
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

test('docs/security.md names the inputs that are masked before any is looked at', () => {
  const [, list = ''] = /^1\. Before any input is looked at: ([^;]*);/m.exec(read('docs/security.md')) ?? [];
  expect([...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name)).toEqual([...SECRET_INPUTS]);
});

test('docs/security.md names tests that are there', () => {
  const named = [...read('docs/security.md').matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(join(root, '__tests__', path)))).toEqual([]);
});

test('README.md names every example and every page', () => {
  const files = ['examples', 'docs'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  expect(files.filter((file) => !read('README.md').includes(`(${file})`))).toEqual([]);
});

/** The inputs that a mode misses when it gets none, and those that it misses when it has got these. */
async function missingIn(mode: string, given: readonly string[] = []): Promise<string[]> {
  const inputs = Object.fromEntries(given.map((name) => [name, 'something-else']));
  const { errors } = await runVariant({ inputs: { mode, ...inputs } });
  const [, empty] = /^The inputs? (.*?) (?:is|are) empty\./.exec(errors[0]?.message ?? '') ?? [];
  return empty === undefined ? [...given] : missingIn(mode, [...given, ...empty.split(', ')]);
}

test('README.md names the Node that action.yml asks for, and says of each mode which inputs it cannot do without', async () => {
  const readme = read('README.md').replaceAll('\n', ' ');
  const { using } = (parse(read('action.yml')) as { runs: { using: string } }).runs;
  expect(readme).toContain(`The action runs on ${using.replace('node', 'Node ')},`);

  for (const mode of ['token', 'register', 'unseal']) {
    const [, list = ''] =
      new RegExp(`mode,? \`${mode}\`: (.*?)(?:, and either|\\.| are required)`).exec(readme) ?? [];
    const named = [...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
    expect([mode, ...named]).toEqual([mode, ...(await missingIn(mode))]);
  }
});

test('README.md shows the logs of a step that mints, and of one that registers', async () => {
  const [, section = ''] = /^## What a run looks like\n([^]*?)^## /m.exec(read('README.md')) ?? [];
  const logs = [...section.matchAll(/^```text\n([^]*?)^```$/gm)].map(([, log = '']) => log);
  const { token, register } = await world();
  for (const [index, inputs] of [token, register].entries()) {
    const { shown } = await runVariant({ inputs, env: { GITHUB_REPOSITORY: undefined } });
    expect(withoutExamples(shown)).toBe(withoutExamples(logs[index] ?? ''));
  }
});

function withoutExamples(log: string): string {
  return log
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/[\da-f]{64}/g, 'FINGERPRINT')
    .replace(/eyJ\w+=*/g, 'APP_ID');
}

test('the figures of README.md are those of the pages', () => {
  const performance = read('docs/performance.md');
  const reliability = read('docs/reliability.md');
  const number = (text = ''): number => Number(text.replace(/,| %$/g, ''));
  /** The numbers in the cells of a row after its first. */
  const row = (page: string, first: string): number[] =>
    (page.split('\n').find((line) => line.startsWith(`| ${first}`)) ?? '')
      .split(/(?<!\\)\|/)
      .slice(2)
      .map((cell) => number(cell.trim().replace(/ MiB$| ms$/, '')));
  const sum = (page: string, count: RegExp): string =>
    [...page.matchAll(count)].reduce((all, [, found]) => all + number(found), 0).toLocaleString('en');
  const kilobytes = (bytes = NaN): string => `${Math.round(bytes / 1000)} KB`;
  const ratio = (figure = NaN): string => figure.toFixed(2);

  const [, peersTime, , , peersMemory] = row(performance, 'create-github-app-token');
  const [peersDownload, peersStart] = row(performance, 'actions/create-github-app-token');
  const [faults = NaN, , , , , , score = NaN] = row(reliability, 'all ');
  const expected = [
    [ratio(row(performance, 'time over HTTPS, to the floor')[0]), ratio(peersTime)],
    [ratio(row(performance, 'peak memory, to the floor')[0]), ratio(peersMemory)],
    [kilobytes(row(performance, '`git archive')[0]), kilobytes(peersDownload)],
    [kilobytes(row(performance, '`dist/index.js`')[0]), kilobytes(peersStart)],
    [sum(reliability, /^(?:steps|answers) .*: (\d+) cases/gm), ''],
    [sum(reliability, /^(?:texts|files) .*: (\d+) cases/gm), ''],
    [sum(reliability, /^ +(\d+) (?:a token|[A-Z_]+)\b/gm), ''],
    [`${Math.round(score)} %`, ''],
  ];
  const [, table = ''] = /^## In figures\n([^]*?)^## /m.exec(read('README.md')) ?? [];
  const cells = [...table.matchAll(/^\| ([^|]+)\| +([^|]*?) +\| +([^|]*?) *\| `npm run/gm)];
  expect(cells.map(([, , ours, theirs]) => [ours, theirs])).toEqual(expected);
  expect(cells.at(-1)?.[1]).toContain(`of ${faults.toLocaleString('en')}`);
});
