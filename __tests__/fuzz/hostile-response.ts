import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { hostileText, renderText, type HostileText } from './hostile-text.ts';
import type { RawRequest } from './raw-server.ts';

/** A response of a hostile server, or a valid one with hostile text. */
export interface HostileResponse {
  readonly status: number;
  readonly reason: HostileText;
  readonly headers: readonly (readonly [name: string, value: HostileText])[];
  readonly shape: keyof typeof shapes;
  readonly texts: readonly [HostileText, HostileText];
  readonly token: string;
  /** The name of the token, in some shapes. */
  readonly tokenName: string;
  readonly encoding: keyof typeof encodings;
  /** How the end of the body is marked; `longer` and `shorter` give a wrong length. */
  readonly framing: 'length' | 'chunked' | 'close' | 'longer' | 'shorter';
  /** Line breaks in header values are sent as they are, so that they inject headers. */
  readonly splitsHeaders: boolean;
}

/** A part of what the server received, and how it wrote it. */
export interface Echo {
  readonly part: string;
  readonly written: string;
}

interface BodyParts {
  readonly request: RawRequest;
  readonly token: string;
  readonly tokenName: string;
  readonly text: (index: 0 | 1) => string;
}

const json = JSON.stringify;
const documented = ({ request, token }: BodyParts): unknown => {
  if (request.url.includes('/oauth/apptoken/'))
    return { access_token: token, token_type: 'Bearer', Expires_in: 2591999 };
  if (request.url.includes('/oauth/token'))
    return { access_token: token, refresh_token: `${token}r`, token_type: 'Bearer', expires_in: 28799 };
  if (request.method === 'GET')
    return { data: { id: 66014640, workspaceId: 66000002, customerId: 66000000 }, errors: [] };
  return { data: 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==', Errors: [] };
};

/** A token after its name, in text that is not JSON. */
const notJson = {
  'token in a form': (token: string) =>
    `token_type=bearer&access_token=${encodeURIComponent(token)}&expires_in=60`,
  'token in lines': (token: string) => `token_type: Bearer\naccess_token: ${token}\nexpires_in: 60\n`,
  'token in XML': (token: string) => `<token><access_token>${token}</access_token></token>`,
  'token in escaped XML': (token: string) => `&lt;access_token&gt;${token}&lt;/access_token&gt;`,
  'token in escaped JSON': (token: string) => `no: ${json(json({ access_token: token })).slice(1, -1)}`,
  'token in percent-encoded JSON': (token: string) => encodeURIComponent(json({ accessToken: token })),
  'token in a Ruby hash': (token: string) => `{"access_token"=>"${token}", "expires_in"=>60}`,
  'token in single quotes': (token: string) => `{'access_token': '${token}', 'token_type': 'Bearer'}`,
  'token in truncated JSON': (token: string) =>
    `{"token_type":"Bearer","access_token":${json(token).slice(0, -1)}`,
};

const oneWord = (token: string): string => token.replace(/[^\w+/=.-]/g, 'x').padEnd(8, 'x');

/** Bodies. Those whose name starts with `token` contain one after a name that marks it as a token. */
const shapes = {
  ...(Object.fromEntries(
    Object.entries(notJson).map(([name, make]) => [name, ({ token }: BodyParts) => make(oneWord(token))]),
  ) as Record<keyof typeof notJson, (parts: BodyParts) => string>),
  documented: (parts: BodyParts) => json(documented(parts)),
  'documented with more members': (parts: BodyParts) =>
    json({ ...(documented(parts) as object), message: parts.text(0), scope: parts.text(1), errors: [] }),
  'documented with duplicate members': (parts: BodyParts) =>
    `${json(documented(parts)).slice(0, -1)},${json(documented(parts)).slice(1)}`,
  'documented with indentation': (parts: BodyParts) => json(documented(parts), null, 4),
  'text for the requested values': ({ request, token, text }: BodyParts) => {
    // Not for a token: one that repeats public text would count as a leak wherever that text is printed.
    if (request.url.includes('/oauth/'))
      return json({ access_token: token, token_type: 'Bearer', expires_in: text(0), scope: text(1) });
    if (request.method === 'GET')
      return json({ data: { id: 1, workspaceId: text(0), customerId: 3, name: text(1), email: text(0) } });
    return json({ data: text(0).replace(/[^\w+/-]/g, ''), message: text(1), Errors: [] });
  },
  'documented with text for some values': (parts: BodyParts) => {
    const { request, text } = parts;
    const body = documented(parts) as { data: object };
    if (request.url.includes('/oauth/')) return json({ ...body, token_type: text(0) });
    if (request.method === 'GET')
      return json({ ...body, data: { ...body.data, id: text(0), customerId: text(1) } });
    return json({ ...body, data: text(0) });
  },
  'a token and a number': ({ token }: BodyParts) =>
    json({ access_token: token, token_type: 'bearer', expires_in: 60, errors: [] }),
  'token in an error': ({ token, text }: BodyParts) =>
    json({ access_token: token, error: text(0), error_description: token }),
  'token with its name escaped': ({ token }: BodyParts) =>
    `{"acc\\u0065ss_token":${json(token)},"token_type":"Bearer","expires_in":60}`,
  'token nested': ({ token }: BodyParts) => json({ data: [{ result: { id_token: token } }], message: token }),
  'token before a syntax error': ({ token, text }: BodyParts) =>
    `{"refresh_token":${json(token)},"a":${text(0)}`,
  'token with a name in any spelling': ({ token, tokenName }: BodyParts) =>
    json({ [tokenName]: token, message: token }),
  'token in a JSON string': ({ token, tokenName }: BodyParts) =>
    json({ message: json({ [tokenName]: token }), error: token }),
  'token in nested JSON strings': ({ token, tokenName, text }: BodyParts) =>
    json({
      errors: [{ message: text(0), data: json([json({ data: json({ [tokenName]: token }) })]) }, token],
    }),
  'bare token': ({ token }: BodyParts) => token,
  'bare token in quotes': ({ token }: BodyParts) => json(token),
  OAuth: ({ text }: BodyParts) => json({ error: text(0), error_description: text(1) }),
  portal: ({ text }: BodyParts) =>
    json({ success: false, errors: [{ code: text(0), message: text(1), details: {} }] }),
  'portal with capital Errors': ({ text }: BodyParts) =>
    json({ data: null, Errors: [{ id: '4f', code: 401, message: text(0) }, text(1)] }),
  Apigee: ({ text }: BodyParts) => json({ fault: { faultstring: text(0), detail: { errorcode: text(1) } } }),
  Mashery: ({ text }: BodyParts) => `<h1>${text(0)}</h1>${text(1)}`,
  'HTML page': ({ text }: BodyParts) =>
    `<!doctype html><html><head><title>${text(0)}</title></head><body>${text(1)}</body></html>`,
  'plain text': ({ text }: BodyParts) => text(0) + text(1),
  application: ({ text }: BodyParts) => json({ timestamp: 1, status: 500, error: text(0), path: text(1) }),
  prototypes: ({ text }: BodyParts) =>
    `{"__proto__":{"error":${json(text(0))},"access_token":1},"constructor":{"prototype":{"error":1}},"toString":${json(text(1))},"errors":{"length":3}}`,
  'duplicate names': ({ text }: BodyParts) =>
    `{"error":${json(text(0))},"error":${json(text(1))},"errors":[],"errors":[{}]}`,
  deep: ({ text }: BodyParts) =>
    `{"error":${'['.repeat(5000)}${json(text(0))}${']'.repeat(5000)},"message":${json(text(1))}}`,
  wide: ({ text }: BodyParts) =>
    json({ errors: Array.from({ length: 500 }, () => ({ code: text(0), message: text(1) })) }),
  numbers: () => '{"access_token":1e999,"expires_in":-0,"data":{"id":9007199254740993},"errors":[1e400]}',
  empty: () => '',
};

const encodings = {
  none: (text: string) => Buffer.from(text),
  'byte-order mark': (text: string) => Buffer.from(`\ufeff${text}`),
  'UTF-16': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'Latin 1': (text: string) => Buffer.from(text, 'latin1'),
  gzip: (text: string) => gzipSync(text),
  br: (text: string) => brotliCompressSync(text),
  deflate: (text: string) => deflateSync(text),
};

const headerNames = [
  ...['X-Mashery-Error-Code', 'Location', 'Retry-After', 'Date', 'Content-Type', 'X-RateLimit-Reset'],
  ...['SPR-TOKEN-VERSION', 'Set-Cookie', 'Server', '__proto__', 'constructor', 'WWW-Authenticate'],
];
const headerValue = fc.oneof(
  hostileText,
  fc
    .constantFrom(
      ...[
        '0',
        '-1',
        '99999999999999999999',
        '1e3',
        'Infinity',
        'Thu, 01 Jan 1970 00:00:00 GMT',
        'Fri, 31 Dec 9999 23:59:59 GMT',
      ],
      ...[
        'https://hacked.example.com/?a=b',
        '//hacked:1/',
        '/login',
        'javascript:hacked',
        'http://[::1',
        'http://hacked%00/',
      ],
      ...[
        'ERR_403_DEVELOPER_INACTIVE',
        'ERR_403_DEVELOPER_OVER_QPS',
        'application/json; charset=utf-16',
        'text/html',
      ],
    )
    .map((text) => [text]),
);

const oneOf = <Key extends string>(of: Readonly<Record<Key, unknown>>): fc.Arbitrary<Key> =>
  fc.constantFrom(...(Object.keys(of) as Key[]));
const token = fc.oneof(
  { weight: 4, arbitrary: fc.base64String({ minLength: 24, maxLength: 160 }) },
  {
    weight: 2,
    arbitrary: fc.string({ minLength: 8, maxLength: 60 }).map((text) => text.replaceAll(' ', '+')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 8, maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'tok::error::hacked',
      'tok\n::error::hacked',
      '##[error]hacked-token',
      '7chars!',
    ),
  },
);

const response = (shape: fc.Arbitrary<keyof typeof shapes>): fc.Arbitrary<HostileResponse> =>
  fc.record({
    status: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(200, 200, 201, 204) },
      { weight: 4, arbitrary: fc.constantFrom(301, 302, 400, 401, 403, 404, 405, 421, 429, 500, 503, 596) },
      { weight: 1, arbitrary: fc.constantFrom(100, 101, 103, 199, 304, 600, 999) },
    ),
    reason: hostileText,
    headers: fc.array(fc.tuple(fc.constantFrom(...headerNames), headerValue), { maxLength: 4 }),
    shape,
    texts: fc.tuple(hostileText, hostileText),
    token,
    tokenName: fc.constantFrom(
      ...['accessToken', 'Access_Token', 'ACCESS-TOKEN', 'Access Token', 'refreshToken', 'idToken'],
      ...['x-auth-token', 'token', 'authorizationCode', 'auth_code'],
    ),
    encoding: fc.oneof(
      { weight: 8, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: oneOf(encodings) },
    ),
    framing: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('length' as const, 'chunked' as const, 'close' as const) },
      { weight: 1, arbitrary: fc.constantFrom('longer' as const, 'shorter' as const) },
    ),
    splitsHeaders: fc.nat(9).map((one) => one === 0),
  });

