import { generateKeyMaterial } from '../credentials/keygen.ts';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import type { Command } from './command.ts';
import { runStep, type StepRun } from './demo/runner.ts';
import { paint, print } from './terminal.ts';

const app = {
  apiKey: 'demo7apikey3k5n9x2w8q4r6t',
  apiSecret: 'demo-secret-H8fQ2mZp7LxT4vRb9NcW',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};
const username = 'ci-bot@example.com';

/** What was seen to happen for one step of the guide. */
interface Witnessed {
  readonly step: string;
  readonly happened: boolean;
}

/** Shows the main job from nothing to an API call, on a local Sprinklr. Exit code 0 only if every step really happened. */
export const demo: Command = {
  help: `Usage: sprinklr-token demo

Makes a key and a certificate, starts a simulated Sprinklr on this machine, registers the certificate, runs the
action as a GitHub runner does, and calls the API with the token. Nothing leaves this machine.

Example: sprinklr-token demo`,
  options: {},
  async run() {
    const begun = performance.now();
    const sprinklr = await startSimulator({ apps: [app] });
    try {
      const witnessed = await playGuide(sprinklr);
      print('', paint('bold', 'What happened, by the steps of the guide'));
      for (const { step, happened } of witnessed) {
        print(`  ${happened ? paint('green', '✓') : paint('red', '✗')} ${step}`);
      }
      const failed = witnessed.filter(({ happened }) => !happened).length;
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      print('', failed === 0 ? `All of it happened, in ${seconds} s.` : `${failed} of these did not happen.`);
      return failed === 0 ? 0 : 1;
    } finally {
      await sprinklr.close();
    }
  },
};

async function playGuide(sprinklr: Simulator): Promise<Witnessed[]> {
  print(paint('bold', 'sprinklr-token: the whole way, on a local Sprinklr'), '');
  print(
    `A simulated Sprinklr listens at ${sprinklr.origin}, environment ${app.environment}. Nothing leaves this machine.`,
  );

  heading('Once: make a key and certificate (step 3), register the certificate (steps 2 and 5)');
  const material = await generateKeyMaterial({ subject: { commonName: 'ci.example.com' }, now: new Date() });
  print(`RSA key and self-signed certificate, SHA-256 ${material.fingerprint}`);
  const shared = { 'base-url': sprinklr.origin, environment: app.environment, 'api-key': app.apiKey };
  const code = sprinklr.issueCode(app.apiKey);
  const registration = await runStep({
    ...shared,
    mode: 'register',
    certificate: material.certificatePem,
    'authorization-code': code,
    'api-secret': app.apiSecret,
    'redirect-uri': app.redirectUri,
  });
  showLog('uses: org/sprinklr-token@v1 with mode: register', registration);
  const appId = registration.outputs['app-id'] ?? '';

  heading('In every job: a fresh JWT (step 4) becomes a masked access token');
  const privateKey = material.privateKeyDer.toString('base64');
  const inputs = {
    ...shared,
    'private-key': privateKey,
    'app-id': appId,
    username,
    'api-secret': app.apiSecret,
    'redirect-uri': app.redirectUri,
  };
  const minted = await runStep(inputs);
  showLog('uses: org/sprinklr-token@v1', minted);
  const token = minted.outputs['access-token'] ?? '';

  heading("The job's next step calls the API with it");
  const apiUrl = minted.outputs['api-url'] ?? '';
  const answer = await callApi(`${apiUrl}/api/v2/me`, token);
  print(`GET ${apiUrl}/api/v2/me: ${answer}`);
  const tokenIsLive = token !== '' && sprinklr.liveToken(app.apiKey) === token;

  heading(
    'And when something is wrong: the final slash is missing in redirect-uri, or there is one too many',
  );
  const refused = await runStep({ ...inputs, 'redirect-uri': `${app.redirectUri}/`, 'max-attempts': '1' });
  showLog('uses: org/sprinklr-token@v1', refused);

  const answered = (endpoint: string, status = 200): boolean =>
    sprinklr.requests.some((request) => request.endpoint === endpoint && request.status === status);
  const runs = [registration, minted, refused];
  const masked = [privateKey, app.apiKey, app.apiSecret, code, token].every((secret) =>
    runs.every(({ log }) => !log.join('\n').includes(secret)),
  );
  return [
    { step: 'Step 1  The API key works in its environment', happened: answered('apptoken') },
    {
      step: 'Step 2  A one-time code of the browser consent became an OAuth token',
      happened: answered('token'),
    },
    {
      step: 'Step 3  RSA key and X.509 certificate, the key as PKCS#8 DER',
      happened: privateKey.startsWith('MII'),
    },
    { step: 'Step 4  A JWT signed with the key, for this one exchange', happened: answered('apptoken') },
    {
      step: 'Step 5  The certificate registered, its App ID returned',
      happened: answered('register') && appId !== '',
    },
    {
      step: 'Then    The JWT exchanged for the one live token of the API key',
      happened: minted.exitCode === 0 && tokenIsLive,
    },
    { step: 'Then    The API knows whose token it is', happened: answered('me') && answer.startsWith('200') },
    {
      step: 'Then    A wrong callback URL refused, and named',
      happened: refused.outputs['error-code'] === 'CREDENTIALS_REJECTED',
    },
    { step: 'Always  No secret in any log', happened: masked },
  ];
}

async function callApi(url: string, token: string): Promise<string> {
  try {
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token}`, Key: app.apiKey } });
    return `${response.status} ${await response.text()}`;
  } catch {
    return 'no answer';
  }
}

function heading(text: string): void {
  print('', paint('bold', text));
}

function showLog(title: string, { log, exitCode, outputs }: StepRun): void {
  print(paint('cyan', `▸ ${title}`));
  for (const line of log) print(`  ${line.startsWith('Error:') ? paint('red', line) : line}`);
  const shown = Object.entries(outputs).map(
    ([name, value]) => `${name}=${name === 'access-token' ? '***' : value}`,
  );
  print(paint('dim', `  outputs: ${shown.join(' ')}`), paint('dim', `  exit code ${exitCode}`));
}
