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

// interface.md, "private-key".
describe('the private key may be', () => {
  test.each<[string, string, Inputs?]>([
    ["base64 of the guide's file", secret],
    ['that base64 in lines', wrapped(secret)],
    ['that base64 in lines of Windows', wrapped(secret).replaceAll('\n', '\r\n')],
    ['that base64 for URLs', der.toString('base64url')],
    ['that base64 without its padding', secret.replace(/=+$/, '')],
    ['that base64 in quotes', `"${secret}"`],
    ['that base64 after a byte-order mark', `\ufeff${secret}`],
    ['that base64 with \\n written out', wrapped(secret).replaceAll('\n', '\\n')],
    ['base64 of a PKCS#1 file', base64(pkcs1)],
    ['base64 of a PEM file', base64(pkcs8Pem)],
    ['base64 of a PEM file of Windows', base64(`\ufeff${pkcs8Pem.replaceAll('\n', '\r\n')}`)],
    ['base64 of a PKCS#1 PEM file', base64(pkcs1Pem)],
    ['PEM, PKCS#8', pkcs8Pem],
    ['PEM, PKCS#1', pkcs1Pem],
    ['PEM with \\n written out', pkcs8Pem.replaceAll('\n', '\\n')],
    ['PEM with spaces for line ends', pkcs8Pem.replaceAll('\n', ' ')],
    ['PEM without line ends', pkcs8Pem.replaceAll('\n', '')],
    ['PEM of Windows', pkcs1Pem.replaceAll('\n', '\r\n')],
    ['PEM in quotes', `'${pkcs8Pem}'`],
    [
      'the file in the frame of certutil',
      `-----BEGIN CERTIFICATE-----\n${wrapped(secret)}\n-----END CERTIFICATE-----`,
    ],
    ['encrypted PEM, with its passphrase', encrypted, { 'private-key-passphrase': passphrase }],
    [
      'PEM encrypted of old, with its passphrase',
      encryptedTraditional,
      { 'private-key-passphrase': passphrase },
    ],
    ['a plain key with a passphrase that it does not need', secret, { 'private-key-passphrase': passphrase }],
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
const jwt = `${base64('{"alg":"RS256"}')}.${base64('{"sub":"somebody"}')}.c2lnbmF0dXJlIG9mIGl0`.replaceAll(
  '=',
  '',
);
const flipped = Buffer.from(der);
flipped[200] = (flipped[200] ?? 0) ^ 1;

describe('in the place of the private key', () => {
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
    ['an assertion', jwt, 'KEY_UNREADABLE', 'JWT'],
    [
      'JSON of another service',
      `{"type":"service_account","private_key":${JSON.stringify(key)}}`,
      'KEY_UNREADABLE',
      'JSON',
    ],
    ['a path', '/home/runner/keys/sprinklr-ci.der', 'KEY_UNREADABLE', 'name of a file'],
    ["a file's name", 'sprinklr-ci-key.der', 'KEY_UNREADABLE', 'name of a file'],
    ['a placeholder', '${{ secrets.MY_SIGNING_KEY }}', 'KEY_UNREADABLE', 'placeholder'],
    ['half of it', secret.slice(0, 800), 'KEY_UNREADABLE', 'base64 -A'],
    ['PEM without its end', key.slice(0, 900), 'KEY_UNREADABLE', 'cut short'],
    ['its first line', '-----BEGIN PRIVATE KEY-----', 'KEY_UNREADABLE', 'line'],
    ['its bytes as text', der.toString().replaceAll('\0', ''), 'KEY_UNREADABLE', 'binary file', 'base64 -A'],
    ['one with a bit flipped', base64(flipped), 'KEY_UNREADABLE', 'private-key'],
    ['its digits in hexadecimal', der.toString('hex'), 'KEY_UNREADABLE', 'hexadecimal'],
    ['words', 'the key is in the vault, ask Ann', 'KEY_UNREADABLE', 'neither base64 nor PEM'],
    ['an EC key', pkcs8('ec.key'), 'KEY_UNSUPPORTED', 'an EC key', 'RSA'],
    ['an RSA key that is too short', pkcs8('small.key'), 'KEY_UNSUPPORTED', '1024 bits', '2048'],
    ['an encrypted key alone', encrypted, 'KEY_ENCRYPTED', 'private-key-passphrase is empty'],
    [
      'a key encrypted of old alone',
      encryptedTraditional,
      'KEY_ENCRYPTED',
      'private-key-passphrase is empty',
    ],
  ])('%s fails the step before any request', async (_, ...[value, code, ...words]) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, 'private-key': value }, secrets: [secret, key] });

    expectFailure(step, code, 'The input private-key', ...words);
    expect(sprinklr.requests).toEqual([]);
  });

  test.each([
    ['of another', 'another passphrase than that'],
    ['with a quote too many', `"${passphrase}"`],
  ])('an encrypted key with a passphrase %s fails the step', async (_, wrong) => {
    const { sprinklr, token } = await world();
    const inputs = { ...token, 'private-key': encrypted, 'private-key-passphrase': wrong };
    const step = await runStep({ inputs, secrets: [secret] });

    expectFailure(step, 'KEY_ENCRYPTED', 'private-key-passphrase does not open');
    expect(sprinklr.requests).toEqual([]);
  });

  test('the key of another certificate is refused by Sprinklr, and the message leads to it', async () => {
    const { sprinklr, token } = await world();
    const other = openssl('genrsa', '2048').toString();
    const step = await runStep({ inputs: { ...token, 'private-key': other } });

    expectFailure(
      step,
      'CREDENTIALS_REJECTED',
      'the signature does not fit',
      'private-key is the key of the',
    );
    expect(sprinklr.requests).toHaveLength(1);
  });
});
