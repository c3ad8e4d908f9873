// Runs the committed action many times, against a simulator that responds to one run in ten with a fault. Fails if a run
// does not end as its fault requires, prints a secret, or if the simulator's memory grows. Linux only: it reads /proc.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCredentials, runStep, startSimulator } from './runner.js';

const MAX_GROWTH_MIB = 20;
/** Faults as `simulate --fault` names them, by the error code of the run. */
const FAULTS = {
  CREDENTIALS_REJECTED: ['400', '401'],
  PERMISSION_DENIED: ['403'],
  NOT_FOUND: ['404', '596'],
  ENVIRONMENT_MISMATCH: ['421'],
  REDIRECTED: ['redirect:https://elsewhere.example/login'],
  RESPONSE_INVALID: ['405', '411', '415', 'html', 'garbage', 'giant', 'not-http', 'body:{"errors":[{}]}'],
  RATE_LIMITED: ['429', 'retry-after:0', 'retry-after:1', 'retry-after:3600'],
  SERVER_ERROR: ['500', '502', '503', '504'],
  NETWORK_UNREACHABLE: ['reset', 'cut'],
  TIMED_OUT: ['hang'],
};
const RETRIED = ['429', 'retry-after:0', 'retry-after:1', '500', '502', '503', '504', 'reset', 'cut'];

/** @typedef {{ faults: string[], code?: string }} Plan one fault for each request, and the error code, if any */
/** @type {Plan[]} */
const PLANS = [
  ...Object.entries(FAULTS).flatMap(([code, faults]) => faults.map((fault) => ({ faults: [fault], code }))),
  ...RETRIED.map((fault) => ({ faults: [fault, 'none'] })),
  { faults: ['drip:1'] },
  // The server rejects the first request because of its time. The second is signed with the server's time.
  { faults: ['clock:-120', 'clock:0'] },
];

const { values } = parseArgs({ options: { runs: { type: 'string', default: '2000' } } });
const clean = { faults: ['none'] };
const pick = () =>
  (Math.random() < 0.1 ? PLANS[Math.floor(Math.random() * PLANS.length)] : undefined) ?? clean;
const plans = [...PLANS, ...Array.from({ length: Number(values.runs) }, pick)];

const folder = mkdtempSync(join(tmpdir(), 'soak-'));
const flags = plans.flatMap(({ faults }) => faults.map((fault) => `--fault=apptoken=${fault}`));
const simulator = await startSimulator(createCredentials(folder), flags);
try {
  const memory = [];
  for (const [index, plan] of plans.entries()) {
    const problems = await run(plan);
    if (problems.length > 0)
      throw new Error(`Run ${index + 1} (${String(plan.faults)}) ${problems.join(', ')}`);
    if (index >= PLANS.length) memory.push(residentMemory());
  }
  const quarter = Math.ceil(memory.length / 4);
  const growth = Math.max(...memory.slice(-quarter)) - Math.max(...memory.slice(0, quarter));
  console.log(`${plans.length} runs ended as they must. The simulator grew by ${growth.toFixed(1)} MiB.`);
  if (growth > MAX_GROWTH_MIB) throw new Error(`The simulator grew by more than ${MAX_GROWTH_MIB} MiB`);
} finally {
  simulator.process.kill();
  rmSync(folder, { recursive: true });
}

/** @param {Plan} plan */
async function run({ faults, code }) {
  const inputs = {
    ...simulator.inputs,
    'max-attempts': String(faults.length),
    'parameters-in': Math.random() < 0.5 ? 'query' : 'body',
    'timeout-seconds': faults.includes('hang') ? '5' : '60',
  };
  const { exitCode, log, files } = await runStep({ inputs }, join(folder, 'step'));
  const { GITHUB_OUTPUT: output = '', ...others } = files;
  const find = (/** @type {string} */ name) => new RegExp(`^${name}<<.*\n(.*)\n`, 'm').exec(output)?.[1];
  const token = find('access-token');
  const ended = [exitCode, find('error-code'), /^::error title=(\w+)::/m.exec(log)?.[1], token !== undefined];
  const expected = code === undefined ? [0, undefined, undefined, true] : [1, code, code, false];

  const printed = [log.replaceAll(/^::add-mask::.*$/gm, ''), ...Object.values(others)].join('\n');
  const secrets = [inputs['private-key'], inputs['api-key'], inputs['api-secret'], ...(token ? [token] : [])];
  const forms = secrets
    .map((secret) => Buffer.from(secret))
    .flatMap((bytes) => [
      ...[bytes.toString(), bytes.toString('base64url'), bytes.toString('base64').replace(/=+$/, '')],
      ...[bytes.toString('hex'), encodeURIComponent(bytes.toString())],
    ]);
  return [
    ...(String(ended) === String(expected)
      ? []
      : [`ended with ${String(ended)} instead of ${String(expected)}`]),
    ...(!token || log.includes(`::add-mask::${token}\n`) ? [] : ['did not mask its token']),
    ...(forms.some((text) => printed.includes(text)) ? ['printed a secret'] : []),
    ...(/eyJ[\w-]+\.eyJ[\w-]+\./.test(printed) ? ['printed a JWT'] : []),
    ...(Object.keys(others).length === 3 ? [] : ['left files behind']),
  ];
}

/** In MiB. */
function residentMemory() {
  const status = readFileSync(`/proc/${simulator.process.pid ?? ''}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
