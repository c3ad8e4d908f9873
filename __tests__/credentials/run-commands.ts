import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';

/** What is typed wherever a command asks for a passphrase. */
export const PASSPHRASE = 'Some-Passphrase';

/** Runs commands as a user does, in a new folder with these files. Returns the folder, and what the last command prints. */
export function runCommands(
  commands: readonly string[],
  files: Readonly<Record<string, Buffer | string>>,
): { folder: string; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-commands-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  let output = '';
  for (const command of commands) {
    // Without a terminal, programs read a passphrase from standard input. `detached` removes the terminal.
    const options = {
      cwd: folder,
      input: `${PASSPHRASE}\n`.repeat(3),
      encoding: 'utf8',
      detached: true,
    } as const;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], options);
    expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: expect.any(String) });
    output = stdout;
  }
  return { folder, output };
}
