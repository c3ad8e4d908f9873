import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { expectNone } from '../action/leaks.ts';
import {
  app,
  diagnose,
  doctorCall,
  material,
  SECRET_INPUTS,
  validInputs,
  without,
} from './doctor-harness.ts';
import { run, runProcess, terminal } from './harness.ts';

/** Everything that it checks, in order. */
const CHECKS = [
  'private-key',
  'certificate',
  'private-key and certificate',
  'app-id',
  'username',
  'audience',
  'api-key',
  'api-secret',
  'redirect-uri',
  'environment',
  'gateway',
  'app-id and certificate',
  'API URL',
  'registration endpoint',
  'exchange endpoint',
  'clock',
  'proxy',
  'NODE_EXTRA_CA_CERTS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
];

test('it explains every value or its default, in order, and finds no errors', async () => {
  const { ok, exitCode, stderr, checks, check } = await diagnose({ inputs: validInputs });

  expect([ok, exitCode, stderr]).toEqual([true, 0, '']);
  expect(checks.map(({ name }) => name)).toEqual(CHECKS);
  expect(checks.filter(({ status, remedy }) => status !== 'ok' || remedy !== undefined)).toEqual([
    { name: 'NODE_EXTRA_CA_CERTS', status: 'skipped', found: 'Not set.' },
  ]);
  material.openssl('pkey', '-in', 'server.key', '-pubout', '-outform', 'DER', '-out', 'spki.der');
  const digest = material.openssl('dgst', '-sha256', '-r', 'spki.der').toString().slice(0, 64);
  expect(check('private-key').found).toContain(
    `base64 of PKCS#8 DER, RSA, 2048 bits, SHA-256 of the public key ${digest}.`,
  );
  const fingerprint = material
    .openssl('x509', '-in', 'server.crt', '-noout', '-fingerprint', '-sha256')
    .toString();
  const hex = fingerprint.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase();
  expect(check('certificate').found).toMatch(
    new RegExp(`CN=ci.example.com, valid from \\S+Z to \\S+Z, SHA-256 ${hex}\\.`),
  );
  expect(check('app-id').found).toMatch(/partner 80000, registered \d{4}-\S+Z/);
  expect(check('API URL').found).toBe('https://api2.sprinklr.com/prod2');
  expect(check('registration endpoint').found).toBe(
    'POST https://api2.sprinklr.com/prod2/api/bdi/app/register',
  );
  expect(check('exchange endpoint').found).toBe(
    `POST https://api2.sprinklr.com/prod2/oauth/apptoken/${encodeURIComponent(validInputs['app-id'] ?? '')}`,
  );
  expect(check('clock').found).toMatch(/^It is \d{4}-\d\d-\d\dT\S+Z\.$/);
  expect(check('audience').found).toBe('https://www.sprinklr.com/ (the default).');
  expect(check('gateway').found).toBe('api2 (the default).');
  expect(check('api-key').found).toBe(`${app.apiKey.length} characters. (from SPRINKLR_API_KEY)`);
});

test('it makes no network calls unless told to', async () => {
  const sprinklr = await startSimulator({ apps: [app] });
  const { ok } = await diagnose({ inputs: { ...validInputs, 'base-url': sprinklr.origin } });
  await sprinklr.close();

  expect(ok).toBe(true);
  expect(sprinklr.requests).toEqual([]);
});

