import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { expectFailure } from './expectations.ts';
import { runStep, type Outcome } from './harness.ts';
import { app, world } from './world.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that responds to each request with the same bytes, valid HTTP or not. */
async function startRawServer(response: string): Promise<{ origin: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.from(response, 'latin1')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: () => calls };
}

const redirectTo = (location: string, status = 302): string =>
  `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;

/** The message of a step that failed because of a redirect, without a retry. */
function redirectError(step: Outcome): string {
  expectFailure(step, 'REDIRECTED');
  expect(step.shown).not.toMatch(/attempt \d of \d/);
  return step.errors[0]?.message ?? '';
}

test.each([301, 307])('a %i to another host is reported with the host and not followed', async (status) => {
  const { sprinklr, token } = await world();
  const other = await startRawServer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  sprinklr.fault('apptoken', {
    kind: 'status',
    status,
    headers: { Location: `${other.origin}/login` },
    body: '',
  });
  const step = await runStep({ inputs: token });

  expect(redirectError(step)).toContain(new URL(other.origin).host);
  expect(step.errors[0]?.message).toContain(`HTTP ${status}`);
  expect(other.calls()).toBe(0);
  expect(sprinklr.requests).toHaveLength(1);
});

test('a registration sends neither its code nor its certificate to the target of a redirect', async () => {
  const { sprinklr, register } = await world();
  const other = await startRawServer('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  sprinklr.fault('token', { kind: 'redirect', location: other.origin });
  const first = await runStep({ inputs: register });
  sprinklr.fault('register', { kind: 'redirect', location: other.origin });
  const second = await runStep({ inputs: register });

  redirectError(first);
  redirectError(second);
  expect(sprinklr.requests.map(({ endpoint }) => endpoint)).toEqual(['token', 'token', 'register']);
  expect(other.calls()).toBe(0);
});

test('a redirect to the same host is not followed', async () => {
  const { sprinklr, token } = await world();
  const here = new URL(sprinklr.origin);
  sprinklr.fault(
    'apptoken',
    { kind: 'redirect', location: `${here.origin}/prod2/api/v2/me` },
    { kind: 'redirect', location: '/login' },
  );

  expect(redirectError(await runStep({ inputs: token }))).toContain(here.host);
  expect(redirectError(await runStep({ inputs: token }))).toContain('same host');
  expect(sprinklr.requests.map(({ endpoint }) => endpoint)).toEqual(['apptoken', 'apptoken']);
});

test.each([
  ['https://builder:Hunter2-pass@login.example.com/?token=abc', 'login.example.com'],
  ['https://[2001:db8:1:2:3:4:5:6]:8443/', '[2001:db8:1:2:3:4:5:6]:8443'],
  ['javascript:alert(document.cookie)', 'no host'],
  ['https://', 'unreadable'],
])('only the host of the Location "%s" is reported', async (location, host) => {
  const { token } = await world();
  const server = await startRawServer(redirectTo(location));
  const step = await runStep({ inputs: { ...token, 'base-url': server.origin } });

  expect(redirectError(step)).toContain(host);
  expect(step.shown).not.toMatch(/Hunter2|builder|token=abc|alert/);
  expect(server.calls()).toBe(1);
});

test('control characters in a Location are not logged', async () => {
  const { token } = await world();
  // C1 control characters: the first one starts an escape sequence.
  const server = await startRawServer(redirectTo('https://evil.test/\x9b31m\x85::add-mask::sprinklr'));
  const step = await runStep({ inputs: { ...token, 'base-url': server.origin } });

  expect(redirectError(step)).toContain('evil.test');
  expect(step.log.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(step.masks).not.toContain('sprinklr');
});

test('a Location that is invalid in HTTP is rejected', async () => {
  const { token } = await world();
  const server = await startRawServer(redirectTo('https://evil.test/\x1b[31m\x00'));
  const step = await runStep({ inputs: { ...token, 'base-url': server.origin } });

  expect(step.outputs).toEqual({ 'error-code': 'RESPONSE_INVALID' });
  expect(step.log).not.toContain('\x1b');
});

test('a very long host is truncated', async () => {
  const { token } = await world();
  const server = await startRawServer(redirectTo(`https://${'very-long.'.repeat(1000)}example.com/`));
  const message = redirectError(await runStep({ inputs: { ...token, 'base-url': server.origin } }));

  expect(message).toContain('very-long.very-long.');
  expect(message.length).toBeLessThan(800);
});

test('a secret in a Location is not logged, not even in lowercase as a host', async () => {
  const { sprinklr, token } = await world();
  const apiSecret = 'Ab3De6Gh9Jk2Mn5Pq8';
  const locations = [
    `https://${apiSecret}.evil.test/`,
    `https://${apiSecret.slice(0, 14)}.evil.test/`,
    `https://%41b3De6Gh9Jk2Mn5Pq8.evil.test/`,
    `https://evil.test/${apiSecret}?secret=${apiSecret}`,
    `/${apiSecret}`,
  ];
  for (const location of locations) sprinklr.fault('apptoken', { kind: 'redirect', location });
  const steps = await Promise.all(
    locations.map(() =>
      runStep({ inputs: { ...token, 'api-secret': apiSecret }, env: { RUNNER_DEBUG: '1' } }),
    ),
  );

  for (const step of steps) expect(redirectError(step).toLowerCase()).not.toContain('ab3de6gh9jk2');
});

test('the page of a redirect is quoted without secrets', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', {
    kind: 'status',
    status: 302,
    headers: { Location: 'https://login.example.com/' },
    body: `<title>Moved: client_secret=${encodeURIComponent(app.apiSecret)}&amp;key=${app.apiKey}</title>`,
  });
  const message = redirectError(await runStep({ inputs: token }));

  expect(message).toContain('"Moved: client_secret=***');
});
