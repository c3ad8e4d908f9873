import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { sharedMaterial } from '../material.ts';
import {
  app,
  appIdOf,
  clockAt,
  diagnose,
  material,
  sound,
  without,
  type Diagnosis,
  type Values,
} from './doctor-world.ts';

const { folder, key, certificate, secret } = material;
const other = sharedMaterial({ days: 5 });
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.now();
const appId = sound['app-id'] ?? '';

const file = (name: string, content: string | Buffer = ''): string => {
  if (content !== '') writeFileSync(join(folder, name), content);
  return join(folder, name);
};
material.openssl('genrsa', '-out', 'short.key', '1024');
material.openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
material.openssl(
  'pkcs8',
  '-topk8',
  '-in',
  'server.key',
  '-passout',
  'pass:correct horse',
  '-out',
  'encrypted.key',
);
material.openssl('req', '-new', '-x509', '-key', 'ec.key', '-subj', '/CN=ec.example.com', '-out', 'ec.crt');
const encrypted = material.read('encrypted.key').toString();
/** As a runner's text fields leave it. */
const damaged = material.der.toString().replaceAll('\0', '');

type Row = readonly [
  trap: string,
  /** To the values with which nothing is wrong; empty takes one away. */
  change: Values,
  expected: readonly [check: string, status: string, words: RegExp, code?: string],
  env?: Values,
];

