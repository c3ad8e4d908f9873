import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeFiles, type NewFile } from '../../src/cli/files.ts';
import { processIo, type Io } from '../../src/cli/io.ts';
import { contentsOf, folderWith } from './folders.ts';
import { cliPath } from './harness.ts';

const io: Io = { ...processIo(), signals: new EventEmitter() };
const FILES: NewFile[] = [
  { name: 'public', content: 'new public', secret: false },
  { name: 'key', content: Buffer.from('new key'), secret: true },
];
const NEW = { public: 'new public', key: 'new key' };
const OLD = { public: 'old public', key: 'old key' };

test.each([true, false])(
  'a new folder and secret files are for the owner only (replace: %p)',
  async (replace) => {
    const folder = join(folderWith(), 'new');
    await writeFiles(folder, FILES, { replace, io });
    expect(contentsOf(folder)).toEqual(NEW);
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect([mode(folder), mode(join(folder, 'key')), mode(join(folder, 'public'))]).toEqual([
      0o700, 0o600, 0o644,
    ]);
  },
);

test('without replace, an existing file or a link that leads nowhere stays, and nothing is left behind', async () => {
  const file = folderWith({ key: OLD.key });
  const link = folderWith();
  symlinkSync(join(link, 'elsewhere'), join(link, 'key'));
  for (const folder of [file, link]) {
    await expect(writeFiles(folder, FILES, { replace: false, io })).rejects.toThrow('already exists');
    expect(readdirSync(folder)).toEqual(['key']);
  }
  expect(contentsOf(file)).toEqual({ key: OLD.key });
});

test('two at the same time do not mix their files', async () => {
  const folder = folderWith();
  const other = FILES.map((file) => ({ ...file, content: `other ${file.name}` }));
  const results = await Promise.allSettled([
    writeFiles(folder, FILES, { replace: false, io }),
    writeFiles(folder, other, { replace: false, io }),
  ]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect([NEW, { public: 'other public', key: 'other key' }]).toContainEqual(contentsOf(folder));
});

test('with replace, old files are replaced, with their permissions', async () => {
  const folder = folderWith({ ...OLD, mine: 'mine' });
  await writeFiles(folder, FILES, { replace: true, io });
  expect(contentsOf(folder)).toEqual({ ...NEW, mine: 'mine' });
  expect(statSync(join(folder, 'key')).mode & 0o777).toBe(0o600);
});

test('a failure while files are replaced names the files that are already replaced', async () => {
  const folder = folderWith({ public: OLD.public });
  mkdirSync(join(folder, 'key'));
  await expect(writeFiles(folder, FILES, { replace: true, io })).rejects.toMatchObject({
    remedy: expect.stringContaining('Already replaced: public.'),
  });
  expect(contentsOf(folder)).toEqual({ public: NEW.public, key: '(folder)' });
});

test.each([
  [true, OLD],
  [false, {}],
])('an interruption undoes everything (replace: %p)', async (replace, contents) => {
  const folder = folderWith(contents);
  const writing = writeFiles(folder, FILES, { replace, io });
  expect(io.signals instanceof EventEmitter && io.signals.emit('SIGINT')).toBe(true);
  await expect(writing).rejects.toMatchObject({ message: expect.stringContaining('interrupted') });
  expect(contentsOf(folder)).toEqual(contents);
});

test.each([
  [['--force'], { 'server.key': 'old' }],
  [[], {}],
])('a full disk leaves everything as it was (%j)', (flags, contents) => {
  const folder = folderWith(contents);
  const target = flags.length === 0 ? join(folder, 'new') : folder;
  const { status, stderr } = spawnSync(
    'bash',
    [
      ...['-c', 'ulimit -f 1; exec "$@"', 'bash', process.execPath, cliPath],
      ...['keygen', '--common-name', 'ci', '--folder', target, ...flags],
    ],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
  );
  expect([status, stderr]).toEqual([1, expect.stringContaining('file too large')]);
  expect(contentsOf(folder)).toEqual(contents);
  expect(existsSync(join(folder, 'new'))).toBe(false);
});
