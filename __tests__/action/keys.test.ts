import { describe, expect, test } from '@jest/globals';
import type { ErrorCode } from '../../src/errors.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, world } from './world.ts';

const { key, der, secret, certificate } = material();
const openssl = (...args: string[]): Buffer => material().openssl(...args);
const passphrase = 'correct horse battery staple';
const base64 = (file: Buffer | string): string => Buffer.from(file).toString('base64');
const wrapped = (text: string): string => text.replace(/.{64}/g, '$&\n');

const pkcs1 = openssl('rsa', '-in', 'server.key', '-traditional', '-outform', 'DER');
const pkcs1Pem = openssl('rsa', '-in', 'server.key', '-traditional').toString();
const pkcs8Pem = openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'server.key').toString();
const encrypted = openssl(
  'pkcs8',
  '-topk8',
  '-in',
  'server.key',
  '-passout',
  `pass:${passphrase}`,
).toString();
const encryptedTraditional = openssl(
  ...['rsa', '-in', 'server.key', '-traditional', '-aes256', '-passout', `pass:${passphrase}`],
).toString();

describe('the private key is accepted as', () => {
  test.each<[string, string, Inputs?]>([
    ['base64 of PKCS#8 DER', secret],
    ['base64 with line breaks', wrapped(secret)],
    ['base64 with CRLF', wrapped(secret).replaceAll('\n', '\r\n')],
    ['base64url', der.toString('base64url')],
    ['base64 without padding', secret.replace(/=+$/, '')],
    ['base64 in quotes', `"${secret}"`],
    ['base64 after a byte-order mark', `\ufeff${secret}`],
    ['base64 with \\n escapes', wrapped(secret).replaceAll('\n', '\\n')],
    ['base64 of PKCS#1 DER', base64(pkcs1)],
    ['base64 of PKCS#8 PEM', base64(pkcs8Pem)],
    ['base64 of PEM with a byte-order mark and CRLF', base64(`\ufeff${pkcs8Pem.replaceAll('\n', '\r\n')}`)],
    ['base64 of PKCS#1 PEM', base64(pkcs1Pem)],
    ['PKCS#8 PEM', pkcs8Pem],
    ['PKCS#1 PEM', pkcs1Pem],
    ['PEM with \\n escapes', pkcs8Pem.replaceAll('\n', '\\n')],
    ['PEM with spaces instead of line breaks', pkcs8Pem.replaceAll('\n', ' ')],
    ['PEM without line breaks', pkcs8Pem.replaceAll('\n', '')],
    ['PEM with CRLF', pkcs1Pem.replaceAll('\n', '\r\n')],
    ['PEM in quotes', `'${pkcs8Pem}'`],
    [
      'base64 in the CERTIFICATE block of certutil',
      `-----BEGIN CERTIFICATE-----\n${wrapped(secret)}\n-----END CERTIFICATE-----`,
    ],
    ['encrypted PKCS#8 PEM with its passphrase', encrypted, { 'private-key-passphrase': passphrase }],
    [
      'encrypted PKCS#1 PEM with its passphrase',
      encryptedTraditional,
      { 'private-key-passphrase': passphrase },
    ],
    ['an unencrypted key with a passphrase', secret, { 'private-key-passphrase': passphrase }],
  ])('%s', async (_, value, more = {}) => {
    const { sprinklr, token } = await world();
    const step = await runStep({
      inputs: { ...token, 'private-key': value, ...more },
      secrets: [secret, key],
    });

    expectSuccess(step);
    expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
    expect(step.masks).toContain(secret);
  });
});

openssl('genrsa', '-out', 'small.key', '1024');
openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
const pkcs8 = (file: string): string => openssl('pkcs8', '-topk8', '-nocrypt', '-in', file).toString();
const jwt = `${base64('{"alg":"RS256"}')}.${base64('{"sub":"ci-bot"}')}.c2lnbmF0dXJlIG9mIGl0`.replaceAll(
  '=',
  '',
);
const flipped = Buffer.from(der);
flipped[200] = (flipped[200] ?? 0) ^ 1;

