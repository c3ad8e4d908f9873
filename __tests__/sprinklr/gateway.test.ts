import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../volume.ts';
import { parseAppId } from '../../src/sprinklr/app-id.ts';
import { createGateway, isLoopback, parseBaseUrl, parseEnvironment } from '../../src/sprinklr/gateway.ts';
import { thrownError } from './thrown-error.ts';

const appId = parseAppId('eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==');
const encoded = 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ%3D%3D';

const environments = ['', 'prod0', 'prod2', 'prod3', 'prod4', 'prod5', 'prod8', 'prod12', 'prod15'];

// docs/development/sprinklr-api.md, "Gateways".
test.each(environments.map((environment) => [environment]))(
  'the endpoints of environment "%s" have the documented URLs',
  (environment) => {
    const segment = environment === '' ? '' : `/${environment}`;
    for (const [gateway, register] of [
      ['api2', 'api/bdi/app/register'],
      ['api3', 'api/app/register'],
    ] as const) {
      const endpoints = createGateway({ gateway, environment });
      const base = `https://${gateway}.sprinklr.com${segment}`;
      expect(endpoints.apiUrl).toBe(base);
      expect(endpoints.registrationEndpoint.href).toBe(`${base}/${register}`);
      expect(endpoints.tokenEndpoint.href).toBe(`${base}/oauth/token`);
      expect(endpoints.authorizationEndpoint.href).toBe(`${base}/oauth/authorize`);
      expect(endpoints.identityEndpoint.href).toBe(`${base}/api/v2/me`);
      expect(endpoints.exchangeEndpoint(appId).href).toBe(`${base}/oauth/apptoken/${encoded}`);
    }
  },
);

test('a base URL changes only the origin; the paths stay those of the gateway', () => {
  const baseUrl = parseBaseUrl('https://sprinklr.example.com:8443/');
  const api2 = createGateway({ gateway: 'api2', environment: 'prod2', baseUrl });
  const api3 = createGateway({ gateway: 'api3', environment: '', baseUrl });

  expect(api2.apiUrl).toBe('https://sprinklr.example.com:8443/prod2');
  expect(api2.registrationEndpoint.pathname).toBe('/prod2/api/bdi/app/register');
  expect(api3.apiUrl).toBe('https://sprinklr.example.com:8443');
  expect(api3.registrationEndpoint.pathname).toBe('/api/app/register');
});

test('any App ID is one segment of the path', () => {
  const endpoints = createGateway({ gateway: 'api2', environment: 'prod2' });
  expect(endpoints.exchangeEndpoint(parseAppId('ab+/cd==')).pathname).toBe(
    '/prod2/oauth/apptoken/ab%2B%2Fcd%3D%3D',
  );

  fc.assert(
    fc.property(fc.base64String({ minLength: 4 }), (text) => {
      const { pathname, search } = endpoints.exchangeEndpoint(parseAppId(text));
      const segments = pathname.split('/');
      expect(segments).toHaveLength(5);
      expect(decodeURIComponent(segments[4] ?? '')).toBe(text);
      expect(segments[4]).not.toMatch(/[+=]/);
      expect(search).toBe('');
    }),
  );
});

test.each([
  ['', ''],
  ['prod', ''],
  ['PROD', ''],
  ['production', ''],
  ['{Production}', ''],
  ['{prod}', ''],
  ['prod2', 'prod2'],
  ['Prod12', 'prod12'],
  [' PROD4 ', 'prod4'],
  ['{prod2}', 'prod2'],
  ['{{prod2}}', 'prod2'],
  ['{ prod2 }', 'prod2'],
  ['{}', ''],
  ['prod2-eu', 'prod2-eu'],
])('the environment "%s" is parsed as "%s"', (text, environment) => {
  expect(parseEnvironment(text)).toBe(environment);
});

test.each([
  'prod 2',
  'prod2/',
  '/prod2',
  'prod2/../prod4',
  '..',
  'prod2?x',
  'prod2#x',
  'prod%32',
  '2prod',
  '-prod',
  'prod_2',
  'pro{d2',
  'pro}d2',
  'prod2\nprod4',
  'prod2:',
  'ｐｒｏｄ２',
  'https://api2.sprinklr.com/prod2',
  // The placeholder in Sprinklr's guide.
  'env',
  '{env}',
  '{{env}}',
])('"%s" is not the name of an environment', (text) => {
  expect(thrownError(() => parseEnvironment(text))).toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringContaining('`environment`'),
    remedy: expect.stringMatching(/prod2 or prod4.*empty.*"sentry-environment"/),
    inputs: ['environment'],
  });
});

test('an environment changes only its own segment of a URL', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20, unit: 'grapheme' }), (text) => {
      let environment: string;
      try {
        environment = parseEnvironment(text);
      } catch {
        return;
      }
      const { host, pathname, search, hash } = createGateway({
        gateway: 'api2',
        environment,
      }).identityEndpoint;
      expect(host).toBe('api2.sprinklr.com');
      expect(pathname).toBe(environment === '' ? '/api/v2/me' : `/${environment}/api/v2/me`);
      expect(search + hash).toBe('');
    }),
  );
});

