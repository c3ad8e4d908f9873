// Writes what README.md and docs/images/ show of the code: the tables of inputs and outputs, and what a run of dist/
// prints. With --check, exits with code 1 if a file differs.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { createCredentials, runStep, startSimulator } from './runner.js';
import { drawSummary } from './summary-picture.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'docs-'));
try {
  const { log, failure, summary } = await runExamples();
  let readme = readFileSync('README.md', 'utf8');
  replace('inputs', /(?<=\n\n)\| Input \|[^]*?(?=\n\n)/, await inputTable());
  replace('outputs', /(?<=\n\n)\| Output \|[^]*?(?=\n\n)/, outputTable());
  replace('the log', /(?<=```text\n)Sprinklr access token [^]*?(?=\n```)/, log);
  replace('a failure', /(?<=```text\n)Error: [^]*?(?=\n```)/, failure);
  update({ 'README.md': readme, 'docs/images/job-summary.svg': drawSummary(summary) });

  /**
   * @param {string} name
   * @param {RegExp} section
   * @param {string} text
   */
  function replace(name, section, text) {
    if (!section.test(readme)) throw new Error(`README.md has no section for ${name}`);
    readme = readme.replace(section, () => text);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** One table with a row for each group, in which the required inputs come first. */
async function inputTable() {
  const { GROUPS, INPUT_NAMES, definitionOf } = await loadSchema();
  const rows = GROUPS.flatMap((group) => {
    const names = INPUT_NAMES.filter((name) => definitionOf(name).group === group);
    const isRequired = (/** @type {typeof names[number]} */ name) =>
      definitionOf(name).requiredIn !== undefined;
    const ordered = [...names.filter(isRequired), ...names.filter((name) => !isRequired(name))];
    return [
      [`**${group}**`, '', '', ''],
      ...ordered.map((name) => {
        const { requiredIn = [], default: fallback, description } = definitionOf(name);
        const modes = requiredIn.map((mode) => `\`${mode}\``).join(', ');
        return [`\`${name}\``, modes, fallback === undefined ? '' : `\`${fallback}\``, description];
      }),
    ];
  });
  return table(['Input', 'Required in', 'Default', 'Description'], rows);
}

/** @returns {Promise<typeof import('../src/request/schema.ts')>} */
async function loadSchema() {
  const outfile = join(folder, 'schema.cjs');
  await build({ entryPoints: ['src/request/schema.ts'], bundle: true, platform: 'node', outfile });
  /** @type {unknown} */
  const schema = await import(pathToFileURL(outfile).href);
  return /** @type {typeof import('../src/request/schema.ts')} */ (schema);
}

function outputTable() {
  /** @type {unknown} */
  const parsed = parse(readFileSync('action.yml', 'utf8'));
  const action = /** @type {{ outputs: Record<string, { description: string }> }} */ (parsed);
  const rows = Object.entries(action.outputs).map(([name, { description }]) => [`\`${name}\``, description]);
  return table(['Output', 'Description'], rows);
}

/**
 * @param {string[]} header
 * @param {string[][]} rows
 */
function table(header, rows) {
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** Runs the step of the quick start against the simulator, once unchanged and once with a wrong API key. */
async function runExamples() {
  const credentials = createCredentials(folder);
  const simulator = await startSimulator(credentials, []);
  try {
    const inputs = { ...simulator.inputs, certificate: readFileSync(credentials.certificate, 'utf8') };
    const run = (/** @type {import('./runner.js').Variables} */ changed) =>
      runStep({ inputs: { 'certificate-warning-days': '0', ...changed } }, join(folder, 'step'));
    const success = await run(inputs);
    const rejected = await run({ ...inputs, 'api-key': 'another-api-key' });
    const origin = inputs['base-url'] ?? '';
    return {
      log: withFixedValues(shownLog(success.log), origin),
      failure: withFixedValues(shownLog(rejected.log), origin),
      summary: withFixedValues(success.files['GITHUB_STEP_SUMMARY'] ?? '', origin),
    };
  } finally {
    simulator.process.kill();
  }
}

/**
 * The log as GitHub shows it.
 *
 * @param {string} printed
 */
function shownLog(printed) {
  return printed
    .replaceAll(/^::(add-mask|debug)::.*\n/gm, '')
    .replaceAll(/^::error [^:]*::/gm, 'Error: ')
    .replaceAll('%25', '%')
    .trim();
}

/**
 * Replaces what differs between runs, and the address of the simulator.
 *
 * @param {string} text
 * @param {string} origin
 */
function withFixedValues(text, origin) {
  return text
    .replaceAll(origin, 'https://api2.sprinklr.com')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-12-31T09:30:00.000Z')
    .replace(/(?<=Certificate expires \| )\S+/, '2027-12-01T09:30:00.000Z')
    .replaceAll(/\b[\da-f]{64}\b/g, 'c9861de232b5b875020253725da6f64aa08706b0259e3901dc4f4ea4bf4fbc95');
}

/** @param {Record<string, string>} files */
function update(files) {
  const outdated = Object.entries(files).filter(
    ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
  );
  if (!process.argv.includes('--check')) {
    for (const [path, text] of outdated) writeFileSync(path, text);
  } else if (outdated.length > 0) {
    console.error(`Outdated: ${outdated.map(([path]) => path).join(', ')}. Run "npm run docs".`);
    process.exitCode = 1;
  }
}
