// Makes dist/ from src/. Nothing in the output may depend on when or where it is made.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';
import { bundledFiles, describeLicenses } from './build/licenses.js';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

// The action stays readable for those who review it; the desk is large, and its source lies in src/.
const bundles = {
  'index.js': { entry: 'index.ts', minify: false },
  'cli.js': { entry: 'cli/main.ts', minify: true },
};

const files = new Map([
  // CommonJS starts measurably faster than an ES module that imports Node's own modules.
  ['package.json', '{ "type": "commonjs" }\n'],
]);
const bundled = [];
for (const [name, { entry, minify }] of Object.entries(bundles)) {
  const { code, assets, stats } = await ncc(`${root}src/${entry}`, {
    esm: false,
    cache: false,
    minify,
    quiet: true,
    // Types are "npm run types"'s business.
    transpileOnly: true,
    target: 'es2022',
  });
  const extra = Object.keys(assets);
  if (extra.length > 0) throw new Error(`${name} wants files beside it: ${extra.join(', ')}`);
  files.set(name, code);
  bundled.push(...bundledFiles(stats));
}
files.set('licenses.txt', describeLicenses(bundled));

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
for (const [name, text] of files) {
  writeFileSync(`dist/${name}`, text);
  console.log(`dist/${name}  ${String(Buffer.byteLength(text))} bytes`);
}
