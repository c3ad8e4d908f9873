import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ErrorCode } from '../../src/errors.ts';
import type { Inputs } from '../action/harness.ts';
import { app, material, username } from '../action/world.ts';
import { DISGUISES, ENCODINGS } from '../encodings.ts';
import { cases } from '../volume.ts';
import { expectInvariants } from './invariants.ts';
import { flipBit, offsets } from './mutations.ts';
import { startRawServer, type RawRequest, type RawServer } from './raw-server.ts';
import { traceStep } from './trace.ts';

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer();
});
afterAll(() => {
  server.close();
});

const connection: Inputs = {
  'api-key': app.apiKey,
  'api-secret': app.apiSecret,
  'redirect-uri': app.redirectUri,
  'max-attempts': '1',
  'timeout-seconds': '5',
};
const tokenInputs: Inputs = {
  ...connection,
  'private-key': material().secret,
  'app-id': 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==',
  username,
};
const registerInputs: Inputs = {
  ...connection,
  mode: 'register',
  certificate: material().certificate,
  'authorization-code': '6b1f4e2d9c8a7b6c5d4e3f2a',
};

/** The error code of a step that gets this response, or `success`. */
async function resultOf(
  inputs: Inputs,
  response: (request: RawRequest) => Buffer,
  secrets: readonly string[] = [],
): Promise<string> {
  server.respond(response);
  const step = { inputs: { ...inputs, 'base-url': server.origin }, secrets };
  const traced = await traceStep(step);
  expectInvariants({ ...traced, inputs: step.inputs, assertions: [], tokens: [], keyForms: [] });
  return traced.outcome.outputs['error-code'] ?? 'success';
}

