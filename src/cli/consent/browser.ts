import { spawn } from 'node:child_process';
import { withoutSecrets } from '../inputs.ts';
import type { Io } from '../io.ts';
import { startOneTimePage, type OneTimePage } from './one-time-page.ts';

type Environment = Pick<NodeJS.Process, 'platform'> & Pick<Io, 'env'>;

/** The program that opens a URL, as its last argument, in a browser. Undefined if there is no desktop. */
export function browserCommand({
  platform,
  env,
}: Environment): readonly [program: string, ...args: string[]] | undefined {
  if (env['CI'] && env['CI'] !== 'false') return undefined;
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') {
    // Not `cmd /c start`: a shell would interpret the `&` between parameters.
    const program = `${env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\rundll32.exe`;
    return [program, 'url.dll,FileProtocolHandler'];
  }
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}

/**
 * Opens a URL in the browser, through a one-time page.
 *
 * @returns the page, for the caller to close; undefined if no program that opens it could be started
 */
export async function openBrowser(url: string, { env }: Io): Promise<OneTimePage | undefined> {
  const [program, ...args] = browserCommand({ platform: process.platform, env }) ?? [];
  if (program === undefined) return undefined;
  const page = await startOneTimePage(url);
  const child = spawn(program, [...args, page.url], {
    stdio: 'ignore',
    detached: true,
    env: withoutSecrets(env),
  });
  // The browser can outlive this command.
  child.unref();
  return await new Promise((resolve) => {
    child.once('spawn', () => {
      resolve(page);
    });
    child.once('error', () => {
      page.close();
      resolve(undefined);
    });
  });
}
