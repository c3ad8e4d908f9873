// Stryker tells only its own worker which mutant is active, and sees only there which ones are reached. So dist/cli.js, as
// built for mutation testing (build.js), loads this first: where its parent is such a worker, it asks and tells it by files.
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout } = require('node:timers');

/** Stryker watches only its worker, so a child that runs in circles, or waits for longer than any test, is ended here. */
const HITS = 100_000;
const MOST_MS = 20_000;

const folder = join(__dirname, '../../reports/children', String(process.ppid));
if (existsSync(folder)) {
  const note = join(folder, String(process.pid));
  writeFileSync(note, '');
  const activeMutant = readFileSync(join(folder, 'active'), 'utf8');
  if (activeMutant === '') {
    globalThis.__stryker__ = { mutantCoverage: coverageIn(note) };
  } else {
    globalThis.__stryker__ = { activeMutant, hitCount: 0, hitLimit: HITS };
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), MOST_MS).unref();
  }
}

/** Notes each mutant when it is first reached, and not at the end: a signal may end the process at any time. */
function coverageIn(path) {
  const reached = {
    set(counts, mutant, count) {
      try {
        if (!(mutant in counts)) appendFileSync(path, `${mutant}\n`);
      } catch {
        // Where a test lets no file grow, it does not judge what is reached after that.
      }
      counts[mutant] = count;
      return true;
    },
  };
  return { static: new Proxy({}, reached), perTest: {} };
}
