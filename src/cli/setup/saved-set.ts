import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import type { KeyMaterial } from '../../credentials/keygen.ts';
import { CliError, systemErrorReason, usageError } from '../errors.ts';
import { writeFiles } from '../files.ts';
import type { Io } from '../io.ts';
import { parseRepository, type Repository } from '../repository.ts';
import { workTreeOf } from '../work-tree.ts';

/** Where the proven set goes. Paths are absolute. */
export type Target = GitHubTarget | { readonly kind: 'files'; readonly folder: string };

export interface GitHubTarget {
  readonly kind: 'github';
  /** `OWNER/REPO`, or `HOST/OWNER/REPO` on GitHub Enterprise. */
  readonly repository: string;
  /** A GitHub environment of the repository. */
  readonly environment?: string | undefined;
  /** The workflow to write. */
  readonly workflow?: string | undefined;
}

export function repositoryOf(target: GitHubTarget): Repository {
  const { name, host } = parseRepository(target.repository, '--repo');
  return { name, host, environment: target.environment };
}

/** The set that a rotation replaces. */
export interface PreviousSet {
  readonly appId: string;
  /** Undefined if the repository has no readable certificate. */
  readonly fingerprint?: string | undefined;
}

/** What `--resume` needs to know. It contains no secret. */
export interface SetState {
  /** By the name of the input. */
  readonly values: Readonly<Record<string, string>>;
  readonly target: Target;
  readonly previous?: PreviousSet | undefined;
  /** `unknown`: the certificate was sent, and Sprinklr's response was lost. */
  readonly registration: 'none' | 'unknown' | 'done';
  readonly appId?: string | undefined;
  /** The names of the secrets and variables that GitHub has. */
  readonly stored: readonly string[];
}

const KEY = 'server.key';
const CERTIFICATE = 'server.crt';
const STATE = 'setup.json';

/** A key, its certificate, and the state of their set-up, in a private folder until GitHub has them. */
export class SavedSet {
  readonly folder: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  #state: SetState;
  #savedAppId: string | undefined;

  private constructor(folder: string, files: { key: string; certificate: string; state: SetState }) {
    this.folder = folder;
    this.privateKeyPem = files.key;
    this.certificatePem = files.certificate;
    this.#state = files.state;
    this.#savedAppId = files.state.appId;
  }

  get state(): SetState {
    return this.#state;
  }

  /** Whether `--resume` knows the App ID. */
  get isAppIdSaved(): boolean {
    return this.#savedAppId === this.#state.appId;
  }

  /** Saves a new set to a new folder. @throws {CliError} if no private folder can be created */
  static async create(
    material: Pick<KeyMaterial, 'privateKeyPem' | 'certificatePem'>,
    state: SetState,
    io: Io,
  ): Promise<SavedSet> {
    const { privateKeyPem: key, certificatePem: certificate } = material;
    const folder = createPrivateFolder(io);
    const files = [
      { name: KEY, content: key, secret: true },
      { name: CERTIFICATE, content: certificate, secret: true },
      { name: STATE, content: toJson(state), secret: true },
    ];
    try {
      await writeFiles(folder, files, { replace: false, io });
    } catch (error) {
      await rmdir(folder).catch(() => undefined);
      throw error;
    }
    return new SavedSet(folder, { key, certificate, state });
  }

  /** Reads a set that an earlier run saved. @throws {CliError} if the folder contains none, or is not private */
  static load(folder: string): SavedSet {
    requirePrivate(folder);
    try {
      const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
      const state = parseState(JSON.parse(read(STATE)));
      return new SavedSet(folder, { key: read(KEY), certificate: read(CERTIFICATE), state });
    } catch (error) {
      throw usageError(
        `${folder} does not contain an unfinished run of setup.`,
        'Pass the folder that setup printed, or omit --resume to start over.',
        error,
      );
    }
  }

