import { hostname } from 'node:os';
import { expect, test } from '@jest/globals';
import { sharedMaterial } from '../material.ts';
import { exchange, exchangeParameters, json, post, send, sign, start, startRegistered } from './client.ts';

const material = sharedMaterial();
const ask = async (host: string, options: Parameters<typeof start>[0] = {}): Promise<number> => {
  const simulator = await start({ checkHost: true, ...options });
  const { port } = new URL(simulator.origin);
  return (await send(simulator, '/', { headers: { Host: host.replace('PORT', port) } })).status;
};

test.each(['localhost:PORT', 'LOCALHOST', '127.0.0.1:PORT', '127.0.0.2', '[::1]:PORT', 'localhost:1234'])(
  'the Host %s is accepted',
  async (host) => {
    expect(await ask(host)).toBe(200);
  },
);

test.each([
  'attacker.example:PORT',
  'localhost.attacker.example',
  '127.0.0.1.attacker.example:PORT',
  'localhost@attacker.example',
  'sprinklr.localhost:PORT',
  '10.0.0.1:PORT',
  'localhost:PORT:1',
])('the Host "%s" gets 421: another website can point its name to this machine', async (host) => {
  expect(await ask(host)).toBe(421);
});

test.each([
  ['0.0.0.0', '10.0.0.1:PORT', 200],
  ['0.0.0.0', '[2001:db8::1]:PORT', 200],
  ['0.0.0.0', `${hostname()}:PORT`, 200],
  ['0.0.0.0', 'attacker.example:PORT', 421],
])('on %s, the Host %s gets %i', async (host, name, status) => {
  expect(await ask(name, { host })).toBe(status);
});

test('a rejected Host uses up no fault, is not recorded, and is logged', async () => {
  const lines: string[] = [];
  const simulator = await start({ checkHost: true, log: (line) => lines.push(line) });
  simulator.fault('any', { kind: 'status', status: 503 });
  const path = '/prod2/api/v2/me';
  expect((await send(simulator, path, { headers: { Host: 'attacker.example' } })).status).toBe(421);
  expect(simulator.requests).toEqual([]);
  expect((await send(simulator, path)).status).toBe(503);
  expect(lines[0]).toMatch(/^GET \/prod2\/api\/v2\/me 421 \d+ ms \(.*Host.*\)$/);
});

test('a body of more than 1 MiB gets 413 and is not kept', async () => {
  const simulator = await start();
  const path = '/prod2/oauth/token';
  const body = 'x'.repeat(1024 * 1024);
  expect((await post(simulator, path, { body })).status).not.toBe(413);
  expect(simulator.requests[0]?.body).toHaveLength(body.length);
  expect((await post(simulator, path, { body: `${body}x` })).status).toBe(413);
  expect(simulator.requests[1]).toMatchObject({ status: 413, body: '' });
  const chunked = { body: body.repeat(3), headers: { 'Transfer-Encoding': 'chunked' } };
  expect((await post(simulator, path, chunked)).status).toBe(413);
});

test('a JWT ID is remembered until its JWT has expired and the clock tolerance has passed', async () => {
  const start = Math.floor(Date.now() / 1000);
  let now = start;
  const { simulator, appId } = await startRegistered({ now: () => now * 1000 });
  const exchangeAt = async (seconds: number): Promise<unknown> => {
    now = start + seconds;
    const jwt = await sign(material, { iss: appId, jti: 'same', exp: now + 100 }, { now: now * 1000 });
    const response = await exchange(simulator, appId, { query: exchangeParameters(jwt) });
    return response.status === 200 ? 'accepted' : json(response)['error_description'];
  };
  expect(await exchangeAt(0)).toBe('accepted');
  expect(await exchangeAt(100)).toMatch(/used before/);
  expect(await exchangeAt(129)).toMatch(/used before/);
  expect(await exchangeAt(130)).toBe('accepted');
});
