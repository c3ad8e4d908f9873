import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http, { createServer } from 'node:http';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createAgent } from '../../src/sprinklr/agent.ts';
import {
  createHttpSession,
  type HttpOptions,
  type HttpSession,
  type RetryPolicy,
} from '../../src/sprinklr/http.ts';
import { createTestContext } from './context.ts';
import { cleanups, listen, makeCertificate, startHttpsServer, startProxy, trust } from './servers.ts';

afterEach(() => {
  delete process.env['https_proxy'];
});

const certificate = makeCertificate();

function createSession(options: Partial<HttpOptions> = {}): HttpSession {
  const { context } = createTestContext();
  return createHttpSession({ timeoutSeconds: 20, maxAttempts: 2, ...options }, context);
}

interface Call {
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly built: number;
}

/** Makes one call, and returns how it ended and how often its request was built. */
async function call(origin: string, policy: RetryPolicy, session = createSession()): Promise<Call> {
  let built = 0;
  const build = () => {
    built += 1;
    return { method: 'POST', url: new URL(`${origin}/x`), headers: {}, body: 'body' } as const;
  };
  try {
    const { status } = await session.send(build, policy);
    return { status, built };
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message, built };
  }
}

const ok: http.RequestListener = (request, response) => {
  request.resume().on('end', () => response.end('{}'));
};
const MAY_BE_PROCESSED = /may have processed/;

test('a reset during the TLS handshake leaves the request unsent, so that it is retried in every mode', async () => {
  const port = await listen(createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
  const ended = await call(`https://127.0.0.1:${port}`, 'if-unsent');
  expect(ended).toMatchObject({ code: 'NETWORK_UNREACHABLE', built: 2 });
  expect(ended.message).toMatch(/\(ECONNRESET\)\. Attempts: 2\.$/);
});

test('a close during the TLS handshake leaves the request unsent', async () => {
  const port = await listen(createTcpServer((socket) => socket.once('data', () => socket.end())));
  const ended = await call(`https://127.0.0.1:${port}`, 'if-unsent');
  expect(ended).toMatchObject({ code: 'NETWORK_UNREACHABLE', built: 2 });
  expect(ended.message).not.toMatch(MAY_BE_PROCESSED);
});

test('a reset after the TLS handshake counts as sent', async () => {
  trust(certificate);
  const { port } = await startHttpsServer(certificate, (request) => request.socket.destroy());
  const ended = await call(`https://127.0.0.1:${port}`, 'if-unsent');
  expect(ended).toMatchObject({ code: 'NETWORK_UNREACHABLE', built: 1 });
  expect(ended.message).toMatch(MAY_BE_PROCESSED);
});

test('a host whose addresses all refuse leaves the request unsent', async () => {
  const port = await listen(createTcpServer());
  const refusing = createTcpServer();
  const freePort = await listen(refusing);
  refusing.close();
  // `localhost` has an IPv4 and an IPv6 address here, so that Node throws an AggregateError.
  const ended = await call(`https://localhost:${freePort}`, 'if-unsent');
  expect(port).not.toBe(freePort);
  expect(ended).toMatchObject({ code: 'NETWORK_UNREACHABLE', built: 2 });
  expect(ended.message).toMatch(/\(ECONNREFUSED\)\. Attempts: 2\.$/);
});

test('an untrusted certificate leaves the request unsent, and is not retried', async () => {
  const { port } = await startHttpsServer(certificate, ok);
  const ended = await call(`https://127.0.0.1:${port}`, 'if-unsent');
  expect(ended).toMatchObject({ code: 'TLS_FAILED', built: 1 });
  expect(ended.message).not.toMatch(MAY_BE_PROCESSED);
});

test('a time limit reached during the handshake says nothing about processing, and after it does', async () => {
  trust(certificate);
  const silent = await listen(createTcpServer());
  const { port } = await startHttpsServer(certificate, () => undefined);
  const session = (): HttpSession => createSession({ timeoutSeconds: 1 });
  const [unsent, sent] = await Promise.all(
    [silent, port].map((to) => call(`https://127.0.0.1:${to}`, 'if-unsent', session())),
  );
  expect([unsent?.code, sent?.code]).toEqual(['TIMED_OUT', 'TIMED_OUT']);
  expect(unsent?.message).not.toMatch(MAY_BE_PROCESSED);
  expect(sent?.message).toMatch(MAY_BE_PROCESSED);
});

test.each([
  ['one connection', true, 1],
  ['a new connection for each call', false, 2],
])('two calls use %s with keepAlive: %s', async (_, keepAlive, connections) => {
  trust(certificate);
  const server = await startHttpsServer(certificate, ok);
  const session = createSession({ keepAlive });
  const origin = `https://127.0.0.1:${server.port}`;
  expect([await call(origin, 'never', session), await call(origin, 'never', session)]).toEqual([
    { status: 200, built: 1 },
    { status: 200, built: 1 },
  ]);
  expect(server.connections()).toBe(connections);
});

/** A server that responds to the first request of each connection, and handles the second one otherwise. */
async function startUnfaithfulServer(
  second: (socket: Socket) => void,
  protocol: 'http' | 'https' = 'https',
): Promise<string> {
  const seen = new WeakSet<object>();
  const listener: http.RequestListener = (request, response) => {
    if (seen.has(request.socket)) {
      second(request.socket);
      return;
    }
    seen.add(request.socket);
    ok(request, response);
  };
  if (protocol === 'http') return `http://127.0.0.1:${await listen(createServer(listener))}`;
  trust(certificate);
  return `https://127.0.0.1:${(await startHttpsServer(certificate, listener)).port}`;
}

describe.each(['http', 'https'] as const)('a kept-alive %s connection that the server closed', (protocol) => {
  test.each<[RetryPolicy, object]>([
    ['idempotent', { status: 200, built: 2 }],
    ['never', { status: 200, built: 2 }],
    [
      'if-unsent',
      { code: 'NETWORK_UNREACHABLE', built: 1, message: expect.stringMatching(MAY_BE_PROCESSED) },
    ],
  ])('costs a call "%s" no attempt', async (policy, ended) => {
    const origin = await startUnfaithfulServer((socket) => socket.destroy(), protocol);
    const session = createSession({ keepAlive: true, maxAttempts: 1 });
    await call(origin, 'idempotent', session);
    expect(await call(origin, policy, session)).toEqual(ended);
  });
});

test('a connection that the server closed before the next call is not used again', async () => {
  trust(certificate);
  const server = await startHttpsServer(certificate, (request, response) => {
    ok(request, response);
    response.on('finish', () => setTimeout(() => request.socket.end(), 20));
  });
  const session = createSession({ keepAlive: true, maxAttempts: 1 });
  const origin = `https://127.0.0.1:${server.port}`;
  await call(origin, 'idempotent', session);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await call(origin, 'if-unsent', session)).toEqual({ status: 200, built: 1 });
  expect(server.connections()).toBe(2);
});

