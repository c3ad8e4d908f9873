// Times whole steps, from the start of the process to its end, against the least that could do the same, in turn on one
// machine; and against actions/create-github-app-token, if --peer names a checkout of it. Fails where a goal is missed;
// with --sure, only where these rounds leave no doubt of that: a few rounds on a busy machine may miss it by chance.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeMaterial, median, runStep, startSprinklr } from './bench/world.js';

const GOALS = { floor: 1.15, peer: 0.56, memory: 1.2 };

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    peer: { type: 'string' },
    sure: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
// With fewer, not even the least of their ratios is surely below the true one.
const fewest = values.sure ? 12 : 1;
if (!(rounds >= fewest)) {
  console.error(`--rounds has to be a number from ${fewest} on. Usage: npm run bench -- --rounds 30 --sure`);
  process.exit(2);
}
const program = (name) => fileURLToPath(new URL(`bench/${name}`, import.meta.url));

const material = makeMaterial();
const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-bench-'));
const secure = await startSprinklr(material, '--tls');
const plain = await startSprinklr(material);
const github = values.peer && (await startGitHub());

const inputs = { 'private-key': material.privateKey, ...secure.inputs };
const https = { NODE_EXTRA_CA_CERTS: secure.authority };
/** What is timed: the inputs of each step, and what runs it. */
const steps = {
  'Node.js, doing nothing': [inputs, { args: [program('part.cjs'), 'start'] }],
  'and one RSA signature': [inputs, { args: [program('part.cjs'), 'sign'] }],
  'and one TLS handshake': [inputs, { args: [program('part.cjs'), 'handshake'], env: https }],
  'the floor': [inputs, { args: [program('floor.cjs')], env: https }],
  'sprinklr-token': [inputs, { env: https }],
  'sprinklr-token, with a compile cache': [
    inputs,
    { env: { ...https, NODE_COMPILE_CACHE: join(folder, 'cache') } },
  ],
  'the floor, plain HTTP': [{ ...inputs, ...plain.inputs }, { args: [program('floor.cjs')] }],
  'sprinklr-token, plain HTTP': [{ ...inputs, ...plain.inputs }, {}],
  ...(github && { 'create-github-app-token': peerStep() }),
};

try {
  const times = await inTurn(rounds, async ([given, how]) => (await run(given, how)).milliseconds);
  report(times, await inTurn(rounds, watch));
} finally {
  await Promise.all([secure.stop(), plain.stop()]);
  github?.server.kill();
  material.remove();
  rmSync(folder, { recursive: true });
}

async function run(given, how) {
  const result = await runStep(given, how);
  if (result.failure !== undefined) throw new Error(`a step ended with ${result.failure}`);
  return result;
}

/** Every step once in each round, each round beginning with another one; the first round only warms the machine up. */
async function inTurn(count, measure) {
  const names = Object.keys(steps);
  const measured = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= count; round++) {
    for (let place = 0; place < names.length; place++) {
      const name = names[(place + round) % names.length];
      const figure = await measure(steps[name]);
      if (round > 0) measured[name].push(figure);
    }
  }
  return measured;
}

/** A step with its peak of memory and the times at which it came to what (watch.cjs). */
async function watch([given, how]) {
  const WATCHED = join(folder, 'watched');
  const env = { ...how.env, WATCHED, NODE_OPTIONS: `--require ${program('watch.cjs')}` };
  const { milliseconds } = await run(given, { ...how, env });
  return { milliseconds, ...JSON.parse(readFileSync(WATCHED, 'utf8')) };
}

