// Makes dist/ from src/. Nothing in the output may depend on when or where it is made.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** @type {Record<string, { minify: boolean }>} The action stays readable; the desk is large and not on anyone's start-up path. */
const bundles = { index: { minify: false }, cli: { minify: true } };

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
// CommonJS starts measurably faster than an ES module that imports Node's own modules.
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
for (const [name, { minify }] of Object.entries(bundles)) {
  const { code, assets } = await ncc(`${root}src/${name === 'cli' ? 'cli/main' : name}.ts`, {
    esm: false,
    cache: false,
    minify,
    quiet: true,
    target: 'es2022',
  });
  const extra = Object.keys(assets);
  if (extra.length > 0) throw new Error(`${name} wants files beside it: ${extra.join(', ')}`);
  writeFileSync(`dist/${name}.js`, code);
  console.log(`dist/${name}.js  ${String(Buffer.byteLength(code))} bytes`);
}
