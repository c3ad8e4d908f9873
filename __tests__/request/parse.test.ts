import { expect, test } from '@jest/globals';
import { toPkcs8Der } from '../../src/credentials/private-key.ts';
import type { ActionError } from '../../src/errors.ts';
import { createSecrets } from '../../src/redaction.ts';
import { parseInput, parseRequest, parseTokenRequest, type Request } from '../../src/request/parse.ts';
import type { ReadInput } from '../../src/request/parsers.ts';
import { definitionOf, INPUT_NAMES, type InputName } from '../../src/request/schema.ts';
import { actionErrorOf } from '../credentials/action-error.ts';
import { base64, wrap } from '../credentials/encodings.ts';
import { sharedMaterial } from '../material.ts';

const material = sharedMaterial();
const { certificate, key, secret } = material;
const encryptedKey = material
  .openssl(...'pkcs8 -topk8 -in server.key -passout pass:passphrase'.split(' '))
  .toString();
const ecKey = material
  .openssl(...'genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256'.split(' '))
  .toString();
const sealKey = base64(Buffer.alloc(32, 7));

type Inputs = Partial<Record<InputName, string>>;
const app: Inputs = {
  'api-key': 'k7apikey3n5x9w2q8r4t6y1zu',
  'api-secret': 'S3cr3t/+Hf8Q2mZp7LxT4vRb9',
  'redirect-uri': 'https://www.example.com/callback',
};
const token: Inputs = {
  ...app,
  'private-key': secret,
  'app-id': 'eyJwSWQiOjgwMDAwfQ==',
  username: 'ci-bot@example.com',
};
const register: Inputs = { ...app, mode: 'register', certificate, 'authorization-code': 'c0de+of/consent' };
const unseal: Inputs = { mode: 'unseal', 'sealed-token': 'eyJ.sealed', 'seal-key': sealKey };
const mtls: Inputs = { 'mtls-certificate': certificate, 'mtls-private-key': key };
const scope = { repository: '123456', runId: '987654' };

function readerOf(inputs: Inputs): ReadInput {
  return (name) => inputs[name as InputName] ?? '';
}

interface Parsed {
  readonly result: Request | ActionError;
  readonly masks: readonly string[];
  readonly scopeCalls: number;
}

/** Parses a request with the real masking, and records what is masked. */
function tryParse(inputs: Inputs): Parsed {
  const masks: string[] = [];
  const secrets = createSecrets((text) => masks.push(text));
  let scopeCalls = 0;
  const sealScope = (): typeof scope => {
    scopeCalls++;
    return scope;
  };
  const parse = (): Request => parseRequest(readerOf(inputs), { secrets, sealScope });
  try {
    return { result: parse(), masks, scopeCalls };
  } catch {
    return { result: actionErrorOf(parse), masks, scopeCalls };
  }
}

function parse<Mode extends Request['mode']>(mode: Mode, inputs: Inputs): Request & { mode: Mode } {
  const { result } = tryParse(inputs);
  if (result instanceof Error) throw result;
  expect(result.mode).toBe(mode);
  return result as Request & { mode: Mode };
}

function errorOf(inputs: Inputs): ActionError {
  const { result } = tryParse(inputs);
  if (!(result instanceof Error)) throw new Error('The request was parsed.');
  return result;
}

// Single inputs.

