import { expect, test } from '@jest/globals';
import { createSecrets } from '../../src/action/masking.ts';
import type { Answer } from '../../src/sprinklr/answer.ts';
import { parseAppId } from '../../src/sprinklr/app-id.ts';
import { gatewayAt } from '../../src/sprinklr/gateway.ts';
import type { Http, Repeat, Request } from '../../src/sprinklr/http.ts';
import { exchangeAssertion, exchangeCode } from '../../src/sprinklr/tokens.ts';
import type { Surroundings } from '../../src/surroundings.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number): Date => new Date(now.valueOf() + seconds * 1000);
const gateway = gatewayAt({ gateway: 'api2', environment: 'prod2' });
const app = { apiKey: 'k7apikey3n5x9w2q8r4t6y1zu', apiSecret: 'S3cr3t', redirectUri: 'https://example.com/' };

const said = (status: number, secondsAhead?: number): Answer => ({
  status,
  headers: secondsAhead === undefined ? {} : { date: later(secondsAhead).toUTCString() },
  body: status === 200 ? '{"access_token":"P9+ewuw+Nid5","token_type":"Bearer","expires_in":100}' : '',
  cut: false,
  attempts: 1,
});

/** Sprinklr's side, by the answers that it gives, and what came of it: the calls, and the lines that were shown. */
function answering(...answers: Answer[]) {
  const calls: { request: Request; repeat: Repeat }[] = [];
  const warnings: string[] = [];
  const http: Http = {
    async send(build, repeat) {
      calls.push({ request: await build(), repeat });
      const answer = answers.shift();
      if (answer === undefined) throw new Error('one call too many');
      return answer;
    },
  };
  const silent = (): void => undefined;
  const surroundings: Surroundings = {
    log: { debug: silent, info: silent, notice: silent, warning: (line) => warnings.push(line) },
    secrets: createSecrets(() => undefined),
    now: () => now,
    random: () => 0,
    newId: () => 'an id',
  };
  const exchange = async () => {
    const signed: Date[] = [];
    const sign = (issuedAt: Date): Promise<string> => {
      signed.push(issuedAt);
      return Promise.resolve('an.assertion.signed');
    };
    const appId = parseAppId('eyJwSWQiOjF9');
    const token = await exchangeAssertion(
      http,
      { gateway, app, appId, parametersIn: 'query', sign },
      surroundings,
    );
    return { token, signed };
  };
  return {
    calls,
    warnings,
    exchange,
    exchangeCode: () => exchangeCode(http, { gateway, app, code: 'c0de' }, surroundings),
  };
}

test('an exchange may be repeated safely; one of a code only where it was not taken', async () => {
  const { calls, exchange, exchangeCode: code } = answering(said(200), said(200));
  await exchange();
  await code();
  expect(calls.map(({ request, repeat }) => [request.url.pathname, repeat])).toEqual([
    ['/prod2/oauth/apptoken/eyJwSWQiOjF9', 'safe'],
    ['/prod2/oauth/token', 'not-taken'],
  ]);
});

test.each([
  [31, '31 s behind'],
  [-31, '31 s ahead of'],
])(
  'refused by a clock that is %i s off, it signs once more by that clock, and says so',
  async (skew, words) => {
    const { calls, warnings, exchange } = answering(said(401, skew), said(200, skew));
    const { token, signed } = await exchange();

    expect(calls.map(({ repeat }) => repeat)).toEqual(['safe', 'never']);
    expect(signed).toEqual([now, later(skew)]);
    expect(token.expiresAt).toEqual(later(skew + 100));
    expect(warnings).toEqual([
      `The clock of this runner is ${words} Sprinklr's. Signed once more by Sprinklr's clock; set the runner's clock right.`,
    ]);
  },
);

test.each([
  ['400 by the same clock', said(400, 0)],
  ['400 by a clock that is 30 s off', said(400, 30)],
  ['401 without a clock', said(401)],
  ['403 by another clock', said(403, 3600)],
])('%s is final', async (_, answer) => {
  const { calls, warnings, exchange } = answering(answer);
  await expect(exchange()).rejects.toMatchObject({ code: expect.stringMatching(/REJECTED|DENIED/) });
  expect([calls.length, warnings]).toEqual([1, []]);
});

test.each([
  [199, 'RESPONSE_INVALID'],
  [300, 'REDIRECTED'],
  [403, 'PERMISSION_DENIED'],
])('%i is a refusal of either exchange', async (status, code) => {
  const refused = answering(said(status), said(status));
  await expect(refused.exchange()).rejects.toMatchObject({
    code,
    message: expect.stringMatching(` token exchange \\(HTTP ${status}\\)`),
  });
  await expect(refused.exchangeCode()).rejects.toMatchObject({
    code,
    message: expect.stringMatching(` code exchange \\(HTTP ${status}\\)`),
  });
});
