import { once } from 'node:events';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeAuthority, type Authority, type Issued } from '../action/authority.ts';
import { expectFailure, expectSuccess } from '../action/expectations.ts';
import { runStep, type Inputs, type Outcome } from '../action/harness.ts';
import { app, world, type World } from '../action/world.ts';
import { freePort } from './server-process.ts';
import { startNginx, type Front, type FrontOptions } from './nginx.ts';
import { expectClean } from './secrets.ts';

let authority: Authority;
let stranger: Authority;
let server: Issued;
let client: Issued;
beforeAll(() => {
  authority = makeAuthority();
  stranger = makeAuthority();
  server = authority.issue();
  client = authority.issue({ names: 'DNS:ci.example.com' });
});

interface Fronted extends World {
  readonly front: Front;
  readonly inputs: Inputs;
  readonly run: (inputs?: Inputs) => Promise<Outcome>;
}

/** A Sprinklr behind an nginx, and steps that trust the private CA. */
async function fronted(options: Partial<FrontOptions> = {}): Promise<Fronted> {
  const made = await world();
  const front = await startNginx({ to: made.sprinklr.origin, tls: server, ...options });
  const inputs = { ...made.token, 'base-url': `https://${front.host}` };
  return {
    ...made,
    front,
    inputs,
    run: (more = {}) =>
      runStep({
        inputs: { ...inputs, ...more },
        env: { NODE_EXTRA_CA_CERTS: authority.file, RUNNER_DEBUG: '1' },
      }),
  };
}

const identity = ({ cert, key }: Issued): Inputs => ({ 'mtls-certificate': cert, 'mtls-private-key': key });