test.each<[InputName, string, unknown]>([
  ['mode', '', 'token'],
  ['mode', 'Register', 'register'],
  ['mode', ' unseal\n', 'unseal'],
  ['app-id', 'eyJwSWQiOjgwMDAwfQ\\u003d\\u003D', 'eyJwSWQiOjgwMDAwfQ=='],
  ['username', '"CI" bot@example.com', '"CI" bot@example.com'],
  ['username', 'jörg.müller+ci@exämple.com', 'jörg.müller+ci@exämple.com'],
  ['audience', '', 'https://www.sprinklr.com/'],
  ['audience', 'https://other.example', 'https://other.example'],
  ['api-key', ' k7apikey ', 'k7apikey'],
  ['api-secret', 'S3cr3t/+Hf 8Q2\n', 'S3cr3t/+Hf 8Q2'],
  [
    'redirect-uri',
    'https://www.Example.com:443/CallBack?a=%2f',
    'https://www.Example.com:443/CallBack?a=%2f',
  ],
  ['environment', ' { PROD2 } ', 'prod2'],
  ['environment', 'prod', ''],
  ['environment', '', ''],
  ['gateway', '', 'api2'],
  ['gateway', 'API3', 'api3'],
  ['base-url', '', undefined],
  ['base-url', 'http://LOCALHOST:8080/', new URL('http://localhost:8080')],
  ['certificate', '', undefined],
  ['certificate-warning-days', '', 30],
  ['certificate-warning-days', '0', 0],
  ['certificate-warning-days', '3650', 3650],
  ['access-token', 'P9+ewuw+Nid5=', 'P9+ewuw+Nid5='],
  ['authorization-code', 'https://www.example.com/callback?code=c0de%2Fx&state=1', 'c0de/x'],
  ['assertion-lifetime', '', 180],
  ['assertion-lifetime', '30', 30],
  ['assertion-lifetime', '600', 600],
  ['parameters-in', '', 'query'],
  ['parameters-in', 'Body', 'body'],
  ['verify', '', false],
  ['verify', 'TRUE', true],
  ['allowed-workspace-ids', '', []],
  ['allowed-workspace-ids', ' , ', []],
  ['allowed-workspace-ids', '1, 22\n333\r\n4,,5', ['1', '22', '333', '4', '5']],
  ['seal', '', false],
  ['seal', 'true', true],
  ['seal-key', '', undefined],
  ['seal-key', ` ${sealKey}\n`, Buffer.alloc(32, 7)],
  ['export-env', 'False', false],
  ['job-summary', '', true],
  ['max-attempts', '', 4],
  ['max-attempts', ' 1 ', 1],
  ['max-attempts', '10', 10],
  ['timeout-seconds', '', 60],
  ['timeout-seconds', '5', 5],
  ['timeout-seconds', '\t600\n', 600],
  ['mtls-certificate', '', undefined],
  ['mtls-certificate', base64(certificate), certificate],
  ['mtls-private-key', '', undefined],
  ['strategy-job-total', '', 1],
  ['strategy-job-total', '${{ strategy.job-total }}', 1],
  ['strategy-job-total', '4', 4],
  ['strategy-job-total', '1e999', 1],
])('parses `%s` %j as %j', (name, text, value) => {
  expect(parseInput(name, readerOf({ [name]: text }))).toEqual(value);
});

test.each(INPUT_NAMES)('an empty %s means its default', (name) => {
  const { default: fallback } = definitionOf(name);
  if (fallback === undefined) return;
  expect(parseInput(name, readerOf({ [name]: ' \n' }))).toEqual(
    parseInput(name, readerOf({ [name]: fallback })),
  );
});

const LONG = '9'.repeat(400);
const ORIGIN = 'https://api2.sprinklr.com';
/** The facts in the message for each input, and the rejected values. */
const rejected: [InputName, string[], string[]][] = [
  ['mode', ['`token`', '`register`', '`unseal`'], ['refresh']],
  ['max-attempts', ['1', '10'], ['0', '11', '-1', '2.5', 'four']],
  ['timeout-seconds', ['5', '600'], ['4', '601', '1e2', '0x10', '60s', '+60', LONG]],
  ['assertion-lifetime', ['30', '600'], ['29', '601']],
  ['certificate-warning-days', ['0', '3650'], ['-3', '3651']],
  ['export-env', ['`true`', '`false`'], ['yes']],
  ['job-summary', ['`true`', '`false`'], ['1']],
  ['verify', ['`true`', '`false`'], ['on']],
  ['seal', ['`true`', '`false`'], ['TRUE FALSE']],
  ['gateway', ['`api2`', '`api3`'], ['api4', 'https://api3.sprinklr.com']],
  ['parameters-in', ['`query`', '`body`'], ['header']],
  ['environment', [], ['prod2/api', 'https://space-prod2.sprinklr.com']],
  ['base-url', ['http'], ['http://api2.sprinklr.com']],
  ['base-url', ['origin'], [`${ORIGIN}/prod2`, `${ORIGIN}?a=b`, `${ORIGIN}#a`]],
  ['base-url', ['password'], ['https://ann:pass@api2.sprinklr.com']],
  ['app-id', ['base64'], ['the one from April', '{"data":null,"Errors":[]}']],
  [
    'redirect-uri',
    ['URL', 'https://www.example.com/callback'],
    ['callback.example.com/sprinklr', '/callback'],
  ],
  ['redirect-uri', ['one line'], ['https://a.example\nhttps://b.example']],
  [
    'username',
    ['one line'],
    ['ci-bot@example.com\nroot', 'ci-bot\u0007@example.com', 'ci-bot\u202e@example.com'],
  ],
  ['username', ['one line'], ['ci-bot\u2028@example.com', 'ci-bot\u2029@example.com']],
  ['audience', ['one line'], ['https://a/\nhttps://b/']],
  ['api-secret', ['one line'], ['S3cr3t/+Hf8Q2\nmZp7LxT4vRb9']],
  [
    'api-key',
    ['ASCII'],
    ['k7apikey3n5 x9w2q8r4t6y1zu', 'k7apikey3n5\nx9w2q8r4t6y1zu', 'k7apikéy3n5x9w2q8r4'],
  ],
  ['access-token', ['ASCII'], ['two words', 'tokén']],
  ['authorization-code', ['code'], ['https://www.example.com/callback?state=1']],
  ['allowed-workspace-ids', ['numeric'], ['12;13', 'Production', '-1']],
  ['seal-key', ['32'], ['correct horse battery staple']],
  // YAML and shells remove quotes. These are part of what was stored.
  ['api-key', ['quotes'], ['"k7apikey3n5x9w2q8r4"', '“k7apikey3n5x9w2q8r4”', '`k7apikey3n5x9w2q8r4`']],
  ['api-secret', ['quotes'], ["'S3cr3t/+Hf8Q2'", '‘S3cr3t/+Hf8Q2’']],
  ['access-token', ['quotes'], ['"P9+ewuw+Nid5hg4KBRNPmI5OGE="']],
  ['username', ['quotes'], ['"ci-bot@example.com"']],
  ['audience', ['quotes'], ["'https://www.sprinklr.com/'"]],
  ['redirect-uri', ['quotes'], ["'https://www.example.com/callback'"]],
];
const rejectedCases = rejected.flatMap(([name, facts, texts]) =>
  texts.map((text) => ({ name, facts, text })),
);

