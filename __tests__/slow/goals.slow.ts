/** The commands that print figures fail where a goal is missed; that they pass on what is committed, `.ci/run` sees. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

/** A clone with what `npm ci` installs. */
function clone(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'goals-')), 'clone');
  execFileSync('git', ['clone', '-q', root, folder], { stdio: 'pipe' });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

function npmRun(folder: string, args: readonly string[]): { status: number | null; said: string } {
  const env = { ...process.env, TEST_VOLUME: '0.01' };
  const [name = '', ...more] = args;
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', name, '--', ...more], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

/** Has the action do something else first. */
const first =
  (code: string) =>
  (folder: string): void => {
    const bundle = join(folder, 'dist/index.js');
    writeFileSync(bundle, `${code}\n${readFileSync(bundle, 'utf8')}`);
  };

const SHORT_SOAK = ['soak', '--runs', '80', '--concurrent', '1'];
interface Missed {
  readonly fault: (folder: string) => void;
  readonly said: readonly RegExp[];
}
type Row = [what: string, args: readonly string[], missed: Missed];
test.each<Row>([
  [
    'the size, what a step starts having grown by a tenth,',
    ['size'],
    {
      fault: first(`// ${'x'.repeat(4700)}`),
      said: [
        /^git archive HEAD \| gzip -9: \d+ bytes/m,
        /^dist\/index\.js: \d+ bytes, 10\.\d % over the agreed \d+, limit 300000$/m,
      ],
    },
  ],
  [
    'the size, the download being over its limit,',
    ['size'],
    {
      fault: (folder) => {
        appendFileSync(join(folder, 'action.yml'), `# ${randomBytes(5000).toString('base64')}\n`);
        const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
        execFileSync('git', [...author, 'commit', '-qam', 'Grow'], { cwd: folder });
      },
      said: [/^git archive HEAD \| gzip -9: 15\d{4} bytes, .* limit 150000$/m],
    },
  ],
  [
    'the bench, a step taking longer and more memory,',
    ['bench', '--rounds', '12', '--sure'],
    {
      fault: first(
        'globalThis.held = Buffer.alloc(5e7, 1); for (const end = Date.now() + 100; Date.now() < end; ) continue;',
      ),
      said: [
        /^Of a step of sprinklr-token, start and end of Node\.js are \d+ %, .* parsing of the key \d+ %, the signature \d+ %, the network from there on \d+ %/m,
        /^time over HTTPS, to the floor: .* goal 1\.15 MISSED$/m,
        /^peak memory, to the floor: .* goal 1\.20 MISSED$/m,
      ],
    },
  ],
  [
    'the soak, a step ending in another code than it has to,',
    SHORT_SOAK,
    {
      fault: first(
        "process.on('exit', () => require('fs').appendFileSync(process.env.GITHUB_OUTPUT, 'error-code<<-\\nTIMED_OUT\\n-\\n'));",
      ),
      said: [/^Wrong: run 1 \(apptoken=400\) /m],
    },
  ],
  [
    'the soak, a step leaving a process and a file behind,',
    SHORT_SOAK,
    {
      fault: first(
        "require('child_process').spawn('sleep', ['20'], { detached: true, stdio: 'ignore' }).unref(); require('fs').appendFileSync(process.env.TMPDIR + '/left', 'x');",
      ),
      said: [
        /^Wrong: run 1 .* left \d+ processes behind\.$/m,
        /^Wrong: run 1 .* left files behind: own\/left\.$/m,
      ],
    },
  ],
  [
    'the soak, the simulator keeping what it is asked,',
    SHORT_SOAK,
    {
      fault: (folder) => {
        appendFileSync(
          join(folder, 'scripts/soak/memory.js'),
          `const { Server } = await import('node:http');
        const kept = [];
        const { emit } = Server.prototype;
        Server.prototype.emit = function (...event) {
          if (event[0] === 'request') kept.push(Array.from({ length: 500 }, Math.random));
          return emit.apply(this, event);
        };`,
        );
      },
      said: [/^Wrong: the simulator's memory grew by \d{6} bytes over \d+ requests\.$/m],
    },
  ],
  [
    'the fuzz, a step showing a secret,',
    ['fuzz', 'token.fuzz'],
    {
      fault: first("console.log(process.env['INPUT_API-SECRET']);"),
      said: [
        /the input \S+ was not masked in time|leaked/,
        /^steps in mode token, in-process: \d+ cases, FUZZ_SEED=\d+$/m,
      ],
    },
  ],
  [
    'mutation testing, a survivor having no reason and a reason no survivor,',
    ['mutation', 'src/errors.ts', 'src/index.ts'],
    {
      fault: (folder) => {
        const file = join(folder, 'scripts/mutation/survivors.yml');
        const survivors = readFileSync(file, 'utf8');
        writeFileSync(
          file,
          survivors.replace(
            '- process.noDeprecation = «true»; -> false',
            "- process.stdout.write(«''», () => process.exit()); -> none such",
          ),
        );
      },
      said: [
        /^src\/errors\.ts .* \d+\.\d\d %$/m,
        /^Survivors without a reason in survivors\.yml:\n- "?src\/index\.ts: process\.noDeprecation/m,
        /^In survivors\.yml, but no survivors:\n- "?src\/index\.ts: process\.stdout/m,
      ],
    },
  ],
])('%s fails', (_, args, { fault, said }) => {
  const folder = clone();
  fault(folder);
  const ended = npmRun(folder, args);
  for (const words of said) expect(ended.said).toMatch(words);
  expect(ended.status).toBe(1);
});

test('mutation testing passes where the tests notice enough, and each survivor has its reason', () => {
  const { status, said } = npmRun(clone(), ['mutation', 'src/errors.ts']);
  expect(said).toContain('The goal is 90 %: met.');
  expect(status).toBe(0);
});
