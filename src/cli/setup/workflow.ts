import { lstatSync, realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { CliError, systemErrorReason } from '../errors.ts';
import { note, type Io } from '../io.ts';
import { confirm } from '../prompts.ts';
import { quoteForShell } from '../quoting.ts';
import { ghFlags } from '../repository.ts';
import { workTreeOf } from '../work-tree.ts';
import { remoteRepositories } from './github.ts';
import type { Plan } from './plan.ts';
import { repositoryOf, type GitHubTarget } from './saved-set.ts';
import { asks, succeed, warn, type Session } from './session.ts';
import { publicValues } from './values.ts';

/** Writes the workflow, and prints the commands that commit and run it. Asks before it replaces a file. */
export async function writeWorkflow(plan: Plan, target: GitHubTarget, session: Session): Promise<void> {
  const { io, progress } = session;
  const { workflow: path } = target;
  if (path === undefined) {
    succeed(session, 'Workflows that read these secrets and variables use the new values from now on.');
    return;
  }
  const text = workflowText(plan, target);
  const exists = isTaken(path);
  if (exists && !(await replaces(path, session))) {
    warn(session, `${path} already exists and was not replaced.`);
    note(
      io,
      'Compare it with this workflow, which reads all values from the secrets and variables:',
      '',
      text,
    );
    return;
  }
  try {
    await mkdir(dirname(path), { recursive: true });
    if (exists) await rm(path);
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw new CliError(
      `Cannot write ${path}: ${systemErrorReason(error) ?? 'unknown error'}.`,
      `Everything is stored. Create the workflow yourself, with this content:\n\n${text}`,
      { cause: error },
    );
  }
  progress.workflow = path;
  succeed(session, `Wrote ${path}. It requests a token and calls the API with it.`);
  note(io, '', ...nextSteps(path, target, io));
}

/** A symbolic link also counts if its target does not exist. If this cannot be told, writing the file fails and says why. */
function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

async function replaces(path: string, session: Session): Promise<boolean> {
  if (!asks(session)) return false;
  return await session.interruption.abandon(() => confirm(session.io, `${path} exists. Replace it?`));
}

function nextSteps(path: string, target: GitHubTarget, io: Io): string[] {
  const [cwd, file] = [realpathSync(io.cwd), realpathSync(path)];
  const { name, host } = repositoryOf(target);
  const remotes = remoteRepositories({ ...io, cwd: dirname(file) });
  const isClone = remotes.some((remote) => remote?.toLowerCase() === name.toLowerCase());
  const tree = workTreeOf(dirname(file)) ?? cwd;
  const isElsewhere = isClone && tree !== workTreeOf(cwd);
  const from = isClone && !isElsewhere ? cwd : tree;
  const repository = ghFlags({ name, host, environment: undefined })
    .map((word) => quoteForShell(word))
    .join(' ');
  return [
    isClone
      ? 'To commit it:'
      : `No git remote of this folder is ${name}. Copy the file to the same path in a clone, and commit it there:`,
    ...(isElsewhere ? [`  cd ${quoteForShell(tree)}`] : []),
    `  git add ${quoteForShell(relative(from, file))}`,
    '  git commit -m "Request a Sprinklr access token"',
    '  git push',
    'To run it, once it is on the default branch:',
    `  gh workflow run ${quoteForShell(basename(path))} ${repository}`,
    `  gh run watch ${repository}`,
  ];
}

/** The action's inputs are secrets and variables, so a rotation does not change the workflow. */
function workflowText({ values }: Plan, { environment }: GitHubTarget): string {
  const { gateway, 'base-url': baseUrl } = publicValues(values);
  const variable = (name: string): string => `\${{ vars.SPRINKLR_${name} }}`;
  const secret = (name: string): string => `\${{ secrets.SPRINKLR_${name} }}`;
  const inputs = {
    'private-key': secret('PRIVATE_KEY'),
    certificate: variable('CERTIFICATE'),
    'app-id': variable('APP_ID'),
    username: variable('USERNAME'),
    'api-key': secret('API_KEY'),
    'api-secret': secret('API_SECRET'),
    'redirect-uri': variable('REDIRECT_URI'),
    environment: variable('ENVIRONMENT'),
    ...(gateway !== undefined && { gateway: variable('GATEWAY') }),
    ...(baseUrl !== undefined && { 'base-url': variable('BASE_URL') }),
  };
  return `# Requests a Sprinklr access token and calls the API with it. All values come from GitHub secrets and variables.
name: Call Sprinklr

on:
  workflow_dispatch:

permissions: {}

# One live token per API key: use the same group in every workflow that uses this key.
concurrency: sprinklr-api-key

jobs:
  me:
    runs-on: ubuntu-latest
${environment === undefined ? '' : `    environment: ${JSON.stringify(environment)}\n`}    steps:
      - id: sprinklr
        uses: org/sprinklr-token@v1
        with:
${Object.entries(inputs)
  .map(([name, value]) => `          ${name}: ${value}\n`)
  .join('')}
      - run: |
          curl --fail -H "Authorization: Bearer $TOKEN" -H "Key: $KEY" "$API/api/v2/me"
        env:
          TOKEN: \${{ steps.sprinklr.outputs.access-token }}
          KEY: ${secret('API_KEY')}
          API: \${{ steps.sprinklr.outputs.api-url }}
`;
}
