import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { expectSuccess } from '../action/expectations.ts';
import { runStep, type Inputs } from '../action/harness.ts';
import { material } from '../action/world.ts';
import { fakeGh } from './fake-programs.ts';
import { contentsOf, folderWith } from './folders.ts';
import { run, start } from './harness.ts';

const page = readFileSync(new URL('../../docs/setup.md', import.meta.url), 'utf8');
const [, manual = ''] = /<details>([^]*)<\/details>/.exec(page) ?? [];
const blocksOf = (language: string): string[] =>
  [...manual.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

/** The page's example values. */
const EXAMPLE = {
  'redirect-uri': 'https://www.example.com/callback',
  username: 'ci-bot@example.com',
  environment: 'prod2',
};

/** The arguments of a command of the page. */
function argumentsOf(command: RegExp): string[] {
  const [line = ''] = page.split('\n').filter((text) => command.test(text));
  expect(line).toMatch(/^npx @org\/sprinklr-token@1 /);
  return line
    .split(' ')
    .slice(2)
    .map((word) => word.replace(/^'(.*)'$/, '$1'));
}

/** Starts the page's simulator. Returns the inputs that connect the action to it. */
async function simulate(): Promise<Record<'api-key' | 'api-secret' | 'base-url', string>> {
  const flags = ['--port', '0', '--redirect-uri', EXAMPLE['redirect-uri']];
  const simulator = start({ args: [...argumentsOf(/ simulate /), ...flags] });
  await simulator.prints(/press Ctrl-C/);
  const printed = (name: string): string =>
    new RegExp(`^  ${name} +(\\S+)$`, 'm').exec(simulator.stdout())?.[1] ?? '';
  return {
    'base-url': printed('base-url'),
    'api-key': printed('api-key'),
    'api-secret': printed('api-secret'),
  };
}

/** Allows the app on the consent page, and returns the URL that the browser is redirected to. */
async function consent(url: string): Promise<string> {
  const form = await (await fetch(url)).text();
  const fields = [...form.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)];
  const body = new URLSearchParams({ decision: 'allow' });
  for (const [, name = '', value = ''] of fields) body.set(name, value);
  const response = await fetch(new URL(url).origin + new URL(url).pathname, {
    method: 'POST',
    body,
    redirect: 'manual',
  });
  return response.headers.get('location') ?? '';
}

