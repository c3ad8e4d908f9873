import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

/** Which source file may import which is the linter's affair; this is about what the build makes of it. */
const bundle = readFileSync(join(import.meta.dirname, '../dist/index.js'), 'utf8');
const modules = [...bundle.matchAll(/CONCATENATED MODULE: \.\/(\S+)/g)].map(([, path = '']) => path);
const startsOf = (under: RegExp): string[] =>
  [...new Set(modules.flatMap((path) => under.exec(path)?.[1] ?? []))].sort();

test('the bundle of the action has the rooms of the action in it, and neither simulator nor desk', () => {
  expect(startsOf(/^src\/(\w+)/)).toEqual(['action', 'credentials', 'errors', 'index', 'modes', 'sprinklr']);
});

test('it has no package in it but those of the action, and neither a maker of certificates nor undici', () => {
  expect(startsOf(/^node_modules\/((?:@\w+\/)?[\w-]+)/)).toEqual([
    '@actions/core',
    '@actions/http-client',
    'jose',
  ]);
  // Older kinds of modules stand in the bundle without their names; these texts are in the packages wherever they are.
  expect(bundle).not.toMatch(/UND_ERR_|1\.2\.840\.113549\.1\.12\.10\.1|forge\.pki|X-Mashery-Error-Code/);
  expect(bundle).toContain('tunneling socket could not be established');
});

test('it loads nothing at run time but modules of Node', () => {
  const loaded = [...bundle.matchAll(/\brequire\("(?:node:)?([^"]+)"\)/g)].map(([, name = '']) => name);

  expect(loaded.length).toBeGreaterThan(5);
  expect(loaded.filter((name) => !builtinModules.includes(name))).toEqual([]);
  expect(bundle).not.toMatch(/\bimport\(/);
});
