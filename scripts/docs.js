// Writes the tables of inputs and outputs into README.md from action.yml; with --check, says whether they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { inputs, outputs } = parse(readFileSync('action.yml', 'utf8'));

const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|');
const table = (/** @type {string[]} */ heads, /** @type {string[][]} */ rows) =>
  [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

const tables = {
  inputs: table(
    ['input', 'default', 'meaning'],
    Object.entries(inputs).map(([name, input]) => [
      `\`${name}\``,
      input.default === undefined ? '' : `\`${input.default}\``,
      input.description,
    ]),
  ),
  outputs: table(
    ['output', 'meaning'],
    Object.entries(outputs).map(([name, output]) => [`\`${name}\``, output.description]),
  ),
};

const before = readFileSync('README.md', 'utf8');
let after = before;
for (const [name, text] of Object.entries(tables)) {
  const marks = new RegExp(`(<!-- ${name}:begin[^>]*-->\n)[^]*?(\n<!-- ${name}:end -->)`);
  if (!marks.test(after)) throw new Error(`README.md has no place for the ${name}`);
  after = after.replace(marks, (_, begin, end) => `${begin}\n${text}\n${end}`);
}

if (!process.argv.includes('--check')) writeFileSync('README.md', after);
else if (after !== before) {
  console.error('README.md does not match action.yml: run "npm run docs"');
  process.exitCode = 1;
}
