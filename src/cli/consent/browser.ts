import { spawn } from 'node:child_process';
import type { Io } from '../io.ts';

type Environment = Pick<NodeJS.Process, 'platform'> & Pick<Io, 'env'>;

/** The program and arguments that open a URL in a browser; undefined if there is no desktop. */
export function browserCommand(
  url: string,
  { platform, env }: Environment,
): readonly [program: string, ...args: string[]] | undefined {
  if (env['CI'] && env['CI'] !== 'false') return undefined;
  if (platform === 'darwin') return ['open', url];
  if (platform === 'win32') {
    // Not `cmd /c start`: a shell would interpret the `&` between parameters.
    const program = `${env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\rundll32.exe`;
    return [program, 'url.dll,FileProtocolHandler', url];
  }
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', url] : undefined;
}

/** Opens a URL in the browser. @returns whether the program that opens it could be started */
export async function openBrowser(url: string, { env }: Io): Promise<boolean> {
  const [program, ...args] = browserCommand(url, { platform: process.platform, env }) ?? [];
  if (program === undefined) return false;
  const child = spawn(program, args, { stdio: 'ignore', detached: true, env });
  // The browser can outlive this command.
  child.unref();
  return await new Promise((resolve) => {
    child.once('spawn', () => {
      resolve(true);
    });
    child.once('error', () => {
      resolve(false);
    });
  });
}
