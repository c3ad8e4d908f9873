import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { generateKeyMaterial } from '../../src/credentials/keygen.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, material, world } from './world.ts';

// __tests__/credentials tests every form of a certificate, and everything that is pasted instead of one.
const { certificate, key, secret } = material();
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
    ['in PEM with text around it', openssl('x509', '-in', 'server.crt', '-text').toString()],
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
      expectFailure(await runStep({ inputs }), 'CERTIFICATE_EXPIRED', /\d{4}-\d\d-\d\dT/, 'setup --rotate');
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

test.each<[string, string, string]>([
  ['a certificate request', material().read('server.csr').toString(), 'certificate request'],
  ['a truncated certificate', certificate.slice(0, 600), 'certificate'],
  [
    'two certificates without a chain',
    certificate + openssl('req', '-new', '-x509', '-key', 'server.key', '-subj', '/CN=other').toString(),
    '2 certificates',
  ],
])('%s is reported in both modes before any request, and not masked', async (_, value, fact) => {
  const { sprinklr, both } = await bothModes({ certificate: value });
  for (const inputs of both) {
    const step = await runStep({ inputs });
    expectFailure(step, 'CERTIFICATE_UNREADABLE', 'certificate', fact);
    expect(step.masks.filter((mask) => value.includes(mask))).toEqual([]);
  }
  expect(sprinklr.requests).toEqual([]);
});

test('a certificate of an EC key is rejected in both modes before any request', async () => {
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
  const ec = openssl('req', '-new', '-x509', '-key', 'ec.key', '-subj', '/CN=ci.example.com').toString();
  const { sprinklr, both } = await bothModes({ certificate: ec });
  for (const inputs of both) {
    expectFailure(await runStep({ inputs }), 'KEY_UNSUPPORTED', 'prime256v1', 'keygen');
  }
  expect(sprinklr.requests).toEqual([]);
});

describe('a private key instead of the certificate', () => {
  test.each<[string, string]>([
    ['in PEM on one line', key.replaceAll('\n', '\\n')],
    ["in base64 of the guide's file", secret],
    ['in PEM after the certificate', certificate + key],
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

test('an unreadable client key is reported by the name of its input', async () => {
  const { token } = await world();
  const client = { 'mtls-certificate': certificate, 'mtls-private-key': 'zebra seventeen' };
  const step = await runStep({ inputs: { ...token, ...client } });
  expectFailure(step, 'KEY_UNREADABLE', 'mtls-private-key');
});
