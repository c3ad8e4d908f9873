// Bundles src/ into dist/, readable and unminified, and lists the licenses of the packages in it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describeLicenses } from './licenses.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { outputFiles, metafile } = await build({
  entryPoints: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // licenses.txt contains them.
  legalComments: 'none',
  // @actions/core and @actions/http-client import these packages, but nothing here calls them.
  alias: { undici: './scripts/stubs/undici.ts', '@actions/exec': './scripts/stubs/actions-exec.ts' },
  metafile: true,
  write: false,
});
const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
const bundled = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []));

const files = new Map([
  ...outputFiles.map(({ path, text }) => /** @type {const} */ ([basename(path), text])),
  ['licenses.txt', describeLicenses(bundled)],
  ['package.json', '{ "type": "commonjs" }\n'],
]);
rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
for (const [name, text] of files) writeFileSync(`dist/${name}`, text);