test('a few values are enough. A missing one is no error, and its check says how to pass it', async () => {
  const { ok, exitCode, checks, check } = await diagnose({
    inputs: { audience: 'https://www.sprinklr.com/' },
  });
  expect([ok, exitCode]).toEqual([true, 0]);
  expect(checks.map(({ name }) => name)).toEqual(CHECKS.filter((name) => name !== 'app-id and certificate'));
  const skipped = checks.filter(({ status }) => status === 'skipped').map(({ name, found }) => [name, found]);
  expect(Object.fromEntries(skipped)).toEqual({
    'private-key': 'Not given (--private-key-file or SPRINKLR_PRIVATE_KEY).',
    certificate: 'Not given (--certificate-file or SPRINKLR_CERTIFICATE).',
    'private-key and certificate': 'Not compared, because one of them is missing or unusable.',
    'app-id': 'Not given (--app-id or SPRINKLR_APP_ID).',
    username: 'Not given (--username or SPRINKLR_USERNAME).',
    'api-key': 'Not given (--api-key-file or SPRINKLR_API_KEY).',
    'api-secret': 'Not given (--api-secret-file or SPRINKLR_API_SECRET).',
    'redirect-uri': 'Not given (--redirect-uri or SPRINKLR_REDIRECT_URI).',
    NODE_EXTRA_CA_CERTS: 'Not set.',
  });
  expect(check('environment').found).toContain('default production environment');
});

describe('a value', () => {
  const path = join(material.folder, 'username.txt');
  writeFileSync(path, 'in-file@example.com\n');
  const flag = ['--username=in-flag@example.com'];
  const fileFlag = [`--username-file=${path}`];
  const variable = { SPRINKLR_USERNAME: 'in-variable@example.com' };
  const fileVariable = { SPRINKLR_USERNAME_FILE: path };

  test.each([
    ['its flag', flag, { ...variable, ...fileVariable }, 'in-flag@example.com. (from --username)'],
    ['else --NAME-file', fileFlag, { ...variable, ...fileVariable }, `in-file@example.com. (from ${path})`],
    [
      'else SPRINKLR_NAME',
      [],
      { ...variable, ...fileVariable },
      'in-variable@example.com. (from SPRINKLR_USERNAME)',
    ],
    ['else SPRINKLR_NAME_FILE', [], fileVariable, `in-file@example.com. (from ${path})`],
    [
      'SPRINKLR_NAME_FILE if SPRINKLR_NAME is empty',
      [],
      { ...fileVariable, SPRINKLR_USERNAME: '' },
      `in-file@example.com. (from ${path})`,
    ],
    [
      'SPRINKLR_NAME_FILE if SPRINKLR_NAME is blank',
      [],
      { ...fileVariable, SPRINKLR_USERNAME: ' \n' },
      `in-file@example.com. (from ${path})`,
    ],
    ['a relative path', ['--username-file=username.txt'], {}, 'in-file@example.com. (from username.txt)'],
  ])('comes from %s', async (...[, args, env, found]) => {
    const { check } = await diagnose({ inputs: {}, args, env, cwd: material.folder });
    expect(check('username').found).toBe(found);
  });

  test('is missing if its variables are blank', async () => {
    const env = { SPRINKLR_USERNAME: ' ', SPRINKLR_USERNAME_FILE: '\t', SPRINKLR_API_KEY_FILE: ' ' };
    const { check } = await diagnose({ inputs: {}, env });
    expect(check('username').found).toContain('(SPRINKLR_USERNAME is set, but empty)');
    expect(check('api-key').found).toContain('Not given');
  });

  test.each([
    ['a file', ['--private-key-file', join(material.folder, 'server.der')], {}],
    ['a file in a variable', [], { SPRINKLR_PRIVATE_KEY_FILE: join(material.folder, 'server.der') }],
    ['standard input', ['--private-key-file', '-'], {}],
  ])('can be binary in %s', async (_, args, env) => {
    const { check } = await diagnose({ inputs: {}, args, env, input: material.der });
    expect(check('private-key')).toMatchObject({
      status: 'ok',
      found: expect.stringMatching(/^PKCS#8 DER, the file itself/),
    });
  });

  test('cannot be given twice', async () => {
    const { exitCode, stderr } = await run({ args: ['doctor', ...flag, ...fileFlag] });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/--username.*--username-file/)]);
  });
});

