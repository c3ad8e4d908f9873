import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runStep } from '../action/harness.ts';
import { background } from './background.ts';
import { desk } from './desk.ts';
import { standIns } from './stand-ins.ts';

const page = readFileSync(new URL('../../docs/setup.md', import.meta.url), 'utf8');

/** The arguments of a command as docs/setup.md gives it, to the letter. */
function onThePage(command: RegExp): string[] {
  const [line = ''] = page.split('\n').filter((text) => command.test(text));
  expect(line).toMatch(/^npx github:org\/sprinklr-token /);
  return line
    .split(' ')
    .slice(2)
    .map((word) => word.replace(/^'(.*)'$/, '$1'));
}

test('the commands of docs/setup.md lead from nothing to an API call, against simulate', async () => {
  const place = mkdtempSync(join(tmpdir(), 'sprinklr-first-hour-'));
  const simulator = background({ args: [...onThePage(/ simulate /), '--port', '0'] });
  const [, origin = ''] = await simulator.prints(/listens at (\S+)/);
  await simulator.prints(/Ctrl-C ends it/);
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
  const keygen = await desk({ args: onThePage(/ keygen .*--folder/), cwd: place });
  expect(keygen.exitCode).toBe(0);
  const made = (name: string): string => join(place, 'sprinklr-key', name);
  const privateKey = readFileSync(made('server.der')).toString('base64');
  const certificate = readFileSync(made('server.crt'), 'utf8');

  // Step 6: consent, by a person at a browser; --dispatch hands the code to gh, which starts register.yml with it.
  const programs = standIns('gh', 'xdg-open');
  const rehearsal = onThePage(/ authorize --base-url /);
  const authorize = await desk({
    args: rehearsal.map((word) => word.replace('http://127.0.0.1:8899', origin)).concat('--dispatch'),
    env: { PATH: programs.path, DISPLAY: ':0', SPRINKLR_API_KEY: connection['api-key'] },
    cwd: place,
  });
  expect(authorize.exitCode).toBe(0);
  const dispatched = programs.calls('gh').find(({ input }) => input !== '');
  const { code } = JSON.parse(dispatched?.input ?? '{}') as { code: string };
  const registration = await runStep({
    inputs: {
      ...connection,
      mode: 'register',
      certificate,
      'private-key': privateKey,
      'authorization-code': code,
    },
  });
  const appId = registration.outputs['app-id'] ?? '';
  expect(registration.errors).toEqual([]);

  // Step 7: what doctor says of the values, then the first workflow and its call.
  const doctor = await desk({
    args: onThePage(/ doctor /)
      .map((word) => (word === 'eyJ…==' ? appId : word))
      .map((word) => word.replace('https://www.example.com/callback', connection['redirect-uri'])),
    env: { SPRINKLR_API_KEY: connection['api-key'], SPRINKLR_API_SECRET: connection['api-secret'] },
    cwd: join(place, 'sprinklr-key'),
  });
  expect(doctor.stdout).toContain('Nothing is wrong.');
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
