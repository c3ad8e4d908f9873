import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { generateKeyMaterial } from '../../src/credentials/keygen.ts';
import { makeMaterial } from '../material.ts';
import { makeAuthority } from '../action/authority.ts';
import { runStep, type Inputs, type Step } from '../action/harness.ts';
import { startProxy } from '../action/proxy.ts';
import { app, material, world, type World } from '../action/world.ts';

/** The messages that a page quotes, in order. */
function quotedIn(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^Error: (.*)$/gm)].map(([, message = '']) => message);
}

/** Hosts, times and amounts are those of an example; so are the names that a system has for a broken connection. */
function withoutExamples(message: string): string {
  return message
    .replace(/\((E[A-Z_]{4,}|[A-Z]+(_[A-Z]+)+)\)/g, '(SYSTEM)')
    .replace(/\b(api2\.sprinklr\.com|127\.0\.0\.1:\d+|[\w.]+\.invalid)/g, 'HOST')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\d+ s\b/g, 'N s')
    .replace(/workspace \d+/g, 'workspace N');
}

const status = (
  code: number,
  body?: string,
): { kind: 'status'; status: number; body?: string; headers: Record<string, string> } => ({
  kind: 'status',
  status: code,
  headers: { 'Retry-After': '0' },
  ...(body !== undefined && { body }),
});

type Prepared = Inputs | (Omit<Step, 'inputs'> & { inputs: Inputs });
const otherKey = makeMaterial();

/** How to come by each message, in the order of docs/troubleshooting.md. */
const scenes: Record<string, (made: World) => Prepared | Promise<Prepared>> = {
  'an empty secret': ({ token }) => ({ ...token, 'api-secret': '' }),
  'a number out of bounds': ({ token }) => ({ ...token, 'timeout-seconds': '4' }),
  'a secret in quotes': ({ token }) => ({ ...token, 'api-secret': `"${app.apiSecret}"` }),
  'no environment': ({ token }) => ({ ...token, environment: 'https://prod2' }),
  'a denied consent': ({ register }) => ({
    ...register,
    'authorization-code': 'https://www.example.com/callback?error=access_denied',
  }),
  'raw bytes': ({ token }) => ({
    ...token,
    'private-key': material().der.toString('utf8').replaceAll('\0', ''),
  }),
  'a certificate as key': ({ token }) => ({ ...token, 'private-key': material().certificate }),
  'an encrypted key': ({ token }) => ({
    ...token,
    'private-key': material().read('server.pass.key').toString(),
  }),
  'a key on a curve': ({ token }) => {
    material().openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', 'ec.key');
    return { ...token, 'private-key': material().read('ec.key').toString() };
  },
  'a request as certificate': ({ token }) => ({
    ...token,
    certificate: material().read('server.csr').toString(),
  }),
  'a key as certificate': ({ token }) => ({ ...token, certificate: material().key }),
  'an expired certificate': async ({ token }) => ({ ...token, ...(await expired()) }),
  "another key's certificate": ({ token }) => ({ ...token, certificate: otherKey.certificate }),
  'another callback': ({ token }) => ({ ...token, 'redirect-uri': 'https://www.example.com/' }),
  'a used code': ({ register }) => ({ ...register, 'authorization-code': 'spent-a-week-ago' }),
  'an ended token': ({ register }) => {
    const { 'authorization-code': code = '', ...others } = register;
    return { ...others, 'access-token': `not-${code}` };
  },
  'a token that was ended at once': ({ token, sprinklr }) => {
    sprinklr.fault(
      'me',
      status(401, '{"data":[],"errors":[{"code":401,"message":"Invalid or expired token"}]}'),
    );
    return { ...token, verify: 'true' };
  },
  'an unknown key': ({ token }) => ({ ...token, 'api-key': 'an-unknown-api-key' }),
  'no permission': ({ token, sprinklr }) => {
    sprinklr.fault('apptoken', status(403, '{"error":"forbidden"}'));
    return token;
  },
  'another environment': ({ token, sprinklr }) => {
    sprinklr.fault('apptoken', status(421, '<h1>Misdirected Request</h1>'));
    return token;
  },
  'no such address': ({ token, sprinklr }) => {
    sprinklr.fault('apptoken', status(404, '<h1>Not Found</h1>'));
    return token;
  },
  'no such address to register at': ({ register, sprinklr }) => {
    sprinklr.fault('register', status(404, '<h1>Not Found</h1>'));
    return register;
  },
  'too many requests': ({ token, sprinklr }) => {
    sprinklr.fault('apptoken', { kind: 'retry-after', after: 3600 });
    return token;
  },
  'a failure of Sprinklr': ({ token, sprinklr }) => {
    sprinklr.fault(
      'apptoken',
      ...Array.from({ length: 4 }, () => status(503, '<h1>Service Unavailable</h1>')),
    );
    return token;
  },
  'no such host': ({ token }) => ({ ...token, 'base-url': 'https://sprinklr.invalid', 'max-attempts': '1' }),
  'no proxy there': ({ token }) => ({
    inputs: { ...token, 'base-url': 'https://sprinklr.invalid', 'max-attempts': '1' },
    env: { https_proxy: 'http://127.0.0.1:9' },
  }),
  'a proxy that wants a password': async ({ token }) => ({
    inputs: { ...token, 'base-url': 'https://sprinklr.invalid' },
    env: { https_proxy: `http://${(await startProxy({ to: 'http://127.0.0.1:9', status: 407 })).host}` },
  }),
  'no answer in time': ({ token, sprinklr }) => {
    sprinklr.fault('apptoken', { kind: 'hang' });
    return { ...token, 'timeout-seconds': '5' };
  },
  'an unknown CA': async () => (await world({ tls: makeAuthority().issue() })).token,
  'a redirect': ({ token, sprinklr }) => {
    sprinklr.fault('apptoken', { kind: 'redirect', location: 'https://login.example.com/' });
    return token;
  },
  'a page': ({ token, sprinklr }) => {
    sprinklr.fault('apptoken', { kind: 'html' });
    return token;
  },
  'an error in a success': ({ token, sprinklr }) => {
    sprinklr.fault('apptoken', { kind: 'body', json: { errors: [{ code: 401, message: 'token revoked' }] } });
    return token;
  },
  'another workspace': ({ token }) => ({ ...token, 'allowed-workspace-ids': '1' }),
  'another run': async ({ token }) => unsealIn(token, { GITHUB_RUN_ID: '1' }),
  'no sealed token': ({ token }) => ({ ...token, mode: 'unseal', 'sealed-token': app.redirectUri }),
  'another version': async ({ token }) => {
    const { inputs } = await unsealIn(token, {});
    const header = Buffer.from('{"alg":"dir","enc":"A256GCM","ver":2}').toString('base64url');
    return {
      ...inputs,
      'sealed-token': `${header}${inputs['sealed-token']?.slice(inputs['sealed-token'].indexOf('.')) ?? ''}`,
    };
  },
  'an expired token': async () => {
    const { token } = await world({ tokenLifetime: 1 });
    const step = await unsealIn(token, {});
    await new Promise((resolve) => setTimeout(resolve, 1100));
    return step;
  },
  'no runner': ({ token }) => ({ inputs: token, env: { GITHUB_OUTPUT: undefined } }),
};

