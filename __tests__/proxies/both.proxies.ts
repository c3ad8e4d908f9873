import { beforeAll, expect, test } from '@jest/globals';
import { HOST, makeAuthority, type Authority, type Issued } from '../action/authority.ts';
import { expectFailure, expectSuccess } from '../action/expectations.ts';
import { runStep, type Inputs, type Outcome } from '../action/harness.ts';
import { expectNone } from '../action/leaks.ts';
import { app, world, type World } from '../action/world.ts';
import { startNginx, type Front, type FrontOptions } from './nginx.ts';
import { startSquid, type ForwardProxy } from './forward-proxies.ts';
import { expectClean } from './secrets.ts';

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

interface Company extends World {
  readonly proxy: ForwardProxy;
  readonly front: Front;
  /** What the proxy is asked for. */
  readonly tunnel: string;
  readonly inputs: Inputs;
  readonly run: (inputs?: Inputs) => Promise<Outcome>;
}

/** The way out of a company: a squid that wants a password, then an nginx under a name that squid alone knows. */
async function company(options: Partial<FrontOptions> = {}): Promise<Company> {
  const made = await world();
  const front = await startNginx({ to: made.sprinklr.origin, tls: server, ...options });
  const proxy = await startSquid([HOST], { user });
  const inputs = { ...made.token, 'base-url': `https://${HOST}:${front.port}` };
  return {
    ...made,
    proxy,
    front,
    tunnel: `CONNECT ${HOST}:${front.port}`,
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

/** What both boxes hold of a step once it is over. */
function logsOf({ proxy, front }: Company): string {
  return proxy.logs() + front.accessLog() + front.errorLog();
}

test('through a proxy and a front that both want to know who asks there is a token, and nothing secret in a log', async () => {
  const made = await company({ clients: authority.pem });
  const inputs = { ...made.inputs, ...client, 'parameters-in': 'body', verify: 'true' };
  const step = await made.run(inputs);

  expectSuccess(step);
  expect(step.outputs['access-token']).toBe(made.sprinklr.liveToken(app.apiKey));
  expect(await made.proxy.asked(2)).toEqual([made.tunnel, made.tunnel]);
  expect(await made.front.answered(2)).toEqual(['POST 200', 'GET 200']);
  expectClean(logsOf(made), made, inputs);
  expectNone(step.log + logsOf(made), [user.password]);
});

test('the front hears the name that it is asked for, though a proxy is in between', async () => {
  const { run, front } = await company({ server: `if ($ssl_server_name != ${HOST}) { return 421; }` });

  expectSuccess(await run());
  expect(await front.answered(1)).toEqual(['POST 200']);
});

test('of parameters in the query the front knows all, the proxy nothing', async () => {
  const made = await company();
  expectSuccess(await made.run());

  expect(await made.proxy.asked(1)).toEqual([made.tunnel]);
  expect(await made.front.answered(1)).toEqual(['POST 200']);
  expect(made.front.accessLog()).toContain('client_secret=');
  expectClean(made.proxy.logs(), made, made.inputs);
});

test('neither box has anything secret of a registration', async () => {
  const made = await company({ clients: authority.pem });
  const inputs = { ...made.inputs, ...made.register, ...client, 'base-url': made.inputs['base-url'] ?? '' };
  expectSuccess(await made.run(inputs));

  expect(await made.proxy.asked(2)).toEqual([made.tunnel, made.tunnel]);
  expect(await made.front.answered(2)).toEqual(['POST 200', 'POST 200']);
  expectClean(logsOf(made), made, inputs);
});

test('a client certificate that is missing at the front is not taken for a trouble of the proxy', async () => {
  const { run, front, sprinklr } = await company({ clients: authority.pem });
  const step = await run();

  expectFailure(step, 'CREDENTIALS_REJECTED', 'No required SSL certificate', 'Check mtls-certificate');
  expect(await front.answered(1)).toEqual(['POST 400']);
  expect(sprinklr.requests).toEqual([]);
});

test.each([
  ['has expired', () => authority.issue({ names: `DNS:${HOST}`, days: -1 }), 'CERT_HAS_EXPIRED'],
  ['is for another host', () => authority.issue({ names: 'DNS:proxy.test' }), 'ALTNAME_INVALID'],
])('a certificate of the front that %s is refused behind a proxy, too', async (_, issue, reason) => {
  const { run, proxy, tunnel, front } = await company({ tls: issue() });

  expectFailure(await run(), 'TLS_FAILED', reason);
  expect(await proxy.asked(1)).toEqual([tunnel]);
  expect(await front.answered(0)).toEqual([]);
});

test('a front that finds Sprinklr down for a moment is asked again through a tunnel of its own', async () => {
  const { run, proxy, front, tunnel, sprinklr } = await company();
  sprinklr.fault('apptoken', { kind: 'reset' });

  expectSuccess(await run());
  expect(await proxy.asked(2)).toEqual([tunnel, tunnel]);
  expect(await front.answered(2)).toEqual(['POST 502', 'POST 200']);
});