test.each(rejectedCases)('rejects `$name` $text', ({ name, facts, text }) => {
  const error = actionErrorOf(() => parseInput(name, readerOf({ [name]: text })));
  expect(error).toMatchObject({ code: 'INPUT_INVALID', inputs: [name] });
  expect(error.message).toMatch(new RegExp(`^\`${name}\` .*\\.$`));
  for (const fact of facts) expect(`${error.message} ${error.remedy}`).toContain(fact);
  if (text.length > 12) expect(`${error.message} ${error.remedy}`).not.toContain(text);
});

test('decrypts a key with the passphrase that belongs to it', () => {
  const inputs: Inputs = {
    'private-key': encryptedKey,
    'private-key-passphrase': ' passphrase\n',
    'mtls-private-key': encryptedKey,
    'mtls-passphrase': 'another',
  };
  expect(base64(toPkcs8Der(parseInput('private-key', readerOf(inputs))))).toBe(secret);
  const error = actionErrorOf(() => parseInput('mtls-private-key', readerOf(inputs)));
  expect(error).toMatchObject({ code: 'KEY_ENCRYPTED', inputs: ['mtls-private-key'] });
});

test('rejects a key that is not RSA for signing, and its certificate, but not for mutual TLS', () => {
  const ec: Inputs = { 'private-key': ecKey, 'mtls-private-key': ecKey };
  const error = actionErrorOf(() => parseInput('private-key', readerOf(ec)));
  expect(error).toMatchObject({ code: 'KEY_UNSUPPORTED', inputs: ['private-key'] });
  expect(parseInput('mtls-private-key', readerOf(ec))?.asymmetricKeyType).toBe('ec');

  const ecCertificate = material.openssl(
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -subj /CN=x'.split(' '),
  );
  const certificateError = actionErrorOf(() =>
    parseInput('certificate', readerOf({ certificate: ecCertificate.toString() })),
  );
  expect(certificateError).toMatchObject({ code: 'KEY_UNSUPPORTED', inputs: ['certificate'] });
});

// Whole requests.

test('a token request has the defaults and the parsed values', () => {
  const request = parse('token', token);
  expect(request).toEqual({
    mode: 'token',
    appId: 'eyJwSWQiOjgwMDAwfQ==',
    username: 'ci-bot@example.com',
    audience: 'https://www.sprinklr.com/',
    app: {
      apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
      apiSecret: 'S3cr3t/+Hf8Q2mZp7LxT4vRb9',
      redirectUri: 'https://www.example.com/callback',
    },
    gateway: expect.objectContaining({ apiUrl: ORIGIN }),
    assertionLifetime: 180,
    parametersIn: 'query',
    certificateWarningDays: 30,
    http: { timeoutSeconds: 60, maxAttempts: 4, clientCertificate: undefined },
    privateKey: expect.anything(),
    certificate: undefined,
    verify: undefined,
    seal: undefined,
  });
  expect(base64(toPkcs8Der(request.privateKey))).toBe(secret);
});

