/** Messages that no other test sees printed. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { generateKeyMaterial } from '../../src/credentials/keygen.ts';
import { sealToken } from '../../src/credentials/sealed-token.ts';
import { runStep, type Inputs, type Step } from '../action/harness.ts';
import { status, world, type World } from '../action/world.ts';
import { run } from '../cli/harness.ts';
import { guidedWithValues, REPOSITORY, scripted, startWorld } from '../cli/setup-harness.ts';

/** Valid from now on. */
async function certificateFor(days: number): Promise<Inputs> {
  const made = await generateKeyMaterial({ subject: { commonName: 'ci' }, days, now: new Date() });
  return { certificate: made.certificatePem, 'private-key': made.privateKeyPem };
}

const sslPage = '<title>400 The SSL certificate error</title>';
const forbidden = '{"message":"Access to resource is forbidden"}';
const registered = '{"message":"Certificate already registered"}';
const pemOfOtherBytes = `-----BEGIN PRIVATE KEY-----\n${Buffer.alloc(64, 7).toString('base64')}\n-----END PRIVATE KEY-----`;
const sealKey = Buffer.alloc(32, 7);

const steps: [message: string, prepare: (made: World) => Inputs | Step | Promise<Inputs | Step>][] = [
  ['has no trailing slash', ({ token }) => ({ ...token, audience: 'https://www.sprinklr.com' })],
  ['in less than a day', async ({ token }) => ({ ...token, ...(await certificateFor(1)) })],
  ['in one day', async ({ token }) => ({ ...token, ...(await certificateFor(2)) })],
  [
    'requires a client certificate that it trusts',
    ({ sprinklr, token }) => (sprinklr.fault('apptoken', status(400, sslPage)), token),
  ],
  [
    'Sprinklr denied permission',
    ({ sprinklr, token }) => (sprinklr.fault('apptoken', status(400, forbidden)), token),
  ],
  [
    'more than 24 hours',
    ({ sprinklr, token }) => (sprinklr.fault('apptoken', { kind: 'clock', seconds: 90_000 }), token),
  ],
  [
    'Code exchange failed (HTTP 404)',
    ({ sprinklr, register }) => (sprinklr.fault('token', status(404)), register),
  ],
  [
    'Identity check failed (HTTP 404)',
    ({ sprinklr, token }) => (sprinklr.fault('me', status(404)), { ...token, verify: 'true' }),
  ],
  [
    'Identity check failed (HTTP 403)',
    ({ sprinklr, token }) => (sprinklr.fault('me', status(403)), { ...token, verify: 'true' }),
  ],
  [
    'the certificate is already registered',
    ({ sprinklr, register }) => (sprinklr.fault('register', status(409, registered)), register),
  ],
  ['It does not say where to', ({ sprinklr, token }) => (sprinklr.fault('apptoken', status(302)), token)],
  ['bytes inside are not a key', ({ token }) => ({ ...token, 'private-key': pemOfOtherBytes })],
  [
    'does not contain a valid token',
    async () => ({
      mode: 'unseal',
      'seal-key': sealKey.toString('base64'),
      'sealed-token': await sealToken(
        { accessToken: 'short', tokenType: 'Bearer', apiUrl: 'https://api2.sprinklr.com' },
        {
          sealKey: { kind: 'seal-key', bytes: sealKey },
          scope: { repository: '123456', runId: '987654' },
        },
      ),
    }),
  ],
];

test.each(steps)('the action prints: %s', async (message, prepare) => {
  const prepared = await prepare(await world());
  const { shown } = await runStep('inputs' in prepared ? (prepared as Step) : { inputs: prepared });
  expect(shown).toContain(message);
});

test.each([
  ['apptoken=retry-after:soon', 'needs a whole number'],
  ['apptoken=body:none', 'must be followed by JSON'],
])('simulate --fault %s %s', async (fault, message) => {
  const { exitCode, stderr } = await run({ args: ['simulate', '--fault', fault] });
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('doctor finds a placeholder of an example', async () => {
  const { stdout } = await run({ args: ['doctor', '--environment', '<environment>'] });
  expect(stdout).toContain('Use the value itself.');
});

test('setup needs a repository', async () => {
  const { stderr } = await scripted(await startWorld(), []);
  expect(stderr).toContain('This folder has no GitHub remote');
});

test('setup --rotate needs a set to rotate', async () => {
  const { stderr } = await scripted(await startWorld(), ['--repo', REPOSITORY, '--rotate']);
  expect(stderr).toContain('nothing to rotate');
});

test('setup shows the workflow that it cannot write', async () => {
  const made = await startWorld();
  symlinkSync(join(made.cwd, 'missing'), join(made.cwd, '.github'));
  const { stderr } = await scripted(made, ['--repo', REPOSITORY]);
  expect(stderr).toContain('Create the workflow yourself');
});

test('setup does not start after a no', async () => {
  const session = guidedWithValues(await startWorld());
  await session.shows('Start?');
  session.type('n');
  expect(await session.exit).toBe(1);
  expect(session.screen()).toContain('Not started.');
});
