import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/simulator.ts';
import { answering, type Heard } from './answering.ts';
import { expectFailure } from './expectations.ts';
import { runStep } from './harness.ts';
import { app, material, world } from './world.ts';

const refusal = (body: string, type = 'application/json'): Fault => ({
  kind: 'status',
  status: 401,
  body,
  headers: { 'Content-Type': type },
});
const saying = (words: string): Fault => refusal(JSON.stringify({ error: 'no', error_description: words }));

// contract.md, "Errors": the shapes that a body comes in, and what a person should read of it.
test.each<[string, Fault, string]>([
  [
    'of OAuth',
    refusal('{"error":"invalid_grant","error_description":"Bad assertion"}'),
    'It said: "invalid_grant: Bad assertion".',
  ],
  [
    'of the portal',
    refusal(
      '{"success":false,"errors":[{"code":"UNAUTHORIZED","message":"Invalid consumer key","details":{}}]}',
    ),
    'It said: "UNAUTHORIZED: Invalid consumer key".',
  ],
  [
    'of the REST API',
    refusal('{"data":[],"errors":[{"id":"4f","code":401,"message":"Token expired"},{"message":"Log in"}]}'),
    'It said: "401: Token expired: Log in".',
  ],
  ['of the REST API, capitalised', refusal('{"Errors":[{"code":7,"message":"No"}]}'), 'It said: "7: No".'],
  [
    'of Apigee',
    refusal('{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}'),
    'It said: "Invalid ApiKey".',
  ],
  ['of Mashery', refusal('<h1>Not Authorized</h1>', 'text/xml'), 'It said: "Not Authorized".'],
  [
    'of the application',
    refusal('{"timestamp":1,"status":401,"error":"Unauthorized","path":"/oauth/apptoken"}'),
    'It said: "Unauthorized".',
  ],
  [
    'of a proxy',
    refusal(
      '<!DOCTYPE html><html><head><title>Zone: blocked</title></head><body>…</body></html>',
      'text/html',
    ),
    'It said: "Zone: blocked".',
  ],
  ['without markup', refusal('upstream connect error', 'text/plain'), 'It said: "upstream connect error".'],
  ['of strings', refusal('{"errors":["first","second"]}'), 'It said: "first: second".'],
  ['of nulls', refusal('{"error":null,"errors":[null,{"code":null}],"fault":7}'), 'It gave no reason.'],
  ['with nothing in it', refusal(''), 'It gave no reason.'],
])('a refusal in the words %s is quoted', async (_, fault, words) => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', fault);
  const step = await runStep({ inputs: token });

  expectFailure(step, 'CREDENTIALS_REJECTED', words);
});

// Nothing tells a bare token, or one under a garbled name, from any other text.
test.each(['P9+ewuw+Nid5hg4KBRNP', '"P9+ewuw+Nid5hg4KBRNP"', '{"acces_token":"P9+ewuw+Nid5hg4KBRNP",}'])(
  'the text of a success in a shape that nobody knows is not quoted: %s',
  async (body) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', { kind: 'status', status: 200, body });
    const step = await runStep({ inputs: token, secrets: ['P9+ewuw+Nid5hg4KBRNP'] });

    expectFailure(step, 'RESPONSE_INVALID', /documented JSON\. Check/);
  },
);

describe('hostile words', () => {
  test.each<[string, Fault, string | RegExp]>([
    [
      'with line ends and a command',
      saying('No.\n::error::you are hacked\r\n::set-env::x'),
      'No. : :error: :you',
    ],
    [
      'that are a command from the start',
      refusal('::stop-commands::x', 'text/plain'),
      '": :stop-commands: :x"',
    ],
    ['in the old form of a command', saying('a ##[error]b ##[add-mask]c'), 'a # #[error]b # #[add-mask]c'],
    ['with a percent-encoded line end', saying('a%0A::error::b'), 'a%0A: :error: :b'],
    ['in colours', saying('\u001b[31mred\u001b[0m\u009b2J'), 'no: [31mred [0m 2J'],
    ['with bells and zeros', saying('a\u0000b\u0007c\u007fd'), 'a b c d'],
    ['that turn the line round', saying('a\u202eb\u2066c\u2028d\u200be\ufefff'), 'a b c d e f'],
    ['with half a character', saying('a\ud800b'), 'a b'],
    ['that go on and on', saying('long '.repeat(2000)), /"no: (long ){50,60}lo?n?g?…"/],
    ['that go on without an end', refusal(`<title>${'<'.repeat(100_000)}`, 'text/html'), 'HTTP 401'],
  ])('%s do no harm', async (_, fault, words) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', fault);
    const step = await runStep({ inputs: token });

    expectFailure(step, 'CREDENTIALS_REJECTED', words);
    expect(step.errors[0]?.message.length).toBeLessThan(1000);
    expect(step.log).not.toContain('##[');
    expect(step.log.match(/^\s*::(?!error title=|add-mask::|debug::)/gm)).toBeNull();
  });
});

