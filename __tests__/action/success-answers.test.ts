import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep } from './harness.ts';
import { world } from './world.ts';

const access_token = 'P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=';
const documented = { access_token, token_type: 'Bearer', Expires_in: 2591999 };
const { token_type, Expires_in } = documented;

const json = (value: unknown): Fault => ({ kind: 'body', json: value });
const text = (body: string, status = 200): Fault => ({
  kind: 'status',
  status,
  body,
  headers: { 'Content-Type': 'application/json', 'Retry-After': '0' },
});

describe('an answer that is the documented one', () => {
  test.each<[string, Fault, string]>([
    ['as in the example', json(documented), '2591999'],
    ['as in the table', json({ access_token, token_type, expires_in: 28799 }), '28799'],
    ['with a lifetime in digits', json({ access_token, token_type, expires_in: '28799' }), '28799'],
    ['with a lifetime in digits, capitalised', json({ access_token, token_type, Expires_in: '60' }), '60'],
    ['with one of two lifetimes empty', json({ ...documented, expires_in: null }), '2591999'],
    ['with a small bearer', json({ ...documented, token_type: 'bearer' }), '2591999'],
    [
      'with an empty error list and more',
      json({ ...documented, errors: [], Errors: [], scope: 'r' }),
      '2591999',
    ],
    ['as 201', text(JSON.stringify(documented), 201), '2591999'],
    ['spread over lines', text(JSON.stringify(documented, null, 4)), '2591999'],
  ])('%s is handed on', async (_, fault, expiresIn) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', fault);
    const started = Date.now();
    const step = await runStep({ inputs: token });
    const took = Date.now() - started;

    expectSuccess(step);
    expect(step.outputs).toMatchObject({
      'access-token': access_token,
      'token-type': 'Bearer',
      'expires-in': expiresIn,
    });
    const lives = Date.parse(step.outputs['expires-at'] ?? '') - started;
    expect(lives).toBeGreaterThanOrEqual(Number(expiresIn) * 1000);
    expect(lives).toBeLessThanOrEqual(Number(expiresIn) * 1000 + took);
  });
});

const refused = [{ id: '7', code: 401, message: 'Invalid consumer key' }];
const brokenToken = (token: string): Fault => json({ ...documented, access_token: token });
const lifetime = (value: unknown): Fault => json({ access_token, token_type, Expires_in: value });

describe('an answer that is a success in name only', () => {
  test.each<[string, Fault, ...(string | RegExp)[]]>([
    [
      'an error list under errors',
      json({ data: null, errors: refused }),
      'reports an error',
      'Invalid consumer key',
    ],
    [
      'an error list under Errors',
      json({ data: null, Errors: refused }),
      'reports an error',
      'Invalid consumer key',
    ],
    ['an error list beside an empty one', json({ errors: [], Errors: refused }), 'Invalid consumer key'],
    ['an error list beside a token', json({ ...documented, errors: refused }), 'reports an error'],
    ['an OAuth error', json({ error: 'invalid_grant', error_description: 'gone' }), 'invalid_grant: gone'],
    ['a fault', json({ fault: { faultstring: 'Quota violation' } }), 'Quota violation'],
    ["a proxy's page", { kind: 'html' }, 'not the documented JSON', 'Sign in to the network'],
    ['broken JSON', { kind: 'garbage' }, 'not the documented JSON'],
    ['nothing', text(''), 'not the documented JSON'],
    ['no content', text('', 204), 'HTTP 204'],
    ['a JSON array', json([documented]), 'not the documented JSON'],
    ['a JSON string', json('Bearer'), 'not the documented JSON'],
    ['null', json(null), 'not the documented JSON'],
    ['more than 1 MiB', { kind: 'giant' }, 'longer than 1 MiB'],
    ['a byte more than 1 MiB', { kind: 'giant', bytes: 1024 * 1024 + 1 }, 'longer than 1 MiB'],
    ['no token', json({ token_type, Expires_in }), 'holds no access token'],
    ['an empty token', brokenToken(''), 'holds no access token'],
    ['a token that is a number', json({ ...documented, access_token: 12345678 }), 'holds no access token'],
    [
      'a token that is a list',
      json({ ...documented, access_token: [access_token] }),
      'holds no access token',
    ],
    ['a token of two lines', brokenToken(`${access_token}\n${access_token}`), 'not one printable line'],
    ['a token with a line end', brokenToken(`${access_token}\n`), 'not one printable line'],
    ['a token with a control character', brokenToken(`${access_token}\u0007`), 'not one printable line'],
    ['a token with a space', brokenToken(`${access_token} ${access_token}`), 'not one printable line'],
    ['a token with a letter that is not ASCII', brokenToken(`${access_token}é`), 'not one printable line'],
    ['a token of seven characters', brokenToken('P9+ewuw'), 'not one printable line'],
    ['another type of token', json({ ...documented, token_type: 'mac' }), 'holds no bearer token'],
    ['a type that is a number', json({ ...documented, token_type: 1 }), 'holds no bearer token'],
    ['no lifetime', json({ access_token, token_type }), 'how long the token lives'],
    ['a lifetime of 0', lifetime(0), 'how long the token lives'],
    ['a negative lifetime', lifetime(-1), 'how long the token lives'],
    ['a negative lifetime in digits', lifetime('-60'), 'how long the token lives'],
    ['a fraction of a lifetime', lifetime(59.5), 'how long the token lives'],
    ['a lifetime in words', lifetime('30 days'), 'how long the token lives'],
    ['a lifetime in an exponent', lifetime('1e3'), 'how long the token lives'],
    ['an empty lifetime', lifetime(''), 'how long the token lives'],
    ['a lifetime that is true', lifetime(true), 'how long the token lives'],
    ['a lifetime beyond any calendar', lifetime(1e300), 'how long the token lives'],
    ['digits beyond any calendar', lifetime('9'.repeat(400)), 'how long the token lives'],
  ])('%s fails the step, once, and shows nothing of a token', async (_, fault, ...words) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', fault);
    const step = await runStep({ inputs: token, secrets: [access_token, 'A'.repeat(40)] });

    expectFailure(step, 'RESPONSE_INVALID', /HTTP 20[014]/, 'gateway, environment and base-url', ...words);
    expect(sprinklr.requests).toHaveLength(1);
  });
});

test('an answer of exactly 1 MiB is read to its end', async () => {
  const { sprinklr, token } = await world();
  const padding = ' '.repeat(1024 * 1024 - JSON.stringify(documented).length);
  sprinklr.fault('apptoken', text(padding + JSON.stringify(documented)));
  const step = await runStep({ inputs: token });

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(access_token);
});
