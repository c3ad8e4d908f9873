import { afterEach } from '@jest/globals';
import {
  startSimulator,
  type Fault,
  type RecordedRequest,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/simulator.ts';
import { sharedMaterial, type Material } from '../material.ts';
import type { Inputs } from './harness.ts';

export const app = {
  apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
  apiSecret: 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=',
  redirectUri: 'https://www.example.com/callback?from=sprinklr',
  environment: 'prod2',
};
export const username = 'ci-bot@example.com';

let shared: Material | undefined;
/** One key pair for all tests of a file. */
export function material(): Material {
  return (shared ??= sharedMaterial());
}

export interface World {
  readonly sprinklr: Simulator;
  readonly appId: string;
  /** The inputs of a successful `token` step. */
  readonly token: Inputs;
  /** The inputs of a successful `register` step with an authorization code. */
  readonly register: Inputs;
}

const running: Simulator[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A simulated Sprinklr with one app and one registered certificate; closed after the test. */
export async function world(options: SimulatorOptions = {}): Promise<World> {
  const sprinklr = await startSimulator({ apps: [app], ...options });
  running.push(sprinklr);
  const { certificate, secret } = material();
  const appId = sprinklr.register(certificate, app.apiKey);
  const connection = {
    'api-key': app.apiKey,
    'api-secret': app.apiSecret,
    'redirect-uri': app.redirectUri,
    environment: app.environment,
    gateway: options.gateway ?? 'api2',
    'base-url': sprinklr.origin,
  };
  return {
    sprinklr,
    appId,
    token: { ...connection, 'private-key': secret, 'app-id': appId, username },
    register: {
      ...connection,
      mode: 'register',
      certificate,
      'authorization-code': sprinklr.issueCode(app.apiKey),
    },
  };
}

/** The inputs of a successful `register` step with an access token instead of a code. */
export function withAccessToken({ register, sprinklr }: World): Inputs {
  const unused = { 'authorization-code': '', 'api-secret': '', 'redirect-uri': '' };
  return { ...register, ...unused, 'access-token': sprinklr.issueAccessToken(app.apiKey) };
}

/** The claims of the assertion in a token exchange. */
export function claimsIn({
  query,
}: RecordedRequest): Readonly<Record<'iat' | 'exp' | 'aud' | 'jti', unknown>> {
  const payload = query.get('refresh_token')?.split('.')[1] ?? '';
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as ReturnType<typeof claimsIn>;
}

/** A response with `Retry-After: 0`, so that retries are immediate, and to show that this header alone causes none. */
export function status(code: number, body?: string, headers: Readonly<Record<string, string>> = {}): Fault {
  return {
    kind: 'status',
    status: code,
    headers: { 'Retry-After': '0', ...headers },
    ...(body !== undefined && { body }),
  };
}
