// One run of the built action, as a runner starts it, in a folder of its own; and all that can be wrong with how it ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { endAll, processesOf } from './processes.js';

const action = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const SECRET_INPUTS = ['private-key', 'api-key', 'api-secret'];
/** Past its own bound, and the time that a busy machine takes to start it. */
const PATIENCE_MS = 30_000;

/** Runs a step; `wrong` says in words whatever no run may do, however it was meant to end. */
export async function runStep(inputs) {
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  try {
    const { env, files } = runnerOf(folder, inputs);
    const before = readdirSync(folder, { recursive: true });
    const ended = await runProcess(env, {
      patience: Number(inputs['timeout-seconds'] ?? 60) * 1000 + PATIENCE_MS,
      giveUp: () => endAll(processesOf(folder)),
    });
    const processes = processesOf(folder);
    endAll(processes);
    const strange = readdirSync(folder, { recursive: true }).filter((name) => !before.includes(name));
    const written = Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    const outputs = parseOutputs(written['GITHUB_OUTPUT']);
    return {
      code: outputs['error-code'],
      outputs,
      requests: ended.log.match(/^::debug::(POST|GET) /gm)?.length ?? 0,
      milliseconds: ended.milliseconds,
      wrong: [
        ...(ended.late ? ['did not end in its time'] : []),
        ...(processes.length > 0 ? [`left ${processes.length} processes behind`] : []),
        ...(strange.length > 0 ? [`left files behind: ${strange.join(', ')}`] : []),
        ...contradictions(ended, outputs),
        ...leaks({ inputs, log: ended.log, written, outputs }),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runProcess(env, { patience, giveUp }) {
  const begun = performance.now();
  const child = spawn(process.execPath, [action], {
    cwd: env.TMPDIR,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
  let late = false;
  const watchdog = setTimeout(() => {
    late = true;
    giveUp();
  }, patience);
  // Not before all that inherited its output have closed it.
  const [exitCode, signal] = await once(child, 'close');
  clearTimeout(watchdog);
  return { exitCode: exitCode ?? signal, log, late, milliseconds: performance.now() - begun };
}

/** Exit code, `error-code`, annotations and token have to tell the same. */
function contradictions({ exitCode, log }, { 'error-code': code, 'access-token': token }) {
  const titles = [...log.matchAll(/^::error title=([A-Z_]+)::/gm)].map(([, title]) => title);
  const good = exitCode === 0 && code === undefined && titles.length === 0 && token !== undefined;
  const bad = exitCode === 1 && code !== undefined && String(titles) === code && token === undefined;
  return good || bad
    ? []
    : [
        `ended with exit code ${exitCode}, error-code ${code}, errors [${titles}] and ${token ? 'a' : 'no'} token`,
      ];
}

function leaks({ inputs, log, written, outputs: { 'access-token': token, ...others } }) {
  const secrets = [...SECRET_INPUTS.map((name) => inputs[name]), ...(token === undefined ? [] : [token])];
  const shown = [
    // The runner keeps masks to itself.
    log.replace(/^::add-mask::.*$/gm, ''),
    ...Object.values({ ...written, GITHUB_OUTPUT: '' }),
    ...Object.values(others),
  ];
  const masked = token === undefined || log.split('\n').includes(`::add-mask::${token}`);
  return [
    ...(masked ? [] : ['did not mask its token']),
    ...(shows(shown.join('\n'), secrets) ? ['shows a secret'] : []),
  ];
}

/** The files and variables of a step. Its temporary folder, its home and where it works are one empty folder. */
function runnerOf(folder, inputs) {
  const own = join(folder, 'own');
  mkdirSync(own);
  const env = {
    PATH: process.env.PATH,
    GITHUB_ACTIONS: 'true',
    GITHUB_REPOSITORY_ID: '123456',
    GITHUB_RUN_ID: '987654',
    ...Object.fromEntries(['TMPDIR', 'TEMP', 'TMP', 'HOME', 'RUNNER_TEMP'].map((name) => [name, own])),
  };
  const files = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'];
  for (const name of files) writeFileSync((env[name] = join(folder, name)), '', { mode: 0o600 });
  for (const [name, value] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = value;
  return { env, files };
}

function parseOutputs(text) {
  const found = text.matchAll(/^(.+?)<<(.+?)\r?\n([^]*?)\r?\n\2\r?$/gm);
  return Object.fromEntries([...found].map(([, name, , value]) => [name, value]));
}

/** Whether a text holds an assertion, or one of the secrets in a form that somebody could print it in. */
export function shows(text, secrets) {
  const forms = secrets.flatMap((secret) => {
    const bytes = Buffer.from(secret);
    return [
      secret,
      encodeURIComponent(secret),
      ...['base64', 'base64url', 'hex'].map((form) => bytes.toString(form)),
    ];
  });
  return /eyJ[\w-]+\.eyJ[\w-]+\./.test(text) || forms.some((form) => text.includes(form.replace(/=+$/, '')));
}
