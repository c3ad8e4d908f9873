import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSecrets, WITHHELD } from '../../src/redaction.ts';
import { describeError, findTokens, parseJson, type HttpResponse } from '../../src/sprinklr/response.ts';
import { cases, cpuSeconds } from '../volume.ts';
import { httpResponse } from './fake-session.ts';

const token = 'P9+ewuw+Nid5hg4KBRNPxVaTq0rcXmI5OGE=';
const nested = (json: unknown, depth: number): string =>
  depth === 0 ? JSON.stringify(json) : nested({ data: JSON.stringify(json) }, depth - 1);

test.each([
  ['JSON', `{"access_token":"${token}","token_type":"Bearer"}`],
  ['JSON with an escaped name', `{"acc\\u0065ss_token":"${token}"}`],
  ['nested JSON with an escaped name', `{"data":[{"acc\\u0065ss_token":"${token}"}]}`],
  ['nested JSON', `{"data":[{"result":{"id_token":"${token}"}}]}`],
  ['JSON with a duplicate name', `{"access_token":"${token}","access_token":"another-token"}`],
  ['truncated JSON', `{"token_type":"Bearer","access_token":"${token}`],
  ['JSON that is invalid further on', `{"refresh_token":"${token}","expires_in":}`],
  ['JSON in single quotes', `{'access_token': '${token}'}`],
  ['a form', `token_type=bearer&access_token=${encodeURIComponent(token)}&expires_in=60`],
  ['XML', `<response><access_token>${token}</access_token></response>`],
  ['broken JSON with an escaped name', `{"access_tok\\u0065n":"${token}"`],
  ['escaped XML', `&lt;access_token&gt;${token}&lt;/access_token&gt;`],
  ['another spelling', `{"accessToken":"${token}"}`],
  ['uppercase', `{"ACCESS_TOKEN":"${token}"}`],
  ['mixed case', `{"Access_Token":"${token}"}`],
  ['hyphens', `{"access-token":"${token}"}`],
  ['spaces', `{"Access Token":"${token}"}`],
  ['a header', `X-Auth-Token: ${token}`],
  ['a code', `{"authorizationCode":"${token}"}`],
  ['JSON in a JSON string', JSON.stringify({ message: JSON.stringify({ access_token: token }) })],
  [
    'JSON in a JSON string, twice',
    JSON.stringify({ a: JSON.stringify([JSON.stringify({ idToken: token })]) }),
  ],
  [
    'JSON in a JSON string with an escaped name',
    JSON.stringify({ a: 'x'.repeat(20_000), b: `{"access_tok\\u0065n":"${token}"}` }),
  ],
  // The search in text doesn't know the names of codes, so only the search in JSON finds these.
  ['a code in a JSON string', nested({ authorizationCode: token }, 1)],
  ['a code in a JSON string, twice', nested({ auth_code: token }, 2)],
  ['a code in a JSON string, three times', nested({ authorizationCode: token }, 3)],
  ['JSON that is a string', JSON.stringify(JSON.stringify({ access_token: token }))],
  ['JSON with \\u003d', `{"access_token":"${token.replaceAll('=', '\\u003d')}"}`],
  ['text with escaped JSON', `Failed after {\\"access_token\\":\\"${token.replaceAll('=', '\\\\u003d')}\\"}`],
  ['a Ruby hash', `{"access_token"=>"${token}"}`],
  ['an assignment', `access_token := ${token}`],
  ['XML with attributes', `<access_token type="x">${token}</access_token>`],
  ['typographic quotes', `“access_token”: “${token}”`],
  ['JSON that is escaped twice for HTML', `&amp;quot;access_token&amp;quot;:&amp;quot;${token}&amp;quot;`],
  ['a plural', `access_tokens=${token}`],
  ['a sentence', `{"message":"The token ${token} has expired"}`],
  ['a header of a request', `Authorization: Bearer ${token}`],
  ['a row', `access_token,${token}`],
  ['a multipart form', `Content-Disposition: form-data; name="access_token"\r\n\r\n${token}`],
  ['lines', `token_type: Bearer\naccess_token: ${token}\n`],
])('a token is found in %s', (_, body) => {
  expect(findTokens(body)).toMatchObject({ tokens: expect.arrayContaining([token]), complete: true });
});

