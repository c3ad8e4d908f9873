/** The commands that check goals fail if one is missed. `.ci/run` and scheduled.yml check that the committed code meets them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

/** A clone with the packages that `npm ci` installs. */
function clone(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'goals-')), 'clone');
  execFileSync('git', ['clone', '-q', root, folder], { stdio: 'pipe' });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function npmRun(folder: string, args: readonly string[]): { status: number | null; printed: string } {
  // TEST_DIST makes fuzz run dist/, in which these tests inject faults.
  const env = { ...process.env, TEST_VOLUME: '0.01', TEST_DIST: '1' };
  const [name = '', ...more] = args;
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', name, '--', ...more], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, printed: stdout + stderr };
}

/** Makes a bundle run something else first. */
const prepend =
  (bundle: string, code: string) =>
  (folder: string): void => {
    const text = readFileSync(join(folder, bundle), 'utf8').replace(/^#!.*\n/, '');
    writeFileSync(join(folder, bundle), `${code}\n${text}`);
  };

const SHORT_SOAK = ['soak', '--runs', '60'];

interface Miss {
  readonly args: readonly string[];
  readonly fault: (folder: string) => void;
  readonly printed: readonly RegExp[];
}

test.each<[what: string, miss: Miss]>([
  [
    'size, if the bundle is too large,',
    {
      args: ['size'],
      fault: prepend('dist/index.js', `// ${'x'.repeat(150_000)}`),
      printed: [/^dist\/index\.js: 3\d{5} bytes, limit 300000$/m],
    },
  ],
  [
    'size, if the download is too large,',
    {
      args: ['size'],
      fault: (folder) => {
        appendFileSync(join(folder, 'action.yml'), `# ${randomBytes(30_000).toString('base64')}\n`);
        const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
        execFileSync('git', [...author, 'commit', '-qam', 'Grow'], { cwd: folder });
      },
      printed: [/^git archive HEAD \| gzip -9: \d+ bytes, limit 80000$/m],
    },
  ],
  [
    'bench, if a step takes longer and more memory,',
    {
      args: ['bench', '--rounds', '5'],
      fault: prepend(
        'dist/index.js',
        'globalThis.held = Buffer.alloc(5e7, 1); for (const end = Date.now() + 100; Date.now() < end; ) continue;',
      ),
      printed: [
        /^time \/ baseline: .* goal 1\.25 MISSED$/m,
        /^peak memory \/ baseline: .* goal 1\.20 MISSED$/m,
      ],
    },
  ],
  [
    'soak, if a step ends with another error code,',
    {
      args: SHORT_SOAK,
      fault: prepend(
        'dist/index.js',
        "process.on('exit', () => require('fs').appendFileSync(process.env.GITHUB_OUTPUT, 'error-code<<-\\nTIMED_OUT\\n-\\n'));",
      ),
      printed: [/^Error: Run \d+ \(429,none\) ended with 0,TIMED_OUT,,true instead of 0,,,true$/m],
    },
  ],
  [
    'soak, if a step prints a secret and leaves a file behind,',
    {
      args: SHORT_SOAK,
      fault: prepend(
        'dist/index.js',
        "console.log(Buffer.from(process.env['INPUT_API-SECRET']).toString('hex')); require('fs').appendFileSync(process.env.TMPDIR + '/left', 'x');",
      ),
      printed: [/^Error: Run 1 \(400\) printed a secret, left files behind$/m],
    },
  ],
  [
    'soak, if the simulator keeps what it receives,',
    {
      args: SHORT_SOAK,
      fault: prepend(
        'dist/cli.js',
        `const kept = [];
        const { Server } = require('node:http');
        const { emit } = Server.prototype;
        Server.prototype.emit = function (...event) {
          if (event[0] === 'request') kept.push(Buffer.alloc(1e6, 1));
          return emit.apply(this, event);
        };`,
      ),
      printed: [/^Error: The simulator grew by more than 20 MiB$/m],
    },
  ],
  [
    'fuzz, if a step prints a secret,',
    {
      args: ['fuzz', 'token.fuzz'],
      fault: prepend('dist/index.js', "console.log(process.env['INPUT_API-SECRET']);"),
      printed: [/was not masked in time|leaked/],
    },
  ],
])('%s fails', (_, { args, fault, printed }) => {
  const folder = clone();
  fault(folder);
  const ended = npmRun(folder, args);
  for (const pattern of printed) expect(ended.printed).toMatch(pattern);
  expect(ended.status).toBe(1);
});