describe('instead of the private key,', () => {
  test.each<[string, string, ErrorCode, ...(string | RegExp)[]]>([
    ['a certificate', certificate, 'KEY_UNREADABLE', 'certificate'],
    ['base64 of a certificate', base64(certificate), 'KEY_UNREADABLE', 'certificate'],
    [
      'a certificate request',
      openssl('req', '-in', 'server.csr').toString(),
      'KEY_UNREADABLE',
      'certificate request',
    ],
    [
      'a public key',
      openssl('pkey', '-in', 'server.key', '-pubout').toString(),
      'KEY_UNREADABLE',
      'public key',
    ],
    ['a JWT', jwt, 'KEY_UNREADABLE', 'JWT'],
    [
      'JSON of another service',
      `{"type":"service_account","private_key":${JSON.stringify(key)}}`,
      'KEY_UNREADABLE',
      'JSON',
    ],
    ['a path', '/home/runner/keys/sprinklr-ci.der', 'KEY_UNREADABLE', 'file'],
    ['a file name', 'sprinklr-ci-key.der', 'KEY_UNREADABLE', 'file'],
    ['a placeholder', '${{ secrets.MY_SIGNING_KEY }}', 'KEY_UNREADABLE', 'placeholder'],
    ['half of the base64', secret.slice(0, 800), 'KEY_UNREADABLE', 'base64 -A'],
    ['PEM without its end', key.slice(0, 900), 'KEY_UNREADABLE'],
    ['the first line of PEM', '-----BEGIN PRIVATE KEY-----', 'KEY_UNREADABLE', 'PEM'],
    ['DER bytes as text', der.toString().replaceAll('\0', ''), 'KEY_UNREADABLE', 'base64 -A'],
    ['DER with a bit flipped', base64(flipped), 'KEY_UNREADABLE', 'private-key'],
    ['hexadecimal', der.toString('hex'), 'KEY_UNREADABLE', 'hexadecimal'],
    ['a sentence', 'the key is in the vault, ask Ann', 'KEY_UNREADABLE', 'base64', 'PEM'],
    ['an EC key', pkcs8('ec.key'), 'KEY_UNSUPPORTED', 'EC', 'RSA'],
    ['an RSA key that is too short', pkcs8('small.key'), 'KEY_UNSUPPORTED', '1024 bits', '2048'],
    ['an encrypted key without passphrase', encrypted, 'KEY_ENCRYPTED', 'private-key-passphrase'],
    [
      'an encrypted PKCS#1 key without passphrase',
      encryptedTraditional,
      'KEY_ENCRYPTED',
      'private-key-passphrase',
    ],
  ])('%s fails the step before any request', async (_, ...[value, code, ...facts]) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, 'private-key': value }, secrets: [secret, key] });

    expectFailure(step, code, 'private-key', ...facts);
    expect(sprinklr.requests).toEqual([]);
  });

  test.each([
    ['of another key', 'another passphrase than that'],
    ['in quotes', `"${passphrase}"`],
  ])('an encrypted key with the passphrase %s fails the step', async (_, wrong) => {
    const { sprinklr, token } = await world();
    const inputs = { ...token, 'private-key': encrypted, 'private-key-passphrase': wrong };
    const step = await runStep({ inputs, secrets: [secret] });

    expectFailure(step, 'KEY_ENCRYPTED', 'private-key-passphrase');
    expect(sprinklr.requests).toEqual([]);
  });

  test('the key of another certificate is rejected by Sprinklr, and the message names the input', async () => {
    const { sprinklr, token } = await world();
    const other = openssl('genrsa', '2048').toString();
    const step = await runStep({ inputs: { ...token, 'private-key': other } });

    expectFailure(step, 'CREDENTIALS_REJECTED', 'private-key');
    expect(sprinklr.requests).toHaveLength(1);
  });
});
