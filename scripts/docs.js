// Writes the tables of inputs and outputs in README.md from action.yml. With --check, exits with code 1 if they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** @typedef {Record<string, { description: string, default?: string }>} Entries */

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
/** @type {unknown} */
const parsed = parse(readFileSync('action.yml', 'utf8'));
const action = /** @type {{ inputs: Entries, outputs: Entries }} */ (parsed);

const table = (/** @type {string[][]} */ rows) =>
  rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
const tables = {
  inputs: table([
    ['input', 'default', 'meaning'],
    ['---', '---', '---'],
    ...Object.entries(action.inputs).map(([name, input]) => [
      `\`${name}\``,
      input.default === undefined ? '' : `\`${input.default}\``,
      input.description,
    ]),
  ]),
  outputs: table([
    ['output', 'meaning'],
    ['---', '---'],
    ...Object.entries(action.outputs).map(([name, { description }]) => [`\`${name}\``, description]),
  ]),
};

const before = readFileSync('README.md', 'utf8');
let after = before;
for (const [name, text] of Object.entries(tables)) {
  const section = new RegExp(`(?<=<!-- ${name}:begin[^>]*-->\n\n)[^]*?(?=\n\n<!-- ${name}:end -->)`);
  if (!section.test(after)) throw new Error(`README.md has no section for the ${name}`);
  after = after.replace(section, () => text);
}

if (!process.argv.includes('--check')) writeFileSync('README.md', after);
else if (after !== before) {
  console.error('README.md does not match action.yml: run "npm run docs"');
  process.exitCode = 1;
}
