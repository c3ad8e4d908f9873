// Loaded into the simulator ahead of it: on SIGUSR2 it prints what is alive in its memory after a collection. What a
// process takes up says less, since garbage stays until somebody wants its room.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  console.log(`memory ${heapUsed + external} ${rss}`);
});
