import { expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/simulator.ts';
import { app, json, post, send, start, whoAmI } from './client.ts';

/** Sends a request that succeeds without a fault. */
async function sendWith(...faults: Fault[]) {
  const simulator = await start();
  const token = simulator.issueAccessToken(app.apiKey);
  simulator.fault('me', ...faults);
  return { simulator, token, response: whoAmI(simulator, token) };
}

test('each request uses one fault, in order, and later requests succeed', async () => {
  const { simulator, token, response } = await sendWith(
    { kind: 'status', status: 503 },
    { kind: 'none' },
    { kind: 'status', status: 401, headers: { 'X-Why': 'script' }, body: 'no' },
  );
  expect(json(await response)).toMatchObject({ status: 503, error: 'Service Unavailable' });
  expect((await whoAmI(simulator, token)).status).toBe(200);
  expect(await whoAmI(simulator, token)).toMatchObject({
    status: 401,
    body: 'no',
    headers: { 'x-why': 'script' },
  });
  expect((await whoAmI(simulator, token)).status).toBe(200);
});

test('a fault of one endpoint does not affect the others, and any comes after the endpoint’s own', async () => {
  const { simulator, token, response } = await sendWith({ kind: 'status', status: 500 });
  simulator.fault('any', { kind: 'status', status: 502 }, { kind: 'status', status: 504 });
  expect((await response).status).toBe(500);
  expect((await post(simulator, '/prod2/oauth/token')).status).toBe(502);
  expect((await whoAmI(simulator, token)).status).toBe(504);
});

test('the front page has no faults', async () => {
  const simulator = await start();
  simulator.fault('any', { kind: 'status', status: 500 });
  expect((await send(simulator, '/')).status).toBe(200);
  expect((await send(simulator, '/prod2/api/v2/me')).status).toBe(500);
});

test('reset drops the connection without a response', async () => {
  const { simulator, response } = await sendWith({ kind: 'reset' });
  await expect(response).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(simulator.requests[0]?.status).toBeUndefined();
});

test('hang never responds and does not keep the simulator from closing', async () => {
  const { simulator, response } = await sendWith({ kind: 'hang' });
  const timeout = new Promise((resolve) => setTimeout(resolve, 100, 'no response yet'));
  expect(await Promise.race([response.catch(() => 'failed'), timeout])).toBe('no response yet');
  await simulator.close();
  await expect(response).rejects.toThrow();
});

test('drip sends the real response one byte at a time', async () => {
  const startedAt = performance.now();
  const { response } = await sendWith({ kind: 'drip', everyMs: 1 });
  const { status, body } = await response;
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ data: { workspaceId: 66000002 } });
  expect(performance.now() - startedAt).toBeGreaterThan(body.length);
});

test('drip stops when the connection closes', async () => {
  const { simulator, response } = await sendWith({ kind: 'drip', everyMs: 60_000 });
  const failed = expect(response).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await simulator.close();
  await failed;
});

test('cut handles the request, but sends half of the response', async () => {
  const { simulator, token, response } = await sendWith({ kind: 'cut' });
  await expect(response).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(simulator.requests[0]?.status).toBe(200);
  expect((await whoAmI(simulator, token)).status).toBe(200);
});

test.each<[number, Fault]>([
  [2 * 1024 * 1024, { kind: 'giant' }],
  [200_000, { kind: 'giant', bytes: 200_000 }],
])('giant sends %i bytes of JSON without a Content-Length', async (bytes, fault) => {
  const { body, headers } = await (await sendWith(fault)).response;
  expect(body).toHaveLength(bytes);
  expect(headers['content-length']).toBeUndefined();
  expect(JSON.parse(body)).toMatchObject({ token_type: 'Bearer' });
});

test('clock changes the Date header and the time of all checks from then on', async () => {
  const { simulator, token, response } = await sendWith({ kind: 'clock', seconds: -3600 });
  const offset = ({ headers }: Awaited<typeof response>) => Date.now() - Date.parse(headers.date ?? '');
  for (const shifted of [await response, await whoAmI(simulator, token)]) {
    expect(shifted.status).toBe(200);
    expect(Math.abs(offset(shifted) - 3_600_000)).toBeLessThan(5000);
  }
  simulator.fault('me', { kind: 'clock', seconds: 2_592_000 });
  expect((await whoAmI(simulator, token)).status).toBe(401);
  simulator.fault('me', { kind: 'clock', seconds: 0 });
  expect(offset(await whoAmI(simulator, token))).toBeLessThan(5000);
});

const HTTP_DATE = 'Wed, 21 Oct 2026 07:28:00 GMT';
test.each<[Fault, number, string, string]>([
  [{ kind: 'retry-after', after: 2 }, 429, 'retry-after', '2'],
  [{ kind: 'retry-after', after: HTTP_DATE }, 429, 'retry-after', HTTP_DATE],
  [{ kind: 'redirect', location: 'https://a.example/' }, 302, 'location', 'https://a.example/'],
  [{ kind: 'html' }, 200, 'content-type', 'text/html'],
  [{ kind: 'garbage' }, 200, 'content-type', 'application/json'],
])('the fault %j responds with %i and %s: %s', async (fault, status, ...[header, value]) => {
  const response = await (await sendWith(fault)).response;
  expect(response).toMatchObject({ status, headers: { [header]: value } });
});

test('garbage sends malformed JSON, and body sends the given JSON', async () => {
  const faults: Fault[] = [{ kind: 'garbage' }, { kind: 'body', json: { data: null, errors: [] } }];
  const { simulator, token, response } = await sendWith(...faults);
  const { body } = await response;
  expect(() => JSON.parse(body) as unknown).toThrow(SyntaxError);
  expect(await whoAmI(simulator, token)).toMatchObject({ status: 200, body: '{"data":null,"errors":[]}' });
});

test('not-http sends bytes that are not HTTP', async () => {
  const { response } = await sendWith({ kind: 'not-http' });
  await expect(response).rejects.toMatchObject({ code: 'HPE_INVALID_CONSTANT' });
});
