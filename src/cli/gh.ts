import { spawn } from 'node:child_process';
import { text as readStream } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { CliError } from './errors.ts';
import { withoutSecrets } from './inputs.ts';
import { deferSignals, type Io } from './io.ts';

/**
 * Checks that the GitHub CLI (gh) is installed and logged in. Call it before creating anything that gh has to store.
 *
 * @param host a GitHub Enterprise host; undefined for gh's default
 * @throws {CliError}
 */
export async function requireGh(io: Io, host?: string): Promise<void> {
  const hostname = host === undefined ? [] : ['--hostname', host];
  const { exitCode, stderr } = await run(io, ['auth', 'status', ...hostname]);
  if (exitCode === 0) return;
  throw new CliError(
    `The GitHub CLI (gh) is not logged in${firstLine(stderr)}`,
    `Run "${['gh', 'auth', 'login', ...hostname].join(' ')}", then this command again.`,
  );
}

/**
 * Runs gh, for at most a minute, and returns its standard output. Ctrl-C ends gh, and this call fails.
 *
 * @param args nothing secret: other users of the machine can read them
 * @param options.input standard input of gh; pass secrets here
 * @throws {CliError} with the first line of gh's error
 */
export async function gh(
  io: Io,
  args: readonly string[],
  { input = '' }: { input?: string | Buffer } = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await run(io, args, input);
  if (exitCode === 0) return stdout;
  throw new CliError(
    `"gh ${args.slice(0, 2).join(' ')}" failed${firstLine(stderr)}`,
    'Fix this, then run the command again.',
  );
}

/** Without these, gh could prompt, or print the colors and debug output that the user's settings turn on. */
const GH_ENVIRONMENT = {
  GH_PROMPT_DISABLED: '1',
  GH_NO_UPDATE_NOTIFIER: '1',
  GH_FORCE_TTY: '',
  CLICOLOR_FORCE: '0',
  GH_DEBUG: '',
};

interface Result {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** gh has no time limit of its own, and none of these calls waits for a person. */
const TIMEOUT_SECONDS = 60;

async function run(io: Io, args: readonly string[], input: string | Buffer = ''): Promise<Result> {
  return await deferSignals(io, async (interrupted) => {
    const child = spawn('gh', args, {
      stdio: 'pipe',
      env: { ...withoutSecrets(io.env), ...GH_ENVIRONMENT },
    });
    interrupted.addEventListener('abort', () => child.kill());
    const closed = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    });
    // If gh exits before it reads all input, its exit code says why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new CliError(
            `"gh ${args.slice(0, 2).join(' ')}" did not finish within ${TIMEOUT_SECONDS} s.`,
            'Check the connection to GitHub, then run the command again.',
          ),
        );
        child.kill();
        // A program that gh started can keep them open.
        child.stdout.destroy();
        child.stderr.destroy();
      }, TIMEOUT_SECONDS * 1000);
    });
    const result = Promise.all([
      closed.catch((error: unknown) => {
        throw cannotStart(error as NodeJS.ErrnoException);
      }),
      readStream(child.stdout),
      readStream(child.stderr),
    ]);
    const [exitCode, stdout, stderr] = await Promise.race([result, timeout]).finally(() => {
      clearTimeout(timer);
    });
    // A terminal sends Ctrl-C to both programs, and gh can end before this one receives it.
    if (exitCode !== 0) await sleep(50);
    if (interrupted.aborted)
      throw new CliError('Interrupted while gh was running.', 'Run the command again to retry.');
    return { exitCode, stdout, stderr };
  });
}

function cannotStart(error: NodeJS.ErrnoException): CliError {
  return new CliError(
    `The GitHub CLI (gh) ${error.code === 'ENOENT' ? 'is not installed' : 'could not be started'}.`,
    'Install it from https://cli.github.com, run "gh auth login", then this command again.',
    { cause: error },
  );
}

/** The first line with text, safe to show. */
function firstLine(output: string): string {
  const line = stripVTControlCharacters(output)
    .split(/[\r\n]+/)
    .map((text) => text.replace(/[\p{Cc}\p{Cf}]/gu, '').trim())
    .find((text) => text !== '');
  return line === undefined ? '.' : `: ${line.slice(0, 300)}`;
}
