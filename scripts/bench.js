// Compares the time and the peak memory of the action with those of a minimal program that requests a token
// (bench/baseline.cjs) and, with --peer FOLDER, of a checkout of actions/create-github-app-token. The programs run in
// turn, over HTTPS. Ratios are taken within a round, so that other load on the machine affects both sides. Exits with
// code 1 if a goal is missed.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createCredentials, runStep, startSimulator } from './runner.js';

/** @typedef {{ milliseconds: number, memory: number }} Result */

const PEER = 'create-github-app-token';
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '60' }, peer: { type: 'string' } },
});
const bench = fileURLToPath(new URL('bench', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const credentials = createCredentials(folder);
const simulator = await startSimulator(credentials, ['--tls']);
const github = await startGitHub();
try {
  const { inputs, authority } = simulator;
  const env = { NODE_EXTRA_CA_CERTS: authority };
  /** @type {[name: string, step: import('./runner.js').Step][]} */
  const steps = [
    ['baseline', { inputs, env, program: join(bench, 'baseline.cjs') }],
    ['sprinklr-token', { inputs, env }],
  ];
  if (values.peer) steps.push([PEER, peerStep(values.peer)]);

  /** @type {Map<string, Result[]>} */
  const results = new Map(steps.map(([name]) => [name, []]));
  const rounds = Number(values.rounds);
  // Each round starts with a different step. The first round is a warm-up.
  for (let round = 0; round <= rounds; round++) {
    const first = round % steps.length;
    for (const [name, step] of [...steps.slice(first), ...steps.slice(0, first)]) {
      const result = await measure(step);
      if (round > 0) results.get(name)?.push(result);
    }
  }
  report(results);
} finally {
  simulator.process.kill();
  github.server.close();
  rmSync(folder, { recursive: true });
}

/**
 * @param {import('./runner.js').Step} step
 * @returns {Promise<Result>}
 */
async function measure({ env, ...step }) {
  const preload = `--require=${join(bench, 'record-peak-memory.cjs')}`;
  const measured = { ...step, env: { ...env, NODE_OPTIONS: preload } };
  const { exitCode, log, files, milliseconds } = await runStep(measured, join(folder, 'step'));
  if (exitCode !== 0) throw new Error(`A step failed: ${log}`);
  return { milliseconds, memory: Number(files['peak-memory']) / 1024 };
}

/** The part of GitHub's API that the peer calls. */
async function startGitHub() {
  const installation = { id: 1, app_slug: 'bench' };
  const token = { token: `ghs_${'t'.repeat(36)}`, expires_at: '2099-01-01T00:00:00Z', permissions: {} };
  const options = { key: credentials.key, cert: readFileSync(credentials.certificate) };
  const server = createServer(options, ({ method }, response) => {
    response.writeHead(method === 'POST' ? 201 : 200, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(method === 'POST' ? token : installation));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { server, url: `https://127.0.0.1:${port}` };
}

/** @param {string} checkout */
function peerStep(checkout) {
  const repository = { GITHUB_REPOSITORY: 'org/repository', GITHUB_REPOSITORY_OWNER: 'org' };
  return {
    program: join(checkout, 'dist/main.cjs'),
    inputs: {
      'client-id': 'Iv1.bench',
      'private-key': credentials.key,
      'github-api-url': github.url,
      'skip-token-revoke': 'false',
    },
    env: { ...repository, NODE_EXTRA_CA_CERTS: credentials.certificate },
  };
}

/** @param {Map<string, Result[]>} results */
function report(results) {
  const of = (/** @type {string} */ name, /** @type {keyof Result} */ unit) =>
    (results.get(name) ?? []).map((result) => result[unit]);
  const ratio = (/** @type {string} */ name, /** @type {string} */ other, /** @type {keyof Result} */ unit) =>
    quartiles(of(name, unit).map((value, round) => value / (of(other, unit)[round] ?? NaN)));

  console.log(`Node.js ${process.version}, ${cpus().length} processors, ${values.rounds} rounds\n`);
  console.log(
    '| step | time | ratio to baseline (middle half) | peak memory | ratio to baseline (middle half) |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const name of results.keys()) {
    const cells = (/** @type {keyof Result} */ unit) => {
      const { low, median, high } = ratio(name, 'baseline', unit);
      const ratios = `${median.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
      return `${quartiles(of(name, unit)).median.toFixed(0)} ${unit === 'memory' ? 'MiB' : 'ms'} | ${ratios}`;
    };
    console.log(`| ${name} | ${cells('milliseconds')} | ${cells('memory')} |`);
  }

  /** @type {[what: string, value: number, limit: number][]} */
  const goals = [
    ['time / baseline', ratio('sprinklr-token', 'baseline', 'milliseconds').median, 1.25],
    ['peak memory / baseline', ratio('sprinklr-token', 'baseline', 'memory').median, 1.2],
  ];
  if (results.has(PEER))
    goals.push([`time / ${PEER}`, ratio('sprinklr-token', PEER, 'milliseconds').median, 0.6]);
  console.log('');
  for (const [what, value, limit] of goals) {
    console.log(
      `${what}: ${value.toFixed(3)}, goal ${limit.toFixed(2)} ${value <= limit ? 'met' : 'MISSED'}`,
    );
    if (!(value <= limit)) process.exitCode = 1;
  }
}

/** @param {number[]} numbers */
function quartiles(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}
