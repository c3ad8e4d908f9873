import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/simulator.ts';
import { expectFailure } from './expectations.ts';
import { runStep } from './harness.ts';
import { startServer, type ReceivedRequest } from './http-server.ts';
import { app, material, world } from './world.ts';

const error = (body: string, type = 'application/json'): Fault => ({
  kind: 'status',
  status: 401,
  body,
  headers: { 'Content-Type': type },
});
const oauthError = (description: string): Fault =>
  error(JSON.stringify({ error: 'invalid_grant', error_description: description }));

// One of each kind: __tests__/sprinklr/response.test.ts tests every format of an error, and __tests__/redaction.test.ts
// every encoding of a secret.
test.each<[string, Fault, string]>([
  ['OAuth', oauthError('Bad assertion'), '"invalid_grant: Bad assertion"'],
  [
    'the REST API',
    error('{"data":[],"errors":[{"id":"4f","code":401,"message":"Token expired"},{"message":"Log in"}]}'),
    '"401: Token expired: Log in"',
  ],
  ['the REST API with Errors', error('{"Errors":[{"code":7,"message":"No"}]}'), '"7: No"'],
  ['a proxy', error('<title>Zone: blocked</title><body>…</body>', 'text/html'), '"Zone: blocked"'],
  ['a list of strings', error('{"errors":["first","second"]}'), '"first: second"'],
  ['an empty body', error(''), 'HTTP 401'],
])('an error response in the format of %s is quoted', async (_, fault, quote) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', fault);
  const step = await runStep({ inputs: token });

  expectFailure(step, 'CREDENTIALS_REJECTED', quote);
});

// Nothing distinguishes a bare token, or one after a garbled name, from other text.
test.each(['P9+ewuw+Nid5hg4KBRNP', '"P9+ewuw+Nid5hg4KBRNP"', '{"acces_token":"P9+ewuw+Nid5hg4KBRNP",}'])(
  'a success response in an unknown format is not quoted: %s',
  async (body) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', { kind: 'status', status: 200, body });
    const step = await runStep({ inputs: token, secrets: ['P9+ewuw+Nid5hg4KBRNP'] });

    expectFailure(step, 'RESPONSE_INVALID');
  },
);

test.each<[string, Fault, string | RegExp]>([
  ['with line breaks', oauthError('No.\n::error::hacked\r\n::set-env::x'), 'No. : :error: :hacked'],
  ['with a command at its start', error('::stop-commands::x', 'text/plain'), '": :stop-commands: :x"'],
  [
    'with a command in the old form',
    oauthError('a ##[error]b ##[add-mask]c'),
    'a # #[error]b # #[add-mask]c',
  ],
  ['with a percent-encoded line break', oauthError('a%0A::error::b'), 'a%0A: :error: :b'],
  ['with ANSI colors', oauthError('\u001b[31mred\u001b[0m\u009b2J'), ': [31mred [0m 2J'],
  ['with bidirectional controls', oauthError('a\u202eb\u2066c\u2028d\u200be\ufefff'), 'a b c d e f'],
  ['that is long', oauthError('long '.repeat(2000)), /"invalid_grant: (long ){57}…"/],
])('hostile text %s is sanitized', async (_, fault, quote) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', fault);
  const step = await runStep({ inputs: token });

  expectFailure(step, 'CREDENTIALS_REJECTED', quote);
  expect(step.errors[0]?.message.length).toBeLessThan(1000);
  expect(step.log).not.toContain('##[');
  expect(step.log.match(/^\s*::(?!error title=|add-mask::|debug::)/gm)).toBeNull();
});

const assertionOf = ({ url }: ReceivedRequest): string =>
  new URL(url, 'http://host').searchParams.get('refresh_token') ?? '';
const oauth = (description: string): string =>
  JSON.stringify({ error: 'invalid_client', error_description: description });
const { apiSecret, apiKey } = app;

describe('a server that echoes the request:', () => {
  test.each<[string, (request: ReceivedRequest) => string]>([
    ['the secret', () => oauth(`bad secret ${apiSecret}`)],
    ['the secret in base64', () => oauth(Buffer.from(apiSecret).toString('base64'))],
    ['the end of the secret', () => oauth(`secret ...${apiSecret.slice(-16)} is wrong`)],
    ['the secret where the quote is truncated', () => oauth('x'.repeat(270) + apiSecret)],
    ['the whole query', ({ url }) => oauth(url)],
    ['the assertion', (request) => oauth(`JWT ${assertionOf(request)} is malformed`)],
    ["the assertion's payload", (request) => oauth(assertionOf(request).split('.')[1] ?? '')],
    ["a part of the assertion's signature", (request) => oauth(assertionOf(request).slice(-40))],
    ['the assertion in a page', (request) => `<title>Error in ${assertionOf(request)}</title>`],
    ['a line of the private key', () => oauth(material().key.split('\n')[3] ?? '')],
    ['base64 of the private key', () => oauth(material().secret.slice(400, 500))],
  ])('%s is not printed', async (_, body) => {
    const { token } = await world();
    const server = await startServer((request) => ({ status: 401, body: body(request) }));
    const step = await runStep({
      inputs: { ...token, 'base-url': server.origin },
      secrets: [material().key],
    });

    // Replaced if it is plain. Otherwise, nothing of the response is quoted.
    expectFailure(step, 'CREDENTIALS_REJECTED', /\*\*\*|not shown/);
    const quoted = /"(.*?)"/.exec(step.errors[0]?.message ?? '')?.[1] ?? '';
    const sent = [apiSecret, apiKey, material().secret, material().key, ...server.requests.map(assertionOf)];
    const forms = sent.flatMap((one) => [one, encodeURIComponent(one), Buffer.from(one).toString('base64')]);
    for (const piece of windows(quoted))
      expect(forms.filter((form) => form.toLowerCase().includes(piece))).toEqual([]);
  });

  test('the secret with other characters instead of its spaces is not printed', async () => {
    const { token } = await world();
    const server = await startServer(() => ({
      status: 401,
      body: oauth('S3cr3t\u200bwith\u0000 \u2028spaces'),
    }));
    const inputs = { ...token, 'api-secret': 'S3cr3t with spaces', 'base-url': server.origin };

    expectFailure(await runStep({ inputs }), 'CREDENTIALS_REJECTED', 'not shown');
  });

  test('the assertion in the error list of a 200 is redacted', async () => {
    const { token } = await world();
    const server = await startServer((request) => ({
      status: 200,
      body: JSON.stringify({ errors: [{ message: `bad ${assertionOf(request)}` }] }),
    }));
    const step = await runStep({ inputs: { ...token, 'base-url': server.origin } });

    expectFailure(step, 'RESPONSE_INVALID', '"bad ***".');
  });
});

/** Every substring of twelve characters, in lowercase. */
function windows(text: string): string[] {
  const lower = text.toLowerCase();
  return Array.from({ length: Math.max(0, lower.length - 11) }, (_, at) => lower.slice(at, at + 12));
}
