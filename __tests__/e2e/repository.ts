/** A repository that is set up as in docs/setup.md, and what a run in it did. */
import { randomBytes } from 'node:crypto';
import { beforeAll, expect } from '@jest/globals';
import { documentedWorkflows } from '../../scripts/documented-workflows.js';
import { makeAuthority, type Authority, type Issued } from '../action/authority.ts';
import { expectNone } from '../action/leaks.ts';
import { startProxy } from '../action/proxy.ts';
import { app, material, world, type World } from '../action/world.ts';
import type { Run, RunResult } from './act.ts';

export const workflows = new Map(documentedWorkflows().map(({ name, text }) => [name, text]));

export function find(name: string): string {
  const text = workflows.get(name);
  if (text === undefined) throw new Error(`There is no ${name}.`);
  return text;
}

let authority: Authority;
let server: Issued;
beforeAll(() => {
  authority = makeAuthority();
  server = authority.issue({ names: 'DNS:api2.sprinklr.com' });
});

export interface Setup extends World {
  readonly run: Omit<Run, 'workflow'>;
  /** The values of the repository's secrets. */
  readonly secrets: readonly string[];
}

export const redirectUri = 'https://www.example.com/callback';
export const otherApp = { ...app, apiKey: 'another-api-key-3n5x9w2q', redirectUri };

/** A repository set up as in docs/setup.md. A proxy leads all its HTTPS requests to the simulator. */
export async function setUp(): Promise<Setup> {
  const made = await world({ apps: [{ ...app, redirectUri }, otherApp], tls: server });
  const proxy = await startProxy({ to: made.sprinklr.origin });
  const { certificate, secret } = material();
  const secrets = {
    SPRINKLR_PRIVATE_KEY: secret,
    SPRINKLR_API_KEY: app.apiKey,
    SPRINKLR_API_SECRET: app.apiSecret,
    SPRINKLR_SEAL_KEY: randomBytes(32).toString('base64'),
  };
  const run = {
    env: {
      https_proxy: `http://${proxy.host}`,
      NODE_EXTRA_CA_CERTS: authority.file,
      CURL_CA_BUNDLE: authority.file,
    },
    secrets,
    vars: {
      SPRINKLR_APP_ID: made.appId,
      SPRINKLR_CERTIFICATE: certificate,
      SPRINKLR_USERNAME: 'ci-bot@example.com',
      SPRINKLR_REDIRECT_URI: redirectUri,
      SPRINKLR_ENVIRONMENT: app.environment,
    },
  };
  return { ...made, run, secrets: Object.values(secrets) };
}

export const callsTo = ({ sprinklr }: World): string[] =>
  sprinklr.requests.map(({ endpoint, status }) => `${endpoint ?? ''} ${status ?? ''}`);

/** The repository's secrets, the live token, and from each request the signature of its JWT and its token. */
export const secretsOf = ({ sprinklr, secrets }: Setup): string[] => [
  ...secrets,
  sprinklr.liveToken(app.apiKey) ?? '',
  ...sprinklr.requests.flatMap(({ query, headers }) => [
    ...query.getAll('refresh_token').map((jwt) => jwt.split('.')[2] ?? ''),
    ...(headers.authorization?.split(' ').slice(1) ?? []),
  ]),
];

/** The outputs that steps set, as act shows them: masked. */
export const outputsIn = ({ log }: RunResult): [name: string, value: string][] =>
  [...log.matchAll(/::set-output:: ([\w-]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
export const outputValues = (result: RunResult, wanted: string): string[] =>
  outputsIn(result).flatMap(([name, value]) => (name === wanted ? [value] : []));

export function expectSuccess(result: RunResult, secrets: readonly string[]): void {
  expect(result.exitCode === 0 ? '' : result.log).toBe('');
  expect(result.log).toContain('Job succeeded');
  expect(result.log).not.toMatch(/Job failed|❗|❌/u);
  expectNone(result.log, secrets);
}
