import type { Command } from 'commander';
import { generateKeyMaterial } from '../credentials/keygen.ts';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import { runStep, type StepRun } from './demo/runner.ts';
import { paint, print, type Io } from './io.ts';

const APP = {
  apiKey: 'demo7apikey3k5n9x2w8q4r6t',
  apiSecret: 'demo-secret-H8fQ2mZp7LxT4vRb9NcW',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};
const USERNAME = 'ci-bot@example.com';

/** A step of the guide, and whether it succeeded. */
type GuideStep = readonly [step: string, succeeded: boolean];

/** Shows the full flow, from a key to an API call, on a simulated Sprinklr. Exit code 0 only if every step succeeded. */
export function addDemo(program: Command, io: Io): Command {
  return program
    .command('demo')
    .summary('show the full flow, from a key to an API call, on a simulated Sprinklr')
    .description(
      'Creates a key and a certificate, starts a simulated Sprinklr on this computer, registers the certificate, runs ' +
        'the action as a GitHub runner does, and calls the API with the token. Nothing leaves this computer.',
    )
    .addHelpText('before', 'Example:\n  sprinklr-token demo\n')
    .action(() => demo(io));
}

async function demo(io: Io): Promise<void> {
  const start = performance.now();
  const sprinklr = await startSimulator({ apps: [APP] });
  try {
    const steps = await playGuide(sprinklr, io);
    heading(io, 'Results, by step of the guide');
    for (const [step, succeeded] of steps) {
      print(io, `  ${succeeded ? paint('green', '✓', io.stdout) : paint('red', '✗', io.stdout)} ${step}`);
    }
    const failed = steps.filter(([, succeeded]) => !succeeded).length;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    print(
      io,
      '',
      failed === 0 ? `All steps succeeded in ${seconds} s.` : `${failed} of ${steps.length} steps failed.`,
    );
    if (failed > 0) io.exitCode = 1;
  } finally {
    await sprinklr.close();
  }
}

async function playGuide(sprinklr: Simulator, io: Io): Promise<GuideStep[]> {
  print(
    io,
    paint('bold', 'sprinklr-token: the full flow on a simulated Sprinklr', io.stdout),
    '',
    `It listens at ${sprinklr.origin}, environment ${APP.environment}. Nothing leaves this computer.`,
  );

  heading(io, 'Once: create a key and a certificate (step 3), register the certificate (steps 2 and 5)');
  const material = await generateKeyMaterial({ subject: { commonName: 'ci.example.com' }, now: new Date() });
  print(io, `RSA key and self-signed certificate, SHA-256 ${material.fingerprint}`);
  const shared = { 'base-url': sprinklr.origin, environment: APP.environment, 'api-key': APP.apiKey };
  const code = sprinklr.issueCode(APP.apiKey);
  const registration = await runStep(io, {
    ...shared,
    mode: 'register',
    certificate: material.certificatePem,
    'authorization-code': code,
    'api-secret': APP.apiSecret,
    'redirect-uri': APP.redirectUri,
  });
  showLog(io, 'uses: org/sprinklr-token@v1 with mode: register', registration);
  const appId = registration.outputs['app-id'] ?? '';

  heading(io, 'In every job: a fresh JWT (step 4) becomes a masked access token');
  const privateKey = material.privateKeyDer.toString('base64');
  const inputs = {
    ...shared,
    'private-key': privateKey,
    'app-id': appId,
    username: USERNAME,
    'api-secret': APP.apiSecret,
    'redirect-uri': APP.redirectUri,
  };
  const requested = await runStep(io, inputs);
  showLog(io, 'uses: org/sprinklr-token@v1', requested);
  const token = requested.outputs['access-token'] ?? '';

  heading(io, "The job's next step calls the API with it");
  const apiUrl = requested.outputs['api-url'] ?? '';
  const response = await callApi(`${apiUrl}/api/v2/me`, token);
  print(io, `GET ${apiUrl}/api/v2/me: ${response}`);
  const tokenIsCurrent = token !== '' && sprinklr.liveToken(APP.apiKey) === token;

  heading(io, 'When something is wrong: redirect-uri has an extra trailing slash');
  const rejected = await runStep(io, {
    ...inputs,
    'redirect-uri': `${APP.redirectUri}/`,
    'max-attempts': '1',
  });
  showLog(io, 'uses: org/sprinklr-token@v1', rejected);

  const answered = (endpoint: string, status = 200): boolean =>
    sprinklr.requests.some((request) => request.endpoint === endpoint && request.status === status);
  const runs = [registration, requested, rejected];
  const masked = [privateKey, APP.apiKey, APP.apiSecret, code, token].every((secret) =>
    runs.every(({ log }) => !log.join('\n').includes(secret)),
  );
  return [
    ['Step 1  The API key works in its environment', answered('apptoken')],
    ['Step 2  A one-time code from the browser consent became an OAuth token', answered('token')],
    ['Step 3  RSA key as PKCS#8 DER, X.509 certificate', privateKey.startsWith('MII')],
    ['Step 4  A JWT signed with the key, for this one exchange', answered('apptoken')],
    ['Step 5  The certificate registered, its App ID returned', answered('register') && appId !== ''],
    [
      "Then    The JWT exchanged for the API key's one valid token",
      requested.exitCode === 0 && tokenIsCurrent,
    ],
    ['Then    The API knows whose token it is', answered('me') && response.startsWith('200')],
    [
      'Then    A wrong callback URL rejected and explained',
      rejected.outputs['error-code'] === 'CREDENTIALS_REJECTED',
    ],
    ['Always  No secret in any log', masked],
  ];
}

async function callApi(url: string, token: string): Promise<string> {
  try {
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token}`, Key: APP.apiKey } });
    return `${response.status} ${await response.text()}`;
  } catch {
    return 'no response';
  }
}

function heading(io: Io, text: string): void {
  print(io, '', paint('bold', text, io.stdout));
}

function showLog(io: Io, title: string, { log, exitCode, outputs }: StepRun): void {
  const values = Object.entries(outputs).map(
    ([name, value]) => `${name}=${name === 'access-token' ? '***' : value}`,
  );
  print(
    io,
    paint('cyan', `▸ ${title}`, io.stdout),
    ...log.map((line) => `  ${line.startsWith('Error:') ? paint('red', line, io.stdout) : line}`),
    paint('dim', `  outputs: ${values.join(' ')}`, io.stdout),
    paint('dim', `  exit code ${exitCode}`, io.stdout),
  );
}
