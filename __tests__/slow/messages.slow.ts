import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { run } from '../cli/harness.ts';
import type { Recorded } from '../recorded-messages.ts';
import { isProse, messageTemplates, type Template } from './message-templates.ts';
import { flatten, makePage, wrap } from './messages-page.ts';

const file = fileURLToPath(new URL('../../docs/messages.md', import.meta.url));
const readPage = (): string => readFileSync(file, 'utf8');

/** Texts that the page lacks, by the reason. */
const UNSHOWN: Readonly<Record<string, readonly string[]>> = {
  'a web page': [
    'Code received',
    'You can close this window.',
    'No code received',
    'You can close this window. The terminal shows the reason.',
    'Response rejected',
    'The command cannot verify that this response belongs to its own consent request, so it is still waiting. If you just allowed the app, paste the URL of this page into the terminal. Without a terminal, run the command again with --no-listen.',
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>…</title>\n<h1>…</h1>\n<p>…</p>\n</html>\n',
    'text/html; charset=utf-8',
  ],
  'in a file that the command writes': [
    'Calls of "sprinklr-token doctor --live", without their values: only names, types, and numbers are left.',
    'custom base-url',
    'string of digits',
    '(more keys)',
    '(a name of … characters)',
    '(another type)',
    'HTML or XML',
    'text that is not JSON',
  ],
  'a bug, printed as an unexpected internal error': [
    'There is no terminal to ask "…" on.',
    'The identity was not checked.',
    'The command line seals nothing.',
    'not five parts',
    'No tunnel through the proxy',
  ],
  'not printed: compared, or a heading of the README': [
    'ssl certificate',
    'access to resource is forbidden',
    'Sprinklr endpoint',
  ],
  'needs Windows, a full or read-only disk, or another unusual machine': [
    'A system call failed',
    'file too large',
    'no space left on the disk',
    'the disk is read-only',
    'is a batch file: run it with cmd.exe /d /c',
    'Already replaced: ….',
    'unknown error',
    'Cannot create a private folder: ….',
    'every candidate is in a git work tree',
    '"gh …" did not finish within … s.',
    'Check the connection to GitHub, then run the command again.',
    'sprinklr-token requires Node.js 20.19 or later. This is ….',
    'Set XDG_STATE_HOME to a folder outside any git work tree, and run the command again.',
    "The server's certificate is not valid yet, or this machine's clock is behind.",
  ],
  'no test sees it printed': [
    '… of … steps failed.',
    '(no reason given)',
    '(a private key)',
    'The environment … of … does not exist, and only an admin of the repository can create it.',
    'Ask an admin to create it, or omit --env.',
    'nothing was replaced.',
    'no subject',
    'traditional encryption',
    ' on one line',
    '… in a PEM block with another label…',
    'with invisible characters',
    'a binary file',
    'writable files',
    'with backslashes at line ends',
    'Storing the certificate in …',
  ],
  'broken into several texts by a terminal': [
    'To continue with another user: … --username NAME\nTo start over, delete the folder and run setup again. Sprinklr has no API that deletes the registration.',
  ],
};
const unshown = Object.values(UNSHOWN).flat();
const templates = messageTemplates();
const needed = templates.filter((template) => !unshown.includes(textOf(template)));

/** The tests that see everything that the product prints. */
const TESTS = [
  '/(action|cli|credentials|modes|request|sprinklr)/',
  '/slow/(setup|quoted-messages|rare-messages)',
];

/** Runs them. @returns the folder with what they saw */
function recordMessages(): string {
  const folder = mkdtempSync(join(tmpdir(), 'messages-'));
  const args = [
    'run',
    'jest',
    '--',
    '--selectProjects',
    'unit',
    'slow',
    '--testTimeout',
    '120000',
    '--',
    ...TESTS,
  ];
  const env = { ...process.env, RECORD_MESSAGES: folder, UPDATE_MESSAGES: '', TMPDIR: undefined };
  const { status } = spawnSync('npm', args, { env, stdio: 'inherit' });
  expect(status).toBe(0);
  return folder;
}

if (process.env['UPDATE_MESSAGES'] === '1') {
  test('updates docs/messages.md', async () => {
    const folder = process.env['RECORD_MESSAGES'] ?? recordMessages();
    const recorded = readdirSync(folder)
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as Recorded);
    const help = (await helpTexts()).map((text): Recorded => ['Help', text]);
    const { page, missing } = makePage([...recorded, ...help], { templates: needed, page: readPage() });
    writeFileSync(file, page);
    expect(missing.map(describe)).toEqual([]);
  }, 1_200_000);
}

function textOf({ parts }: Template): string {
  return parts.map((part) => part ?? '…').join('');
}

function describe(template: Template): string {
  return `${template.place}: ${textOf(template)}`;
}

test('every text that the page lacks is in the source', () => {
  const known = templates.map(textOf);
  expect(unshown.filter((text) => !known.includes(text))).toEqual([]);
});

test('docs/messages.md has the help of every command', async () => {
  const page = readPage();
  expect((await helpTexts()).filter((text) => !page.includes(wrap(text.trim())))).toEqual([]);
});

test('docs/messages.md has every text of the source', () => {
  const page = flatten(readPage());
  const missing = needed.filter(
    ({ parts }) => !parts.every((part) => !isProse(part ?? '') || page.includes(flatten(part ?? '').trim())),
  );
  expect(missing.map(describe)).toEqual([]);
});

test('docs/messages.md has no sentence that the source lacks', () => {
  const known = templates.flatMap(({ parts }) => parts.flatMap((part) => piecesOf(part ?? '')));
  const shown = sectionsOf(readPage())
    .flatMap((section) => section.split('\n\n'))
    .flatMap(sentencesIn);
  const unknown = shown.filter(
    (sentence) => !known.some((text) => sentence.includes(text) || text.includes(sentence)),
  );
  expect(unknown).toEqual([]);
});

function piecesOf(literal: string): string[] {
  return flatten(literal)
    .split(/(?<=[.?]) /)
    .map((piece) => piece.trim())
    .filter(isProse);
}

/** Those with six words that are not names: others consist mostly of values. */
function sentencesIn(text: string): string[] {
  return flatten(text)
    .split(/(?<=[.?]) /)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.split(' ').filter((word) => /^[a-z]+[,.:;?]?$/.test(word)).length > 5);
}

/** Except for the help, which is compared as a whole. */
function sectionsOf(page: string): string[] {
  return page
    .split(/^## /m)
    .slice(1)
    .filter((section) => !section.startsWith('Help'));
}

/** The help of the program and of each of its commands. */
async function helpTexts(): Promise<string[]> {
  const helpOf = async (...args: string[]): Promise<string> =>
    (await run({ args: [...args, '--help'] })).stdout;
  const help = await helpOf();
  const [, list = ''] = /^Commands:\n((?: +.*\n)+)/m.exec(help) ?? [];
  const names = [...list.matchAll(/^ {2}([a-z]+) /gm)]
    .map(([, name = '']) => name)
    .filter((name) => name !== 'help');
  return [help, ...(await Promise.all(names.map((name) => helpOf(name))))];
}
