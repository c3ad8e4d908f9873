import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this program, where the action lies beside it; behind the link that npm makes for a command. */
export function programFolder(): string {
  return dirname(realpathSync(process.argv[1] ?? ''));
}

export function programVersion(): string {
  const manifest = JSON.parse(readFileSync(join(programFolder(), '../package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
