import { expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, diagnose, material, sound, without } from './doctor-world.ts';

const SPACE =
  'A space or line end comes with it; the action drops that, other programs send it along. -> Store it without (`printf %s`, not `echo`).';
const PRODUCTION =
  'the default production environment (prod), whose name is left out of addresses. ' +
  'Where the Sprinklr UI\'s page source names another under "sentry-environment", give that.';
const COMPARE = ' a final slash; Sprinklr compares it to the letter with the one of the app.';
const CALLBACK = ' -> Compare it with the callback URL of the Sprinklr developer app, to the letter.';

const appId = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString('base64');

type Row = readonly [name: string, text: string, said: string];

// Each beside a trap, or at its edge.
const rows: Row[] = [
  [
    'username',
    ' ',
    'wrong: The input username is empty. (--username is set, but empty) -> A secret or variable that does not exist reads as empty: check its name and that of the input, that this repository may use it, and that the job names its environment if it belongs to one. Workflows started from a fork get no secrets, and those of Dependabot only its own.',
  ],
  ['username', 'a"b"', 'ok: a"b".'],
  ['username', '"a"b', 'ok: "a"b.'],
  ['username', 'a{b}', 'ok: a{b}.'],
  ['username', '{a}b', 'ok: {a}b.'],
  ['username', '{a{b}', 'ok: {a{b}.'],
  ['username', 'a1', 'ok: a1.'],
  ['username', '1a', 'ok: 1a.'],
  [
    'username',
    '5',
    'warning: 5. It is a number, as user ids are. -> Give what the user types to log in to Sprinklr.',
  ],
  ['username', 'A_B', 'ok: A_B.'],
  [
    'username',
    'ci\u00A0bot',
    'warning: ci bot. It has a space in it, as names have and logins have not. -> Give what the user types to log in to Sprinklr.',
  ],
  ['username', ' ci-bot', `warning: ci-bot. ${SPACE}`],
  ['api-key', 'xAPI_KEY', 'ok: 8 characters.'],
  ['api-key', 'API_KEYx', 'ok: 8 characters.'],
  ['api-key', 'API__KEY', 'ok: 8 characters.'],
  ['api-key', 'APIKEY', 'ok: 6 characters.'],
  [
    'api-key',
    'API_K',
    'warning: 5 characters. It looks like the name of a variable or secret. -> Give the value that is stored under that name.',
  ],
  [
    'api-secret',
    'gr\u00FCn',
    'warning: 4 characters. It has a space or a character outside ASCII in it. -> Copy it once more from the page of the Sprinklr developer app.',
  ],
  ['environment', '', `ok: Empty: ${PRODUCTION} (--environment is set, but empty)`],
  ['environment', 'PROD', `ok: PROD: ${PRODUCTION}`],
  [
    'environment',
    'api3',
    'warning: api3. No Sprinklr environment with this name is documented: they are called prod, prod2, prod4, … -> To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
  ],
  ['environment', 'test2', 'ok: test2.'],
  ['audience', '', 'ok: . (--audience is set, but empty)'],
  ['app-id', appId({ pId: 80000 }), 'ok: An App ID: partner 80000.'],
  ['app-id', appId({ tId: 1700000000000 }), 'ok: An App ID: registered 2023-11-14T22:13:20.000Z.'],
  [
    'app-id',
    appId({ x: 1 }),
    'warning: 12 characters. It does not decode to the JSON that App IDs hold: it may be an API key, or damaged. -> Give the value of "data" in the answer of the registration; it usually starts with eyJ.',
  ],
  ['environment', 'mytest', 'ok: mytest.'],
  ['environment', '{Prod2}', 'ok: Read as prod2, given as {Prod2}.'],
  [
    'environment',
    '{sandbox}',
    'warning: Read as sandbox, given as {sandbox}. No Sprinklr environment with this name is documented: they are called prod, prod2, prod4, … -> To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
  ],
  ['gateway', 'API2', 'ok: API2.'],
  ['base-url', 'https://api2.sprinklr.com', 'ok: https://api2.sprinklr.com.'],
  ['base-url', 'https://sprinklr.example.com', 'ok: https://sprinklr.example.com.'],
  ['audience', 'https://www.sprinklr.com/', 'ok: https://www.sprinklr.com/.'],
  ['parameters-in', 'query', 'ok: query, as documented.'],
  [
    'parameters-in',
    'BODY',
    'ok: body, which is not documented for this call; if it is refused, go back to query.',
  ],
  ['timeout-seconds', '60', 'ok: 60.'],
  ['certificate-warning-days', '30', 'ok: 30.'],
  ['assertion-lifetime', '60', 'ok: 60.'],
  ['redirect-uri', 'http://localhost:8080/cb', `ok: http://localhost:8080/cb, without${COMPARE}`],
  ['redirect-uri', 'https://a.example/Path/?X=/', `ok: https://a.example/Path/?X=/, with${COMPARE}`],
  ['redirect-uri', 'https://a.example/p?x=/', `ok: https://a.example/p?x=/, without${COMPARE}`],
  ['redirect-uri', 'https://a.example:4430/', `ok: https://a.example:4430/, with${COMPARE}`],
  ['redirect-uri', 'https://a.example:80/', `ok: https://a.example:80/, with${COMPARE}`],
  ['redirect-uri', 'https://a.example/x?y=a:443', `ok: https://a.example/x?y=a:443, without${COMPARE}`],
  ['redirect-uri', 'https://a.example/?decode=1', `ok: https://a.example/?decode=1, with${COMPARE}`],
  ['redirect-uri', 'https://a.example/?u=b://C', `ok: https://a.example/?u=b://C, with${COMPARE}`],
  ['redirect-uri', 'https://a.example/?u=b://c:443', `ok: https://a.example/?u=b://c:443, with${COMPARE}`],
  ['redirect-uri', 'http://localhost/?u=b://c:80', `ok: http://localhost/?u=b://c:80, with${COMPARE}`],
  [
    'redirect-uri',
    'htTps://a.example/',
    `warning: htTps://a.example/, with${COMPARE} It has upper-case letters before the path, which browsers make lower case and Sprinklr may not.${CALLBACK}`,
  ],
  [
    'redirect-uri',
    'http://localhost:80/',
    `warning: http://localhost:80/, with${COMPARE} It names the default port, which browsers leave out and Sprinklr may not.${CALLBACK}`,
  ],
  [
    'redirect-uri',
    'HTTPS://a.example/',
    `warning: HTTPS://a.example/, with${COMPARE} It has upper-case letters before the path, which browsers make lower case and Sprinklr may not.${CALLBACK}`,
  ],
  [
    'redirect-uri',
    'https://a.example/?error=x',
    `warning: https://a.example/?error=x, with${COMPARE} It is an address that a browser landed on after a consent, with the answer still in it.${CALLBACK}`,
  ],
];

