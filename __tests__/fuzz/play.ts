import { createPrivateKey } from 'node:crypto';
import { generateKeyMaterial } from '../../src/credentials/keygen.ts';
import { sealToken } from '../../src/credentials/sealed-token.ts';
import { runStep, type Inputs, type Outcome, type Step } from '../action/harness.ts';
import { material } from '../action/world.ts';
import { canonicalForms, PASSPHRASE, pastedKeys } from './keys.ts';
import type { Scenario } from './scenario.ts';
import { servers, type Known, type Serving } from './serving.ts';
import { watchedProcess, watchInside } from './watching.ts';

/** What there is to be judged of a scenario that was played. */
export interface Played extends Known {
  readonly inputs: Inputs;
  readonly outcome: Outcome;
  /** Everything printed, with marks where something was sent, answered or written. */
  readonly trace: string;
  /** Forms of the key that have to be masked once it was read; none where the key is another. */
  readonly keyForms: readonly string[];
}

export interface Player {
  readonly play: (scenario: Scenario, how?: 'inside' | 'process') => Promise<Played>;
  readonly close: () => void;
}

/** Plays scenarios against servers of its own. */
export async function player(): Promise<Player> {
  const { serve, close } = await servers();
  const props = await makeProps();
  return {
    close,
    async play(scenario, how = 'inside') {
      // Of a key that it was not given, a step can neither hide nor mask any form.
      const isOwnKey =
        scenario.key.wrong === undefined && !scenario.spoiled.some(([name]) => /key|mode/.test(name));
      const keyForms = isOwnKey ? props.keyForms : [];
      const pasted = scenario.certificate === 'the key' ? [material().key] : [];
      const known: Known = { secrets: [...keyForms, ...pasted], assertions: [], tokens: [] };
      const serving = await serve(scenario, known);
      const inputs = await inputsOf(scenario, serving, props);
      if (scenario.mode === 'unseal') known.secrets.push(scenario.sealed.token);
      const env = scenario.debug ? { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } : {};
      try {
        const { result: outcome, trace } = await run({ inputs, env, secrets: known.secrets }, how);
        return { ...known, inputs, outcome, trace, keyForms };
      } finally {
        await serving.close();
      }
    },
  };
}

async function run(step: Step, how: 'inside' | 'process'): Promise<{ result: Outcome; trace: string }> {
  if (how === 'inside') return watchInside((onOutput) => runStep({ ...step, onOutput }));
  const result = await runStep({ ...step, env: { ...step.env, ...watchedProcess } });
  return { result, trace: result.log };
}

interface Props {
  readonly keyForms: readonly string[];
  readonly forms: readonly string[];
  readonly wrong: readonly string[];
  readonly certificates: Readonly<Record<Scenario['certificate'], string>>;
  readonly client: Inputs;
}

async function makeProps(): Promise<Props> {
  const { certificate, key } = material();
  const { forms, wrong } = pastedKeys();
  const lasting = (days: number): string => {
    const request = ['x509', '-req', '-in', 'server.csr', '-signkey', 'server.key', '-days', String(days)];
    return material()
      .openssl(...request)
      .toString();
  };
  const other = await generateKeyMaterial({
    subject: { commonName: 'other.example.com' },
    days: 90,
    now: new Date(),
  });
  return {
    keyForms: canonicalForms(),
    forms: Object.values(forms),
    wrong: Object.values(wrong),
    certificates: {
      none: '',
      'its own': certificate,
      "another key's": other.certificatePem,
      expired: lasting(-1),
      'about to expire': lasting(3),
      'the key': key,
    },
    client: {
      'mtls-certificate': other.certificatePem,
      'mtls-private-key': other.privateKeyDer.toString('base64'),
    },
  };
}

const around = (all: readonly string[], at: number): string => all[at % all.length] ?? '';

async function inputsOf(scenario: Scenario, serving: Serving, props: Props): Promise<Inputs> {
  const { mode, app, username, key, grant, settings, spoiled, attempts } = scenario;
  const code = serving.inputs['authorization-code'] ?? '';
  const good: Inputs = {
    mode,
    'private-key': key.wrong === undefined ? around(props.forms, key.form) : around(props.wrong, key.wrong),
    'api-key': app.apiKey,
    'api-secret': app.apiSecret,
    'redirect-uri': app.redirectUri,
    environment: 'prod2',
    'base-url': serving.origin,
    'max-attempts': String(attempts),
    'timeout-seconds': '5',
    certificate:
      props.certificates[
        mode === 'register' && scenario.certificate === 'none' ? 'its own' : scenario.certificate
      ],
    'private-key-passphrase': PASSPHRASE,
    ...(mode === 'token' && { 'app-id': serving.inputs['app-id'] ?? '', username }),
    ...(mode === 'unseal' && { 'sealed-token': await sealedFor(scenario) }),
    ...(mode === 'register' &&
      (grant === 'access token'
        ? { 'access-token': serving.inputs['access-token'] ?? '' }
        : {
            'authorization-code':
              grant === 'code'
                ? code
                : `${app.redirectUri}${app.redirectUri.includes('?') ? '&' : '?'}code=${encodeURIComponent(code)}`,
          })),
    ...(scenario.client && props.client),
    ...settings,
  };
  return { ...good, ...Object.fromEntries(spoiled) };
}

async function sealedFor({ sealed }: Scenario): Promise<string> {
  const text = await sealToken(
    {
      accessToken: sealed.token,
      tokenType: 'Bearer',
      expiresAt: new Date(Date.now() + sealed.secondsLeft * 1000),
      apiUrl: 'https://api2.sprinklr.com/prod2',
    },
    {
      privateKey: createPrivateKey(material().key),
      repository: '123456',
      runId: sealed.change === 'run' ? '1' : '987654',
    },
  );
  const at = Math.floor(text.length / 3);
  if (sealed.change === 'cut') return text.slice(0, at);
  return sealed.change === 'flip'
    ? `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
    : text;
}
