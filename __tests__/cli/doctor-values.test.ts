import { expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedMaterial } from '../material.ts';
import { cli, deskVariant } from './desk.ts';
import {
  app,
  appIdOf,
  asCall,
  clockAt,
  diagnose,
  material,
  sound,
  without,
  type Diagnosis,
  type Values,
} from './doctor-world.ts';

const SPACE =
  'A space or line end comes with it; the action drops that, other programs send it along. -> Store it without (`printf %s`, not `echo`).';
const PRODUCTION =
  'the default production environment (prod), whose name is left out of addresses. ' +
  'Where the Sprinklr UI\'s page source names another under "sentry-environment", give that.';
const COMPARE = ' a final slash; Sprinklr compares it to the letter with the one of the app.';
const CALLBACK = ' -> Compare it with the callback URL of the Sprinklr developer app, to the letter.';

const idOf = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64');

type Row = readonly [name: string, text: string, said: string];

// Each beside a trap, or at its edge.
const rows: Row[] = [
  [
    'username',
    ' ',
    'wrong: The input username is empty. (--username is set, but empty) -> A secret or variable that does not exist reads as empty: check its name and that of the input, that this repository may use it, and that the job names its environment if it belongs to one. Workflows started from a fork get no secrets, and those of Dependabot only its own.',
  ],
  ['username', 'a"b"', 'ok: a"b".'],
  ['username', '"a"b', 'ok: "a"b.'],
  ['username', 'a{b}', 'ok: a{b}.'],
  ['username', '{a}b', 'ok: {a}b.'],
  ['username', '{a{b}', 'ok: {a{b}.'],
  ['username', 'a1', 'ok: a1.'],
  ['username', '1a', 'ok: 1a.'],
  [
    'username',
    '5',
    'warning: 5. It is a number, as user ids are. -> Give what the user types to log in to Sprinklr.',
  ],
  ['username', 'A_B', 'ok: A_B.'],
  [
    'username',
    'ci\u00A0bot',
    'warning: ci bot. It has a space in it, as names have and logins have not. -> Give what the user types to log in to Sprinklr.',
  ],
  ['username', ' ci-bot', `warning: ci-bot. ${SPACE}`],
  ['api-key', 'xAPI_KEY', 'ok: 8 characters.'],
  ['api-key', 'API_KEYx', 'ok: 8 characters.'],
  ['api-key', 'API__KEY', 'ok: 8 characters.'],
  ['api-key', 'APIKEY', 'ok: 6 characters.'],
  [
    'api-key',
    'API_K',
    'warning: 5 characters. It looks like the name of a variable or secret. -> Give the value that is stored under that name.',
  ],
  [
    'api-secret',
    'gr\u00FCn',
    'warning: 4 characters. It has a space or a character outside ASCII in it. -> Copy it once more from the page of the Sprinklr developer app.',
  ],
  ['environment', '', `ok: Empty: ${PRODUCTION} (--environment is set, but empty)`],
  ['environment', 'PROD', `ok: PROD: ${PRODUCTION}`],
  [
    'environment',
    'api3',
    'warning: api3. No Sprinklr environment with this name is documented: they are called prod, prod2, prod4, … -> To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
  ],
  ['environment', 'test2', 'ok: test2.'],
  ['audience', '', 'ok: https://www.sprinklr.com/. (--audience is set, but empty)'],
  ['timeout-seconds', ' ', 'ok: 60. (--timeout-seconds is set, but empty)'],
  ['app-id', idOf({ pId: 80000 }), 'ok: An App ID: partner 80000.'],
  ['app-id', idOf({ tId: 1700000000000 }), 'ok: An App ID: registered 2023-11-14T22:13:20.000Z.'],
  [
    'app-id',
    idOf({ x: 1 }),
    'warning: 12 characters. It does not decode to the JSON that App IDs hold: it may be an API key, or damaged. -> Give the value of "data" in the answer of the registration; it usually starts with eyJ.',
  ],
  ['environment', 'mytest', 'ok: mytest.'],
  ['environment', '{Prod2}', 'ok: Read as prod2, given as {Prod2}.'],
  [
    'environment',
    '{sandbox}',
    'warning: Read as sandbox, given as {sandbox}. No Sprinklr environment with this name is documented: they are called prod, prod2, prod4, … -> To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
  ],
  ['gateway', 'API2', 'ok: API2.'],
  ['base-url', 'https://api2.sprinklr.com', 'ok: https://api2.sprinklr.com.'],
  ['base-url', 'https://sprinklr.example.com', 'ok: https://sprinklr.example.com.'],
  ['audience', 'https://www.sprinklr.com/', 'ok: https://www.sprinklr.com/.'],
  ['parameters-in', 'query', 'ok: query, as documented.'],
  [
    'parameters-in',
    'BODY',
    'ok: body, which is not documented for this call; if it is refused, go back to query.',
  ],
  ['timeout-seconds', '60', 'ok: 60.'],
  ['certificate-warning-days', '30', 'ok: 30.'],
  ['assertion-lifetime', '60', 'ok: 60.'],
  ['redirect-uri', 'http://localhost:8080/cb', `ok: http://localhost:8080/cb, without${COMPARE}`],
  ['redirect-uri', 'https://a.example/Path/?X=/', `ok: https://a.example/Path/?X=/, with${COMPARE}`],
  ['redirect-uri', 'https://a.example/p?x=/', `ok: https://a.example/p?x=/, without${COMPARE}`],
  ['redirect-uri', 'https://a.example:4430/', `ok: https://a.example:4430/, with${COMPARE}`],
  ['redirect-uri', 'https://a.example:80/', `ok: https://a.example:80/, with${COMPARE}`],
  ['redirect-uri', 'https://a.example/x?y=a:443', `ok: https://a.example/x?y=a:443, without${COMPARE}`],
  ['redirect-uri', 'https://a.example/?decode=1', `ok: https://a.example/?decode=1, with${COMPARE}`],
  ['redirect-uri', 'https://a.example/?u=b://C', `ok: https://a.example/?u=b://C, with${COMPARE}`],
  ['redirect-uri', 'https://a.example/?u=b://c:443', `ok: https://a.example/?u=b://c:443, with${COMPARE}`],
  ['redirect-uri', 'http://localhost/?u=b://c:80', `ok: http://localhost/?u=b://c:80, with${COMPARE}`],
  [
    'redirect-uri',
    'htTps://a.example/',
    `warning: htTps://a.example/, with${COMPARE} It has upper-case letters before the path, which browsers make lower case and Sprinklr may not.${CALLBACK}`,
  ],
  [
    'redirect-uri',
    'http://localhost:80/',
    `warning: http://localhost:80/, with${COMPARE} It names the default port, which browsers leave out and Sprinklr may not.${CALLBACK}`,
  ],
  [
    'redirect-uri',
    'HTTPS://a.example/',
    `warning: HTTPS://a.example/, with${COMPARE} It has upper-case letters before the path, which browsers make lower case and Sprinklr may not.${CALLBACK}`,
  ],
  [
    'redirect-uri',
    'https://a.example/?error=x',
    `warning: https://a.example/?error=x, with${COMPARE} It is an address that a browser landed on after a consent, with the answer still in it.${CALLBACK}`,
  ],
];

