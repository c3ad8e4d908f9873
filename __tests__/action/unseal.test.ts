import { createPrivateKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { sealToken } from '../../src/credentials/sealed-token.ts';
import { makeMaterial } from '../material.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runBundle, runStep, type Inputs, type Outcome } from './harness.ts';
import { app, material, world } from './world.ts';

/** A job that requests and seals a token, and the inputs with which another job unseals it. */
async function sealed(env: Record<string, string | undefined> = {}): Promise<{
  sealing: Outcome;
  unseal: Inputs;
  requests: readonly unknown[];
}> {
  const { sprinklr, token } = await world();
  const sealing = await runStep({ inputs: { ...token, seal: 'true' }, env });
  expectSuccess(sealing);
  const unseal = {
    mode: 'unseal',
    'sealed-token': sealing.outputs['sealed-token'] ?? '',
    'private-key': material().secret,
  };
  return { sealing, unseal, requests: sprinklr.requests };
}

/** A token sealed for the harness's run, without a request. */
async function sealedForRun(expiresAt: Date, key = material().key): Promise<Inputs> {
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
    const { sealing, unseal, requests } = await sealed();
    expect(requests).toHaveLength(1);
    const unsealed = await runBundle({ inputs: unseal });

    expectSuccess(unsealed);
    const { 'sealed-token': sealedToken, 'expires-in': before, ...same } = sealing.outputs;
    const { 'expires-in': after, ...others } = unsealed.outputs;
    expect(sealedToken).toBe(unseal['sealed-token']);
    expect(others).toEqual(same);
    expect(Number(after)).toBeLessThan(Number(before));
    expect(Number(after)).toBeGreaterThan(Number(before) - 60);
    expect(unsealed.env).toEqual({});
    expect(requests).toHaveLength(1);
  });

  test('masks the token and the key', async () => {
    const { sealing, unseal } = await sealed();
    const unsealed = await runStep({ inputs: unseal });

    const token = sealing.outputs['access-token'] ?? '';
    expect(unsealed.masks).toEqual(
      expect.arrayContaining([material().secret, token, encodeURIComponent(token)]),
    );
  });

  test('exports the variables if export-env is true, and the API key only if it is passed', async () => {
    const { sealing, unseal } = await sealed();
    const token = sealing.outputs['access-token'];
    const SPRINKLR_API_URL = sealing.outputs['api-url'];
    const withoutKey = await runStep({ inputs: { ...unseal, 'export-env': 'true' } });
    const withKey = await runStep({ inputs: { ...unseal, 'export-env': 'true', 'api-key': app.apiKey } });

    expect(withoutKey.env).toEqual({ SPRINKLR_ACCESS_TOKEN: token, SPRINKLR_API_URL });
    expect(withKey.env).toEqual({
      SPRINKLR_ACCESS_TOKEN: token,
      SPRINKLR_API_URL,
      SPRINKLR_API_KEY: app.apiKey,
    });
    expect(withKey.masks).toContain(app.apiKey);
  });

  test('shows the origin of the token and its expiry in the log and the summary', async () => {
    const { sealing, unseal } = await sealed();
    const unsealed = await runStep({ inputs: unseal });

    const { 'expires-at': expiresAt = '', 'api-url': url = '' } = sealing.outputs;
    for (const fact of ['another job of this run', url, expiresAt]) {
      expect(unsealed.shown).toContain(fact);
      expect(unsealed.summary).toContain(fact);
    }
    expect((await runStep({ inputs: { ...unseal, 'job-summary': 'false' } })).summary).toBe('');
  });

  test('can be a later attempt of the run', async () => {
    const { unseal } = await sealed();
    expectSuccess(await runStep({ inputs: unseal, env: { GITHUB_RUN_ATTEMPT: '2' } }));
  });

  test('can pass the same key in another form', async () => {
    const { unseal } = await sealed();
    expectSuccess(
      await runStep({ inputs: { ...unseal, 'private-key': material().key }, secrets: [material().key] }),
    );
  });
});

describe('a sealed token cannot be unsealed', () => {
  test.each([
    ['another repository', { GITHUB_REPOSITORY_ID: '123457' }],
    ['another run', { GITHUB_RUN_ID: '987655' }],
    ['a runner without a repository ID', { GITHUB_REPOSITORY_ID: undefined }],
  ])('in %s', async (_, env) => {
    const { unseal } = await sealed();
    expectFailure(await runStep({ inputs: unseal, env }), 'SEALED_TOKEN_INVALID', 'private-key');
  });

  test('if an attacker sealed it with another key', async () => {
    const forged = await sealedForRun(new Date('2040-01-01'), makeMaterial().key);
    expectFailure(await runStep({ inputs: forged }), 'SEALED_TOKEN_INVALID');
  });
});

test('the repository name is used on a runner without a repository ID', async () => {
  const here = { GITHUB_REPOSITORY_ID: undefined, GITHUB_REPOSITORY: 'example/one' };
  const { unseal } = await sealed(here);

  expectSuccess(await runStep({ inputs: unseal, env: here }));
  const elsewhere = await runStep({ inputs: unseal, env: { ...here, GITHUB_REPOSITORY: 'example/two' } });
  expectFailure(elsewhere, 'SEALED_TOKEN_INVALID');
});

// __tests__/credentials/sealed-token.test.ts tests every other change.
test.each<[string, (text: string) => string, string]>([
  ['that is truncated', (text) => text.slice(0, text.length / 2), 'needs'],
  ['without its end', (text) => text.slice(0, -5), 'private-key'],
  ['of another version', (text) => [otherVersion(), ...text.split('.').slice(1)].join('.'), 'version'],
  ['that is the token itself', () => 'P9+ewuw+Nid5hg4KBRNPmI5OGE=', 'is not a sealed token'],
])('a sealed token %s is rejected, and not quoted', async (_, change, fact) => {
  const { unseal } = await sealed();
  const text = change(unseal['sealed-token'] ?? '');
  const step = await runStep({ inputs: { ...unseal, 'sealed-token': text }, secrets: [text] });
  expectFailure(step, 'SEALED_TOKEN_INVALID', fact);
});

test('an expired token is reported with its expiry and what to re-run', async () => {
  const step = await runStep({
    inputs: await sealedForRun(new Date('2026-01-02T03:04:05Z')),
    secrets: ['P9+ewuw+Nid5hg4K='],
  });
  expectFailure(step, 'SEALED_TOKEN_EXPIRED', '2026-01-02T03:04:05.000Z', 'Re-run all jobs');
});

test.each(['sealed-token', 'private-key'])('an empty %s is reported as missing', async (name) => {
  const inputs = { ...(await sealedForRun(new Date('2040-01-01'))), [name]: '' };
  const step = await runStep({ inputs });
  expectFailure(step, 'INPUT_MISSING', name);
});

function otherVersion(): string {
  return Buffer.from('{"alg":"dir","enc":"A256GCM","typ":"sealed-token","ver":2}').toString('base64url');
}