test('base-url, environment, and gateway give the endpoints', () => {
  const { gateway } = parse('token', {
    ...token,
    ...{ 'base-url': 'https://eu.example.com', environment: 'prod4', gateway: 'api3' },
  });
  expect(gateway.apiUrl).toBe('https://eu.example.com/prod4');
  expect(gateway.registrationEndpoint.href).toBe('https://eu.example.com/prod4/api/app/register');
});

test.each<[Inputs, unknown]>([
  [{ verify: 'true' }, { allowedWorkspaceIds: [] }],
  [{ 'allowed-workspace-ids': '9' }, { allowedWorkspaceIds: ['9'] }],
  [{ verify: 'false', 'allowed-workspace-ids': '9' }, { allowedWorkspaceIds: ['9'] }],
  [{ verify: 'false' }, undefined],
])('%j gives the verification %j', (inputs, verify) => {
  expect(parse('token', { ...token, ...inputs }).verify).toEqual(verify);
});

test('a register request has the certificate, and the code with the app that exchanges it', () => {
  const request = parse('register', { ...register, 'private-key': key });
  expect(request).toMatchObject({
    apiKey: app['api-key'],
    certificate: { pem: certificate },
    certificateWarningDays: 30,
    grant: {
      code: 'c0de+of/consent',
      app: { apiSecret: app['api-secret'], redirectUri: app['redirect-uri'] },
    },
  });
  expect(request.privateKey && base64(toPkcs8Der(request.privateKey))).toBe(secret);
  expect(parse('register', register).privateKey).toBeUndefined();
});

test('a register request with an access token needs neither api-secret nor redirect-uri', () => {
  const { grant } = parse('register', {
    ...{ mode: 'register', certificate, 'api-key': 'k7apikey', 'access-token': 'P9+ewuw+Nid5=' },
  });
  expect(grant).toEqual({ accessToken: 'P9+ewuw+Nid5=' });
});

test('an unseal request uses seal-key if it is set, otherwise the private key', () => {
  const withSealKey = parse('unseal', { ...unseal, 'private-key': 'not even a key' });
  expect(withSealKey).toEqual({
    mode: 'unseal',
    sealedToken: 'eyJ.sealed',
    sealKey: { kind: 'seal-key', bytes: Buffer.alloc(32, 7) },
    scope,
  });
  const withPrivateKey = parse('unseal', { ...unseal, 'seal-key': '', 'private-key': secret });
  expect(withPrivateKey.sealKey.kind).toBe('private-key');
});

test.each<[Inputs, string]>([
  [{ seal: 'true' }, 'private-key'],
  [{ seal: 'true', 'seal-key': sealKey }, 'seal-key'],
])('a token request with %j seals with the %s', (inputs, kind) => {
  expect(parse('token', { ...token, ...inputs }).seal).toMatchObject({ sealKey: { kind }, scope });
});

test.each<[string, Inputs, number]>([
  ['token', { ...token, 'seal-key': sealKey }, 0],
  ['token with seal', { ...token, seal: 'true' }, 1],
  ['register', { ...register, seal: 'true' }, 0],
  ['unseal', unseal, 1],
])('the scope of sealing is read only if it is needed: %s', (_, inputs, calls) => {
  expect(tryParse(inputs).scopeCalls).toBe(calls);
});

test('the client certificate for mutual TLS becomes PEM', () => {
  const { http } = parse('token', {
    ...token,
    ...{ 'mtls-certificate': base64(certificate), 'mtls-private-key': base64(encryptedKey) },
    'mtls-passphrase': 'passphrase',
  });
  expect(http.clientCertificate?.cert).toBe(certificate);
  expect(http.clientCertificate?.key).toBe(key);
});

test('a front end that has decided on the mode does not read it', () => {
  const options = { secrets: createSecrets(() => undefined), sealScope: () => scope };
  expect(parseTokenRequest(readerOf({ ...token, mode: 'refresh' }), options).mode).toBe('token');
});

// Missing inputs.

