import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from '@jest/globals';

/** A proxy or web server that runs as a child process. */
export interface ServerProcess {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly port: number;
  /** Its output so far. */
  readonly printed: () => string;
  /** The content of a file in its folder. */
  readonly read: (file: string) => string;
  /** Stops it before the end of the test. */
  readonly stop: () => Promise<void>;
}

export interface ServerConfig {
  readonly command: readonly [string, ...string[]];
  /** Its configuration files by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Matches its output when it listens. */
  readonly ready: RegExp;
}

const stopping: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stopping.splice(0).map((stop) => stop()));
});

/** In a container, the tests run as root, which squid rejects. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** Starts a program in a new folder on a free port; both are removed after the test. */
export async function startServerProcess(
  configure: (place: { folder: string; port: number }) => ServerConfig,
): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-proxy-'));
  const port = await freePort();
  const { command, files, ready } = configure({ folder, port });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  if (unprivileged !== undefined) {
    chownSync(folder, unprivileged.uid, unprivileged.gid);
    // The unprivileged user must be able to reach the folder.
    chmodSync(process.env['TESTS_FOLDER'] ?? folder, 0o711);
  }

  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: '/usr/sbin:/usr/bin' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...unprivileged,
  });
  const stop = async (): Promise<void> => {
    if (isRunning(child)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  stopping.push(stop);

  let printed = '';
  await new Promise<void>((resolve, reject) => {
    for (const output of [child.stdout, child.stderr])
      output.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        if (ready.test(printed)) resolve();
      });
    child.once('error', reject);
    child.once('close', () => {
      reject(new Error(`${program} exited:\n${printed}`));
    });
  });
  return {
    host: `127.0.0.1:${port}`,
    port,
    printed: () => printed,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    stop,
  };
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** A port on which no server listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The entries of a log. Waits for the expected number, because servers log after a connection has ended. */
export async function entries(read: () => string[], expected: number): Promise<string[]> {
  for (let left = 100; left > 0 && read().length < expected; left--) await sleep(20);
  return read();
}