/** The rows in as many calls as an input has at most: what one value is said to be does not depend on the others. */
const rounds: Row[][] = [];
for (const row of rows) {
  const round = rounds.find((others) => !others.some(([name]) => name === row[0]));
  if (round === undefined) rounds.push([row]);
  else round.push(row);
}

test.each(rounds.map((round) => ({ round })))(
  'values beside a trap, or at its edge: %#',
  async ({ round }) => {
    const values = Object.fromEntries(round.map(([name, text]) => [name, text]));
    const { check } = await diagnose({ values: { ...sound, ...values } });
    const said = round.map(([name, text]): Row => {
      const { status, found, remedy = '' } = check(name);
      const words = found.replace(/ \(from [^)]*\)$/, '');
      return [name, text, `${status}: ${words}${remedy === '' ? '' : ` -> ${remedy}`}`];
    });
    expect(said).toEqual(round);
  },
);

test('one mistake is no other: each trap has its own words, and all of them are said', async () => {
  const { check } = await diagnose({
    values: { ...sound, gateway: 'API3', 'base-url': 'https://Api3.sprinklr.com', audience: ' x y ' },
  });
  expect(check('base-url').status).toBe('ok');
  expect(check('audience')).toEqual({
    name: 'audience',
    status: 'warning',
    found: `x y. ${SPACE.replace(/ ->.*/, '')} The documented audience is https://www.sprinklr.com/ (with the final slash). (from --audience)`,
    remedy: 'Store it without (`printf %s`, not `echo`). Leave audience away.',
  });
});

test('every value has its place in the report, and what is left out is said to be the default', async () => {
  const { checks } = await diagnose({ values: sound });
  expect(checks.filter(({ remedy }) => remedy !== undefined)).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual([
    'private-key',
    'certificate',
    'private-key and certificate',
    'app-id',
    'username',
    'audience',
    'api-key',
    'api-secret',
    'redirect-uri',
    'gateway',
    'environment',
    'app-id and certificate',
    'API address',
    'register address',
    'exchange address',
    'clock',
    'proxy',
    'NODE_EXTRA_CA_CERTS',
    'NODE_TLS_REJECT_UNAUTHORIZED',
  ]);
  const found = (name: string): string => checks.find((check) => check.name === name)?.found ?? '';
  expect(found('audience')).toBe('https://www.sprinklr.com/ (the default).');
  expect(found('gateway')).toBe('api2 (the default).');
  expect(found('api-key')).toBe(`${app.apiKey.length} characters. (from SPRINKLR_API_KEY)`);
  expect(found('proxy')).toBe('None.');
});

test('of what is not given it says how it can be, and of the certificate that nobody can tell whose it is', async () => {
  const { checks } = await diagnose({ values: { audience: 'https://www.sprinklr.com/' } });
  const absent = checks.filter(({ status }) => status === 'skipped').map(({ name, found }) => [name, found]);
  expect(Object.fromEntries(absent)).toEqual({
    'private-key': 'Not given (--private-key-file or SPRINKLR_PRIVATE_KEY).',
    certificate: 'Not given (--certificate or SPRINKLR_CERTIFICATE).',
    'private-key and certificate': 'Whether they belong together stays open: that takes both.',
    'app-id': 'Not given (--app-id or SPRINKLR_APP_ID).',
    username: 'Not given (--username or SPRINKLR_USERNAME).',
    'api-key': 'Not given (--api-key-file or SPRINKLR_API_KEY).',
    'api-secret': 'Not given (--api-secret-file or SPRINKLR_API_SECRET).',
    'redirect-uri': 'Not given (--redirect-uri or SPRINKLR_REDIRECT_URI).',
    NODE_EXTRA_CA_CERTS: 'Not set.',
  });
});

test('a line end belongs to a file, and more than one does not', async () => {
  const given = async (text: string): Promise<string> => {
    const path = join(material.folder, 'a-value');
    writeFileSync(path, text);
    const { check } = await diagnose({
      values: { ...without(sound, 'api-secret'), 'api-secret-file': path },
    });
    return check('api-secret').found;
  };
  expect(await given('secret\r\n')).toMatch(/^6 characters\. \(from /);
  expect(await given('secret\n\n')).toContain('A space or line end comes with it');
  expect(await given('sec\nret\n')).not.toContain('A space or line end comes with it');
});