const inValues: Row[] = [
  [
    'an environment in braces',
    { environment: '{prod2}' },
    ['environment', 'ok', /Read as prod2, given as \{prod2\}/],
  ],
  ['an environment in capitals', { environment: 'Prod2' }, ['environment', 'ok', /Read as prod2/]],
  [
    'prod for the default environment',
    { environment: 'prod' },
    ['environment', 'ok', /default production .* left out/],
  ],
  [
    'an environment named as an address',
    { environment: 'https://prod4-app.sprinklr.com' },
    ['environment', 'wrong', /looks like an address/, 'INPUT_INVALID'],
  ],
  [
    'an environment in quotes',
    { environment: '"prod2"' },
    ['environment', 'wrong', /in quotes/, 'INPUT_INVALID'],
  ],
  [
    'an environment that is a word',
    { environment: 'production' },
    ['environment', 'warning', /No .* with this name/],
  ],

  [
    'an App ID copied from raw JSON',
    { 'app-id': appId.replaceAll('=', '\\u003d') },
    ['app-id', 'ok', /partner 80000.*It was escaped \(\\u003d\)/],
  ],
  ['an App ID in quotes', { 'app-id': `"${appId}"` }, ['app-id', 'wrong', /in quotes/, 'INPUT_INVALID']],
  [
    'an App ID without its = signs',
    { 'app-id': appId.replace(/=+$/, '') },
    ['app-id', 'warning', /lost characters/],
  ],
  [
    'an App ID percent-encoded',
    { 'app-id': appId.replaceAll('=', '%3D') },
    ['app-id', 'wrong', /percent-encoded/, 'INPUT_INVALID'],
  ],
  [
    'an API key as App ID',
    { 'app-id': 'm3mashery5n7x9w2q8r4t6y1' },
    ['app-id', 'warning', /may be an API key/],
  ],
  ['one key as both', { 'app-id': app.apiKey }, ['api-key', 'wrong', /the same as app-id/]],

  ['an App ID as API key', { 'api-key': appId }, ['api-key', 'wrong', /what an App ID holds/]],
  [
    'an escaped App ID as API key',
    { 'api-key': appId.replaceAll('=', '\\u003d') },
    ['api-key', 'wrong', /what an App ID holds/],
  ],
  [
    'an API key with a space in it',
    { 'api-key': 'k7apikey3n5x 9w2q8r4t6y1zu' },
    ['api-key', 'wrong', /one word/, 'INPUT_INVALID'],
  ],
  [
    'an API key with a line end in it',
    { 'api-key': 'k7apikey3n5x\n9w2q8r4t6y1zu' },
    ['api-key', 'wrong', /one word/, 'INPUT_INVALID'],
  ],
  [
    'an API key with a line end after it',
    { 'api-key': `${app.apiKey}\n` },
    ['api-key', 'warning', /line end comes with it/],
  ],
  [
    'an API key in quotes',
    { 'api-key': `'${app.apiKey}'` },
    ['api-key', 'wrong', /in quotes/, 'INPUT_INVALID'],
  ],
  ['an API key in braces', { 'api-key': `{${app.apiKey}}` }, ['api-key', 'wrong', /in braces/]],
  [
    'a variable that no shell filled in',
    { 'api-key': '$SPRINKLR_API_KEY' },
    ['api-key', 'wrong', /placeholder/],
  ],
  [
    'a name instead of its value',
    { 'api-key': 'SPRINKLR_API_KEY' },
    ['api-key', 'warning', /name of a variable/],
  ],
  [
    'a secret that does not exist',
    { 'api-key': '' },
    ['api-key', 'wrong', /is empty.*set, but empty/, 'INPUT_MISSING'],
  ],
  ['a private key as API key', { 'api-key': secret }, ['api-key', 'wrong', /It is a private key/]],

  [
    'key and secret that are the same',
    { 'api-secret': app.apiKey },
    ['api-secret', 'wrong', /same as api-key/],
  ],
  ['an App ID as API secret', { 'api-secret': appId }, ['api-secret', 'wrong', /what an App ID holds/]],
  [
    'an API secret with a space in it',
    { 'api-secret': 'S3cr3tHf8Q2mZ p7LxT4vRb9NcW' },
    ['api-secret', 'warning', /space/],
  ],
  [
    'an API secret with a line end after it',
    { 'api-secret': `${app.apiSecret}\r\n` },
    ['api-secret', 'warning', /line end/],
  ],
  [
    'an API secret in quotes',
    { 'api-secret': `"${app.apiSecret}"` },
    ['api-secret', 'wrong', /in quotes/, 'INPUT_INVALID'],
  ],

  ['a username with a space', { username: 'CI Bot' }, ['username', 'warning', /space in it/]],
  [
    'the API secret as username',
    { username: app.apiSecret },
    ['username', 'wrong', /^\*\*\*\. It is the same as/],
  ],
  ['a user id as username', { username: '66014640' }, ['username', 'warning', /user ids/]],
  ['a username on two lines', { username: 'ci\nbot' }, ['username', 'wrong', /one line/, 'INPUT_INVALID']],
  [
    'a username in quotes',
    { username: '\u201cci-bot@example.com\u201d' },
    ['username', 'wrong', /in quotes/, 'INPUT_INVALID'],
  ],
  ['a private key as username', { username: secret }, ['username', 'wrong', /It is a private key/]],
  [
    'an audience without its slash',
    { audience: 'https://www.sprinklr.com' },
    ['audience', 'warning', /final slash/],
  ],
  ['an unknown gateway', { gateway: 'api4' }, ['gateway', 'wrong', /api2 or api3/, 'INPUT_INVALID']],
  [
    'the other gateway as base-url',
    { 'base-url': 'https://api3.sprinklr.com' },
    ['base-url', 'warning', /other gateway/],
  ],
  [
    'a base-url with a path',
    { 'base-url': 'https://api2.sprinklr.com/prod2' },
    ['base-url', 'wrong', /more than an origin/, 'INPUT_INVALID'],
  ],
  [
    'a base-url over plain http',
    { 'base-url': 'http://sprinklr.example.com' },
    ['base-url', 'wrong', /plain http/, 'INPUT_INVALID'],
  ],
  [
    'a lifetime that is too short',
    { 'assertion-lifetime': '5' },
    ['assertion-lifetime', 'wrong', /30 to 600/, 'INPUT_INVALID'],
  ],
  ['parameters in the body', { 'parameters-in': 'body' }, ['parameters-in', 'ok', /not documented/]],

  ['a redirect URI without a final slash', {}, ['redirect-uri', 'ok', /without a final slash/]],
  [
    'a redirect URI with a final slash',
    { 'redirect-uri': 'https://www.example.com/' },
    ['redirect-uri', 'ok', /with a final slash/],
  ],
  [
    'a redirect URI over http',
    { 'redirect-uri': 'http://www.example.com/callback' },
    ['redirect-uri', 'warning', /It is http/],
  ],
  [
    'a redirect URI with a space after it',
    { 'redirect-uri': `${app.redirectUri} ` },
    ['redirect-uri', 'warning', /space or line end/],
  ],
  [
    'a redirect URI in capitals',
    { 'redirect-uri': 'https://www.Example.com/callback' },
    ['redirect-uri', 'warning', /upper-case/],
  ],
  [
    'a redirect URI with a fragment',
    { 'redirect-uri': `${app.redirectUri}#top` },
    ['redirect-uri', 'warning', /fragment/],
  ],
  [
    'a redirect URI with the default port',
    { 'redirect-uri': 'https://www.example.com:443/callback' },
    ['redirect-uri', 'warning', /default port/],
  ],
  [
    'a redirect URI with the code still in it',
    { 'redirect-uri': `${app.redirectUri}?code=abc` },
    ['redirect-uri', 'warning', /landed on/],
  ],
  [
    'a redirect URI without https',
    { 'redirect-uri': 'localhost:8080/callback' },
    ['redirect-uri', 'warning', /does not start with https/],
  ],
  [
    'a redirect URI that is no address',
    { 'redirect-uri': 'www.example.com/callback' },
    ['redirect-uri', 'wrong', /not an address/, 'INPUT_INVALID'],
  ],
  [
    'a redirect URI percent-encoded',
    { 'redirect-uri': encodeURIComponent(app.redirectUri) },
    ['redirect-uri', 'wrong', /percent-encoded/, 'INPUT_INVALID'],
  ],
  [
    'a redirect URI in quotes',
    { 'redirect-uri': `"${app.redirectUri}"` },
    ['redirect-uri', 'wrong', /in quotes/, 'INPUT_INVALID'],
  ],
];

