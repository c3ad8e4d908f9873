import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { runStep, type Outcome } from './harness.ts';
import { app, world } from './world.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers each request with the same bytes, however ill-formed. */
async function serverOf(answer: string): Promise<{ origin: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: () => calls };
}

const redirection = (location: string, status = 302): string =>
  `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;

/** The one message of a step that met a redirect and left it at that. */
function messageOf(step: Outcome): string {
  expect(step.exitCode).toBe(1);
  expect(step.outputs).toEqual({ 'error-code': 'REDIRECTED' });
  expect(step.errors).toHaveLength(1);
  expect(step.shown).not.toContain('Trying again');
  return step.errors[0]?.message ?? '';
}

test.each([301, 302, 303, 307, 308])(
  'a %i to another host is reported with its name, and not followed',
  async (status) => {
    const { sprinklr, token } = await world();
    const other = await serverOf('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    sprinklr.fault('apptoken', {
      kind: 'status',
      status,
      headers: { Location: `${other.origin}/login` },
      body: '',
    });
    const step = await runStep({ inputs: token });

    expect(messageOf(step)).toContain(`points to ${new URL(other.origin).host};`);
    expect(step.errors[0]?.message).toContain(`HTTP ${status}`);
    expect(other.calls()).toBe(0);
    expect(sprinklr.requests).toHaveLength(1);
  },
);

test('neither the code nor the certificate of a registration follows a redirect', async () => {
  const { sprinklr, register } = await world();
  const other = await serverOf('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  sprinklr.fault('token', { kind: 'redirect', location: other.origin });
  const first = await runStep({ inputs: register });
  sprinklr.fault('register', { kind: 'redirect', location: other.origin });
  const second = await runStep({ inputs: register });

  messageOf(first);
  messageOf(second);
  expect(sprinklr.requests.map(({ endpoint }) => endpoint)).toEqual(['token', 'token', 'register']);
  expect(other.calls()).toBe(0);
});

test('a redirect to the same host is not followed either', async () => {
  const { sprinklr, token } = await world();
  const here = new URL(sprinklr.origin);
  sprinklr.fault(
    'apptoken',
    { kind: 'redirect', location: `${here.origin}/prod2/api/v2/me` },
    { kind: 'redirect', location: '/login' },
  );

  expect(messageOf(await runStep({ inputs: token }))).toContain(`points to ${here.host};`);
  expect(messageOf(await runStep({ inputs: token }))).toContain('points to the same host;');
  expect(sprinklr.requests.map(({ endpoint }) => endpoint)).toEqual(['apptoken', 'apptoken']);
});

test.each([
  ['http://api2.sprinklr.com/prod2/oauth', 'points to api2.sprinklr.com;'],
  ['//login.example.com/sso', 'points to login.example.com;'],
  ['https://builder:Hunter2-pass@login.example.com/?token=abc', 'points to login.example.com;'],
  ['https://[2001:db8:1:2:3:4:5:6]:8443/', 'points to [2001:db8:1:2:3:4:5:6]:8443;'],
  ['https://xn--mnchen-3ya.example/', 'points to xn--mnchen-3ya.example;'],
  ['javascript:alert(document.cookie)', 'points to no host;'],
  ['data:text/html,<h1>hello</h1>', 'points to no host;'],
  ['login', 'points to the same host;'],
  ['', 'points to no readable address;'],
  ['https://', 'points to no readable address;'],
])('of the Location "%s" only a host is told', async (location, told) => {
  const { token } = await world();
  const server = await serverOf(redirection(location));
  const step = await runStep({ inputs: { ...token, 'base-url': server.origin } });

  expect(messageOf(step)).toContain(told);
  expect(step.shown).not.toMatch(/Hunter2|builder|token=abc|alert|hello|sso/);
  expect(server.calls()).toBe(1);
});

test('a redirect without a Location is a redirect still', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', { kind: 'status', status: 307, body: '' });

  expect(messageOf(await runStep({ inputs: token }))).toContain('no readable address');
});

test('control characters of a Location do not reach the log', async () => {
  const { token } = await world();
  // C1 control characters: a terminal takes the first for the start of a colour.
  const server = await serverOf(redirection('https://evil.test/\x9b31m\x85::add-mask::sprinklr'));
  const step = await runStep({ inputs: { ...token, 'base-url': server.origin } });

  expect(messageOf(step)).toContain('points to evil.test;');
  expect(step.log.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(step.masks).not.toContain('sprinklr');
});

test('a Location that breaks the rules of HTTP is no answer', async () => {
  const { token } = await world();
  const server = await serverOf(redirection('https://evil.test/\x1b[31m\x00'));
  const step = await runStep({ inputs: { ...token, 'base-url': server.origin } });

  expect(step.outputs).toEqual({ 'error-code': 'RESPONSE_INVALID' });
  expect(step.log).not.toContain('\x1b');
});

test('a very long host is cut short', async () => {
  const { token } = await world();
  const server = await serverOf(redirection(`https://${'very-long.'.repeat(1000)}example.com/`));
  const message = messageOf(await runStep({ inputs: { ...token, 'base-url': server.origin } }));

  expect(message).toContain('points to very-long.very-long.');
  expect(message.length).toBeLessThan(800);
});

test('a secret in a Location is not shown, not even lower-cased as the host that a URL makes of it', async () => {
  const { sprinklr, token } = await world();
  const apiSecret = 'Ab3De6Gh9Jk2Mn5Pq8';
  const places = [
    `https://${apiSecret}.evil.test/`,
    `https://${apiSecret.slice(0, 14)}.evil.test/`,
    `https://%41b3De6Gh9Jk2Mn5Pq8.evil.test/`,
    `https://evil.test/${apiSecret}?secret=${apiSecret}`,
    `/${apiSecret}`,
  ];
  for (const location of places) sprinklr.fault('apptoken', { kind: 'redirect', location });
  const steps = await Promise.all(
    places.map(() => runStep({ inputs: { ...token, 'api-secret': apiSecret }, env: { RUNNER_DEBUG: '1' } })),
  );

  for (const step of steps) expect(messageOf(step).toLowerCase()).not.toContain('ab3de6gh9jk2');
});

test('a page that comes with a redirect is quoted without the secrets that it repeats', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', {
    kind: 'status',
    status: 302,
    headers: { Location: 'https://login.example.com/' },
    body: `<title>Moved: client_secret=${encodeURIComponent(app.apiSecret)}&amp;key=${app.apiKey}</title>`,
  });
  const message = messageOf(await runStep({ inputs: token }));

  expect(message).toContain('It said: "Moved: client_secret=***');
});
