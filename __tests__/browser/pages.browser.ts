import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulator, type App, type Simulator } from '../../src/simulator/simulator.ts';
import { sharedMaterial } from '../material.ts';
import { openTab, overflow } from './chromium.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface World {
  readonly sprinklr: Simulator;
  readonly app: App;
  /** The callback: what the browser asked it for, in order. */
  readonly landings: URL[];
  /** The consent address, as a tool of the user makes it. */
  readonly consent: (changes?: Record<string, string>) => string;
}

async function world(): Promise<World> {
  const landings: URL[] = [];
  const callback = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    if (url.pathname === '/callback') landings.push(url);
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<title>Landed</title>');
  });
  callback.listen(0, '127.0.0.1');
  await once(callback, 'listening');
  const { port } = callback.address() as AddressInfo;
  const app = {
    apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
    apiSecret: 'S3cr3tHf8Q2mZp7LxT4vRb9NcW',
    redirectUri: `http://127.0.0.1:${port}/callback?from=a/b`,
    environment: 'prod2',
  };
  const sprinklr = await startSimulator({ apps: [app] });
  closing.push(
    () => sprinklr.close(),
    () => {
      callback.close();
      callback.closeAllConnections();
    },
  );
  const right = {
    client_id: app.apiKey,
    response_type: 'code',
    redirect_uri: app.redirectUri,
    state: `x"><script>alert(1)</script>&'`,
  };
  return {
    sprinklr,
    app,
    landings,
    consent: (changes) =>
      `${sprinklr.origin}/prod2/oauth/authorize?${new URLSearchParams({ ...right, ...changes }).toString()}`,
  };
}

test('Allow lands on the callback with a code that works, and with the state', async () => {
  const { app, sprinklr, landings, consent } = await world();
  const page = await openTab();
  await page.goto(consent());
  expect(await page.title()).toBe('Allow access?');
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(/\/callback/);
  expect(landings).toHaveLength(1);
  const { code = '', ...rest } = Object.fromEntries(landings[0]?.searchParams ?? []);
  expect(rest).toEqual({ from: 'a/b', state: `x"><script>alert(1)</script>&'` });
  const grant = await fetch(`${sprinklr.origin}/prod2/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: app.apiKey,
      client_secret: app.apiSecret,
      redirect_uri: app.redirectUri,
      grant_type: 'authorization_code',
      code,
    }),
  });
  expect(grant.status).toBe(200);
});

test('the keyboard reaches Allow, then Deny, and nothing is pressed before that', async () => {
  const { landings, consent } = await world();
  const page = await openTab();
  await page.goto(consent());
  const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Allow');
  const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
  expect(outline).not.toBe('none');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('Deny');
  expect(landings).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/callback/);
  expect(landings[0]?.searchParams.get('error')).toBe('access_denied');
});

test('a consent that cannot be is told, and goes nowhere', async () => {
  const { landings, consent } = await world();
  const page = await openTab();
  const reply = await page.goto(consent({ client_id: 'unknown' }));
  expect(reply?.status()).toBe(400);
  expect(await page.getByRole('heading').textContent()).toBe('Authorization failed');
  expect(await page.getByText('No app has this client_id.').isVisible()).toBe(true);
  expect(landings).toEqual([]);
});

test('no page is wider than a phone, even with long names, and each loads its style and no script', async () => {
  const { app, sprinklr, consent } = await world();
  const { certificate } = sharedMaterial();
  const long = 'a'.repeat(300);
  sprinklr.addApp({ ...app, apiKey: 'k'.repeat(200), redirectUri: `http://127.0.0.1/${long}` });
  sprinklr.register(certificate, app.apiKey);
  sprinklr.issueAccessToken(app.apiKey);
  await fetch(`${sprinklr.origin}/${long}`);
  const page = await openTab({ width: 360, height: 740 });
  for (const [name, address] of [
    ['consent-narrow', consent()],
    ['consent-long', consent({ client_id: 'k'.repeat(200), redirect_uri: `http://127.0.0.1/${long}` })],
    ['front-narrow', sprinklr.origin],
  ] as const) {
    await page.goto(address);
    expect({ name, overflow: await overflow(page) }).toEqual({ name, overflow: 0 });
    expect(await page.evaluate<number>('document.styleSheets.length')).toBe(1);
    // `x"><script>` of the state is text.
    expect(await page.evaluate<number>('document.scripts.length')).toBe(0);
  }
});
