import { describe, expect, test } from '@jest/globals';
import { expectNone } from '../action/leaks.ts';
import { app, doctorCall, material, validInputs, without, type Inputs } from './doctor-harness.ts';
import { run } from './harness.ts';

/** Every public input of one line, and what belongs before and after a secret so that the parser accepts it. */
const PLACES: readonly (readonly [name: string, wrap: (secret: string) => string])[] = [
  ['environment', (secret) => secret],
  ['environment', (secret) => `{${secret}}`],
  ['app-id', (secret) => secret],
  ['app-id', (secret) => `{"data":"${secret}"}`],
  ['username', (secret) => secret],
  ['username', (secret) => `${secret}@example.com`],
  ['username', (secret) => `ci-bot@${secret}.com`],
  ['audience', (secret) => secret],
  ['audience', (secret) => `https://www.sprinklr.com/${secret}`],
  ['gateway', (secret) => secret],
  ['redirect-uri', (secret) => secret],
  ['redirect-uri', (secret) => `https://www.example.com/callback?code=${encodeURIComponent(secret)}`],
  ['redirect-uri', (secret) => `https://user:${encodeURIComponent(secret)}@www.example.com/callback`],
  ['redirect-uri', (secret) => `https://www.example.com/${secret}`],
  ['redirect-uri', (secret) => `https://www.example.com/#${secret}`],
  ['base-url', (secret) => secret],
  ['base-url', (secret) => `https://${secret.replace(/[^a-z0-9]/gi, '')}.example.com`],
  ['base-url', (secret) => `https://user:${encodeURIComponent(secret)}@api2.sprinklr.com`],
  ['base-url', (secret) => `https://api2.sprinklr.com/${secret}`],
  ['certificate', (secret) => secret],
  ['mtls-certificate', (secret) => secret],
  ['parameters-in', (secret) => secret],
  ['allowed-workspace-ids', (secret) => secret],
  ['timeout-seconds', (secret) => secret],
];

/** A secret as a parser or a person changes it. */
const CHANGES: Readonly<Record<string, (secret: string) => string>> = {
  unchanged: (secret) => secret,
  lowercase: (secret) => secret.toLowerCase(),
  uppercase: (secret) => secret.toUpperCase(),
  'without symbols': (secret) => secret.replace(/[^a-z0-9]/gi, ''),
  'percent-encoding': (secret) => encodeURIComponent(secret),
  base64: (secret) => Buffer.from(secret).toString('base64'),
  hex: (secret) => Buffer.from(secret).toString('hex'),
};

async function expectNotShown(inputs: Inputs, secrets: readonly string[]): Promise<void> {
  for (const args of [[], ['--json']]) {
    const { stdout, stderr } = await run(doctorCall({ inputs, args }));
    expect(stdout).not.toBe('');
    expectNone(
      stdout + stderr,
      secrets.flatMap((secret) => [secret, secret.toLowerCase(), secret.replace(/[^a-z0-9]/gi, '')]),
    );
  }
}

const withoutKey = without(validInputs, 'private-key', 'certificate-file');

describe.each(Object.entries(CHANGES))('%s', (_, change) => {
  test.each(PLACES)('a given secret in --%s is not shown (%#)', async (name, wrap) => {
    await expectNotShown({ ...withoutKey, [name]: wrap(change(app.apiSecret)) }, [app.apiSecret]);
  });

  test.each(PLACES)('a secret that is only in --%s is not shown (%#)', async (name, wrap) => {
    const value = change('Zq7pLw3xTn9vRb5k/Fd2+c8H=');
    await expectNotShown({ [name]: wrap(value) }, [value]);
  });
});

const JWT = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.e30.${'dGhlIHNpZ25hdHVyZQ'.repeat(9)}`;

test.each([
  ['a PEM file', material.key],
  ['base64 of DER', material.secret],
  ['a JWT', JWT],
  ['a hex key', '5f3c9a1b7e2d4f6080a1b2c3d4e5f607'],
  ['a passphrase', 'correct horse battery staple'],
  ['a password', 'Tr0ub4dor&3'],
  ['a short password', 'hunter2'],
])('%s is not shown in any public input', async (_, secret) => {
  for (const name of new Set(PLACES.map(([place]) => place))) {
    const { stdout, stderr } = await run(doctorCall({ inputs: { [name]: secret } }));
    expect(stdout + stderr).not.toContain(secret);
    expectNone(stdout + stderr, [secret]);
  }
});

test('a secret in the host of base-url is not shown by calls that fail, either', async () => {
  const secret = 'Zq7pLw3xTn9vRb5kFd2c8H';
  const inputs = { ...validInputs, 'base-url': `https://${secret}.invalid` };
  for (const env of [{}, { https_proxy: 'http://127.0.0.1:9' }]) {
    const { stdout, stderr } = await run(doctorCall({ inputs, env, args: ['--live', '--yes'] }));
    expect(stdout).toMatch(/(Cannot resolve|Connection to) /);
    expectNone(stdout + stderr, [secret, secret.toLowerCase()]);
  }
});

test.each(['api-secret', 'private-key', 'certificate', 'username'])(
  'a value in place of the path in --%s-file is not shown',
  async (name) => {
    for (const value of [app.apiSecret, material.secret, material.key, 'hunter2', 'a/b9/c8dE+f=']) {
      const { stdout, stderr } = await run(doctorCall({ inputs: { [`${name}-file`]: value } }));
      expect(stdout).toMatch(/no such file/);
      expect(stdout + stderr).not.toContain(value);
      expectNone(stdout + stderr, [value]);
    }
  },
);

test.each([
  ['environment', 'prod2'],
  ['username', 'ci-bot@example.com'],
  ['audience', 'https://www.sprinklr.com'],
  ['redirect-uri', 'https://www.example.com:8443/oauth2/callback'],
  ['base-url', 'http://[::1]:8899'],
  ['allowed-workspace-ids', '66000002,66000003'],
  ['gateway', 'API3'],
])('what belongs in --%s is shown', async (name, value) => {
  const { stdout } = await run(doctorCall({ inputs: { [name]: value } }));
  expect(stdout).toContain(`${name}: ${value}`);
});
