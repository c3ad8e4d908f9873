import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { getExecOutput } from '../../scripts/left-out/actions-exec.ts';
import { ProxyAgent } from '../../scripts/left-out/undici.ts';
import { bundles } from '../inside.ts';
import { expectSuccess } from './expectations.ts';
import { runStep } from './harness.ts';
import { material, world } from './world.ts';

/** Each takes longer to load than a signature takes to make, and nothing of a step's common way needs it. */
const COSTLY = [
  'internal/crypto/webcrypto',
  'internal/deps/undici/undici',
  'internal/fs/promises',
  'internal/perf/performance',
  'internal/readline/interface',
  'assert',
  'os',
  'timers/promises',
];

/** Writes down, as a program ends, what of Node it has loaded, and which files. */
function noteModules(file: string): string {
  const path = join(material().folder, 'note-modules.cjs');
  writeFileSync(
    path,
    `const loaded = () => [...process.moduleLoadList, ...Object.keys(require.cache)].join('\\n');
    process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(file)}, loaded()));`,
  );
  return `--require=${path}`;
}

test('a step loads nothing that takes long and that it does not use', async () => {
  const { token } = await world();
  const file = join(material().folder, 'modules');
  const step = await runStep({ inputs: token, env: { NODE_OPTIONS: noteModules(file) } });

  expectSuccess(step);
  const loaded = new Set(readFileSync(file, 'utf8').split('\n'));
  expect(loaded).toContain('NativeModule https');
  expect([...loaded].filter((name) => name.startsWith(dirname(bundles.action)))).toEqual([bundles.action]);
  expect(COSTLY.filter((name) => loaded.has(`NativeModule ${name}`))).toEqual([]);
});

test('what the bundle leaves out says so, should it ever be reached', () => {
  expect(() => new ProxyAgent()).toThrow('undici is left out');
  expect(() => getExecOutput()).toThrow('@actions/exec is left out');
  expect(readFileSync(bundles.action, 'utf8')).toContain('undici is left out of this bundle');
});
