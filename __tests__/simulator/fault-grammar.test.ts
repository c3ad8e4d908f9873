import { expect, test } from '@jest/globals';
import { ERROR_FORMS } from '../../src/simulator/types.ts';
import { FAULT_GRAMMAR, parseFaults, type Fault } from '../../src/simulator/simulator.ts';

const status = (code: number): Fault => ({ kind: 'status', status: code });

test.each<[string, string, ...Fault[]]>([
  ['apptoken=503,503,none', 'apptoken', status(503), status(503), { kind: 'none' }],
  ['apptoken=503x2', 'apptoken', status(503), status(503)],
  ['me=200,599', 'me', status(200), status(599)],
  ['me=401:mashery', 'me', { kind: 'status', status: 401, form: 'mashery' }],
  [
    'me=403:page x2',
    'me',
    { kind: 'status', status: 403, form: 'page' },
    { kind: 'status', status: 403, form: 'page' },
  ],
  [
    'apptoken=no-expiry,echo-key,strict-iat',
    'apptoken',
    { kind: 'no-expiry' },
    { kind: 'echo-key' },
    { kind: 'strict-iat' },
  ],
  ['me=status:401', 'me', status(401)],
  ['register=status:401', 'register', status(401)],
  ['any=hang x2', 'any', { kind: 'hang' }, { kind: 'hang' }],
  ['token= reset , cut', 'token', { kind: 'reset' }, { kind: 'cut' }],
  [
    'authorize=html,garbage,not-http',
    'authorize',
    { kind: 'html' },
    { kind: 'garbage' },
    { kind: 'not-http' },
  ],
  ['me=retry-after:2x2', 'me', { kind: 'retry-after', after: 2 }, { kind: 'retry-after', after: 2 }],
  [
    'apptoken=retry-after:Wed, 21 Oct 2026 07:28:00 GMT,none',
    'apptoken',
    { kind: 'retry-after', after: 'Wed, 21 Oct 2026 07:28:00 GMT' },
    { kind: 'none' },
  ],
  ['me=giant,giant:100', 'me', { kind: 'giant' }, { kind: 'giant', bytes: 100 }],
  ['me=drip:5', 'me', { kind: 'drip', everyMs: 5 }],
  ['apptoken=clock:-120', 'apptoken', { kind: 'clock', seconds: -120 }],
  ['me=redirect:https://a.example/x2', 'me', { kind: 'redirect', location: 'https://a.example/x2' }],
  ['me=500,body:{"a":1,"b":2}', 'me', status(500), { kind: 'body', json: { a: 1, b: 2 } }],
  ['me=body:"a=b"', 'me', { kind: 'body', json: 'a=b' }],
])('%s is parsed', (text, endpoint, ...faults) => {
  expect(parseFaults(text)).toEqual({ endpoint, faults });
});

test.each([
  ['503', 'register=, apptoken='],
  ['apptokn=503', 'register=, apptoken='],
  ['me=', FAULT_GRAMMAR],
  ['me=503,,503', FAULT_GRAMMAR],
  ['me=explode', FAULT_GRAMMAR],
  ['me=hang:5', FAULT_GRAMMAR],
  ['me=redirect:', FAULT_GRAMMAR],
  ['me=503x0', '"503x0" needs a whole number from 1 to 1000'],
  ['me=99', 'from 200 to 599'],
  ['me=99:oauth', 'from 200 to 599'],
  ['me=401:', FAULT_GRAMMAR],
  ['me=401:xml', FAULT_GRAMMAR],
  ['me=no-expiry:1', FAULT_GRAMMAR],
  ['me=status:abc', 'from 200 to 599'],
  ['me=status', 'from 200 to 599'],
  ['me=drip', 'from 1 to'],
  ['me=drip:0', 'from 1 to'],
  ['me=giant:', 'from 1 to'],
  ['me=clock:1.5', 'from -2147483648 to'],
  ['me=retry-after', 'from 0 to'],
  ['me=retry-after:Wed, 99 Foo GMT', 'from 0 to'],
  ['me=body:{', 'JSON'],
])('%s is rejected with what is allowed', (text, allowed) => {
  expect(() => parseFaults(text)).toThrow(allowed);
});

test('the help contains every fault', () => {
  const kinds: Record<Fault['kind'], true> = {
    none: true,
    status: true,
    reset: true,
    hang: true,
    drip: true,
    cut: true,
    giant: true,
    'retry-after': true,
    clock: true,
    redirect: true,
    html: true,
    garbage: true,
    body: true,
    'not-http': true,
    'no-expiry': true,
    'echo-key': true,
    'strict-iat': true,
  };
  for (const kind of [...Object.keys(kinds), ...ERROR_FORMS]) expect(FAULT_GRAMMAR).toContain(kind);
});
