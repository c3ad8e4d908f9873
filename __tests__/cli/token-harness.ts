/** A simulated Sprinklr, and the variables with which the command line gets a token from it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';
import { app, material } from './doctor-harness.ts';
import { folderWith } from './folders.ts';

export { app, material };

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

export interface Setup {
  readonly sprinklr: Simulator;
  readonly env: Readonly<Record<string, string>>;
  /** The endpoints that were called. */
  readonly asked: () => string[];
  /** The current token of the API key. */
  readonly token: () => string;
  /** What must not be printed. */
  readonly secrets: () => string[];
}

/** The private key is in a file, and the other values are in variables. */
export async function setUp(options: SimulatorOptions = {}): Promise<Setup> {
  const sprinklr = await startSimulator({ apps: [app], ...options });
  running.push(sprinklr);
  const token = (): string => sprinklr.liveToken(app.apiKey) ?? '';
  return {
    sprinklr,
    env: {
      SPRINKLR_PRIVATE_KEY_FILE: join(material.folder, 'server.der'),
      SPRINKLR_APP_ID: sprinklr.register(material.certificate, app.apiKey),
      SPRINKLR_USERNAME: 'ci-bot@example.com',
      SPRINKLR_API_KEY: app.apiKey,
      SPRINKLR_API_SECRET: app.apiSecret,
      SPRINKLR_REDIRECT_URI: app.redirectUri,
      SPRINKLR_ENVIRONMENT: app.environment,
      SPRINKLR_BASE_URL: sprinklr.origin,
    },
    asked: () => sprinklr.requests.map(({ endpoint }) => endpoint ?? ''),
    token,
    secrets: () => [token(), material.secret, app.apiSecret, app.apiKey],
  };
}

/** A new program. */
export function script(lines: string, { mode = 0o700, name = 'program' } = {}): string {
  const path = join(folderWith(), name);
  writeFileSync(path, lines, { mode });
  return path;
}
