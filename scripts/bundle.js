// Bundles src/ into dist/, readable and unminified, and lists the licenses of the packages in it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describeLicenses } from './licenses.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/**
 * Lets esbuild leave out modules of a package that nothing uses, such as the job summary of `@actions/core`, although the
 * package does not declare that its modules have no side effects.
 *
 * @type {import('esbuild').Plugin}
 */
const omitUnusedModules = {
  name: 'omit-unused-modules',
  setup(esbuild) {
    esbuild.onResolve({ filter: /./, namespace: 'file' }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolved' || !/node_modules.@actions/.test(options.resolveDir)) return undefined;
      const resolved = await esbuild.resolve(path, { ...options, pluginData: 'resolved' });
      return { ...resolved, sideEffects: false };
    });
  },
};

const { outputFiles, metafile } = await build({
  entryPoints: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // licenses.txt contains them.
  legalComments: 'none',
  plugins: [omitUnusedModules],
  // Node.js looks up `\p{…}` when it parses a literal, also in functions that never run. `new RegExp` waits until then.
  supported: { 'regexp-sticky-and-unicode-flags': false },
  // @actions/http-client imports this package, but nothing here calls it.
  alias: { undici: './scripts/stubs/undici.ts' },
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
