import { beforeAll, describe, expect, test } from '@jest/globals';
import { HOST, makeAuthority, type Authority, type Issued } from '../action/authority.ts';
import { expectFailure, expectSuccess } from '../action/expectations.ts';
import { runStep, type Inputs, type Outcome } from '../action/harness.ts';
import { expectNone } from '../action/leaks.ts';
import { app, world, type World } from '../action/world.ts';
import { freePort } from './server-process.ts';
import { startSquid, startTinyproxy, type ForwardProxy, type ProxyRules } from './forward-proxies.ts';
import { expectClean } from './secrets.ts';

/** This machine, under a name that is not a loopback address, so that calls go through the proxy. */
const HERE = '0.0.0.0';

let authority: Authority;
let server: Issued;
beforeAll(() => {
  authority = makeAuthority();
  server = authority.issue({ names: `DNS:${HOST},IP:${HERE}` });
});

interface Behind extends World {
  /** `HOST:PORT` */
  readonly destination: string;
  readonly inputs: Inputs;
  readonly run: (env: Record<string, string>, inputs?: Inputs) => Promise<Outcome>;
}

/** A Sprinklr that answers under a name, and steps that trust it. */
async function behind(host: string): Promise<Behind> {
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

interface Kind {
  readonly start: (rules?: ProxyRules) => Promise<ForwardProxy>;
  /** A name or address that it can resolve. */
  readonly host: string;
  /** Its status for wrong credentials, and for a target that it cannot reach. */
  readonly strangers: number;
  readonly unreachable: number;
}
const kinds: [string, Kind][] = [
  ['squid', { start: (rules) => startSquid([HOST], rules), host: HOST, strangers: 407, unreachable: 503 }],
  ['tinyproxy', { start: startTinyproxy, host: HERE, strangers: 401, unreachable: 500 }],
];

describe.each(kinds)('%s', (_, { start, host, strangers, unreachable }) => {
  test.each(['https_proxy', 'HTTPS_PROXY'])(
    'leads the exchange to Sprinklr, and sees only where it goes, with %s',
    async (variable) => {
      const made = await behind(host);
      const proxy = await start();
      const step = await made.run({ [variable]: `http://${proxy.host}` });

      expectSuccess(step);
      expect(step.outputs['access-token']).toBe(made.sprinklr.liveToken(app.apiKey));
      expect(await proxy.asked(1)).toEqual([`CONNECT ${made.destination}`]);
      expectClean(proxy.logs(), made, made.inputs);
    },
  );

  test('leads both calls of a registration through, and sees neither code nor API key', async () => {
    const made = await behind(host);
    const proxy = await start();
    const inputs = { ...made.register, 'base-url': `https://${made.destination}` };
    const step = await made.run({ https_proxy: `http://${proxy.host}` }, inputs);

    expectSuccess(step);
    expect(made.sprinklr.requests).toHaveLength(2);
    expect(await proxy.asked(2)).toEqual(Array.from({ length: 2 }, () => `CONNECT ${made.destination}`));
    expectClean(proxy.logs(), made, inputs);
  });

  test('lets the user in whose password is right', async () => {
    const { run, destination } = await behind(host);
    const proxy = await start({ user });
    const step = await run({ https_proxy: `http://${user.name}:${user.password}@${proxy.host}` });

    expectSuccess(step);
    expect(await proxy.asked(1)).toEqual([`CONNECT ${destination}`]);
    expectNone(step.log + proxy.logs(), [user.password]);
  });

  test('is asked once with a wrong password: more might lock the account', async () => {
    const { run, sprinklr, destination } = await behind(host);
    const proxy = await start({ user });
    const step = await run({ https_proxy: `http://${user.name}:Wr0ng-passw0rd@${proxy.host}` });

    expectFailure(
      step,
      'NETWORK_UNREACHABLE',
      `No connection to ${destination} through the proxy (the proxy answered ${strangers}).`,
      'Check user and password in https_proxy',
      'percent-encoded',
    );
    expect(await proxy.asked(1)).toEqual([`CONNECT ${destination}`]);
    expect(sprinklr.requests).toEqual([]);
    expectNone(step.log + proxy.logs(), ['Wr0ng-passw0rd', user.password]);
  });

  test('says what is missing where there is no password', async () => {
    const { run, sprinklr, destination } = await behind(host);
    const proxy = await start({ user });
    const step = await run({ https_proxy: `http://${proxy.host}` });

    expectFailure(
      step,
      'NETWORK_UNREACHABLE',
      'the proxy answered 407',
      'Check user and password in https_proxy',
    );
    expect(await proxy.asked(1)).toEqual([`CONNECT ${destination}`]);
    expect(sprinklr.requests).toEqual([]);
  });

  test('is taken at its word where it refuses the host', async () => {
    const { run, sprinklr, destination } = await behind(host);
    const proxy = await start({ refused: host });
    const step = await run({ https_proxy: `http://${proxy.host}` });

    expectFailure(step, 'NETWORK_UNREACHABLE', 'the proxy answered 403', `allow CONNECT to ${destination}.`);
    expect(await proxy.asked(1)).toEqual([`CONNECT ${destination}`]);
    expect(sprinklr.requests).toEqual([]);
  });

  test('is called again if it cannot reach the target', async () => {
    const { run } = await behind(host);
    const proxy = await start();
    const nowhere = `${host}:${await freePort()}`;
    const step = await run(
      { https_proxy: `http://${proxy.host}` },
      { 'base-url': `https://${nowhere}`, 'max-attempts': '2' },
    );

    expectFailure(
      step,
      'NETWORK_UNREACHABLE',
      `No connection to ${nowhere} through the proxy (the proxy answered ${unreachable}). It was tried 2 times.`,
      'Check that the proxy reaches that host',
    );
    expect(await proxy.asked(2)).toEqual([`CONNECT ${nowhere}`, `CONNECT ${nowhere}`]);
  });

  test('is named as what cannot be reached once it is down', async () => {
    const { run, sprinklr } = await behind(host);
    const proxy = await start();
    await proxy.stop();
    const step = await run({ https_proxy: `http://${proxy.host}` }, { 'max-attempts': '2' });

    expectFailure(
      step,
      'NETWORK_UNREACHABLE',
      'through the proxy (the proxy cannot be reached). It was tried 2 times.',
      'https_proxy',
    );
    expect(sprinklr.requests).toEqual([]);
  });
});

test('squid hears where to and who asks, and nothing else that its log might leave out', async () => {
  const { run, destination } = await behind(HOST);
  const proxy = await startSquid([HOST], { user });
  const { name, password } = user;
  expectSuccess(await run({ https_proxy: `http://${name}:${password}@${proxy.host}` }));

  expect(await proxy.asked(1)).toHaveLength(1);
  expect(proxy.heard()).toEqual([
    [
      `CONNECT ${destination} HTTP/1.1`,
      `host: ${destination}`,
      `Proxy-Authorization: Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
      'Connection: close',
    ],
  ]);
});

test('a name and password full of special characters come to squid as they are meant, percent-encoded in the variable', async () => {
  const { run, sprinklr } = await behind(HOST);
  const special = { name: 'corp\\build er', password: 'p@ss:w0rd/%2F+#?&=é "x"' };
  const proxy = await startSquid([HOST], { user: special });
  const [name, password] = [special.name, special.password].map(encodeURIComponent);
  const step = await run({ https_proxy: `http://${name}:${password}@${proxy.host}` });

  expectSuccess(step);
  expect(sprinklr.requests).toHaveLength(1);
  expectNone(step.log + proxy.logs(), [special.password]);
});

test('two proxies in a row lead to Sprinklr', async () => {
  const { run, destination } = await behind(HOST);
  const outer = await startSquid([HOST]);
  const inner = await startTinyproxy({ user, parent: outer.host });
  const step = await run({ https_proxy: `http://${user.name}:${user.password}@${inner.host}` });

  expectSuccess(step);
  expect(await inner.asked(1)).toEqual([`CONNECT ${destination}`]);
  expect(await outer.asked(1)).toEqual([`CONNECT ${destination}`]);
});

test.each(['no_proxy', 'NO_PROXY'])(
  '%s leads past the proxy that would be asked otherwise',
  async (variable) => {
    const { run, destination, sprinklr } = await behind(HERE);
    const proxy = await startTinyproxy();
    const env = { https_proxy: `http://${proxy.host}` };
    const past = await run({ ...env, [variable]: `example.com,${HERE}` });
    const through = await run({ ...env, [variable]: `example.com,${HOST}` });

    expectSuccess(past);
    expectSuccess(through);
    expect(sprinklr.requests).toHaveLength(2);
    expect(await proxy.asked(1)).toEqual([`CONNECT ${destination}`]);
  },
);

test('a base-url on this machine is not sent through a proxy that lets all through', async () => {
  const { token } = await world();
  const proxy = await startTinyproxy();
  const address = `http://${proxy.host}`;
  const step = await runStep({
    inputs: token,
    env: { http_proxy: address, HTTP_PROXY: address, https_proxy: address },
  });

  expectSuccess(step);
  expect(await proxy.asked(0)).toEqual([]);
});
