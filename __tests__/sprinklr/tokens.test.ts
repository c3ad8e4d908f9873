import { expect, test } from '@jest/globals';
import { findTokens, type HttpResponse } from '../../src/sprinklr/response.ts';
import { parseAppId } from '../../src/sprinklr/app-id.ts';
import { exchangeAssertion, exchangeCode, type AccessToken } from '../../src/sprinklr/tokens.ts';
import { gateway, now, said, scripted, type Scripted } from './scripted.ts';

const app = {
  apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
  apiSecret: 'S3cr3t',
  redirectUri: 'https://example.com/',
};
const token = '{"access_token":"P9+ewuw+Nid5","token_type":"Bearer","expires_in":100}';
const later = (seconds: number): Date => new Date(now.valueOf() + seconds * 1000);
const at = (seconds: number): HttpResponse['headers'] => ({ date: later(seconds).toUTCString() });

/** Exchanges assertions, and tells by which instants they were signed. */
async function exchange(
  { http, context }: Scripted,
  parametersIn: 'query' | 'body' = 'query',
): Promise<{ token: AccessToken; signed: Date[] }> {
  const signed: Date[] = [];
  const sign = (issuedAt: Date): string => {
    signed.push(issuedAt);
    return 'an.assertion.signed';
  };
  const asked = { gateway, app, appId: parseAppId('eyJwSWQiOjF9'), parametersIn, sign };
  return { token: await exchangeAssertion(http, asked, context), signed };
}

const exchangeOfCode = ({ http, context }: Scripted): Promise<AccessToken> =>
  exchangeCode(http, { gateway, app, code: 'c0de' }, context);

test('an exchange may be repeated safely; one of a code only where it was not taken', async () => {
  const sprinklr = scripted(said(200, token), said(200, token));
  await exchange(sprinklr);
  await exchangeOfCode(sprinklr);

  expect(sprinklr.calls.map(({ request, repeat }) => [request.url.pathname, repeat])).toEqual([
    ['/prod2/oauth/apptoken/eyJwSWQiOjF9', 'safe'],
    ['/prod2/oauth/token', 'not-taken'],
  ]);
});

test.each([
  [31, '31 s behind'],
  [-31, '31 s ahead of'],
])(
  'refused by a clock that is %i s off, it signs once more by that one, and says so',
  async (skew, words) => {
    const sprinklr = scripted(said(401, '', at(skew)), said(200, token, at(skew)));
    const made = await exchange(sprinklr);

    expect(sprinklr.calls.map(({ repeat }) => repeat)).toEqual(['safe', 'never']);
    expect(made.signed).toEqual([now, later(skew)]);
    expect(made.token.expiresAt).toEqual(later(skew + 100));
    expect(sprinklr.warnings).toEqual([
      `The clock of this runner is ${words} Sprinklr's. Signed once more by Sprinklr's clock; set the runner's clock right.`,
    ]);
  },
);

test.each([
  ['400 by the same clock', said(400, '', at(0))],
  ['400 by a clock that is 30 s off', said(400, '', at(30))],
  ['401 without a clock', said(401)],
  ['403 by another clock', said(403, '', at(3600))],
])('%s is final', async (_, answer) => {
  const sprinklr = scripted(answer);
  await expect(exchange(sprinklr)).rejects.toMatchObject({ code: expect.stringMatching(/REJECTED|DENIED/) });
  expect([sprinklr.calls.length, sprinklr.warnings]).toEqual([1, []]);
});

test.each([
  [199, 'RESPONSE_INVALID'],
  [300, 'REDIRECTED'],
  [403, 'PERMISSION_DENIED'],
])('%i is a refusal of either exchange', async (status, code) => {
  const refused = (operation: string) => ({
    code,
    message: expect.stringContaining(` ${operation} (HTTP ${status})`),
  });
  await expect(exchange(scripted(said(status, token)))).rejects.toMatchObject(refused('token exchange'));
  await expect(exchangeOfCode(scripted(said(status, token)))).rejects.toMatchObject(refused('code exchange'));
});

test('without a type it is a bearer token, and it lives a hundred years at most', async () => {
  const lives = (seconds: number): string =>
    JSON.stringify({ access_token: 'P9+ewuw+Nid5', expires_in: seconds });
  const century = 100 * 365 * 24 * 3600;

  const made = await exchange(scripted(said(200, lives(century))));
  expect(made.token).toMatchObject({ type: 'Bearer', expiresIn: century, expiresAt: later(century) });
  await expect(exchange(scripted(said(200, lives(century + 1))))).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    message: expect.stringContaining('does not say how long the token lives'),
  });
});

test('a token is found even where the answer is broken, and so is the token', () => {
  expect(findTokens('{"access_token":"P9+ewuw\\q+Nid5","token_type":')).toContain('P9+ewuw\\q+Nid5');
});

test.each(['query', 'body'] as const)('the parameters are in the %s, and nowhere else', async (place) => {
  const sprinklr = scripted(said(200, token));
  await exchange(sprinklr, place);

  const { url, body } = sprinklr.calls[0]?.request ?? { url: undefined, body: undefined };
  const parameters = { query: url?.search.slice(1), body };
  expect(Object.fromEntries(new URLSearchParams(parameters[place]))).toMatchObject({
    client_id: app.apiKey,
    refresh_token: 'an.assertion.signed',
  });
  expect(parameters[place === 'query' ? 'body' : 'query']).toBe('');
});

test('a list is no lifetime, whatever is in it', async () => {
  const answer = said(200, '{"access_token":"P9+ewuw+Nid5","expires_in":["100"]}');
  await expect(exchange(scripted(answer))).rejects.toMatchObject({ code: 'RESPONSE_INVALID' });
});