  async update(changes: Partial<SetState>, io: Io): Promise<void> {
    const state = { ...this.#state, ...changes };
    // If the disk is full, the message about that still contains the App ID. Unless `unknown` is saved, nothing is sent.
    if (changes.registration !== 'unknown') this.#state = state;
    const file = { name: STATE, content: toJson(state), secret: true };
    try {
      await writeFiles(this.folder, [file], { replace: true, io });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      throw new CliError(error.message, 'Fix this, then continue with the command below.', { cause: error });
    }
    this.#state = state;
    this.#savedAppId = state.appId;
  }

  /** Deletes the files of the set, and the folder. */
  async delete(): Promise<void> {
    for (const name of [KEY, CERTIFICATE, STATE]) await rm(join(this.folder, name), { force: true });
    await rmdir(this.folder);
  }
}

/** A user who can change the folder can decide where the secrets go. Windows has neither user IDs nor modes. */
function requirePrivate(folder: string): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  const user = process.getuid?.();
  if (stats === undefined || user === undefined) return;
  if (stats.uid === user && (stats.mode & 0o022) === 0) return;
  throw usageError(
    `Other users can change ${folder}, so setup does not trust it.`,
    'Run the command as the user who ran setup, or omit --resume to start over.',
  );
}

function toJson(state: SetState): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** @throws {Error} for anything that is not what `toJson` wrote */
function parseState(json: unknown): SetState {
  const state = json as SetState;
  const { target } = state;
  const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const isComplete =
    Object.values(state.values).every(isText) &&
    (target.kind === 'github' ? isText(target.repository) : isText(target.folder)) &&
    ['none', 'unknown', 'done'].includes(state.registration) &&
    (state.registration === 'done') === isText(state.appId) &&
    state.stored.every(isText);
  if (!isComplete) throw new Error('incomplete');
  return state;
}

type System = { readonly platform: NodeJS.Platform } & Pick<Io, 'env'>;

/** Where programs keep state that survives a restart. Undefined if the system does not say. */
export function stateFolder({ platform, env }: System): string | undefined {
  if (platform === 'win32') {
    const { LOCALAPPDATA: local } = env;
    return local ? win32.join(local, 'sprinklr-token') : undefined;
  }
  const { XDG_STATE_HOME: state, HOME: home = homedir() } = env;
  // XDG Base Directory Specification: a relative path must be ignored.
  if (state && posix.isAbsolute(state)) return posix.join(state, 'sprinklr-token');
  return home ? posix.join(home, '.local', 'state', 'sprinklr-token') : undefined;
}

/** None if it cannot be read: nothing depends on it. */
function foldersIn(parent: string | undefined): string[] {
  if (parent === undefined) return [];
  try {
    return readdirSync(parent).map((name) => join(parent, name));
  } catch {
    return [];
  }
}

interface Unfinished {
  readonly folder: string;
  readonly date: string;
  /** Whether it may have registered its certificate, but has no App ID. */
  readonly isUnknown: boolean;
}

/** The newest run that did not finish, or is still going on. */
export function findUnfinished({ env }: Io): Unfinished | undefined {
  const parent = stateFolder({ platform: process.platform, env });
  const [newest] = foldersIn(parent)
    .flatMap((folder) => {
      try {
        const changed = statSync(join(folder, STATE)).mtime;
        return [{ folder, changed, state: SavedSet.load(folder).state }];
      } catch {
        // --resume could not read it either.
        return [];
      }
    })
    .sort((a, b) => b.changed.getTime() - a.changed.getTime());
  if (newest === undefined) return undefined;
  const { folder, changed, state } = newest;
  return { folder, date: changed.toISOString().slice(0, 10), isUnknown: state.registration === 'unknown' };
}

/** A new folder that only its owner can read, outside any git work tree: a home folder can be one. */
function createPrivateFolder({ env }: Io): string {
  const folders = [stateFolder({ platform: process.platform, env }), tmpdir()];
  let failure: unknown;
  for (const folder of folders) {
    if (folder === undefined) continue;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const real = realpathSync(folder);
      if (workTreeOf(real) === undefined) return mkdtempSync(join(real, 'setup-'));
    } catch (error) {
      failure = error;
    }
  }
  throw new CliError(
    `Cannot create a private folder: ${systemErrorReason(failure) ?? 'every candidate is in a git work tree'}.`,
    'Set XDG_STATE_HOME to a folder outside any git work tree, and run the command again.',
    { cause: failure },
  );
}