/** The rows in as many calls as an input has at most: what one value is said to be does not depend on the others. */
const rounds: Row[][] = [];
for (const row of rows) {
  const round = rounds.find((others) => !others.some(([name]) => name === row[0]));
  if (round === undefined) rounds.push([row]);
  else round.push(row);
}

test.each(rounds.map((round) => ({ round })))(
  'values beside a trap, or at its edge: %#',
  async ({ round }) => {
    const values = Object.fromEntries(round.map(([name, text]) => [name, text]));
    const { check } = await diagnose({ values: { ...sound, ...values } });
    const said = round.map(([name, text]): Row => {
      const { status, found, remedy = '' } = check(name);
      const words = found.replace(/ \(from [^)]*\)$/, '');
      return [name, text, `${status}: ${words}${remedy === '' ? '' : ` -> ${remedy}`}`];
    });
    expect(said).toEqual(round);
  },
);

test('one mistake is no other: each trap has its own words, and all of them are said', async () => {
  const { check } = await diagnose({
    values: { ...sound, gateway: 'API3', 'base-url': 'https://Api3.sprinklr.com', audience: ' x y ' },
  });
  expect(check('base-url').status).toBe('ok');
  expect(check('audience')).toEqual({
    name: 'audience',
    status: 'warning',
    found: `x y. ${SPACE.replace(/ ->.*/, '')} The documented audience is https://www.sprinklr.com/ (with the final slash). (from --audience)`,
    remedy: 'Store it without (`printf %s`, not `echo`). Leave audience away.',
  });
});

