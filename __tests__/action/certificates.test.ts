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
/** A certificate of its own key that lasts this many days from that day on. */
async function issued({ daysAgo, days }: { daysAgo: number; days: number }): Promise<Inputs> {
  const now = new Date(Date.now() - daysAgo * DAY_MS);
  const made = await generateKeyMaterial({ subject: { commonName: 'ci.example.com' }, days, now });
  return { certificate: made.certificatePem, 'private-key': base64(made.privateKeyDer) };
}

/** A step in either mode that works, with this certificate. */
async function steps(
  change: Inputs,
): Promise<{ sprinklr: Awaited<ReturnType<typeof world>>['sprinklr']; each: Inputs[] }> {
  const { sprinklr, token, register } = await world();
  return { sprinklr, each: [token, register].map((inputs) => ({ ...inputs, certificate, ...change })) };
}

describe('beside its private key, a certificate', () => {
  test.each([
    ['in PEM', certificate],
    ['in PEM with text around it', openssl('x509', '-in', 'server.crt', '-text').toString()],
    ['in base64 of PEM', base64(certificate)],
    ['in base64 of DER', base64(certificateDer)],
  ])('%s gives its fingerprint and its end', async (_, value) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, certificate: value } });

    const told = openssl(
      'x509',
      '-in',
      'server.crt',
      '-noout',
      '-fingerprint',
      '-sha256',
      '-enddate',
    ).toString();
    const [, fingerprint = '', end = ''] = /Fingerprint=([0-9A-F:]+)\nnotAfter=(.+)/.exec(told) ?? [];
    expectSuccess(step);
    expect(step.warnings).toEqual([]);
    expect(step.outputs).toMatchObject({
      'access-token': sprinklr.liveToken(app.apiKey),
      'certificate-fingerprint': fingerprint.replaceAll(':', '').toLowerCase(),
      'certificate-expires-at': new Date(end).toISOString(),
    });
    expect(step.summary).toContain(step.outputs['certificate-fingerprint']);
  });

  test('that is of another key fails both modes before any request', async () => {
    const { sprinklr, each } = await steps({
      ...(await issued({ daysAgo: 0, days: 9 })),
      'private-key': secret,
    });
    for (const inputs of each) {
      expectFailure(await runStep({ inputs }), 'CERTIFICATE_MISMATCH', 'do not belong together');
    }
    expect(sprinklr.requests).toEqual([]);
  });

  test('that has expired fails both modes before any request', async () => {
    const { sprinklr, each } = await steps(await issued({ daysAgo: 400, days: 365 }));
    for (const inputs of each) {
      expectFailure(
        await runStep({ inputs }),
        'CERTIFICATE_EXPIRED',
        /expired at \d{4}-\d\d-\d\dT/,
        'mode: register',
      );
    }
    expect(sprinklr.requests).toEqual([]);
  });

  test('that is about to expire is warned of, and works', async () => {
    const change = await issued({ daysAgo: 355, days: 365 });
    const { sprinklr, each } = await steps(change);
    const appId = sprinklr.register(change['certificate'] ?? '', app.apiKey);
    for (const inputs of each) {
      const step = await runStep({ inputs: { ...inputs, 'app-id': appId } });
      expectSuccess(step);
      expect(step.warnings.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^The certificate expires in (9|10) days, at \d{4}-\d\d-\d\dT/),
      ]);
    }
  });

  test.each([
    ['more days than are left', '400', 1],
    ['fewer days than are left', '300', 0],
    ['no days at all', '0', 0],
  ])('is watched for %s', async (_, days, warnings) => {
    const { token } = await world();
    const step = await runStep({ inputs: { ...token, certificate, 'certificate-warning-days': days } });

    expectSuccess(step);
    expect(step.warnings).toHaveLength(warnings);
  });

  test('can be left out, and then nothing is said of one', async () => {
    const { token } = await world();
    const step = await runStep({ inputs: token });

    expectSuccess(step);
    expect(Object.keys(step.outputs)).not.toContain('certificate-fingerprint');
    expect(step.summary).not.toContain('Certificate');
  });
});

