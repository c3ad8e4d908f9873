import { expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep } from './harness.ts';
import { material, world } from './world.ts';

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

test.each<[string, Fault, string]>([
  ['as in the example of the guide', json(documented), '2591999'],
  ['as in the table of the guide', json({ access_token, token_type, expires_in: 28799 }), '28799'],
  ['with strings', json({ access_token, token_type: 'bearer', expires_in: '28799' }), '28799'],
  [
    'with an empty error list and other members',
    json({ ...documented, expires_in: null, errors: [], Errors: [], scope: 'r' }),
    '2591999',
  ],
  ['with status 201 and indentation', text(JSON.stringify(documented, null, 4), 201), '2591999'],
  ['of exactly 1 MiB', text(JSON.stringify(documented).padStart(1024 * 1024)), '2591999'],
])('a response %s is output', async (_, fault, expiresIn) => {
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
  const lifetimeMs = Date.parse(step.outputs['expires-at'] ?? '') - started;
  expect(lifetimeMs).toBeGreaterThanOrEqual(Number(expiresIn) * 1000);
  expect(lifetimeMs).toBeLessThanOrEqual(Number(expiresIn) * 1000 + took);
});

const errors = [{ id: '7', code: 401, message: 'Invalid consumer key' }];
const brokenToken = (token: string): Fault => json({ ...documented, access_token: token });
const lifetime = (value: unknown): Fault => json({ access_token, token_type, Expires_in: value });

// Besides the responses of __tests__/sprinklr/tokens.test.ts and success-body.test.ts.
test.each<[string, Fault, ...facts: (string | RegExp)[]]>([
  ['an error list beside an empty one', json({ errors: [], Errors: errors }), 'Invalid consumer key'],
  ['an error list beside a token', json({ ...documented, errors }), 'Invalid consumer key'],
  ['an OAuth error', json({ error: 'invalid_grant', error_description: 'gone' }), 'invalid_grant: gone'],
  ['a fault', json({ fault: { faultstring: 'Quota violation' } }), 'Quota violation'],
  ['an HTML page', { kind: 'html' }, 'Sign in to the network'],
  ['malformed JSON', { kind: 'garbage' }],
  ['no content', text('', 204), 'HTTP 204'],
  ['a byte more than 1 MiB', { kind: 'giant', bytes: 1024 * 1024 + 1 }, '1 MiB'],
  ['no token', json({ token_type, Expires_in }), 'access token'],
  ['an empty token', brokenToken(''), 'token'],
  ['a token that is a number', json({ ...documented, access_token: 12345678 }), 'access token'],
  ['a token that is a list', json({ ...documented, access_token: [access_token] }), 'access token'],
  ['a token with a line break', brokenToken(`${access_token}\n`), 'token'],
  ['a token with a control character', brokenToken(`${access_token}\u0007`), 'token'],
  ['a token with a space', brokenToken(`${access_token} ${access_token}`), 'token'],
  ['a token with a non-ASCII letter', brokenToken(`${access_token}é`), 'token'],
  ['another type of token', json({ ...documented, token_type: 'mac' }), 'bearer'],
  ['a type that is a number', json({ ...documented, token_type: 1 }), 'bearer'],
])('a response with %s fails the step without a retry and prints no token', async (_, fault, ...facts) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', fault);
  const step = await runStep({ inputs: token, secrets: [access_token, 'A'.repeat(40)] });

  expectFailure(step, 'RESPONSE_INVALID', /HTTP 20[014]/, 'base-url', ...facts);
  expect(sprinklr.requests).toHaveLength(1);
});

test.each<[string, Fault]>([
  ['a negative lifetime', lifetime(-1)],
  ['a negative lifetime as a string', lifetime('-60')],
  ['a lifetime in words', lifetime('30 days')],
  ['a lifetime with an exponent', lifetime('1e3')],
  ['an empty lifetime', lifetime('')],
  ['a lifetime that is true', lifetime(true)],
  ['a lifetime beyond the range of dates', lifetime(1e300)],
  ['a lifetime of 400 digits', lifetime('9'.repeat(400))],
])('a response with %s outputs the token without an expiry, and warns', async (_, fault) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', fault);
  const step = await runStep({ inputs: { ...token, seal: 'true' } });

  expectSuccess(step);
  expect(step.outputs).toMatchObject({ 'access-token': access_token, 'expires-in': '', 'expires-at': '' });
  expect(step.warnings).toHaveLength(1);
  const unseal = {
    mode: 'unseal',
    'sealed-token': step.outputs['sealed-token'] ?? '',
    'private-key': material().secret,
  };
  const unsealed = await runStep({ inputs: unseal, secrets: [access_token] });
  expect(unsealed.outputs).toMatchObject({
    'access-token': access_token,
    'expires-in': '',
    'expires-at': '',
  });
});
