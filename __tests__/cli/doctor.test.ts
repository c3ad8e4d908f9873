import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { SECRET_INPUTS } from '../../src/action/input-reader.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { runStep } from '../action/harness.ts';
import { cli, desk, deskVariant, terminal } from './desk.ts';
import {
  app,
  asCall,
  diagnose,
  expectNoSecrets,
  material,
  sound,
  without,
  type Diagnosis,
  type Values,
} from './doctor-world.ts';

test('of values that are in order, it explains each and finds nothing wrong', async () => {
  const { ok, exitCode, stderr, checks, check } = await diagnose({ values: sound });

  expect([ok, exitCode, stderr]).toEqual([true, 0, '']);
  expect(checks.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual([
    'NODE_EXTRA_CA_CERTS',
  ]);
  material.openssl('pkey', '-in', 'server.key', '-pubout', '-outform', 'DER', '-out', 'spki.der');
  const digest = material.openssl('dgst', '-sha256', '-r', 'spki.der').toString().slice(0, 64);
  expect(check('private-key').found).toContain(
    `base64 of PKCS#8 DER, RSA, 2048 bits; SHA-256 of its public key ${digest}.`,
  );
  const fingerprint = material
    .openssl('x509', '-in', 'server.crt', '-noout', '-fingerprint', '-sha256')
    .toString();
  const hex = fingerprint.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase();
  expect(check('certificate').found).toMatch(
    new RegExp(`CN=ci.example.com, valid from \\S+Z to \\S+Z, SHA-256 ${hex}\\.`),
  );
  expect(check('app-id').found).toMatch(/partner 80000, registered \d{4}-\S+Z/);
  expect(check('API address').found).toBe('https://api2.sprinklr.com/prod2');
  expect(check('register address').found).toBe('POST https://api2.sprinklr.com/prod2/api/bdi/app/register');
  expect(check('exchange address').found).toBe(
    `POST https://api2.sprinklr.com/prod2/oauth/apptoken/${encodeURIComponent(sound['app-id'] ?? '')}`,
  );
  expect(check('clock').found).toMatch(/^It is \d{4}-\d\d-\d\dT\S+Z\.$/);
});

const refused: readonly (readonly [name: string, bad: Values])[] = [
  ['environment', { environment: 'prod 2' }],
  ['app-id', { 'app-id': 'no App ID' }],
  ['username', { username: 'two\nlines' }],
  ['api-key', { 'api-key': 'two words' }],
  ['redirect-uri', { 'redirect-uri': 'no-address' }],
  ['base-url', { 'base-url': 'ftp://example.com' }],
  ['timeout-seconds', { 'timeout-seconds': 'soon' }],
  ['private-key', { 'private-key': material.certificate }],
];

describe('of values that are wrong, all at once,', () => {
  let together: Diagnosis;
  beforeAll(async () => {
    const all = refused.map(([, each]) => each);
    together = await diagnose({ values: Object.assign({ ...sound }, ...all) as Values });
  });

  test.each(refused)('it says of %s what the action says, word for word', async (name, bad) => {
    const step = await runStep({ inputs: { ...without(sound, 'certificate'), ...bad } });

    const { found, remedy = '', code } = together.check(name);
    const message = `${found.replace(/ \(from [^)]*\)$/, '')} ${remedy}`;
    expect([{ title: code, message }]).toEqual(
      step.errors.map(({ title, message: said }) => ({ title, message: said })),
    );
  });
});

test('it never calls anybody unless told to', async () => {
  const sprinklr = await startSimulator({ apps: [app] });
  const { ok } = await diagnose({ values: { ...sound, 'base-url': sprinklr.origin } });
  await sprinklr.close();

  expect(ok).toBe(true);
  expect(sprinklr.requests).toEqual([]);
});

test('a few values are enough; what is not given is said to be so, and is no mistake', async () => {
  const { ok, exitCode, check } = await diagnose({ values: { username: 'ci-bot@example.com' } });

  expect([ok, exitCode]).toEqual([true, 0]);
  for (const name of ['private-key', 'certificate', 'app-id', 'api-key', 'api-secret', 'redirect-uri'])
    expect(check(name)).toEqual({
      name,
      status: 'skipped',
      found: expect.stringMatching(/^Not given \(--.* or SPRINKLR_/),
    });
  expect(check('environment').found).toContain('default production environment');
});

test('values come from variables as well, and a flag wins', async () => {
  const env = {
    SPRINKLR_USERNAME: 'variable@example.com',
    SPRINKLR_ENVIRONMENT: 'prod4',
    SPRINKLR_CERTIFICATE: material.certificate,
  };
  const { check } = await diagnose({ values: { username: 'flag@example.com' }, env });

  expect(check('username').found).toBe('flag@example.com. (from --username)');
  expect(check('environment').found).toBe('prod4. (from SPRINKLR_ENVIRONMENT)');
  expect(check('certificate').status).toBe('ok');
});

test('the raw DER file may come from standard input', () => {
  const { args, env } = asCall({ values: { ...without(sound, 'private-key'), 'private-key-file': '-' } });
  const stdout = execFileSync(process.execPath, [cli, ...args], { env, input: material.der }).toString();

  expect(stdout).toMatch(/ok {7}private-key: PKCS#8 DER, the file itself .*\(from standard input\)/);
});

test.each(SECRET_INPUTS)('--%s is refused with the reason, and its value is not repeated', async (name) => {
  const given = 'V4lueThatNobodyMaySee';
  const args = name.length % 2 === 0 ? [`--${name}`, given] : [`--${name}=${given}`];
  const { exitCode, stdout, stderr } = await deskVariant({ args: ['doctor', ...args] });

  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`--${name} is not taken on the command line`);
  expect(stderr).toMatch(/shell's history.*every process/);
  expect(stderr).toContain(
    ['access-token', 'authorization-code'].includes(name)
      ? '\ndoctor does not need it: leave it away.'
      : `\nName a file with --${name}-file (- for standard input), or set the variable SPRINKLR_`,
  );
  expectNoSecrets(stderr, [given]);
});

test.each([
  ['nothing to look at', [], /no value was given/],
  [
    'two files that are standard input',
    ['--api-key-file=-', '--api-secret-file=-'],
    /--api-key-file and --api-secret-file cannot/,
  ],
  ['--yes without --live', ['--username=x', '--yes'], /--yes belongs to --live/],
  ['a flag that does not exist', ['--user-name=x'], /Did you mean --username\?/],
])('%s is wrong usage', async (_, args, words) => {
  const { exitCode, stdout, stderr } = await deskVariant({ args: ['doctor', ...args] });
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('for people it prints a line for each check, its mark first, and what to do below a wrong one', async () => {
  const { args, env } = asCall({
    values: { ...without(sound, 'certificate'), environment: 'prod 2', username: 'CI Bot' },
  });
  const { exitCode, stdout, stderr } = await desk({ args, env });

  expect([exitCode, stderr]).toEqual([1, '']);
  const lines = stdout.split('\n');
  for (const heading of ['Values', 'Addresses', 'This machine']) expect(lines).toContain(heading);
  expect(stdout).not.toContain('undefined');
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {2}ok {7}redirect-uri: https:\/\/www\.example\.com\/callback, /),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}warning {2}username: CI Bot\. /));
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}- {8}certificate: Not given /));
  const wrong = lines.findIndex((line) => /^ {2}wrong {4}environment: .*\(INPUT_INVALID\)$/.test(line));
  expect(wrong).toBeGreaterThan(0);
  expect(lines[wrong + 1]).toMatch(/^ {11}Give a name like prod2/);
  expect(stdout).toMatch(/\n1 wrong, 1 warning\.\n$/);
  expect(stdout).not.toContain('\u001B');
  expectNoSecrets(stdout, [app.apiKey, app.apiSecret, material.secret]);
});

