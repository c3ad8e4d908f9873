import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { generateKeyMaterial } from '../../src/credentials/keygen.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, world } from './world.ts';

const { certificate, key, der, secret } = material();
const openssl = (...args: string[]): Buffer => material().openssl(...args);
const base64 = (file: Buffer | string): string => Buffer.from(file).toString('base64');
const certificateDer = openssl('x509', '-in', 'server.crt', '-outform', 'DER');

const DAY_MS = 24 * 3600_000;
/** A certificate and its private key, valid for `days` from `daysAgo`. */
async function issue({ daysAgo, days }: { daysAgo: number; days: number }): Promise<Inputs> {
  const now = new Date(Date.now() - daysAgo * DAY_MS);
  const made = await generateKeyMaterial({ subject: { commonName: 'ci.example.com' }, days, now });
  return { certificate: made.certificatePem, 'private-key': base64(made.privateKeyDer) };
}

/** The inputs of a successful step in each mode that accepts a certificate, with these changes. */
async function bothModes(
  change: Inputs,
): Promise<{ sprinklr: Awaited<ReturnType<typeof world>>['sprinklr']; both: Inputs[] }> {
  const { sprinklr, token, register } = await world();
  return { sprinklr, both: [token, register].map((inputs) => ({ ...inputs, certificate, ...change })) };
}

describe('a certificate of the private key', () => {
  test.each([
    ['in PEM', certificate],
    ['in PEM with text around it', openssl('x509', '-in', 'server.crt', '-text').toString()],
    ['in base64 of PEM', base64(certificate)],
    ['in base64 of DER', base64(certificateDer)],
  ])('%s sets the outputs for its fingerprint and expiry', async (_, value) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, certificate: value } });

    const { fingerprint256, validTo } = new X509Certificate(certificate);
    expectSuccess(step);
    expect(step.warnings).toEqual([]);
    expect(step.outputs).toMatchObject({
      'access-token': sprinklr.liveToken(app.apiKey),
      'certificate-fingerprint': fingerprint256.replaceAll(':', '').toLowerCase(),
      'certificate-expires-at': new Date(validTo).toISOString(),
    });
    for (const output of ['certificate-fingerprint', 'certificate-expires-at'])
      expect(step.summary).toContain(step.outputs[output]);
  });

  test('of another key fails both modes before any request', async () => {
    const { sprinklr, both } = await bothModes({
      ...(await issue({ daysAgo: 0, days: 9 })),
      'private-key': secret,
    });
    for (const inputs of both) {
      expectFailure(await runStep({ inputs }), 'CERTIFICATE_MISMATCH');
    }
    expect(sprinklr.requests).toEqual([]);
  });

  test('that has expired fails both modes before any request', async () => {
    const { sprinklr, both } = await bothModes(await issue({ daysAgo: 400, days: 365 }));
    for (const inputs of both) {
      expectFailure(
        await runStep({ inputs }),
        'CERTIFICATE_EXPIRED',
        /\d{4}-\d\d-\d\dT/,
        'register the certificate',
      );
    }
    expect(sprinklr.requests).toEqual([]);
  });

  test('that is about to expire causes a warning', async () => {
    const change = await issue({ daysAgo: 355, days: 365 });
    const { sprinklr, both } = await bothModes(change);
    const appId = sprinklr.register(change['certificate'] ?? '', app.apiKey);
    for (const inputs of both) {
      const step = await runStep({ inputs: { ...inputs, 'app-id': appId } });
      expectSuccess(step);
      expect(step.warnings.map(({ message }) => message)).toEqual([
        expect.stringMatching(/(9|10) days.*\d{4}-\d\d-\d\dT/),
      ]);
    }
  });

  test.each([
    ['400', 1],
    ['300', 0],
    ['0', 0],
  ])('with certificate-warning-days %s causes %i warnings', async (days, warnings) => {
    const { token } = await world();
    const step = await runStep({ inputs: { ...token, certificate, 'certificate-warning-days': days } });

    expectSuccess(step);
    expect(step.warnings).toHaveLength(warnings);
  });
});

