/** Runs workflows with act, on this computer. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';
import { pinnedCommit } from '../../scripts/pinned-commit.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

export function git(folder: string, ...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
}

const clones = new Map<string, string>();
/** A clone with the given commit checked out. */
export function cloneOf(commit: string): string {
  const known = clones.get(commit);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  git(root, 'clone', '--quiet', '--no-checkout', root, folder);
  git(folder, 'checkout', '--quiet', '--detach', commit);
  clones.set(commit, folder);
  return folder;
}

/** The last commit as `org/sprinklr-token@v1`, and the commit that the reusable workflow names as itself. */
function localRepositories(): string[] {
  const refs = { v1: 'HEAD', [pinnedCommit(root)]: pinnedCommit(root) };
  return Object.entries(refs).flatMap(([ref, commit]) => [
    '--local-repository',
    `org/sprinklr-token@${ref}=${cloneOf(commit)}`,
  ]);
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const act of running.splice(0)) act.kill('SIGKILL');
});

export interface Run {
  /** YAML. Runs as it is. */
  readonly workflow: string;
  /** The environment of every step. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: string;
}

export interface RunResult {
  readonly exitCode: number | null;
  /** Everything that act printed, masked by act. */
  readonly log: string;
}

/** Starts a workflow in a new repository that contains nothing else. Its jobs run on this computer's Node. */
export function startWorkflow(run: Run): { act: ChildProcess; result: Promise<RunResult> } {
  const home = mkdtempSync(join(tmpdir(), 'consumer-'));
  const repository = join(home, 'repository');
  mkdirSync(join(repository, '.github/workflows'), { recursive: true });
  writeFileSync(join(repository, '.github/workflows/workflow.yml'), run.workflow);
  git(repository, 'init', '--quiet', '--initial-branch=main');
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--message=Add a workflow');

  const file = (name: string, values: Readonly<Record<string, string>>): string => {
    const lines = Object.entries(values).map(([key, value]) => `${key}=${JSON.stringify(value)}\n`);
    writeFileSync(join(home, name), lines.join(''));
    return join(home, name);
  };
  const act = spawn(
    process.env['ACT'] ?? 'act',
    [
      run.event ?? 'workflow_dispatch',
      ...['ubuntu-latest', 'self-hosted'].flatMap((label) => ['--platform', `${label}=-self-hosted`]),
      ...[...localRepositories(), '--no-cache-server'],
      ...['--env-file', file('env', { ...run.env, ...delayOfFailedSteps(home) })],
      ...['--secret-file', file('secrets', run.secrets), '--var-file', file('vars', run.vars)],
      ...['--input-file', file('inputs', run.inputs ?? {})],
    ],
    {
      cwd: repository,
      env: { HOME: home, PATH: [npxFolder(home), process.env['PATH']].join(delimiter), TMPDIR: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  running.push(act);
  let log = '';
  const append = (chunk: Buffer): void => void (log += chunk.toString());
  act.stdout.on('data', append);
  act.stderr.on('data', append);
  const result = new Promise<RunResult>((resolve) => {
    act.on('close', (exitCode) => {
      endBackgroundProcess(home);
      resolve({ exitCode, log });
    });
  });
  return { act, result };
}

/** act stops reading when a step fails, and sometimes loses its last lines. So a failed step exits a second later. */
function delayOfFailedSteps(home: string): Record<string, string> {
  const bash = join(home, 'bash-env');
  const node = join(home, 'node-options.cjs');
  writeFileSync(bash, `trap 'test $? = 0 || sleep 1' EXIT\n`);
  const second = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)';
  writeFileSync(node, `process.on('exit', (code) => code === 0 || ${second});\n`);
  return { BASH_ENV: bash, NODE_OPTIONS: `--require=${node}` };
}

/**
 * An `npx` that runs our command line without a download. Its process runs until the job ends, as on GitHub's runners; act
 * would end it with its step.
 */
function npxFolder(home: string): string {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const lines = [
    '#!/bin/sh',
    `case "$1 $2" in "-y @org/sprinklr-token@${version}") ;; *) exit 9 ;; esac`,
    'shift 2',
    `echo $$ > ${home}/background-process`,
    `exec setsid node ${cloneOf('HEAD')}/dist/cli.js "$@"`,
  ];
  writeFileSync(join(folder, 'npx'), lines.join('\n'), { mode: 0o755 });
  return folder;
}

function endBackgroundProcess(home: string): void {
  const file = join(home, 'background-process');
  if (existsSync(file)) process.kill(Number(readFileSync(file, 'utf8')));
}
