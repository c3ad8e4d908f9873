import { expect, test } from '@jest/globals';
import { makeAuthority } from './authority.ts';
import { runStep, type Inputs, type Outcome } from './harness.ts';
import { app, material, username, world } from './world.ts';

/** Loaded before the bundle: logs which value is written to which file of the runner, in order with the output. */
const logWrites = `
import fs from 'node:fs';
const append = fs.appendFileSync;
fs.appendFileSync = (file, text, ...rest) => {
  const variable = ['GITHUB_OUTPUT', 'GITHUB_ENV'].find((name) => process.env[name] === file);
  process.stdout.write('written: ' + variable + ' ' + String(text).split('<<')[0] + '\\n');
  return append(file, text, ...rest);
};`;
const preload = `--import=data:text/javascript,${encodeURIComponent(logWrites).replaceAll("'", '%27')}`;

/** Runs a step with debug logging. */
async function runWithLines(
  inputs: Inputs,
  secrets: string[] = [],
  env: Record<string, string> = {},
): Promise<{ step: Outcome; lines: string[] }> {
  const step = await runStep({ inputs, secrets, env: { RUNNER_DEBUG: '1', ...env } });
  return { step, lines: step.log.split('\n') };
}

function maskOf(text: string): string {
  return `::add-mask::${text.replaceAll('%', '%25')}`;
}

const isMask = (line: string): boolean => line.startsWith('::add-mask::');

/** The secret and its percent-encoded and form-encoded forms. */
const encodingsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams({ '': secret }).toString().slice(1),
];

test('every secret input and its URL encodings are masked before any other line', async () => {
  const { token } = await world();
  const clientKey = Buffer.from(material().key).toString('base64');
  const { step, lines } = await runWithLines({
    ...token,
    'mtls-certificate': material().certificate,
    'mtls-private-key': clientKey,
    // Mode token doesn't need these, but they are secrets.
    'access-token': 'Stray+access/token=',
    'authorization-code': 'Stray+code/1=',
    'private-key-passphrase': 'Stray pass/phrase',
    'mtls-passphrase': 'p4ss',
  });

  expect(step.errors).toEqual([]);
  const first = lines.findIndex((line) => !isMask(line));
  const early = lines.slice(0, first);
  const secrets = [
    app.apiKey,
    app.apiSecret,
    material().secret,
    clientKey,
    'Stray+access/token=',
    'Stray+code/1=',
    'Stray pass/phrase',
    'p4ss',
  ];
  for (const form of secrets.flatMap(encodingsOf)) expect(early).toContain(maskOf(form));
});

/** Expects that every form of the secrets is masked before the first line that matches, counted from `from`. */
function expectMaskedBefore(
  pattern: RegExp,
  { lines, from = 0 }: { lines: readonly string[]; from?: number },
  secrets: readonly string[],
): void {
  const at = lines.findIndex((line, index) => index >= from && pattern.test(line));
  expect(at).toBeGreaterThan(-1);
  const before = lines.slice(0, at);
  for (const form of secrets.flatMap(encodingsOf)) expect(before).toContain(maskOf(form));
}

test('the assertion is masked before its request is logged', async () => {
  const { sprinklr, token } = await world();
  sprinklr.fault('apptoken', { kind: 'retry-after', after: 0 });
  const { lines } = await runWithLines(token);

  const [first = '', second = ''] = sprinklr.requests.map(({ query }) => query.get('refresh_token') ?? '');
  expect(second).not.toBe(first);
  expectMaskedBefore(/^::debug::POST/, { lines }, [first]);
  const from = lines.findIndex((line) => line.startsWith('::debug::POST')) + 1;
  expectMaskedBefore(/^::debug::POST/, { lines, from }, [second]);
});

test('the access token and its URL encodings are masked before any file of the runner contains it', async () => {
  const { sprinklr, token } = await world();
  const { step, lines } = await runWithLines({ ...token, 'export-env': 'true' }, [], {
    NODE_OPTIONS: preload,
  });

  const value = sprinklr.liveToken(app.apiKey) ?? '';
  expect(step.env['SPRINKLR_ACCESS_TOKEN']).toBe(value);
  expectMaskedBefore(/^written: GITHUB_OUTPUT access-token/, { lines }, [value]);
  expectMaskedBefore(/^written: GITHUB_ENV SPRINKLR_ACCESS_TOKEN/, { lines }, [value]);
  expectMaskedBefore(/^written: GITHUB_ENV SPRINKLR_API_KEY/, { lines }, [app.apiKey]);
});

