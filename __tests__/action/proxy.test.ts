import { beforeAll, expect, test } from '@jest/globals';
import { HOST, makeAuthority, type Authority } from './authority.ts';
import { expectFailure } from './expectations.ts';
import { runStep, type Inputs, type Outcome } from './harness.ts';
import { closedPort } from './http-server.ts';
import { startProxy } from './proxy.ts';
import { app, world, type World } from './world.ts';

let authority: Authority;
let server: { key: string; cert: string };
beforeAll(() => {
  authority = makeAuthority();
  server = authority.issue();
});

interface ProxiedWorld extends World {
  /** The inputs of a step that can reach Sprinklr only through a proxy. */
  readonly inputs: Inputs;
  readonly run: (env: Record<string, string>, inputs?: Inputs) => Promise<Outcome>;
}

async function proxiedWorld(): Promise<ProxiedWorld> {
  const made = await world({ tls: server });
  const inputs = { ...made.token, 'base-url': `https://${HOST}`, 'max-attempts': '1' };
  return {
    ...made,
    inputs,
    run: (env, more = {}) =>
      runStep({
        inputs: { ...inputs, ...more },
        env: { NODE_EXTRA_CA_CERTS: authority.file, ...env },
      }),
  };
}

test.each(['https_proxy', 'HTTPS_PROXY'])('%s sends the exchange through the proxy', async (variable) => {
  const { sprinklr, run } = await proxiedWorld();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({ [variable]: `http://${proxy.host}` });

  expect(step.errors).toEqual([]);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  expect(proxy.tunnels).toEqual([{ to: `${HOST}:443`, authorization: undefined }]);
  expect(proxy.plain).toEqual([]);
  expect(sprinklr.requests).toHaveLength(1);
});

test('both requests of a registration use the proxy', async () => {
  const { sprinklr, register, run } = await proxiedWorld();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run(
    { https_proxy: `http://${proxy.host}` },
    { ...register, 'base-url': `https://${HOST}` },
  );

  expect(step.outputs['app-id']).toMatch(/^eyJ/);
  expect(proxy.tunnels.map(({ to }) => to)).toEqual([`${HOST}:443`, `${HOST}:443`]);
});

test('the tunnel has the port of base-url', async () => {
  const { sprinklr, run } = await proxiedWorld();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({ https_proxy: `http://${proxy.host}` }, { 'base-url': `https://${HOST}:8443` });

  expect(step.exitCode).toBe(0);
  expect(proxy.tunnels.map(({ to }) => to)).toEqual([`${HOST}:8443`]);
});

test.each(['http_proxy', 'HTTP_PROXY'])('%s is ignored for https', async (variable) => {
  const { sprinklr, run } = await proxiedWorld();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({ [variable]: `http://${proxy.host}` });

  expect(step.outputs['error-code']).toBe('NETWORK_UNREACHABLE');
  expect(proxy.tunnels).toEqual([]);
  expect(proxy.plain).toEqual([]);
});

test.each([
  ['no_proxy', HOST],
  ['NO_PROXY', HOST],
  ['no_proxy', '.test'],
  ['no_proxy', `other.example.com, ${HOST.toUpperCase()}`],
  ['no_proxy', '*'],
])('%s=%s bypasses the proxy', async (variable, value) => {
  const { sprinklr, run } = await proxiedWorld();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({ https_proxy: `http://${proxy.host}`, [variable]: value });

  // Only the proxy can resolve the host.
  expect(step.outputs['error-code']).toBe('NETWORK_UNREACHABLE');
  expect(step.errors[0]?.message).not.toContain('through the proxy');
  expect(proxy.tunnels).toEqual([]);
});

test('no_proxy for other hosts does not bypass the proxy', async () => {
  const { sprinklr, run } = await proxiedWorld();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({
    https_proxy: `http://${proxy.host}`,
    no_proxy: `example.com,not${HOST},${HOST}:8443`,
  });

  expect(step.exitCode).toBe(0);
  expect(proxy.tunnels).toHaveLength(1);
});

