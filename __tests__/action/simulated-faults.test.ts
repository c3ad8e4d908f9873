/** What a user rehearses with `simulate --fault`, and what the action then does. */
import { expect, test } from '@jest/globals';
import { generateKeyMaterial } from '../../src/credentials/keygen.ts';
import { parseFaults, type Simulator } from '../../src/simulator/simulator.ts';
import { runStep, type Outcome } from './harness.ts';
import { expectNone } from './leaks.ts';
import { app, world } from './world.ts';

/** From yesterday, so that it is already valid for a slow clock. */
const older = generateKeyMaterial({
  subject: { commonName: 'ci.example.com' },
  now: new Date(Date.now() - 24 * 3600_000),
});

interface Rehearsal {
  readonly gateway?: 'api2' | 'api3';
  /** Seconds that Sprinklr's clock is behind the runner's. */
  readonly behind?: number;
}

/** Runs a step that makes one attempt, under faults in the grammar of `--fault`. */
async function rehearse(
  scripts: readonly string[],
  { behind = 0, ...options }: Rehearsal = {},
): Promise<{ sprinklr: Simulator; outcome: Outcome }> {
  const { sprinklr, token } = await world({ now: () => Date.now() - behind * 1000, ...options });
  for (const script of scripts) {
    const { endpoint, faults } = parseFaults(script);
    sprinklr.fault(endpoint, ...faults);
  }
  const { privateKeyDer, certificatePem } = await older;
  const key = {
    'private-key': privateKeyDer.toString('base64'),
    'app-id': sprinklr.register(certificatePem, app.apiKey),
  };
  const outcome = await runStep({ inputs: { ...token, ...key, 'max-attempts': '1', verify: 'true' } });
  return { sprinklr, outcome };
}

const codeOf = ({ outputs }: Outcome): string | undefined => outputs['error-code'];

test.each([
  ['401:mashery', 'API_KEY_INACTIVE', /Developer Inactive/],
  ['403:mashery', 'API_KEY_INACTIVE', /Developer Inactive/],
  ['429:mashery', 'RATE_LIMITED', /Developer Over Rate/],
  ['596:mashery', 'NOT_FOUND', /./],
  ['400:oauth', 'CREDENTIALS_REJECTED', /invalid_grant/],
  ['401:list', 'CREDENTIALS_REJECTED', /HTTP_401: Unauthorized/],
  ['200:list', 'RESPONSE_INVALID', /HTTP_200: OK/],
  ['401:data', 'CREDENTIALS_REJECTED', /401: Unauthorized/],
  ['200:data', 'RESPONSE_INVALID', /200: OK/],
  ['401:apigee', 'CREDENTIALS_REJECTED', /Unauthorized/],
  ['400:apigee-oauth', 'API_KEY_INACTIVE', /Invalid client id : \*\*\*/],
  ['500:application', 'SERVER_ERROR', /Internal Server Error/],
  ['502:empty', 'SERVER_ERROR', /./],
  ['200:empty', 'RESPONSE_INVALID', /./],
  ['403:page', 'PERMISSION_DENIED', /proxy or firewall/i],
  ['200:page', 'RESPONSE_INVALID', /./],
])('apptoken=%s fails with %s and quotes what the server said', async (fault, code, words) => {
  const { sprinklr, outcome } = await rehearse([`apptoken=${fault}`]);
  expect(codeOf(outcome)).toBe(code);
  expect(outcome.errors).toEqual([expect.objectContaining({ message: expect.stringMatching(words) })]);
  expectNone(outcome.shown, [app.apiKey, app.apiSecret]);
  expect(sprinklr.requests[0]?.status).toBe(Number(fault.slice(0, 3)));
});

test('echo-key sends the API key in a header, which is never shown', async () => {
  const { sprinklr, outcome } = await rehearse(['apptoken=echo-key', 'me=echo-key']);
  expect(outcome.exitCode).toBe(0);
  expectNone(outcome.shown, [app.apiKey]);
  sprinklr.fault('me', { kind: 'echo-key' });
  const response = await fetch(`${sprinklr.origin}/prod2/api/v2/me`, { headers: { Key: app.apiKey } });
  expect(response.headers.get('x-spr-api_key')).toBe(app.apiKey);
});

test.each(['api2', 'api3'] as const)(
  'no-expiry leaves the lifetime out, and the token is still output (%s)',
  async (gateway) => {
    const { outcome } = await rehearse(['apptoken=no-expiry'], { gateway });
    expect(outcome.exitCode).toBe(0);
    expect(outcome.outputs).toMatchObject({ 'expires-in': '', 'expires-at': '' });
    expect(outcome.outputs['access-token']).toMatch(/.{8}/);
    expect(outcome.warnings).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/does not say when the token expires/) }),
    ]);
  },
);

test('no-expiry also applies to the authorization code grant', async () => {
  const { sprinklr, register } = await world();
  sprinklr.fault('token', { kind: 'no-expiry' });
  expect((await runStep({ inputs: register })).exitCode).toBe(0);
});

test('strict-iat accepts the JWT of a clock that is right, or ahead by less than 30 seconds', async () => {
  for (const behind of [0, 20]) {
    const { sprinklr, outcome } = await rehearse(['apptoken=strict-iat'], { behind });
    expect([behind, outcome.exitCode]).toEqual([behind, 0]);
    expect(sprinklr.requests.map(({ endpoint }) => endpoint)).toEqual(['apptoken', 'me']);
  }
});

test('strict-iat rejects the JWT of a clock that is further ahead, which signs again with the right time', async () => {
  const { sprinklr, outcome } = await rehearse(['apptoken=strict-iat,strict-iat'], { behind: 45 });
  expect(outcome.exitCode).toBe(0);
  expect(sprinklr.requests.map(({ status }) => status)).toEqual([400, 200, 200]);
  expect(outcome.warnings).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/Retrying with Sprinklr's time/) }),
  ]);
});

test('without strict-iat, 30 seconds are tolerated', async () => {
  const { sprinklr } = await rehearse([], { behind: 45 });
  expect(sprinklr.requests[0]?.status).toBe(200);
});