const tokensIn = (body: string): string[] => findTokens(body).tokens;

test('a token of letters only is found in a Ruby hash', () => {
  expect(tokensIn('{"access_token"=>"abcdefgh"}')).toContain('abcdefgh');
});

test('a token with broken escapes is found in the form in which it would be quoted', () => {
  expect(tokensIn('{"access_token":"P9\\/ewuw\\/Nid5hg')).toEqual(
    expect.arrayContaining(['P9/ewuw/Nid5hg', 'P9\\/ewuw\\/Nid5hg']),
  );
  expect(tokensIn('{"access_token":"P9\\xewuwNid5hg"')).toContain('P9\\xewuwNid5hg');
  expect(tokensIn('{"access_token" : "P9 \\xewuw Nid5hg')).toContain('P9 \\xewuw Nid5hg');
  expect(tokensIn('access_token=P9%ewuwNid5hg')).toContain('P9%ewuwNid5hg');
});

test.each([
  '',
  'null',
  '{"access_token":null}',
  '{"access_token":{"a":1}}',
  '{"token":"x"}',
  '{"my_access_token":"x"}',
  '{"access_token_type":"x"}',
  'access_token is missing',
  'Invalid token: Authenticate again.',
  'Invalid tokens: Authenticate again.',
  'Invalid token: authenticate again.',
  'Invalid token: Authenticate!',
  'The token, authentication-method, or bearer authorization-header is wrong.',
  '{"error":"invalid_token"}',
  '{"access_token":"P9+ewuw"}',
])('%j contains no token', (body) => {
  expect(findTokens(body)).toEqual({ tokens: [], complete: true });
});

test('no more than 10 tokens are masked, and none of more than 16,384 characters', () => {
  const numbered = (count: number): string =>
    JSON.stringify(Array.from({ length: count }, (_, index) => ({ token: `number-${index}-x` })));
  expect(findTokens(numbered(10))).toMatchObject({ tokens: { length: 10 }, complete: true });
  expect(findTokens(numbered(11))).toMatchObject({ tokens: { length: 10 }, complete: false });
  const sized = (length: number): string => JSON.stringify({ token: 'x'.repeat(length) });
  expect(findTokens(sized(16_384))).toMatchObject({ tokens: { length: 1 }, complete: true });
  expect(findTokens(sized(16_385))).toEqual({ tokens: [], complete: false });
});

test.each(['K3Y9abcdefgh', 'abcdefgh9XYZ', 'Kabcdefgh)9'])(
  'the value %j of a token is no ordinary word',
  (value) => {
    expect(tokensIn(`Invalid token: ${value}`)).toContain(value);
  },
);

const LIMIT = 1000;
const deep = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;
const wide = (containers: number): string =>
  `[${Array<string>(containers - 1)
    .fill('[]')
    .join()}]`;