async function startGitHub() {
  const certificate = material.issue('localhost');
  const server = spawn(process.execPath, [program('github.js'), certificate.key, certificate.cert], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(server.stdout, 'data');
  return { server, url: String(line).trim().split(' ').at(-1), authority: certificate.cert };
}

function peerStep() {
  const env = {
    NODE_EXTRA_CA_CERTS: github.authority,
    GITHUB_REPOSITORY: 'org/repository',
    GITHUB_REPOSITORY_OWNER: 'org',
  };
  const given = {
    'client-id': 'Iv1.bench',
    'private-key': readFileSync(material.key, 'utf8'),
    'github-api-url': github.url,
    'skip-token-revoke': 'false',
  };
  return [given, { args: [join(values.peer, 'dist/main.cjs')], env }];
}

function report(times, watched) {
  const peaks = Object.fromEntries(
    Object.entries(watched).map(([name, steps]) => [name, steps.map(({ peak }) => peak)]),
  );
  console.log(`Node.js ${process.version}, ${cpus().length} processors, ${rounds} rounds.\n`);
  row('step', 'median', 'to the floor', 'middle half', 'peak memory', 'to the floor');
  row('---', '---:', '---:', '---:', '---:', '---:');
  for (const name of Object.keys(steps)) {
    const { middle, low, high } = ratio(times[name], times['the floor']);
    row(
      name,
      `${median(times[name]).toFixed(0)} ms`,
      middle.toFixed(2),
      `${low.toFixed(2)} to ${high.toFixed(2)}`,
      `${(median(peaks[name]) / 1024).toFixed(0)} MiB`,
      ratio(peaks[name], peaks['the floor']).middle.toFixed(2),
    );
  }

  const share = (timeOf) =>
    `${(100 * median(watched['sprinklr-token'].map((step) => timeOf(step) / step.milliseconds))).toFixed(0)} %`;
  const between = (from, to) => share(({ at }) => at[to] - at[from]);
  console.log(
    `\nOf a step of sprinklr-token, start and end of Node.js are ${share(({ milliseconds, at }) => milliseconds - (at.exit - at.main))}, ` +
      `loading and the reading of inputs ${between('main', 'createPrivateKey')}, ` +
      `parsing of the key ${between('createPrivateKey', 'sign')}, ` +
      `the signature ${between('sign', 'sign done')}, ` +
      `the network from there on ${between('sign done', 'answered')}, and outputs ${between('answered', 'exit')}.\n`,
  );

  goal('time over HTTPS, to the floor', ratio(times['sprinklr-token'], times['the floor']), GOALS.floor);
  goal('peak memory, to the floor', ratio(peaks['sprinklr-token'], peaks['the floor']), GOALS.memory);
  const peer = times['create-github-app-token'];
  if (peer) goal('time over HTTPS, to the peer', ratio(times['sprinklr-token'], peer), GOALS.peer);
  else
    console.log('No --peer FOLDER with a checkout of actions/create-github-app-token: not compared with it.');
}

/** Of the ratios within each round: what slows the machine slows both. */
function ratio(figures, others) {
  const ratios = figures.map((figure, round) => figure / others[round]).sort((a, b) => a - b);
  const at = (part) => ratios[Math.floor(part * (ratios.length - 1))];
  // How many of the rounds fall below the true median is a matter of coin tosses. Too few of them say nothing.
  const outside = (deviations) =>
    Math.floor(ratios.length / 2 - 0.5 - (deviations / 2) * Math.sqrt(ratios.length));
  return {
    middle: median(ratios),
    low: at(0.25),
    high: at(0.75),
    // Of 100 such runs, 95 or more have the true median between these two, and 999 of 1,000 have it above the third.
    least: ratios[outside(1.96)] ?? 0,
    most: ratios[ratios.length - 1 - outside(1.96)] ?? Infinity,
    surely: ratios[outside(3.09)] ?? 0,
  };
}

function goal(what, { middle, least, most, surely }, limit) {
  const verdict = middle <= limit ? 'reached' : surely <= limit ? 'missed, perhaps by chance' : 'MISSED';
  console.log(
    `${what}: ${middle.toFixed(3)} (95 % confidence: ${least.toFixed(3)} to ${most.toFixed(3)}), goal ${limit.toFixed(2)} ${verdict}`,
  );
  if ((values.sure ? surely : middle) > limit) process.exitCode = 1;
}

function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`);
}
