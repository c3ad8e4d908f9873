import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bundles } from './inside.ts';
import { found } from './traces.ts';

/** Which source file may import which is the linter's affair; this is about what the build makes of it. */
const action = readFileSync(bundles.action, 'utf8');
const desk = readFileSync(bundles.cli, 'utf8');
/** What they load when they want it. */
const [onDemand, jwe, tunnel] = ['on-demand.js', 'jwe.js', 'tunnel.js'].map((name) =>
  readFileSync(join(dirname(bundles.action), name), 'utf8'),
) as [string, string, string];

test('the bundle of the action has the rooms of the action in it, and neither simulator nor desk', () => {
  expect(found('rooms', action)).toEqual(['action', 'credentials', 'modes', 'sprinklr']);
  expect(found('rooms', action + onDemand)).toEqual(['action', 'credentials', 'modes', 'sprinklr']);
  expect(found('rooms', desk)).toEqual(expect.arrayContaining(['cli', 'simulator']));
});

test('it has no package in it but those of the action, and neither a maker of certificates nor undici', () => {
  expect(found('packages', action)).toEqual(['@actions/core', '@actions/http-client']);
  expect(found('packages', onDemand)).toEqual([]);
  expect(found('packages', jwe)).toEqual(['jose']);
  expect(found('packages', tunnel)).toEqual(['tunnel']);
  expect(found('packages', desk)).toContain('node-forge');
});

test('it loads nothing at run time but modules of Node, and when it wants them its own files', () => {
  const loaded = (bundle: string) =>
    [...bundle.matchAll(/(?<![.\w])require\("(?:node:)?([^"]+)"\)/g)].map(([, name = '']) => name);

  expect(loaded(action).length).toBeGreaterThan(5);
  const own = (bundle: string) => new Set(loaded(bundle).filter((name) => !builtinModules.includes(name)));
  expect(own(action)).toEqual(new Set(['./tunnel.js', './on-demand.js']));
  expect(own(onDemand)).toEqual(new Set(['./jwe.js']));
  expect(own(jwe + tunnel)).toEqual(new Set());
  expect(action + onDemand + jwe + tunnel).not.toMatch(/\bimport\(/);
  // No copy of a module of Node's, name by name.
  expect(action).not.toMatch(/\.t\(\w+,2\)/);
});

test('it calls all that is loaded on demand there, and nothing that is not there', () => {
  const called = [...action.matchAll(/require\("\.\/on-demand\.js"\)\.(\w+)/g)].map(([, name]) => name);
  const there = Object.keys(createRequire(bundles.action)('./on-demand.js') as object);

  expect(there.length).toBeGreaterThan(5);
  expect(new Set(called)).toEqual(new Set(there));
});
