import { spawn } from 'node:child_process';

/** The program that opens an address in a person's browser, and its arguments; undefined where there is no person. */
export function openerFor(
  address: string,
  { platform, env }: Pick<NodeJS.Process, 'platform' | 'env'>,
): readonly [program: string, ...args: string[]] | undefined {
  if (env['CI'] && env['CI'] !== 'false') return undefined;
  if (platform === 'darwin') return ['open', address];
  if (platform === 'win32') {
    // Not `cmd /c start`: a shell would read the `&` between two parameters as its own.
    const program = `${env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\rundll32.exe`;
    return [program, 'url.dll,FileProtocolHandler', address];
  }
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', address] : undefined;
}

/** Hands an address to the browser. @returns whether there was something to hand it to */
export async function openBrowser(address: string): Promise<boolean> {
  const [program, ...args] = openerFor(address, process) ?? [];
  if (program === undefined) return false;
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  // The browser may live longer than this command.
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