test('a terminal gets colour unless NO_COLOR is set', async () => {
  const { args, env } = asCall({ values: { username: 'ci-bot@example.com' } });
  const coloured = terminal({ args, env });
  const plain = terminal({ args, env: { ...env, NO_COLOR: '1' } });

  expect(await Promise.all([coloured.exit, plain.exit])).toEqual([0, 0]);
  expect(coloured.screen()).toContain('\u001B[32mok');
  expect(plain.screen()).not.toContain('\u001B[32m');
});

test('neither a value nor a path can steer the terminal', async () => {
  const path = join(material.folder, 'key\u001B[2J\u202E.der');
  writeFileSync(path, material.der);
  const values = { ...without(sound, 'private-key'), 'private-key-file': path, certificate: `${path}.crt` };
  const { args, env } = asCall({ values: { ...values, username: 'ci\u001B[2Jbot' } });
  const { exitCode, stdout } = await desk({ args, env });

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/key \[2J .*does not exist/);
  for (const sign of ['\u001B', '\u202E']) expect(stdout).not.toContain(sign);
});

test('--help has an example, and needs nothing else', async () => {
  const { exitCode, stdout } = await desk({ args: ['doctor', '--help'] });

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Example: .*sprinklr-token doctor/);
  for (const flag of ['--private-key-file', '--live', '--json', '--yes']) expect(stdout).toContain(flag);
});
