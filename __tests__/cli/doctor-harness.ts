import { join } from 'node:path';
import { INPUT_NAMES, definitionOf } from '../../src/request/schema.ts';
import { expectNone } from '../action/leaks.ts';
import { sharedMaterial, type Material } from '../material.ts';
import { run, type Call, type Result } from './harness.ts';

/** One key pair for all tests of a file. */
export const material: Material = sharedMaterial();

export const app = {
  apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
  apiSecret: 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};

/** An App ID as Sprinklr spells it (docs/development/sprinklr-api.md). */
export function appIdOf(registeredAt: Date, partner = 80000): string {
  return Buffer.from(`{"pId":${partner}, "tId":${registeredAt.valueOf()}}`).toString('base64');
}

/** By the name of the input, or with `-file` at its end. */
export type Inputs = Readonly<Record<string, string>>;

export const validInputs: Inputs = {
  'private-key': material.secret,
  'certificate-file': join(material.folder, 'server.crt'),
  'app-id': appIdOf(new Date()),
  username: 'ci-bot@example.com',
  'api-key': app.apiKey,
  'api-secret': app.apiSecret,
  'redirect-uri': app.redirectUri,
  environment: app.environment,
};

export function without(inputs: Inputs, ...omitted: string[]): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !omitted.includes(name)));
}

export const SECRET_INPUTS = INPUT_NAMES.filter((name) => definitionOf(name).secret === true);
const isSecret = (name: string): boolean => SECRET_INPUTS.some((secret) => secret === name);

interface Check {
  readonly name: string;
  readonly status: string;
  readonly found: string;
  readonly remedy?: string;
  readonly code?: string;
}

export interface Diagnosis extends Result {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** The one check with that name. */
  readonly check: (name: string) => Check;
}

export interface DoctorCall extends Omit<Call, 'args'> {
  readonly inputs: Inputs;
  readonly args?: readonly string[];
}

/** Passes public values as flags, and secret ones as variables. */
export function doctorCall({ inputs, args = [], env = {}, ...call }: DoctorCall): Call {
  const entries = Object.entries(inputs);
  const flags = entries.filter(([name]) => !isSecret(name)).map(([name, value]) => `--${name}=${value}`);
  const variables = entries
    .filter(([name]) => isSecret(name))
    .map(([name, value]) => [`SPRINKLR_${name.toUpperCase().replaceAll('-', '_')}`, value] as const);
  return {
    ...call,
    args: ['doctor', ...flags, ...args],
    env: { ...Object.fromEntries(variables), ...env },
  };
}

/** Runs `doctor --json`, and searches its output for secrets. */
export async function diagnose(call: DoctorCall): Promise<Diagnosis> {
  const { args, ...rest } = doctorCall(call);
  const result = await run({ ...rest, args: [...args, '--json'] });
  expectNone(result.stdout + result.stderr, secretsOf(call));
  const { ok, checks } = JSON.parse(result.stdout) as { ok: boolean; checks: Check[] };
  return {
    ...result,
    ok,
    checks,
    check: (name) => {
      const found = checks.filter((check) => check.name === name);
      if (found.length !== 1 || found[0] === undefined)
        throw new Error(`${found.length} checks are named ${name}:\n${result.stdout}`);
      return found[0];
    },
  };
}

function secretsOf({ inputs, env = {}, input = '' }: DoctorCall): string[] {
  const given = [...SECRET_INPUTS.map((name) => inputs[name] ?? ''), input.toString('base64')];
  const { https_proxy: proxy = '' } = env;
  return [material.key, material.secret, ...given, /:([^:@/]+)@/.exec(proxy)?.[1] ?? ''];
}
