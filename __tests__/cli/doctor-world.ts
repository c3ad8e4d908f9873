import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_INPUTS } from '../../src/action/input-reader.ts';
import { sharedMaterial, type Material } from '../material.ts';
import { deskVariant, type Called } from './desk.ts';

/** One key pair for all tests of a file. */
export const material: Material = sharedMaterial();

export const app = {
  apiKey: 'k7apikey3n5x9w2q8r4t6y1zu',
  apiSecret: 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=',
  redirectUri: 'https://www.example.com/callback',
  environment: 'prod2',
};

/** An App ID in the spelling of contract.md §1. */
export function appIdOf(registeredAt: Date, partner = 80000): string {
  return Buffer.from(`{"pId":${partner}, "tId":${registeredAt.valueOf()}}`).toString('base64');
}

/** By the names of the action's inputs, or of the flag where a file gives the value. */
export type Values = Readonly<Record<string, string>>;

/** Values with which nothing is wrong. */
export const sound: Values = {
  'private-key': material.secret,
  certificate: join(material.folder, 'server.crt'),
  'app-id': appIdOf(new Date()),
  username: 'ci-bot@example.com',
  'api-key': app.apiKey,
  'api-secret': app.apiSecret,
  'redirect-uri': app.redirectUri,
  environment: app.environment,
};

export function without(values: Values, taken: string): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== taken));
}

interface Check {
  readonly name: string;
  readonly status: string;
  readonly found: string;
  readonly remedy?: string;
  readonly code?: string;
}

export interface Diagnosis extends Called {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  /** The one check of that name. */
  readonly check: (name: string) => Check;
}

export interface Patient {
  readonly values: Values;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** How a person would give the values: public ones as flags, secret ones as variables. */
export function asCall({ values, args = [], env = {} }: Patient): {
  args: string[];
  env: Record<string, string>;
} {
  const isSecret = (name: string): boolean => SECRET_INPUTS.some((secret) => secret === name);
  const entries = Object.entries(values);
  const flags = entries.filter(([name]) => !isSecret(name)).map(([name, value]) => `--${name}=${value}`);
  const variables = entries
    .filter(([name]) => isSecret(name))
    .map(([name, value]) => [`SPRINKLR_${name.toUpperCase().replaceAll('-', '_')}`, value] as const);
  return { args: ['doctor', ...flags, ...args], env: { ...Object.fromEntries(variables), ...env } };
}

/** Runs `doctor --json`, and looks for the secrets in all that it printed. */
export async function diagnose(patient: Patient): Promise<Diagnosis> {
  const { args, env } = asCall(patient);
  const called = await deskVariant({ args: [...args, '--json'], env, input: patient.input ?? '' });
  expectNoSecrets(called.stdout + called.stderr, secretsOf(patient));
  const { ok, checks } = JSON.parse(called.stdout) as { ok: boolean; checks: Check[] };
  return {
    ...called,
    ok,
    checks,
    check: (name) => {
      const found = checks.filter((check) => check.name === name);
      if (found.length !== 1 || found[0] === undefined)
        throw new Error(`${found.length} checks are named ${name}:\n${called.stdout}`);
      return found[0];
    },
  };
}

function secretsOf({ values, env = {}, input = '' }: Patient): string[] {
  const given = [...SECRET_INPUTS.map((name) => values[name] ?? ''), input];
  const { https_proxy: proxy = '' } = env;
  return [material.key, material.secret, ...given, /:([^:@/]+)@/.exec(proxy)?.[1] ?? ''];
}

/** How many characters of a secret in a row make a text a leak. */
const TRACE = 12;

/** Fails where a part of a secret stands in a text, in any form that somebody could print it in. */
export function expectNoSecrets(text: string, secrets: readonly string[]): void {
  const seen = new Set(pieces(text));
  for (const secret of secrets) {
    const content = secret.replace(/-----[^-]+-----/g, '').trim();
    const bytes = Buffer.from(content);
    const forms = [
      content,
      encodeURIComponent(content),
      JSON.stringify(content).slice(1, -1),
      bytes.toString('base64'),
      bytes.toString('hex'),
    ];
    if (forms.flatMap(pieces).some((piece) => seen.has(piece)))
      throw new Error(`a secret was printed:\n${text}`);
  }
}

function pieces(text: string): string[] {
  const count = Math.max(0, text.length - TRACE + 1);
  return Array.from({ length: count }, (_, start) => text.slice(start, start + TRACE).toLowerCase());
}

/** Options for Node that stop its clock at an instant. */
export function clockAt(instant: Date): string {
  const path = join(material.folder, `clock-${instant.valueOf()}.cjs`);
  writeFileSync(
    path,
    `const now = ${instant.valueOf()};
globalThis.Date = class extends Date {
  constructor(...args) { if (args.length > 0) super(...args); else super(now); }
  static now() { return now; }
};`,
  );
  return `--require=${path}`;
}
