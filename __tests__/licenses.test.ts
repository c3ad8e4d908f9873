import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { found } from './traces.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const licenses = read('dist/licenses.txt');
const listed = [...licenses.matchAll(/^=== (\S+) (\S+) \((.+)\)$/gm)].map(([, name = '', version = '']) => ({
  name,
  version,
}));

test('licenses.txt lists the packages whose texts are in the bundles, and no other', () => {
  const bundles = ['index.js', 'cli.js', 'on-demand.js', 'jwe.js', 'tunnel.js'];
  const bundled = found('packages', bundles.map((name) => read(`dist/${name}`)).join(''));
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { version: string }>;
  };

  expect(listed.map(({ name, version }) => [name, version])).toEqual(
    bundled.map((name) => [name, packages[`node_modules/${name}`]?.version]),
  );
});

test('each has its licence in full, and those whose work is in its files have theirs', () => {
  for (const name of [
    '@actions/core/LICENSE.md',
    '@actions/http-client/LICENSE',
    'jose/LICENSE.md',
    'tunnel/LICENSE',
  ]) {
    expect(licenses).toContain(read(`node_modules/${name}`).trim());
  }
  const [forge = ''] = licenses.split('=== node-forge ')[1]?.split('\n=== ') ?? [];
  expect(forge).toMatch(/^[\d.]+ \(BSD-3-Clause\)\n/);
  expect(forge).toContain('    * Redistributions in binary form must reproduce the above copyright\n');
  expect(forge).not.toContain('GNU GENERAL PUBLIC LICENSE\n');
  for (const holder of [
    'Digital Bazaar, Inc.',
    '2003-2005  Tom Wu',
    'base-x contributors',
    '2012 Kenji Urushima',
  ]) {
    expect(forge).toContain(holder);
  }
  expect(forge).toContain(
    'All redistributions must retain an intact copy of this copyright notice\nand disclaimer.',
  );
});

test.each([
  ['terms that nobody agreed to', { license: 'GPL-3.0-only' }, 'its licence "GPL-3.0-only" is none of '],
  ['no terms', {}, 'its licence "undefined" is none of '],
  ['terms, but not their text', { license: 'MIT' }, 'has no licence text'],
])('a package with %s is not bundled', (_, terms, says) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'licenses-')), 'node_modules', 'tiny');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'tiny', version: '1.0.0', ...terms }));
  writeFileSync(join(folder, 'index.js'), '');
  const module = JSON.stringify(pathToFileURL(join(root, 'scripts/bundle/licenses.js')));
  const describe = `import(${module}).then((m) => m.describeLicenses(process.argv.slice(1)))`;

  const { status, stderr } = spawnSync(process.execPath, ['-e', describe, join(folder, 'index.js')], {
    encoding: 'utf8',
  });

  expect(status).toBe(1);
  expect(stderr).toContain(`Error: tiny is bundled, but ${says}`);
});

interface Bill {
  bomFormat: string;
  specVersion: string;
  serialNumber: string;
  metadata: { timestamp: string };
  components: { name: string; version: string; hashes: { alg: string }[] }[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

function makeBill(made = '1000000000'): string {
  const env = { ...process.env, SOURCE_DATE_EPOCH: made };
  return spawnSync(process.execPath, ['scripts/sbom.js'], { cwd: root, env, encoding: 'utf8' }).stdout;
}

let bill: string;
beforeAll(() => {
  bill = makeBill();
});

test('the bill of materials has exactly the packages of licenses.txt, and when the commit was made', () => {
  const { metadata, components, dependencies } = JSON.parse(bill) as Bill;

  expect(components.map(({ name, version }) => ({ name, version }))).toEqual(
    listed.map(({ name, version }) => ({ name, version })),
  );
  expect(components.flatMap(({ hashes }) => hashes.map(({ alg }) => alg))).toEqual(
    listed.map(() => 'SHA-512'),
  );
  expect(dependencies.find(({ ref }) => ref.startsWith('@actions/http-client@'))?.dependsOn).toEqual([
    expect.stringMatching(/^tunnel@/),
  ]);
  expect(metadata.timestamp).toBe('2001-09-09T01:46:40.000Z');
});

test('it is the same each time, and has what actions/attest knows a bill by; that of another commit has another number', () => {
  const { bomFormat, specVersion, serialNumber } = JSON.parse(bill) as Bill;
  expect({ bomFormat, specVersion, serialNumber }).toEqual({
    bomFormat: 'CycloneDX',
    specVersion: expect.stringMatching(/^1\.\d$/),
    serialNumber: expect.stringMatching(
      /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
    ),
  });
  expect(makeBill()).toBe(bill);
  expect((JSON.parse(makeBill('1000000001')) as Bill).serialNumber).not.toBe(serialNumber);
});
