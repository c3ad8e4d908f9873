import { beforeAll, expect, test } from '@jest/globals';
import { HOST, makeAuthority, type Authority, type Issued } from '../action/authority.ts';
import { expectFailure, expectSuccess } from '../action/expectations.ts';
import { runStep, type Inputs, type Outcome } from '../action/harness.ts';
import { expectNone } from '../action/leaks.ts';
import { app, world, type World } from '../action/world.ts';
import { startNginx, type NginxOptions, type ReverseProxy } from './nginx.ts';
import { startSquid, type ForwardProxy } from './forward-proxies.ts';
import { expectNoSecrets } from './secrets.ts';

const user = { name: 'builder', password: 'Pr0xy-passw0rd' };

let authority: Authority;
let server: Issued;
let client: Inputs;
beforeAll(() => {
  authority = makeAuthority();
  server = authority.issue({ names: `DNS:${HOST}` });
  const { cert, key } = authority.issue({ names: 'DNS:ci.example.com' });
  client = { 'mtls-certificate': cert, 'mtls-private-key': key };
});

interface ProxyChain extends World {
  readonly proxy: ForwardProxy;
  readonly nginx: ReverseProxy;
  /** The request that the proxy logs. */
  readonly tunnel: string;
  readonly inputs: Inputs;
  readonly run: (inputs?: Inputs) => Promise<Outcome>;
}

/** A squid that requires a password, and an nginx whose host only squid can resolve. */
async function startChain(options: Partial<NginxOptions> = {}): Promise<ProxyChain> {
  const made = await world();
  const nginx = await startNginx({ to: made.sprinklr.origin, tls: server, ...options });
  const proxy = await startSquid([HOST], { user });
  const inputs = { ...made.token, 'base-url': `https://${HOST}:${nginx.port}` };
  return {
    ...made,
    proxy,
    nginx,
    tunnel: `CONNECT ${HOST}:${nginx.port}`,
    inputs,
    run: (more = {}) =>
      runStep({
        inputs: { ...inputs, ...more },
        env: {
          NODE_EXTRA_CA_CERTS: authority.file,
          RUNNER_DEBUG: '1',
          https_proxy: `http://${user.name}:${user.password}@${proxy.host}`,
        },
      }),
  };
}

/** The logs of both servers. */
function logsOf({ proxy, nginx }: ProxyChain): string {
  return proxy.logs() + nginx.accessLog() + nginx.errorLog();
}

test('a token is requested through a proxy with a password and an nginx with mutual TLS, and no log contains a secret', async () => {
  const made = await startChain({ clientCa: authority.pem });
  const inputs = { ...made.inputs, ...client, 'parameters-in': 'body', verify: 'true' };
  const step = await made.run(inputs);

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(made.sprinklr.liveToken(app.apiKey));
  expect(await made.nginx.served(2)).toEqual(['POST 200', 'GET 200']);
  // Both calls use one connection.
  expect(await made.proxy.requested(1)).toEqual([made.tunnel]);
  expectNoSecrets(logsOf(made), made, inputs);
  expectNone(step.log + logsOf(made), [user.password]);
});

test('nginx receives the server name through the proxy', async () => {
  const { run, nginx } = await startChain({ server: `if ($ssl_server_name != ${HOST}) { return 421; }` });

  expectSuccess(await run());
  expect(await nginx.served(1)).toEqual(['POST 200']);
});

test('a missing client certificate is not reported as a failure of the proxy', async () => {
  const { run, nginx, sprinklr } = await startChain({ clientCa: authority.pem });
  const step = await run();

  expectFailure(step, 'CREDENTIALS_REJECTED', 'No required SSL certificate', 'mtls-certificate');
  expect(await nginx.served(1)).toEqual(['POST 400']);
  expect(sprinklr.requests).toEqual([]);
});

test.each([
  ['has expired', () => authority.issue({ names: `DNS:${HOST}`, days: -1 }), 'CERT_HAS_EXPIRED'],
  ['is for another host', () => authority.issue({ names: 'DNS:proxy.test' }), 'ALTNAME_INVALID'],
])('a certificate of nginx that %s is rejected through the proxy', async (_, issue, reason) => {
  const { run, proxy, tunnel, nginx } = await startChain({ tls: issue() });

  expectFailure(await run(), 'TLS_FAILED', reason);
  expect(await proxy.requested(1)).toEqual([tunnel]);
  expect(await nginx.served(0)).toEqual([]);
});

test('a retry after a response uses the same tunnel', async () => {
  const { run, proxy, nginx, tunnel, sprinklr } = await startChain();
  sprinklr.fault('apptoken', { kind: 'reset' });

  expectSuccess(await run());
  expect(await nginx.served(2)).toEqual(['POST 502', 'POST 200']);
  expect(await proxy.requested(1)).toEqual([tunnel]);
});
