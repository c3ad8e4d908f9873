import { createPrivateKey } from 'node:crypto';
import { generateKeyMaterial } from '../../src/credentials/keygen.ts';
import { sealToken } from '../../src/credentials/sealed-token.ts';
import type { Inputs } from '../action/harness.ts';
import { material } from '../action/world.ts';
import { canonicalForms, keyForms, PASSPHRASE } from './key-forms.ts';
import type { Scenario } from './scenario.ts';
import { scenarioServers, type Exchanged, type ScenarioServer } from './scenario-server.ts';
import { traceBundle, traceStep, type Traced } from './trace.ts';

/** A scenario that ran, with everything that the invariants need. */
export interface ScenarioResult extends Exchanged, Traced {
  readonly inputs: Inputs;
  /** Forms of the private key that must be masked once it is read. Empty if the step got a different key. */
  readonly keyForms: readonly string[];
}

export interface ScenarioRunner {
  readonly run: (scenario: Scenario, backend?: 'source' | 'process') => Promise<ScenarioResult>;
  readonly close: () => void;
}

/** Runs scenarios against its own servers. */
export async function createRunner(): Promise<ScenarioRunner> {
  const { serve, close } = await scenarioServers();
  const fixtures = await createFixtures();
  return {
    close,
    async run(scenario, backend = 'source') {
      // A step can neither mask nor hide a key that it did not get.
      const hasOwnKey =
        scenario.key.wrong === undefined && !scenario.overrides.some(([name]) => /key|mode/.test(name));
      const forms = hasOwnKey ? fixtures.canonicalForms : [];
      const pastedKey = scenario.certificate === 'the private key' ? [material().key] : [];
      const exchanged: Exchanged = { secrets: [...forms, ...pastedKey], assertions: [], tokens: [] };
      const server = await serve(scenario, exchanged);
      const inputs = await inputsOf(scenario, server, fixtures);
      if (scenario.mode === 'unseal') exchanged.secrets.push(scenario.sealed.token);
      const env = scenario.debug ? { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } : {};
      const trace = backend === 'source' ? traceStep : traceBundle;
      try {
        const traced = await trace({ inputs, env, secrets: exchanged.secrets });
        return { ...exchanged, ...traced, inputs, keyForms: forms };
      } finally {
        await server.close();
      }
    },
  };
}

interface Fixtures {
  readonly canonicalForms: readonly string[];
  readonly valid: readonly string[];
  readonly wrong: readonly string[];
  readonly certificates: Readonly<Record<Scenario['certificate'], string>>;
  readonly clientCertificate: Inputs;
}

async function createFixtures(): Promise<Fixtures> {
  const { certificate, key } = material();
  const { valid, wrong } = keyForms();
  const validFor = (days: number): string =>
    material()
      .openssl(...['x509', '-req', '-in', 'server.csr', '-signkey', 'server.key', '-days', String(days)])
      .toString();
  const subject = { commonName: 'other.example.com' };
  const other = await generateKeyMaterial({ subject, days: 90, now: new Date() });
  return {
    canonicalForms: canonicalForms(),
    valid: Object.values(valid),
    wrong: Object.values(wrong),
    certificates: {
      none: '',
      matching: certificate,
      "another key's": other.certificatePem,
      expired: validFor(-1),
      'about to expire': validFor(3),
      'the private key': key,
    },
    clientCertificate: {
      'mtls-certificate': other.certificatePem,
      'mtls-private-key': other.privateKeyDer.toString('base64'),
    },
  };
}

async function inputsOf(scenario: Scenario, server: ScenarioServer, fixtures: Fixtures): Promise<Inputs> {
  const { mode, app, username, key, settings, overrides, attempts } = scenario;
  const pick = (all: readonly string[], index: number): string => all[index % all.length] ?? '';
  const certificate =
    mode === 'register' && scenario.certificate === 'none' ? 'matching' : scenario.certificate;
  const valid: Inputs = {
    mode,
    'private-key': key.wrong === undefined ? pick(fixtures.valid, key.form) : pick(fixtures.wrong, key.wrong),
    'private-key-passphrase': PASSPHRASE,
    'api-key': app.apiKey,
    'api-secret': app.apiSecret,
    'redirect-uri': app.redirectUri,
    environment: 'prod2',
    'base-url': server.origin,
    'max-attempts': String(attempts),
    'timeout-seconds': '5',
    certificate: fixtures.certificates[certificate],
    ...(mode === 'token' && { 'app-id': server.inputs['app-id'] ?? '', username }),
    ...(mode === 'unseal' && { 'sealed-token': await sealedTokenOf(scenario) }),
    ...(mode === 'register' && grantInputs(scenario, server)),
    ...(scenario.clientCertificate && fixtures.clientCertificate),
    ...settings,
  };
  return { ...valid, ...Object.fromEntries(overrides) };
}

function grantInputs({ grant, app: { redirectUri } }: Scenario, { inputs }: ScenarioServer): Inputs {
  if (grant === 'access token') return { 'access-token': inputs['access-token'] ?? '' };
  const code = inputs['authorization-code'] ?? '';
  if (grant === 'code') return { 'authorization-code': code };
  const separator = redirectUri.includes('?') ? '&' : '?';
  return { 'authorization-code': `${redirectUri}${separator}code=${encodeURIComponent(code)}` };
}

async function sealedTokenOf({ sealed }: Scenario): Promise<string> {
  const text = await sealToken(
    {
      accessToken: sealed.token,
      tokenType: 'Bearer',
      expiresAt: new Date(Date.now() + sealed.secondsLeft * 1000),
      apiUrl: 'https://api2.sprinklr.com/prod2',
    },
    {
      sealKey: { kind: 'private-key', privateKey: createPrivateKey(material().key) },
      scope: { repository: '123456', runId: sealed.change === 'other run' ? '1' : '987654' },
    },
  );
  const at = Math.floor(text.length / 3);
  if (sealed.change === 'truncated') return text.slice(0, at);
  if (sealed.change !== 'altered') return text;
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}
