import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { adviceFor, documentationLink } from '../../src/action/advice.ts';
import { newKeyDetails, toKeyError } from '../../src/credentials/key-problems.ts';
import { ActionError, type ErrorCode } from '../../src/errors.ts';
import { parseInput, parseRequest } from '../../src/request/parse.ts';
import type { InputName } from '../../src/request/schema.ts';
import { createSecrets } from '../../src/redaction.ts';
import { thrownError } from '../sprinklr/thrown-error.ts';

const error = (code: ErrorCode, ...inputs: string[]): ActionError =>
  new ActionError(code, '', { remedy: '', inputs });

test.each([
  ['api-secret', '`gh secret set SPRINKLR_API_SECRET`'],
  ['app-id', '`gh variable set SPRINKLR_APP_ID`'],
  ['private-key', '`openssl base64 -A -in server.der | gh secret set SPRINKLR_PRIVATE_KEY`'],
  ['certificate', '`gh variable set SPRINKLR_CERTIFICATE < server.crt`'],
  ['mtls-certificate', '`gh variable set SPRINKLR_MTLS_CERTIFICATE < client.crt`'],
  ['mtls-private-key', '`gh secret set SPRINKLR_MTLS_PRIVATE_KEY < client.key`'],
])('for a missing %s, the advice has the reasons and the command that stores it', (name, command) => {
  const advice = adviceFor(error('INPUT_MISSING', name));
  expect(advice).toContain(command);
  expect(advice).toMatch(/empty string.*`environment`.*`secrets: inherit`.*forks.*Dependabot/);
});

test('for several missing inputs, the advice has the command of each', () => {
  const secrets = createSecrets(() => undefined);
  const values: Record<string, string> = { 'app-id': 'eyJw', username: 'ci', 'private-key': 'x' };
  const missing = thrownError(() =>
    parseRequest((name) => values[name] ?? '', { secrets, sealScope: () => ({ repository: '', runId: '' }) }),
  );
  expect(missing).toMatchObject({ code: 'INPUT_MISSING', inputs: ['api-key', 'api-secret', 'redirect-uri'] });
  expect(adviceFor(missing)).toContain(
    '`gh secret set SPRINKLR_API_KEY`; `gh secret set SPRINKLR_API_SECRET`; `gh variable set SPRINKLR_REDIRECT_URI`',
  );
});

test('for a missing sealed token, the advice names outputs and needs, and no store command', () => {
  const advice = adviceFor(error('INPUT_MISSING', 'sealed-token'));
  expect(advice).toMatch(/`outputs`.*`needs`.*masked value/);
  expect(advice).not.toContain('gh ');
});

/** The advice for a value that the parser of its input rejects. */
function adviceForInvalid(name: InputName, value: string): string {
  return adviceFor(thrownError(() => parseInput(name, (input) => (input === name ? value : ''))));
}

test.each<[InputName, string, RegExp]>([
  ['max-attempts', '11', /`max-attempts`.*`with:`/],
  ['app-id', 'a path/', /`app-id`.*`with:`/],
  ['api-secret', '"quoted"', /again.*`gh secret set SPRINKLR_API_SECRET`/],
  ['seal-key', 'short', /again.*`gh secret set SPRINKLR_SEAL_KEY`/],
])('for an invalid %s, the advice says where to correct it', (name, value, place) => {
  expect(adviceForInvalid(name, value)).toMatch(place);
  expect(adviceForInvalid(name, value)).not.toContain(value);
});

test('the advice never stores an authorization code, which works once', () => {
  expect(adviceForInvalid('authorization-code', 'https://www.example.com/?error=access_denied')).toBe('');
  expect(adviceFor(error('INPUT_MISSING', 'authorization-code'))).toBe('');
});

