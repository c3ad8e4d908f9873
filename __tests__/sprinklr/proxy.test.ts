import { afterEach, expect, test } from '@jest/globals';
import { proxyFor } from '../../src/sprinklr/proxy.ts';
import { refusalOf } from './refusal.ts';

const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'];
afterEach(() => {
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
});

const url = new URL('https://api2.sprinklr.com/prod2/api/v2/me');
const proxyWhere = (env: Record<string, string>, to = url): string | undefined => {
  Object.assign(process.env, env);
  return proxyFor(to)?.href;
};

test.each(['https_proxy', 'HTTPS_PROXY'])('%s names the proxy of a call', (name) => {
  expect(proxyWhere({ [name]: 'http://proxy.example.com:3128' })).toBe('http://proxy.example.com:3128/');
});

test.each([
  'http://proxy.example.com:3128',
  'https://proxy.example.com',
  'http://me:p%40ss@proxy.example.com',
])('the address %s can be read', (address) => {
  expect(proxyWhere({ https_proxy: address })).toMatch(address);
});

test.each([
  ['no address', 'http://['],
  ['a password that is not percent-encoded', 'http://builder:Pr0xy-%zz@proxy.test:3128'],
  ['no scheme', 'proxy.test:3128'],
  ['another protocol', 'socks5://proxy.test:1080'],
  ['a protocol that starts alike', 'httpsx://proxy.test:1080'],
  ['a protocol that ends alike', 'xhttp://proxy.test:1080'],
  ['colons', '::'],
])('an address with %s is named as what is wrong, and not shown', (_, address) => {
  expect(refusalOf(() => proxyWhere({ https_proxy: address })).code).toBe('NETWORK_UNREACHABLE');
  delete process.env['https_proxy'];
  expect(refusalOf(() => proxyWhere({ HTTPS_PROXY: address }))).toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: 'The proxy address in https_proxy or HTTPS_PROXY cannot be read.',
    remedy:
      'Set it to something like http://proxy.example.com:3128, with special characters of its password percent-encoded.',
  });
});

test.each([
  ['no variable is set', {}, url],
  ['the variables are empty', { https_proxy: '', HTTPS_PROXY: '' }, url],
  ['the proxy is for http', { http_proxy: 'proxy.test:3128', HTTP_PROXY: 'proxy.test:3128' }, url],
  ['no_proxy names the host', { https_proxy: 'proxy.test:3128', no_proxy: url.hostname }, url],
  ['the call is plain http to this machine', { https_proxy: '::' }, new URL('http://127.0.0.1:8080/')],
  ['the call is https to this machine', { https_proxy: '::' }, new URL('https://localhost:8080/')],
])('there is no proxy, and nothing to complain of, where %s', (_, env, to) => {
  expect(proxyWhere(env, to)).toBeUndefined();
});
