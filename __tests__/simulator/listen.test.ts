import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { get } from 'node:https';
import { connect } from 'node:net';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { sharedMaterial } from '../material.ts';
import { sprinklr } from './world.ts';

test('it listens on the loopback address unless told otherwise', async () => {
  const simulator = await sprinklr();
  expect(simulator.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(simulator.origin)).status).toBe(200);
});

test('it says so if its address is taken', async () => {
  const { port } = new URL((await sprinklr()).origin);
  await expect(startSimulator({ port: Number(port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('an IPv6 address stands in brackets', async () => {
  const simulator = await sprinklr({ host: '::1' });
  expect(simulator.origin).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await fetch(simulator.origin)).status).toBe(200);
});

test('closing twice is closing once, and nothing answers after', async () => {
  const simulator = await sprinklr();
  await fetch(simulator.origin);
  await simulator.close();
  await simulator.close();
  await expect(fetch(simulator.origin)).rejects.toThrow();
});

test('with TLS it speaks HTTPS and can demand a client certificate', async () => {
  const material = sharedMaterial();
  const tls = { key: material.key, cert: material.certificate, ca: material.certificate, requestCert: true };
  const simulator = await sprinklr({ tls });
  expect(simulator.origin).toMatch(/^https:/);
  const answer = (client: object) =>
    new Promise((resolve, reject) => {
      const options = { agent: false as const, rejectUnauthorized: false, ...client };
      get(simulator.origin, options, (incoming) => {
        resolve(incoming.resume().statusCode);
      }).on('error', reject);
    });
  expect(await answer({ key: material.key, cert: material.certificate })).toBe(200);
  await expect(answer({})).rejects.toThrow();

  // A socket that is still in its handshake must not keep it open.
  const silent = connect(Number(new URL(simulator.origin).port), '127.0.0.1');
  silent.on('error', () => undefined);
  await once(silent, 'connect');
  await new Promise((resolve) => setTimeout(resolve, 20));
  const closed = once(silent, 'close');
  await simulator.close();
  await closed;
});
