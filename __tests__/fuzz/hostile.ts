import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Heard } from './raw-server.ts';
import { spoken, words, type Words } from './words.ts';

/** An answer of a hostile server, or of a friendly one whose words are its own. */
export interface HostileAnswer {
  readonly status: number;
  readonly reason: Words;
  readonly headers: readonly (readonly [name: string, value: Words])[];
  readonly shape: keyof typeof shapes;
  readonly words: readonly [Words, Words];
  readonly token: string;
  readonly packed: keyof typeof packings;
  readonly framing: 'length' | 'chunked' | 'close' | 'longer' | 'shorter';
  /** Line ends in header values are sent as they are, so that what follows is no header, or another. */
  readonly splits: boolean;
}

interface Material {
  readonly heard: Heard;
  readonly token: string;
  readonly say: (nth: 0 | 1) => string;
}

const json = JSON.stringify;
const documented = ({ heard, token }: Material): unknown => {
  if (heard.url.includes('/oauth/apptoken/'))
    return { access_token: token, token_type: 'Bearer', Expires_in: 2591999 };
  if (heard.url.includes('/oauth/token'))
    return { access_token: token, refresh_token: `${token}r`, token_type: 'Bearer', expires_in: 28799 };
  if (heard.method === 'GET')
    return { data: { id: 66014640, workspaceId: 66000002, customerId: 66000000 }, errors: [] };
  return { data: 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==', Errors: [] };
};

/** A token under its name, in a text that is no JSON. */
const loose = {
  'token in a form': (token: string) =>
    `token_type=bearer&access_token=${encodeURIComponent(token)}&expires_in=60`,
  'token in lines': (token: string) => `token_type: Bearer\naccess_token: ${token}\nexpires_in: 60\n`,
  'token in XML': (token: string) => `<token><access_token>${token}</access_token></token>`,
  'token in quotes of another kind': (token: string) =>
    `{'access_token': '${token}', 'token_type': 'Bearer'}`,
  'token cut short': (token: string) => `{"token_type":"Bearer","access_token":${json(token).slice(0, -1)}`,
};

const oneWord = (token: string): string => token.replace(/[^\w+/=.-]/g, 'x').padEnd(8, 'x');

/** Bodies; those with `token` in their name hold one under a name that tells so. */
const shapes = {
  ...(Object.fromEntries(
    Object.entries(loose).map(([name, make]) => [name, ({ token }: Material) => make(oneWord(token))]),
  ) as Record<keyof typeof loose, (given: Material) => string>),
  documented: (given: Material) => json(documented(given)),
  'documented and words': (given: Material) =>
    json({ ...(documented(given) as object), message: given.say(0), scope: given.say(1), errors: [] }),
  'documented twice': (given: Material) =>
    `${json(documented(given)).slice(0, -1)},${json(documented(given)).slice(1)}`,
  'documented in lines': (given: Material) => json(documented(given), null, 4),
  'words for what was asked': ({ heard, token, say }: Material) => {
    // Not for a token: one that repeats what everybody may read would count as a leak wherever that stands.
    if (heard.url.includes('/oauth/'))
      return json({ access_token: token, token_type: 'Bearer', expires_in: say(0), scope: say(1) });
    if (heard.method === 'GET')
      return json({ data: { id: 1, workspaceId: say(0), customerId: 3, name: say(1), email: say(0) } });
    return json({ data: say(0).replace(/[^\w+/-]/g, ''), message: say(1), Errors: [] });
  },
  'documented but for words': (given: Material) => {
    const { heard, say } = given;
    const answer = documented(given) as { data: object };
    if (heard.url.includes('/oauth/')) return json({ ...answer, token_type: say(0) });
    if (heard.method === 'GET')
      return json({ ...answer, data: { ...answer.data, id: say(0), customerId: say(1) } });
    return json({ ...answer, data: say(0) });
  },
  'a token and a number': ({ token }: Material) =>
    json({ access_token: token, token_type: 'bearer', expires_in: 60, errors: [] }),
  'token in an error': ({ token, say }: Material) =>
    json({ access_token: token, error: say(0), error_description: token }),
  'token with its name escaped': ({ token }: Material) =>
    `{"acc\\u0065ss_token":${json(token)},"token_type":"Bearer","expires_in":60}`,
  'token deep down': ({ token }: Material) =>
    json({ data: [{ result: { id_token: token } }], message: token }),
  'token before nonsense': ({ token, say }: Material) => `{"refresh_token":${json(token)},"a":${say(0)}`,
  bare: ({ token }: Material) => token,
  'bare in quotes': ({ token }: Material) => json(token),
  OAuth: ({ say }: Material) => json({ error: say(0), error_description: say(1) }),
  portal: ({ say }: Material) =>
    json({ success: false, errors: [{ code: say(0), message: say(1), details: {} }] }),
  'portal, capitalised': ({ say }: Material) =>
    json({ data: null, Errors: [{ id: '4f', code: 401, message: say(0) }, say(1)] }),
  Apigee: ({ say }: Material) => json({ fault: { faultstring: say(0), detail: { errorcode: say(1) } } }),
  Mashery: ({ say }: Material) => `<h1>${say(0)}</h1>${say(1)}`,
  page: ({ say }: Material) =>
    `<!doctype html><html><head><title>${say(0)}</title></head><body>${say(1)}</body></html>`,
  text: ({ say }: Material) => say(0) + say(1),
  application: ({ say }: Material) => json({ timestamp: 1, status: 500, error: say(0), path: say(1) }),
  prototypes: ({ say }: Material) =>
    `{"__proto__":{"error":${json(say(0))},"access_token":1},"constructor":{"prototype":{"error":1}},"toString":${json(say(1))},"errors":{"length":3}}`,
  'twice the same name': ({ say }: Material) =>
    `{"error":${json(say(0))},"error":${json(say(1))},"errors":[],"errors":[{}]}`,
  deep: ({ say }: Material) =>
    `{"error":${'['.repeat(5000)}${json(say(0))}${']'.repeat(5000)},"message":${json(say(1))}}`,
  wide: ({ say }: Material) =>
    json({ errors: Array.from({ length: 500 }, () => ({ code: say(0), message: say(1) })) }),
  numbers: () => '{"access_token":1e999,"expires_in":-0,"data":{"id":9007199254740993},"errors":[1e400]}',
  nothing: () => '',
};

const packings = {
  plain: (text: string) => Buffer.from(text),
  'with a mark': (text: string) => Buffer.from(`\ufeff${text}`),
  'UTF-16': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'Latin 1': (text: string) => Buffer.from(text, 'latin1'),
  gzip: (text: string) => gzipSync(text),
  br: (text: string) => brotliCompressSync(text),
  deflate: (text: string) => deflateSync(text),
};

const names = [
  ...['X-Mashery-Error-Code', 'Location', 'Retry-After', 'Date', 'Content-Type', 'X-RateLimit-Reset'],
  ...['SPR-TOKEN-VERSION', 'Set-Cookie', 'Server', '__proto__', 'constructor', 'WWW-Authenticate'],
];
const headerValue = fc.oneof(
  words,
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

const pick = <Key extends string>(of: Readonly<Record<Key, unknown>>): fc.Arbitrary<Key> =>
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

const answer = (shape: fc.Arbitrary<keyof typeof shapes>): fc.Arbitrary<HostileAnswer> =>
  fc.record({
    status: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(200, 200, 201, 204) },
      { weight: 4, arbitrary: fc.constantFrom(301, 302, 400, 401, 403, 404, 405, 421, 429, 500, 503, 596) },
      { weight: 1, arbitrary: fc.constantFrom(100, 101, 103, 199, 304, 600, 999) },
    ),
    reason: words,
    headers: fc.array(fc.tuple(fc.constantFrom(...names), headerValue), { maxLength: 4 }),
    shape,
    words: fc.tuple(words, words),
    token,
    packed: fc.oneof(
      { weight: 8, arbitrary: fc.constant('plain' as const) },
      { weight: 1, arbitrary: pick(packings) },
    ),
    framing: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('length' as const, 'chunked' as const, 'close' as const) },
      { weight: 1, arbitrary: fc.constantFrom('longer' as const, 'shorter' as const) },
    ),
    splits: fc.integer({ min: 0, max: 9 }).map((of) => of === 0),
  });