const http = (body: Buffer | string, head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json'): Buffer =>
  Buffer.concat([
    Buffer.from(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`),
    Buffer.from(body),
  ]);

const token = 'P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=';
const refreshToken = 'R3fresh/ewuw+Nid5hg4KBRNPxVaTq0rcXmI5O=';
/** The documented responses. */
const DOCUMENTED = {
  '/oauth/apptoken/': `{"access_token":"${token}","token_type":"Bearer","Expires_in":2591999}`,
  '/api/v2/me':
    '{"data":{"id":66014640,"name":"A","email":"a@example.com","customerId":66000000,"workspaceId":66000002,"properties":{}},"errors":[]}',
  '/oauth/token': `{"access_token":"${token}","refresh_token":"${refreshToken}","token_type":"Bearer","expires_in":28799}`,
  '/app/register': '{"data":"eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ\\u003d\\u003d","Errors":[]}',
};
type Endpoint = keyof typeof DOCUMENTED;
const calls: [endpoint: Endpoint, inputs: Inputs][] = [
  ['/oauth/apptoken/', tokenInputs],
  ['/api/v2/me', { ...tokenInputs, verify: 'true' }],
  ['/oauth/token', registerInputs],
  ['/app/register', registerInputs],
];

/** Documented responses, except that of one endpoint. */
const replaceAt =
  (endpoint: Endpoint, response: Buffer | string) =>
  ({ url }: RawRequest): Buffer => {
    const [called = endpoint, real = ''] =
      Object.entries(DOCUMENTED).find(([path]) => url.includes(path)) ?? [];
    return http(called === endpoint ? response : real);
  };
const resultAt = (endpoint: Endpoint, inputs: Inputs, response: Buffer | string): Promise<string> =>
  resultOf(inputs, replaceAt(endpoint, response), [token, refreshToken]);

/** What a 403 can mean, depending on its text. */
const FORBIDDEN: ErrorCode[] = ['PERMISSION_DENIED', 'API_KEY_INACTIVE', 'RATE_LIMITED'];
/** The shapes of an error response, each with a status that has it. */
const errors: [status: number, body: string, codes: ErrorCode[]][] = [
  [400, '{"error":"invalid_grant","error_description":"The JWT is expired"}', ['CREDENTIALS_REJECTED']],
  [401, '{"data":[],"errors":[{"id":"4f1c","code":401,"message":"Unauthorized"}]}', ['CREDENTIALS_REJECTED']],
  [429, '{"success":false,"errors":[{"code":"RATE_LIMIT_EXCEEDED","message":"Slower"}]}', ['RATE_LIMITED']],
  [403, '{"fault":{"faultstring":"Developer Over Rate","detail":{"errorcode":"x"}}}', FORBIDDEN],
  [403, '<h1>Developer Inactive</h1>', FORBIDDEN],
  [500, '{"timestamp":1,"status":500,"error":"Internal Server Error","path":"/oauth"}', ['SERVER_ERROR']],
  [200, '{"data":null,"errors":[{"code":"x","message":"The app was removed"}]}', ['RESPONSE_INVALID']],
];

test.each(errors)(
  'the error response %d %s keeps its code with a bit flipped in any byte or truncated anywhere',
  async (status, body, codes) => {
    const real = Buffer.from(body);
    const resultWith = (bytes: Buffer): Promise<string> =>
      resultOf(tokenInputs, () => http(bytes, `HTTP/1.1 ${status} No`), [token]);
    for (const at of offsets(real.length)) {
      expect(codes).toContain(await resultWith(flipBit(real, at)));
      expect(codes).toContain(await resultWith(real.subarray(0, at)));
    }
  },
);

describe.each(calls)('the response of %s', (endpoint, inputs) => {
  const real = Buffer.from(DOCUMENTED[endpoint]);

  test('is accepted as documented', async () => {
    expect(await resultAt(endpoint, inputs, real)).toBe('success');
  });

  test('is rejected if it is truncated anywhere', async () => {
    for (const length of offsets(real.length)) {
      expect([length, await resultAt(endpoint, inputs, real.subarray(0, length))]).toEqual([
        length,
        'RESPONSE_INVALID',
      ]);
    }
  });

  test('is accepted or rejected with a bit flipped in any byte', async () => {
    for (const at of offsets(real.length)) {
      expect(['success', 'RESPONSE_INVALID']).toContain(await resultAt(endpoint, inputs, flipBit(real, at)));
    }
  });

  test('is accepted or rejected with any values in it, duplicate names, or parts moved', async () => {
    const names = [
      ...new Set([...DOCUMENTED[endpoint].matchAll(/"(\w+)":/g)].map(([, name = '']) => name)),
      '__proto__',
      'constructor',
      'toString',
    ];
    const member = fc.tuple(
      fc.constantFrom(...names, 'error', 'errors', 'message', 'fault'),
      fc.json({ maxDepth: 3 }),
    );
    const mutated = fc.oneof(
      fc
        .array(member, { maxLength: 6 })
        .map((all) => `{${all.map(([name, value]) => `"${name}":${value}`).join()}}`),
      fc
        .array(member, { minLength: 1, maxLength: 3 })
        .map(
          (all) =>
            `${DOCUMENTED[endpoint].slice(0, -1)},${all.map(([name, value]) => `"${name}":${value}`).join()}}`,
        ),
      fc.shuffledSubarray(DOCUMENTED[endpoint].split(/(?<=[,:{}])/)).map((parts) => parts.join('')),
      fc.nat(20_000).map((deep) => `{"data":${'['.repeat(deep)}${']'.repeat(deep)}}`),
      fc.nat(20_000).map((wide) => `{${`"data":{},`.repeat(wide)}"errors":[${'0,'.repeat(wide)}0]}`),
    );
    await fc.assert(
      fc.asyncProperty(mutated, async (response) => {
        expect(['success', 'RESPONSE_INVALID']).toContain(await resultAt(endpoint, inputs, response));
      }),
      { numRuns: cases(100) },
    );
  });
});

const real = DOCUMENTED['/oauth/apptoken/'];
const encoded = (name: string, body: Buffer): Buffer =>
  http(body, `HTTP/1.1 200 OK\r\nContent-Encoding: ${name}`);
const bomb = Buffer.alloc(64 * 1024 * 1024, '{');

describe('a response with an encoding that the action did not ask for', () => {
  test.each<[string, () => Buffer]>([
    ['gzip twice', () => encoded('gzip, gzip', gzipSync(gzipSync(real)))],
    ['a bomb of 64 MiB in gzip', () => encoded('gzip', gzipSync(bomb))],
    [
      'a bomb of 64 MiB in br',
      () => encoded('br', brotliCompressSync(bomb, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })),
    ],
  ])('%s is rejected without decoding it', async (_, bytes) => {
    const response = bytes();
    const before = process.memoryUsage().rss;
    expect(await resultOf(tokenInputs, () => response)).toBe('RESPONSE_INVALID');
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * 1024 * 1024);
  });

  test.each<[string, () => Buffer]>([
    [
      'UTF-16',
      () =>
        http(
          Buffer.from(`\ufeff${real}`, 'utf16le'),
          'HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-16',
        ),
    ],
    ['a byte-order mark', () => http(`\ufeff${real}`)],
  ])('%s is decoded', async (_, bytes) => {
    expect(await resultOf(tokenInputs, bytes)).toBe('success');
  });
});

const headers = (count: number, value = 'v'): string =>
  Array.from({ length: count }, (_, nth) => `X-${nth}: ${value}`).join('\r\n');
const odd = (head: string, body = real): Buffer => Buffer.from(`${head}\r\n\r\n${body}`);
const OK = 'HTTP/1.1 200 OK';
const length = `Content-Length: ${real.length}`;
const chunks = (body: string): Buffer => odd(`${OK}\r\nTransfer-Encoding: chunked`, body);
const inChunks = `${real.length.toString(16)}\r\n${real}\r\n0\r\n\r\n`;

// What Node's parser makes of malformed HTTP. It doesn't report an unsolicited protocol switch, so that step times out.
test.each<[string, Buffer, ErrorCode | 'success']>([
  ['a thousand headers', odd(`${OK}\r\n${headers(1000)}\r\n${length}`), 'success'],
  ['more headers than Node reads', odd(`${OK}\r\n${headers(20_000)}\r\n${length}`), 'RESPONSE_INVALID'],
  ['a header of 15,000 bytes', odd(`${OK}\r\n${headers(1, 'v'.repeat(15_000))}\r\n${length}`), 'success'],
  [
    'a header of 17,000 bytes',
    odd(`${OK}\r\n${headers(1, 'v'.repeat(17_000))}\r\n${length}`),
    'RESPONSE_INVALID',
  ],
  ['a header without a name', odd(`${OK}\r\n: v\r\n${length}`), 'RESPONSE_INVALID'],
  ['a zero in a header', odd(`${OK}\r\nX: a\0b\r\n${length}`), 'RESPONSE_INVALID'],
  ['no reason', odd(`HTTP/1.1 200\r\n${length}`), 'success'],
  ['no status', odd(`HTTP/1.1\r\n${length}`), 'RESPONSE_INVALID'],
  ['HTTP 0.9', Buffer.from(real), 'RESPONSE_INVALID'],
  ['HTTP 1.0 without a length', odd('HTTP/1.0 200 OK'), 'success'],
  ['HTTP/2 in the status line', odd(`HTTP/2 200 OK\r\n${length}`), 'RESPONSE_INVALID'],
  ['a length that is not a number', odd(`${OK}\r\nContent-Length: many`), 'RESPONSE_INVALID'],
  ['two lengths', odd(`${OK}\r\n${length}\r\nContent-Length: 5`), 'RESPONSE_INVALID'],
  ['a length of 30 digits', odd(`${OK}\r\nContent-Length: ${'9'.repeat(30)}`), 'RESPONSE_INVALID'],
  [
    'a length and chunks',
    odd(`${OK}\r\n${length}\r\nTransfer-Encoding: chunked`, inChunks),
    'RESPONSE_INVALID',
  ],
  ['two chunked encodings', odd(`${OK}\r\nTransfer-Encoding: chunked, chunked`, inChunks), 'success'],
  ['chunks', chunks(inChunks), 'success'],
  [
    'chunks of one byte',
    chunks(`${Array.from(real, (letter) => `1\r\n${letter}\r\n`).join('')}0\r\n\r\n`),
    'success',
  ],
  ['a chunk without a size', chunks(`\r\n${real}\r\n0\r\n\r\n`), 'NETWORK_UNREACHABLE'],
  ['a chunk size of 20 digits', chunks(`${'f'.repeat(20)}\r\n${real}`), 'NETWORK_UNREACHABLE'],
  ['a chunk that is shorter than its size', chunks(`fff\r\n${real}`), 'NETWORK_UNREACHABLE'],
  ['no last chunk', chunks(`${real.length.toString(16)}\r\n${real}\r\n`), 'NETWORK_UNREACHABLE'],
  [
    'a chunk extension of 20,000 bytes',
    chunks(`${real.length.toString(16)};${'x'.repeat(20_000)}\r\n${real}\r\n0\r\n\r\n`),
    'NETWORK_UNREACHABLE',
  ],
  [
    'an error code in a trailer',
    chunks(`${inChunks.slice(0, -2)}X-Mashery-Error-Code: ERR\r\n\r\n`),
    'success',
  ],
  ['bytes after its end', odd(`${OK}\r\n${length}`, real + real), 'success'],
  [
    'a thousand interim responses before it',
    odd(`${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000)}${OK}\r\n${length}`),
    'success',
  ],
  ['only an interim response', odd('HTTP/1.1 103 Early Hints', ''), 'NETWORK_UNREACHABLE'],
  [
    'a protocol switch',
    odd('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade', ''),
    'TIMED_OUT',
  ],
  ['a body after a 204', odd(`HTTP/1.1 204 No Content\r\n${length}`), 'RESPONSE_INVALID'],
  ['nothing', Buffer.alloc(0), 'NETWORK_UNREACHABLE'],
])('a response with %s has a documented result', async (_, bytes, result) => {
  expect(await resultOf(tokenInputs, () => bytes)).toBe(result);
});

/** Where a server can write a text. */
const PLACES: Record<string, (text: string) => Buffer> = {
  'a description': (text) =>
    http(JSON.stringify({ error: 'invalid', error_description: text }), UNAUTHORIZED),
  'a list of errors': (text) =>
    http(JSON.stringify({ errors: text.match(/.{1,9}/gs)?.map((message) => ({ message })) }), UNAUTHORIZED),
  'nested JSON': (text) => http(JSON.stringify({ message: JSON.stringify({ text }) }), UNAUTHORIZED),
  'a page': (text) => http(`<html><title>${text}</title></html>`, UNAUTHORIZED),
  'plain text': (text) => http(text, UNAUTHORIZED),
  'UTF-16': (text) => http(Buffer.from(JSON.stringify({ message: text }), 'utf16le'), UNAUTHORIZED),
  'a successful response': (text) => http(JSON.stringify({ message: text })),
  'a header': (text) =>
    http('', `HTTP/1.1 403 Forbidden\r\nX-Mashery-Error-Code: ${text.replace(/[\r\n\0]/g, ' ')}`),
  'a redirect': (text) =>
    http(
      '',
      // A host contains no backslash: without it, an escape would be another text.
      `HTTP/1.1 302 Found\r\nLocation: https://${text.replace(/\\[rn]|[^\w%&#;=+\\-]/g, '').replaceAll('\\', '%5C')}.example.com/`,
    ),
  'a reason': (text) => http('', `HTTP/1.1 401 ${text.replace(/[\r\n\0]/g, ' ')}`),
};
const UNAUTHORIZED = 'HTTP/1.1 401 Unauthorized';

