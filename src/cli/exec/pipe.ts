import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export interface Pipe {
  readonly source: Readable;
  /** The file descriptor for the command. */
  readonly sink: number;
  /** Call it after the command is started, so that the source ends when the command ends. */
  readonly closeSink: () => void;
}

/**
 * Opens a pipe. What Node calls a pipe is a socket, and on Linux, `echo … > /dev/stderr` fails on a socket.
 *
 * @returns undefined where Node's own pipes are used instead
 */
export function openPipe(): Pipe | undefined {
  if (process.platform !== 'linux') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-'));
  try {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path], { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
    // Without O_NONBLOCK, this would wait for the other end.
    const source = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const sink = openSync(path, constants.O_WRONLY);
    return {
      source: new Socket({ fd: source, readable: true, writable: false }),
      sink,
      closeSink: () => {
        closeSync(sink);
      },
    };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