test.each([
  ['nested arrays', deep('[', ']', LIMIT)],
  ['nested objects', deep('{"a":', '}', LIMIT)],
  ['containers', wide(100_000)],
  ['containers side by side', `[${Array<string>(LIMIT).fill('[{}],{"a":[]}').join()}]`],
  ['brackets in a string', JSON.stringify(['"', '['.repeat(LIMIT + 1), '{'.repeat(LIMIT + 1)])],
  ['closing brackets in a string', `["]}"${',[]'.repeat(LIMIT)}]`],
])('JSON with %s up to the limits is parsed', (_, text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

test.each([
  ['nested arrays', deep('[', ']', LIMIT + 1)],
  ['nested objects', deep('{"a":', '}', LIMIT + 1)],
  ['nested arrays after an escaped backslash in a string', `["\\\\",${deep('[', ']', LIMIT)}]`],
  ['nested arrays after closing brackets in a string', `["]}]}",${deep('[', ']', LIMIT)}]`],
  ['containers', wide(100_001)],
])('JSON with too many %s is not parsed', (_, text) => {
  expect(JSON.parse(text)).toBeInstanceOf(Object);
  expect(parseJson(text)).toBeUndefined();
});

test('a response with more tokens than are masked is not quoted', () => {
  const response = { ...httpResponse(401, '{"message":"no"}'), unquotable: true };
  expect(describeError(response, secrets)).toBe(WITHHELD);
});

const MEGABYTE = 1024 * 1024;
test.each([
  ['deep arrays', '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2)],
  ['names', 'access_token'.repeat(MEGABYTE / 12)],
  ['names followed by spaces', 'access_token   '.repeat(MEGABYTE / 15)],
  ['names and quotes', '"access_token":"\\'.repeat(MEGABYTE / 17)],
  ['names and hyphens', 'token-'.repeat(MEGABYTE / 6)],
  ['names, spaces, and attributes', 'token a'.repeat(MEGABYTE / 7)],
  ['one name and spaces', `"access_token"${' '.repeat(MEGABYTE)}`],
  ['one name and escapes', `"access_token":"${'\\"'.repeat(MEGABYTE / 2)}`],
  ['a JSON string', `"${'x'.repeat(MEGABYTE)}"`],
  ['numbers', `[${'1,'.repeat(MEGABYTE / 2)}1]`],
  ['tokens', `{${'"access_token":"12345678",'.repeat(MEGABYTE / 26)}"a":1}`],
])('1 MiB of %s is searched in less than 1 second', (_, body) => {
  expect(cpuSeconds(() => findTokens(body))).toBeLessThan(1);
});

const secrets = createSecrets(() => undefined);
const describe401 = (body: string, headers: HttpResponse['headers'] = {}): string =>
  describeError(httpResponse(401, body, headers), secrets);
const MASHERY = { 'x-mashery-error-code': 'ERR_403_DEVELOPER_INACTIVE' };

// docs/development/sprinklr-api.md, "Errors".
test.each([
  ['OAuth', '{"error":"invalid_grant","error_description":"Bad code"}', 'invalid_grant: Bad code'],
  [
    'the portal',
    '{"success":false,"errors":[{"code":"RATE_LIMIT_EXCEEDED","message":"Slow down","details":{"a":1}}]}',
    'RATE_LIMIT_EXCEEDED: Slow down',
  ],
  ['the REST API', '{"data":[],"errors":[{"id":"1","code":401,"message":"Expired"}]}', '401: Expired'],
  [
    'Apigee',
    '{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}',
    'Invalid ApiKey',
  ],
  ['Mashery', '<h1>Developer Inactive</h1>', 'Developer Inactive'],
  [
    'the application',
    '{"timestamp":1,"status":500,"error":"Internal Server Error","path":"/x"}',
    'Internal Server Error',
  ],
  [
    "Apigee's OAuth policy",
    '{"ErrorCode":"invalid_request","Error":"Invalid client id : x"}',
    'invalid_request: Invalid client id : x',
  ],
  ['a proxy', '<html><head><title>Blocked</title></head><body><p>Ask IT.</p></body></html>', 'Blocked'],
  ['a server that sends no body', '', ''],
])('an error in the format of %s is quoted', (_, body, quote) => {
  expect(describe401(body)).toBe(quote);
});

test("Mashery's header is quoted if the body gives no reason", () => {
  expect(describe401('', MASHERY)).toBe('ERR_403_DEVELOPER_INACTIVE');
  expect(describe401('<h1>No</h1>', MASHERY)).toBe('No');
});

test('a compressed body is not quoted, but the header is', () => {
  const headers = { 'content-encoding': 'gzip' };
  expect(describe401('part of a token', headers)).toBe('');
  expect(describe401('part of a token', { ...headers, ...MASHERY })).toBe('ERR_403_DEVELOPER_INACTIVE');
  expect(describe401('{"message":"y"}', { 'content-encoding': 'identity' })).toBe('y');
});

test.each([200, 299])(
  'text of unknown format is not quoted from a %i, which can contain a token',
  (status) => {
    expect(describeError(httpResponse(status, 'P9+ewuw+Nid5hg'), secrets)).toBe('');
  },
);

test.each([
  ['an array', '[1,2]', '[1,2]'],
  ['a number', '17', '17'],
  ['null', 'null', 'null'],
  ['a string', '"no"', '"no"'],
  ['an object without a reason', '{"a":{"error":"deep"}}', ''],
  ['an object instead of a text', '{"error":{"message":"deep"},"message":"flat"}', 'flat'],
  ['a list instead of a text', '{"error":["a"],"error_description":"b"}', 'b'],
  ['an object instead of the list', '{"errors":{"message":"x"},"message":"y"}', 'y'],
  ['nulls in the list', '{"errors":[null,[],{"message":null},"plain"]}', 'plain'],
  ['a fault that is a text', '{"fault":"x","message":"y"}', 'y'],
  ['a prototype', '{"__proto__":{"error":"polluted"},"constructor":{"x":1},"message":"y"}', 'y'],
  ['a prototype in the list', '{"errors":[{"__proto__":{"message":"p"},"code":1}]}', '1'],
  ['a lone surrogate', '{"message":"a\\ud800b"}', 'a b'],
  [
    'line breaks and workflow commands',
    '{"message":"a\\r\\n::add-mask::b\\n##[error]c"}',
    'a : :add-mask: :b # #[error]c',
  ],
  ['broken JSON', '{"message":"y"', '{"message":"y"'],
  ['an empty text', '{"error":"","message":"y"}', 'y'],
  ['surrounding white space', '{"message":" \\n y\\t"}', 'y'],
  ['a heading with attributes', '<h1 class="a" id=b>Blocked</h1><p>Ask IT</p>', 'Blocked'],
  ['a page without a heading', '<p class="a">Ask</p><p>IT</p>', 'Ask IT'],
  ['incomplete markup', 'Hun<b title="<i>">ter2', ''],
  ['a comment with >', 'Hun<!-- > -->ter2', ''],
  ['300 characters', 'x'.repeat(300), 'x'.repeat(300)],
  ['301 characters', 'x'.repeat(301), `${'x'.repeat(300)}…`],
])('a body with %s is quoted safely', (_, body, quote) => {
  expect(describe401(body)).toBe(quote);
  expect(({} as Record<string, unknown>)['error']).toBeUndefined();
});

test('a quote of any body is short, one line, and no workflow command', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  const body = fc.oneof(
    text,
    fc.json(),
    text.map((message) => JSON.stringify({ message })),
    fc
      .array(fc.constantFrom(':', '::', '#', '##[', '[', '\n', '\r', '\u2028', 'a', '%0A'))
      .map((parts) => parts.join('')),
    text.map((title) => `<title>${title}</title>`),
  );
  fc.assert(
    fc.property(body, (one) => {
      const quote = describe401(one);
      expect(quote.length).toBeLessThanOrEqual(301);
      expect(quote).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(quote).not.toContain('::');
      expect(quote).not.toContain('##[');
    }),
    { numRuns: cases(500) },
  );
});

test('a compressed body without a Content-Encoding is not quoted', () => {
  const compressed = gzipSync('Invalid client secret').toString();
  expect(describe401(compressed)).toBe('');
  expect(describe401(`Forbidden\u0001${compressed}`, MASHERY)).toBe('ERR_403_DEVELOPER_INACTIVE');
  expect(describe401('Acc\ufffds refus\ufffd')).toBe('Acc\ufffds refus\ufffd');
});