const asSuccess = (one: HostileResponse): HostileResponse => ({
  ...one,
  status: 200,
  encoding: 'none',
  framing: 'length',
  splitsHeaders: false,
});
const valid = response(fc.constantFrom('documented', 'documented with more members')).map(asSuccess);
/** Almost the documented response. */
const nearlyValid = response(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'text for the requested values' as const,
        'documented with text for some values' as const,
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('token with its name escaped' as const, 'a token and a number' as const),
    },
  ),
).map(asSuccess);

/** The responses to the first requests. The last one also responds to all later requests. */
export const hostileResponses: fc.Arbitrary<readonly HostileResponse[]> = fc
  .tuple(
    fc.array(valid, { maxLength: 2 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.array(response(oneOf(shapes)), { maxLength: 1 }) },
      { weight: 2, arbitrary: fc.tuple(nearlyValid) },
    ),
  )
  .map(([first, rest]) => [...first, ...rest])
  .filter((all) => all.length > 0);

/**
 * A response as bytes, with the tokens in it: `named` are those whose names mark them as tokens, which the action must mask
 * at once; `secret` are those that it must not print. `echoes` are parts of what the server received, and how it wrote them.
 */
export function toBytes(
  response: HostileResponse,
  request: RawRequest,
  { sent, retryAtOnce }: { sent: readonly string[]; retryAtOnce: boolean },
): { bytes: Buffer; named: string[]; secret: string[]; echoes: Echo[] } {
  const { status, shape, framing, encoding, token, tokenName } = response;
  const echoes: Echo[] = [];
  const render = (text: HostileText): string =>
    renderText(text, sent, (part, written) => echoes.push({ part, written }));
  const texts = response.texts.map(render);
  const body = encodings[response.encoding](
    shapes[shape]({ request, token, tokenName, text: (index) => texts[index] ?? '' }),
  );
  const line = (text: string): string => (response.splitsHeaders ? text : text.replace(/[\r\n\0]/g, ' '));
  const lengths = { length: body.length, longer: body.length + 10, shorter: Math.floor(body.length / 2) };
  const head = [
    `HTTP/1.1 ${status} ${line(render(response.reason))}`,
    // Of duplicate headers, the first counts.
    ...(retryAtOnce ? ['Retry-After: 0'] : []),
    ...response.headers.map(([name, value]) => `${name}: ${line(render(value)).slice(0, 3000)}`),
    ...(['gzip', 'br', 'deflate'].includes(encoding) ? [`Content-Encoding: ${encoding}`] : []),
    framing === 'chunked'
      ? 'Transfer-Encoding: chunked'
      : framing === 'close'
        ? 'Connection: close'
        : `Content-Length: ${lengths[framing]}`,
  ];
  const bytes = Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\n\r\n`),
    framing === 'chunked' ? chunked(body) : body,
  ]);
  const named = namedTokens(response, request);
  // In an error response, nothing distinguishes a bare token or a garbled name from other text.
  const isSuccess = status >= 200 && status < 300;
  const secret =
    shape.startsWith('bare token') && isSuccess ? [token] : isSuccess || isIntact(response) ? named : [];
  return { bytes, named: isIntact(response) ? named : [], secret, echoes };
}

/** Whether the client can read the body as it was meant. */
function isIntact({ encoding, framing, status, splitsHeaders }: HostileResponse): boolean {
  return (
    encoding === 'none' &&
    framing !== 'longer' &&
    framing !== 'shorter' &&
    !splitsHeaders &&
    status >= 200 &&
    ![204, 304].includes(status)
  );
}

function namedTokens({ shape, token }: HostileResponse, { url }: RawRequest): string[] {
  if (shape.startsWith('token')) return [shape in notJson ? oneWord(token) : token];
  if (!shape.startsWith('documented') || !url.includes('/oauth/')) return [];
  return url.includes('/oauth/token') ? [token, `${token}r`] : [token];
}

/** In chunks with an extension and a trailer. The first chunk is one byte. */
function chunked(body: Buffer): Buffer {
  const rest = body.subarray(1);
  const chunk = (of: Buffer): Buffer[] =>
    of.length === 0
      ? []
      : [Buffer.from(`${of.length.toString(16)};a="::error::b"\r\n`), of, Buffer.from('\r\n')];
  return Buffer.concat([
    ...chunk(body.subarray(0, 1)),
    ...chunk(rest),
    Buffer.from('0\r\nX-Trailer: ::error::hacked\r\n\r\n'),
  ]);
}
