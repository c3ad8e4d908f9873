// The workflows in examples/, README.md, and docs/, each completed so that it can be linted and run.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const HEADER = 'name: Part of a workflow\non: workflow_dispatch\npermissions: {}\n';

/** @typedef {{ name: string, text: string }} Workflow `name` is its file, or its page and heading (`README.md: Quick start`) */

/**
 * Omits a page's copy of an example.
 *
 * @returns {Workflow[]}
 */
export function documentedWorkflows() {
  const files = readdirSync(`${root}examples`).map((file) => {
    const name = `examples/${file}`;
    return { name, text: readFileSync(root + name, 'utf8') };
  });
  // The others are for other CI systems.
  const examples = files.filter(({ text }) => /^on:/m.test(text));
  const pages = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' })
    .filter((page) => page.endsWith('.md'))
    .map((page) => `docs/${page}`);
  const shown = ['README.md', ...pages].flatMap(workflowsOfPage);
  return [...examples, ...shown.filter(({ text }) => examples.every((example) => example.text !== text))];
}

/**
 * @param {string} page
 * @returns {Workflow[]}
 */
function workflowsOfPage(page) {
  const text = readFileSync(root + page, 'utf8');
  return [...text.matchAll(/^( *)```ya?ml\n([^]*?)^ *```$/gm)].map(({ index, 1: indent, 2: block = '' }) => {
    const headings = text.slice(0, index).match(/^#+ .*$/gm) ?? [];
    const name = `${page}: ${headings.at(-1)?.replace(/^#+ /, '') ?? ''}`;
    return { name, text: complete(block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), name) };
  });
}

/**
 * @param {string} block
 * @param {string} name
 */
function complete(block, name) {
  if (/^on:/m.test(block)) return block;
  if (/^jobs:$/m.test(block)) return HEADER + block;
  if (!/^- /m.test(block)) throw new Error(`${name} has no workflow, jobs, or steps.`);
  const steps = block.replaceAll(/^(?=.)/gm, '      ');
  return `${HEADER}jobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;
}
