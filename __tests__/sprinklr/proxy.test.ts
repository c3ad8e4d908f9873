import { afterEach, expect, test } from '@jest/globals';
import { proxyFor, unmatchedNoProxyEntries } from '../../src/sprinklr/proxy.ts';
import { thrownError } from './thrown-error.ts';

const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'];
afterEach(() => {
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
});

const url = new URL('https://api2.sprinklr.com/prod2/api/v2/me');
const proxyWith = (env: Record<string, string>, to = url): string | undefined => {
  Object.assign(process.env, env);
  return proxyFor(to)?.href;
};

test.each(['https_proxy', 'HTTPS_PROXY'])('%s sets the proxy', (name) => {
  expect(proxyWith({ [name]: 'http://proxy.example.com:3128' })).toBe('http://proxy.example.com:3128/');
});

test.each([
  'http://proxy.example.com:3128',
  'https://proxy.example.com',
  'http://me:p%40ss@proxy.example.com',
  'http://CORP%5Cme:p%23ss@proxy.example.com:3128/',
  'http://[::1]:3128',
])('the address %s is accepted', (address) => {
  expect(proxyWith({ https_proxy: address })).toMatch(address);
});

test('an address without a scheme, and one with white space around it, are accepted', () => {
  expect(proxyWith({ https_proxy: ' proxy.test:3128\n' })).toBe('http://proxy.test:3128/');
  expect(proxyWith({ https_proxy: 'me:p%40ss@proxy.test:3128' })).toBe('http://me:p%40ss@proxy.test:3128/');
});

test.each([
  ['an invalid host', 'http://['],
  ['a password that is not percent-encoded', 'http://builder:Pr0xy-%zz@proxy.test:3128'],
  ['an incomplete escape before the colon', 'http://builder%4:1@proxy.test:3128'],
  ['a plain backslash', 'http://CORP\\builder:Pr0xy@proxy.test:3128'],
  ['a # in the password', 'http://builder:Pr0#xy@proxy.test:3128'],
  ['a ? in the password', 'http://builder:Pr0?xy@proxy.test:3128'],
  ['a / in the password', 'http://builder:12/xy@proxy.test:3128'],
  ['a path', 'http://proxy.test:3128/proxy.pac'],
  ['a query', 'http://proxy.test:3128/?x=1'],
  ['an empty query', 'http://proxy.test:3128?'],
  ['a fragment', 'http://proxy.test:3128/#x'],
  ['double quotes', '"http://proxy.test:3128"'],
  ['single quotes', "'http://proxy.test:3128'"],
  ['quotes and no port', "'proxy.test'"],
  ['quotes inside', 'http://"builder":Pr0xy@proxy.test:3128'],
  ['a space inside', 'http://proxy.test :3128'],
  ['another scheme', 'socks5://proxy.test:1080'],
  ['a scheme that starts with http', 'httpsx://proxy.test:1080'],
  ['a scheme that ends with http', 'xhttp://proxy.test:1080'],
  ['colons only', '::'],
])('an address with %s is NETWORK_UNREACHABLE and is not quoted', (_, address) => {
  for (const name of ['https_proxy', 'HTTPS_PROXY']) {
    const error = thrownError(() => proxyWith({ [name]: address }));
    Reflect.deleteProperty(process.env, name);
    expect(error).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      message: expect.stringContaining('https_proxy or HTTPS_PROXY'),
      remedy: expect.stringMatching(
        /http:\/\/USER:PASSWORD@.*quotes.*path.*Percent-encode.*%5C.*%23.*%2F.*%3F.*%40/,
      ),
    });
    expect(error.message + error.remedy).not.toContain(address);
  }
});

test.each([
  ['no variable is set', {}, url],
  ['the variables are empty', { https_proxy: '', HTTPS_PROXY: '' }, url],
  ['the proxy is for http', { http_proxy: 'proxy.test:3128', HTTP_PROXY: 'proxy.test:3128' }, url],
  ['no_proxy lists the host', { https_proxy: 'proxy.test:3128', no_proxy: url.hostname }, url],
  ['the call is http to a loopback host', { https_proxy: '::' }, new URL('http://127.0.0.1:8080/')],
  ['the call is https to a loopback host', { https_proxy: '::' }, new URL('https://localhost:8080/')],
])('no proxy is used if %s', (_, env, to) => {
  expect(proxyWith(env, to)).toBeUndefined();
});

const exemptBy = (entries: string, to = url): boolean =>
  proxyWith({ https_proxy: 'http://proxy.test:3128', no_proxy: entries }, to) === undefined;

test.each([
  '*',
  'api2.sprinklr.com',
  'API2.Sprinklr.COM',
  'sprinklr.com',
  '.sprinklr.com',
  '*.sprinklr.com',
  'api2.sprinklr.com:443',
  'example.com, sprinklr.com',
  'example.com sprinklr.com',
  'localhost,\n  *.sprinklr.com\n',
])('no_proxy=%j exempts api2.sprinklr.com', (entries) => {
  expect(exemptBy(entries)).toBe(true);
});

test.each([
  'inklr.com',
  'api2',
  'api2.sprinklr.com:8443',
  '10.0.0.0/8',
  'https://api2.sprinklr.com',
  'api*.com',
  '',
])('no_proxy=%j does not exempt api2.sprinklr.com', (entries) => {
  expect(exemptBy(entries)).toBe(false);
});

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.3:443', true],
  ['10.1.2.3', '11.0.0.0/8', false],
  ['10.1.2.3', '10.0.0.0/33', false],
  ['10.1.2.3', '10.0.0.0/', false],
  ['10.1.2.3', '2.3', false],
  ['[2001:db8::1]', '2001:db8::/32', true],
  ['[2001:db8::1]', '2001:db8::1', true],
  ['[2001:db8::1]', '[2001:db8::1]', true],
  ['[2001:db8::1]', '[2001:db8::1]:443', true],
  ['[2001:db8::1]', '10.0.0.0/8', false],
])('the address %s and no_proxy=%s: exempt is %s', (host, entries, exempt) => {
  expect(exemptBy(entries, new URL(`https://${host}/`))).toBe(exempt);
});

test('the entries of no_proxy that match no host name are known', () => {
  process.env['no_proxy'] = 'a.test,10.0.0.0/8 *.b.test *c.test,d*.test https://e.test \u001b[1m/';
  expect(unmatchedNoProxyEntries()).toEqual(['10.0.0.0/8', '*c.test', 'd*.test', 'https://e.test']);
});
