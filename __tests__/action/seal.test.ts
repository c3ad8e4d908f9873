import { createPrivateKey, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createSecrets } from '../../src/redaction.ts';
import { token as runToken, type TokenRequest } from '../../src/modes/token.ts';
import { createGateway, parseBaseUrl, parseEnvironment } from '../../src/sprinklr/gateway.ts';
import { parseAppId } from '../../src/sprinklr/app-id.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep } from './harness.ts';
import { app, material, username, world } from './world.ts';

const JWE = /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/;

test('seal adds the output sealed-token to those of a token, and changes no other', async () => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: { ...token, seal: 'true' } });

  expectSuccess(step);
  const { 'sealed-token': sealed, ...others } = step.outputs;
  expect(sealed).toMatch(JWE);
  expect(Object.keys(others)).toEqual(['access-token', 'token-type', 'expires-in', 'expires-at', 'api-url']);
  expect(others['access-token']).toBe(sprinklr.liveToken(app.apiKey));
});

test('the sealed token contains no masked value, so the runner does not drop the output', async () => {
  const { token } = await world();
  const masks = new Set<string>();
  const sealed: string[] = [];
  for (let run = 0; run < 8; run++) {
    const step = await runStep({ inputs: { ...token, seal: 'true' } });
    expectSuccess(step);
    sealed.push(step.outputs['sealed-token'] ?? '');
    for (const mask of step.masks) masks.add(mask);
  }
  expect(masks.size).toBeGreaterThan(20);
  expect(new Set(sealed).size).toBe(8);
  for (const text of sealed) expect([...masks].filter((mask) => text.includes(mask))).toEqual([]);
});

test('the sealed token is in no log, summary, or variable', async () => {
  const { token } = await world();
  const step = await runStep({ inputs: { ...token, seal: 'true', 'export-env': 'true' } });

  const sealed = step.outputs['sealed-token'] ?? 'none';
  expect([step.log, step.summary, ...Object.values(step.env)].join('\n')).not.toContain(sealed);
});

test.each(['GITHUB_RUN_ID', 'GITHUB_REPOSITORY'])(
  'without %s, sealing fails before a token is requested',
  async (variable) => {
    const { sprinklr, token } = await world();
    const env = { GITHUB_REPOSITORY_ID: undefined, [variable]: undefined };
    const step = await runStep({ inputs: { ...token, seal: 'true' }, env });

    expectFailure(step, 'INPUT_MISSING', 'GITHUB_RUN_ID', '`uses:`');
    expect(sprinklr.requests).toEqual([]);
  },
);

/** Requests and seals a token in this process, with the given secrets. */
async function sealInProcess(apiSecret: string, others: readonly string[] = []): Promise<string | undefined> {
  const { sprinklr, appId } = await world({
    apps: [{ ...app, apiSecret }],
    rateLimit: { perSecond: 1000, perHour: 100_000 },
  });
  const secrets = createSecrets(() => undefined);
  for (const secret of [apiSecret, ...others]) secrets.mask(secret);
  const request: TokenRequest = {
    mode: 'token',
    privateKey: createPrivateKey(material().key),
    certificateWarningDays: 30,
    appId: parseAppId(appId),
    username,
    audience: 'https://www.sprinklr.com/',
    app: { apiKey: app.apiKey, apiSecret, redirectUri: app.redirectUri },
    gateway: createGateway({
      gateway: 'api2',
      environment: parseEnvironment(app.environment),
      baseUrl: parseBaseUrl(sprinklr.origin),
    }),
    http: { timeoutSeconds: 60, maxAttempts: 4 },
    assertionLifetime: 180,
    parametersIn: 'query',
    seal: {
      sealKey: { kind: 'private-key', privateKey: createPrivateKey(material().key) },
      scope: { repository: '123456', runId: '987654' },
    },
  };
  const silent = (): undefined => undefined;
  const { sealedToken } = await runToken(request, {
    log: { debug: silent, info: silent, notice: silent, warning: silent },
    secrets,
    now: () => new Date(),
    random: Math.random,
    randomUUID: () => randomBytes(16).toString('hex'),
  });
  return sealedToken;
}

test('a sealed token that contains a short secret by chance is sealed again', async () => {
  const [header = ''] = (await sealInProcess(app.apiSecret))?.split('.') ?? [];
  // About every fifth sealed token contains one of these: it has 2,800 positions for 1,500 of the 64^4 texts of four
  // characters. A secret that is in the header would be in every token.
  const short = Array.from({ length: 1500 }, () => randomBytes(3).toString('base64url')).filter(
    (secret) => !header.includes(secret),
  );
  for (let made = 0; made < 30; made++) {
    const sealed = await sealInProcess(app.apiSecret, short);
    expect(sealed).toMatch(JWE);
    expect(short.filter((secret) => sealed?.includes(secret))).toEqual([]);
  }
});
