import { accessSync, constants, lstatSync, statSync, type Stats } from 'node:fs';
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { DeskError } from '../command.ts';
import { uninterrupted } from '../terminal.ts';

export interface NewFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** Nobody but its owner may read it. */
  readonly secret: boolean;
}

/** Where a set of files is put together. Left behind by nothing but a crash; owner-only, and ignored by git. */
const UNFINISHED = '.sprinklr-token-unfinished';

/**
 * Makes sure that a set of files can be written to a folder, or to one that can be made.
 *
 * @param folder absolute
 * @param options.replace whether files of these names may be there already
 * @throws {DeskError} naming what is in the way
 */
export function requireRoom(folder: string, names: readonly string[], options: { replace: boolean }): void {
  const parent = dirname(folder);
  const found = lookUp(folder);
  if (found === undefined && lookUp(parent)?.isDirectory() !== true) {
    throw new DeskError(`${parent} is not a folder, so ${folder} cannot be made in it.`, 'Make it first.');
  }
  if (found !== undefined && !found.isDirectory())
    throw new DeskError(`${folder} is not a folder.`, 'Give another one.');
  try {
    accessSync(found === undefined ? parent : folder, constants.W_OK);
  } catch (error) {
    throw new DeskError(
      `${found === undefined ? parent : folder} cannot be written to: ${why(error)}.`,
      'Give another folder.',
    );
  }

  const taken = names.filter((name) => lookUp(join(folder, name), { link: true }) !== undefined);
  if (taken.length > 0 && !options.replace) {
    throw new DeskError(
      `${folder} holds ${taken.join(', ')} already.`,
      'Give another folder, or add --force to replace what is there.',
    );
  }
  const folders = taken.filter((name) => lookUp(join(folder, name), { link: true })?.isDirectory() === true);
  if (folders.length > 0) {
    throw new DeskError(
      `${folders.join(', ')} in ${folder} is a folder, which is not replaced.`,
      'Remove it, or give another folder.',
    );
  }
}

/**
 * Writes a set of files, all of them or none: if one cannot be written, or Ctrl-C comes in between, everything is as it
 * was before. They are put together in a folder beside their places, as a rename within one file system either happens or
 * does not.
 *
 * @param folder absolute; made if its parent is there
 * @throws {DeskError} what went wrong, and that nothing was changed
 */
export async function writeSet(
  folder: string,
  files: readonly NewFile[],
  options: { replace: boolean },
): Promise<void> {
  const names = files.map(({ name }) => name);
  await uninterrupted(async (interruption) => {
    const unfinished = join(folder, UNFINISHED);
    const undo: (() => Promise<unknown>)[] = [];
    const step = async (act: () => Promise<unknown>, takeBack?: () => Promise<unknown>): Promise<void> => {
      if (interruption.aborted) throw new Error('interrupted');
      await act();
      if (takeBack !== undefined) undo.unshift(takeBack);
    };
    try {
      if (lookUp(folder) === undefined) {
        await step(
          () => mkdir(folder, { mode: 0o700 }),
          () => rmdir(folder),
        );
      }
      await step(
        () => claim(unfinished),
        () => rm(unfinished, { recursive: true }),
      );
      // Again: only now can no other run come in between.
      requireRoom(folder, names, options);
      await step(() => writeDurably(join(unfinished, '.gitignore'), '*\n', 0o600));
      for (const { name, content, secret } of files)
        await step(() => writeDurably(join(unfinished, name), content, secret ? 0o600 : 0o644));
      for (const name of names) {
        const place = join(folder, name);
        if (lookUp(place, { link: true }) !== undefined) {
          const aside = join(unfinished, `${name}.old`);
          await step(
            () => rename(place, aside),
            () => rename(aside, place),
          );
        }
        await step(
          () => rename(join(unfinished, name), place),
          () => rm(place),
        );
      }
      await step(() => syncFolder(folder));
    } catch (error) {
      await takeBack(undo, unfinished);
      if (error instanceof DeskError) throw error;
      throw new DeskError(
        interruption.aborted ? 'Interrupted.' : `The files could not be written to ${folder}: ${why(error)}.`,
        'Nothing there was changed.',
      );
    }
    await rm(unfinished, { recursive: true }).catch((error: unknown) => {
      throw new DeskError(
        `The new files in ${folder} are complete, but ${unfinished} could not be removed: ${why(error)}.`,
        'Remove it yourself: it holds the files that were replaced.',
      );
    });
  });
}

/** In reverse order, and no further than it works: the folder with the old files goes last, and only once they are back. */
async function takeBack(undo: readonly (() => Promise<unknown>)[], unfinished: string): Promise<void> {
  try {
    for (const act of undo) await act();
  } catch (error) {
    throw new DeskError(
      `The files could not all be written, nor everything be put back: ${why(error)}.`,
      `What is missing lies in ${unfinished}; files from before end in ".old" there.`,
    );
  }
}

/** Two runs at a time would mix their sets. */
async function claim(unfinished: string): Promise<void> {
  try {
    await mkdir(unfinished, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new DeskError(
      `${unfinished} exists: another run is writing there, or one was cut off.`,
      'If none is running, take from it what you need (files from before end in ".old"), and remove it.',
    );
  }
}

async function writeDurably(path: string, content: string | Buffer, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the names last, too. Windows and some network drives cannot, and it is no reason to give up. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function lookUp(path: string, { link = false } = {}): Stats | undefined {
  return (link ? lstatSync : statSync)(path, { throwIfNoEntry: false });
}

/** What the operating system says, in words. */
function why(error: unknown): string {
  const { errno = 0, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno)?.[1] ?? message;
}
