/** Runs pipelines with gitlab-ci-local, on this computer. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { stringify } from 'yaml';
import { cloneOf, git, type RunResult } from './act.ts';

const running: ChildProcess[] = [];
afterEach(() => {
  for (const pipeline of running.splice(0)) pipeline.kill('SIGKILL');
});

interface Pipeline {
  /** YAML. Runs as it is. */
  readonly text: string;
  /** The project's CI/CD variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Its CI/CD variables of type File, by their content. */
  readonly files: Readonly<Record<string, string>>;
}

/** Runs a pipeline in a new repository that contains nothing else, with the shell executor. */
export async function runPipeline({ text, variables, files }: Pipeline): Promise<RunResult> {
  const home = mkdtempSync(join(tmpdir(), 'gitlab-'));
  const repository = join(home, 'repository');
  mkdirSync(repository);
  writeFileSync(join(repository, '.gitlab-ci.yml'), text);
  git(repository, 'init', '--quiet', '--initial-branch=main');
  git(repository, 'add', '--all');
  git(repository, 'commit', '--quiet', '--message=Add a pipeline');

  const fileVariables = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, { type: 'file', values: { '*': content } }]),
  );
  const settings = join(home, '.gitlab-ci-local');
  mkdirSync(settings);
  writeFileSync(join(settings, 'variables.yml'), stringify({ global: { ...variables, ...fileVariables } }));

  const program = process.env['GITLAB_CI_LOCAL'] ?? 'gitlab-ci-local';
  // Its Node is beside it.
  const path = [npxFolder(home), dirname(program), process.env['PATH']].join(delimiter);
  const pipeline = spawn(program, ['--force-shell-executor', '--no-color'], {
    cwd: repository,
    env: { HOME: home, PATH: path, TMPDIR: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(pipeline);
  let log = '';
  const append = (chunk: Buffer): void => void (log += chunk.toString());
  pipeline.stdout.on('data', append);
  pipeline.stderr.on('data', append);
  return await new Promise((resolve, reject) => {
    pipeline.on('error', reject).on('close', (exitCode) => {
      resolve({ exitCode, log });
    });
  });
}

/** An `npx` that runs our command line without a download. */
function npxFolder(home: string): string {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  const lines = [
    '#!/bin/sh',
    'case "$1 $2" in "-y @org/sprinklr-token@"[0-9]*.[0-9]*.[0-9]*) ;; *) exit 9 ;; esac',
    'shift 2',
    `exec node ${cloneOf('HEAD')}/dist/cli.js "$@"`,
  ];
  writeFileSync(join(folder, 'npx'), lines.join('\n'), { mode: 0o755 });
  return folder;
}
