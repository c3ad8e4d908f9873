import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const licenses = read('dist/licenses.txt');
const listed = [...licenses.matchAll(/^=== (\S+) (\S+) \((.+)\)$/gm)].map(([, name = '', version = '']) => ({
  name,
  version,
}));

test('licenses.txt contains the license of each package, and the notices of others in its files', () => {
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
  [
    'a license that is not allowed',
    { license: 'GPL-3.0-only' },
    'has the license "GPL-3.0-only", which is not one of ',
  ],
  ['no license', {}, 'has the license "", which is not one of '],
  ['no license text', { license: 'MIT' }, 'has no license text'],
])('a package with %s is refused', (_, manifest, message) => {
  const folder = join(mkdtempSync(join(tmpdir(), 'licenses-')), 'node_modules', 'tiny');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'tiny', version: '1.0.0', ...manifest }),
  );
  writeFileSync(join(folder, 'index.js'), '');
  const module = JSON.stringify(pathToFileURL(join(root, 'scripts/licenses.js')));
  const describe = `import(${module}).then((m) => m.describeLicenses(process.argv.slice(1)))`;

  const { status, stderr } = spawnSync(process.execPath, ['-e', describe, join(folder, 'index.js')], {
    encoding: 'utf8',
  });

  expect(status).toBe(1);
  expect(stderr).toContain(`Error: tiny ${message}`);
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

test('it is the same each time, has the fields that actions/attest requires, and has another number for another commit', () => {
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