test.each([
  [
    toKeyError('public-key', { input: 'private-key', length: 0, size: 0 }),
    'KEY_UNREADABLE',
    '`openssl base64 -A -in server.key | gh secret set SPRINKLR_PRIVATE_KEY`',
  ],
  [
    toKeyError('passphrase-missing', { input: 'private-key', length: 0, size: 0 }),
    'KEY_ENCRYPTED',
    '`openssl base64 -A -in server.key | gh secret set SPRINKLR_PRIVATE_KEY`',
  ],
  [
    toKeyError('damaged', { input: 'mtls-private-key', length: 0, size: 0 }),
    'KEY_UNREADABLE',
    '`gh secret set SPRINKLR_MTLS_PRIVATE_KEY < client.key`',
  ],
  [
    new ActionError('KEY_UNSUPPORTED', '', newKeyDetails('private-key')),
    'KEY_UNSUPPORTED',
    '`openssl base64 -A -in server.key | gh secret set SPRINKLR_PRIVATE_KEY`',
  ],
])(
  'for a key or certificate with a file (%#), the advice has the command that stores it',
  (thrown, code, command) => {
    expect(thrown.code).toBe(code);
    expect(adviceFor(thrown)).toBe(`Then run ${command}.`);
  },
);

test('an error without a remedy has only the command that stores the file', () => {
  const thrown = toKeyError('path', { input: 'private-key', length: 0, size: 0 });
  expect(adviceFor(thrown)).toBe(
    'Run `openssl base64 -A -in server.key | gh secret set SPRINKLR_PRIVATE_KEY`.',
  );
});

test.each([
  error('INPUT_INVALID'),
  error('INPUT_MISSING', 'GITHUB_OUTPUT'),
  error('INPUT_INVALID', 'constructor'),
  error('WORKSPACE_NOT_ALLOWED', 'allowed-workspace-ids'),
  error('NETWORK_UNREACHABLE'),
])('an error without an input to correct or a file has no advice (%#)', (thrown) => {
  expect(adviceFor(thrown)).toBe('');
});

const RUNNER = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_ACTION_REPOSITORY: 'org/sprinklr-token',
  GITHUB_ACTION_REF: 'v1',
};
const clear = (): void => {
  for (const name of Object.keys(RUNNER)) Reflect.deleteProperty(process.env, name);
};
beforeEach(clear);
afterEach(clear);

test('on github.com, the link leads to the entry in the documentation of the running version', () => {
  Object.assign(process.env, RUNNER);
  expect(documentationLink(error('KEY_UNREADABLE'))).toContain(
    'https://github.com/org/sprinklr-token/blob/v1/docs/troubleshooting.md#key_unreadable',
  );
});

test.each<[string, Partial<typeof RUNNER>]>([
  ['on another server', { GITHUB_SERVER_URL: 'https://github.example.com' }],
  ['in a local action', { GITHUB_ACTION_REPOSITORY: '' }],
  ['without a ref', { GITHUB_ACTION_REF: '' }],
  ['with a repository that is no name', { GITHUB_ACTION_REPOSITORY: 'org/sprinklr-token/x y' }],
  ['with a repository that has a query', { GITHUB_ACTION_REPOSITORY: 'org/sprinklr-token?x' }],
  ['with a repository that starts with ?', { GITHUB_ACTION_REPOSITORY: '?/org/sprinklr-token' }],
  ['with a repository that has no owner', { GITHUB_ACTION_REPOSITORY: 'sprinklr-token' }],
  ['with a ref that starts with ?', { GITHUB_ACTION_REF: '?v1' }],
  ['with a ref that contains a line break', { GITHUB_ACTION_REF: 'v1\n::warning::' }],
  ['with a ref that is no name', { GITHUB_ACTION_REF: 'v1) [x](http://example.com' }],
])('%s, there is no link', (_, env) => {
  Object.assign(process.env, RUNNER, env);
  expect(documentationLink(error('KEY_UNREADABLE'))).toBe('');
});

test('outside of a runner, there is no link', () => {
  expect(documentationLink(error('KEY_UNREADABLE'))).toBe('');
});
