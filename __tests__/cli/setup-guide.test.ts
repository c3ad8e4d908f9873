import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runStep } from '../action/harness.ts';
import { fakeBrowser } from './fake-programs.ts';
import { run, start } from './harness.ts';

const page = readFileSync(new URL('../../docs/setup.md', import.meta.url), 'utf8');

/** The arguments of a command, exactly as in docs/setup.md. */
function argumentsOf(command: RegExp): string[] {
  const [line = ''] = page.split('\n').filter((text) => command.test(text));
  expect(line).toMatch(/^npx @org\/sprinklr-token@1 /);
  return line
    .split(' ')
    .slice(2)
    .map((word) => word.replace(/^'(.*)'$/, '$1'));
}

test('the commands of docs/setup.md lead from nothing to an API call, against simulate', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-setup-guide-'));
  const simulator = start({ args: [...argumentsOf(/ simulate /), '--port', '0'] });
  const [, origin = ''] = await simulator.prints(/listening at (\S+)/);
  await simulator.prints(/Press Ctrl-C to stop/);
  const printed = (name: string): string =>
    new RegExp(`^  ${name} +(\\S+)$`, 'm').exec(simulator.stdout())?.[1] ?? '';
  const connection = {
    'base-url': printed('base-url'),
    environment: printed('environment'),
    'api-key': printed('api-key'),
    'api-secret': printed('api-secret'),
    'redirect-uri': printed('redirect-uri'),
  };

  // Step 4: key and certificate.
  const keygen = await run({ args: argumentsOf(/ keygen .*--folder/), cwd: folder });
  expect(keygen.exitCode).toBe(0);
  const fileIn = (name: string): string => join(folder, 'sprinklr-key', name);
  const privateKey = readFileSync(fileIn('server.der')).toString('base64');
  const certificate = readFileSync(fileIn('server.crt'), 'utf8');

  // Step 6: consent in a browser, and registration.
  const browser = fakeBrowser();
  const registration = await run({
    args: argumentsOf(/ register --base-url /).map((word) => word.replace('http://127.0.0.1:8899', origin)),
    env: {
      PATH: browser.path,
      DISPLAY: ':0',
      SPRINKLR_API_KEY: connection['api-key'],
      SPRINKLR_API_SECRET: connection['api-secret'],
    },
    cwd: join(folder, 'sprinklr-key'),
  });
  expect(registration.exitCode).toBe(0);
  const appId = registration.stdout.trim();

  // Step 7: doctor checks the values, then the first workflow calls the API.
  const doctor = await run({
    args: argumentsOf(/ doctor /)
      .map((word) => (word === 'eyJ…==' ? appId : word))
      .map((word) => word.replace('https://www.example.com/callback', connection['redirect-uri'])),
    env: { SPRINKLR_API_KEY: connection['api-key'], SPRINKLR_API_SECRET: connection['api-secret'] },
    cwd: join(folder, 'sprinklr-key'),
  });
  expect(doctor.stdout).toContain('No errors');
  expect(doctor.exitCode).toBe(0);

  const token = await runStep({
    inputs: {
      ...connection,
      'private-key': privateKey,
      certificate,
      'app-id': appId,
      username: 'ci-bot@example.com',
    },
  });
  const me = await fetch(`${token.outputs['api-url'] ?? ''}/api/v2/me`, {
    headers: { Authorization: `Bearer ${token.outputs['access-token'] ?? ''}`, Key: connection['api-key'] },
  });
  expect(me.status).toBe(200);
});