async function unsealIn(token: Inputs, env: Record<string, string>): Promise<Step> {
  const { outputs } = await runStep({ inputs: { ...token, seal: 'true' } });
  const inputs = {
    mode: 'unseal',
    'sealed-token': outputs['sealed-token'] ?? '',
    'private-key': material().secret,
  };
  return { inputs, env };
}

async function expired(): Promise<Inputs> {
  const now = new Date('2020-01-01T00:00:00Z');
  const { privateKeyPem, certificatePem } = await generateKeyMaterial({
    subject: { commonName: 'old' },
    days: 365,
    now,
  });
  return { certificate: certificatePem, 'private-key': privateKeyPem };
}

const said = new Set<string>();

test.each(Object.keys(scenes))('docs/troubleshooting.md quotes what is said about: %s', async (name) => {
  const prepared = (await scenes[name]?.(await world())) ?? {};
  const step = await runStep('inputs' in prepared ? (prepared as Step) : { inputs: prepared });
  const message = withoutExamples(step.errors[0]?.message ?? 'it did not fail');
  said.add(message);
  expect(quotedIn('docs/troubleshooting.md').map(withoutExamples)).toContain(message);
});

test.each(['docs/troubleshooting.md', 'README.md', 'docs/security.md', 'docs/parallel-jobs.md'])(
  '%s quotes nothing else',
  (page) => {
    const known = [
      ...said,
      'sprinklr-token failed in a way that it should not. Run the job again with debug logging, and open an issue with the log of this step.',
    ];
    expect(
      quotedIn(page)
        .map(withoutExamples)
        .filter((message) => !known.includes(message)),
    ).toEqual([]);
  },
);
