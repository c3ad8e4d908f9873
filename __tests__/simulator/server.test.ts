import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { get } from 'node:https';
import { connect } from 'node:net';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { sharedMaterial } from '../material.ts';
import { app, post, send, start, whoAmI } from './client.ts';

test.each([
  [undefined, /^http:\/\/127\.0\.0\.1:\d+$/],
  ['::1', /^http:\/\/\[::1\]:\d+$/],
])('with the host %p, the simulator listens on the loopback address', async (host, origin) => {
  const simulator = await start(host === undefined ? {} : { host });
  expect(simulator.origin).toMatch(origin);
  expect((await fetch(simulator.origin)).status).toBe(200);
});

test('starting rejects if the address is in use', async () => {
  const { port } = new URL((await start()).origin);
  await expect(startSimulator({ port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('closing twice is safe, and a closed simulator does not respond', async () => {
  const simulator = await start();
  await fetch(simulator.origin);
  await simulator.close();
  await simulator.close();
  await expect(fetch(simulator.origin)).rejects.toThrow();
});

test('with TLS, the simulator can require a client certificate and closes during a handshake', async () => {
  const material = sharedMaterial();
  const tls = { key: material.key, cert: material.certificate, ca: material.certificate, requestCert: true };
  const simulator = await start({ tls });
  expect(simulator.origin).toMatch(/^https:/);
  const status = (client: object) =>
    new Promise((resolve, reject) => {
      const options = { agent: false as const, rejectUnauthorized: false, ...client };
      get(simulator.origin, options, (incoming) => {
        resolve(incoming.resume().statusCode);
      }).on('error', reject);
    });
  expect(await status({ key: material.key, cert: material.certificate })).toBe(200);
  await expect(status({})).rejects.toThrow();

  const silent = connect(Number(new URL(simulator.origin).port), '127.0.0.1');
  silent.on('error', () => undefined);
  await once(silent, 'connect');
  await new Promise((resolve) => setTimeout(resolve, 20));
  const closed = once(silent, 'close');
  await simulator.close();
  await closed;
});

test('every request is recorded as received', async () => {
  const simulator = await start({ now: () => 1_700_000_000_000 });
  await post(simulator, '/prod2/oauth/apptoken/a%3D%3D?x=1&y=?', { body: 'a=b' });
  await send(simulator, '/elsewhere');
  expect(simulator.requests).toHaveLength(2);
  expect(simulator.requests[0]).toMatchObject({
    method: 'POST',
    path: '/prod2/oauth/apptoken/a%3D%3D',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=b',
    environment: 'prod2',
    endpoint: 'apptoken',
    appId: 'a==',
    status: 403,
    at: 1_700_000_000_000,
  });
  expect(simulator.requests[0]?.query.toString()).toBe('x=1&y=%3F');
  expect(simulator.requests[1]).toMatchObject({ path: '/elsewhere', endpoint: undefined, status: 404 });
});

test('the log has one line per request with its fault or the reason of its rejection, and no secret', async () => {
  const lines: string[] = [];
  const simulator = await start({ log: (line) => lines.push(line) });
  await whoAmI(simulator, simulator.issueAccessToken(app.apiKey));
  simulator.fault('any', { kind: 'status', status: 503 });
  const path = `/prod2/oauth/token?client_id=${app.apiKey}&client_secret=hush`;
  await post(simulator, path);
  await post(simulator, path);
  expect(lines).toEqual([
    expect.stringMatching(/^GET \/prod2\/api\/v2\/me 200 \d+ ms$/),
    expect.stringMatching(/^POST \/prod2\/oauth\/token 503 \d+ ms \(fault: status\)$/),
    expect.stringMatching(/^POST \/prod2\/oauth\/token 401 \d+ ms \([^)]*client secret[^)]*\)$/),
  ]);
  expect(lines.join()).not.toContain('hush');
});

test('the simulator keeps running if a client disconnects while sending its request', async () => {
  const simulator = await start();
  const { hostname, port } = new URL(simulator.origin);
  const socket = connect(Number(port), hostname, () => {
    const head = 'POST /prod2/oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc';
    socket.write(head, () => setTimeout(() => socket.resetAndDestroy(), 50));
  });
  await new Promise((resolve) => socket.once('close', resolve));
  expect((await send(simulator, '/')).status).toBe(200);
  expect(simulator.requests[0]).toMatchObject({ endpoint: 'token', status: undefined });
});
