// The workflows that README.md and docs/ show, each as a whole one, so that it can be linted and run.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const HEAD = 'name: Shown in part\non: workflow_dispatch\npermissions: {}\n';

/**
 * `name` is the page and the heading, such as `README.md: Use`; `text` is a workflow.
 *
 * @returns {{ name: string, text: string }[]}
 */
export function documentedWorkflows() {
  const pages = ['README.md', ...readdirSync(`${root}docs`).map((page) => `docs/${page}`)];
  return pages.filter((page) => page.endsWith('.md')).flatMap(readPage);
}

function readPage(page) {
  const text = readFileSync(root + page, 'utf8');
  return [...text.matchAll(/^( *)```ya?ml\n([^]*?)^ *```$/gm)].map(({ index, 1: indent, 2: block }) => {
    const heading =
      text
        .slice(0, index)
        .match(/^#+ .*$/gm)
        ?.at(-1) ?? '';
    const name = `${page}: ${heading.replace(/^#+ /, '')}`;
    return { name, text: complete(block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), name) };
  });
}

function complete(block, name) {
  const first = /^[^#\s].*/m.exec(block)?.[0] ?? '';
  if (/^on:/m.test(block)) return block;
  if (first === 'jobs:') return HEAD + block;
  if (!first.startsWith('- '))
    throw new Error(`${name} is neither a workflow, nor its jobs, nor steps of a job.`);
  return `${HEAD}jobs:\n  shown:\n    runs-on: ubuntu-latest\n    steps:\n${block.replaceAll(/^(?=.)/gm, '      ')}`;
}