test.each(Object.keys(PLACES))(
  'a secret that a server echoes in %s, however encoded, is not printed',
  async (place) => {
    const secret = fc.constantFrom(app.apiKey, app.apiSecret, material().secret.slice(100, 160));
    // In UTF-16, only ASCII is recognized.
    const disguises = Object.keys(DISGUISES).filter((disguise) => disguise !== 'fullwidth letters');
    const names = Object.keys(ENCODINGS);
    const encodings = fc.array(fc.constantFrom(...names), { maxLength: 3 });
    // Each encoding, and each number of them up to three. The unit tests of redaction.ts try far more, without a server.
    const each = names.map((_, at): [string, string, string[]] => [
      app.apiKey,
      'unchanged',
      [0, 1, 2].slice(0, 1 + (at % 3)).map((next) => names[(at + next * 7) % names.length] ?? ''),
    ]);
    await fc.assert(
      fc.asyncProperty(secret, fc.constantFrom(...disguises), encodings, async (text, disguise, chain) => {
        const hidden = DISGUISES[disguise]?.(text) ?? '';
        const written = chain.reduce((encoded, encoding) => ENCODINGS[encoding]?.(encoded) ?? '', hidden);
        fc.pre(written.length < 9000);
        const response = PLACES[place]?.(written) ?? Buffer.alloc(0);
        // The harness searches for parts of what was written.
        await resultOf(tokenInputs, () => response, [written, written.replace(/<[^<>]*>/g, ' ')]);
      }),
      { numRuns: cases(150), examples: each },
    );
  },
);
