import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { beforeAll, expect, test } from '@jest/globals';
import { HOST, makeAuthority, type Authority } from './authority.ts';
import { expectFailure } from './expectations.ts';
import { runStep, type Inputs, type Outcome } from './harness.ts';
import { startProxy } from './proxy.ts';
import { app, world, type World } from './world.ts';

let authority: Authority;
let server: { key: string; cert: string };
beforeAll(() => {
  authority = makeAuthority();
  server = authority.issue();
});

interface Behind extends World {
  /** The inputs of a step that can reach Sprinklr through a proxy only. */
  readonly inputs: Inputs;
  readonly run: (env: Record<string, string>, inputs?: Inputs) => Promise<Outcome>;
}

async function behind(): Promise<Behind> {
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

test.each(['https_proxy', 'HTTPS_PROXY'])('%s leads the exchange through its proxy', async (variable) => {
  const { sprinklr, run } = await behind();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({ [variable]: `http://${proxy.host}` });

  expect(step.errors).toEqual([]);
  expect(step.outputs['access-token']).toBe(sprinklr.liveToken(app.apiKey));
  expect(proxy.tunnels).toEqual([{ to: `${HOST}:443`, authorization: undefined }]);
  expect(proxy.plain).toEqual([]);
  expect(sprinklr.requests).toHaveLength(1);
});

test('both requests of a registration go through the proxy', async () => {
  const { sprinklr, register, run } = await behind();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run(
    { https_proxy: `http://${proxy.host}` },
    { ...register, 'base-url': `https://${HOST}` },
  );

  expect(step.outputs['app-id']).toMatch(/^eyJ/);
  expect(proxy.tunnels.map(({ to }) => to)).toEqual([`${HOST}:443`, `${HOST}:443`]);
});

test('a port in base-url is the port that the proxy is asked for', async () => {
  const { sprinklr, run } = await behind();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({ https_proxy: `http://${proxy.host}` }, { 'base-url': `https://${HOST}:8443` });

  expect(step.exitCode).toBe(0);
  expect(proxy.tunnels.map(({ to }) => to)).toEqual([`${HOST}:8443`]);
});

test.each(['http_proxy', 'HTTP_PROXY'])('%s is not for https', async (variable) => {
  const { sprinklr, run } = await behind();
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
])('%s=%s keeps the exchange off the proxy', async (variable, value) => {
  const { sprinklr, run } = await behind();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({ https_proxy: `http://${proxy.host}`, [variable]: value });

  // Without the proxy, nobody knows that host.
  expect(step.outputs['error-code']).toBe('NETWORK_UNREACHABLE');
  expect(step.errors[0]?.message).not.toContain('through the proxy');
  expect(proxy.tunnels).toEqual([]);
});

test('a no_proxy for other hosts changes nothing', async () => {
  const { sprinklr, run } = await behind();
  const proxy = await startProxy({ to: sprinklr.origin });
  const step = await run({
    https_proxy: `http://${proxy.host}`,
    no_proxy: `example.com,not${HOST},${HOST}:8443`,
  });

  expect(step.exitCode).toBe(0);
  expect(proxy.tunnels).toHaveLength(1);
});

test('a base-url on this machine never goes through a proxy', async () => {
  const plain = await world();
  const tls = await behind();
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

test('the password of a proxy reaches the proxy, and nothing else', async () => {
  const { sprinklr, run } = await behind();
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
  // Not even a deprecation warning for how the header is made.
  expect(step.log).not.toMatch(/warning|deprecat/i);
  expectHidden(step, password);
});

test.each([
  [401, 1, 'Check user and password in https_proxy'],
  [403, 1, `Have the proxy allow CONNECT to ${HOST}.`],
  [407, 1, 'Check user and password in https_proxy'],
  [502, 2, 'Check that the proxy reaches that host'],
])(
  'a proxy that answers %i is named, without its password, and asked %i times: a wrong password tried again could lock the account',
  async (answer, times, remedy) => {
    const { sprinklr, run } = await behind();
    const proxy = await startProxy({ to: sprinklr.origin, answer });
    const password = 'Pr0xy-passw0rd';
    const step = await run(
      { https_proxy: `http://builder:${password}@${proxy.host}`, RUNNER_DEBUG: '1' },
      { 'max-attempts': '2' },
    );

    expectFailure(
      step,
      'NETWORK_UNREACHABLE',
      `${HOST} through the proxy (the proxy answered ${answer})`,
      remedy,
    );
    expect(proxy.tunnels).toHaveLength(times);
    expect(sprinklr.requests).toEqual([]);
    expectHidden(step, password);
  },
);

test('a proxy that is not there is named as what cannot be reached', async () => {
  const { run } = await behind();
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  const step = await run({ https_proxy: `http://builder:Pr0xy-passw0rd@127.0.0.1:${port}` });

  expect(step.outputs).toEqual({ 'error-code': 'NETWORK_UNREACHABLE' });
  expect(step.errors[0]?.message).toContain('the proxy cannot be reached');
  expectHidden(step, 'Pr0xy-passw0rd');
});

test("a proxy that never answers is given up at the step's bound", async () => {
  const { sprinklr, run } = await behind();
  const proxy = await startProxy({ to: sprinklr.origin, answer: 0 });
  const step = await run(
    { https_proxy: `http://${proxy.host}` },
    { 'timeout-seconds': '5', 'max-attempts': '4' },
  );

  expect(step.outputs).toEqual({ 'error-code': 'TIMED_OUT' });
  expect(step.milliseconds).toBeGreaterThan(4900);
  expect(step.milliseconds).toBeLessThan(7000);
  expect(proxy.tunnels).toHaveLength(1);
});

test.each([
  ['http://[', 'no address'],
  ['http://builder:Pr0xy-%zz-passw0rd@proxy.test:3128', 'a password that is not percent-encoded'],
  ['proxy.test:3128', 'no scheme'],
  ['socks5://proxy.test:1080', 'another protocol'],
  ['::', 'colons'],
])('the proxy address %s (%s) is named as what is wrong', async (address) => {
  const { sprinklr, run } = await behind();
  const step = await run({ https_proxy: address }, { 'max-attempts': '4' });

  expect(step.exitCode).toBe(1);
  expect(step.outputs).toEqual({ 'error-code': 'NETWORK_UNREACHABLE' });
  expect(step.errors[0]?.message).toMatch(/^The proxy address in https_proxy/);
  expect(sprinklr.requests).toEqual([]);
  expectHidden(step, 'Pr0xy-%zz-passw0rd');
});

function expectHidden(step: Outcome, password: string): void {
  const shown = [step.log, step.summary, ...Object.values(step.outputs)].join('\n');
  expect(shown).not.toContain(password);
  expect(shown).not.toContain(encodeURIComponent(password));
  expect(shown).not.toContain(Buffer.from(`builder:${password}`).toString('base64'));
}
