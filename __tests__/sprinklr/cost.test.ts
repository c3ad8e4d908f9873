import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { compileSource } from './compiled.ts';
import { listen } from './servers.ts';

const folder = compileSource();
/** One token exchange, whose response is an attack. Prints what it cost. */
writeFileSync(
  join(folder, 'cost.js'),
  `import { createSecrets } from './redaction.js';
   import { createGateway, parseBaseUrl } from './sprinklr/gateway.js';
   import { createHttpSession } from './sprinklr/http.js';
   import { exchangeAssertion } from './sprinklr/tokens.js';

   const secrets = createSecrets(() => {});
   secrets.mask('-----BEGIN PRIVATE KEY-----\\n' + ('Ab3/'.repeat(16) + '\\n').repeat(26) + '-----END PRIVATE KEY-----\\n');
   secrets.mask('k7apikey3n5x9w2q8r4t6y1zu');
   const log = { debug() {}, info() {}, notice() {}, warning() {} };
   const context = { log, secrets, now: () => new Date(), random: () => 0, randomUUID: () => '' };
   const http = createHttpSession({ timeoutSeconds: 60, maxAttempts: 1 }, context);
   const gateway = createGateway({ gateway: 'api2', environment: '', baseUrl: parseBaseUrl(process.argv[2]) });
   const app = { apiKey: 'key', apiSecret: 'secret', redirectUri: 'https://example.com/' };
   const exchange = { gateway, app, appId: 'eyJw', parametersIn: 'body', sign: () => 'jwt' };
   const before = process.cpuUsage();
   const ended = await exchangeAssertion(http, exchange, context).then(() => 'token', ({ code }) => code);
   const { user, system } = process.cpuUsage(before);
   console.log(JSON.stringify({ ended, seconds: (user + system) / 1e6, megabytes: process.resourceUsage().maxRSS / 1024 }));`,
);

const MEGABYTE = 1024 * 1024;
const fill = (part: string): string => part.repeat(Math.floor((MEGABYTE - 100) / part.length));
const numbered = (write: (index: number) => string, separator: string): string =>
  Array.from({ length: 25_000 }, (_, index) => write(index)).join(separator);

const ATTACKS: [name: string, body: string][] = [
  ['a token of 1 MB', `{"access_token":"${fill('P9+ewuw/')}"}`],
  ['a token of 1 MB that never ends', `{"access_token":"${fill('P9+ewuw/')}`],
  ['escapes in a token', `{"access_token":"${fill('\\u003d')}"}`],
  ['one pair, often', fill('access_token=P9+ewuw+Nid5&')],
  ['different pairs', numbered((index) => `access_token=P9+ewuw+${index}`, '&')],
  ['different tokens in JSON', `{${numbered((index) => `"${index}token":"P9+ewuw+${index}"`, ',')}}`],
  ['deep arrays', '['.repeat(MEGABYTE / 2) + ']'.repeat(MEGABYTE / 2)],
  ['deep objects', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`],
  ['a JSON string', `"${fill('x')}"`],
  ['numbers', `[${fill('1,')}1]`],
  ['errors', `{"errors":[${fill('{"message":"no"},')}1]}`],
  ['a message', `{"message":"${fill('Ab3/')}"}`],
  ['a message of escapes', `{"message":"${fill('%25')}"}`],
  ['open tags', fill('<h1 ')],
  ['open entities', fill('&#')],
  ['backslashes', fill('\\')],
  ['base64', Buffer.from(fill('Ab3/').slice(0, 700_000)).toString('base64')],
  ['names', fill('token')],
  ['names and backslashes', fill(`token${'\\'.repeat(1000)}`)],
  ['spaces', `token${fill(' ')}`],
  ['names and hyphens', fill('token-')],
  ['lists of bytes', fill('65,')],
  ['base32', fill('KA4SWZLX')],
  ['quoted-printable', `{"message":"${fill('=41')}"}`],
  ['a list of lists', `[${fill('[],')}1]`],
  ['a list of objects', `[${fill('{"a":{}},')}1]`],
  ['nested JSON strings', JSON.stringify(JSON.stringify(JSON.stringify(fill('Ab3/').slice(0, 900_000))))],
];

async function costOf(
  origin: string,
): Promise<{ stdout: string } & Record<'ended' | 'seconds' | 'megabytes', unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'cost.js'), origin]);
  return { stdout, ...(JSON.parse(stdout) as Record<'ended' | 'seconds' | 'megabytes', unknown>) };
}

test.each(ATTACKS)('%s in a response costs less than 1 second and 150 MB', async (_, body) => {
  for (const status of [200, 401]) {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status).end(body);
    });
    const origin = `http://127.0.0.1:${await listen(server)}`;
    const { stdout, ended, seconds, megabytes } = await costOf(origin);
    if (process.env['SHOW_COST'] !== undefined) process.stderr.write(`${_} ${status}: ${stdout}`);
    expect(ended).toBe(status === 200 ? 'RESPONSE_INVALID' : 'CREDENTIALS_REJECTED');
    expect(seconds).toBeLessThan(1);
    expect(megabytes).toBeLessThan(150);
  }
});

test('a response of 1 MB in chunks of one byte costs less than 150 MB', async () => {
  const chunks = Buffer.from('1\r\nx\r\n'.repeat(MEGABYTE + 1));
  const server = createTcpServer((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      socket.write(chunks);
    });
  });
  const { ended, megabytes } = await costOf(`http://127.0.0.1:${await listen(server)}`);
  expect(ended).toBe('RESPONSE_INVALID');
  expect(megabytes).toBeLessThan(150);
});
