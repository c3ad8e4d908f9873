import { Console } from 'node:console';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { compileFunction } from 'node:vm';
import { bundles } from './bundles.ts';

export { bundles };

/** Whether a command needs a child process: `.ci/run` wants one for all, or Node itself reads a variable. */
export function needsProcess(env: Start['env'] = {}): boolean {
  return process.env['TEST_DIST'] === '1' || Object.keys(env).some((name) => name.startsWith('NODE_'));
}

interface Start {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  /** What is piped in. */
  readonly input?: string;
  /** Called with every text at the moment it is printed. */
  readonly printed?: (text: string) => void;
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

type CommonJs = (...of: readonly unknown[]) => void;
const compiled = new Map<string, CommonJs>();
/** A bundle as the function that Node makes of a CommonJS module, with `process` and `console` for parameters, too. */
function load(path: string): CommonJs {
  const program = readFileSync(path, 'utf8').replace(/^#!.*/, '');
  const parameters = ['exports', 'require', 'module', '__filename', '__dirname', 'process', 'console'];
  const made = compiled.get(path) ?? (compileFunction(program, parameters, { filename: path }) as CommonJs);
  compiled.set(path, made);
  return made;
}

/**
 * Runs a committed bundle within this process, with a `process` of its own: the variables, arguments and input given,
 * outputs that are collected, an exit that ends only the run. It costs a tenth of a child process.
 */
export async function runInside(
  name: keyof typeof bundles,
  { env, args = [], input = '', printed: tell }: Start,
): Promise<Ended> {
  const path = bundles[name];
  const printed = { stdout: '', stderr: '' };
  const output = (to: keyof typeof printed) => ({
    write(text: string | Uint8Array, done?: () => void): boolean {
      const line = Buffer.from(text).toString();
      printed[to] += line;
      tell?.(line);
      if (done) setImmediate(done);
      return true;
    },
  });
  return new Promise((resolve) => {
    let exitCode = 0;
    const end = (): void => {
      setImmediate(() => {
        resolve({ exitCode, ...printed });
      });
    };
    const own: PropertyDescriptorMap = {
      env: { value: { ...env } },
      argv: { value: [process.execPath, path, ...args] },
      stdin: { value: Readable.from([Buffer.from(input)]) },
      stdout: { value: output('stdout') },
      stderr: { value: output('stderr') },
      noDeprecation: { value: false, writable: true },
      exit: { value: end },
      exitCode: {
        get: () => exitCode,
        set: (code: number) => {
          exitCode = code;
          // The last thing that the command line does; the action goes on to its exit.
          if (name === 'cli') end();
        },
      },
    };
    const world: unknown = Object.create(process, own);
    const stream = (to: keyof typeof printed): Writable =>
      new Writable({
        write(text: Buffer, _, done) {
          output(to).write(text, done);
        },
      });
    const console = new Console(stream('stdout'), stream('stderr'));
    const real = createRequire(path);
    const started = new Map<string, { exports: object }>();
    // The files beside a bundle, which it loads when it wants them, belong to the same run.
    const require = (name: string): unknown =>
      name.startsWith('./') ? start(join(dirname(path), name)) : real(name);
    const start = (file: string): object => {
      const module = started.get(file) ?? { exports: {} };
      if (!started.has(file)) {
        started.set(file, module);
        load(file)(module.exports, require, module, file, dirname(file), world, console);
      }
      return module.exports;
    };
    start(path);
  });
}
