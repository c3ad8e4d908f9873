import { afterEach, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { runStep } from '../action/harness.ts';
import { cliPath, freePort, run as runCli } from './harness.ts';

interface WorkflowStep {
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Record<string, string>;
  readonly env?: Record<string, string>;
}

/** A job's folder: the files that GitHub gives its steps, and an `npx` that runs the built command line. */
const jobFolder = mkdtempSync(join(tmpdir(), 'sprinklr-token-job-'));
afterEach(() => {
  if (existsSync(join(jobFolder, 'pid')))
    process.kill(Number(readFileSync(join(jobFolder, 'pid'), 'utf8')), 'SIGTERM');
  rmSync(jobFolder, { recursive: true, force: true });
});

test('examples/dry-run.yml gets a token from the simulator and calls it, with no Sprinklr', async () => {
  const defaultPort = 8899;
  expect((await runCli({ args: ['simulate', '--help'] })).stdout).toContain(`(default: ${defaultPort})`);
  const port = await freePort();
  const text = readFileSync(new URL('../../examples/dry-run.yml', import.meta.url), 'utf8');
  const { permissions, jobs } = parse(text.replaceAll(String(defaultPort), String(port))) as {
    permissions: object;
    jobs: Record<string, { steps: WorkflowStep[] }>;
  };
  expect(permissions).toEqual({});
  const npx = `#!/bin/sh
[ "$1 $2" = "-y @org/sprinklr-token@1" ] || exit 9
shift 2
echo $$ > ${join(jobFolder, 'pid')}
exec ${process.execPath} ${cliPath} "$@" --port ${port}
`;
  writeFileSync(join(jobFolder, 'npx'), npx, { mode: 0o755 });

  const outputs: Record<string, Record<string, string>> = {};
  const filled = (template: string): string =>
    template.replace(
      /\$\{\{ steps\.([\w-]+)\.outputs\.([\w-]+) \}\}/g,
      (_, id: string, name: string) => outputs[id]?.[name] ?? '',
    );
  const fill = (values: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, filled(value)]));
  const logs: string[] = [];
  for (const { id = '', run, uses, with: inputs, env } of jobs['me']?.steps ?? []) {
    if (uses !== undefined) {
      const outcome = await runStep({ inputs: fill(inputs) });
      expect(outcome.errors).toEqual([]);
      outputs[id] = outcome.outputs;
      continue;
    }
    const file = join(jobFolder, 'output');
    writeFileSync(file, '');
    const log = execFileSync('bash', ['-e', '-c', run ?? 'exit 9'], {
      env: {
        PATH: [jobFolder, process.env['PATH']].join(delimiter),
        RUNNER_TEMP: jobFolder,
        GITHUB_OUTPUT: file,
        ...fill(env),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    logs.push(log);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    outputs[id] = Object.fromEntries(
      lines.map((line): [string, string] => {
        const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(line) ?? [];
        return [name, value];
      }),
    );
  }
  expect(logs.join('\n')).toContain('"email":"ci-bot@example.com"');
  expect(logs.at(-1)).toMatch(/^GET \/prod2\/api\/v2\/me 200/m);
});
