import { expect, test } from '@jest/globals';
import { app, diagnose, sound } from './doctor-world.ts';

const SPACE =
  'A space or line end comes with it; the action drops that, other programs send it along. -> Store it without (`printf %s`, not `echo`).';
const COMPARE = ' a final slash; Sprinklr compares it to the letter with the one of the app.';
const CALLBACK = ' -> Compare it with the callback URL of the Sprinklr developer app, to the letter.';

type Row = readonly [name: string, text: string, said: string];

// Each beside a trap, or at its edge.
const rows: Row[] = [
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
  ['environment', 'test2', 'ok: test2.'],
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
