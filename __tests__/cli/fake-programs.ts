/** Replacements for the programs that the command line starts. They record what they were started with. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { folderWith } from './folders.ts';

interface GhCall {
  readonly args: readonly string[];
  readonly input: string;
  readonly env: string;
}

export interface FakeGh {
  /** A search path that has the program before all others. */
  readonly path: string;
  /** In order. */
  calls(): GhCall[];
  /** The arguments of each call, joined by spaces. */
  lines(): string[];
  /** What was stored under a name with `gh secret set` or `gh variable set`. */
  stored(name: string): string;
}

interface GhOptions {
  /** The calls that fail, such as `secret set`. */
  readonly fails?: string;
  /** What it then prints on standard error, as a format of printf. */
  readonly says?: string;
  /** The calls that take 20 seconds. */
  readonly hangs?: string;
  /** The kind of what is stored already. */
  readonly stores?: 'secret' | 'variable';
  /** The one call that fails, by its number from 0. */
  readonly failsAt?: number;
  /** The one call that takes 20 seconds. */
  readonly hangsAt?: number;
  /** What GitHub's API lists as variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Whether the repository lacks every environment. */
  readonly lacksEnvironments?: boolean;
}

/** The GitHub CLI. */
export function fakeGh({
  fails = '',
  says = 'could not find it',
  hangs = '',
  stores,
  failsAt = -1,
  hangsAt = -1,
  variables = {},
  lacksEnvironments = false,
}: GhOptions = {}): FakeGh {
  const list = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const folder = folderWith({
    'variables.json': JSON.stringify({ total_count: list.length, variables: list }),
  });
  writeFileSync(
    join(folder, 'gh'),
    `#!/bin/sh
PATH=/usr/bin:/bin
number=$(ls '${folder}' | grep -c '\\.args$')
call='${folder}'/call-$number
env > "$call.env"
cat > "$call.input"
printf '%s\\037' "$@" > "$call.args"
case "$number" in
  '${failsAt}') printf '${says}' >&2; exit 1 ;;
  '${hangsAt}') exec sleep 20 ;;
esac
case "$*" in
  *' --method PUT'*) ;;
  'api repos/'*'/variables?'*) exec cat '${folder}/variables.json' ;;
  'api repos/'*'/environments/'*'/'*) ;;
  'api repos/'*'/environments/'*) ${lacksEnvironments ? "printf 'gh: Not Found (HTTP 404)' >&2; exit 1" : ':'} ;;
esac
case "$1 $2" in
  '${fails}') printf '${says}' >&2; exit 1 ;;
  '${hangs}') exec sleep 20 ;;
  '${stores ?? ''} list') printf 'OTHER\\t2026-01-01\\nSPRINKLR_PRIVATE_KEY\\t2026-01-01\\nSPRINKLR_CERTIFICATE\\tx\\n' ;;
esac
`,
    { mode: 0o755 },
  );
  const calls = (): GhCall[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.args'))
      .map((_, index) => {
        const read = (kind: string): string => readFileSync(join(folder, `call-${index}.${kind}`), 'utf8');
        return { args: read('args').split('\u001F').slice(0, -1), input: read('input'), env: read('env') };
      });
  return {
    path: [folder, process.env['PATH']].join(delimiter),
    calls,
    lines: () => calls().map(({ args }) => args.join(' ')),
    stored: (name) => calls().find(({ args }) => args[1] === 'set' && args[2] === name)?.input ?? '',
  };
}

interface Visit {
  /** The arguments that the browser was started with. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The consent page that the arguments led to. */
  readonly page: string;
  /** Where the consent redirected to, and what was there. */
  readonly redirect: { readonly url: string; readonly status: number; readonly body: string };
}

export interface FakeBrowser {
  readonly path: string;
  readonly isOpened: () => boolean;
  /** The arguments that it was started with. */
  readonly startedWith: () => readonly string[];
  /** The browser can take longer than the command that opened it. */
  readonly visit: () => Promise<Visit>;
}

/** A browser with a person who presses one of the buttons on the simulator's consent page. */
export function fakeBrowser({ decision = 'allow', path = process.env['PATH'] } = {}): FakeBrowser {
  const folder = folderWith();
  const record = join(folder, 'visit.json');
  writeFileSync(
    join(folder, 'xdg-open'),
    `#!${process.execPath}
const { renameSync, writeFileSync } = require('node:fs');
writeFileSync(${JSON.stringify(join(folder, 'opened'))}, JSON.stringify(process.argv.slice(2)));
const unescape = (text) => text.replace(/&#39;/g, "'").replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
(async () => {
  const args = process.argv.slice(2);
  const opened = await fetch(args.at(-1));
  const page = opened.url;
  const form = await opened.text();
  const fields = [...form.matchAll(/type="hidden" name="(\\w+)" value="([^"]*)">/g)].map(([, name, value]) => [name, unescape(value)]);
  const body = new URLSearchParams([...fields, ['decision', '${decision}']]);
  const url = (await fetch(page.split('?')[0], { method: 'POST', body, redirect: 'manual' })).headers.get('location');
  const reply = await fetch(url);
  const visit = { args, env: process.env, page, redirect: { url, status: reply.status, body: await reply.text() } };
  writeFileSync('${record}.new', JSON.stringify(visit));
  renameSync('${record}.new', '${record}');
})();
`,
    { mode: 0o755 },
  );
  return {
    path: [folder, path].join(delimiter),
    isOpened: () => existsSync(join(folder, 'opened')),
    startedWith: () => JSON.parse(readFileSync(join(folder, 'opened'), 'utf8')) as string[],
    visit: async () => {
      const end = Date.now() + 10_000;
      while (Date.now() < end) {
        if (existsSync(record)) return JSON.parse(readFileSync(record, 'utf8')) as Visit;
        await pause(20);
      }
      throw new Error('The browser visited nothing.');
    },
  };
}

/** A search path with nothing on it. */
export const emptyPath = (): string => folderWith();