/** All that it looks at, in its order. */
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
  'gateway',
  'environment',
  'app-id and certificate',
  'API address',
  'register address',
  'exchange address',
  'clock',
  'proxy',
  'NODE_EXTRA_CA_CERTS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
];

test('every value has its place in the report, and what is left out is said to be the default', async () => {
  const { checks } = await diagnose({ values: sound });
  expect(checks.filter(({ remedy }) => remedy !== undefined)).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual(CHECKS);
  const found = (name: string): string => checks.find((check) => check.name === name)?.found ?? '';
  expect(found('audience')).toBe('https://www.sprinklr.com/ (the default).');
  expect(found('gateway')).toBe('api2 (the default).');
  expect(found('api-key')).toBe(`${app.apiKey.length} characters. (from SPRINKLR_API_KEY)`);
  expect(found('proxy')).toBe('None.');
  expect(found('private-key')).toMatch(
    /^base64 of PKCS#8 DER, RSA, 2048 bits; SHA-256 of its public key [0-9a-f]{64}\. \(from SPRINKLR_PRIVATE_KEY\)$/,
  );
});

test('of what is not given it says how it can be, and of the certificate that nobody can tell whose it is', async () => {
  const { checks } = await diagnose({ values: { audience: 'https://www.sprinklr.com/' } });
  expect(checks.map(({ name }) => name)).toEqual(CHECKS.filter((name) => name !== 'app-id and certificate'));
  const absent = checks.filter(({ status }) => status === 'skipped').map(({ name, found }) => [name, found]);
  expect(Object.fromEntries(absent)).toEqual({
    'private-key': 'Not given (--private-key-file or SPRINKLR_PRIVATE_KEY).',
    certificate: 'Not given (--certificate or SPRINKLR_CERTIFICATE).',
    'private-key and certificate': 'Whether they belong together stays open: that takes both.',
    'app-id': 'Not given (--app-id or SPRINKLR_APP_ID).',
    username: 'Not given (--username or SPRINKLR_USERNAME).',
    'api-key': 'Not given (--api-key-file or SPRINKLR_API_KEY).',
    'api-secret': 'Not given (--api-secret-file or SPRINKLR_API_SECRET).',
    'redirect-uri': 'Not given (--redirect-uri or SPRINKLR_REDIRECT_URI).',
    NODE_EXTRA_CA_CERTS: 'Not set.',
  });
});

test('a line end belongs to a file, and more than one does not', async () => {
  const given = async (text: string): Promise<string> => {
    const path = join(material.folder, 'a-value');
    writeFileSync(path, text);
    const { check } = await diagnose({
      values: { ...without(sound, 'api-secret'), 'api-secret-file': path },
    });
    return check('api-secret').found;
  };
  expect(await given('secret\r\n')).toBe(`6 characters. (from ${join(material.folder, 'a-value')})`);
  expect(await given('secret\n\n')).toContain('A space or line end comes with it');
  expect(await given('sec\nret\n')).not.toContain('A space or line end comes with it');
});

