import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { compileSource } from './compiled.ts';
import { makeCertificate, startHttpsServer, startProxy } from './servers.ts';

/** Node itself reads the variable, so the call is made in a separate process. */
const script = join(compileSource(), 'call.js');
writeFileSync(
  script,
  `import { createSecrets } from './redaction.js';
   import { createHttpSession } from './sprinklr/http.js';

   const log = { debug() {}, info() {}, notice() {}, warning() {} };
   const secrets = createSecrets(() => {});
   const context = { log, secrets, now: () => new Date(), random: () => 0, randomUUID: () => '' };
   const request = { method: 'GET', url: new URL(process.argv[2]), headers: {}, body: '' };
   const http = createHttpSession({ timeoutSeconds: 20, maxAttempts: 1 }, context);
   http.send(() => request, 'never').then(({ status }) => console.log(status), ({ message }) => console.log(message));`,
);

async function callWithout(url: string, env: Record<string, string> = {}): Promise<string> {
  const options = { env: { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' } };
  return (await promisify(execFile)(process.execPath, [script, url], options)).stdout;
}

test('NODE_TLS_REJECT_UNAUTHORIZED=0 does not turn off the verification of the target or the proxy', async () => {
  const certificate = makeCertificate();
  const { port } = await startHttpsServer(certificate, (_, response) => response.end());
  const proxy = await startProxy(port, { certificate });

  expect(await callWithout(`https://127.0.0.1:${port}`)).toContain('TLS connection to 127.0.0.1');
  const env = { https_proxy: `https://127.0.0.1:${proxy.port}` };
  expect(await callWithout('https://sprinklr.test', env)).toContain('TLS error at the proxy itself');
  expect(proxy.tunnels).toEqual([]);
});
