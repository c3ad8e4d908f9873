import { lstatSync, mkdtempSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CliError, systemErrorReason } from './errors.ts';
import { deferSignals, type Io } from './io.ts';
import { canPathBeShown } from './plain-values.ts';

/**
 * Reads a file, or standard input if the path is `-`.
 *
 * @param what for messages: `the certificate`
 * @throws {CliError} if it cannot be read or is empty
 */
export async function readBytes(path: string, what: string, io: Io): Promise<Buffer> {
  const bytes = path === '-' ? await buffer(io.stdin) : readFile(path, what, io);
  if (bytes.toString('latin1').trim() !== '') return bytes;
  throw new CliError(
    `${path === '-' ? 'Standard input' : path} is empty. Expected ${what}.`,
    'Check the path or the command that writes it.',
  );
}

function readFile(path: string, what: string, { cwd }: Io): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (!canPathBeShown(path, cwd)) {
      throw new CliError(
        `Cannot read ${what}: no such file.`,
        "Check the path. It is not shown, because it could be a secret. If you passed the value itself, remove it from the shell's history, and pass the path of a file that contains it.",
        { cause: error },
      );
    }
    const reason = systemErrorReason(error) ?? 'unknown error';
    throw new CliError(
      `Cannot read ${what} from ${path}: ${reason}.`,
      'Check the path and its permissions.',
      {
        cause: error,
      },
    );
  }
}

export interface NewFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** Only the owner can read it. */
  readonly secret: boolean;
}

/**
 * Checks that files can be created in a folder, or in a new folder in an existing one.
 *
 * @param folder absolute
 * @param options.replace whether files with these names may exist
 * @throws {CliError}
 */
export function checkFolder(folder: string, names: readonly string[], options: { replace: boolean }): void {
  const isFolder = (path: string): boolean =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) {
    if (isFolder(dirname(folder))) {
      requireWritable(dirname(folder));
      return;
    }
    throw new CliError(`${dirname(folder)} is not a folder.`, 'Create it, or choose another path.');
  }
  if (!isFolder(folder)) throw new CliError(`${folder} is not a folder.`, 'Choose another path.');
  const existing = names.filter(
    (name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined,
  );
  if (existing.length > 0 && !options.replace) {
    throw new CliError(
      `${folder} already contains ${existing.join(', ')}.`,
      'Choose another folder, or replace them with --force.',
    );
  }
  const folders = existing.filter(
    (name) => isFolder(join(folder, name)) && !lstatSync(join(folder, name)).isSymbolicLink(),
  );
  if (folders.length > 0)
    throw new CliError(
      `${folders.join(', ')} in ${folder} is a folder.`,
      'Remove it, or choose another folder.',
    );
  requireWritable(folder);
}

/** Permissions are not enough: nothing can be created in /proc, for example, not even by root. @throws {CliError} */
function requireWritable(folder: string): void {
  try {
    rmdirSync(mkdtempSync(join(folder, '.sprinklr-token-')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = systemErrorReason(error) ?? code ?? 'unknown error';
    throw new CliError(`Cannot create files in ${folder}: ${reason}.`, 'Choose another path.', {
      cause: error,
    });
  }
}

/**
 * Creates files in a folder, and the folder (0700) if it is new. Without `replace`, it never overwrites a file. With
 * `replace`, all new files are complete before the first one replaces an old one. A failure or Ctrl-C removes the files
 * that it created.
 *
 * @param folder absolute; its parent exists
 * @throws {CliError}
 */
export async function writeFiles(
  folder: string,
  files: readonly NewFile[],
  { replace, io }: { replace: boolean; io: Io },
): Promise<void> {
  await deferSignals(io, async (interrupted) => {
    const undo: (() => Promise<unknown>)[] = [];
    const replaced: string[] = [];
    try {
      if (await createFolder(folder)) undo.push(() => rmdir(folder));
      const staging = replace ? await mkdtemp(join(folder, '.sprinklr-token-')) : folder;
      if (replace) {
        undo.push(() => rm(staging, { recursive: true }));
        // Git must not see a key, not even for a moment.
        await createFile(join(staging, '.gitignore'), '*\n', 0o600);
      }
      for (const { name, content, secret } of files) {
        if (interrupted.aborted) throw new Error('interrupted');
        const path = join(staging, name);
        await createFile(path, content, secret ? 0o600 : 0o644);
        if (!replace) undo.push(() => rm(path));
      }
      if (!replace) return;
      for (const { name } of files) {
        await rename(join(staging, name), join(folder, name));
        replaced.push(name);
      }
      await rm(staging, { recursive: true });
    } catch (error) {
      for (const step of undo.reverse()) await step().catch(() => undefined);
      const reason = systemErrorReason(error) ?? (error as Error).message;
      const state =
        replaced.length === 0 ? 'Nothing was changed.' : `Already replaced: ${replaced.join(', ')}.`;
      throw new CliError(
        `Cannot write the files to ${folder}: ${reason}.`,
        `${state} Run the command again.`,
        {
          cause: error,
        },
      );
    }
  });
}

/** Creates no parents: where Linux allows no new folder, as in /proc, Node's `recursive` never ends. @returns false if it exists */
async function createFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    // Not by EEXIST: for the root of a drive, Windows reports EPERM.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return false;
    throw error;
  }
}

async function createFile(path: string, content: string | Buffer, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await rm(path);
    throw error;
  } finally {
    await file.close();
  }
}
