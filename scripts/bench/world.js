// What a workflow runs on: key material, a Sprinklr in a process of its own, and steps that are run as a runner runs them.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

/** Of nobody; the simulator is told the same. */
const app = {
  'api-key': 'made-up-api-key',
  'api-secret': 'made-up-api-secret',
  'redirect-uri': 'https://www.example.com/callback',
  environment: 'prod2',
};

/** A folder with a fresh key and its certificate; `remove` deletes it. */
export function makeMaterial() {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-bench-'));
  const openssl = (/** @type {string} */ command) =>
    execFileSync('openssl', command.split(' '), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  openssl('req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 2 -subj /CN=bench');
  openssl('pkcs8 -topk8 -inform PEM -outform DER -in server.key -out server.der -nocrypt');
  return {
    folder,
    certificate: join(folder, 'server.crt'),
    key: join(folder, 'server.key'),
    /** A server's certificate for this machine, signed by itself, with its key. */
    issue(name) {
      const [key, cert] = [`${name}.key`, `${name}.crt`];
      openssl(
        `req -x509 -newkey rsa:2048 -nodes -keyout ${key} -out ${cert} -days 2 -subj /CN=${name} -addext subjectAltName=IP:127.0.0.1`,
      );
      return { key: join(folder, key), cert: join(folder, cert) };
    },
    privateKey: readFileSync(join(folder, 'server.der')).toString('base64'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts `sprinklr-token simulate`: strict, one live token per API key, 10 requests a second per API key. */
export async function startSprinklr({ certificate }, ...more) {
  const flags = Object.entries(app).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(
    process.execPath,
    [join(dist, 'cli.js'), 'simulate', '--port=0', `--certificate=${certificate}`, ...flags, ...more],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const log = [];
  const closed = once(child, 'close');
  const ready = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      if (line.startsWith('What it holds')) resolve();
    });
  });
  const stop = async () => {
    child.kill();
    await closed;
  };
  await Promise.race([
    ready,
    closed.then(() => {
      throw new Error('The simulator ended before it listened.');
    }),
  ]);
  const printed = (/** @type {string} */ name) =>
    log.map((line) => line.trim().split(/ {2,}/)).find(([title]) => title === name)?.[1] ?? '';
  return {
    /** What a step needs to get a token here, besides the private key. */
    inputs: {
      ...app,
      username: 'ci-bot@example.com',
      'base-url': printed('base-url'),
      'app-id': printed('app-id'),
    },
    apiKey: app['api-key'],
    pid: child.pid,
    /** What it has printed so far, by lines. */
    log,
    /** The certificate authority to trust, where it was started with `--tls`. */
    authority: log.join('\n').match(/NODE_EXTRA_CA_CERTS=(\S+)/)?.[1],
    /** Ends it and counts the exchanges that it was asked for, and those of them that it refused for their rate. */
    async end() {
      await stop();
      const exchanges = log.filter((line) => /^POST \S*\/oauth\/apptoken\//.test(line));
      return {
        exchanges: exchanges.length,
        overRate: exchanges.filter((line) => line.includes('over the limit')).length,
      };
    },
    stop,
  };
}

/** Runs the action, or another program, as a step in a process of its own, and measures from its start to its end. */
export async function runStep(inputs, { args = [join(dist, 'index.js')], env: more = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-step-'));
  try {
    const env = { PATH: process.env.PATH, GITHUB_REPOSITORY_ID: '123456', GITHUB_RUN_ID: '987654', ...more };
    for (const name of ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY', 'GITHUB_STATE']) {
      env[name] = join(folder, name);
      writeFileSync(env[name], '', { mode: 0o600 });
    }
    for (const [name, value] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = value;
    const { exitCode, milliseconds } = await runNode(args, env);
    const outputs = {};
    const written = readFileSync(env.GITHUB_OUTPUT, 'utf8');
    for (const [, name, , value] of written.matchAll(/^(.+?)<<(.+?)\r?\n([^]*?)\r?\n\2\r?$/gm))
      outputs[name] = value;
    return {
      failure: exitCode === 0 ? undefined : (outputs['error-code'] ?? 'unknown'),
      outputs,
      milliseconds,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How long Node.js takes to do nothing: no step can be quicker. */
export async function runEmptyStep() {
  return await runNode(['--eval', ''], { PATH: process.env.PATH });
}

async function runNode(args, env) {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
  const [exitCode] = await once(child, 'close');
  return { exitCode, milliseconds: performance.now() - begun };
}

/** The status that `/api/v2/me` answers a token with, asked again for as long as it is only the rate that is refused. */
export async function whoAmI(outputs, apiKey) {
  const headers = { Authorization: `Bearer ${outputs['access-token']}`, Key: apiKey };
  for (;;) {
    const [answer] = await once(
      get(`${outputs['api-url']}/api/v2/me`, { headers, agent: false }),
      'response',
    );
    answer.resume();
    const seconds = answer.headers['retry-after'];
    if (seconds === undefined) return answer.statusCode;
    await sleep((Number(seconds) + Math.random() / 2) * 1000);
  }
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}
