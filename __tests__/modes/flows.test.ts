import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { parseCertificate } from '../../src/credentials/certificate.ts';
import { sealToken } from '../../src/credentials/sealed-token.ts';
import { register } from '../../src/modes/register.ts';
import { token, type TokenRequest } from '../../src/modes/token.ts';
import { unseal } from '../../src/modes/unseal.ts';
import { parseAppId } from '../../src/sprinklr/app-id.ts';
import { createGateway } from '../../src/sprinklr/gateway.ts';
import { sharedMaterial } from '../material.ts';
import { createTestContext, now } from '../sprinklr/context.ts';
import { listen } from '../sprinklr/servers.ts';

const app = { apiKey: 'k7apikey', apiSecret: 'S3cr3t', redirectUri: 'https://example.com/' };
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A server that responds to every call of a flow, and counts its connections. */
async function startServer() {
  const urls: URL[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    urls.push(url);
    const fields = url.pathname.endsWith('/me')
      ? { data: { id: 1, workspaceId: 2, customerId: 3 } }
      : { access_token: 'P9+ewuw+Nid5', data: 'eyJwSWQiOjF9' };
    request.resume().on('end', () => response.end(JSON.stringify(fields)));
  }).on('connection', () => (connections += 1));
  const baseUrl = new URL(`http://127.0.0.1:${await listen(server)}`);
  const gateway = createGateway({ gateway: 'api2', environment: '', baseUrl });
  return { gateway, urls, connections: () => connections };
}

const http = { timeoutSeconds: 20, maxAttempts: 1 };
const requestTo = (gateway: TokenRequest['gateway']): TokenRequest => ({
  mode: 'token',
  privateKey,
  certificateWarningDays: 30,
  appId: parseAppId('eyJwSWQiOjF9'),
  username: 'ci-bot@example.com',
  audience: 'https://www.sprinklr.com/',
  app,
  gateway,
  http,
  assertionLifetime: 180,
  parametersIn: 'query',
  verify: { allowedWorkspaceIds: [] },
});

test('the exchange and the identity check use one connection', async () => {
  const { gateway, urls, connections } = await startServer();
  const { context } = createTestContext();
  const { identity, accessToken } = await token(requestTo(gateway), context);
  expect(identity).toMatchObject({ userId: '1', workspaceId: '2' });
  expect(accessToken).toEqual({ value: 'P9+ewuw+Nid5', type: 'Bearer' });
  expect([urls.length, connections()]).toEqual([2, 1]);
});

test('iat is 30 seconds in the past, and exp counts from now', async () => {
  const { gateway, urls } = await startServer();
  await token(requestTo(gateway), createTestContext().context);
  const [, claims = ''] = urls[0]?.searchParams.get('refresh_token')?.split('.') ?? [];
  const seconds = now.valueOf() / 1000;
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iat: seconds - 30,
    exp: seconds + 180,
  });
});

test.each([
  ['https://www.sprinklr.com', 1],
  ['https://WWW.Sprinklr.com', 1],
  ['https://www.sprinklr.com/', 0],
  ['https://www.example.com', 0],
])('the audience %s leads to %i warnings', async (audience, count) => {
  const { gateway } = await startServer();
  const { context, warnings } = createTestContext();
  await token({ ...requestTo(gateway), audience }, context);
  expect(warnings.filter((line) => line.includes('`audience` has no trailing slash'))).toHaveLength(count);
});

test('a registration opens a new connection for each call', async () => {
  const { gateway, urls, connections } = await startServer();
  const { context } = createTestContext();
  const certificate = parseCertificate(sharedMaterial().certificate, 'certificate');
  await register(
    {
      mode: 'register',
      certificate,
      certificateWarningDays: 0,
      apiKey: app.apiKey,
      grant: { code: 'c0de', app },
      gateway,
      http,
    },
    { ...context, now: () => new Date() },
  );
  expect([urls.length, connections()]).toEqual([2, 2]);
});

test('a token for a workspace that is not allowed names the input', async () => {
  const { gateway } = await startServer();
  const { context } = createTestContext();
  const request = { ...requestTo(gateway), verify: { allowedWorkspaceIds: ['20', '22'] } };
  await expect(token(request, context)).rejects.toMatchObject({
    code: 'WORKSPACE_NOT_ALLOWED',
    inputs: ['allowed-workspace-ids'],
    remedy: expect.stringContaining('tenant'),
  });
});

test('the lifetime of an unsealed token is counted from now, in whole seconds', async () => {
  const options = {
    sealKey: { kind: 'private-key', privateKey },
    scope: { repository: '1', runId: '2' },
  } as const;
  const payload = {
    accessToken: 'P9+ewuw+Nid5',
    tokenType: 'Bearer',
    apiUrl: 'https://example.com',
  } as const;
  const expiresAt = new Date(now.valueOf() + 90_900);
  const sealedToken = await sealToken({ ...payload, expiresAt }, options);
  const request = { mode: 'unseal', apiKey: '', sealedToken, ...options } as const;
  const { accessToken } = await unseal(request, createTestContext().context);
  expect(accessToken).toEqual({ value: 'P9+ewuw+Nid5', type: 'Bearer', expiresIn: 90, expiresAt });
});
