import { expect, test } from '@jest/globals';
import { FAULT_GRAMMAR, parseFaults, type Fault } from '../../src/simulator/simulator.ts';
import { app, call, fields, me, sprinklr } from './world.ts';

/** The answer of who-am-I, a call that would succeed, once it meets the fault. */
async function met(...faults: Fault[]) {
  const simulator = await sprinklr();
  const token = simulator.issueAccessToken(app.apiKey);
  simulator.fault('me', ...faults);
  return { simulator, token, reply: me(simulator, token) };
}

test('faults are met one per request, in order, then all is well', async () => {
  const { simulator, token, reply } = await met(
    { kind: 'status', status: 503 },
    { kind: 'none' },
    { kind: 'status', status: 401, headers: { 'X-Why': 'script' }, body: 'no' },
  );
  expect(fields(await reply)).toMatchObject({ status: 503, error: 'Service Unavailable' });
  expect((await me(simulator, token)).status).toBe(200);
  expect(await me(simulator, token)).toMatchObject({
    status: 401,
    body: 'no',
    headers: { 'x-why': 'script' },
  });
  expect((await me(simulator, token)).status).toBe(200);
});

test('a fault for one endpoint leaves the others alone, and any is for all that have none of their own', async () => {
  const { simulator, token, reply } = await met({ kind: 'status', status: 500 });
  simulator.fault('any', { kind: 'status', status: 502 }, { kind: 'status', status: 504 });
  const token502 = await call(simulator, '/prod2/oauth/token', { method: 'POST' });
  expect([(await reply).status, token502.status, (await me(simulator, token)).status]).toEqual([
    500, 502, 504,
  ]);
});

test('the front page meets no faults', async () => {
  const simulator = await sprinklr();
  simulator.fault('any', { kind: 'status', status: 500 });
  expect((await call(simulator, '/')).status).toBe(200);
  expect((await call(simulator, '/prod2/api/v2/me')).status).toBe(500);
});

test('reset drops the connection before any answer', async () => {
  const { simulator, reply } = await met({ kind: 'reset' });
  await expect(reply).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(simulator.requests[0]?.status).toBeUndefined();
});

test('hang never answers, and does not keep the simulator from closing', async () => {
  const { simulator, reply } = await met({ kind: 'hang' });
  const late = new Promise((resolve) => setTimeout(resolve, 100, 'nothing yet'));
  expect(await Promise.race([reply.catch(() => 'broken'), late])).toBe('nothing yet');
  await simulator.close();
  await expect(reply).rejects.toThrow();
});

test('drip serves the real answer a byte at a time', async () => {
  const started = performance.now();
  const { reply } = await met({ kind: 'drip', everyMs: 1 });
  const { status, body } = await reply;
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ data: { workspaceId: 66000002 } });
  expect(performance.now() - started).toBeGreaterThan(body.length);
});

test('drip stops when nobody listens any more', async () => {
  const { simulator, reply } = await met({ kind: 'drip', everyMs: 60_000 });
  const broken = expect(reply).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await simulator.close();
  await broken;
});

test('cut loses half of the answer, but not what the request did', async () => {
  const { simulator, token, reply } = await met({ kind: 'cut' });
  await expect(reply).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(simulator.requests[0]?.status).toBe(200);
  expect((await me(simulator, token)).status).toBe(200);
});

test.each([undefined, 200_000])('giant is JSON of the size that was asked for (%p)', async (bytes) => {
  const { reply } = await met(bytes === undefined ? { kind: 'giant' } : { kind: 'giant', bytes });
  const { body, headers } = await reply;
  expect(body).toHaveLength(bytes ?? 2 * 1024 * 1024);
  expect(headers['content-length']).toBeUndefined();
  expect(JSON.parse(body)).toMatchObject({ token_type: 'Bearer' });
});

test.each([2, 'Wed, 21 Oct 2026 07:28:00 GMT'])('retry-after says when: %p', async (after) => {
  const { reply } = await met({ kind: 'retry-after', after });
  expect(await reply).toMatchObject({ status: 429, headers: { 'retry-after': String(after) } });
});

test('clock shifts the Date header and the checks from then on', async () => {
  const { simulator, token, reply } = await met({ kind: 'clock', seconds: -3600 });
  const off = ({ headers }: Awaited<typeof reply>) => Date.now() - Date.parse(headers.date ?? '');
  for (const answer of [await reply, await me(simulator, token)]) {
    expect(answer.status).toBe(200);
    expect(Math.abs(off(answer) - 3_600_000)).toBeLessThan(5000);
  }
  simulator.fault('me', { kind: 'clock', seconds: 2_592_000 });
  expect((await me(simulator, token)).status).toBe(401);
  simulator.fault('me', { kind: 'clock', seconds: 0 });
  expect(off(await me(simulator, token))).toBeLessThan(5000);
});

