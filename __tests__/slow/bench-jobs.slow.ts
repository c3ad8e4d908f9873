import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const bench = fileURLToPath(new URL('../../scripts/bench-jobs.js', import.meta.url));

test('however many jobs a workflow has, a sealed token costs one exchange, is not killed, and fails no step', () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [bench, '--jobs', '1,3', '--pairs', '3', '--parallel', '3'],
    {
      encoding: 'utf8',
    },
  );
  const rows = stdout
    .split('\n')
    .filter((line) => line.startsWith('| mint'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, way, jobs, exchanges, , killed, failed]) => ({ way, jobs, exchanges, killed, failed }));

  expect(rows.filter(({ way }) => way === 'mint once, unseal in each')).toEqual([
    { way: 'mint once, unseal in each', jobs: '1', exchanges: '1', killed: '0', failed: '0' },
    { way: 'mint once, unseal in each', jobs: '3', exchanges: '1', killed: '0', failed: '0' },
  ]);
  // What makes it worth while: the simulator does kill the tokens of jobs that each mint their own.
  const alone = rows.find(({ way, jobs }) => way === 'mint in each' && jobs === '3');
  expect(alone).toMatchObject({ exchanges: '3', failed: '0' });
  expect(Number(alone?.killed)).toBeGreaterThan(0);

  // Three pairs say that both steps work; on a busy machine they are too few to say which is the quicker.
  expect(stdout).toMatch(/over 3 pairs in turn: an unseal takes \d\.\d\d of the time of a mint/);
  expect(stderr.replace(/^Missed .*: an unseal takes .*\n/m, '')).toBe('');
}, 60_000);