test('no message mentions what only GitHub Actions has', async () => {
  const bad = Object.fromEntries(
    Object.keys(validInputs).map((name) => [name, name === 'environment' ? 'a b' : ' ']),
  );
  const { stdout } = await diagnose({ inputs: { ...bad, 'private-key': 'x' } });
  for (const words of [/with:/, /gh secret/, /workflow/i, /\bfork/, /Dependabot/, /the input /i])
    expect(stdout).not.toMatch(words);
});

test.each(SECRET_INPUTS)('--%s is refused with the reason, and its value is not repeated', async (name) => {
  const value = 'V4lueThatStaysSecret';
  for (const args of [[`--${name}`, value], [`--${name}=${value}`], [`--${name}`]]) {
    const { exitCode, stdout, stderr } = await run({ args: ['doctor', ...args] });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^--${name} is not accepted on the command line: .*history.*process`));
    expectNone(stderr, [value]);
  }
});

test.each([
  ['no values', [], /No values to check/],
  [
    'two files that are standard input',
    ['--api-key-file=-', '--api-secret-file=-'],
    /--api-key-file and --api-secret-file/,
  ],
  ['--yes without --live', ['--username=x', '--yes'], /--yes requires --live/],
])('%s is a usage error', async (_, args, words) => {
  const { exitCode, stdout, stderr } = await run({ args: ['doctor', ...args] });
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(words);
});

test('it prints a line for each check, its status first, and the remedy below an error', async () => {
  const inputs = { ...without(validInputs, 'certificate-file'), environment: 'prod 2', username: 'CI Bot' };
  const { exitCode, stdout, stderr } = await runProcess(doctorCall({ inputs }));

  expect([exitCode, stderr]).toEqual([1, '']);
  const lines = stdout.split('\n');
  for (const heading of ['Values', 'Endpoints', 'This machine']) expect(lines).toContain(heading);
  expect(stdout).not.toContain('undefined');
  expect(stdout).toMatch(/^ {2}ok {7}redirect-uri: https:\/\/www\.example\.com\/callback, /m);
  expect(stdout).toMatch(/^ {2}warning {2}username: 6 characters \(not shown: it could be a secret\)\. /m);
  expect(stdout).toMatch(/^ {2}- {8}certificate: Not given /m);
  expect(stdout).toMatch(/^ {2}error {4}environment: .*\(INPUT_INVALID\)\n {11}\S.*--environment/m);
  expect(stdout).toMatch(/\n1 error, 1 warning\.\n$/);
  expect(stdout).not.toContain('\u001B');
  expectNone(stdout, [app.apiKey, app.apiSecret, material.secret]);
});

const ADD_LIVE = 'To check the values with Sprinklr, add --live.';

test.each([
  [{ username: 'a b', audience: 'x' }, `No errors offline, 2 warnings. ${ADD_LIVE}`],
  [{ username: 'a b' }, `No errors offline, 1 warning. ${ADD_LIVE}`],
  [{ username: 'ci' }, `No errors offline. ${ADD_LIVE}`],
  [{ gateway: 'x', environment: 'a b', username: 'ci' }, '2 errors.'],
])('for %j, the last line is: %s', async (inputs, last) => {
  const { stdout } = await run(doctorCall({ inputs }));
  expect(stdout.endsWith(`\n\n${last}\n`)).toBe(true);
});

test('on a terminal, the report has colors', async () => {
  const session = terminal(doctorCall({ inputs: { username: 'ci-bot@example.com' } }));
  expect(await session.exit).toBe(0);
  expect(session.screen()).toContain('\u001B[32mok');
});

test('neither a value nor a path can control the terminal', async () => {
  const path = join(material.folder, 'key\u001B[2J\u202E.der');
  writeFileSync(path, material.der);
  const inputs = {
    ...without(validInputs, 'private-key'),
    'private-key-file': path,
    'certificate-file': path,
    username: 'ci\u001B[2Jbot',
  };
  const { exitCode, stdout } = await run(doctorCall({ inputs }));

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/from \S*key \[2J \.der/);
  for (const character of ['\u001B', '\u202E']) expect(stdout).not.toContain(character);
});