test('redirect, html, garbage and body answer as they are called', async () => {
  const { simulator, token, reply } = await met(
    { kind: 'redirect', location: 'https://elsewhere.example/' },
    { kind: 'html' },
    { kind: 'garbage' },
    { kind: 'body', json: { data: null, errors: [] } },
  );
  expect(await reply).toMatchObject({ status: 302, headers: { location: 'https://elsewhere.example/' } });
  const page = await me(simulator, token);
  expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } });
  const garbage = await me(simulator, token);
  expect(garbage).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
  expect(() => fields(garbage)).toThrow(SyntaxError);
  expect(await me(simulator, token)).toMatchObject({ status: 200, body: '{"data":null,"errors":[]}' });
});

test('not-http is no HTTP', async () => {
  const { reply } = await met({ kind: 'not-http' });
  await expect(reply).rejects.toMatchObject({ code: 'HPE_INVALID_CONSTANT' });
});

test.each<[string, string, Fault[]]>([
  [
    'apptoken=503,503,none',
    'apptoken',
    [{ kind: 'status', status: 503 }, { kind: 'status', status: 503 }, { kind: 'none' }],
  ],
  ['apptoken=503x2', 'apptoken', Array<Fault>(2).fill({ kind: 'status', status: 503 })],
  [
    'me=200,599',
    'me',
    [
      { kind: 'status', status: 200 },
      { kind: 'status', status: 599 },
    ],
  ],
  ['me=status:401', 'me', [{ kind: 'status', status: 401 }]],
  ['any=hang x2', 'any', [{ kind: 'hang' }, { kind: 'hang' }]],
  ['token= reset , cut', 'token', [{ kind: 'reset' }, { kind: 'cut' }]],
  [
    'authorize=html,garbage,not-http',
    'authorize',
    [{ kind: 'html' }, { kind: 'garbage' }, { kind: 'not-http' }],
  ],
  ['apptoken=retry-after:2x2', 'apptoken', Array<Fault>(2).fill({ kind: 'retry-after', after: 2 })],
  [
    'apptoken=retry-after:Wed, 21 Oct 2026 07:28:00 GMT,none',
    'apptoken',
    [{ kind: 'retry-after', after: 'Wed, 21 Oct 2026 07:28:00 GMT' }, { kind: 'none' }],
  ],
  ['me=giant,giant:100', 'me', [{ kind: 'giant' }, { kind: 'giant', bytes: 100 }]],
  ['me=drip:5', 'me', [{ kind: 'drip', everyMs: 5 }]],
  ['apptoken=clock:-120', 'apptoken', [{ kind: 'clock', seconds: -120 }]],
  ['me=redirect:https://a.example/x2', 'me', [{ kind: 'redirect', location: 'https://a.example/x2' }]],
  [
    'me=500,body:{"a":1,"b":2}',
    'me',
    [
      { kind: 'status', status: 500 },
      { kind: 'body', json: { a: 1, b: 2 } },
    ],
  ],
  ['me=body:"a=b"', 'me', [{ kind: 'body', json: 'a=b' }]],
])('%s is understood', (text, endpoint, faults) => {
  expect(parseFaults(text)).toEqual({ endpoint, faults });
});

test.each([
  ['503', /must begin with one of register=, apptoken=/],
  ['apptokn=503', /must begin with one of/],
  ['me=', /is not a fault/],
  ['me=503,,503', /is not a fault/],
  ['me=explode', /"explode" is not a fault/],
  ['me=hang:5', /is not a fault/],
  ['me=redirect:', /is not a fault/],
  ['me=503x0', /whole number from 1 to 1000/],
  ['me=99', /whole number from 200 to 599/],
  ['me=status:abc', /whole number from 200 to 599/],
  ['me=status', /whole number/],
  ['me=drip', /whole number/],
  ['me=drip:0', /whole number from 1/],
  ['me=giant:', /whole number/],
  ['me=clock:1.5', /whole number/],
  ['me=retry-after', /whole number/],
  ['me=retry-after:Wed, 99 Foo GMT', /whole number/],
  ['me=body:{', /must be followed by JSON/],
])('%s is refused with a sentence', (text, sentence) => {
  expect(() => parseFaults(text)).toThrow(sentence);
});

test('the help names every fault', () => {
  const kinds: Record<Fault['kind'], true> = {
    none: true,
    status: true,
    reset: true,
    hang: true,
    drip: true,
    cut: true,
    giant: true,
    'retry-after': true,
    clock: true,
    redirect: true,
    html: true,
    garbage: true,
    body: true,
    'not-http': true,
  };
  for (const kind of Object.keys(kinds)) expect(FAULT_GRAMMAR).toContain(kind);
});
