import { expect, test } from '@jest/globals';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { fakeGh } from '../cli/fake-programs.ts';
import { freePort, start } from '../cli/harness.ts';
import { openTab } from './chromium.ts';

test.each([
  ['Allow', 'Code received', 0],
  ['Deny', 'No code received', 1],
])('a browser that is redirected to localhost after %s shows: %s', async (button, heading, exitCode) => {
  const redirectUri = `http://localhost:${await freePort()}/callback`;
  const app = { apiKey: 'key', apiSecret: 'secret', redirectUri, environment: '' };
  const sprinklr = await startSimulator({ apps: [app] });
  try {
    const program = start({
      args: ['register', '--dispatch', '--redirect-uri', redirectUri, '--base-url', sprinklr.origin],
      env: { SPRINKLR_API_KEY: 'key', PATH: fakeGh().path },
    });
    const [address] = await program.prints(/^http\S+\/oauth\/authorize\?\S+$/m);
    await program.prints(/Waiting for the browser/);

    const page = await openTab();
    await page.goto(address);
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('heading', { name: heading }).waitFor();
    expect((await program.exit).exitCode).toBe(exitCode);
  } finally {
    await sprinklr.close();
  }
});