describe('what is no certificate', () => {
  test.each<[string, string, string]>([
    ['a certificate request', openssl('req', '-in', 'server.csr').toString(), 'certificate request'],
    ['a public key', openssl('pkey', '-in', 'server.key', '-pubout').toString(), 'public key'],
    ['half of one', certificate.slice(0, 600), 'stops before its end'],
    ['a damaged one', certificate.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'), 'damaged'],
    ['two of them', certificate + certificate, 'holds 2 certificates'],
    ["a file's name", 'server.crt', 'path'],
    ['words', 'ask Ann', 'no certificate'],
  ])('(%s) is named in both modes before any request', async (_, value, words) => {
    const { sprinklr, each } = await steps({ certificate: value });
    for (const inputs of each) {
      expectFailure(await runStep({ inputs }), 'CERTIFICATE_UNREADABLE', 'The input certificate', words);
    }
    expect(sprinklr.requests).toEqual([]);
  });
});

test('a certificate of an EC key is refused in both modes before any request, as its signatures would be', async () => {
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.key');
  const ec = openssl('req', '-new', '-x509', '-key', 'ec.key', '-subj', '/CN=ci.example.com').toString();
  const { sprinklr, each } = await steps({ certificate: ec });
  for (const inputs of each) {
    expectFailure(
      await runStep({ inputs }),
      'KEY_UNSUPPORTED',
      'The input certificate is of an EC key (prime256v1)',
      'genrsa',
    );
  }
  expect(sprinklr.requests).toEqual([]);
});

describe('a private key in the place of the certificate', () => {
  const encrypted = openssl('pkcs8', '-topk8', '-in', 'server.key', '-passout', 'pass:abcd').toString();
  test.each<[string, string]>([
    ['in PEM', key],
    ['in PEM on one line', key.replaceAll('\n', '\\n')],
    ['in base64 of PEM', base64(key)],
    ["in base64 of the guide's file", secret],
    ['in that base64, in lines', secret.replace(/.{64}/g, '$&\n')],
    ['in that base64, for URLs', der.toString('base64url')],
    ['before the certificate', key + certificate],
    ['after the certificate', certificate + key],
    ['in base64 after the certificate', `${certificate}${secret}`],
    ['in base64 of both', base64(certificate + key)],
    ['in the frame of certutil', `-----BEGIN CERTIFICATE-----\n${secret}\n-----END CERTIFICATE-----`],
    ['encrypted', encrypted],
  ])('%s is never sent, never shown, and masked', async (_, value) => {
    const { sprinklr, register } = await world();
    const lines = value.split(/\n|\\n/).filter((line) => line.length > 20 && !line.startsWith('-----'));
    const step = await runStep({
      inputs: { ...register, certificate: value },
      secrets: [key, secret, ...lines],
    });

    expectFailure(
      step,
      'CERTIFICATE_IS_PRIVATE_KEY',
      'The input certificate holds a private key',
      'treat it as leaked',
    );
    expect(sprinklr.requests).toEqual([]);
    expect(lines.filter((line) => !step.masks.includes(line))).toEqual([]);
  });

  test('is masked even where something else is complained of first', async () => {
    const { register } = await world();
    const step = await runStep({
      inputs: { ...register, certificate: key, 'api-key': '' },
      secrets: [key],
    });

    expectFailure(step, 'INPUT_MISSING', 'api-key');
    expect(step.masks).toContain(key.split('\n')[2]);
  });

  test('fails a token step, too, and a client certificate', async () => {
    const { sprinklr, token } = await world();
    const places: Inputs[] = [
      { certificate: secret },
      { 'mtls-certificate': secret, 'mtls-private-key': key },
    ];
    for (const place of places) {
      const step = await runStep({ inputs: { ...token, ...place } });
      expectFailure(step, 'CERTIFICATE_IS_PRIVATE_KEY', `The input ${Object.keys(place)[0] ?? ''} holds`);
    }
    expect(sprinklr.requests).toEqual([]);
  });
});

test('a certificate of a key that is not RSA is named by its input', async () => {
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ec.key'];
  const elliptic = openssl('req', '-x509', ...made, '-subj', '/CN=ci.example.com').toString();
  const { token } = await world();
  const step = await runStep({ inputs: { ...token, certificate: elliptic } });
  expectFailure(step, 'KEY_UNSUPPORTED', 'The input certificate is of an EC key (prime256v1)');
});

test('what is no certificate is not masked, unless it is a private key', async () => {
  const request = material().read('server.csr').toString();
  const { token } = await world();
  const step = await runStep({ inputs: { ...token, certificate: request } });
  expectFailure(step, 'CERTIFICATE_UNREADABLE');
  expect(step.masks.filter((mask) => request.includes(mask))).toEqual([]);
});

test('a client key that is none is named by its input', async () => {
  const { token } = await world();
  const client = { 'mtls-certificate': certificate, 'mtls-private-key': 'zebra seventeen' };
  const step = await runStep({ inputs: { ...token, ...client } });
  expectFailure(step, 'KEY_UNREADABLE', 'The input mtls-private-key ');
});
