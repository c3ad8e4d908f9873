import { expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { sharedMaterial } from '../material.ts';
import { app, encode, exchange, send, start } from './client.ts';

test('the pages run no script, load nothing, and can redirect after their form', async () => {
  const simulator = await start();
  const { apiKey: client_id, redirectUri: redirect_uri } = app;
  const consent = encode({ client_id, redirect_uri, response_type: 'code' });
  for (const path of [`/prod2/oauth/authorize?${consent}`, '/']) {
    const { status, headers, body } = await send(simulator, path);
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toBe("default-src 'none'; style-src 'unsafe-inline'");
    expect(body).not.toMatch(/<script|<link|<img|style="/);
    expect(body).toContain('<meta name="viewport" content="width=device-width">');
  }
});

test('the front page shows apps, certificates, and requests, and no secret', async () => {
  const material = sharedMaterial();
  material.openssl('req', '-x509', '-key', 'server.key', '-subj', '/', '-days', '2', '-out', 'bare.crt');
  const simulator = await start({
    apps: [app, { ...app, apiKey: 'short', environment: '' }],
    now: () => Date.parse('2030-01-02T03:04:05Z'),
    tokenLifetime: 3600,
  });
  const appId = simulator.register(material.certificate, app.apiKey);
  simulator.register(material.read('bare.crt').toString(), 'short');
  const token = simulator.issueAccessToken(app.apiKey);
  await exchange(simulator, appId, { query: 'client_secret=hush' });
  simulator.fault('me', { kind: 'reset' });
  await send(simulator, '/prod2/api/v2/me?<b>').catch(() => undefined);

  const { body } = await send(simulator, '/');
  const { fingerprint256 } = new X509Certificate(material.certificate);
  for (const shown of [
    'api2',
    'pq7s…',
    'prod2',
    'prod (default)',
    '<dd>none</dd>',
    '2030-01-02T03:04:05Z',
    '2030-01-02T04:04:05Z',
    'C=US, O=Example, CN=ci.example.com',
    '(empty)',
    fingerprint256.replaceAll(':', '').toLowerCase(),
    appId,
    `<code>/prod2/oauth/apptoken/${encodeURIComponent(appId)}</code>`,
    '<span class="bad">400</span>',
    '<span class="bad">–</span>',
  ]) {
    expect(body).toContain(shown);
  }
  const { apiKey, apiSecret } = app;
  for (const secret of [apiKey, apiKey.slice(0, 5), apiSecret, token, token.slice(0, 8), 'shor', 'hush']) {
    expect(body).not.toContain(secret);
  }
});

test.each([true, false])(
  'with keepRequests %p, the front page shows the last 20 requests except its own',
  async (keepRequests) => {
    const simulator = await start({ apps: [], keepRequests });
    expect((await send(simulator, '/')).body).not.toContain('<li>');
    for (let round = 0; round < 25; round += 1) await send(simulator, `/number-${round}<&>`);
    const { body } = await send(simulator, '/');
    expect(body.match(/<li>/g)).toHaveLength(20);
    expect(body).toContain('/number-24&lt;&amp;&gt;');
    expect(body).not.toContain('/number-4&');
    expect(simulator.requests).toHaveLength(keepRequests ? 27 : 0);
  },
);
