import { afterAll } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What a program that another one started was called with. */
interface StartedWith {
  readonly args: readonly string[];
  readonly input: string;
  /** Of the browser: where the consent sent it, and the page that it found there. */
  readonly landed?: { readonly address: string; readonly status: number; readonly page: string };
}

export interface StandIns {
  readonly folder: string;
  /** A search path on which the stand-ins come first. */
  readonly path: string;
  /** A search path on which there is nothing else. */
  readonly onlyPath: string;
  /** What a stand-in was started with, in order. */
  readonly calls: (name: 'gh' | 'xdg-open') => StartedWith[];
  /** The same of a browser, which may take a moment longer than the program that started it. */
  readonly browsed: () => Promise<StartedWith>;
}

const head = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const record = (call) => appendFileSync(__filename + '.calls', JSON.stringify({ args: process.argv.slice(2), ...call }) + '\\n');
`;

/** GitHub's command line: records what it is told, and fails where `GH_FAILS` names its first argument. */
const gh = `${head}
process.exitCode = process.env.GH_FAILS === process.argv[2] ? 1 : 0;
if (process.exitCode) console.error('could not find any workflows named so');
let input = '';
process.stdin.on('data', (chunk) => (input += chunk)).on('end', () => record({ input }));
`;

/** A browser with a person before it, who presses the button that \`DECISION\` names. */
const browser = `${head}
const unescaped = (text) => text.replace(/&#39;/g, "'").replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
(async () => {
  const [address] = process.argv.slice(2);
  const form = await (await fetch(address)).text();
  const fields = [...form.matchAll(/type="hidden" name="(\\w+)" value="([^"]*)">/g)].map(([, name, value]) => [name, unescaped(value)]);
  const body = new URLSearchParams([...fields, ['decision', process.env.DECISION ?? 'allow']]);
  const sent = await fetch(address.split('?')[0], { method: 'POST', body, redirect: 'manual' });
  const landing = sent.headers.get('location');
  const reply = await fetch(landing);
  record({ input: '', landed: { address: landing, status: reply.status, page: await reply.text() } });
})();
`;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Programs that the command line starts, each replaced by one that records it; removed when the tests end. */
export function standIns(...names: ('gh' | 'xdg-open')[]): StandIns {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-stand-ins-'));
  folders.push(folder);
  for (const name of names) writeFileSync(join(folder, name), name === 'gh' ? gh : browser, { mode: 0o755 });
  const calls: StandIns['calls'] = (name) => {
    try {
      const lines = readFileSync(join(folder, `${name}.calls`), 'utf8')
        .trim()
        .split('\n');
      return lines.map((line) => JSON.parse(line) as StartedWith);
    } catch {
      return [];
    }
  };
  return {
    folder,
    path: [folder, process.env['PATH']].join(delimiter),
    onlyPath: folder,
    calls,
    browsed: async () => {
      const until = Date.now() + 10_000;
      while (Date.now() < until) {
        const [call] = calls('xdg-open');
        if (call !== undefined) return call;
        await pause(20);
      }
      throw new Error('no browser was opened');
    },
  };
}
