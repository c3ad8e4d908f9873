/** The commands on the pages. Those of docs/setup.md run in cli/setup-guide.test.ts. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { material } from './action/world.ts';

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
const bash = (script: string, cwd: string): string =>
  execFileSync('bash', ['-e', '-o', 'pipefail', '-c', script], { stdio: 'pipe', encoding: 'utf8', cwd });
const help = (...command: string[]): string =>
  execFileSync(process.execPath, [join(root, 'dist/cli.js'), ...command, '--help'], { encoding: 'utf8' });

test('the openssl commands of docs/troubleshooting.md print what the page says', () => {
  const commands = shellBlocks(read('docs/troubleshooting.md')).filter((block) =>
    /^openssl (?!s_client)/.test(block),
  );
  expect(commands.map((command) => bash(command, material().folder))).toEqual([
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
