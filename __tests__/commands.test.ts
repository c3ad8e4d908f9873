/** The commands on the pages. Those of docs/setup.md that use the command line run in cli/setup-guide.test.ts. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { expectSuccess } from './action/expectations.ts';
import { runStep } from './action/harness.ts';
import { app, material, world } from './action/world.ts';

const root = join(import.meta.dirname, '..');
const read = (page: string): string => readFileSync(join(root, page), 'utf8');
const files = ['README.md', 'CHANGELOG.md', '.github', 'docs', 'examples'].flatMap((path) =>
  path.endsWith('.md')
    ? [path]
    : readdirSync(join(root, path), { recursive: true, encoding: 'utf8' }).flatMap((name) =>
        /\.(md|yml)$/.test(name) ? [`${path}/${name.replaceAll('\\', '/')}`] : [],
      ),
);

const shellBlocks = (text: string): string[] =>
  [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block);
const bash = (script: string, options: { cwd: string; input?: string; path?: string }): string =>
  execFileSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    stdio: 'pipe',
    encoding: 'utf8',
    cwd: options.cwd,
    input: options.input ?? '',
    env: { ...process.env, PATH: options.path ?? process.env['PATH'] },
  });
const help = (...command: string[]): string =>
  execFileSync(process.execPath, [join(root, 'dist/cli.js'), ...command, '--help'], { encoding: 'utf8' });

test.each(['README.md', 'docs/setup.md'])(
  'the commands of %s create and store what a workflow needs, and leave no key behind',
  async (page) => {
    const { sprinklr, token } = await world();
    const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-set-up-'));
    for (const name of ['api-key.txt', 'api-secret.txt']) writeFileSync(join(folder, name), name);
    const store = join(folder, 'stored');
    const bin = join(folder, 'bin');
    for (const path of [store, bin]) mkdirSync(path);
    writeFileSync(join(bin, 'gh'), `#!/bin/sh\ntest "$2" != set || cat > "${store}/$3"\n`, { mode: 0o755 });

    const commands = shellBlocks(read(page)).filter((block) =>
      /^(openssl|gh (secret|variable) set|rm) /m.test(block),
    );
    // "openssl req" asks about a company: press Enter each time.
    bash(commands.join(''), {
      cwd: folder,
      path: bin + delimiter + (process.env['PATH'] ?? ''),
      input: '\n'.repeat(20),
    });

    expect(readdirSync(store).sort()).toEqual([
      'SPRINKLR_API_KEY',
      'SPRINKLR_API_SECRET',
      'SPRINKLR_APP_ID',
      'SPRINKLR_CERTIFICATE',
      'SPRINKLR_PRIVATE_KEY',
    ]);
    const stored = (name: string): string => readFileSync(join(store, name), 'utf8');
    const certificate = stored('SPRINKLR_CERTIFICATE');
    const inputs = {
      ...token,
      'app-id': sprinklr.register(certificate, app.apiKey),
      'private-key': stored('SPRINKLR_PRIVATE_KEY'),
      certificate,
    };
    expectSuccess(await runStep({ inputs }));
    expect(readdirSync(folder).filter((name) => name.startsWith('server.'))).toEqual(['server.crt']);
  },
);

test('the openssl commands of docs/troubleshooting.md print what the page says', () => {
  const commands = shellBlocks(read('docs/troubleshooting.md')).filter((block) =>
    /^openssl (?!s_client)/.test(block),
  );
  expect(commands.map((command) => bash(command, { cwd: material().folder }))).toEqual([
    expect.stringContaining('Key is valid'),
    '',
    expect.stringMatching(/^Private-Key: \(2048 bit.*\)\n$/),
    expect.stringMatching(/^subject=.*\nnotBefore=.*\nnotAfter=/),
    expect.stringMatching(/^sha256 fingerprint=/i),
  ]);
});

test('every command and flag of the command line that a page names exists', () => {
  const calls = files.flatMap((file) => [
    ...read(file)
      .replaceAll('\\\n', '')
      .matchAll(/(?:\bnpx (?:-y )?@org\/sprinklr-token@[\d.]+|\bnode dist\/cli\.js) ([a-z]+)(.*)/g),
  ]);
  expect(calls.length).toBeGreaterThan(5);
  for (const [line, command = '', rest = ''] of calls) {
    const flags = (rest.split(/[`>|]/)[0] ?? '').match(/--[a-z-]+/g) ?? [];
    const known = help(command);
    expect([line, ...flags.filter((flag) => !known.includes(`${flag} `))]).toEqual([line]);
  }
});

test('no page installs the command line from git, which npm 12 refuses', () => {
  expect(files.filter((file) => read(file).includes('github:org/'))).toEqual([]);
});

test('README.md lists the commands that exist', () => {
  const listed = [...read('README.md').matchAll(/^\| `([a-z]+)` +\| [^|]+ \|$/gm)].map(([, name]) => name);
  const known = [...help().matchAll(/^ {2}([a-z]+)(?: \[.*?\]| <.*?>)* {2,}/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  expect(listed.sort()).toEqual(known.sort());
});
