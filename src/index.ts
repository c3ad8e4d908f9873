import { run } from './action/run.ts';

// The proxy agent of @actions/http-client calls a deprecated Buffer constructor. Users cannot act on that warning.
process.noDeprecation = true;

// If Node ends the process because nothing is left to wait for, the step fails. `run` sets 0 when it succeeds.
process.exitCode = 1;

void run().finally(() => {
  // Exits after all output is flushed. Otherwise, a half-open connection could keep the step alive.
  process.stdout.write('', () => process.exit());
});
