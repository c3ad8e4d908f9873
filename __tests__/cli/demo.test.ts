import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bundles } from '../inside.ts';
import { desk } from './desk.ts';

/** The demo beside another action than ours. */
function demoOf(action: string): { exitCode: number | null; witnessed: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-demo-'));
  mkdirSync(join(folder, 'dist'));
  cpSync(dirname(bundles.cli), join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'dist', 'index.js'), action);
  const { status, stdout } = spawnSync(process.execPath, [join(folder, 'dist', 'cli.js'), 'demo'], {
    encoding: 'utf8',
  });
  return { exitCode: status, witnessed: stdout.split('\n').filter((line) => /^ {2}[✓✗]/.test(line)) };
}

test('it ends with exit code 0 and says that every step of the guide happened', async () => {
  const { exitCode, stdout } = await desk({ args: ['demo'] });
  expect(exitCode).toBe(0);
  expect(stdout.match(/✓/g)).toHaveLength(9);
  expect(stdout).not.toContain('✗');
});

test('of an action that does nothing, it says what did not happen, and ends with exit code 1', () => {
  const { exitCode, witnessed } = demoOf('');
  expect(exitCode).toBe(1);
  expect(witnessed.filter((line) => line.includes('✓'))).toEqual([expect.stringContaining('RSA key')]);
});

test.each(['INPUT_PRIVATE-KEY', 'INPUT_AUTHORIZATION-CODE'])(
  'of an action that shows %s before it masks it, it says so, and ends with exit code 1',
  (variable) => {
    const action = readFileSync(bundles.action, 'utf8');
    const { exitCode, witnessed } = demoOf(`console.log(process.env['${variable}']);${action}`);
    expect(exitCode).toBe(1);
    expect(witnessed.filter((line) => line.includes('✗'))).toEqual([
      expect.stringContaining('No secret in any log'),
    ]);
  },
);