describe('a certificate of a private CA', () => {
  test('is trusted through NODE_EXTRA_CA_CERTS', async () => {
    const { run, front, sprinklr } = await fronted();
    const step = await run();

    expectSuccess(step);
    expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
    expect(await front.answered(1)).toEqual(['POST 200']);
  });

  test('is not trusted without, and the message names the variable', async () => {
    const { inputs, front } = await fronted();
    const step = await runStep({ inputs });

    expectTlsFailure(step, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS');
    expect(await front.answered(0)).toEqual([]);
  });
});

test.each([
  ['an expired certificate', () => authority.issue({ days: -1 }), 'CERT_HAS_EXPIRED'],
  ['a certificate of another host', () => authority.issue({ names: 'DNS:other.test' }), 'ALTNAME_INVALID'],
])('%s fails the step, and no request is made', async (_, issue, reason) => {
  const { run, front, sprinklr } = await fronted({ tls: issue() });

  expectTlsFailure(await run(), reason, 'Otherwise check base-url');
  expect(await front.answered(0)).toEqual([]);
  expect(sprinklr.requests).toEqual([]);
});

test('a front that is stuck at TLS 1.0 fails the step, though those that are as old can talk to it', async () => {
  const { run, front } = await fronted({
    server: 'ssl_protocols TLSv1; ssl_ciphers DEFAULT:@SECLEVEL=0;',
  });

  expectTlsFailure(await run(), /\((EPROTO|ERR_SSL_\w*PROTOCOL\w*)\)/, 'TLS 1.2 or newer');
  expect(front.errorLog()).toMatch(/SSL_do_handshake\(\) failed .*unsupported protocol/);
  expect(await front.answered(0)).toEqual([]);

  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
  const socket = connect({ port: front.port, host: '127.0.0.1', ca: authority.pem, ...old });
  await once(socket, 'secureConnect');
  expect(socket.getProtocol()).toBe('TLSv1');
  socket.destroy();
});

describe('a front that wants a client certificate', () => {
  const clients = (): Partial<FrontOptions> => ({ clients: authority.pem });

  test('serves the one that has the right one', async () => {
    const { run, front } = await fronted(clients());

    expectSuccess(await run(identity(client)));
    expect(await front.answered(1)).toEqual(['POST 200']);
  });

  test.each([
    ['no certificate', () => ({}), 'No required SSL certificate was sent'],
    ['that of another CA', () => identity(stranger.issue()), 'The SSL certificate error'],
    ['one that has expired', () => identity(authority.issue({ days: -1 })), 'The SSL certificate error'],
  ])('rejects a client with %s, and the message names the inputs to check', async (_, make, reason) => {
    const { run, front, sprinklr } = await fronted(clients());
    const step = await run(make());

    expectFailure(
      step,
      'CREDENTIALS_REJECTED',
      'HTTP 400',
      reason,
      /Check mtls-certificate and mtls-private-key/,
    );
    expect(step.errors[0]?.message).not.toContain('api-secret');
    expect(await front.answered(1)).toEqual(['POST 400']);
    expect(sprinklr.requests).toEqual([]);
  });
});

describe('Sprinklr is down behind its front', () => {
  test('and comes back: the exchange is tried again', async () => {
    const { run, front, sprinklr } = await fronted();
    sprinklr.fault('apptoken', { kind: 'reset' });
    const step = await run();

    expectSuccess(step);
    expect(step.shown).toContain('Sprinklr answered HTTP 502. Trying again');
    expect(await front.answered(2)).toEqual(['POST 502', 'POST 200']);
  });

  test('and slow: the exchange is tried again', async () => {
    const { run, front, sprinklr } = await fronted({ server: 'proxy_read_timeout 1s;' });
    sprinklr.fault('apptoken', { kind: 'hang' });
    const step = await run();

    expectSuccess(step);
    expect(step.shown).toContain('Sprinklr answered HTTP 504. Trying again');
    expect(await front.answered(2)).toEqual(['POST 504', 'POST 200']);
  });

  test('and stays so: its page is quoted, and says what to do', async () => {
    const { run, front } = await fronted({ to: `http://127.0.0.1:${await freePort()}` });
    const step = await run({ 'max-attempts': '2' });

    expectFailure(
      step,
      'SERVER_ERROR',
      '(HTTP 502 after 2 attempts). It said: "502 Bad Gateway".',
      'Run the job again later',
    );
    expect(await front.answered(2)).toEqual(['POST 502', 'POST 502']);
  });

  test('while it registers: the certificate may have been taken, so that is not tried again', async () => {
    const { run, register, front, sprinklr } = await fronted();
    sprinklr.fault('register', { kind: 'reset' });
    const step = await run({ ...register, 'base-url': `https://${front.host}` });

    expectFailure(step, 'SERVER_ERROR', 'HTTP 502', 'may have been registered all the same');
    expect(await front.answered(2)).toEqual(['POST 200', 'POST 502']);
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
  'parameters in the %s that are too long for the front are told by its answer',
  async (place, server, said) => {
    const { run, front, sprinklr } = await fronted({ server });
    const step = await run({ 'parameters-in': place });

    expectFailure(step, 'RESPONSE_INVALID', said, 'whether a proxy answers in place of Sprinklr');
    expect(front.errorLog()).toMatch(/too large body|too long URI/);
    expect(sprinklr.requests).toEqual([]);
  },
);

test('a front that sends from http to https is not followed', async () => {
  const { inputs, front, sprinklr } = await fronted();
  const plain = await startNginx({
    to: sprinklr.origin,
    server: `return 301 https://${front.host}$request_uri;`,
  });
  const step = await runStep({ inputs: { ...inputs, 'base-url': `http://${plain.host}` } });

  expectFailure(step, 'REDIRECTED', 'HTTP 301', `points to ${front.host};`, 'base-url');
  expect(await plain.answered(1)).toEqual(['POST 301']);
  expect(await front.answered(0)).toEqual([]);
});

const GZIP = 'gzip on; gzip_types *; gzip_min_length 1; gzip_proxied any;';

test('a front that may compress does not, as the action asks it not to', async () => {
  const { run, front } = await fronted({ server: GZIP });
  const step = await run();

  expectSuccess(step);
  expect(await front.answered(1)).toEqual(['POST 200']);
});

describe('a front that has answers compressed, whatever the action asks for', () => {
  async function compressed(): Promise<Fronted> {
    const made = await world();
    const inner = await startNginx({ to: made.sprinklr.origin, server: GZIP });
    const outer = await fronted({
      to: `http://${inner.host}`,
      server: 'proxy_http_version 1.1; proxy_set_header Accept-Encoding gzip;',
    });
    return { ...outer, ...made };
  }

  test('fails the step, and nothing of the compressed token is quoted', async () => {
    const { run, token, front, sprinklr } = await compressed();
    const step = await run({ ...token, 'base-url': `https://${front.host}` });

    expect(sprinklr.requests).toHaveLength(1);
    expectFailure(step, 'RESPONSE_INVALID', 'HTTP 200', 'is compressed', 'proxy');
    expect(step.errors[0]?.message).not.toContain('It said');
  });

  test('and an error page likewise', async () => {
    const { run, token, front, sprinklr } = await compressed();
    sprinklr.fault('apptoken', { kind: 'status', status: 404, body: '<h1>Not Found</h1>'.repeat(20) });
    const step = await run({ ...token, 'base-url': `https://${front.host}` });

    expectFailure(step, 'NOT_FOUND', 'HTTP 404', 'It gave no reason.');
  });
});

describe('the logs of a front', () => {
  test('hold nothing secret of an exchange with its parameters in the body', async () => {
    const made = await fronted();
    const inputs = { ...made.inputs, 'parameters-in': 'body', verify: 'true' };
    expectSuccess(await made.run(inputs));

    expect(await made.front.answered(2)).toEqual(['POST 200', 'GET 200']);
    expectClean(made.front.accessLog(), made, inputs);
    expectClean(made.front.errorLog(), made, inputs);
  });

  test('hold nothing secret of one that failed on the way, either', async () => {
    const made = await fronted();
    made.sprinklr.fault('apptoken', { kind: 'reset' });
    const inputs = { ...made.inputs, 'parameters-in': 'body' };
    expectSuccess(await made.run(inputs));

    expect(await made.front.answered(2)).toEqual(['POST 502', 'POST 200']);
    expect(made.front.errorLog()).toMatch(/upstream prematurely closed .* request: "POST /);
    expectClean(made.front.accessLog(), made, inputs);
    expectClean(made.front.errorLog(), made, inputs);
  });

  test('hold nothing secret of a registration', async () => {
    const made = await fronted();
    const inputs = { ...made.register, 'base-url': `https://${made.front.host}` };
    expectSuccess(await made.run(inputs));

    expect(await made.front.answered(2)).toEqual(['POST 200', 'POST 200']);
    expectClean(made.front.accessLog() + made.front.errorLog(), made, inputs);
  });

  test('hold the parameters of an exchange that travel in the query, as docs/security.md warns', async () => {
    const made = await fronted();
    expectSuccess(await made.run({ verify: 'true' }));

    expect(await made.front.answered(2)).toEqual(['POST 200', 'GET 200']);
    const [exchange = '', verify = ''] = made.front.accessLog().split('\n');
    for (const [name, value] of made.sprinklr.requests[0]?.query ?? [])
      expect(exchange).toContain(new URLSearchParams({ [name]: value }).toString());
    expect(exchange).toMatch(/client_secret=.*refresh_token=/);
    expect(() => {
      expectClean(exchange, made, made.inputs);
    }).toThrow('leaked');
    expectClean(verify, made, made.inputs);
  });
});

/** Final at once, with what OpenSSL or Node call it. */
function expectTlsFailure(step: Outcome, ...words: readonly (string | RegExp)[]): void {
  expectFailure(step, 'TLS_FAILED', ...words);
  expect(step.shown).not.toContain('Trying again');
}
