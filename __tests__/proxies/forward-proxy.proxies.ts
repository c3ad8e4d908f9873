import { beforeAll, describe, expect, test } from '@jest/globals';
import { HOST, makeAuthority, type Authority, type Issued } from '../action/authority.ts';
import { expectFailure, expectSuccess } from '../action/expectations.ts';
import { runStep, type Inputs, type Outcome } from '../action/harness.ts';
import { expectNone } from '../action/leaks.ts';
import { app, world, type World } from '../action/world.ts';
import { freePort } from './server-process.ts';
import { startSquid, startTinyproxy, type ForwardProxy, type ProxyRules } from './forward-proxies.ts';
import { expectNoSecrets } from './secrets.ts';

/** An address of this machine that is not a loopback address, so that the action uses the proxy. */
const NOT_LOOPBACK = '0.0.0.0';

let authority: Authority;
let server: Issued;
beforeAll(() => {
  authority = makeAuthority();
  server = authority.issue({ names: `DNS:${HOST},IP:${NOT_LOOPBACK}` });
});

interface ProxiedWorld extends World {
  /** `HOST:PORT` */
  readonly destination: string;
  readonly inputs: Inputs;
  readonly run: (env: Record<string, string>, inputs?: Inputs) => Promise<Outcome>;
}

/** A simulator with this host, and steps that trust it. */
async function proxiedWorld(host: string): Promise<ProxiedWorld> {
  const made = await world({ tls: server });
  const destination = `${host}:${new URL(made.sprinklr.origin).port}`;
  const inputs = { ...made.token, 'base-url': `https://${destination}` };
  return {
    ...made,
    destination,
    inputs,
    run: (env, more = {}) =>
      runStep({
        inputs: { ...inputs, ...more },
        env: { NODE_EXTRA_CA_CERTS: authority.file, RUNNER_DEBUG: '1', ...env },
      }),
  };
}

const user = { name: 'builder', password: 'Pr0xy-passw0rd' };

interface ProxyKind {
  readonly start: (rules?: ProxyRules) => Promise<ForwardProxy>;
  /** A host that it can resolve. */
  readonly host: string;
  /** Its status for wrong credentials, and for an unreachable host. */
  readonly unauthorized: number;
  readonly unreachable: number;
}
const kinds: [string, ProxyKind][] = [
  ['squid', { start: (rules) => startSquid([HOST], rules), host: HOST, unauthorized: 407, unreachable: 503 }],
  ['tinyproxy', { start: startTinyproxy, host: NOT_LOOPBACK, unauthorized: 401, unreachable: 500 }],
];

