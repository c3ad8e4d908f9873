/** The commands that the pages show. Those of docs/setup.md that call `npx` are run by cli/first-hour.test.ts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { expectSuccess } from './action/expectations.ts';
import { runVariant } from './action/harness.ts';
import { app, material, world } from './action/world.ts';
import { deskVariant } from './cli/desk.ts';
import { standIns } from './cli/stand-ins.ts';

const root = join(import.meta.dirname, '..');
const read = (page: string): string => readFileSync(join(root, page), 'utf8');
const pages = ['README.md', '.github', 'docs'].flatMap((path) =>
  path.endsWith('.md')
    ? [path]
    : readdirSync(join(root, path)).flatMap((name) => (name.endsWith('.md') ? [`${path}/${name}`] : [])),
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

test.each([
  ['README.md', /^Set up/],
  ['docs/setup.md', /^[457]\. /],
])('the commands of %s make and store what a workflow needs, and leave no key behind', async (page, part) => {
  const { sprinklr, token } = await world();
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-set-up-'));
  for (const name of ['api-key.txt', 'api-secret.txt']) writeFileSync(join(folder, name), name);
  const github = standIns('gh');

  const sections = read(page)
    .split(/^## /m)
    .filter((section) => part.test(section));
  const blocks = shellBlocks(sections.join('')).filter((block) => !block.startsWith('npx '));
  // Enter, to all that "openssl req" asks.
  bash(blocks.join(''), { cwd: folder, path: github.path, input: '\n'.repeat(20) });

  const stored = Object.fromEntries(
    github
      .calls('gh')
      .flatMap(({ args: [, verb, name = ''], input }) => (verb === 'set' ? [[name, input]] : [])),
  ) as Record<string, string>;
  expect(Object.keys(stored).sort()).toEqual([
    'SPRINKLR_API_KEY',
    'SPRINKLR_API_SECRET',
    'SPRINKLR_APP_ID',
    'SPRINKLR_CERTIFICATE',
    'SPRINKLR_PRIVATE_KEY',
  ]);
  const { SPRINKLR_CERTIFICATE: certificate = '', SPRINKLR_PRIVATE_KEY: key = '' } = stored;
  const appId = sprinklr.register(certificate, app.apiKey);
  expectSuccess(await runVariant({ inputs: { ...token, 'app-id': appId, 'private-key': key, certificate } }));
  expect(readdirSync(folder).filter((name) => name.startsWith('server.'))).toEqual(['server.crt']);
});

test('docs/troubleshooting.md looks at keys and certificates with commands that say what it says', () => {
  const commands = shellBlocks(read('docs/troubleshooting.md')).filter((block) =>
    /^openssl (?!s_client)/.test(block),
  );
  const said = commands.map((command) => bash(command, { cwd: material().folder }));
  expect(said).toEqual([
    expect.stringContaining('Key is valid'),
    '',
    expect.stringMatching(/^Private-Key: \(2048 bit.*\)\n$/),
    expect.stringMatching(/^subject=.*\nnotBefore=.*\nnotAfter=/),
    expect.stringMatching(/^sha256 fingerprint=/i),
  ]);
});

test.each(pages)('%s calls the command line as it is', async (page) => {
  const calls = [...read(page).matchAll(/\bnpx (?:-y )?github:org\/sprinklr-token(?:#v1)? ([a-z]+)(.*)/g)];
  for (const [line, command = '', rest = ''] of calls) {
    const { exitCode, stdout } = await deskVariant({ args: [command, '--help'] });
    const flags = (rest.split(/[`>|]/)[0] ?? '').match(/--[a-z-]+/g) ?? [];
    expect([line, exitCode, flags.filter((flag) => !stdout.includes(`${flag} `))]).toEqual([line, 0, []]);
  }
});

test('README.md lists the commands that there are', async () => {
  const { stdout } = await deskVariant({ args: ['--help'] });
  const listed = [...read('README.md').matchAll(/^\| `([a-z]+)` +\| [^|]+ \|$/gm)].map(([, name]) => name);
  const known = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(known.sort());
});
