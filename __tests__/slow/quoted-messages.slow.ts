import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { generateKeyMaterial } from '../../src/credentials/keygen.ts';
import type { Fault } from '../../src/simulator/simulator.ts';
import { makeMaterial } from '../material.ts';
import { makeAuthority } from '../action/authority.ts';
import { runStep, type Inputs, type Step } from '../action/harness.ts';
import { startProxy } from '../action/proxy.ts';
import { app, material, status, world, type World } from '../action/world.ts';

/** The messages that a page quotes, in order. */
function quotedIn(page: string): string[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^Error: (.*)$/gm)].map(([, message = '']) => message);
}

/** Replaces the hosts, times, and amounts of an example, and the system's names of a broken connection. */
function withoutExamples(message: string): string {
  return message
    .replace(/\((E[A-Z_]{4,}|[A-Z]+(_[A-Z]+)+)\)/g, '(SYSTEM)')
    .replace(/\b(api2\.sprinklr\.com|127\.0\.0\.1:\d+|[\w.]+\.invalid)/g, 'HOST')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\d+ s\b/g, 'N s')
    .replace(/workspace \d+/g, 'workspace N');
}

type Prepared = Inputs | Step;
const otherKey = makeMaterial();
const ecKey = material().openssl('ecparam', '-genkey', '-name', 'prime256v1', '-noout').toString();
const invalidToken = '{"data":[],"errors":[{"code":401,"message":"Invalid or expired token"}]}';

/** Steps with a `token` or `register` step's inputs, except these. */
const changedInputs: Record<string, ['token' | 'register', Inputs]> = {
  'an empty secret': ['token', { 'api-secret': '' }],
  'a number out of range': ['token', { 'timeout-seconds': '4' }],
  'a secret in quotes': ['token', { 'api-secret': `"${app.apiSecret}"` }],
  'an invalid environment': ['token', { environment: 'https://prod2' }],
  'a denied consent': [
    'register',
    { 'authorization-code': 'https://www.example.com/callback?error=access_denied' },
  ],
  'raw bytes': ['token', { 'private-key': material().der.toString('utf8').replaceAll('\0', '') }],
  'a certificate as the key': ['token', { 'private-key': material().certificate }],
  'an encrypted key': ['token', { 'private-key': material().read('server.pass.key').toString() }],
  'an EC key': ['token', { 'private-key': ecKey }],
  'a request as the certificate': ['token', { certificate: material().read('server.csr').toString() }],
  'a key as the certificate': ['token', { certificate: material().key }],
  "another key's certificate": ['token', { certificate: otherKey.certificate }],
  'another redirect URI': ['token', { 'redirect-uri': 'https://www.example.com/' }],
  'a used code': ['register', { 'authorization-code': 'spent-a-week-ago' }],
  'an invalidated token': ['register', { 'authorization-code': '', 'access-token': 'invalidated-token' }],
  'an unknown API key': ['token', { 'api-key': 'an-unknown-api-key' }],
  'an unknown host': ['token', { 'base-url': 'https://sprinklr.invalid', 'max-attempts': '1' }],
  'another workspace': ['token', { 'allowed-workspace-ids': '1' }],
  'no sealed token': ['token', { mode: 'unseal', 'sealed-token': app.redirectUri }],
};

/** Steps that get this response from an endpoint of the simulator. */
const responses: Record<string, ['apptoken' | 'me' | 'register', Fault, Inputs?]> = {
  'a token that was invalidated at once': ['me', status(401, invalidToken), { verify: 'true' }],
  'rejected credentials without a reason': ['apptoken', status(401, '{"message":"Unauthorized"}')],
  'no permission': ['apptoken', status(403, '{"error":"forbidden"}')],
  'another environment': ['apptoken', status(421, '<h1>Misdirected Request</h1>')],
  'an unknown endpoint': ['apptoken', status(404, '<h1>Not Found</h1>')],
  'an unknown endpoint of the registration': ['register', status(404, '<h1>Not Found</h1>')],
  'too many requests': ['apptoken', { kind: 'retry-after', after: 3600 }],
  'a server error': ['apptoken', status(503, '<h1>Service Unavailable</h1>')],
  'a server error of the registration': ['register', status(503, '<h1>Service Unavailable</h1>')],
  'a lost registration': ['register', { kind: 'reset' }],
  'a hanging server': ['apptoken', { kind: 'hang' }, { 'timeout-seconds': '5' }],
  'a redirect': ['apptoken', { kind: 'redirect', location: 'https://login.example.com/' }],
  'an HTML page': ['apptoken', { kind: 'html' }],
  'an error in a success': [
    'apptoken',
    { kind: 'body', json: { errors: [{ code: 401, message: 'token revoked' }] } },
  ],
};

