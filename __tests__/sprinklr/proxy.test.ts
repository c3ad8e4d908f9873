import { afterEach, expect, test } from '@jest/globals';
import { proxyFor } from '../../src/sprinklr/proxy.ts';
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
])('the address %s is accepted', (address) => {
  expect(proxyWith({ https_proxy: address })).toMatch(address);
});

test.each([
  ['an invalid host', 'http://[', undefined],
  ['a password that is not percent-encoded', 'http://builder:Pr0xy-%zz@proxy.test:3128', undefined],
  ['no scheme', 'proxy.test:3128', undefined],
  ['another scheme', 'socks5://proxy.test:1080', undefined],
  ['a scheme that starts with http', 'httpsx://proxy.test:1080', undefined],
  ['a scheme that ends with http', 'xhttp://proxy.test:1080', undefined],
  ['colons only', '::', 'TypeError'],
])('an address with %s is NETWORK_UNREACHABLE and is not quoted', (_, address, cause) => {
  for (const name of ['https_proxy', 'HTTPS_PROXY']) {
    const error = thrownError(() => proxyWith({ [name]: address }));
    Reflect.deleteProperty(process.env, name);
    expect(error).toMatchObject({
      code: 'NETWORK_UNREACHABLE',
      message: expect.stringContaining('https_proxy or HTTPS_PROXY'),
      remedy: expect.stringMatching(/http:\/\/proxy\.example\.com:3128.*[Pp]ercent-encode/),
    });
    expect((error.cause as Error | undefined)?.name).toBe(cause);
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
