/** What `npm run bundle` puts into dist/. That dist/ is up to date is checked by `npm run bundle:reproducible`. */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ProxyAgent } from '../scripts/stubs/undici.ts';

const dist = join(import.meta.dirname, '../dist');
const read = (name: string): string => readFileSync(join(dist, name), 'utf8');
const bundles = ['index.js', 'cli.js'];

/** The packages, and the folders and files of ours, that a bundle contains: esbuild names each module in a comment. */
function contentsOf(bundle: string): string[] {
  const modules = /^ *\/\/ (?:node_modules\/((?:@[^/]+\/)?[^/]+)|((?:src|scripts)\/[^/\s]+))(?:\/\S+)?$/gm;
  return [...new Set([...read(bundle).matchAll(modules)].map(([, name, folder = '']) => name ?? folder))];
}

test('dist/ consists of the two bundles, the licenses, and the module type', () => {
  expect(readdirSync(dist).sort()).toEqual(['cli.js', 'index.js', 'licenses.txt', 'package.json']);
  expect(JSON.parse(read('package.json'))).toEqual({ type: 'commonjs' });
});

test('the action contains neither the command line nor the simulator, and no package that it does not use', () => {
  expect(contentsOf('index.js').sort()).toEqual([
    '@actions/core',
    '@actions/http-client',
    'jose',
    'scripts/stubs',
    'src/action',
    'src/credentials',
    'src/encodings.ts',
    'src/errors.ts',
    'src/index.ts',
    'src/modes',
    'src/redaction.ts',
    'src/request',
    'src/sprinklr',
    'tunnel',
  ]);
});

test('the command line contains node-forge and the simulator, but not undici', () => {
  const contents = contentsOf('cli.js');
  expect(contents).toEqual(expect.arrayContaining(['node-forge', 'src/cli', 'src/simulator']));
  expect(contents).not.toContain('undici');
});

test('licenses.txt lists exactly the packages in the bundles, with their versions', () => {
  const { packages } = JSON.parse(readFileSync(join(dist, '../package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  const names = bundles.flatMap(contentsOf).filter((name) => !/^(?:src|scripts)\//.test(name));
  const expected = [...new Set(names)]
    .sort()
    .map((name) => [name, packages[`node_modules/${name}`]?.version]);

  const listed = [...read('licenses.txt').matchAll(/^=== (\S+) (\S+) \(.+\)$/gm)];
  expect(listed.map(([, name, version]) => [name, version])).toEqual(expected);
});

test.each(bundles)('%s loads only modules of Node.js', (bundle) => {
  // Not the methods of that name: neither their calls nor their definitions.
  const calls = read(bundle).matchAll(/(?<![.\w])(?:require|import)\(([^)]*)\)(?! \{)/g);
  const loaded = [...calls].map(([, name = '']) => name.replace(/^"(?:node:)?|"$/g, ''));
  expect(loaded.length).toBeGreaterThan(5);
  expect(loaded.filter((name) => !builtinModules.includes(name))).toEqual([]);
});

test.each(bundles)('%s is not minified', (bundle) => {
  const text = read(bundle);
  expect(text.length / text.split('\n').length).toBeLessThan(60);
  expect(text.match(/^(?:async )?function \w{8,}\(/gm)?.length).toBeGreaterThan(100);
});

test('the stub of a package that is never used throws', () => {
  expect(() => new ProxyAgent()).toThrow('undici is not in this bundle');
});

test('the action contains no module of @actions/core that it does not use', () => {
  const modules = [...read('index.js').matchAll(/^\/\/ node_modules\/@actions\/core\/lib\/(\S+)$/gm)];
  expect([...new Set(modules.map(([, name]) => name))].sort()).toEqual([
    'command.js',
    'core.js',
    'file-command.js',
    'utils.js',
  ]);
});

test('the action looks up no Unicode property when it is loaded', () => {
  expect(read('index.js')).toMatch(/new RegExp\(".*\\\\p\{/);
  expect(read('index.js')).not.toMatch(/[^\\]\\p\{/i);
});
