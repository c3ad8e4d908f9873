import { expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, world } from './world.ts';

// One of each kind: __tests__/credentials tests every form of a key, and everything that is pasted instead of one.
const { key, der, secret, certificate } = material();
const openssl = (command: string): string =>
  material()
    .openssl(...command.split(' '))
    .toString();
const passphrase = 'correct-horse-battery-staple';
const encrypted = openssl(`pkcs8 -topk8 -in server.key -passout pass:${passphrase}`);
const traditional = openssl(`rsa -in server.key -traditional -aes256 -passout pass:${passphrase}`);

test.each<[string, Inputs]>([
  ['base64 of DER', { 'private-key': secret }],
  ['base64 with line breaks', { 'private-key': secret.replace(/.{64}/g, '$&\n') }],
  ['PEM', { 'private-key': key }],
  ['PEM with \\n escapes', { 'private-key': key.replaceAll('\n', '\\n') }],
  ['encrypted PEM', { 'private-key': encrypted, 'private-key-passphrase': passphrase }],
  ['encrypted PKCS#1 PEM', { 'private-key': traditional, 'private-key-passphrase': passphrase }],
  ['an unencrypted key with a passphrase', { 'private-key': secret, 'private-key-passphrase': passphrase }],
])('the private key is accepted as %s', async (_, inputs) => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: { ...token, ...inputs }, secrets: [secret, key] });

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  expect(step.masks).toContain(secret);
});

const ecKey = openssl('genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256');
test.each<[what: string, value: string, code: ErrorCode, ...facts: string[]]>([
  ['a certificate', certificate, 'KEY_UNREADABLE', 'certificate'],
  ['a placeholder', '${{ secrets.MY_SIGNING_KEY }}', 'INPUT_INVALID', 'expression'],
  ['half of the base64', secret.slice(0, 800), 'KEY_UNREADABLE', 'base64 -A'],
  ['PEM without its end', key.slice(0, 900), 'KEY_UNREADABLE'],
  ['DER bytes as text', der.toString().replaceAll('\0', ''), 'KEY_UNREADABLE', 'base64 -A'],
  ['a sentence', 'the key is in the vault, ask Ann', 'KEY_UNREADABLE', 'base64', 'PEM'],
  ['an EC key', ecKey, 'KEY_UNSUPPORTED', 'EC', 'RSA'],
  ['an RSA key that is too short', openssl('genrsa 1024'), 'KEY_UNSUPPORTED', '1024 bits', '2048'],
  ['an encrypted key without its passphrase', encrypted, 'KEY_ENCRYPTED', 'private-key-passphrase'],
])(
  '%s instead of the private key fails the step before any request',
  async (_, ...[value, code, ...facts]) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, 'private-key': value }, secrets: [secret, key] });

    expectFailure(step, code, 'private-key', ...facts);
    expect(sprinklr.requests).toEqual([]);
  },
);

test('an encrypted key with a wrong passphrase fails the step before any request', async () => {
  const { sprinklr, token } = await world();
  const inputs = { ...token, 'private-key': encrypted, 'private-key-passphrase': `"${passphrase}"` };
  const step = await runStep({ inputs, secrets: [secret] });

  expectFailure(step, 'KEY_ENCRYPTED', 'private-key-passphrase');
  expect(sprinklr.requests).toEqual([]);
});

test('the key of another certificate is rejected by Sprinklr, and the message names the input', async () => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: { ...token, 'private-key': openssl('genrsa 2048') } });

  expectFailure(step, 'CREDENTIALS_REJECTED', 'private-key');
  expect(sprinklr.requests).toHaveLength(1);
});
