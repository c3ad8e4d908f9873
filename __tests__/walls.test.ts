import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { expect, test } from '@jest/globals';
import { bundles } from './inside.ts';
import { found } from './traces.ts';

/** Which source file may import which is the linter's affair; this is about what the build makes of it. */
const action = readFileSync(bundles.action, 'utf8');
const desk = readFileSync(bundles.cli, 'utf8');

test('the bundle of the action has the rooms of the action in it, and neither simulator nor desk', () => {
  expect(found('rooms', action)).toEqual(['action', 'credentials', 'modes', 'sprinklr']);
  expect(found('rooms', desk)).toEqual(expect.arrayContaining(['cli', 'simulator']));
});

test('it has no package in it but those of the action, and neither a maker of certificates nor undici', () => {
  expect(found('packages', action)).toEqual(['@actions/core', '@actions/http-client', 'jose', 'tunnel']);
  expect(found('packages', desk)).toContain('node-forge');
});

test('it loads nothing at run time but modules of Node', () => {
  const loaded = [...action.matchAll(/(?<![.\w])require\("(?:node:)?([^"]+)"\)/g)].map(
    ([, name = '']) => name,
  );

  expect(loaded.length).toBeGreaterThan(5);
  expect(loaded.filter((name) => !builtinModules.includes(name))).toEqual([]);
  expect(action).not.toMatch(/\bimport\(/);
});
