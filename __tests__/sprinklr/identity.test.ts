import { afterEach, expect, test } from '@jest/globals';
import { startSimulator, type Fault, type Simulator } from '../../src/simulator/simulator.ts';
import { createGateway } from '../../src/sprinklr/gateway.ts';
import { createHttpSession } from '../../src/sprinklr/http.ts';
import { whoAmI, type Identity } from '../../src/sprinklr/identity.ts';
import { createTestContext } from './context.ts';
import { fakeSession, gateway, httpResponse } from './fake-session.ts';

const app = {
  apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
  apiSecret: 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};

let simulator: Simulator | undefined;
afterEach(async () => {
  await simulator?.close();
});

/** Asks a simulated Sprinklr, with these faults, whose token it is. */
async function askSimulator(...faults: Fault[]): Promise<Identity> {
  await simulator?.close();
  simulator = await startSimulator({ apps: [app] });
  simulator.fault('me', ...faults);
  const accessToken = simulator.issueAccessToken(app.apiKey);
  const { context } = createTestContext();
  context.secrets.mask(accessToken);
  const http = createHttpSession({ timeoutSeconds: 10, maxAttempts: 2 }, context);
  const simulated = createGateway({
    gateway: 'api2',
    environment: app.environment,
    baseUrl: new URL(simulator.origin),
  });
  return await whoAmI(http, { gateway: simulated, apiKey: app.apiKey, accessToken }, context);
}

const user = { id: 66014640, workspaceId: 66000002, customerId: 66000000 };
const ids = { userId: '66014640', workspaceId: '66000002', customerId: '66000000' };
const responseWith = (data: unknown): Fault => ({ kind: 'body', json: { data, errors: [] } });

test('the identity contains the IDs as digits', async () => {
  expect(await askSimulator()).toEqual({
    ...ids,
    name: 'Simulated User',
    email: 'person@example.com',
    type: 'PARTNER_ADMIN',
  });
});

test.each<Fault>([
  { kind: 'retry-after', after: 0 },
  { kind: 'status', status: 503, headers: { 'Retry-After': '0' } },
])('the call is retried after a temporary failure ($kind)', async (fault) => {
  expect(await askSimulator(fault)).toMatchObject(ids);
  expect(simulator?.requests).toHaveLength(2);
});

test.each([
  [
    'IDs as strings of digits',
    { id: '7', workspaceId: '80', customerId: '900' },
    { userId: '7', workspaceId: '80', customerId: '900' },
  ],
  [
    'IDs of 0',
    { id: 0, workspaceId: 0, customerId: '0' },
    { userId: '0', workspaceId: '0', customerId: '0' },
  ],
  ['unusable texts', { ...user, name: null, email: 5, type: '' }, ids],
  [
    'terminal escapes and workflow commands',
    { ...user, name: 'A\u001B[2J\n::error::B' },
    { ...ids, name: 'A [2J : :error: :B' },
  ],
])('a response with %s is read as far as possible', async (_, data, expected) => {
  expect(await askSimulator(responseWith(data))).toEqual(expected);
});

test.each([
  ['no user', null, 'no user.'],
  ['a list', [user], 'no user.'],
  ['no user ID', { ...user, id: undefined }, 'no user ID'],
  ['an ID that JSON has rounded', { ...user, workspaceId: 2 ** 60 }, 'no workspace ID'],
  ['an ID with a fraction', { ...user, customerId: 1.5 }, 'no customer ID'],
  ['a list instead of an ID', { ...user, id: ['7'] }, 'no user ID'],
  ['a negative ID', { ...user, id: -1 }, 'no user ID'],
  ['an ID with a space', { ...user, workspaceId: '66 014' }, 'no workspace ID'],
])('a response with %s is RESPONSE_INVALID', async (_, data, problem) => {
  await expect(askSimulator(responseWith(data))).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    message: expect.stringContaining(problem),
  });
});

test('the request is the documented one, and idempotent', async () => {
  const { http, context, calls } = fakeSession(httpResponse(200, JSON.stringify({ data: user })));
  await whoAmI(http, { gateway, apiKey: app.apiKey, accessToken: 'P9+ewuw+Nid5' }, context);
  expect(calls).toEqual([
    {
      request: {
        method: 'GET',
        url: new URL('https://api2.sprinklr.com/prod2/api/v2/me'),
        headers: { Authorization: 'Bearer P9+ewuw+Nid5', Key: app.apiKey },
        body: '',
      },
      retryPolicy: 'idempotent',
    },
  ]);
});

test.each([
  [199, 'RESPONSE_INVALID'],
  [300, 'REDIRECTED'],
  [401, 'CREDENTIALS_REJECTED'],
])('HTTP %i fails the identity check', async (status, code) => {
  const { http, context } = fakeSession(httpResponse(status, JSON.stringify({ data: user })));
  const identity = whoAmI(http, { gateway, apiKey: app.apiKey, accessToken: 'P9+ewuw+Nid5' }, context);
  await expect(identity).rejects.toMatchObject({
    code,
    message: expect.stringMatching(new RegExp(`^Identity check failed .*HTTP ${status}`)),
  });
});

test('a 200 with an error is RESPONSE_INVALID', async () => {
  const json = { data: user, errors: [{ message: 'expired' }] };
  await expect(askSimulator({ kind: 'body', json })).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    message: expect.stringMatching(/error.*expired/),
  });
});
