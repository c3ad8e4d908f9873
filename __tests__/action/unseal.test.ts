import { createPrivateKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { sealToken } from '../../src/credentials/sealed-token.ts';
import { makeMaterial } from '../material.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runBundle, runStep, type Inputs, type Outcome } from './harness.ts';
import { app, material, world } from './world.ts';

/** What one job mints and seals, and the inputs with which another opens it. */
async function sealed(env: Record<string, string | undefined> = {}): Promise<{
  minted: Outcome;
  unseal: Inputs;
  requests: readonly unknown[];
}> {
  const { sprinklr, token } = await world();
  const minted = await runStep({ inputs: { ...token, seal: 'true' }, env });
  expectSuccess(minted);
  const unseal = {
    mode: 'unseal',
    'sealed-token': minted.outputs['sealed-token'] ?? '',
    'private-key': material().secret,
  };
  return { minted, unseal, requests: sprinklr.requests };
}

/** A token sealed for the harness's run, without a request. */
async function sealedByHand(expiresAt: Date, key = material().key): Promise<Inputs> {
  const options = {
    sealKey: { kind: 'private-key', privateKey: createPrivateKey(key) },
    scope: { repository: '123456', runId: '987654' },
  } as const;
  const content = {
    accessToken: 'P9+ewuw+Nid5hg4K=',
    tokenType: 'Bearer',
    expiresAt,
    apiUrl: 'https://api2.sprinklr.com',
  } as const;
  return {
    mode: 'unseal',
    'sealed-token': await sealToken(content, options),
    'private-key': material().secret,
  };
}

describe('another job of the same run', () => {
  test('gets the same outputs from a sealed token without a network call', async () => {
    const { minted, unseal, requests } = await sealed();
    expect(requests).toHaveLength(1);
    const opened = await runBundle({ inputs: unseal });

    expectSuccess(opened);
    const { 'sealed-token': sealedToken, 'expires-in': before, ...same } = minted.outputs;
    const { 'expires-in': after, ...others } = opened.outputs;
    expect(sealedToken).toBe(unseal['sealed-token']);
    expect(others).toEqual(same);
    expect(Number(after)).toBeLessThan(Number(before));
    expect(Number(after)).toBeGreaterThan(Number(before) - 60);
    expect(opened.env).toEqual({});
    expect(requests).toHaveLength(1);
  });

  test('has the token and the key masked', async () => {
    const { minted, unseal } = await sealed();
    const opened = await runStep({ inputs: unseal });

    const token = minted.outputs['access-token'] ?? '';
    expect(opened.masks).toEqual(
      expect.arrayContaining([material().secret, token, encodeURIComponent(token)]),
    );
  });

  test('gets the variables if it asks for them, and the API key only if it passes it', async () => {
    const { minted, unseal } = await sealed();
    const token = minted.outputs['access-token'];
    const SPRINKLR_API_URL = minted.outputs['api-url'];
    const bare = await runStep({ inputs: { ...unseal, 'export-env': 'true' } });
    const keyed = await runStep({ inputs: { ...unseal, 'export-env': 'true', 'api-key': app.apiKey } });

    expect(bare.env).toEqual({ SPRINKLR_ACCESS_TOKEN: token, SPRINKLR_API_URL });
    expect(keyed.env).toEqual({
      SPRINKLR_ACCESS_TOKEN: token,
      SPRINKLR_API_URL,
      SPRINKLR_API_KEY: app.apiKey,
    });
    expect(keyed.masks).toContain(app.apiKey);
  });

  test('shows in its log and summary where the token is from and when it expires', async () => {
    const { minted, unseal } = await sealed();
    const opened = await runStep({ inputs: unseal });

    const { 'expires-at': end = '', 'api-url': url = '' } = minted.outputs;
    for (const fact of ['another job of this run', url, end]) {
      expect(opened.shown).toContain(fact);
      expect(opened.summary).toContain(fact);
    }
    expect((await runStep({ inputs: { ...unseal, 'job-summary': 'false' } })).summary).toBe('');
  });

  test('can be a later attempt of the run', async () => {
    const { unseal } = await sealed();
    expectSuccess(await runStep({ inputs: unseal, env: { GITHUB_RUN_ATTEMPT: '2' } }));
  });

  test('can have the same key in another form', async () => {
    const { unseal } = await sealed();
    expectSuccess(
      await runStep({ inputs: { ...unseal, 'private-key': material().key }, secrets: [material().key] }),
    );
  });
});

describe('a sealed token cannot be opened', () => {
  test.each([
    ['another repository', { GITHUB_REPOSITORY_ID: '123457' }],
    ['another run', { GITHUB_RUN_ID: '987655' }],
    ['a runner that gives no repository ID', { GITHUB_REPOSITORY_ID: undefined }],
  ])('in %s', async (_, env) => {
    const { unseal } = await sealed();
    expectFailure(await runStep({ inputs: unseal, env }), 'SEALED_TOKEN_INVALID', 'private-key');
  });

  test('with another key', async () => {
    const { unseal } = await sealed();
    const step = await runStep({ inputs: { ...unseal, 'private-key': makeMaterial().secret } });
    expectFailure(step, 'SEALED_TOKEN_INVALID', 'private-key');
  });

  test('if an attacker sealed it with another key', async () => {
    const forged = await sealedByHand(new Date('2040-01-01'), makeMaterial().key);
    expectFailure(await runStep({ inputs: forged }), 'SEALED_TOKEN_INVALID');
  });
});

test('the repository name is used if the runner gives no ID', async () => {
  const here = { GITHUB_REPOSITORY_ID: undefined, GITHUB_REPOSITORY: 'example/one' };
  const { unseal } = await sealed(here);

  expectSuccess(await runStep({ inputs: unseal, env: here }));
  const elsewhere = await runStep({ inputs: unseal, env: { ...here, GITHUB_REPOSITORY: 'example/two' } });
  expectFailure(elsewhere, 'SEALED_TOKEN_INVALID');
});

test.each<[string, (text: string) => string, string | RegExp]>([
  [
    'with one character changed',
    (text) => text.slice(0, 300) + (text[300] === 'A' ? 'B' : 'A') + text.slice(301),
    'private-key',
  ],
  ['without its end', (text) => text.slice(0, -5), 'private-key'],
  ['cut in half', (text) => text.slice(0, text.length / 2), `needs`],
  ['of another version', (text) => [otherVersion(), ...text.split('.').slice(1)].join('.'), 'version'],
  ['that is the token itself', () => 'P9+ewuw+Nid5hg4KBRNPmI5OGE=', 'is not a sealed token'],
  ['that is a JWT', () => 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', 'is not a sealed token'],
  ['of nothing but dots', () => '....', 'is not a sealed token'],
])('a sealed token %s is rejected, and not quoted', async (_, change, words) => {
  const { unseal } = await sealed();
  const text = change(unseal['sealed-token'] ?? '');
  const step = await runStep({ inputs: { ...unseal, 'sealed-token': text }, secrets: [text] });
  expectFailure(step, 'SEALED_TOKEN_INVALID', words);
});

test('an expired token is reported with its expiry and what to re-run', async () => {
  const step = await runStep({
    inputs: await sealedByHand(new Date('2026-01-02T03:04:05Z')),
    secrets: ['P9+ewuw+Nid5hg4K='],
  });
  expectFailure(step, 'SEALED_TOKEN_EXPIRED', '2026-01-02T03:04:05.000Z', 'Re-run all jobs');
});

test.each(['sealed-token', 'private-key'])('an empty %s is reported as missing', async (name) => {
  const inputs = { ...(await sealedByHand(new Date('2040-01-01'))), [name]: '' };
  const step = await runStep({ inputs });
  expectFailure(step, 'INPUT_MISSING', name);
});

function otherVersion(): string {
  return Buffer.from('{"alg":"dir","enc":"A256GCM","typ":"sealed-token","ver":2}').toString('base64url');
}
