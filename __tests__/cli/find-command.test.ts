import { chmodSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findCommand } from '../../src/cli/exec/find-command.ts';
import { CliError } from '../../src/cli/errors.ts';
import { folderWith } from './folders.ts';

/** A folder with files of which these can be executed. */
function programs(files: readonly string[], executable: readonly string[]): string {
  const folder = folderWith(Object.fromEntries(files.map((name) => [name, ''])));
  for (const name of executable) chmodSync(join(folder, name), 0o700);
  return folder;
}

function exitCodeOf(find: () => unknown): number {
  try {
    find();
  } catch (error) {
    if (error instanceof CliError) return error.exitCode;
  }
  throw new Error('It was found.');
}

const search = (folders: readonly string[], cwd = '/'): Parameters<typeof findCommand>[1] => ({
  env: { PATH: folders.join(delimiter) },
  cwd,
  platform: 'linux',
  show: (text) => text,
});

test('a name is searched in the folders of PATH, in order, for a file that is executable', () => {
  const first = programs(['tool', 'other'], []);
  mkdirSync(join(first, 'other-tool'));
  const second = programs(['tool', 'other-tool'], ['tool', 'other-tool']);
  expect(findCommand('tool', search([first, second]))).toBe(join(second, 'tool'));
  expect(findCommand('other-tool', search([first, second]))).toBe(join(second, 'other-tool'));
  expect(findCommand('tool', search([second, first]))).toBe(join(second, 'tool'));
  // An empty entry is the current folder.
  expect(findCommand('tool', search(['/nowhere', ''], second))).toBe(join(second, 'tool'));
  expect(exitCodeOf(() => findCommand('other', search([first, second])))).toBe(126);
});

test('a path is not searched, and starts from the current folder', () => {
  const folder = programs(['tool', 'file'], ['tool']);
  for (const path of ['./tool', join(folder, 'tool')])
    expect(findCommand(path, search([], folder))).toBe(join(folder, 'tool'));
  expect(exitCodeOf(() => findCommand('tool', search(['/nowhere'], folder)))).toBe(127);
  expect(exitCodeOf(() => findCommand('./file', search([folder], folder)))).toBe(126);
  expect(exitCodeOf(() => findCommand('./', search([folder], folder)))).toBe(126);
  expect(exitCodeOf(() => findCommand('./tool/x', search([folder], folder)))).toBe(127);
  expect(exitCodeOf(() => findCommand('./nothing', search([folder], folder)))).toBe(127);
});

test.each(['nothing', ''])('"%s" is not found', (command) => {
  const folder = programs([], []);
  expect(exitCodeOf(() => findCommand(command, search([folder])))).toBe(127);
  expect(exitCodeOf(() => findCommand(command, { ...search([]), env: {} }))).toBe(127);
});

test('on Windows, it tries the extensions of PATHEXT, and runs no batch file', () => {
  const folder = programs(['node.exe', 'curl', 'npm.cmd', 'tool.com', 'tool.exe'], []);
  const windows = (command: string, env = {}): string => {
    const PATH = `C:\\nowhere;${folder}`;
    return findCommand(command, { ...search([]), env: { PATH, ...env }, cwd: folder, platform: 'win32' });
  };
  // This test also runs on systems where the file must be executable.
  for (const name of ['node.exe', 'curl', 'tool.com', 'tool.exe']) chmodSync(join(folder, name), 0o700);
  expect(windows('node')).toBe(join(folder, 'node.exe'));
  expect(windows('node.exe')).toBe(join(folder, 'node.exe'));
  expect(windows('tool')).toBe(join(folder, 'tool.com'));
  expect(windows('tool', { PATHEXT: '.EXE;.COM' })).toBe(join(folder, 'tool.exe'));
  expect(exitCodeOf(() => windows('curl'))).toBe(127);
  expect(exitCodeOf(() => windows('npm'))).toBe(126);
  expect(() => windows('npm')).toThrow('cmd.exe /d /c');
});