test('a response that is cut short on a kept-alive connection costs an attempt', async () => {
  const origin = await startUnfaithfulServer((socket) => {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{');
  });
  const session = createSession({ keepAlive: true, maxAttempts: 1 });
  await call(origin, 'idempotent', session);
  expect(await call(origin, 'idempotent', session)).toMatchObject({ code: 'NETWORK_UNREACHABLE', built: 1 });
});

test('an IPv6 literal works as the origin, over HTTP and HTTPS', async () => {
  trust(certificate);
  const { port } = await startHttpsServer(certificate, ok, '::1');
  const plain = await listen(createServer(ok), '::1');
  expect(await call(`https://[::1]:${port}`, 'never')).toEqual({ status: 200, built: 1 });
  expect(await call(`http://[::1]:${plain}`, 'never')).toEqual({ status: 200, built: 1 });
});

test.each(['127.0.0.1', '::1'])(
  'calls go through a proxy at %s, with credentials, in one tunnel',
  async (host) => {
    trust(certificate);
    const server = await startHttpsServer(certificate, ok);
    const proxy = await startProxy(server.port, { host });
    process.env['https_proxy'] = `http://CORP%5Cme:p%40ss@${host === '::1' ? '[::1]' : host}:${proxy.port}`;
    const session = createSession({ keepAlive: true });
    expect(await call('https://sprinklr.test', 'never', session)).toMatchObject({ status: 200 });
    expect(await call('https://sprinklr.test', 'never', session)).toMatchObject({ status: 200 });
    expect(proxy.tunnels).toEqual([
      { to: 'sprinklr.test:443', authorization: `Basic ${btoa('CORP\\me:p@ss')}` },
    ]);
  },
);

test('without keepAlive, each call opens a tunnel, and a proxy without credentials gets none', async () => {
  trust(certificate);
  const server = await startHttpsServer(certificate, ok);
  const proxy = await startProxy(server.port);
  process.env['https_proxy'] = `http://127.0.0.1:${proxy.port}`;
  const session = createSession();
  await call('https://sprinklr.test:8443', 'never', session);
  await call('https://sprinklr.test:8443', 'never', session);
  const tunnel = { to: 'sprinklr.test:8443', authorization: undefined };
  expect(proxy.tunnels).toEqual([tunnel, tunnel]);
});

test("a proxy that expects TLS is checked under its own name, not the target's", async () => {
  const target = makeCertificate('DNS:sprinklr.test');
  trust(target);
  trust(certificate);
  const server = await startHttpsServer(target, ok);
  const proxy = await startProxy(server.port, { certificate });
  process.env['https_proxy'] = `https://localhost:${proxy.port}`;
  expect(await call('https://sprinklr.test', 'never')).toEqual({ status: 200, built: 1 });

  const impostor = await startProxy(server.port, { certificate: target });
  process.env['https_proxy'] = `https://localhost:${impostor.port}`;
  const ended = await call('https://sprinklr.test', 'if-unsent');
  expect(ended).toMatchObject({ code: 'TLS_FAILED', built: 1 });
  expect(ended.message).toContain('TLS error at the proxy itself: ERR_TLS_CERT_ALTNAME_INVALID');
});

test('a proxy that does not expect TLS is named', async () => {
  const proxy = await startProxy(0);
  process.env['https_proxy'] = `https://127.0.0.1:${proxy.port}`;
  const ended = await call('https://sprinklr.test', 'never');
  expect(ended.code).toBe('TLS_FAILED');
  expect(ended.message).toContain(`127.0.0.1:${proxy.port} failed (TLS error at the proxy itself`);
});

test('a proxy that expects TLS, called over plain HTTP, is named', async () => {
  const proxy = await startProxy(0, { certificate });
  process.env['https_proxy'] = `http://127.0.0.1:${proxy.port}`;
  const ended = await call('https://sprinklr.test', 'never');
  expect(ended.code).toBe('NETWORK_UNREACHABLE');
  expect(ended.message).toContain(`127.0.0.1:${proxy.port} failed (`);
});

test('a handshake that fails inside a tunnel leaves the request unsent', async () => {
  const port = await listen(createTcpServer((socket) => socket.once('data', () => socket.destroy())));
  const proxy = await startProxy(port);
  process.env['https_proxy'] = `http://127.0.0.1:${proxy.port}`;
  const ended = await call('https://sprinklr.test', 'if-unsent');
  expect(ended).toMatchObject({ code: 'NETWORK_UNREACHABLE', built: 2 });
  expect(ended.message).toMatch(/through the proxy failed \(ECONNRESET\)\. Attempts: 2\.$/);
});

test('a reset after the handshake in a tunnel counts as sent', async () => {
  trust(certificate);
  const server = await startHttpsServer(certificate, (request) => request.socket.destroy());
  const proxy = await startProxy(server.port);
  process.env['https_proxy'] = `http://127.0.0.1:${proxy.port}`;
  const ended = await call('https://sprinklr.test', 'if-unsent');
  expect(ended).toMatchObject({ code: 'NETWORK_UNREACHABLE', built: 1 });
  expect(ended.message).toMatch(MAY_BE_PROCESSED);
});

test.each([
  ['Basic realm="proxy"', /responded with 407\)/],
  ['NTLM', /responded with 407 and offers only NTLM authentication/],
])('a proxy that responds with 407 and %s is not asked again', async (challenge, message) => {
  let asked = 0;
  const server = createServer().on('connect', (_, client) => {
    asked += 1;
    client.end(`HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: ${challenge}\r\n\r\n`);
  });
  process.env['https_proxy'] = `http://127.0.0.1:${await listen(server)}`;
  const ended = await call('https://sprinklr.test', 'idempotent');
  expect(ended).toMatchObject({ code: 'NETWORK_UNREACHABLE', message: expect.stringMatching(message) });
  expect(asked).toBe(1);
});

