import { spawn } from 'node:child_process';
import { text as readStream } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { DeskError } from './command.ts';
import { uninterrupted } from './terminal.ts';

/**
 * Makes sure that GitHub's `gh` can be used: to be called before anything is made that gh has to store.
 *
 * @param host a GitHub host of one's own, if it is not the one that gh takes by itself
 * @throws {DeskError} where gh is not installed or not logged in
 */
export async function requireGh(host?: string): Promise<void> {
  const where = host === undefined ? [] : ['--hostname', host];
  const { exitCode, errors } = await run(['auth', 'status', ...where]);
  if (exitCode === 0) return;
  throw new DeskError(
    `GitHub's command line, gh, is not logged in${said(errors)}`,
    `Run "${['gh', 'auth', 'login', ...where].join(' ')}", then this again.`,
  );
}

/**
 * Runs gh and returns what it printed. Ctrl-C ends gh, and with it this call, but not the caller.
 *
 * @param args nothing secret: other users of the machine can read them
 * @param options.input what gh reads from its standard input; a secret goes here
 * @throws {DeskError} with the first line of what gh says is wrong
 */
export async function gh(
  args: readonly string[],
  { input = '' }: { input?: string | Buffer } = {},
): Promise<string> {
  const { exitCode, output, errors } = await run(args, input);
  if (exitCode === 0) return output;
  throw new DeskError(
    `"gh ${args.slice(0, 2).join(' ')}" failed${said(errors)}`,
    'Correct that, then run it again.',
  );
}

interface Ended {
  exitCode: number | null;
  output: string;
  errors: string;
}

async function run(args: readonly string[], input: string | Buffer = ''): Promise<Ended> {
  return await uninterrupted(async (interruption) => {
    const child = spawn('gh', args, {
      stdio: 'pipe',
      env: { ...process.env, GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1' },
    });
    interruption.addEventListener('abort', () => child.kill());
    const closed = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    // A gh that does not read its input may be gone before all of it is written; its exit code tells.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [exitCode, output, errors] = await Promise.all([
      closed.catch((error: unknown) => {
        throw cannotRun(error as NodeJS.ErrnoException);
      }),
      readStream(child.stdout),
      readStream(child.stderr),
    ]);
    // A terminal sends Ctrl-C to both, so gh may be gone a moment before this program hears of it.
    if (exitCode !== 0) await sleep(50);
    if (interruption.aborted)
      throw new DeskError('Interrupted while gh was at work.', 'To try again, run it again.');
    return { exitCode, output, errors };
  });
}

function cannotRun({ code }: NodeJS.ErrnoException): DeskError {
  return new DeskError(
    `GitHub's command line, gh, ${code === 'ENOENT' ? 'is not installed' : 'could not be started'}.`,
    'Install it from https://cli.github.com, run "gh auth login", then this again.',
  );
}

/** The first line in which something is said, fit to be shown. */
function said(errors: string): string {
  const line = stripVTControlCharacters(errors)
    .split(/[\r\n]+/)
    .map((text) => text.replace(/[\p{Cc}\p{Cf}]/gu, '').trim())
    .find((text) => text !== '');
  return line === undefined ? '.' : `: ${line.slice(0, 300)}`;
}