test('the manual setup of docs/setup.md leads from nothing to an API call, and leaves no key behind', async () => {
  const folder = folderWith();
  const gh = fakeGh();
  const connection = await simulate();
  const blocks = blocksOf('sh');
  const [setRepository, createKey, storeFiles, storeApiKey, storeApiSecret] = blocks;
  const [startRegistration, , storeAppId, startWorkflow, , deleteKey] = blocks.slice(5);
  expect(blocks).toHaveLength(11);
  const bash = (script = 'false', input = ''): void => {
    execFileSync('bash', ['-e', '-o', 'pipefail', '-c', `${setRepository ?? ''}${script}`], {
      stdio: 'pipe',
      cwd: folder,
      input,
      env: { ...process.env, PATH: gh.path },
    });
  };

  bash(createKey);
  bash(storeFiles);
  bash(storeApiKey, connection['api-key']);
  bash(storeApiSecret, connection['api-secret']);

  const [consentUrl = ''] = blocksOf('text');
  const redirectUrl = await consent(
    consentUrl
      .trim()
      .replace('https://api2.sprinklr.com', connection['base-url'])
      .replace('YOUR_API_KEY', connection['api-key']),
  );
  bash(startRegistration?.replace(`${EXAMPLE['redirect-uri']}?code=PASTED`, redirectUrl));
  const stored: Inputs = {
    ...EXAMPLE,
    'base-url': connection['base-url'],
    'private-key': gh.stored('SPRINKLR_PRIVATE_KEY'),
    certificate: gh.stored('SPRINKLR_CERTIFICATE'),
    'api-key': gh.stored('SPRINKLR_API_KEY'),
    'api-secret': gh.stored('SPRINKLR_API_SECRET'),
  };
  const [code = ''] = gh.lines().flatMap((line) => /^workflow run .* code=(.*)$/.exec(line)?.[1] ?? []);
  const registration = await runStep({ inputs: { ...stored, mode: 'register', 'authorization-code': code } });
  expectSuccess(registration);

  const appId = registration.outputs['app-id'] ?? '';
  const withAppId = (text: string): string => text.replace('eyJ…==', appId);
  bash(withAppId(storeAppId ?? ''));
  bash(startWorkflow);
  const logged = withAppId(storeAppId ?? '').replace('OWNER/REPO', 'example/pipeline');
  expect(registration.log).toContain(logged.trim());
  expect(gh.lines()).toEqual([
    'secret set SPRINKLR_PRIVATE_KEY',
    'variable set SPRINKLR_CERTIFICATE',
    'secret set SPRINKLR_API_KEY',
    'secret set SPRINKLR_API_SECRET',
    `workflow run register.yml -f code=${redirectUrl}`,
    `variable set SPRINKLR_APP_ID --repo OWNER/REPO --body ${appId}`,
    'workflow run token.yml',
    'run watch',
  ]);
  for (const { env } of gh.calls()) expect(env).toMatch(/^GH_REPO=OWNER\/REPO$/m);

  const doctor = await run({
    args: argumentsOf(/ doctor .* --certificate-file /).map(withAppId),
    env: { SPRINKLR_API_KEY: connection['api-key'], SPRINKLR_API_SECRET: connection['api-secret'] },
    cwd: folder,
  });
  expect([doctor.exitCode, doctor.stdout]).toEqual([0, expect.stringContaining('No errors')]);

  const token = await runStep({ inputs: { ...stored, 'app-id': appId } });
  const me = await fetch(`${token.outputs['api-url'] ?? ''}/api/v2/me`, {
    headers: { Authorization: `Bearer ${token.outputs['access-token'] ?? ''}`, Key: connection['api-key'] },
  });
  expect(me.status).toBe(200);

  bash(deleteKey);
  expect(Object.keys(contentsOf(folder))).toEqual(['server.crt']);
});

test('the command register of docs/setup.md registers the certificate, and prints the App ID', async () => {
  const connection = await simulate();
  const register = start({
    args: [...argumentsOf(/ register /), '--base-url', connection['base-url'], '--no-browser'],
    env: { SPRINKLR_API_KEY: connection['api-key'], SPRINKLR_API_SECRET: connection['api-secret'] },
    cwd: folderWith({ 'server.crt': material().certificate }),
  });
  const [url] = await register.prints(/http\S+\/oauth\/authorize\S+/);
  register.give(`${await consent(url)}\n`);
  expect(await register.exit).toMatchObject({ exitCode: 0 });
  expect(register.stdout()).toMatch(/^eyJ\S+\n$/);
});

test('the rehearsal of docs/setup.md gets a token from simulate, and writes files', async () => {
  const connection = await simulate();
  const folder = folderWith();
  const cwd = join(folder, 'repository');
  mkdirSync(cwd);
  const setup = start({
    args: [
      ...argumentsOf(/ setup --base-url /).map((word) =>
        word.replace('http://127.0.0.1:8899', connection['base-url']),
      ),
      ...['--no-browser', '--yes'],
    ],
    env: {
      SPRINKLR_API_KEY: connection['api-key'],
      SPRINKLR_API_SECRET: connection['api-secret'],
      SPRINKLR_REDIRECT_URI: EXAMPLE['redirect-uri'],
      SPRINKLR_USERNAME: EXAMPLE.username,
    },
    cwd,
  });
  const [url] = await setup.prints(/http\S+\/oauth\/authorize\S+/);
  setup.give(`${await consent(url)}\n`);
  expect(await setup.exit).toMatchObject({ exitCode: 0 });
  expect(Object.keys(contentsOf(join(folder, 'rehearsal'))).sort()).toEqual([
    '.env',
    '.gitignore',
    'server.crt',
    'server.key',
  ]);
});