describe.each(kinds)('%s', (_, { start, host, unauthorized, unreachable }) => {
  test('with the right password tunnels the exchange and sees only its destination', async () => {
    const made = await proxiedWorld(host);
    const proxy = await start({ user });
    const step = await made.run({ https_proxy: `http://${user.name}:${user.password}@${proxy.host}` });

    expectSuccess(step);
    expect(step.outputs['access-token']).toBe(made.sprinklr.liveToken(app.apiKey));
    expect(await proxy.requested(1)).toEqual([`CONNECT ${made.destination}`]);
    expectNoSecrets(proxy.logs(), made, made.inputs);
    expectNone(step.log + proxy.logs(), [user.password]);
  });

  test('tunnels both requests of a registration and sees neither code nor API key', async () => {
    const made = await proxiedWorld(host);
    const proxy = await start();
    const inputs = { ...made.register, 'base-url': `https://${made.destination}` };
    const step = await made.run({ https_proxy: `http://${proxy.host}` }, inputs);

    expectSuccess(step);
    expect(made.sprinklr.requests).toHaveLength(2);
    expect(await proxy.requested(2)).toEqual(Array.from({ length: 2 }, () => `CONNECT ${made.destination}`));
    expectNoSecrets(proxy.logs(), made, inputs);
  });

  test('gets a wrong password once, because repeating it could lock the account', async () => {
    const { run, sprinklr, destination } = await proxiedWorld(host);
    const proxy = await start({ user });
    const step = await run({ https_proxy: `http://${user.name}:Wr0ng-passw0rd@${proxy.host}` });

    expectFailure(
      step,
      'NETWORK_UNREACHABLE',
      destination,
      String(unauthorized),
      'https_proxy',
      'percent-encoded',
    );
    expect(await proxy.requested(1)).toEqual([`CONNECT ${destination}`]);
    expect(sprinklr.requests).toEqual([]);
    expectNone(step.log + proxy.logs(), ['Wr0ng-passw0rd', user.password]);
  });

  test('without a password is reported', async () => {
    const { run, sprinklr, destination } = await proxiedWorld(host);
    const proxy = await start({ user });
    const step = await run({ https_proxy: `http://${proxy.host}` });

    expectFailure(step, 'NETWORK_UNREACHABLE', '407', 'https_proxy');
    expect(await proxy.requested(1)).toEqual([`CONNECT ${destination}`]);
    expect(sprinklr.requests).toEqual([]);
  });

  test('that denies the host is not retried', async () => {
    const { run, sprinklr, destination } = await proxiedWorld(host);
    const proxy = await start({ denied: host });
    const step = await run({ https_proxy: `http://${proxy.host}` });

    expectFailure(step, 'NETWORK_UNREACHABLE', '403', 'CONNECT', destination);
    expect(await proxy.requested(1)).toEqual([`CONNECT ${destination}`]);
    expect(sprinklr.requests).toEqual([]);
  });

  test('that cannot reach the host is retried', async () => {
    const { run } = await proxiedWorld(host);
    const proxy = await start();
    const nowhere = `${host}:${await freePort()}`;
    const step = await run(
      { https_proxy: `http://${proxy.host}` },
      { 'base-url': `https://${nowhere}`, 'max-attempts': '2' },
    );

    expectFailure(step, 'NETWORK_UNREACHABLE', nowhere, String(unreachable), /\b2\b/);
    expect(await proxy.requested(2)).toEqual([`CONNECT ${nowhere}`, `CONNECT ${nowhere}`]);
  });
});

test('squid receives the destination and the credentials, and nothing else', async () => {
  const { run, destination } = await proxiedWorld(HOST);
  const proxy = await startSquid([HOST], { user });
  const { name, password } = user;
  expectSuccess(await run({ https_proxy: `http://${name}:${password}@${proxy.host}` }));

  expect(await proxy.requested(1)).toHaveLength(1);
  expect(proxy.rawRequests()).toEqual([
    [
      `CONNECT ${destination} HTTP/1.1`,
      `Host: ${destination}`,
      `Proxy-Authorization: Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
      'Connection: close',
    ],
  ]);
});

test('a percent-encoded name and password with special characters reach squid decoded', async () => {
  const { run, sprinklr } = await proxiedWorld(HOST);
  const special = { name: 'corp\\build er', password: 'p@ss:w0rd/%2F+#?&=é "x"' };
  const proxy = await startSquid([HOST], { user: special });
  const [name, password] = [special.name, special.password].map(encodeURIComponent);
  const step = await run({ https_proxy: `http://${name}:${password}@${proxy.host}` });

  expectSuccess(step);
  expect(sprinklr.requests).toHaveLength(1);
  expectNone(step.log + proxy.logs(), [special.password]);
});

test('a chain of two proxies works', async () => {
  const { run, destination } = await proxiedWorld(HOST);
  const outer = await startSquid([HOST]);
  const inner = await startTinyproxy({ user, upstream: outer.host });
  const step = await run({ https_proxy: `http://${user.name}:${user.password}@${inner.host}` });

  expectSuccess(step);
  expect(await inner.requested(1)).toEqual([`CONNECT ${destination}`]);
  expect(await outer.requested(1)).toEqual([`CONNECT ${destination}`]);
});
