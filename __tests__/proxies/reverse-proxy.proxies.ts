import { once } from 'node:events';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeAuthority, type Authority, type Issued } from '../action/authority.ts';
import { expectFailure, expectSuccess } from '../action/expectations.ts';
import { runStep, type Inputs, type Outcome } from '../action/harness.ts';
import { world, type World } from '../action/world.ts';
import { freePort } from './server-process.ts';
import { startNginx, type NginxOptions, type ReverseProxy } from './nginx.ts';
import { expectNoSecrets } from './secrets.ts';

let authority: Authority;
let otherAuthority: Authority;
let server: Issued;
let client: Issued;
beforeAll(() => {
  authority = makeAuthority();
  otherAuthority = makeAuthority();
  server = authority.issue();
  client = authority.issue({ names: 'DNS:ci.example.com' });
});

interface NginxWorld extends World {
  readonly nginx: ReverseProxy;
  readonly inputs: Inputs;
  readonly run: (inputs?: Inputs) => Promise<Outcome>;
}

/** A simulator behind nginx, and steps that trust the private CA. */
async function nginxWorld(options: Partial<NginxOptions> = {}): Promise<NginxWorld> {
  const made = await world();
  const nginx = await startNginx({ to: made.sprinklr.origin, tls: server, ...options });
  const inputs = { ...made.token, 'base-url': `https://${nginx.host}` };
  return {
    ...made,
    nginx,
    inputs,
    run: (more = {}) =>
      runStep({
        inputs: { ...inputs, ...more },
        env: { NODE_EXTRA_CA_CERTS: authority.file, RUNNER_DEBUG: '1' },
      }),
  };
}

const identity = ({ cert, key }: Issued): Inputs => ({ 'mtls-certificate': cert, 'mtls-private-key': key });

test('nginx with only TLS 1.0 fails the step, although an old client can connect', async () => {
  const { run, nginx } = await nginxWorld({
    server: 'ssl_protocols TLSv1; ssl_ciphers DEFAULT:@SECLEVEL=0;',
  });

  expectTlsFailure(await run(), /EPROTO|ERR_SSL_\w*PROTOCOL\w*/, 'TLS 1.2');
  expect(nginx.errorLog()).toMatch(/SSL_do_handshake\(\) failed .*unsupported protocol/);
  expect(await nginx.served(0)).toEqual([]);

  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
  const socket = connect({ port: nginx.port, host: '127.0.0.1', ca: authority.pem, ...old });
  await once(socket, 'secureConnect');
  expect(socket.getProtocol()).toBe('TLSv1');
  socket.destroy();
});

describe('nginx with mutual TLS', () => {
  const mutualTls = (): Partial<NginxOptions> => ({ clientCa: authority.pem });

  test('accepts the right client certificate', async () => {
    const { run, nginx } = await nginxWorld(mutualTls());

    expectSuccess(await run(identity(client)));
    expect(await nginx.served(1)).toEqual(['POST 200']);
  });

  test.each([
    ['no certificate', () => ({}), 'No required SSL certificate was sent'],
    ['one of another CA', () => identity(otherAuthority.issue()), 'The SSL certificate error'],
    ['an expired one', () => identity(authority.issue({ days: -1 })), 'The SSL certificate error'],
  ])('rejects %s, and the message names the inputs', async (_, make, reason) => {
    const { run, nginx, sprinklr } = await nginxWorld(mutualTls());
    const step = await run(make());

    expectFailure(step, 'CREDENTIALS_REJECTED', 'HTTP 400', reason, /mtls-certificate.*mtls-private-key/);
    expect(step.errors[0]?.message).not.toContain('api-secret');
    expect(await nginx.served(1)).toEqual(['POST 400']);
    expect(sprinklr.requests).toEqual([]);
  });
});

describe('an upstream of nginx', () => {
  test('that is down for a moment causes a 502, which is retried', async () => {
    const { run, nginx, sprinklr } = await nginxWorld();
    sprinklr.fault('apptoken', { kind: 'reset' });
    const step = await run();

    expectSuccess(step);
    expect(step.shown).toMatch(/HTTP 502.*attempt 2/);
    expect(await nginx.served(2)).toEqual(['POST 502', 'POST 200']);
  });

  test('that is slow causes a 504, which is retried', async () => {
    const { run, nginx, sprinklr } = await nginxWorld({ server: 'proxy_read_timeout 1s;' });
    sprinklr.fault('apptoken', { kind: 'hang' });
    const step = await run();

    expectSuccess(step);
    expect(step.shown).toMatch(/HTTP 504.*attempt 2/);
    expect(await nginx.served(2)).toEqual(['POST 504', 'POST 200']);
  });

  test('that stays down is reported with the text of the error page', async () => {
    const { run, nginx } = await nginxWorld({ to: `http://127.0.0.1:${await freePort()}` });
    const step = await run({ 'max-attempts': '2' });

    expectFailure(step, 'SERVER_ERROR', 'HTTP 502', '2 attempts', '"502 Bad Gateway"');
    expect(await nginx.served(2)).toEqual(['POST 502', 'POST 502']);
  });

  test('that is down during a registration causes no retry, because the certificate may have been accepted', async () => {
    const { run, register, nginx, sprinklr } = await nginxWorld();
    sprinklr.fault('register', { kind: 'reset' });
    const step = await run({ ...register, 'base-url': `https://${nginx.host}` });

    expectFailure(step, 'SERVER_ERROR', 'HTTP 502', 'registered');
    expect(await nginx.served(2)).toEqual(['POST 200', 'POST 502']);
  });
});