const inMaterial: Row[] = [
  [
    'a PEM where DER is asked for',
    { 'private-key': key },
    ['private-key', 'ok', /^PEM \(PKCS#8\), which is as good as DER, RSA, 2048 bits/],
  ],
  [
    'the DER file itself',
    { 'private-key-file': file('server.der') },
    ['private-key', 'ok', /^PKCS#8 DER, the file itself/],
  ],
  [
    'a key in quotes',
    { 'private-key': `"${secret}"` },
    ['private-key', 'ok', /^base64 of PKCS#8 DER, in quotes/],
  ],
  [
    'a DER file stored as text',
    { 'private-key': damaged },
    ['private-key', 'wrong', /bytes of a binary file/, 'KEY_UNREADABLE'],
  ],
  [
    'a key that is cut short',
    { 'private-key': secret.slice(0, 1000) },
    ['private-key', 'wrong', /cut short/, 'KEY_UNREADABLE'],
  ],
  [
    'a certificate as private key',
    { 'private-key-file': file('server.crt') },
    ['private-key', 'wrong', /not its private key/, 'KEY_UNREADABLE'],
  ],
  [
    'an encrypted key without passphrase',
    { 'private-key': encrypted },
    ['private-key', 'wrong', /is empty/, 'KEY_ENCRYPTED'],
  ],
  [
    'an encrypted key with a wrong passphrase',
    { 'private-key': encrypted, 'private-key-passphrase': 'wrong horse' },
    ['private-key', 'wrong', /does not open/, 'KEY_ENCRYPTED'],
  ],
  [
    'an encrypted key with its passphrase',
    { 'private-key': encrypted, 'private-key-passphrase': 'correct horse' },
    ['private-key', 'ok', /The passphrase opens it/],
  ],
  [
    'a passphrase without use',
    { 'private-key-passphrase': 'correct horse' },
    ['private-key', 'ok', /passphrase is not used/],
  ],
  [
    'a key that is too short',
    { 'private-key-file': file('short.key') },
    ['private-key', 'wrong', /1024 bits/, 'KEY_UNSUPPORTED'],
  ],
  [
    'a key that is not RSA',
    { 'private-key-file': file('ec.key') },
    ['private-key', 'wrong', /EC key/, 'KEY_UNSUPPORTED'],
  ],
  [
    'a private key as certificate',
    { certificate: file('server.key') },
    ['certificate', 'wrong', /holds a private key/, 'CERTIFICATE_IS_PRIVATE_KEY'],
  ],
  [
    'a certificate that is not RSA',
    { certificate: file('ec.crt') },
    ['certificate', 'wrong', /EC key/, 'KEY_UNSUPPORTED'],
  ],
  [
    'a certificate request as certificate',
    { certificate: file('server.csr') },
    ['certificate', 'wrong', /certificate request/, 'CERTIFICATE_UNREADABLE'],
  ],
  [
    'a certificate that soon ends',
    { certificate: join(other.folder, 'server.crt') },
    ['certificate', 'warning', /expires in 4 days/],
  ],
  [
    'a certificate of another key',
    { certificate: join(other.folder, 'server.crt') },
    ['private-key and certificate', 'wrong', /do not belong together/, 'CERTIFICATE_MISMATCH'],
  ],
  [
    'an App ID of an earlier certificate',
    { 'app-id': appIdOf(new Date(now - DAY)) },
    ['app-id and certificate', 'warning', /earlier certificate/],
  ],
  [
    'a missing file',
    { certificate: file('no-such.crt') },
    ['certificate', 'wrong', /no-such\.crt.* does not exist/],
  ],
  ['a folder instead of a file', { 'private-key-file': folder }, ['private-key', 'wrong', /is a folder/]],
  ['an empty file', { 'api-key-file': file('empty', '\n') }, ['api-key', 'wrong', /\/empty is empty/]],
  ['empty standard input', { 'api-secret-file': '-' }, ['api-secret', 'wrong', /Standard input is empty/]],
  [
    'a client certificate without its key',
    { 'mtls-certificate': file('server.crt') },
    ['mtls-certificate', 'wrong', /mtls-private-key/, 'INPUT_MISSING'],
  ],
  [
    'a client certificate of another key',
    { 'mtls-certificate': file('server.crt'), 'mtls-private-key': other.key },
    ['mtls-certificate', 'wrong', /does not belong/],
  ],
];

const onMachine: Row[] = [
  [
    'a clock before the certificate',
    {},
    ['clock', 'wrong', /the certificate began/],
    { NODE_OPTIONS: clockAt(new Date(now - HOUR)) },
  ],
  [
    'a clock before the App ID',
    { 'app-id': appIdOf(new Date(now + HOUR)) },
    ['clock', 'wrong', /the App ID was given/],
  ],
  [
    'a clock before the program',
    { certificate: '', 'app-id': appIdOf(new Date(0)) },
    ['clock', 'wrong', /1970-01-01.*this program was installed/],
    { NODE_OPTIONS: clockAt(new Date(0)) },
  ],
  [
    'a certificate that has ended',
    {},
    ['certificate', 'wrong', /expired at/, 'CERTIFICATE_EXPIRED'],
    { NODE_OPTIONS: clockAt(new Date(now + 400 * DAY)) },
  ],
  [
    'a client certificate that has ended',
    { 'mtls-certificate': file('server.crt'), 'mtls-private-key': key },
    ['mtls-certificate', 'wrong', /expired at/],
    { NODE_OPTIONS: clockAt(new Date(now + 401 * DAY)) },
  ],
  [
    'a proxy with a password',
    {},
    ['proxy', 'ok', /is reached through http:\/\/proxy\.example\.com:3128, with a user name and password/],
    { https_proxy: 'http://somebody:pr0xypassword@proxy.example.com:3128' },
  ],
  [
    'a proxy that does not count for Sprinklr',
    {},
    ['proxy', 'ok', /no_proxy exempts api[23]\.sprinklr\.com/],
    { https_proxy: 'http://proxy.example.com:3128', no_proxy: '.sprinklr.com' },
  ],
  [
    'a proxy without http://',
    {},
    ['proxy', 'wrong', /cannot be read/, 'NETWORK_UNREACHABLE'],
    { https_proxy: 'proxy.example.com:3128' },
  ],
  [
    'a proxy for http only',
    {},
    ['proxy', 'warning', /only https_proxy counts/],
    { http_proxy: 'http://proxy.example.com:3128' },
  ],
  [
    'extra authorities that do not exist',
    {},
    ['NODE_EXTRA_CA_CERTS', 'wrong', /does not exist/],
    { NODE_EXTRA_CA_CERTS: file('no-such.pem') },
  ],
  [
    'extra authorities that are none',
    {},
    ['NODE_EXTRA_CA_CERTS', 'wrong', /no certificate/],
    { NODE_EXTRA_CA_CERTS: file('server.key') },
  ],
  [
    'extra authorities',
    {},
    ['NODE_EXTRA_CA_CERTS', 'ok', /1 more CA is trusted/],
    { NODE_EXTRA_CA_CERTS: file('server.crt') },
  ],
  [
    'certificates that nobody checks',
    {},
    ['NODE_TLS_REJECT_UNAUTHORIZED', 'wrong', /pose as Sprinklr/],
    { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  ],
];

/** A patient with as many of the traps as do not get into each other's way: a process for each would take a minute. */
interface Ward {
  readonly rows: Row[];
  readonly touched: Set<string>;
}

/** What a row changes or looks at, where two rows cannot share a patient. */
function touches([, change, [check], env = {}]: Row): string[] {
  const names = [...Object.keys(change), ...Object.keys(env), ...check.split(' and ')];
  const groups = names.map((name) => GROUPS.find(([pattern]) => pattern.test(name))?.[1] ?? name);
  if (Object.values(change).includes(app.apiSecret)) groups.push('app');
  return 'NODE_OPTIONS' in env ? [...groups, 'clock', 'certificate', 'app-id', 'mtls'] : groups;
}

const GROUPS: readonly [RegExp, string][] = [
  [/^mtls-/, 'mtls'],
  [/^private-key/, 'private-key'],
  [/^api-(key|secret)/, 'app'],
  [/^(proxy|.*_proxy|gateway|base-url|environment)$/, 'proxy'],
];

const wards: Ward[] = [];
for (const row of [...inValues, ...inMaterial, ...onMachine]) {
  const touched = touches(row);
  let ward = wards.find((each) => !touched.some((name) => each.touched.has(name)));
  if (ward === undefined) wards.push((ward = { rows: [], touched: new Set() }));
  ward.rows.push(row);
  for (const name of touched) ward.touched.add(name);
}

function diagnoseAll({ rows }: Ward): Promise<Diagnosis> {
  const all = Object.assign({ ...sound }, ...rows.map(([, change]) => change)) as Values;
  const values = Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== '' || name === 'api-key'),
  );
  const env = Object.assign({}, ...rows.map(([, , , each]) => each)) as Values;
  return diagnose({ values, env });
}

describe.each(wards)('patient %#:', (ward) => {
  let diagnosis: Diagnosis;
  beforeAll(async () => {
    diagnosis = await diagnoseAll(ward);
  });

  test.each(ward.rows)('%s: doctor names it', (...[, , [name, status, words, code]]) => {
    const check = diagnosis.check(name);
    expect(check).toEqual(expect.objectContaining({ status, found: expect.stringMatching(words) }));
    expect(check.code).toBe(code);
    if (status === 'wrong') expect(check.remedy).toMatch(/^[A-Z`].{10}/);
  });

  test('the exit code tells whether something is wrong', () => {
    const { ok, checks, exitCode } = diagnosis;
    expect(ok).toBe(!checks.some(({ status }) => status === 'wrong'));
    expect(exitCode).toBe(ok ? 0 : 1);
  });
});

test('the raw DER file may come from standard input, and a line end of a file is none of the value', async () => {
  const path = file('api-key', `${app.apiKey}\n`);
  const diagnosis = await diagnose({
    values: { ...without(sound, 'api-key'), 'api-key-file': path, 'private-key-file': '-' },
    input: certificate,
  });

  expect(diagnosis.check('api-key')).toEqual(
    expect.objectContaining({ status: 'ok', found: expect.stringContaining('25 characters') }),
  );
  expect(diagnosis.check('private-key')).toEqual(
    expect.objectContaining({ status: 'wrong', found: expect.stringContaining('holds a certificate') }),
  );
});