describe('a value that is not a certificate', () => {
  test.each<[string, string, string]>([
    ['a certificate request', openssl('req', '-in', 'server.csr').toString(), 'certificate request'],
    ['a public key', openssl('pkey', '-in', 'server.key', '-pubout').toString(), 'public key'],
    ['a truncated one', certificate.slice(0, 600), 'certificate'],
    ['a damaged one', certificate.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'), 'damaged'],
    ['two of them', certificate + certificate, '2 certificates'],
    ['a file name', 'server.crt', 'path'],
    ['a sentence', 'ask Ann', 'certificate'],
  ])('(%s) is named in both modes before any request', async (_, value, fact) => {
    const { sprinklr, both } = await bothModes({ certificate: value });
    for (const inputs of both) {
      expectFailure(await runStep({ inputs }), 'CERTIFICATE_UNREADABLE', 'certificate', fact);
    }
    expect(sprinklr.requests).toEqual([]);
  });
});

test('a certificate of an EC key is rejected in both modes before any request', async () => {
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
  const ec = openssl('req', '-new', '-x509', '-key', 'ec.key', '-subj', '/CN=ci.example.com').toString();
  const { sprinklr, both } = await bothModes({ certificate: ec });
  for (const inputs of both) {
    expectFailure(await runStep({ inputs }), 'KEY_UNSUPPORTED', 'prime256v1', 'genrsa');
  }
  expect(sprinklr.requests).toEqual([]);
});

describe('a private key instead of the certificate', () => {
  const encrypted = openssl('pkcs8', '-topk8', '-in', 'server.key', '-passout', 'pass:abcd').toString();
  test.each<[string, string]>([
    ['in PEM', key],
    ['in PEM on one line', key.replaceAll('\n', '\\n')],
    ['in base64 of PEM', base64(key)],
    ["in base64 of the guide's file", secret],
    ['in base64 with line breaks', secret.replace(/.{64}/g, '$&\n')],
    ['in base64url', der.toString('base64url')],
    ['before the certificate', key + certificate],
    ['after the certificate', certificate + key],
    ['in base64 after the certificate', `${certificate}${secret}`],
    ['in base64 of both', base64(certificate + key)],
    [
      'in the CERTIFICATE block of certutil',
      `-----BEGIN CERTIFICATE-----\n${secret}\n-----END CERTIFICATE-----`,
    ],
    ['encrypted', encrypted],
  ])('%s is masked and neither sent nor printed', async (_, value) => {
    const { sprinklr, register } = await world();
    const lines = value.split(/\n|\\n/).filter((line) => line.length > 20 && !line.startsWith('-----'));
    const step = await runStep({
      inputs: { ...register, certificate: value },
      secrets: [key, secret, ...lines],
    });

    expectFailure(step, 'CERTIFICATE_IS_PRIVATE_KEY', 'certificate');
    expect(sprinklr.requests).toEqual([]);
    expect(lines.filter((line) => !step.masks.includes(line))).toEqual([]);
  });

  test('is masked even if another input fails first', async () => {
    const { register } = await world();
    const step = await runStep({
      inputs: { ...register, certificate: key, 'api-key': '' },
      secrets: [key],
    });

    expectFailure(step, 'INPUT_MISSING', 'api-key');
    expect(step.masks).toContain(key.split('\n')[2]);
  });

  test('also fails in mode token and as mtls-certificate', async () => {
    const { sprinklr, token } = await world();
    const changes: Inputs[] = [
      { certificate: secret },
      { 'mtls-certificate': secret, 'mtls-private-key': key },
    ];
    for (const change of changes) {
      const step = await runStep({ inputs: { ...token, ...change } });
      expectFailure(step, 'CERTIFICATE_IS_PRIVATE_KEY', Object.keys(change)[0] ?? '');
    }
    expect(sprinklr.requests).toEqual([]);
  });
});

test('a certificate request is not masked', async () => {
  const request = material().read('server.csr').toString();
  const { token } = await world();
  const step = await runStep({ inputs: { ...token, certificate: request } });
  expectFailure(step, 'CERTIFICATE_UNREADABLE');
  expect(step.masks.filter((mask) => request.includes(mask))).toEqual([]);
});

test('an unreadable client key is reported by the name of its input', async () => {
  const { token } = await world();
  const client = { 'mtls-certificate': certificate, 'mtls-private-key': 'zebra seventeen' };
  const step = await runStep({ inputs: { ...token, ...client } });
  expectFailure(step, 'KEY_UNREADABLE', 'mtls-private-key');
});
