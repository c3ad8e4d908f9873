import { X509Certificate } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { flipBits, pemBlock } from '../credentials/encodings.ts';
import { sharedMaterial } from '../material.ts';
import { app, appIdOf, diagnose, material, validInputs, without, type Inputs } from './doctor-harness.ts';
import { cliPath } from './harness.ts';

const { folder, key, certificate, secret } = material;
const other = sharedMaterial({ days: 5 });
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = Date.now();
const certificateDer = new X509Certificate(certificate).raw;
const appId = validInputs['app-id'] ?? '';

const file = (name: string, content: string | Buffer = ''): string => {
  if (content !== '') writeFileSync(join(folder, name), content);
  return join(folder, name);
};
material.openssl('genrsa', '-out', 'short.key', '1024');
material.openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
const encrypt = 'pkcs8 -topk8 -in server.key -passout pass:correct_horse -out encrypted.key'.split(' ');
material.openssl(...encrypt);
material.openssl('req', '-new', '-x509', '-key', 'ec.key', '-subj', '/CN=ec.example.com', '-out', 'ec.crt');
const encrypted = material.read('encrypted.key').toString();
/** As a runner's text fields leave it. */
const damaged = material.der.toString().replaceAll('\0', '');
const idOf = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64');

type Row = readonly [
  /** To valid values. `undefined` omits one. */
  change: Readonly<Record<string, string | undefined>>,
  expected: readonly [check: string, status: string, found: RegExp, code?: string],
  machineState?: { readonly env?: Inputs; readonly now?: Date },
];

const environments: Row[] = [
  [{ environment: '{prod2}' }, ['environment', 'ok', /Read as prod2, given as \{prod2\}/]],
  [{ environment: 'Prod2' }, ['environment', 'ok', /Read as prod2, given as Prod2/]],
  [{ environment: 'prod' }, ['environment', 'ok', /^prod: .*default production/]],
  [
    { environment: '' },
    ['environment', 'ok', /^Empty: .*default production.*\(--environment is set, but empty\)/],
  ],
  [{ environment: undefined }, ['environment', 'ok', /^Not given: .*default production/]],
  [{ environment: 'acme' }, ['environment', 'ok', /^4 characters \(not shown: it could be a secret\)\. /]],
  [{ environment: 'test2' }, ['environment', 'ok', /^test2\. \(from --environment\)$/]],
  [{ environment: 'sandbox' }, ['environment', 'warning', /with this name is documented/]],
  [
    { environment: '{sandbox}' },
    ['environment', 'warning', /Read as sandbox, .* with this name is documented/],
  ],
  [{ environment: 'api3' }, ['environment', 'warning', /with this name is documented/]],
  [
    { environment: 'https://prod4-app.sprinklr.com' },
    ['environment', 'error', /like a URL/, 'INPUT_INVALID'],
  ],
  [{ environment: '"prod2"' }, ['environment', 'error', /quotes/, 'INPUT_INVALID']],
];

const appIds: Row[] = [
  [
    { 'app-id': appId.replaceAll('=', '\\u003d') },
    ['app-id', 'ok', /partner 80000.*Contains \\u003d, which/],
  ],
  [{ 'app-id': idOf({ pId: 80000 }) }, ['app-id', 'ok', /^App ID: partner 80000\. /]],
  [
    { 'app-id': idOf({ tId: 1700000000000 }) },
    ['app-id', 'ok', /^App ID: registered 2023-11-14T22:13:20\.000Z\. /],
  ],
  [{ 'app-id': idOf({ x: 1 }) }, ['app-id', 'warning', /Does not decode/]],
  [{ 'app-id': 'm3mashery5n7x9w2q8r4t6y1' }, ['app-id', 'warning', /an API key/]],
  [{ 'app-id': appId.replace(/=+$/, '') }, ['app-id', 'ok', /partner/]],
  [{ 'app-id': `"${appId}"` }, ['app-id', 'ok', /./]],
  [{ 'app-id': appId.replaceAll('=', '%3D') }, ['app-id', 'ok', /./]],
  [{ 'app-id': appIdOf(new Date(now - DAY)) }, ['app-id and certificate', 'warning', /earlier/]],
];