const assertionOf = ({ url }: Heard): string =>
  new URL(url, 'http://host').searchParams.get('refresh_token') ?? '';
const oauth = (description: string): string =>
  JSON.stringify({ error: 'invalid_client', error_description: description });
const { apiSecret, apiKey } = app;

describe('a server that repeats what it was sent', () => {
  test.each<[string, (heard: Heard) => string]>([
    ['the secret', () => oauth(`bad secret ${apiSecret}`)],
    ['the secret, percent-encoded', () => oauth(`client_secret=${encodeURIComponent(apiSecret)}`)],
    ['the secret in small letters', () => oauth(apiSecret.toLowerCase())],
    ['the secret in base64', () => oauth(Buffer.from(apiSecret).toString('base64'))],
    ['the secret in hex', () => oauth(Buffer.from(apiSecret).toString('hex'))],
    ['the start of the secret', () => oauth(`secret ${apiSecret.slice(0, 16)}... is wrong`)],
    ['the end of the secret', () => oauth(`secret ...${apiSecret.slice(-16)} is wrong`)],
    ['the secret where a quote is cut off', () => oauth('x'.repeat(270) + apiSecret)],
    ['the key', () => oauth(`no such key: ${apiKey}`)],
    ['the whole query', ({ url }) => oauth(url)],
    ['the assertion', (heard) => oauth(`JWT ${assertionOf(heard)} is malformed`)],
    ["the assertion's payload", (heard) => oauth(assertionOf(heard).split('.')[1] ?? '')],
    ["a piece of the assertion's signature", (heard) => oauth(assertionOf(heard).slice(-40))],
    ['the assertion as plain text', (heard) => `cannot parse ${assertionOf(heard)}`],
    ['the assertion in a page', (heard) => `<title>Error in ${assertionOf(heard)}</title>`],
    ['a line of the private key', () => oauth(material().key.split('\n')[3] ?? '')],
    ['base64 of the private key', () => oauth(material().secret.slice(400, 500))],
  ])('(%s) is not quoted to the letter', async (_, body) => {
    const { token } = await world();
    const server = await answering((heard) => ({ status: 401, body: body(heard) }));
    const step = await runStep({
      inputs: { ...token, 'base-url': server.origin },
      secrets: [material().key],
    });

    expectFailure(step, 'CREDENTIALS_REJECTED', '***');
    const said = /It said: "(.*?)"\./.exec(step.errors[0]?.message ?? '')?.[1] ?? '';
    const sent = [apiSecret, apiKey, material().secret, material().key, ...server.heard.map(assertionOf)];
    const forms = sent.flatMap((one) => [one, encodeURIComponent(one), Buffer.from(one).toString('base64')]);
    for (const piece of windows(said))
      expect(forms.filter((form) => form.toLowerCase().includes(piece))).toEqual([]);
  });

  test.each(['\u200b', '\n', '\u00a0', '\u0000 \u2028'])(
    '(its secret with %j for a space) is not quoted either',
    async (space) => {
      const secret = 'S3cr3t with spaces in it';
      const { token } = await world();
      const server = await answering(() => ({ status: 401, body: oauth(secret.replaceAll(' ', space)) }));
      const step = await runStep({
        inputs: { ...token, 'api-secret': secret, 'base-url': server.origin },
      });

      expectFailure(step, 'CREDENTIALS_REJECTED', '***');
    },
  );

  test('(in the error list of a 200) is not quoted to the letter either', async () => {
    const { token } = await world();
    const server = await answering((heard) => ({
      status: 200,
      body: JSON.stringify({ errors: [{ message: `bad ${assertionOf(heard)}` }] }),
    }));
    const step = await runStep({ inputs: { ...token, 'base-url': server.origin } });

    expectFailure(step, 'RESPONSE_INVALID', 'It said: "bad ***".');
  });
});

/** Every run of twelve characters, in small letters. */
function windows(text: string): string[] {
  const lower = text.toLowerCase();
  return Array.from({ length: Math.max(0, lower.length - 11) }, (_, at) => lower.slice(at, at + 12));
}
