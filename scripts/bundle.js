// Makes dist/ from src/. Nothing in the output may depend on when or where it is made.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';
import { minify } from 'terser';
import { bundledFiles, describeLicenses } from './bundle/licenses.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const source = (path) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));
const bundles = {
  'index.js': source('index.ts'),
  'cli.js': source('cli/main.ts'),
  // Files of their own, since most steps need none of them and would have to read them all the same.
  'on-demand.js': source('on-demand.ts'),
  'jwe.js': source('credentials/jwe.ts'),
  'tunnel.js': fileURLToPath(import.meta.resolve('tunnel/lib/tunnel.js')),
};
/** What of the text that ncc makes costs every step some time, and what does the same for less. */
const cheaper = [
  // All that @actions/core uses of a module that takes long to load.
  [
    'require("os")',
    '{ EOL: process.platform === "win32" ? "\\r\\n" : "\\n", platform: () => process.platform, arch: () => process.arch }',
  ],
  // A copy of a module of Node's, name by name, for imports with a star; nobody asks those for a default.
  [/__nccwpck_require__\.t\((\w+), 2\)/g, '$1'],
  // Loaded where one of its functions is called, and not where they are imported.
  ['const external_on_demand_js_namespaceObject = require("./on-demand.js");', ''],
  ['external_on_demand_js_namespaceObject.', 'require("./on-demand.js").'],
];
const loadedWhenWanted = { './jwe.js': './jwe.js', 'tunnel/lib/tunnel': './tunnel.js' };
const onDemand = [...readFileSync(source('on-demand.ts'), 'utf8').matchAll(/\/([\w-]+)\.ts'/g)];
const loadedOnDemand = { [`/\\/(${onDemand.map(([, name]) => name).join('|')})\\.js$/`]: './on-demand.js' };

/** @type {import('terser').MinifyOptions} */
const smallest = {
  // Reading a property of a module does nothing else, so what nobody uses of what was read can go; and with it the job
  // summaries of @actions/core, which take all of Node's promises of files to load.
  compress: { ecma: 2020, passes: 3, pure_getters: true, pure_funcs: ['Summary'] },
  // A single character beyond Latin-1 would make V8 hold and read all of the text at twice its size.
  format: { ecma: 2020, comments: false, ascii_only: true },
};

const files = new Map([
  // CommonJS starts measurably faster than an ES module that imports Node's own modules.
  ['package.json', '{ "type": "commonjs" }\n'],
]);
const bundled = [];
for (const [name, entry] of Object.entries(bundles)) {
  const { code, assets, stats } = await ncc(entry, {
    esm: false,
    cache: false,
    // Its own minifier keeps the name of every function.
    minify: false,
    quiet: true,
    // Types are "npm run types"'s business.
    transpileOnly: true,
    target: 'es2022',
    externals: { ...loadedWhenWanted, ...(name === 'index.js' && loadedOnDemand) },
  });
  const extra = Object.keys(assets);
  if (extra.length > 0) throw new Error(`${name} wants files beside it: ${extra.join(', ')}`);
  const text = cheaper.reduce((dear, [costly, cheap]) => dear.replaceAll(costly, cheap), code);
  files.set(name, `${(await minify(text, smallest)).code}\n`);
  bundled.push(...bundledFiles(stats));
}
files.set('licenses.txt', describeLicenses(bundled));

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
for (const [name, text] of files) {
  writeFileSync(`dist/${name}`, text);
  console.log(`dist/${name}  ${String(Buffer.byteLength(text))} bytes`);
}