const otherSteps: Record<string, (made: World) => Prepared | Promise<Prepared>> = {
  'an expired certificate': async ({ token }) => {
    const now = new Date('2020-01-01T00:00:00Z');
    const old = await generateKeyMaterial({ subject: { commonName: 'old' }, days: 365, now });
    return { ...token, certificate: old.certificatePem, 'private-key': old.privateKeyPem };
  },
  'a proxy that is down': ({ token }) => ({
    inputs: { ...token, 'base-url': 'https://sprinklr.invalid', 'max-attempts': '1' },
    env: { https_proxy: 'http://127.0.0.1:9' },
  }),
  'a proxy that requires a password': async ({ token }) => ({
    inputs: { ...token, 'base-url': 'https://sprinklr.invalid' },
    env: { https_proxy: `http://${(await startProxy({ to: 'http://127.0.0.1:9', status: 407 })).host}` },
  }),
  'an unknown CA': async () => (await world({ tls: makeAuthority().issue() })).token,
  'another run': async ({ token }) => ({
    inputs: await unsealInputs(token),
    env: { GITHUB_RUN_ID: '1' },
  }),
  'another version': async ({ token }) => {
    const inputs = await unsealInputs(token);
    const header = Buffer.from('{"alg":"dir","enc":"A256GCM","ver":2}').toString('base64url');
    return { ...inputs, 'sealed-token': (inputs['sealed-token'] ?? '').replace(/^[^.]*/, header) };
  },
  'an expired token': async () => {
    const { token } = await world({ tokenLifetime: 1 });
    const inputs = await unsealInputs(token);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    return inputs;
  },
  'no runner': ({ token }) => ({ inputs: token, env: { GITHUB_OUTPUT: undefined } }),
};

async function unsealInputs(token: Inputs): Promise<Inputs> {
  const { outputs } = await runStep({ inputs: { ...token, seal: 'true' } });
  const sealedToken = outputs['sealed-token'] ?? '';
  return { mode: 'unseal', 'sealed-token': sealedToken, 'private-key': material().secret };
}

async function prepare(name: string): Promise<Prepared> {
  const made = await world();
  const [mode = 'token', changes] = changedInputs[name] ?? [];
  const [endpoint = 'apptoken', fault, more] = responses[name] ?? [];
  if (fault !== undefined) made.sprinklr.fault(endpoint, ...Array.from({ length: 4 }, () => fault));
  const inputs = made[endpoint === 'register' ? 'register' : mode];
  return (await otherSteps[name]?.(made)) ?? { ...inputs, ...changes, ...more };
}

const INTERNAL =
  "Unexpected internal error. Re-run the job with debug logging, and open an issue with this step's log.";
const messages = new Set<string>();

test.each([...Object.keys(changedInputs), ...Object.keys(responses), ...Object.keys(otherSteps)])(
  'docs/troubleshooting.md quotes the message for %s',
  async (name) => {
    const prepared = await prepare(name);
    const step = await runStep('inputs' in prepared ? (prepared as Step) : { inputs: prepared });
    const message = withoutExamples(step.errors[0]?.message ?? 'it did not fail');
    messages.add(message);
    expect(quotedIn('docs/troubleshooting.md').map(withoutExamples)).toContain(message);
  },
);

test.each(['docs/troubleshooting.md', 'README.md', 'docs/security.md', 'docs/parallel-jobs.md'])(
  '%s quotes no other message',
  (page) => {
    const known = [...messages, INTERNAL];
    expect(
      quotedIn(page)
        .map(withoutExamples)
        .filter((message) => !known.includes(message)),
    ).toEqual([]);
  },
);
