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

const DAY_SECONDS = 24 * 3600;

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
  [DAY_SECONDS, '86400 s behind'],
  [-DAY_SECONDS, '86400 s ahead'],
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

test.each([400, 401])('after a %i, a clock skew of more than 24 hours is not corrected', async (status) => {
  for (const skew of [DAY_SECONDS + 1, -DAY_SECONDS - 1, 20 * 365 * DAY_SECONDS]) {
    const session = fakeSession(httpResponse(status, '{"error":"invalid_grant"}', dateHeader(skew)));
    await expect(exchange(session)).rejects.toMatchObject({
      code: 'CREDENTIALS_REJECTED',
      message: expect.stringMatching(
        new RegExp(`"invalid_grant".*${Math.abs(skew)} s (behind|ahead of) the server's, more than 24 hours`),
      ),
      remedy: expect.stringMatching(/^Correct the machine's clock/),
    });
    expect([session.calls.length, session.warnings]).toEqual([1, []]);
  }
});

test('an inactive API key is not blamed on the clock', async () => {
  const session = fakeSession(httpResponse(401, '<h1>Developer Inactive</h1>', dateHeader(3600)));
  await expect(exchange(session)).rejects.toMatchObject({ code: 'API_KEY_INACTIVE' });
  expect(session.calls).toHaveLength(1);
});

test('the response to the corrected time is final', async () => {
  const session = fakeSession(httpResponse(401, '', dateHeader(60)), httpResponse(401, '', dateHeader(120)));
  await expect(exchange(session)).rejects.toMatchObject({ code: 'CREDENTIALS_REJECTED' });
  expect(session.calls).toHaveLength(2);
});

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

test.each<[string, object]>([
  ['more than 100 years', { expires_in: CENTURY_SECONDS + 1 }],
  ['a list', { expires_in: ['100'] }],
  ['0', { expires_in: 0 }],
  ['less than a second', { expires_in: 0.5 }],
  ['a negative number', { expires_in: -1 }],
  ['text', { expires_in: 'never' }],
  ['a string with a fraction', { expires_in: '3599.5' }],
  ['a string with an exponent', { expires_in: '1e9' }],
  ['an empty text', { expires_in: '' }],
  ['null', { expires_in: null }],
  ['digits beyond every number', { expires_in: '9'.repeat(400) }],
  ['no lifetime', {}],
])('with a lifetime of %s, the token is returned without a lifetime, with a warning', async (_, fields) => {
  const session = fakeSession(httpResponse(200, body(fields)));
  const { token } = await exchange(session);
  expect(token).toEqual({ value: 'P9+ewuw+Nid5', type: 'Bearer' });
  expect(session.warnings).toEqual([expect.stringMatching(/`expires-in` and `expires-at` are empty/)]);
});

test('a code exchange needs no lifetime, and does not warn', async () => {
  const session = fakeSession(httpResponse(200, body({})));
  expect(await exchangeOneTimeCode(session)).toEqual({ value: 'P9+ewuw+Nid5', type: 'Bearer' });
  expect(session.warnings).toEqual([]);
});

test.each([undefined, null, '', 'bearer', 'BEARER', 'BearerToken', ' Bearer '])(
  'the token type %j is Bearer',
  async (type) => {
    const { token } = await exchange(
      fakeSession(httpResponse(200, body({ expires_in: 9, token_type: type }))),
    );
    expect(token).toMatchObject({ type: 'Bearer', expiresIn: 9 });
  },
);

test.each([{ errors: [] }, { Errors: [] }, { error: '' }, { error: null }])(
  'a response with a token and %j is a success',
  async (fields) => {
    const { token } = await exchange(fakeSession(httpResponse(200, body({ expires_in: '9.5', ...fields }))));
    expect(token.value).toBe('P9+ewuw+Nid5');
  },
);

test('a token is masked, even if the response contains more tokens than are masked', async () => {
  const session = fakeSession(httpResponse(200, tokenBody));
  await exchange(session);
  expect(session.context.secrets.containsSecret('P9+ewuw+Nid5')).toBe(true);
});

test.each<[string, object, string]>([
  ['another token type', { expires_in: 100, token_type: 'MAC' }, 'bearer'],
  ['no token', { access_token: undefined, expires_in: 100 }, 'no access token'],
  ['a token that is no text', { access_token: 12_345_678, expires_in: 100 }, 'no access token'],
  [
    'a token of 7 characters',
    { access_token: 'P9+ewuw', expires_in: 100 },
    '8 to 16,384 printable characters',
  ],
  ['a token of 16,385 characters', { access_token: 'x'.repeat(16_385) }, '8 to 16,384 printable characters'],
  ['a token of two lines', { access_token: 'P9+ewuw\nNid5', expires_in: 100 }, 'one line of'],
  ['an error list', { expires_in: 100, errors: [{ message: 'no' }] }, 'reports an error'],
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
