import fc from 'fast-check';

// Repeats a run: fast-check prints the seed of every failure.
const { TEST_SEED } = process.env;
if (TEST_SEED !== undefined) fc.configureGlobal({ seed: Number(TEST_SEED) });

/** How many cases a property gets: all of them if TEST_VOLUME is 1, a tenth by default. */
export function cases(all: number): number {
  return Math.ceil(all * Number(process.env['TEST_VOLUME'] ?? '0.1'));
}

/** Processor time of a call, in seconds: other processes on the machine don't count. */
export function cpuSeconds(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