test('a registration masks its code and both tokens of the code exchange before the next request', async () => {
  const { sprinklr, register } = await world();
  const tokens = {
    access_token: 'Exchanged+access/token=1',
    refresh_token: 'Exchanged+refresh/token=2',
  };
  sprinklr.fault('token', { kind: 'body', json: { ...tokens, token_type: 'Bearer', expires_in: 100 } });
  // The registration fails because the simulator did not issue this token.
  const { step, lines } = await runWithLines(register, Object.values(tokens));

  expect(step.outputs).toEqual({ 'error-code': 'CREDENTIALS_REJECTED' });
  expectMaskedBefore(/^::debug::POST .*\/oauth\/token/, { lines }, [register['authorization-code'] ?? '']);
  expectMaskedBefore(/^::debug::POST .*\/register/, { lines }, Object.values(tokens));
});

const accessToken = 'Unusable+access/token=1';
const asForm = `access_token=${encodeURIComponent(accessToken)} is not JSON`;
const asJson = JSON.stringify({ access_token: accessToken, errors: [{ message: `not ${accessToken}` }] });
test.each([
  ['200 that is not JSON', 200, asForm],
  ['200 with an error', 200, asJson],
  ['401', 401, asForm],
  ['503', 503, asForm],
])(
  'a token in a response with status %s is masked before the response is logged',
  async (_, status, body) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('apptoken', { kind: 'status', status, body });
    const { step, lines } = await runWithLines({ ...token, 'max-attempts': '1' }, [accessToken]);

    expect(step.exitCode).toBe(1);
    expectMaskedBefore(/^::debug::POST/, { lines }, [accessToken]);
  },
);

test('a PEM key is masked line by line, without its boundaries and short lines', async () => {
  const { token } = await world();
  const { key } = material();
  const authority = makeAuthority();
  const client = authority.issue();
  const { step } = await runWithLines({
    ...token,
    'private-key': `${key.replaceAll('\n', '\r\n')}x=\r\n`,
    'mtls-certificate': client.cert,
    'mtls-private-key': client.key,
  });

  expect(step.errors).toEqual([]);
  const lines = [key, client.key].flatMap((pem) => pem.trim().split('\n'));
  for (const line of lines.filter((text) => text.length >= 8)) {
    if (line.startsWith('-----')) expect(effectiveMasks(step)).not.toContain(line);
    else expect(step.masks).toContain(line);
  }
  expect(effectiveMasks(step).filter((mask) => mask.length < 8)).toEqual([]);
});

test('identifiers that are not secret are not masked', async () => {
  const { sprinklr, token, appId, register } = await world();
  const { step } = await runWithLines({ ...token, certificate: material().certificate });
  const { step: registered } = await runWithLines({
    ...register,
    'authorization-code': sprinklr.issueCode(app.apiKey),
  });

  const readable = [
    username,
    app.redirectUri,
    appId,
    encodeURIComponent(appId),
    `${sprinklr.origin}/prod2`,
    sprinklr.origin,
    'https://www.sprinklr.com/',
    material().certificate.split('\n')[3] ?? '',
    registered.outputs['app-id'] ?? '',
  ];
  for (const { masks } of [step, registered]) {
    for (const text of readable) expect(masks.filter((mask) => text.includes(mask))).toEqual([]);
  }
  expect(step.shown).toContain(username);
  expect(registered.shown).toContain(registered.outputs['app-id']);
});

test('debug logging adds only the URL and the status of each request', async () => {
  const { sprinklr, token, appId } = await world();
  const quiet = await runStep({ inputs: token });
  const loud = await runStep({ inputs: token, env: { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' } });

  const rest = (log: string): string[] =>
    log
      .split('\n')
      .filter((line) => !isMask(line) && !line.startsWith('::debug::') && !line.includes('Expires at'));
  expect(rest(loud.log)).toEqual(rest(quiet.log));
  const debug = [quiet, loud].map(({ log }) =>
    log.split('\n').filter((line) => line.startsWith('::debug::')),
  );
  const line = `::debug::POST ${sprinklr.origin}/prod2/oauth/apptoken/${encodeURIComponent(appId)}: 200`;
  // @actions/core always prints debug lines; the runner hides them.
  expect(debug).toEqual([[line.replaceAll('%', '%25')], [line.replaceAll('%', '%25')]]);
});

/** The runner masks a value and each of its lines. */
function effectiveMasks({ masks }: Outcome): string[] {
  return masks.flatMap((mask) => [mask, ...mask.split(/[\r\n]+/).map((line) => line.trim())]).filter(Boolean);
}