test.each([
  ['body', 'client_max_body_size 100;', /HTTP 413.*Request Entity Too Large/],
  [
    'query',
    'client_header_buffer_size 256; large_client_header_buffers 2 512;',
    /HTTP 414.*Request-URI Too Large/,
  ],
])(
  'parameters in the %s that are too long for nginx are reported with its status',
  async (place, server, quote) => {
    const { run, nginx, sprinklr } = await nginxWorld({ server });
    const step = await run({ 'parameters-in': place });

    expectFailure(step, 'RESPONSE_INVALID', quote, 'proxy');
    expect(nginx.errorLog()).toMatch(/too large body|too long URI/);
    expect(sprinklr.requests).toEqual([]);
  },
);

test('a redirect from http to https is not followed', async () => {
  const { inputs, nginx, sprinklr } = await nginxWorld();
  const plain = await startNginx({
    to: sprinklr.origin,
    server: `return 301 https://${nginx.host}$request_uri;`,
  });
  const step = await runStep({ inputs: { ...inputs, 'base-url': `http://${plain.host}` } });

  expectFailure(step, 'REDIRECTED', 'HTTP 301', nginx.host, 'base-url');
  expect(await plain.served(1)).toEqual(['POST 301']);
  expect(await nginx.served(0)).toEqual([]);
});

const GZIP = 'gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;';

test('nginx does not compress, because the action asks for identity encoding', async () => {
  const { run, nginx } = await nginxWorld({ server: GZIP });
  const step = await run();

  expectSuccess(step);
  expect(await nginx.served(1)).toEqual(['POST 200']);
});

describe('nginx that compresses although the action asks for identity encoding', () => {
  async function compressed(): Promise<NginxWorld> {
    const made = await world();
    const inner = await startNginx({ to: made.sprinklr.origin, server: GZIP });
    const outer = await nginxWorld({
      to: `http://${inner.host}`,
      server: 'proxy_http_version 1.1; proxy_set_header Accept-Encoding gzip;',
    });
    return { ...outer, ...made };
  }

  test('fails the step, and the compressed token is not quoted', async () => {
    const { run, token, nginx, sprinklr } = await compressed();
    const step = await run({ ...token, 'base-url': `https://${nginx.host}` });

    expect(sprinklr.requests).toHaveLength(1);
    expectFailure(step, 'RESPONSE_INVALID', 'HTTP 200', 'compressed', 'proxy');
    expect(step.errors[0]?.message).not.toContain('"');
  });

  test('fails the step without quoting a compressed error page', async () => {
    const { run, token, nginx, sprinklr } = await compressed();
    sprinklr.fault('apptoken', { kind: 'status', status: 404, body: '<h1>Not Found</h1>'.repeat(20) });
    const step = await run({ ...token, 'base-url': `https://${nginx.host}` });

    expectFailure(step, 'NOT_FOUND', 'HTTP 404');
  });
});

describe('the logs of nginx', () => {
  test('contain no secret of an exchange whose connection broke', async () => {
    const made = await nginxWorld();
    made.sprinklr.fault('apptoken', { kind: 'reset' });
    const inputs = { ...made.inputs, 'parameters-in': 'body' };
    expectSuccess(await made.run(inputs));

    expect(await made.nginx.served(2)).toEqual(['POST 502', 'POST 200']);
    expect(made.nginx.errorLog()).toMatch(/upstream prematurely closed .* request: "POST /);
    expectNoSecrets(made.nginx.accessLog(), made, inputs);
    expectNoSecrets(made.nginx.errorLog(), made, inputs);
  });

  test('contain no secret of a registration', async () => {
    const made = await nginxWorld();
    const inputs = { ...made.register, 'base-url': `https://${made.nginx.host}` };
    expectSuccess(await made.run(inputs));

    expect(await made.nginx.served(2)).toEqual(['POST 200', 'POST 200']);
    expectNoSecrets(made.nginx.accessLog() + made.nginx.errorLog(), made, inputs);
  });

  test('contain the parameters of an exchange in the query, as docs/security.md warns', async () => {
    const made = await nginxWorld();
    expectSuccess(await made.run({ verify: 'true' }));

    expect(await made.nginx.served(2)).toEqual(['POST 200', 'GET 200']);
    const [exchange = '', verify = ''] = made.nginx.accessLog().split('\n');
    for (const [name, value] of made.sprinklr.requests[0]?.query ?? [])
      expect(exchange).toContain(new URLSearchParams({ [name]: value }).toString());
    expect(exchange).toMatch(/client_secret=.*refresh_token=/);
    expect(() => {
      expectNoSecrets(exchange, made, made.inputs);
    }).toThrow('leaked');
    expectNoSecrets(verify, made, made.inputs);
  });
});

/** Expects a TLS failure without a retry. */
function expectTlsFailure(step: Outcome, ...facts: readonly (string | RegExp)[]): void {
  expectFailure(step, 'TLS_FAILED', ...facts);
  expect(step.shown).not.toMatch(/attempt \d of \d/);
}
