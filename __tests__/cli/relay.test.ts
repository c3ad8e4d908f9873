import { PassThrough, Readable, Writable } from 'node:stream';
import { afterEach, expect, jest, test } from '@jest/globals';
import { createAutomaton, Redactor } from '../../src/cli/exec/redactor.ts';
import { relay } from '../../src/cli/exec/relay.ts';

afterEach(() => {
  jest.useRealTimers();
});

/** Relays to memory. */
function start(source: Readable): { shown: () => string; done: Promise<void>; exit: () => void } {
  let shown = '';
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      shown += chunk.toString();
      done();
    },
  });
  let exit = (): void => undefined;
  const commandExit = new Promise<void>((resolve) => (exit = resolve));
  const redactor = new Redactor(createAutomaton(['secret', 'crest']));
  const done = relay({ source, sink, redactor, commandExit });
  return { shown: () => shown, done, exit };
}

/** Lets the streams pass on what was written to them. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what could begin a secret is held back for one second after it arrived, and no longer', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
  const source = new PassThrough();
  const { shown, done } = start(source);
  const arrives = async (text: string, afterMs: number): Promise<string> => {
    jest.advanceTimersByTime(afterMs);
    source.write(text);
    await settle();
    return shown();
  };
  expect(await arrives('a sec', 0)).toBe('a ');
  expect(await arrives('re', 999)).toBe('a ');
  // A second after `sec`, also of what arrived later.
  jest.advanceTimersByTime(1);
  await settle();
  expect(shown()).toBe('a secre');
  expect(await arrives('t sec', 0)).toBe('a secre*** ');
  // Another one begins, so another second does.
  expect(await arrives('x s', 999)).toBe('a secre*** secx ');
  jest.advanceTimersByTime(999);
  await settle();
  expect(shown()).toBe('a secre*** secx ');
  expect(await arrives('ecret', 0)).toBe('a secre*** secx ***');
  expect(jest.getTimerCount()).toBe(0);
  expect(await arrives('sec', 5000)).toBe('a secre*** secx ***');
  source.end();
  await done;
  expect(shown()).toBe('a secre*** secx ***sec');
  expect(jest.getTimerCount()).toBe(0);
});

test('a background process is read for one second after the command exited', async () => {
  const source = new PassThrough();
  const { shown, done, exit } = start(source);
  const startedAt = performance.now();
  exit();
  setTimeout(() => source.write('later'), 300);
  await done;
  const elapsed = performance.now() - startedAt;
  expect(elapsed).toBeGreaterThan(900);
  expect(elapsed).toBeLessThan(8000);
  expect([shown(), source.destroyed]).toEqual(['later', true]);
});

test('after the command exited, its output is read even if nothing reads ours', async () => {
  const source = Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(16_384, 'x')));
  const sink = new Writable({ write: () => undefined });
  const redactor = new Redactor(createAutomaton(['secret']));
  void relay({ source, sink, redactor, commandExit: Promise.resolve() });
  for (let turn = 0; turn < 100; turn++) await settle();
  expect(source.readableEnded).toBe(true);
});

test('it ends when all is written, however slow the sink is', async () => {
  let written = '';
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      setTimeout(() => {
        written += chunk.toString();
        done();
      }, 50);
    },
  });
  const source = Readable.from([Buffer.from('one '), Buffer.from('two sec')]);
  const redactor = new Redactor(createAutomaton(['secret']));
  await relay({ source, sink, redactor, commandExit: Promise.resolve() });
  expect(written).toBe('one two sec');
});

test('a sink that is not read stops the source', async () => {
  let read = 0;
  const source = new Readable({
    read(size) {
      read += size;
      this.push(Buffer.alloc(size, 'x'));
    },
  });
  // It never finishes its first write.
  const sink = new Writable({ write: () => undefined });
  const redactor = new Redactor(createAutomaton(['secret']));
  void relay({ source, sink, redactor, commandExit: new Promise(() => undefined) });
  for (let turn = 0; turn < 100; turn++) await settle();
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(1024 * 1024);
  source.destroy();
});

test('after the command exits, a background process can write no more than a pipe contains', async () => {
  let read = 0;
  const source = new Readable({
    read(size) {
      setImmediate(() => {
        read += size;
        this.push(Buffer.alloc(size, 'x'));
      });
    },
  });
  const { shown, done, exit } = start(source);
  exit();
  await done;
  expect(source.destroyed).toBe(true);
  expect(shown().length).toBeGreaterThan(1024 * 1024 - 1);
  expect(read).toBeLessThan(2 * 1024 * 1024);
});

test('an error of the source ends it', async () => {
  const source = new PassThrough();
  const { shown, done } = start(source);
  source.write('a sec');
  await settle();
  source.destroy(new Error('EIO'));
  await done;
  expect(shown()).toBe('a sec');
});
