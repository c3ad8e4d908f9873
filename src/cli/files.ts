import { readFileSync } from 'node:fs';
import { text as readStream } from 'node:stream/consumers';
import { DeskError } from './command.ts';

/**
 * Reads a file, or standard input where the path is `-`; trims nothing.
 *
 * @param what what the file is, for messages: `the certificate`
 * @throws {DeskError} where it cannot be read or is empty
 */
export async function readText(path: string, what: string): Promise<string> {
  const text = path === '-' ? await readStream(process.stdin) : readFile(path, what).toString('utf8');
  if (text.trim() !== '') return text;
  throw new DeskError(
    `${path === '-' ? 'Standard input' : path} is empty, where ${what} should be.`,
    'Check the path, or what is piped in.',
  );
}

/** Reads a file's bytes. @throws {DeskError} naming the file and what is wrong with it */
export function readFile(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read';
    throw new DeskError(`${path}, which should be ${what}, ${why}.`, 'Check the path and its permissions.');
  }
}
