import type { Readable, Writable } from 'node:stream';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Redactor } from './redactor.ts';

/** How long the redactor can hold back bytes. */
const MAX_HOLD_MS = 1000;
/** How long a background process can write after the command exits. */
const MAX_DRAIN_MS = 1000;
/** More than a pipe contains when the command exits (pipe(7)). */
const MAX_PIPE_BYTES = 1024 * 1024;

interface Relay {
  readonly source: Readable;
  readonly sink: Writable;
  readonly redactor: Redactor;
  readonly commandExit: Promise<unknown>;
}

/**
 * Copies the output of a command through a redactor until it ends. A background process can keep it open after the command
 * exits; what it writes later than a second after that is lost. If the sink is closed, the source is closed, too, so that
 * the command gets `SIGPIPE`, as it would without this relay.
 */
export async function relay({ source, sink, redactor, commandExit }: Relay): Promise<void> {
  let received = 0;
  /** Set when the command exits. */
  let limit: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  const pass = (bytes: Buffer): void => {
    if (bytes.length === 0 || sink.write(bytes) || limit !== undefined) return;
    source.pause();
    sink.once('drain', () => source.resume());
  };
  const flush = (): void => {
    pass(redactor.flush());
  };
  source.on('data', (chunk: Buffer) => {
    received += chunk.length;
    pass(redactor.write(chunk));
    if (limit !== undefined && received > limit) source.destroy();
    // The time runs from the arrival of the first byte that is held.
    if (redactor.held <= chunk.length) clearTimeout(timer);
    if (redactor.held > 0 && redactor.held <= chunk.length) timer = setTimeout(flush, MAX_HOLD_MS);
  });
  const closed = new Promise((resolve) => source.on('error', () => undefined).on('close', resolve));
  sink.on('error', () => source.destroy());

  const drain = async (): Promise<void> => {
    await commandExit;
    // Everything that the command wrote is read now, even if nothing reads our output: a pipe is small.
    limit = received + MAX_PIPE_BYTES;
    source.resume();
    await sleep(MAX_DRAIN_MS, undefined, { ref: false });
    // On a loaded machine, the second can pass before the first read.
    let before: number;
    do {
      before = received;
      await setImmediate();
    } while (received > before);
  };
  await Promise.race([closed, drain()]);
  source.destroy();
  clearTimeout(timer);
  flush();
  // Waits until all is written. An error is reported to the listener above.
  await new Promise((resolve) => sink.write('', resolve));
}