const wellDelivered = (given: HostileAnswer): HostileAnswer => ({
  ...given,
  status: 200,
  packed: 'plain',
  framing: 'length',
  splits: false,
});
const friendly = answer(fc.constantFrom('documented', 'documented and words')).map(wellDelivered);
/** Nearly what was asked for. */
const tempting = answer(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('words for what was asked' as const, 'documented but for words' as const),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('token with its name escaped' as const, 'a token and a number' as const),
    },
  ),
).map(wellDelivered);

/** The answers to the first requests; the last of them is also that to all others. */
export const hostileAnswers: fc.Arbitrary<readonly HostileAnswer[]> = fc
  .tuple(
    fc.array(friendly, { maxLength: 2 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.array(answer(pick(shapes)), { maxLength: 1 }) },
      { weight: 2, arbitrary: fc.tuple(tempting) },
    ),
  )
  .map(([first, rest]) => [...first, ...rest])
  .filter((all) => all.length > 0);

/** An answer as bytes, and the tokens in it: those that can be told by their names, which have to be masked at once. */
export function toBytes(
  answer: HostileAnswer,
  heard: Heard,
  { sent, atOnce }: { sent: readonly string[]; atOnce: boolean },
): { bytes: Buffer; named: string[]; secret: string[] } {
  const { status, shape, framing } = answer;
  const [first, second] = answer.words.map((one) => spoken(one, sent));
  const body = packings[answer.packed](
    shapes[shape]({ heard, token: answer.token, say: (nth) => (nth === 0 ? first : second) ?? '' }),
  );
  const line = (text: string): string => (answer.splits ? text : text.replace(/[\r\n\0]/g, ' '));
  const lengths = { length: body.length, longer: body.length + 10, shorter: Math.floor(body.length / 2) };
  const head = [
    `HTTP/1.1 ${status} ${line(spoken(answer.reason, sent))}`,
    // Of several, the first counts.
    ...(atOnce ? ['Retry-After: 0'] : []),
    ...answer.headers.map(([name, value]) => `${name}: ${line(spoken(value, sent)).slice(0, 3000)}`),
    ...(['gzip', 'br', 'deflate'].includes(answer.packed) ? [`Content-Encoding: ${answer.packed}`] : []),
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
  const named = tokensNamed(answer, heard);
  // In a refusal, nothing tells a bare word or a garbled name from any other text.
  const isSuccess = status >= 200 && status < 300;
  const secret =
    shape.startsWith('bare') && isSuccess ? [answer.token] : isSuccess || isWhole(answer) ? named : [];
  return { bytes, named: isWhole(answer) ? named : [], secret };
}

/** Whether the answer arrives as it was meant. */
function isWhole({ packed, framing, status, splits }: HostileAnswer): boolean {
  return (
    packed === 'plain' &&
    framing !== 'longer' &&
    framing !== 'shorter' &&
    !splits &&
    status >= 200 &&
    ![204, 304].includes(status)
  );
}

function tokensNamed({ shape, token }: HostileAnswer, { url }: Heard): string[] {
  if (shape.startsWith('token')) return [shape in loose ? oneWord(token) : token];
  if (!shape.startsWith('documented') || !url.includes('/oauth/')) return [];
  return url.includes('/oauth/token') ? [token, `${token}r`] : [token];
}

/** With an extension, a trailer, and the first byte by itself. */
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
