import { lstatSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { CliError } from '../errors.ts';
import { checkFolder, writeFiles } from '../files.ts';
import type { Io } from '../io.ts';
import { confirm } from '../prompts.ts';
import type { CallReport } from './call-report.ts';

export interface ReportFile {
  readonly path: string;
  /** Whether the user agreed to replace an existing file. */
  readonly replace: boolean;
}

/**
 * Checks that a report can be written, before anything is sent.
 *
 * @param options.canAsk whether a person can be asked to replace an existing file
 * @throws {CliError}
 */
export async function prepareReportFile(
  file: string,
  { canAsk, io }: { canAsk: boolean; io: Io },
): Promise<ReportFile> {
  const path = resolve(io.cwd, file);
  checkFolder(dirname(path), [basename(path)], { replace: true });
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { path, replace: false };
  if (canAsk && (await confirm(io, `Replace ${path}?`))) return { path, replace: true };
  throw new CliError(`${path} already exists.`, 'Choose another file for --report, or remove this one.');
}

/** @param gateway `api2` or `api3`; undefined if base-url names another host, which the report does not show */
export async function writeReportFile(
  { path, replace }: ReportFile,
  { calls, gateway }: { calls: CallReport['calls']; gateway: string | undefined },
  io: Io,
): Promise<void> {
  const report = {
    about:
      'Calls of "sprinklr-token doctor --live", without their values: only names, types, and numbers are left.',
    node: process.versions.node,
    gateway: gateway ?? 'custom base-url',
    calls,
  };
  const content = `${JSON.stringify(report, null, 2)}\n`;
  await writeFiles(dirname(path), [{ name: basename(path), content, secret: true }], { replace, io });
}
