import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { cliPath, run } from './harness.ts';

const actionPath = join(dirname(cliPath), 'index.js');

/** The demo beside another action. */
function demoOf(action: string): { exitCode: number | null; stdout: string; steps: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-demo-'));
  mkdirSync(join(folder, 'dist'));
  cpSync(dirname(cliPath), join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'index.js'), action);
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  const { status, stdout } = spawnSync(process.execPath, [join(folder, 'dist', 'cli.js'), 'demo'], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporary },
  });
  expect(readdirSync(temporary)).toEqual([]);
  return { exitCode: status, stdout, steps: stdout.split('\n').filter((line) => /^ {2}[✓✗]/.test(line)) };
}

test('it shows that every step of the guide happened, and exits with 0', async () => {
  const { exitCode, stdout } = await run({ args: ['demo'] });
  expect(exitCode).toBe(0);
  expect(stdout.match(/✓/g)).toHaveLength(9);
  expect(stdout).not.toContain('✗');
  expect(stdout).toMatch(
    /\n\nIn every job: a fresh JWT .*\n[^]*\n\nAll steps succeeded in \d{1,2}\.\d s\.\n$/,
  );
});

test('with an action that does nothing, it shows what failed, and exits with 1', () => {
  const { exitCode, steps } = demoOf('');
  expect(exitCode).toBe(1);
  expect(steps.filter((line) => line.includes('✓'))).toEqual([expect.stringContaining('RSA key')]);
});

test.each(['INPUT_PRIVATE-KEY', 'INPUT_AUTHORIZATION-CODE'])(
  'with an action that prints %s before it masks it, it says so, and exits with 1',
  (variable) => {
    const action = readFileSync(actionPath, 'utf8');
    const { exitCode, steps } = demoOf(`console.log(process.env['${variable}']);${action}`);
    expect(exitCode).toBe(1);
    expect(steps.filter((line) => line.includes('✗'))).toEqual([
      expect.stringContaining('No secret in any log'),
    ]);
  },
);

const onExit = (statement: string): string => `process.on('exit', () => { ${statement} });`;

/** What does not happen with another one-time code. */
const WITHOUT_CODE = [
  'Step 1  The API key works in its environment',
  'Step 2  A one-time code from the browser consent became an OAuth token',
  'Step 4  A JWT signed with the key, for this one exchange',
  'Step 5  The certificate registered, its App ID returned',
  "Then    The JWT exchanged for the API key's one valid token",
  'Then    The API knows whose token it is',
  'Then    A wrong callback URL rejected and explained',
  'Always  No secret in any log',
];

test.each([
  [
    'fails after all is done',
    onExit('process.exitCode = 1'),
    ["Then    The JWT exchanged for the API key's one valid token"],
  ],
  [
    // There is no token that could be missing from the logs.
    'does not output the App ID',
    "if (process.env['INPUT_MODE'] === 'register') process.env['GITHUB_OUTPUT'] = process.env['GITHUB_STEP_SUMMARY'];",
    WITHOUT_CODE.filter((step) => !step.startsWith('Step 2')),
  ],
  [
    'sends another code',
    "if (process.env['INPUT_MODE'] === 'register') process.env['INPUT_AUTHORIZATION-CODE'] = 'a1b2c3d4e5';",
    WITHOUT_CODE,
  ],
  [
    'outputs another token',
    onExit("require('fs').appendFileSync(process.env['GITHUB_OUTPUT'], 'access-token<<-\\nanother\\n-\\n')"),
    [
      "Then    The JWT exchanged for the API key's one valid token",
      'Then    The API knows whose token it is',
    ],
  ],
])('with an action that %s, it shows what failed', (_, first, missing) => {
  const { exitCode, stdout, steps } = demoOf(first + readFileSync(actionPath, 'utf8'));
  expect(exitCode).toBe(1);
  expect(steps.filter((line) => line.includes('✗'))).toEqual(missing.map((step) => `  ✗ ${step}`));
  expect(stdout.endsWith(`\n\n${missing.length} of 9 steps failed.\n`)).toBe(true);
});

test('it shows the log as a runner does: masked, with headings, without debug lines', () => {
  const lines = [
    '::add-mask::abc',
    '::add-mask::abcdef%25',
    '::debug::not to be seen',
    'abcdef% abc',
    'seen: ::notice::what is no command',
    '',
    '::notice title=x::one%25%0D%0Atwo',
    '::error::three',
    '',
  ];
  const outputs = ['a<<EOF', 'first', 'second', 'EOF', 'access-token<<E', 'abc', 'E', ''];
  const { stdout } = demoOf(
    `process.stdout.write(${JSON.stringify(lines.join('\r\n'))}); console.error('fourth');
    require('fs').appendFileSync(process.env['GITHUB_OUTPUT'], ${JSON.stringify(outputs.join('\n'))}); process.exitCode = 3`,
  );
  const shown = [
    '▸ uses: org/sprinklr-token@v1',
    '  *** ***',
    '  seen: ::notice::what is no command',
    '  Notice: one%\r\ntwo',
    '  Error: three',
    '  outputs: a=first\nsecond access-token=***',
    '  exit code 3',
  ];
  expect(stdout).toContain('\nGET /api/v2/me: no response\n');
  // The order of the two streams is not fixed.
  expect(stdout).toContain('\n  fourth\n');
  expect(stdout.replace(/\n {2}fourth/g, '')).toContain(`\n${shown.join('\n')}\n`);
});
