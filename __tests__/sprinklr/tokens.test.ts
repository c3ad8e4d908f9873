import { expect, test } from '@jest/globals';
import { parseAppId } from '../../src/sprinklr/app-id.ts';
import type { HttpResponse } from '../../src/sprinklr/response.ts';
import { exchangeAssertion, exchangeCode, type AccessToken } from '../../src/sprinklr/tokens.ts';
import { now } from './context.ts';
import { fakeSession, gateway, httpResponse, type FakeSession } from './fake-session.ts';

const app = {
  apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
  apiSecret: 'S3cr3t',
  redirectUri: 'https://example.com/',
};
const tokenBody = '{"access_token":"P9+ewuw+Nid5","token_type":"Bearer","expires_in":100}';
const secondsLater = (seconds: number): Date => new Date(now.valueOf() + seconds * 1000);
const dateHeader = (seconds: number): HttpResponse['headers'] => ({
  date: secondsLater(seconds).toUTCString(),
});

/** Exchanges an assertion, and records when each JWT was issued. */
async function exchange(
  { http, context }: FakeSession,
  parametersIn: 'query' | 'body' = 'query',
): Promise<{ token: AccessToken; issuedAt: Date[] }> {
  const issuedAt: Date[] = [];
  const sign = (at: Date): string => {
    issuedAt.push(at);
    return 'an.assertion.signed';
  };
  const assertion = { gateway, app, appId: parseAppId('eyJwSWQiOjF9'), parametersIn, sign };
  return { token: await exchangeAssertion(http, assertion, context), issuedAt };
}

const exchangeOneTimeCode = ({ http, context }: FakeSession): Promise<AccessToken> =>
  exchangeCode(http, { gateway, app, code: 'c0de' }, context);

test('an assertion exchange is idempotent; a code exchange is retried only if it was not sent', async () => {
  const session = fakeSession(httpResponse(200, tokenBody), httpResponse(200, tokenBody));
  await exchange(session);
  await exchangeOneTimeCode(session);

  expect(session.calls.map(({ request, retryPolicy }) => [request.url.pathname, retryPolicy])).toEqual([
    ['/prod2/oauth/apptoken/eyJwSWQiOjF9', 'idempotent'],
    ['/prod2/oauth/token', 'if-unsent'],
  ]);
});

test.each([
  [31, '31 s behind'],
  [-31, '31 s ahead'],
])(
  "a rejection with a clock skew of %i s is retried once with the server's time, with a warning",
  async (skew, difference) => {
    const session = fakeSession(
      httpResponse(401, '', dateHeader(skew)),
      httpResponse(200, tokenBody, dateHeader(skew)),
    );
    const { token, issuedAt } = await exchange(session);

    expect(session.calls.map(({ retryPolicy }) => retryPolicy)).toEqual(['idempotent', 'never']);
    expect(issuedAt).toEqual([now, secondsLater(skew)]);
    expect(token.expiresAt).toEqual(secondsLater(skew + 100));
    expect(session.warnings).toEqual([expect.stringContaining(difference)]);
  },
);

test.each([
  ['400 without clock skew', httpResponse(400, '', dateHeader(0))],
  ['400 with a clock skew of 30 s', httpResponse(400, '', dateHeader(30))],
  ['401 without a Date', httpResponse(401)],
  ['403 with clock skew', httpResponse(403, '', dateHeader(3600))],
])('%s is final', async (_, response) => {
  const session = fakeSession(response);
  await expect(exchange(session)).rejects.toMatchObject({ code: expect.stringMatching(/REJECTED|DENIED/) });
  expect([session.calls.length, session.warnings]).toEqual([1, []]);
});

test.each([
  [199, 'RESPONSE_INVALID'],
  [300, 'REDIRECTED'],
  [403, 'PERMISSION_DENIED'],
])('HTTP %i fails both exchanges', async (status, code) => {
  const failure = (operation: string) => ({
    code,
    message: expect.stringMatching(new RegExp(`^${operation} failed .*HTTP ${status}`)),
  });
  const session = (): FakeSession => fakeSession(httpResponse(status, tokenBody));
  await expect(exchange(session())).rejects.toMatchObject(failure('Token exchange'));
  await expect(exchangeOneTimeCode(session())).rejects.toMatchObject(failure('Code exchange'));
});

const CENTURY_SECONDS = 100 * 365 * 24 * 3600;
const body = (fields: object): string => JSON.stringify({ access_token: 'P9+ewuw+Nid5', ...fields });

test.each<[string, object, number]>([
  ['100 years, the maximum', { expires_in: CENTURY_SECONDS }, CENTURY_SECONDS],
  ['a string of digits', { expires_in: '100' }, 100],
  ['the capitalized name', { Expires_in: 100 }, 100],
])('a lifetime of %s is accepted, and the type defaults to Bearer', async (_, fields, expiresIn) => {
  const { token } = await exchange(fakeSession(httpResponse(200, body(fields))));
  expect(token).toEqual({
    value: 'P9+ewuw+Nid5',
    type: 'Bearer',
    expiresIn,
    expiresAt: secondsLater(expiresIn),
  });
});

test.each<[string, object, string]>([
  ['a lifetime of more than 100 years', { expires_in: CENTURY_SECONDS + 1 }, 'lifetime'],
  ['a lifetime in a list', { expires_in: ['100'] }, 'lifetime'],
  ['a lifetime of 0', { expires_in: 0 }, 'lifetime'],
  ['no lifetime', {}, 'lifetime'],
  ['another token type', { expires_in: 100, token_type: 'MAC' }, 'bearer'],
  ['no token', { access_token: undefined, expires_in: 100 }, 'no access token'],
  ['a token of 7 characters', { access_token: 'P9+ewuw', expires_in: 100 }, '8 characters'],
  ['a token of two lines', { access_token: 'P9+ewuw\nNid5', expires_in: 100 }, '8 characters'],
])('a response with %s is RESPONSE_INVALID', async (_, fields, problem) => {
  await expect(exchange(fakeSession(httpResponse(200, body(fields))))).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    message: expect.stringContaining(problem),
  });
});

test.each(['query', 'body'] as const)('the parameters are sent in the %s only', async (parametersIn) => {
  const session = fakeSession(httpResponse(200, tokenBody));
  await exchange(session, parametersIn);

  const { url, body } = session.calls[0]?.request ?? { url: undefined, body: undefined };
  const parameters = { query: url?.search.slice(1), body };
  expect(Object.fromEntries(new URLSearchParams(parameters[parametersIn]))).toEqual({
    client_id: app.apiKey,
    client_secret: app.apiSecret,
    redirect_uri: app.redirectUri,
    grant_type: 'authorization_code',
    refresh_token: 'an.assertion.signed',
  });
  expect(parameters[parametersIn === 'query' ? 'body' : 'query']).toBe('');
});
