import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];

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

test('docs/security.md names tests that are there', () => {
  const named = [...read('docs/security.md').matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !existsSync(join(root, '__tests__', path)))).toEqual([]);
});

test('README.md names every example', () => {
  const examples = readdirSync(join(root, 'examples'));
  expect(examples.filter((file) => !read('README.md').includes(`(examples/${file})`))).toEqual([]);
});