test('a loopback base-url never uses a proxy', async () => {
  const plain = await world();
  const tls = await proxiedWorld();
  const proxy = await startProxy({ to: plain.sprinklr.origin });
  const url = `http://${proxy.host}`;
  const env = { http_proxy: url, HTTP_PROXY: url, https_proxy: url, HTTPS_PROXY: url };

  const steps = await Promise.all([
    runStep({ inputs: plain.token, env }),
    runStep({
      inputs: { ...plain.token, 'base-url': plain.sprinklr.origin.replace('127.0.0.1', 'localhost') },
      env,
    }),
    tls.run(env, { 'base-url': tls.sprinklr.origin }),
  ]);

  expect(steps.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(proxy.tunnels).toEqual([]);
  expect(proxy.plain).toEqual([]);
});

test('the password of a proxy is sent only to the proxy', async () => {
  const { sprinklr, run } = await proxiedWorld();
  const proxy = await startProxy({ to: sprinklr.origin });
  const password = 'Pr0xy/p@ss:w0rd+2';
  const step = await run({
    https_proxy: `http://builder:${encodeURIComponent(password)}@${proxy.host}`,
    RUNNER_DEBUG: '1',
  });

  expect(step.exitCode).toBe(0);
  expect(proxy.tunnels.map(({ authorization }) => authorization)).toEqual([
    `Basic ${Buffer.from(`builder:${password}`).toString('base64')}`,
  ]);
  expect(sprinklr.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  // Node.js deprecates how the header is built.
  expect(step.log).not.toMatch(/warning|deprecat/i);
  expectHidden(step, password);
});

test.each([
  [403, 1, 'CONNECT'],
  [407, 1, 'https_proxy'],
  [502, 2, 'proxy'],
])(
  'a proxy that responds %i is reported without its password after %i attempts',
  async (status, attempts, fact) => {
    const { sprinklr, run } = await proxiedWorld();
    const proxy = await startProxy({ to: sprinklr.origin, status });
    const password = 'Pr0xy-passw0rd';
    const step = await run(
      { https_proxy: `http://builder:${password}@${proxy.host}`, RUNNER_DEBUG: '1' },
      { 'max-attempts': '2' },
    );

    // A wrong password that is sent again could lock the account.
    expectFailure(step, 'NETWORK_UNREACHABLE', HOST, String(status), fact);
    expect(proxy.tunnels).toHaveLength(attempts);
    expect(sprinklr.requests).toEqual([]);
    expectHidden(step, password);
  },
);

test('a proxy that does not listen is reported', async () => {
  const { run } = await proxiedWorld();
  const { host } = new URL(await closedPort());
  const step = await run({ https_proxy: `http://builder:Pr0xy-passw0rd@${host}` });

  expectFailure(step, 'NETWORK_UNREACHABLE', 'proxy');
  expectHidden(step, 'Pr0xy-passw0rd');
});

test('a proxy that never responds fails the step at its time limit', async () => {
  const { sprinklr, run } = await proxiedWorld();
  const proxy = await startProxy({ to: sprinklr.origin, status: 0 });
  const step = await run(
    { https_proxy: `http://${proxy.host}` },
    { 'timeout-seconds': '5', 'max-attempts': '4' },
  );

  expect(step.outputs).toEqual({ 'error-code': 'TIMED_OUT' });
  expect(step.milliseconds).toBeGreaterThan(4900);
  expect(step.milliseconds).toBeLessThan(7000);
  expect(proxy.tunnels).toHaveLength(1);
});

test('an invalid proxy address is reported without its password', async () => {
  const { sprinklr, run } = await proxiedWorld();
  const step = await run({ https_proxy: 'http://builder:Pr0xy-%zz-passw0rd@proxy.test:3128' });

  expectFailure(step, 'NETWORK_UNREACHABLE', 'https_proxy');
  expect(sprinklr.requests).toEqual([]);
  expectHidden(step, 'Pr0xy-%zz-passw0rd');
});

function expectHidden(step: Outcome, password: string): void {
  const shown = [step.log, step.summary, ...Object.values(step.outputs)].join('\n');
  expect(shown).not.toContain(password);
  expect(shown).not.toContain(encodeURIComponent(password));
  expect(shown).not.toContain(Buffer.from(`builder:${password}`).toString('base64'));
}