test.each([
  ['https://api2.sprinklr.com', 'https://api2.sprinklr.com'],
  ['https://api2.sprinklr.com/', 'https://api2.sprinklr.com'],
  ['HTTPS://API2.Sprinklr.COM:443', 'https://api2.sprinklr.com'],
  ['https://sprinklr.example.com:8443', 'https://sprinklr.example.com:8443'],
  ['https://[2001:db8::1]', 'https://[2001:db8::1]'],
  ['http://localhost:8080', 'http://localhost:8080'],
  ['http://LOCALHOST', 'http://localhost'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://127.8.9.10', 'http://127.8.9.10'],
  ['http://127.1', 'http://127.0.0.1'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['http://[0:0:0:0:0:0:0:1]', 'http://[::1]'],
])('the base URL %s has the origin %s', (text, origin) => {
  expect(parseBaseUrl(text).origin).toBe(origin);
});

test.each([
  ['', 'is not a URL'],
  ['api2.sprinklr.com', 'is not a URL'],
  ['//api2.sprinklr.com', 'is not a URL'],
  ['https://', 'is not a URL'],
  ['https://api2.sprinklr.com/prod2', 'contains more than an origin'],
  ['https://api2.sprinklr.com/?a=b', 'contains more than an origin'],
  ['https://api2.sprinklr.com/#a', 'contains more than an origin'],
  ['https://user@api2.sprinklr.com', 'contains a username or password'],
  ['https://user:Hunter2@api2.sprinklr.com', 'contains a username or password'],
  ['https://:Hunter2@api2.sprinklr.com', 'contains a username or password'],
  ['http://api2.sprinklr.com', 'would send secrets over plain http'],
  ['http://127.0.0.1.example.com', 'would send secrets over plain http'],
  ['http://localhost.example.com', 'would send secrets over plain http'],
  ['http://128.0.0.1', 'would send secrets over plain http'],
  ['http://not-localhost', 'would send secrets over plain http'],
  ['http://0.0.0.0', 'would send secrets over plain http'],
  ['http://[::]', 'would send secrets over plain http'],
  ['http://[::ffff:192.0.2.1]', 'would send secrets over plain http'],
  ['http://10.127.0.1', 'would send secrets over plain http'],
  ['ftp://localhost/', 'is neither https nor http'],
  ['file:///', 'is neither https nor http'],
])('the base URL "%s" %s', (text, problem) => {
  const error = thrownError(() => parseBaseUrl(text));
  expect(error).toMatchObject({
    code: 'INPUT_INVALID',
    message: `\`base-url\` ${problem}.`,
    remedy: expect.stringMatching(/https:\/\/api2\.sprinklr\.com.*localhost, 127\.0\.0\.1, or \[::1\]/),
    inputs: ['base-url'],
  });
  expect(error.message).not.toContain('Hunter2');
});

test.each(['/prod2', '/prod2/', '/Prod2', '/prod2/oauth/token', '/prod2?x'])(
  'a base URL with the path %s says where the environment goes',
  (path) => {
    const { remedy } = thrownError(() => parseBaseUrl(`https://api2.sprinklr.com${path}`));
    expect(remedy).toMatch(
      /^If its path starts with the name of your environment, set `environment` to that name\. /,
    );
    expect(remedy).not.toMatch(/prod2/i);
  },
);

test.each(['/oauth/token', '/api/v2/me', '/?prod2', '/2prod', '/prod2.html'])(
  'the path %s of a base URL is not taken for an environment',
  (path) => {
    const { remedy } = thrownError(() => parseBaseUrl(`https://api2.sprinklr.com${path}`));
    expect(remedy).not.toContain('your environment');
  },
);

test.each(['localhost', '127.0.0.1', '127.255.255.255', '::1', '[::1]'])('%s is a loopback host', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['localhost.', 'x127.0.0.1', '127.0.0.1x', '127.0.0', '127.0.0.1.1', 'x::1', '::11', '[::1]x'])(
  '%s is not a loopback host',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test('any base URL is encrypted or on a loopback host', () => {
  const hosts = fc.oneof(
    fc.ipV4Extended(),
    fc.ipV6().map((ip) => `[${ip}]`),
    fc.constantFrom('localhost', '[::1]'),
  );
  const urls = fc.oneof(
    fc.webUrl({ validSchemes: ['http', 'https'], withFragments: true }),
    hosts.map((host) => `http://${host}:8080`),
  );
  fc.assert(
    fc.property(urls, (text) => {
      let url: URL;
      try {
        url = parseBaseUrl(text);
      } catch {
        return;
      }
      if (url.protocol !== 'https:') expect(url.hostname).toMatch(/^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/);
      expect(url.href.replace(/[?#]+$/, '')).toBe(`${url.origin}/`);
    }),
  );
});