test.each<[string, Inputs, InputName[]]>([
  [
    'token',
    { 'private-key': ' \t ', username: '\n' },
    ['private-key', 'app-id', 'username', 'api-key', 'api-secret', 'redirect-uri'],
  ],
  ['token, some', { ...token, username: '', 'api-secret': ' ' }, ['username', 'api-secret']],
  ['register', { mode: 'register' }, ['api-key', 'certificate']],
  [
    'register with a code',
    { ...register, 'api-secret': '', 'redirect-uri': '' },
    ['api-secret', 'redirect-uri'],
  ],
  ['unseal', { mode: 'unseal' }, ['sealed-token']],
  ['unseal without a key', { ...unseal, 'seal-key': '' }, ['seal-key', 'private-key']],
  ['mtls-certificate alone', { ...token, 'mtls-certificate': certificate }, ['mtls-private-key']],
  ['mtls-private-key alone', { ...token, 'mtls-private-key': key }, ['mtls-certificate']],
])('names all missing inputs at once: %s', (_, inputs, missing) => {
  const error = errorOf(inputs);
  expect(error).toMatchObject({ code: 'INPUT_MISSING', inputs: missing });
  for (const name of missing) expect(error.message).toContain(`\`${name}\``);
});

test.each<[string, Inputs]>([
  ['INPUT_INVALID', { 'access-token': 'P9+ewuw+Nid5=' }],
  ['INPUT_MISSING', { 'authorization-code': '' }],
])('registration needs either an access token or a code: %s', (code, inputs) => {
  const error = errorOf({ ...register, ...inputs });
  expect(error.code).toBe(code);
  for (const name of ['`access-token`', '`authorization-code`']) expect(error.message).toContain(name);
});

// Masking.

/** One value for every secret input, none of which any mode can use. */
const strays = Object.fromEntries(
  INPUT_NAMES.filter((name) => definitionOf(name).secret === true).map((name) => [
    name,
    `stray ${name} value`,
  ]),
);

test.each<[string, Inputs]>([
  ['an invalid mode', { mode: 'refresh' }],
  ['missing inputs', {}],
  ['missing inputs of register', { mode: 'register' }],
  ['missing inputs of unseal', { mode: 'unseal' }],
  ['invalid inputs', { ...token, 'base-url': 'http://example.com' }],
])('every secret input is masked, whatever else is wrong: %s', (_, inputs) => {
  const { result, masks } = tryParse({ ...inputs, ...strays });
  expect(result).toBeInstanceOf(Error);
  for (const value of Object.values(strays)) expect(masks).toContain(value);
});

test('public inputs are not masked', () => {
  const { masks } = tryParse({ ...token, certificate });
  for (const name of ['username', 'app-id', 'redirect-uri'] as const)
    expect(masks).not.toContain(token[name]);
  expect(masks.filter((mask) => certificate.includes(mask))).toEqual([]);
});

test.each<[string, Inputs]>([
  ['private-key, in token', { ...token, 'private-key': key }],
  ['private-key, in register', { ...register, 'private-key': base64(key) }],
  ['private-key, in unseal', { ...unseal, 'seal-key': '', 'private-key': key }],
  ['mtls-private-key', { ...register, ...mtls }],
  ['mtls-private-key, without a certificate', { ...register, ...mtls, 'mtls-certificate': 'ask Ann' }],
])('a private key is masked in the forms in which it was not pasted, too: %s', (_, inputs) => {
  const { masks } = tryParse({ ...inputs });
  expect(masks).toContain(secret);
  for (const line of wrap(secret, 64)
    .split('\n')
    .filter((text) => text.length >= 8))
    expect(masks).toContain(line);
});

test('a decrypted private key is masked', () => {
  const inputs: Inputs = { 'private-key': encryptedKey, 'private-key-passphrase': 'passphrase' };
  expect(tryParse({ ...token, ...inputs }).masks).toContain(secret);
});

test('a code is masked in the form that it has in a URL', () => {
  const url = 'https://www.example.com/callback?code=c0de%2Fof%2Fconsent&state=1';
  const { masks } = tryParse({ ...register, 'authorization-code': url });
  expect(masks).toEqual(expect.arrayContaining([url, 'c0de/of/consent']));
});

test.each<[InputName, Inputs]>([
  ['certificate', token],
  ['certificate', register],
  ['mtls-certificate', { ...token, ...mtls }],
])('a private key pasted as %s is masked and reported', (name, inputs) => {
  for (const value of [encryptedKey, base64(encryptedKey)]) {
    const { result, masks } = tryParse({ ...inputs, [name]: value });
    expect(result).toMatchObject({ code: 'CERTIFICATE_IS_PRIVATE_KEY', inputs: [name] });
    expect(masks).toContain(value.split('\n')[1] ?? value);
  }
});

test.each<InputName>(['certificate', 'mtls-certificate', 'app-id', 'username'])(
  'a PEM key pasted as %s is masked even if the mode is invalid',
  (name) => {
    const { masks } = tryParse({ mode: 'refresh', [name]: key });
    expect(masks).toContain(key.split('\n')[1]);
  },
);
