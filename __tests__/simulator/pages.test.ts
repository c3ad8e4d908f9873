import { expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { sharedMaterial } from '../material.ts';
import { app, call, exchange, form, sprinklr, type Reply } from './world.ts';

const right = {
  client_id: app.apiKey,
  response_type: 'code',
  redirect_uri: app.redirectUri,
  state: `"><script>alert(1)</script>`,
};

function ask(simulator: Simulator, changes: Record<string, string> = {}): Promise<Reply> {
  const query = new URLSearchParams({ ...right, ...changes }).toString();
  return call(simulator, `/prod2/oauth/authorize?${query}`);
}

/** Posts what the page's form holds, as a browser does when a button is pressed. */
function press(simulator: Simulator, page: string, decision: string): Promise<Reply> {
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
    '&amp;': '&',
  };
  const read = (text: string) => text.replace(/&[^;]+;/g, (entity) => entities[entity] ?? entity);
  const fields = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  const body = new URLSearchParams(
    fields.map(([, name = '', value = '']): [string, string] => [name, read(value)]),
  );
  body.set('decision', decision);
  return call(simulator, '/prod2/oauth/authorize', { method: 'POST', headers: form, body: body.toString() });
}

test('a person who allows it is sent back with a code that works', async () => {
  const simulator = await sprinklr();
  const page = await ask(simulator);
  expect(page.status).toBe(200);
  expect(page.body).toContain('pq7s…');
  expect(page.body).not.toContain('<script');
  const reply = await press(simulator, page.body, 'allow');
  expect(reply.status).toBe(302);
  const landed = new URL(reply.headers.location ?? '');
  expect(landed.origin + landed.pathname).toBe(app.redirectUri);
  expect(landed.searchParams.get('state')).toBe(right.state);
  const query = new URLSearchParams({
    client_id: app.apiKey,
    client_secret: app.apiSecret,
    redirect_uri: app.redirectUri,
    grant_type: 'authorization_code',
    code: landed.searchParams.get('code') ?? '',
  });
  const grant = await call(simulator, `/prod2/oauth/token?${query.toString()}`, {
    method: 'POST',
    headers: form,
  });
  expect(grant.status).toBe(200);
});

test.each(['deny', 'something else'])(
  'a person who says %s is sent back without a code',
  async (decision) => {
    const simulator = await sprinklr();
    const { headers } = await press(simulator, (await ask(simulator)).body, decision);
    const landed = new URL(headers.location ?? '').searchParams;
    expect(Object.fromEntries(landed)).toEqual({ error: 'access_denied', state: right.state });
  },
);

test('no state comes back where none was sent, and the redirect URI keeps its own query', async () => {
  const redirectUri = 'https://www.example.com/callback?tenant=1';
  const simulator = await sprinklr({ apps: [{ ...app, redirectUri }] });
  const query = new URLSearchParams({ ...right, redirect_uri: redirectUri });
  query.delete('state');
  const page = await call(simulator, `/prod2/oauth/authorize?${query.toString()}`);
  const { headers } = await press(simulator, page.body, 'allow');
  expect(headers.location).toMatch(/^https:\/\/www\.example\.com\/callback\?tenant=1&code=[0-9a-f]+$/);
});

test.each([
  [400, { client_id: 'unknown' }],
  [400, { redirect_uri: `${app.redirectUri}/` }],
])('%i and no redirect answer %j', async (status, changes) => {
  const simulator = await sprinklr();
  for (const reply of [
    await ask(simulator, changes),
    await call(simulator, '/prod2/oauth/authorize', {
      method: 'POST',
      headers: form,
      body: new URLSearchParams({ ...right, ...changes, decision: 'allow' }).toString(),
    }),
  ]) {
    expect(reply.status).toBe(status);
    expect(reply.headers.location).toBeUndefined();
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8');
  }
});

test('a key of another environment gets a page that says so', async () => {
  const simulator = await sprinklr({ apps: [{ ...app, environment: 'prod4' }] });
  const reply = await ask(simulator);
  expect(reply.status).toBe(421);
  expect(reply.body).toContain('another environment');
});

test('another response_type is sent back as an error', async () => {
  const reply = await ask(await sprinklr(), { response_type: 'token' });
  expect(reply.status).toBe(302);
  expect(reply.headers.location).toContain('error=unsupported_response_type');
});

test('an app whose redirect URI is none does not stop the simulator', async () => {
  const simulator = await sprinklr({ apps: [{ ...app, redirectUri: 'nowhere' }] });
  const page = await ask(simulator, { redirect_uri: 'nowhere' });
  expect((await press(simulator, page.body, 'allow')).status).toBe(500);
  expect((await call(simulator, '/')).status).toBe(200);
});

test('the pages run nothing and load nothing, and let the form redirect', async () => {
  const simulator = await sprinklr();
  for (const reply of [await ask(simulator), await call(simulator, '/')]) {
    const policy = reply.headers['content-security-policy'];
    expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(reply.body).not.toMatch(/<script|<link|<img|style="/);
    expect(reply.body).toContain('<meta name="viewport" content="width=device-width">');
  }
});

test('the front page shows what the simulator holds, and no secret of it', async () => {
  const material = sharedMaterial();
  material.openssl('req', '-x509', '-key', 'server.key', '-subj', '/', '-days', '2', '-out', 'bare.crt');
  const now = Date.parse('2030-01-02T03:04:05Z');
  const simulator = await sprinklr({
    apps: [app, { ...app, apiKey: 'short', environment: '' }],
    now: () => now,
    tokenLifetime: 3600,
  });
  const appId = simulator.register(material.certificate, app.apiKey);
  simulator.register(material.read('bare.crt').toString(), 'short');
  const token = simulator.issueAccessToken(app.apiKey);
  await exchange(simulator, appId, { query: 'client_secret=hush' });
  simulator.fault('me', { kind: 'reset' });
  await call(simulator, '/prod2/api/v2/me?<b>').catch(() => undefined);

  const { body } = await call(simulator, '/');
  const certificate = new X509Certificate(material.certificate);
  for (const shown of [
    'Gateway api2',
    'pq7s…',
    'prod2',
    'prod (default)',
    'issued 2030-01-02T03:04:05Z, expires 2030-01-02T04:04:05Z',
    'C=US, O=Example, CN=ci.example.com',
    '(empty)',
    certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    appId,
    `<code>/prod2/oauth/apptoken/${encodeURIComponent(appId)}</code>`,
    '<span class="bad">400</span>',
    '<span class="bad">–</span>',
  ]) {
    expect(body).toContain(shown);
  }
  for (const secret of [
    app.apiKey,
    app.apiKey.slice(0, 5),
    app.apiSecret,
    token,
    token.slice(0, 8),
    'short',
    'hush',
  ]) {
    expect(body).not.toContain(secret);
  }
});

test.each([true, false])(
  'with keepRequests %s the front page keeps to the last 20 requests, its own left out',
  async (keepRequests) => {
    const simulator = await sprinklr({ apps: [], keepRequests });
    expect((await call(simulator, '/')).body.match(/None yet/g)).toHaveLength(3);
    for (let round = 0; round < 25; round += 1) await call(simulator, `/number-${round}<&>`);
    const { body } = await call(simulator, '/');
    expect(body.match(/<li>/g)).toHaveLength(20);
    expect(body).toContain('/number-24&lt;&amp;&gt;');
    expect(body).not.toContain('/number-4&');
    expect(simulator.requests).toHaveLength(keepRequests ? 27 : 0);
  },
);
