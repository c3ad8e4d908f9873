import { afterEach, expect, test } from '@jest/globals';
import { createSecrets } from '../../src/redaction.ts';
import { startSimulator, type Fault, type Simulator } from '../../src/simulator/simulator.ts';
import { createGateway } from '../../src/sprinklr/gateway.ts';
import { createHttpSession } from '../../src/sprinklr/http.ts';
import { whoAmI, type Identity } from '../../src/sprinklr/identity.ts';
import type { Context } from '../../src/context.ts';
import { gateway, said, scripted } from './scripted.ts';

const app = {
  apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
  apiSecret: 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};

let sprinklr: Simulator | undefined;
afterEach(async () => {
  await sprinklr?.close();
});

/** Asks a simulated Sprinklr, after such faults, whose token its app has. */
async function ask(...faults: Fault[]): Promise<Identity> {
  await sprinklr?.close();
  sprinklr = await startSimulator({ apps: [app] });
  sprinklr.fault('me', ...faults);
  const accessToken = sprinklr.issueAccessToken(app.apiKey);
  const silent = (): void => undefined;
  const context: Context = {
    log: { debug: silent, info: silent, notice: silent, warning: silent },
    secrets: createSecrets(silent),
    now: () => new Date(),
    random: () => 0,
    randomUUID: () => '',
  };
  context.secrets.mask(accessToken);
  const here = createGateway({
    gateway: 'api2',
    environment: app.environment,
    baseUrl: new URL(sprinklr.origin),
  });
  const http = createHttpSession({ timeoutSeconds: 10, maxAttempts: 2 }, context);
  return await whoAmI(http, { gateway: here, apiKey: app.apiKey, accessToken }, context);
}

const user = { id: 66014640, workspaceId: 66000002, customerId: 66000000 };
const ids = { userId: '66014640', workspaceId: '66000002', customerId: '66000000' };
const answer = (data: unknown): Fault => ({ kind: 'body', json: { data, errors: [] } });

test('it tells whose token it is, with ids as digits', async () => {
  expect(await ask()).toEqual({
    ...ids,
    name: 'Simulated User',
    email: 'person@example.com',
    type: 'PARTNER_ADMIN',
  });
});

test('the question may be asked again after a failure that passes', async () => {
  expect(await ask({ kind: 'retry-after', after: 0 })).toMatchObject(ids);
  expect(sprinklr?.requests).toHaveLength(2);
  expect(await ask({ kind: 'status', status: 503, headers: { 'Retry-After': '0' } })).toMatchObject(ids);
  expect(sprinklr?.requests).toHaveLength(2);
});

test.each([
  [
    'ids that are digits in texts',
    { id: '7', workspaceId: '80', customerId: '900' },
    { userId: '7', workspaceId: '80', customerId: '900' },
  ],
  [
    'ids of nought',
    { id: 0, workspaceId: 0, customerId: '0' },
    { userId: '0', workspaceId: '0', customerId: '0' },
  ],
  ['texts that are none', { ...user, name: null, email: 5, type: '' }, ids],
  [
    'a text that steers a terminal or a runner',
    { ...user, name: 'A\u001B[2J\n::error::B' },
    { ...ids, name: 'A [2J : :error: :B' },
  ],
])('of an answer with %s it takes what it can', async (_, data, expected) => {
  expect(await ask(answer(data))).toEqual(expected);
});

test.each([
  ['no user', null, /holds no user\./],
  ['a list', [user], /holds no user\./],
  ['no user id', { ...user, id: undefined }, /holds no user id/],
  ['an id that JSON has rounded', { ...user, workspaceId: 2 ** 60 }, /holds no workspace id/],
  ['an id with a fraction', { ...user, customerId: 1.5 }, /holds no customer id/],
  ['a list for an id', { ...user, id: ['7'] }, /holds no user id/],
  ['a negative id', { ...user, id: -1 }, /holds no user id/],
  ['an id that is more than digits', { ...user, workspaceId: '66 014' }, /holds no workspace id/],
])('an answer with %s is refused', async (_, data, words) => {
  await expect(ask(answer(data))).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    message: expect.stringMatching(words),
  });
});

test('it asks by the documented request', async () => {
  const { http, context, calls } = scripted(said(200, JSON.stringify({ data: user })));
  await whoAmI(http, { gateway, apiKey: app.apiKey, accessToken: 'P9+ewuw+Nid5' }, context);
  expect(calls).toEqual([
    {
      request: {
        method: 'GET',
        url: new URL('https://api2.sprinklr.com/prod2/api/v2/me'),
        headers: { Authorization: 'Bearer P9+ewuw+Nid5', Key: app.apiKey },
        body: '',
      },
      repeat: 'safe',
    },
  ]);
});

test.each([
  [199, 'RESPONSE_INVALID'],
  [300, 'REDIRECTED'],
  [401, 'CREDENTIALS_REJECTED'],
])('%i is a refusal', async (status, code) => {
  const { http, context } = scripted(said(status, JSON.stringify({ data: user })));
  const asked = whoAmI(http, { gateway, apiKey: app.apiKey, accessToken: 'P9+ewuw+Nid5' }, context);
  await expect(asked).rejects.toMatchObject({
    code,
    message: expect.stringContaining(`identity check (HTTP ${status})`),
  });
});

test('an error in a 200 is one', async () => {
  const json = { data: user, errors: [{ message: 'expired' }] };
  await expect(ask({ kind: 'body', json })).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    message: expect.stringMatching(/reports an error.*expired/),
  });
});