test('at the time limit, a tunnel that is being opened is closed', async () => {
  const server = createServer();
  const closed = new Promise<void>((resolve) => {
    server.on('connect', (_, client) => client.resume().on('end', resolve));
  });
  process.env['https_proxy'] = `http://127.0.0.1:${await listen(server)}`;
  const ended = await call('https://sprinklr.test', 'if-unsent', createSession({ timeoutSeconds: 0.5 }));
  expect(ended).toMatchObject({ code: 'TIMED_OUT', built: 1 });
  expect(ended.message).not.toMatch(MAY_BE_PROCESSED);
  await closed;
});

/** Listens without accepting for a while, so that connections beyond the first ones have to wait for a second. */
const SLOW_SERVER = `
  const server = require('node:http').createServer((request, response) => response.end('slow'));
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    process.stdout.write(server.address().port + '\\n', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
    });
  });`;

test('a host that takes a second to connect on one address family works', async () => {
  const child = spawn(process.execPath, ['-e', SLOW_SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanups.push(() => child.kill());
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const port = Number(line);
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  cleanups.push(() => {
    for (const filler of fillers) filler.destroy();
  });
  await new Promise((resolve) => setTimeout(resolve, 100));

  const startedAt = performance.now();
  const { agent, observation } = createAgent('http:', { proxy: undefined, keepAlive: false });
  const lookup = (_: string, __: object, callback: (error: null, addresses: object[]) => void): void => {
    callback(null, [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
  };
  const request = http.get({ agent, host: 'sprinklr.test', port, lookup: lookup as never });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();

  expect(response.statusCode).toBe(200);
  expect(observation.sent).toBe(true);
  // Otherwise, the server was not slow.
  expect(performance.now() - startedAt).toBeGreaterThan(300);
});
