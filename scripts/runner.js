// Runs steps the way a GitHub runner does, and the simulator in a separate process. Used by bench.js and soak.js.
import { execFileSync, spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

/** @typedef {Record<string, string | undefined>} Variables */
/** @typedef {{ inputs: Variables, program?: string, env?: Variables }} Step `program` is the action if it is omitted. */

/**
 * Creates a key and a certificate, which also fits a server on 127.0.0.1.
 *
 * @param {string} folder
 */
export function createCredentials(folder) {
  const files = '-keyout server.key -out server.crt -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1';
  const args = `req -x509 -newkey rsa:2048 -nodes -days 2 ${files}`.split(' ');
  execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = readFileSync(join(folder, 'server.key'), 'utf8');
  const der = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
  return { key, certificate: join(folder, 'server.crt'), privateKey: der.toString('base64') };
}

/**
 * Starts `sprinklr-token simulate` without rate limits. `inputs` is what a step needs to request a token from it.
 *
 * @param {{ certificate: string, privateKey: string }} credentials
 * @param {string[]} flags
 */
export async function startSimulator({ certificate, privateKey }, flags) {
  const secrets = { 'api-key': 'made-up-api-key', 'api-secret': 'made-up-api-secret' };
  const app = { ...secrets, 'redirect-uri': 'https://www.example.com/callback', environment: 'prod2' };
  /** @type {Variables} */
  const env = { ...process.env };
  for (const [name, value] of Object.entries({ ...app, 'certificate-file': certificate }))
    env[`SPRINKLR_${name.replaceAll('-', '_').toUpperCase()}`] = value;
  const limits = ['--port=0', '--per-second=1000000', '--per-hour=1000000'];
  const child = spawn(process.execPath, [join(dist, 'cli.js'), 'simulate', ...limits, ...flags], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    if (printed.includes('Ctrl-C')) break;
  }
  if (!printed.includes('Ctrl-C')) throw new Error('The simulator did not start.');
  child.stdout.resume();
  const find = (/** @type {RegExp} */ pattern) => pattern.exec(printed)?.[1];
  const found = { 'base-url': find(/base-url +(\S+)/), 'app-id': find(/app-id +(\S+)/) };
  const inputs = { ...app, ...found, 'private-key': privateKey, username: 'ci-bot@example.com' };
  return { inputs, process: child, authority: find(/NODE_EXTRA_CA_CERTS=(\S+)/) };
}

/**
 * Runs a step in a new folder, which is deleted afterwards.
 *
 * @param {Step} step
 * @param {string} folder must not exist
 */
export async function runStep({ inputs, program = join(dist, 'index.js'), env: added }, folder) {
  /** @type {Variables} */
  const env = {
    PATH: process.env['PATH'],
    GITHUB_REPOSITORY_ID: '1',
    GITHUB_RUN_ID: '2',
    TMPDIR: folder,
    ...added,
  };
  mkdirSync(folder);
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'])
    writeFileSync((env[name] = join(folder, name)), '');
  for (const [name, value] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = value;

  const start = performance.now();
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += String(chunk)));
  await once(child, 'close');
  const milliseconds = performance.now() - start;

  const names = readdirSync(folder);
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  rmSync(folder, { recursive: true });
  return { exitCode: child.exitCode, log, files, milliseconds };
}
