import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach } from '@jest/globals';

/** A real proxy between the action and Sprinklr. */
export interface Box {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly port: number;
  /** What it printed so far. */
  readonly printed: () => string;
  /** What it wrote into a file of its folder so far. */
  readonly wrote: (file: string) => string;
  /** Ends it before the test does. */
  readonly stop: () => Promise<void>;
}

export interface Plan {
  readonly command: readonly [string, ...string[]];
  /** Its configuration, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** What it prints once it listens. */
  readonly ready: RegExp;
}

const stopping: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stopping.splice(0).map((stop) => stop()));
});

/** In a container tests are root; squid refuses to be, and the others need not. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** Starts a program in a folder of its own, on a port that was free a moment ago; after the test both are gone. */
export async function startBox(plan: (place: { folder: string; port: number }) => Plan): Promise<Box> {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-box-'));
  const port = await freePort();
  const { command, files, ready } = plan({ folder, port });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  if (unprivileged !== undefined) {
    chownSync(folder, unprivileged.uid, unprivileged.gid);
    // The folder of all tests is private, so its path has to be opened up.
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
      reject(new Error(`${program} does not run:\n${printed}`));
    });
  });
  return {
    host: `127.0.0.1:${port}`,
    port,
    printed: () => printed,
    wrote: (file) => readFileSync(join(folder, file), 'utf8'),
    stop,
  };
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}

/** A port without a listener. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Entries of a log, once it has as many as are expected: boxes write them when a connection is over, or soon after. */
export async function entries(read: () => string[], expected: number): Promise<string[]> {
  for (let left = 100; left > 0 && read().length < expected; left--) await sleep(20);
  return read();
}
