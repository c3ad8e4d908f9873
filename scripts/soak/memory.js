// Loaded into the simulator ahead of it: on SIGUSR2 it prints what is alive in its memory after a collection. What a
// process takes up says less, since garbage stays until somebody wants its room.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
// What the engine compiles, and when, is as much as a small leak, and no leak: it compiles all it runs once, at once.
for (const flag of [
  'no-opt',
  'no-maglev',
  'no-sparkplug',
  'no-lazy-feedback-allocation',
  'no-flush-bytecode',
])
  setFlagsFromString(`--${flag}`);
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  console.log(`memory ${heapUsed + external} ${rss}`);
});
