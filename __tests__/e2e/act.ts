import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const git = (folder: string, ...args: string[]): void => {
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
};

let release: string | undefined;
/** What `org/sprinklr-token@v1` is: a clone of the last commit, with the `dist/` in it. */
function released(): string {
  if (release === undefined) {
    release = mkdtempSync(join(tmpdir(), 'release-'));
    git(root, 'clone', '--quiet', root, release);
  }
  return release;
}

const engines: ChildProcess[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.kill('SIGKILL');
});

export interface Run {
  /** The text of a workflow, as a page or an example has it. */
  readonly workflow: string;
  /** Goes into each step that does not say where Sprinklr is; nothing else of a workflow is changed. */
  readonly baseUrl: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: string;
}

export interface Ran {
  readonly exitCode: number | null;
  /** Everything that the engine printed, masked by it. */
  readonly log: string;
  readonly milliseconds: number;
}

/** Starts a workflow on act, in a repository that holds nothing else. Machines are this one; its Node runs the action. */
export function startRun(run: Run): { engine: ChildProcess; ended: Promise<Ran> } {
  const home = mkdtempSync(join(tmpdir(), 'consumer-'));
  const repository = join(home, 'repository');
  mkdirSync(join(repository, '.github/workflows'), { recursive: true });
  const workflow = run.workflow.includes('base-url:')
    ? run.workflow
    : run.workflow.replaceAll(/^( +)environment: prod2\b.*$/gm, `$&\n$1base-url: ${run.baseUrl}`);
  writeFileSync(join(repository, '.github/workflows/workflow.yml'), workflow);
  git(repository, 'init', '--quiet', '--initial-branch=main');
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--message=A workflow');

  const file = (name: string, values: Readonly<Record<string, string>>): string => {
    const path = join(home, name);
    writeFileSync(
      path,
      Object.entries(values)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}\n`)
        .join(''),
    );
    return path;
  };
  const begun = performance.now();
  const engine = spawn(
    process.env['ACT'] ?? 'act',
    [
      run.event ?? 'workflow_dispatch',
      ...['ubuntu-latest', 'self-hosted'].flatMap((label) => ['--platform', `${label}=-self-hosted`]),
      ...['--local-repository', `org/sprinklr-token@v1=${released()}`],
      ...['--secret-file', file('secrets', run.secrets), '--var-file', file('vars', run.vars)],
      ...['--input-file', file('inputs', run.inputs ?? {}), '--no-cache-server', ...heardOut(home)],
    ],
    {
      cwd: repository,
      env: {
        HOME: home,
        PATH: [npxOfThisRelease(home), process.env['PATH'] ?? ''].join(delimiter),
        TMPDIR: home,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  engines.push(engine);
  let log = '';
  const append = (chunk: Buffer): void => void (log += chunk.toString());
  engine.stdout.on('data', append);
  engine.stderr.on('data', append);
  const ended = new Promise<Ran>((resolve) => {
    engine.on('close', (exitCode) => {
      endBackground(home);
      resolve({ exitCode, log, milliseconds: performance.now() - begun });
    });
  });
  return { engine, ended };
}

/**
 * Once a step has failed, act reads no more of its terminal, and now and then its last words are lost. So a step that fails
 * stays for a second, by what bash and Node read before anything else.
 */
function heardOut(home: string): string[] {
  const bash = join(home, 'bash-env');
  const node = join(home, 'node-options.cjs');
  writeFileSync(bash, `trap 'test $? = 0 || sleep 1' EXIT\n`);
  const second = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)';
  writeFileSync(node, `process.on('exit', (code) => code === 0 || ${second});\n`);
  return ['--env', `BASH_ENV=${bash}`, '--env', `NODE_OPTIONS=--require=${node}`];
}

/**
 * `npx -y github:org/sprinklr-token#v1 …`, without the download. A step's background processes live on to the end of the
 * job, as on a runner of GitHub; act would end them with the step.
 */
function npxOfThisRelease(home: string): string {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const lines = [
    '#!/bin/sh',
    'test "$1 $2" = "-y github:org/sprinklr-token#v1" || exit 9',
    'shift 2',
    `echo $$ > ${home}/background`,
    `exec setsid node ${released()}/dist/cli.js "$@"`,
  ];
  writeFileSync(join(folder, 'npx'), lines.join('\n'), { mode: 0o755 });
  return folder;
}

function endBackground(home: string): void {
  const file = join(home, 'background');
  if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8')));
}
