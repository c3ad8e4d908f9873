import { run } from './action/run.ts';

// The proxy agent of @actions/http-client calls a deprecated Buffer constructor. Users cannot act on that warning.
process.noDeprecation = true;

void run().finally(() => {
  // Exits after all output is flushed. Otherwise, a half-open connection could keep the step alive.
  process.stdout.write('', () => process.exit());
});