test('a key in a text file is text, unless Windows wrote it in UTF-16', async () => {
  const given = async (bytes: string | Buffer): Promise<string> => {
    const path = join(material.folder, 'a-key');
    writeFileSync(path, bytes);
    const { check } = await diagnose({
      values: { ...without(sound, 'private-key'), 'private-key-file': path },
    });
    return check('private-key').found;
  };
  expect(await given(material.key)).toMatch(/^PEM \(PKCS#8\), which is as good as DER, RSA, 2048 bits; /);
  expect(await given(material.der)).toMatch(
    /^PKCS#8 DER, the file itself \(a secret holds its base64\), RSA, /,
  );
  expect(await given(Buffer.from(`\uFEFF${material.key}`, 'utf16le'))).toMatch(
    /^PEM \(PKCS#8\), the file itself \(a secret holds its base64\), RSA, /,
  );
});

test('a file that cannot be read is something to look at', async () => {
  const { checks, exitCode } = await diagnose({ values: { certificate: '/nowhere/server.crt' } });
  expect(exitCode).toBe(1);
  expect(checks.filter(({ status }) => status === 'wrong')).toEqual([
    {
      name: 'certificate',
      status: 'wrong',
      found: '/nowhere/server.crt, which should be the certificate, does not exist.',
      remedy: 'Check the path and its permissions.',
    },
  ]);
});

test('a passphrase that cannot be read is wrong with the key', async () => {
  const { check } = await diagnose({ values: { ...sound, 'private-key-passphrase-file': '/nowhere/words' } });
  expect(check('private-key')).toMatchObject({
    status: 'wrong',
    found: '/nowhere/words, which should be the private-key-passphrase, does not exist.',
  });
});

const PROXY = 'http://proxy.example.com:3128';
test.each([
  [{ HTTPS_PROXY: PROXY }, 'ok: api2.sprinklr.com is reached through http://proxy.example.com:3128.'],
  [{ HTTPS_PROXY: PROXY, NO_PROXY: 'sprinklr.com' }, 'ok: None: no_proxy exempts api2.sprinklr.com.'],
  [{ HTTP_PROXY: PROXY }, 'warning: None: http_proxy is set, but for https only https_proxy counts.'],
  [{ all_proxy: PROXY }, 'warning: None: all_proxy is set, but for https only https_proxy counts.'],
  [{ no_proxy: 'sprinklr.com' }, 'ok: None.'],
])('with %j, the proxy is %s', async (env, said) => {
  const { check } = await diagnose({ values: { ...sound }, env });
  const { status, found } = check('proxy');
  expect(`${status}: ${found}`).toBe(said);
});

test('no proxy stands before an address of this machine, and none can be told where the address is wrong', async () => {
  const values = { ...sound, 'base-url': 'http://127.0.0.1:8899' };
  const own = await diagnose({ values, env: { https_proxy: PROXY } });
  expect(own.check('proxy')).toEqual({
    name: 'proxy',
    status: 'ok',
    found: 'None, as for every loopback address.',
  });
  expect(own.check('API address').found).toBe('http://127.0.0.1:8899/prod2');

  const lost = await diagnose({ values: { ...sound, gateway: 'api4' } });
  expect(lost.check('proxy')).toEqual({
    name: 'proxy',
    status: 'skipped',
    found: 'Depends on gateway, environment and base-url.',
  });
  expect(lost.check('addresses')).toEqual({
    name: 'addresses',
    status: 'skipped',
    found: 'Unknown, as they follow from gateway, environment and base-url.',
  });
});

test('the addresses are those of the gateway, and take no key for an App ID', async () => {
  const { check } = await diagnose({
    values: { ...sound, gateway: 'API3', environment: '', 'app-id': 'm3mashery5n7x9w2q8r4t6y1' },
  });
  expect(check('API address').found).toBe('https://api3.sprinklr.com');
  expect(check('register address').found).toBe('POST https://api3.sprinklr.com/api/app/register');
  expect(check('exchange address').found).toBe('POST https://api3.sprinklr.com/oauth/apptoken/APP-ID');
});

test('certificates of authorities are counted', async () => {
  const path = join(material.folder, 'two.pem');
  writeFileSync(path, material.certificate + material.certificate);
  const { check } = await diagnose({ values: sound, env: { NODE_EXTRA_CA_CERTS: path } });
  expect(check('NODE_EXTRA_CA_CERTS')).toMatchObject({ status: 'ok', found: '2 more CAs are trusted.' });
});

const { validFrom } = new X509Certificate(material.certificate);
const began = new Date(validFrom).valueOf();
test.each([
  [30_000, 'ok'],
  [90_000, 'warning'],
])('an App ID that is %s ms older than the certificate is %s', async (older, status) => {
  const { check } = await diagnose({ values: { ...sound, 'app-id': appIdOf(new Date(began - older)) } });
  expect(check('app-id and certificate').status).toBe(status);
});

test.each([
  [20_000, 'ok'],
  [300_000, 'wrong'],
])('an App ID that is from %s ms ahead makes the clock %s', async (ahead, status) => {
  const { check } = await diagnose({
    values: { username: 'ci', 'app-id': appIdOf(new Date(Date.now() + ahead)) },
  });
  expect(check('clock').status).toBe(status);
});

test.each([
  [23, 'ok'],
  [25, 'wrong'],
])('a clock that is %s hours before the program was installed is %s', async (hours, status) => {
  const clock = new Date(statSync(cli).mtime.valueOf() - hours * 3_600_000);
  const { check } = await diagnose({ values: { username: 'ci' }, env: { NODE_OPTIONS: clockAt(clock) } });
  expect(check('clock').status).toBe(status);
});

test.each([
  ['10', 'warning'],
  ['', 'warning'],
  ['2', 'ok'],
  ['many', 'ok'],
])('with certificate-warning-days %j, a certificate of five days is %s', async (days, status) => {
  const certificate = join(sharedMaterial({ days: 5 }).folder, 'server.crt');
  const { check } = await diagnose({ values: { certificate, 'certificate-warning-days': days } });
  expect(check('certificate').status).toBe(status);
});

const mtls = (change: Values): Promise<Diagnosis> => diagnose({ values: { ...sound, ...change } });
test('of mutual TLS it speaks where there is a certificate or key for it', async () => {
  const certificate = join(material.folder, 'server.crt');
  const pair = await mtls({ 'mtls-certificate': certificate, 'mtls-private-key': material.key });
  const validTo = new Date(new X509Certificate(material.certificate).validTo).toISOString();
  expect(pair.check('mtls-certificate')).toEqual({
    name: 'mtls-certificate',
    status: 'ok',
    found: `C=US, O=Example, CN=ci.example.com, valid to ${validTo}; mtls-private-key belongs to it.`,
  });

  const keyAlone = await mtls({ 'mtls-private-key': material.key });
  expect(keyAlone.check('mtls-certificate')).toMatchObject({ status: 'wrong', code: 'INPUT_MISSING' });
  const missing = await mtls({ 'mtls-certificate': '/nowhere/client.crt' });
  expect(missing.check('mtls-certificate').found).toBe(
    '/nowhere/client.crt, which should be the mtls-certificate, does not exist.',
  );
  const { checks } = await mtls({ 'mtls-passphrase': 'words' });
  expect(checks.filter(({ name }) => name.startsWith('mtls'))).toEqual([]);
});

test.each([
  [{ username: 'a b', audience: 'x' }, 'Nothing is wrong, 2 warnings.'],
  [{ username: 'a b' }, 'Nothing is wrong, 1 warning.'],
  [{ username: 'ci' }, 'Nothing is wrong.'],
  [{ gateway: 'x', environment: 'a b', username: 'ci' }, '2 wrong.'],
])('of %j, the last line is: %s', async (values, last) => {
  const { stdout } = await deskVariant(asCall({ values }));
  expect(stdout.endsWith(`\n\n${last}\n`)).toBe(true);
});

test('a short secret is hidden without the space that came with it', async () => {
  const { check } = await diagnose({ values: { ...sound, 'api-secret': ' s3cr3t ', username: 's3cr3t' } });
  expect(check('username').found).toMatch(/^\*\*\*\. It is the same as api-key or api-secret\./);
});
