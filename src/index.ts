import { run } from './action/run.ts';

// The proxy agent of @actions/http-client calls a deprecated Buffer constructor: nothing that a user could act on.
process.noDeprecation = true;

void run().finally(() => {
  // Called once all output is flushed. Nothing keeps the step alive any longer, least of all a half-open connection.
  process.stdout.write('', () => process.exit());
});