const keysAndSecrets: Row[] = [
  [{ 'app-id': app.apiKey }, ['api-key', 'error', /same as app-id/]],
  [{ 'api-key': appId }, ['api-key', 'error', /content of an App ID/]],
  [{ 'api-key': appId.replaceAll('=', '\\u003d') }, ['api-key', 'error', /content of an App ID/]],
  [{ 'api-key': 'k7apikey3n5x 9w2q8r4t6y1zu' }, ['api-key', 'error', /spaces/, 'INPUT_INVALID']],
  [{ 'api-key': `${app.apiKey}\n` }, ['api-key', 'warning', /space or line break/]],
  [
    { 'api-key': `'${app.apiKey}'` },
    [
      'api-key',
      'error',
      /^`api-key` must not be wrapped in quotes\. [^.]+\. \(from [^)]+\)$/,
      'INPUT_INVALID',
    ],
  ],
  [{ 'api-key': `{${app.apiKey}}` }, ['api-key', 'error', /braces/]],
  [{ 'api-key': '$KEY' }, ['api-key', 'error', /shell variable/, 'INPUT_INVALID']],
  [{ 'api-key': 'SPRINKLR_API_KEY' }, ['api-key', 'warning', /name of a variable/]],
  [{ 'api-key': 'API_K' }, ['api-key', 'warning', /name of a variable/]],
  [{ 'api-key': 'xAPI_KEY' }, ['api-key', 'ok', /^8 characters\. \(/]],
  [{ 'api-key': 'API_KEYx' }, ['api-key', 'ok', /^8 characters\. \(/]],
  [{ 'api-key': 'API__KEY' }, ['api-key', 'ok', /^8 characters\. \(/]],
  [{ 'api-key': 'APIKEY' }, ['api-key', 'ok', /^6 characters\. \(/]],
  [
    { 'api-key': '' },
    ['api-key', 'error', /is empty.*\(SPRINKLR_API_KEY is set, but empty\)/, 'INPUT_MISSING'],
  ],
  [{ 'api-key': secret }, ['api-key', 'error', /A private key\./]],
  [{ 'api-secret': app.apiKey }, ['api-secret', 'error', /same as api-key/]],
  [{ 'api-secret': appId }, ['api-secret', 'error', /content of an App ID/]],
  [{ 'api-secret': 'S3cr3tHf8Q2mZ p7LxT4vRb9NcW' }, ['api-secret', 'warning', /space/]],
  [{ 'api-secret': 'gr\u00FCn' }, ['api-secret', 'warning', /ASCII/]],
  [{ 'api-secret': `${app.apiSecret}\r\n` }, ['api-secret', 'warning', /line break/]],
  [{ 'api-secret': `"${app.apiSecret}"` }, ['api-secret', 'error', /quotes/, 'INPUT_INVALID']],
];

const names: Row[] = [
  [{ username: ' ' }, ['username', 'error', /is empty.*\(--username is set, but empty\)/, 'INPUT_MISSING']],
  ...['a"b"', '"a"b', 'a{b}', '{a}b', '{a{b}', 'a1', '1a', 'A_B'].map((username): Row => [
    { username },
    ['username', 'ok', /\. \(from --username\)$/],
  ]),
  [{ username: 'CI Bot' }, ['username', 'warning', /a space/]],
  [{ username: 'ci\u00A0bot' }, ['username', 'warning', /a space/]],
  [{ username: ' ci-bot' }, ['username', 'warning', /^6 characters .* Starts or ends with a space/]],
  [{ username: '66014640' }, ['username', 'warning', /user ID/]],
  [
    { username: app.apiSecret },
    ['username', 'error', /^29 characters \(not shown.*\)\. The same as api-key or api-secret/],
  ],
  [
    { username: 's3cr3t', 'api-secret': ' s3cr3t ' },
    ['username', 'error', /^6 characters \(not shown.*\)\. The same as/],
  ],
  [
    { username: app.apiSecret.toLowerCase() },
    ['username', 'warning', /^29 characters .*Contains one of the secrets/],
  ],
  [{ username: 'ci\nbot' }, ['username', 'error', /one line/, 'INPUT_INVALID']],
  [{ username: '\u201cci-bot@example.com\u201d' }, ['username', 'error', /quotes/, 'INPUT_INVALID']],
  [{ username: secret }, ['username', 'error', /A private key\./]],
  [
    { audience: '' },
    ['audience', 'ok', /^https:\/\/www\.sprinklr\.com\/\. \(--audience is set, but empty\)$/],
  ],
  [{ audience: 'https://www.sprinklr.com/' }, ['audience', 'ok', /\. \(from --audience\)$/]],
  [{ audience: 'https://www.sprinklr.com' }, ['audience', 'warning', /trailing slash/]],
  [
    { audience: ' x y ' },
    ['audience', 'warning', /^3 characters .* Starts or ends with a space .* The documented audience/],
  ],
];

const endpoints: Row[] = [
  [{ gateway: 'API2' }, ['gateway', 'ok', /^API2\. /]],
  [{ gateway: 'api4' }, ['gateway', 'error', /api2.*api3/, 'INPUT_INVALID']],
  [{ 'base-url': 'https://api2.sprinklr.com' }, ['base-url', 'ok', /^https:/]],
  [{ 'base-url': 'https://sprinklr.example.com' }, ['base-url', 'ok', /^https:/]],
  [{ 'base-url': 'https://api3.sprinklr.com' }, ['base-url', 'warning', /other gateway/]],
  [{ 'base-url': 'https://Api3.sprinklr.com', gateway: 'API3' }, ['base-url', 'ok', /^https:/]],
  [{ 'base-url': 'http://sprinklr.example.com' }, ['base-url', 'error', /plain http/, 'INPUT_INVALID']],
  [{ gateway: 'api4' }, ['endpoints', 'skipped', /gateway, environment, or base-url has an error/]],
  [{ gateway: 'api4' }, ['proxy', 'skipped', /gateway, environment, or base-url has an error/]],
  [{ gateway: 'API3', environment: '' }, ['API URL', 'ok', /^https:\/\/api3\.sprinklr\.com$/]],
  [
    { gateway: 'API3', environment: '' },
    ['registration endpoint', 'ok', /^POST https:\/\/api3\.sprinklr\.com\/api\/app\/register$/],
  ],
  [{ environment: 'acme' }, ['API URL', 'ok', /^https:\/\/api2\.sprinklr\.com\/\{environment\}$/]],
  [
    { 'base-url': 'https://a1b2.example.com' },
    ['exchange endpoint', 'ok', /^POST \{base-url\}\/prod2\/oauth\/apptoken\/eyJ/],
  ],
  // It can be a secret.
  [
    { 'app-id': 'm3mashery5n7x9w2q8r4t6y1' },
    ['exchange endpoint', 'ok', /\/prod2\/oauth\/apptoken\/APP-ID$/],
  ],
  [{ 'assertion-lifetime': '60' }, ['assertion-lifetime', 'ok', /^60\. /]],
  [{ 'parameters-in': 'query' }, ['parameters-in', 'ok', /^query, as documented/]],
  [{ 'parameters-in': 'BODY' }, ['parameters-in', 'ok', /^body, which is not documented/]],
  [{ 'timeout-seconds': ' ' }, ['timeout-seconds', 'ok', /^60\. \(--timeout-seconds is set, but empty\)$/]],
  [{ 'certificate-warning-days': '30' }, ['certificate-warning-days', 'ok', /^30\. /]],
  [{ 'max-attempts': '11' }, ['max-attempts', 'error', /1 to 10/, 'INPUT_INVALID']],
];

const redirectUris = (
  [
    [app.redirectUri, 'ok', /without a trailing slash/],
    ['https://www.example.com/', 'ok', /with a trailing slash/],
    ['http://localhost:8080/cb', 'ok', /without a/],
    ['https://a.example/Path/?X=/', 'ok', /with a/],
    ['https://a.example/p?x=/', 'ok', /without a/],
    ['https://a.example:4430/', 'ok', /exactly\. \(from --redirect-uri\)$/],
    ['https://a.example:80/', 'ok', /exactly\. \(from/],
    ['https://a.example/x?y=a:443', 'ok', /exactly\. \(from/],
    ['https://a.example/?decode=1', 'ok', /exactly\. \(from/],
    ['https://a.example/?u=b://C', 'ok', /exactly\. \(from/],
    ['https://a.example/?u=b://c:443', 'ok', /exactly\. \(from/],
    ['http://localhost/?u=b://c:80', 'ok', /exactly\. \(from/],
    ['http://www.example.com/callback', 'warning', /Uses http\./],
    [`${app.redirectUri} `, 'warning', /space or line break/],
    ['https://www.Example.com/callback', 'warning', /uppercase/],
    ['htTps://a.example/', 'warning', /uppercase/],
    ['HTTPS://a.example/', 'warning', /uppercase/],
    [`${app.redirectUri}#top`, 'warning', /fragment/],
    ['https://www.example.com:443/callback', 'warning', /default port/],
    ['http://localhost:80/', 'warning', /default port/],
    [`${app.redirectUri}?code=abc`, 'warning', /from a consent/],
    ['https://a.example/?error=x', 'warning', /from a consent/],
    ['localhost:8080/callback', 'warning', /not start with https/],
    [encodeURIComponent(app.redirectUri), 'error', /Percent-encoded/, 'INPUT_INVALID'],
    [`"${app.redirectUri}"`, 'error', /quotes/, 'INPUT_INVALID'],
  ] as const
).map(([value, status, found, code]): Row => [
  { 'redirect-uri': value },
  ['redirect-uri', status, found, ...(code === undefined ? ([] as const) : ([code] as const))],
]);

const keyFile = (path: string): Row[0] => ({ 'private-key': undefined, 'private-key-file': path });
const certificateFile = (path: string): Row[0] => ({ 'certificate-file': path });
const materials: Row[] = [
  [
    { 'private-key': key },
    ['private-key', 'ok', /^PEM \(PKCS#8\), which works as well as DER, RSA, 2048 bits/],
  ],
  [keyFile(file('server.der')), ['private-key', 'ok', /^PKCS#8 DER, the file itself/]],
  [
    keyFile(file('utf16.key', Buffer.from(`\uFEFF${key}`, 'utf16le'))),
    ['private-key', 'ok', /^PEM \(PKCS#8\), with a byte-order mark, which/],
  ],
  [{ 'private-key': `"${secret}"` }, ['private-key', 'ok', /^base64 of PKCS#8 DER, in quotes/]],
  [{ 'private-key': damaged }, ['private-key', 'error', /./, 'KEY_UNREADABLE']],
  [keyFile(file('server.crt')), ['private-key', 'error', /certificate/, 'KEY_UNREADABLE']],
  [{ 'private-key': encrypted }, ['private-key', 'error', /passphrase/, 'KEY_ENCRYPTED']],
  [
    { 'private-key': encrypted, 'private-key-passphrase': 'wrong horse' },
    ['private-key', 'error', /passphrase/, 'KEY_ENCRYPTED'],
  ],
  [
    { 'private-key': encrypted, 'private-key-passphrase': 'correct_horse' },
    ['private-key', 'ok', /passphrase decrypts it/],
  ],
  [{ 'private-key-passphrase': 'correct_horse' }, ['private-key', 'ok', /passphrase is not used/]],
  [
    { 'private-key-passphrase-file': '/nowhere/words' },
    ['private-key', 'error', /\/nowhere\/words: no such file or folder/],
  ],
  [keyFile(file('short.key')), ['private-key', 'error', /1024 bits/, 'KEY_UNSUPPORTED']],
  [keyFile(folder), ['private-key', 'error', /is a folder/]],
  [
    certificateFile(file('server.key')),
    ['certificate', 'error', /private key/, 'CERTIFICATE_IS_PRIVATE_KEY'],
  ],
  [certificateFile(file('ec.crt')), ['certificate', 'error', /EC key/, 'KEY_UNSUPPORTED']],
  [
    certificateFile(file('server.csr')),
    ['certificate', 'error', /certificate request/, 'CERTIFICATE_UNREADABLE'],
  ],
  [
    certificateFile(
      file('changed.crt', pemBlock('CERTIFICATE', flipBits(certificateDer, certificateDer.length - 9))),
    ),
    ['certificate', 'warning', /valid from.*Cannot verify the certificate's signature/],
  ],
  [certificateFile(file('no-such.crt')), ['certificate', 'error', /no-such\.crt: no such file or folder/]],
  [certificateFile(file('server.crt')), ['private-key and certificate', 'ok', /They match/]],
  [
    certificateFile(join(other.folder, 'server.crt')),
    ['private-key and certificate', 'error', /./, 'CERTIFICATE_MISMATCH'],
  ],
  ...(
    [
      [undefined, 'warning'],
      ['10', 'warning'],
      ['', 'warning'],
      ['2', 'ok'],
      ['many', 'ok'],
    ] as const
  ).map(([days, status]): Row => [
    { ...certificateFile(join(other.folder, 'server.crt')), 'certificate-warning-days': days },
    ['certificate', status, status === 'ok' ? /valid from/ : /4 days/],
  ]),
  [{ 'api-key': undefined, 'api-key-file': file('empty', '\n') }, ['api-key', 'error', /\/empty is empty/]],
  [{ 'api-secret': undefined, 'api-secret-file': '-' }, ['api-secret', 'error', /Standard input is empty/]],
];

const clientPair = { 'mtls-certificate-file': file('server.crt'), 'mtls-private-key': key };
const validTo = new Date(new X509Certificate(certificate).validTo).toISOString();
const mutualTls: Row[] = [
  [
    clientPair,
    [
      'mtls-certificate',
      'ok',
      new RegExp(`^C=US, O=Example, CN=ci\\.example\\.com, valid until ${validTo}\\.`),
    ],
  ],
  [{ 'mtls-private-key': key }, ['mtls-certificate', 'error', /mtls-certificate/, 'INPUT_MISSING']],
  [
    { 'mtls-certificate-file': file('server.crt') },
    ['mtls-certificate', 'error', /mtls-private-key/, 'INPUT_MISSING'],
  ],
  [
    { 'mtls-certificate-file': '/nowhere/client.crt' },
    ['mtls-certificate', 'error', /client\.crt: no such file or folder/],
  ],
  [
    { ...clientPair, 'mtls-private-key': other.key },
    ['mtls-certificate', 'error', /does not match/, 'CERTIFICATE_MISMATCH'],
  ],
  [clientPair, ['mtls-certificate', 'error', /expired at/], { now: new Date(now + 401 * DAY) }],
];

const PROXY = 'http://proxy.example.com:3128';
const notBefore = new Date(new X509Certificate(certificate).validFrom).valueOf();
const installedAt = statSync(cliPath).mtime.valueOf();
const machine: Row[] = [
  [{}, ['clock', 'error', /certificate became valid/], { now: new Date(now - HOUR) }],
  [{ 'app-id': appIdOf(new Date(now + HOUR)) }, ['clock', 'error', /issued the App ID/]],
  [{ 'app-id': appIdOf(new Date(now + 20_000)) }, ['clock', 'ok', /^It is/], { now: new Date(now) }],
  [{ 'app-id': appIdOf(new Date(notBefore - 30_000)) }, ['app-id and certificate', 'ok', /newer/]],
  [{ 'app-id': appIdOf(new Date(notBefore - 90_000)) }, ['app-id and certificate', 'warning', /earlier/]],
  ...(
    [
      [23, 'ok'],
      [25, 'error'],
    ] as const
  ).map(([hours, status]): Row => [
    { 'certificate-file': undefined, 'app-id': undefined },
    ['clock', status, status === 'ok' ? /^It is/ : /was installed/],
    { now: new Date(installedAt - hours * HOUR) },
  ]),
  [{}, ['certificate', 'error', /expired/, 'CERTIFICATE_EXPIRED'], { now: new Date(now + 400 * DAY) }],
  [{}, ['proxy', 'ok', /^None\.$/]],
  [{}, ['proxy', 'ok', /^None\.$/], { env: { no_proxy: 'sprinklr.com' } }],
  [{}, ['proxy', 'ok', /go through http:\/\/proxy\.example\.com:3128\.$/], { env: { HTTPS_PROXY: PROXY } }],
  [
    {},
    ['proxy', 'ok', /through http:\/\/proxy\.example\.com:3128, with a username and password\.$/],
    { env: { https_proxy: 'http://proxyuser:pr0xypassword@proxy.example.com:3128' } },
  ],
  [
    {},
    ['proxy', 'ok', /no_proxy exempts api2\.sprinklr\.com/],
    { env: { HTTPS_PROXY: PROXY, NO_PROXY: 'sprinklr.com' } },
  ],
  [{ 'base-url': 'http://127.0.0.1:8899' }, ['proxy', 'ok', /Loopback/], { env: { https_proxy: PROXY } }],
  [
    {},
    ['proxy', 'error', /./, 'NETWORK_UNREACHABLE'],
    { env: { https_proxy: 'http://CORP\\ann@proxy:3128' } },
  ],
  [{}, ['proxy', 'warning', /http_proxy is set.*only https_proxy/], { env: { HTTP_PROXY: PROXY } }],
  [{}, ['proxy', 'warning', /all_proxy is set.*only https_proxy/], { env: { all_proxy: PROXY } }],
  ...(
    [
      ['no-such.pem', '', 'error', /does not exist/],
      ['server.key', '', 'error', /no PEM certificate/],
      ['server.crt', '', 'ok', /1 more CA is trusted/],
      ['two.pem', certificate + certificate, 'ok', /2 more CAs are trusted/],
    ] as const
  ).map(([name, content, status, found]): Row => [
    {},
    ['NODE_EXTRA_CA_CERTS', status, found],
    { env: { NODE_EXTRA_CA_CERTS: file(name, content) } },
  ]),
  [
    {},
    ['NODE_TLS_REJECT_UNAUTHORIZED', 'error', /pose as Sprinklr/],
    { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
  ],
];

/** Masking a key takes most of the time. */
const withoutKey = without(validInputs, 'private-key');
const withoutCredentials = without(withoutKey, 'certificate-file');

describe.each([
  ['environments', withoutCredentials, environments],
  ['App IDs', withoutKey, appIds],
  ['API keys and secrets', withoutCredentials, keysAndSecrets],
  ['names', withoutCredentials, names],
  ['endpoints and options', withoutCredentials, endpoints],
  ['redirect URIs', withoutCredentials, redirectUris],
  ['keys and certificates', validInputs, materials],
  ['mutual TLS', withoutCredentials, mutualTls],
  ['the machine', withoutKey, machine],
])('%s', (_, valid, rows) => {
  test.each(rows)('%#: %p', async (change, [name, status, found, code], machineState = {}) => {
    const inputs = Object.entries({ ...valid, ...change }).filter(([, value]) => value !== undefined);
    const diagnosis = await diagnose({ inputs: Object.fromEntries(inputs) as Inputs, ...machineState });
    const check = diagnosis.check(name);
    expect(check).toMatchObject({ status, found: expect.stringMatching(found) });
    expect(check.code).toBe(code);
    if (status === 'error') expect(check.remedy).toMatch(/^[A-Z`].{10}/);
    expect(diagnosis.ok).toBe(diagnosis.checks.every((each) => each.status !== 'error'));
    expect(diagnosis.exitCode).toBe(diagnosis.ok ? 0 : 1);
  });
});

test('the remedy of an invalid value names its flag and its variable', async () => {
  const { check } = await diagnose({
    inputs: { ...validInputs, username: 'two\nlines', 'api-key': 'two words' },
  });
  expect(check('username').remedy).toContain('--username or SPRINKLR_USERNAME');
  expect(check('api-key').remedy).toContain('--api-key-file or SPRINKLR_API_KEY');
});

test('mutual TLS is mentioned only with a certificate or key for it', async () => {
  const { checks } = await diagnose({ inputs: { ...validInputs, 'mtls-passphrase': 'words' } });
  expect(checks.filter(({ name }) => name.startsWith('mtls'))).toEqual([]);
});

test('one line break belongs to a file, but not to the value', async () => {
  const foundIn = async (text: string | Buffer): Promise<string> => {
    const inputs = { ...without(validInputs, 'api-secret'), 'api-secret-file': file('a-value', text) };
    return (await diagnose({ inputs })).check('api-secret').found;
  };
  expect(await foundIn('secret\r\n')).toBe(`6 characters. (from ${file('a-value')})`);
  expect(await foundIn('secret\n\n')).toContain('space or line break');
  // Windows PowerShell's > writes UTF-16.
  expect(await foundIn(Buffer.from('\uFEFFsecret\r\n', 'utf16le'))).toContain('6 characters.');
  expect(await foundIn('sec\nret\n')).not.toContain('space or line break');
});

test.each(['${{ secrets.SPRINKLR_API_KEY }}', '$SPRINKLR_API_KEY'])(
  'the placeholder %s is reported once',
  async (text) => {
    const { check } = await diagnose({ inputs: { 'api-key': text } });
    const { status, found } = check('api-key');
    expect(status).toBe('error');
    expect(found).toMatch(/^`api-key` is [^.]+\. \(from /);
  },
);
