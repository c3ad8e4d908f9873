/** A simulated Sprinklr, a fake gh, and a fake browser for `setup`, and what every run of it is checked for. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { expectNone } from '../action/leaks.ts';
import { start } from '../simulator/client.ts';
import { fakeBrowser, fakeGh, type FakeBrowser, type FakeGh } from './fake-programs.ts';
import { folderWith } from './folders.ts';
import { freePort, run, terminal, type Call, type Result, type Terminal } from './harness.ts';

export const REPOSITORY = 'octo-org/octo-repo';
export const USERNAME = 'ci-bot@example.com';
const API_KEY = 'k7apikey3n5x9w2q8r4t6y1zu';
const API_SECRET = 'S3cr3t/+Hf8Q2mZp7LxT4vRb9NcW=';

export const SECRETS = ['PRIVATE_KEY', 'API_KEY', 'API_SECRET', 'SEAL_KEY'].map((name) => `SPRINKLR_${name}`);
export const VARIABLES = [
  ...['CERTIFICATE', 'USERNAME', 'REDIRECT_URI', 'ENVIRONMENT', 'BASE_URL', 'APP_ID'],
].map((name) => `SPRINKLR_${name}`);

export interface World {
  readonly sprinklr: Simulator;
  readonly app: { readonly apiKey: string; readonly apiSecret: string; readonly redirectUri: string };
  readonly gh: FakeGh;
  readonly browser: FakeBrowser;
  readonly home: string;
  readonly cwd: string;
  /** The flags for everything that is not secret. */
  readonly flags: readonly string[];
}

interface WorldOptions {
  readonly gh?: Parameters<typeof fakeGh>[0];
  readonly decision?: 'allow' | 'deny';
}

export async function startWorld({
  gh: options = {},
  decision = 'allow',
}: WorldOptions = {}): Promise<World> {
  const redirectUri = `http://127.0.0.1:${await freePort()}/callback`;
  const app = { apiKey: API_KEY, apiSecret: API_SECRET, redirectUri, environment: 'prod2' };
  const sprinklr = await start({ apps: [app] });
  const gh = fakeGh(options);
  return {
    sprinklr,
    app,
    gh,
    browser: fakeBrowser({ decision, path: gh.path }),
    home: folderWith(),
    cwd: folderWith(),
    flags: [
      ...['--redirect-uri', redirectUri, '--environment', 'prod2', '--base-url', sprinklr.origin],
      ...['--username', USERNAME],
    ],
  };
}

/** The same world after the failure was fixed. */
export function withGh(world: World, options: Parameters<typeof fakeGh>[0] = {}): World {
  const gh = fakeGh(options);
  return { ...world, gh, browser: fakeBrowser({ path: gh.path }) };
}

export function setupCall(world: World, flags: readonly string[], env: Call['env'] = {}): Call {
  const { home, cwd, browser } = world;
  const ours = { HOME: home, PATH: browser.path, DISPLAY: ':0' };
  return { args: ['setup', ...flags], cwd, env: { ...ours, ...env } };
}

export interface Outcome extends Result {
  readonly json: Readonly<Record<string, unknown>>;
}

export const secretVariables = { SPRINKLR_API_KEY: API_KEY, SPRINKLR_API_SECRET: API_SECRET };

/** Runs it with `--yes` and `--json`, without a terminal, and searches everything for secrets. */
export async function scripted(world: World, flags: readonly string[]): Promise<Outcome> {
  const call = setupCall(world, [...world.flags, '--yes', '--json', ...flags], secretVariables);
  const result = await run(call);
  const json = JSON.parse(result.stdout) as Outcome['json'];
  expectNoLeak(world, result.stdout + result.stderr, { folder: json['folder'], files: json['files'] });
  return { ...result, json };
}

/** Continues after a failure. */
export function resume(
  world: World,
  { json }: Pick<Outcome, 'json'>,
  flags: readonly string[] = [],
): Promise<Outcome> {
  return scripted(world, ['--resume', String(json['folder']), ...flags]);
}

/** Runs it in a terminal. */
export function guided(world: World, flags: readonly string[], env: Call['env'] = {}): Terminal {
  return terminal(setupCall(world, flags, env));
}

/** In a terminal, with everything given except for the answers to yes-or-no questions. */
export function guidedWithValues(world: World, flags: readonly string[] = []): Terminal {
  return guided(world, [...world.flags, '--repo', REPOSITORY, ...flags], secretVariables);
}

/**
 * Searches arguments, output, and files for secrets.
 *
 * @param kept.folder that of the saved set, which contains only the private key
 * @param kept.files those of `--files`
 * @param kept.pasted codes that the user pasted, which a terminal shows
 */
export function expectNoLeak(
  { sprinklr, gh, home, cwd, browser }: World,
  output: string,
  { folder, files = [], pasted = [] }: { folder?: unknown; files?: unknown; pasted?: readonly string[] } = {},
): void {
  const secrets = secretsOf(sprinklr, gh);
  // The consent page's URL contains the API key as `client_id` and is shown for the user to open.
  const shown = output.replace(/https?:\S+\/oauth\/authorize\?\S+/g, '');
  expectNone(
    shown,
    secrets.filter((secret) => !pasted.includes(secret)),
  );
  expectNone(gh.lines().join('\n'), secrets);
  if (browser.isOpened()) expect(browser.startedWith().join(' ')).not.toContain(API_KEY);
  const written = files as string[];
  for (const path of [home, cwd].flatMap(filesIn)) {
    const isSaved = typeof folder === 'string' && path.startsWith(folder);
    if (isSaved || written.includes(path)) expect(statSync(path).mode & 0o777).toBe(0o600);
    if (written.includes(path)) continue;
    // A certificate has the modulus of its private key.
    const text = readFileSync(path, 'utf8').replace(isSaved ? PEM : /^$/, '');
    expectNone(text, secrets);
    expect(text).not.toContain('PRIVATE KEY-----');
  }
}

const PEM = /-----BEGIN [^]+-----END [A-Z ]+-----/;

function secretsOf({ requests }: Simulator, gh: FakeGh): string[] {
  const sent = requests.flatMap(({ headers, query, body }) => [
    (headers.authorization ?? '').replace('Bearer ', ''),
    new URLSearchParams(body).get('code') ?? '',
    query.get('refresh_token') ?? '',
  ]);
  return [API_KEY, API_SECRET, ...sent, ...SECRETS.map((name) => gh.stored(name))].filter(
    (secret) => secret !== '',
  );
}

/** Every file below a folder. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** How often Sprinklr was asked to register a certificate. */
export function registrations({ sprinklr }: World): number {
  return sprinklr.requests.filter(({ endpoint }) => endpoint === 'register').length;
}

/** What a finished run leaves: everything stored, a workflow, and no other file. */
export function expectFinished(world: World, { exitCode, json }: Pick<Outcome, 'exitCode' | 'json'>): void {
  expect([exitCode, json['ok'], json['folder']]).toEqual([0, true, null]);
  expect(json['stored']).toEqual([...SECRETS, ...VARIABLES]);
  expect(world.gh.stored('SPRINKLR_APP_ID')).toBe(json['app-id']);
  expect(filesIn(world.home)).toEqual([]);
  expect(filesIn(world.cwd)).toEqual([join(world.cwd, '.github/workflows/sprinklr.yml')]);
}
