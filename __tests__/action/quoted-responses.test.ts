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
  error(JSON.stringify({ error: 'no', error_description: description }));

// The shapes of an error response, and the text of each that the message must quote.
test.each<[string, Fault, string]>([
  [
    'OAuth',
    error('{"error":"invalid_grant","error_description":"Bad assertion"}'),
    '"invalid_grant: Bad assertion"',
  ],
  [
    'the developer portal',
    error(
      '{"success":false,"errors":[{"code":"UNAUTHORIZED","message":"Invalid consumer key","details":{}}]}',
    ),
    '"UNAUTHORIZED: Invalid consumer key"',
  ],
  [
    'the REST API',
    error('{"data":[],"errors":[{"id":"4f","code":401,"message":"Token expired"},{"message":"Log in"}]}'),
    '"401: Token expired: Log in"',
  ],
  ['the REST API with Errors', error('{"Errors":[{"code":7,"message":"No"}]}'), '"7: No"'],
  [
    'Apigee',
    error('{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}'),
    '"Invalid ApiKey"',
  ],
  ['Mashery', error('<h1>Not Authorized</h1>', 'text/xml'), '"Not Authorized"'],
  [
    'Spring Boot',
    error('{"timestamp":1,"status":401,"error":"Unauthorized","path":"/oauth/apptoken"}'),
    '"Unauthorized"',
  ],
  [
    'a proxy',
    error('<!DOCTYPE html><html><head><title>Zone: blocked</title></head><body>…</body></html>', 'text/html'),
    '"Zone: blocked"',
  ],
  ['plain text', error('upstream connect error', 'text/plain'), '"upstream connect error"'],
  ['a list of strings', error('{"errors":["first","second"]}'), '"first: second"'],
  ['null members', error('{"error":null,"errors":[null,{"code":null}],"fault":7}'), 'HTTP 401'],
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

describe('hostile text', () => {
  test.each<[string, Fault, string | RegExp]>([
    [
      'with line breaks and a workflow command',
      oauthError('No.\n::error::you are hacked\r\n::set-env::x'),
      'No. : :error: :you',
    ],
    [
      'that starts with a workflow command',
      error('::stop-commands::x', 'text/plain'),
      '": :stop-commands: :x"',
    ],
    [
      'with a command in the old ##[ form',
      oauthError('a ##[error]b ##[add-mask]c'),
      'a # #[error]b # #[add-mask]c',
    ],
    ['with a percent-encoded line break', oauthError('a%0A::error::b'), 'a%0A: :error: :b'],
    ['with ANSI colors', oauthError('\u001b[31mred\u001b[0m\u009b2J'), 'no: [31mred [0m 2J'],
    ['with control characters', oauthError('a\u0000b\u0007c\u007fd'), 'a b c d'],
    ['with bidirectional controls', oauthError('a\u202eb\u2066c\u2028d\u200be\ufefff'), 'a b c d e f'],
    ['with a lone surrogate', oauthError('a\ud800b'), 'a b'],
    ['that is long', oauthError('long '.repeat(2000)), /"no: (long ){50,60}lo?n?g?…"/],
    ['with unclosed markup', error(`<title>${'<'.repeat(100_000)}`, 'text/html'), 'HTTP 401'],
  ])('%s is sanitized', async (_, fault, quote) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', fault);
    const step = await runStep({ inputs: token });

    expectFailure(step, 'CREDENTIALS_REJECTED', quote);
    expect(step.errors[0]?.message.length).toBeLessThan(1000);
    expect(step.log).not.toContain('##[');
    expect(step.log.match(/^\s*::(?!error title=|add-mask::|debug::)/gm)).toBeNull();
  });
});

const assertionOf = ({ url }: ReceivedRequest): string =>
  new URL(url, 'http://host').searchParams.get('refresh_token') ?? '';
const oauth = (description: string): string =>
  JSON.stringify({ error: 'invalid_client', error_description: description });
const { apiSecret, apiKey } = app;

describe('a server that echoes the request:', () => {
  test.each<[string, (request: ReceivedRequest) => string]>([
    ['the secret', () => oauth(`bad secret ${apiSecret}`)],
    ['the secret, percent-encoded', () => oauth(`client_secret=${encodeURIComponent(apiSecret)}`)],
    ['the secret in lowercase', () => oauth(apiSecret.toLowerCase())],
    ['the secret in base64', () => oauth(Buffer.from(apiSecret).toString('base64'))],
    ['the secret in hex', () => oauth(Buffer.from(apiSecret).toString('hex'))],
    ['the start of the secret', () => oauth(`secret ${apiSecret.slice(0, 16)}... is wrong`)],
    ['the end of the secret', () => oauth(`secret ...${apiSecret.slice(-16)} is wrong`)],
    ['the secret where the quote is truncated', () => oauth('x'.repeat(270) + apiSecret)],
    ['the key', () => oauth(`no such key: ${apiKey}`)],
    ['the whole query', ({ url }) => oauth(url)],
    ['the assertion', (request) => oauth(`JWT ${assertionOf(request)} is malformed`)],
    ["the assertion's payload", (request) => oauth(assertionOf(request).split('.')[1] ?? '')],
    ["a part of the assertion's signature", (request) => oauth(assertionOf(request).slice(-40))],
    ['the assertion as plain text', (request) => `cannot parse ${assertionOf(request)}`],
    ['the assertion in a page', (request) => `<title>Error in ${assertionOf(request)}</title>`],
    ['a line of the private key', () => oauth(material().key.split('\n')[3] ?? '')],
    ['base64 of the private key', () => oauth(material().secret.slice(400, 500))],
  ])('%s is redacted', async (_, body) => {
    const { token } = await world();
    const server = await startServer((request) => ({ status: 401, body: body(request) }));
    const step = await runStep({
      inputs: { ...token, 'base-url': server.origin },
      secrets: [material().key],
    });

    expectFailure(step, 'CREDENTIALS_REJECTED', '***');
    const quoted = /"(.*?)"/.exec(step.errors[0]?.message ?? '')?.[1] ?? '';
    const sent = [apiSecret, apiKey, material().secret, material().key, ...server.requests.map(assertionOf)];
    const forms = sent.flatMap((one) => [one, encodeURIComponent(one), Buffer.from(one).toString('base64')]);
    for (const piece of windows(quoted))
      expect(forms.filter((form) => form.toLowerCase().includes(piece))).toEqual([]);
  });

  test.each(['\u200b', '\n', '\u00a0', '\u0000 \u2028'])(
    'the secret with %j instead of spaces is redacted',
    async (space) => {
      const secret = 'S3cr3t with spaces in it';
      const { token } = await world();
      const server = await startServer(() => ({ status: 401, body: oauth(secret.replaceAll(' ', space)) }));
      const step = await runStep({
        inputs: { ...token, 'api-secret': secret, 'base-url': server.origin },
      });

      expectFailure(step, 'CREDENTIALS_REJECTED', '***');
    },
  );

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
