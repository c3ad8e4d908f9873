import { expect, test } from '@jest/globals';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { makeAuthority } from '../action/authority.ts';
import { startProxy } from '../action/proxy.ts';
import { app, diagnose, material, sound } from './doctor-world.ts';

test('a request that hangs behind a proxy is ended with its time, and so is the command', async () => {
  const authority = makeAuthority();
  const sprinklr = await startSimulator({
    apps: [app],
    tls: authority.issue({ names: 'DNS:sprinklr.test' }),
  });
  const appId = sprinklr.register(material.certificate, app.apiKey);
  sprinklr.fault('apptoken', { kind: 'hang' });
  const proxy = await startProxy({ to: sprinklr.origin });
  const env = { https_proxy: `http://${proxy.host}`, NODE_EXTRA_CA_CERTS: authority.file };
  const begun = performance.now();
  const { check } = await diagnose({
    values: { ...sound, 'app-id': appId, 'base-url': 'https://sprinklr.test', 'timeout-seconds': '5' },
    env,
    args: ['--live', '--yes'],
  });
  const lasted = performance.now() - begun;
  await sprinklr.close();

  expect(check('exchange')).toMatchObject({ status: 'wrong', code: 'TIMED_OUT' });
  expect(lasted).toBeLessThan(8000);
});
