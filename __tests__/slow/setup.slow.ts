/** `setup` in a terminal, and every way in which it can fail or be interrupted. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { INPUT_NAMES } from '../../src/request/schema.ts';
import type { Fault } from '../../src/simulator/simulator.ts';
import { contentsOf } from '../cli/folders.ts';
import { startProcess, type Terminal } from '../cli/harness.ts';
import {
  expectFinished,
  expectNoLeak,
  filesIn,
  guided,
  guidedWithValues,
  registrations,
  REPOSITORY,
  resume,
  scripted,
  SECRETS,
  secretVariables,
  setupCall,
  startWorld,
  USERNAME,
  VARIABLES,
  withGh,
  type Outcome,
  type World,
} from '../cli/setup-harness.ts';

/** Looks again until something is true, for at most 30 seconds. */
async function waitUntil(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('It never became true.');
    await pause(10);
  }
}

/** The folder of the saved set, if there is one. */
function savedFolder({ home }: World): string | undefined {
  const [file] = filesIn(home).filter((path) => path.endsWith('setup.json'));
  return file?.replace(/.setup\.json$/, '');
}

const CTRL_C = '\u0003';

type Answer = readonly [question: string, keys: string];

/** The questions of a guided run in an empty folder, in order, with their answers. */
function questions({ app }: World, code: string): Answer[] {
  return [
    ['Repository', `${REPOSITORY}\r`],
    ['API key', `${app.apiKey}\r`],
    ['API secret', `${app.apiSecret}\r`],
    ['Callback URL', `${app.redirectUri}\r`],
    ['Sprinklr environment', 'prod2\r'],
    ['Username', `${USERNAME}\r`],
    ['Start?', 'y'],
    ['Redirect URL', `${code}\r`],
    ['Store everything for this user and workspace?', 'y'],
  ];
}

const newCode = ({ sprinklr, app }: World): string => sprinklr.issueCode(app.apiKey);

/** Starts a guided run that opens no browser, so that the redirect URL is a question, too. */
function startGuided(world: World, flags: readonly string[] = []): Terminal {
  return guided(world, ['--base-url', world.sprinklr.origin, '--no-browser', '--no-listen', ...flags]);
}

/** Answers each question after it is asked. The mark of an open question is ◆. */
async function answer(session: Terminal, list: readonly Answer[]): Promise<void> {
  for (const [question, keys] of list) {
    const asked = `◆  ${question}`;
    const shown = (): number => stripVTControlCharacters(session.screen()).split(asked).length;
    const before = answered.get(session)?.get(asked) ?? 1;
    await waitUntil(() => shown() > before);
    session.press(keys);
    const counts = answered.get(session) ?? new Map<string, number>();
    answered.set(session, counts.set(asked, shown()));
  }
}

/** How often a session showed each question before its latest answer. */
const answered = new WeakMap<Terminal, Map<string, number>>();

describe('a guided run', () => {
  test('asks nine questions, and explains each value', async () => {
    const world = await startWorld();
    const session = startGuided(world);
    const pasted = newCode(world);
    await answer(session, questions(world, pasted));
    expect(await session.exit).toBe(0);
    expectFinished(world, {
      exitCode: 0,
      json: {
        ok: true,
        folder: null,
        stored: [...SECRETS, ...VARIABLES],
        'app-id': world.gh.stored('SPRINKLR_APP_ID'),
      },
    });
    const screen = session.screen();
    expect(screen.indexOf("invalidates the API key's current token")).toBeLessThan(
      screen.indexOf('Repository'),
    );
    for (const hint of ['dev.sprinklr.com', 'sentry-environment', 'Generate Token', 'trailing slash'])
      expect(screen).toContain(hint);
    for (const step of [1, 2, 3, 4, 5, 6, 7]) expect(screen).toContain(`Step ${step} of 7`);
    expect(screen).toContain('git add .github/workflows/sprinklr.yml');
    expectNoLeak(world, screen, { pasted: [pasted] });
  });

  test('rejects a wrong answer at once', async () => {
    const world = await startWorld();
    const session = startGuided(world);
    const [repository = ['', ''], key = ['', ''], secret = ['', '']] = questions(world, '');
    for (const [question, wrong, problem] of [
      [repository, 'octo-repo', 'must have the form OWNER/REPO'],
      [key, 'two words', 'without spaces'],
      [secret, world.app.apiKey, 'The same as api-key'],
    ] as const) {
      await answer(session, [[question[0], `${wrong}\r`]]);
      await session.shows(problem);
      session.press('\u007F'.repeat(wrong.length));
      session.press(question[1]);
    }
    await answer(session, [['Callback URL', 'https://www.example.com/#top\r']]);
    await session.shows('Contains a #');
    session.press('\u007F'.repeat('#top'.length));
    session.press('\r');
    await answer(session, [['Sprinklr environment', 'prod 2\r']]);
    await session.shows('Use a name such as prod2');
    session.press(CTRL_C);
    expect(await session.exit).toBe(1);
    expectNoLeak(world, session.screen());
  });

  test('with --files writes files and needs no gh', async () => {
    const world = await startWorld();
    const session = startGuided(world, ['--files', 'sprinklr']);
    const pasted = newCode(world);
    const [, ...others] = questions(world, pasted);
    await answer(session, others);
    expect(await session.exit).toBe(0);
    expect(Object.keys(contentsOf(join(world.cwd, 'sprinklr'))).sort()).toEqual([
      ...['.env', '.gitignore', 'server.crt', 'server.key'],
    ]);
    expect([filesIn(world.home), world.gh.lines()]).toEqual([[], []]);
    expectNoLeak(world, session.screen(), { files: filesIn(world.cwd), pasted: [pasted] });
  });

  test('rotates a set, and asks only for API key and secret', async () => {
    const world = await startWorld();
    const certificate = 'not a certificate';
    const rotated = withGh(world, {
      variables: {
        SPRINKLR_APP_ID: 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==',
        SPRINKLR_CERTIFICATE: certificate,
        SPRINKLR_USERNAME: USERNAME,
        SPRINKLR_REDIRECT_URI: world.app.redirectUri,
        SPRINKLR_ENVIRONMENT: 'prod2',
        SPRINKLR_BASE_URL: world.sprinklr.origin,
      },
    });
    const session = guided(rotated, ['--rotate', '--repo', REPOSITORY, '--no-browser', '--no-listen']);
    const asked = [
      'API key',
      'API secret',
      'Start?',
      'Redirect URL',
      'Store everything for this user and workspace?',
    ];
    const pasted = newCode(rotated);
    await answer(
      session,
      questions(rotated, pasted).filter(([question]) => asked.includes(question)),
    );
    expect(await session.exit).toBe(0);
    expect(session.screen()).not.toContain('Sprinklr environment');
    expect(session.screen()).toContain('old App ID       eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==');
    expect(filesIn(world.cwd)).toEqual([]);
    expectNoLeak(rotated, session.screen(), { pasted: [pasted] });
  });

  test('asks for another consent after one that was denied, and after a code that was used', async () => {
    const world = await startWorld();
    const used = world.sprinklr.issueCode(world.app.apiKey);
    await fetch(`${world.sprinklr.origin}/prod2/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: world.app.apiKey,
        client_secret: world.app.apiSecret,
        redirect_uri: world.app.redirectUri,
        grant_type: 'authorization_code',
        code: used,
      }),
    });
    const session = guidedWithValues(world, ['--no-browser', '--no-listen']);
    const pasted = newCode(world);
    await answer(session, [
      ['Start?', 'y'],
      ['Redirect URL', `${world.app.redirectUri}?error=access_denied\r`],
      ['Open the consent page again?', 'y'],
      ['Redirect URL', `${used}\r`],
      ['Enter the API secret again, and open the consent page?', 'y'],
      ['API secret (Enter', '\r'],
      ['Redirect URL', `${pasted}\r`],
      ['Store everything for this user and workspace?', 'y'],
    ]);
    expect(await session.exit).toBe(0);
    for (const problem of ['Consent was denied.', 'CREDENTIALS_REJECTED'])
      expect(session.screen()).toContain(problem);
    expect(registrations(world)).toBe(1);
    expectNoLeak(world, session.screen(), { pasted: [used, pasted] });
  });

  test('asks for the API secret again if Sprinklr rejects it, and stores the corrected one', async () => {
    const world = await startWorld();
    const wrong = { ...secretVariables, SPRINKLR_API_SECRET: 'Wr0ng/+Hf8Q2mZp7LxT4vRb9NcW=' };
    const flags = [...world.flags, '--repo', REPOSITORY, '--no-browser', '--no-listen'];
    const session = guided(world, flags, wrong);
    const pasted = [newCode(world), newCode(world)];
    await answer(session, [
      ['Start?', 'y'],
      ['Redirect URL', `${pasted[0] ?? ''}\r`],
      ['Enter the API secret again, and open the consent page?', 'y'],
      ['API secret (Enter', `${world.app.apiSecret}\r`],
      ['Redirect URL', `${pasted[1] ?? ''}\r`],
      ['Store everything for this user and workspace?', 'y'],
    ]);
    expect(await session.exit).toBe(0);
    expect([world.gh.stored('SPRINKLR_API_SECRET'), registrations(world)]).toEqual([world.app.apiSecret, 1]);
    expectNoLeak(world, session.screen(), { pasted });
  });

  test('with --files, refuses a corrected API secret that no .env file can have', async () => {
    const world = await startWorld();
    const wrong = { ...secretVariables, SPRINKLR_API_SECRET: 'Wr0ng/+Hf8Q2mZp7LxT4vRb9NcW=' };
    const flags = [...world.flags, '--files', 'sprinklr', '--no-browser', '--no-listen'];
    const session = guided(world, flags, wrong);
    await answer(session, [
      ['Start?', 'y'],
      ['Redirect URL', `${newCode(world)}\r`],
      ['Enter the API secret again, and open the consent page?', 'y'],
      ['API secret (Enter', `'#"\`Hf8Q2mZp7LxT4vRb9NcW\r`],
    ]);
    expect(await session.exit).toBe(2);
    expect(session.screen()).toContain('The value of SPRINKLR_API_SECRET contains quotes');
    expect(registrations(world)).toBe(0);
  });

  test('says how to continue if the user wants no other consent', async () => {
    const world = await startWorld();
    const session = guidedWithValues(world, ['--no-browser', '--no-listen']);
    await answer(session, [
      ['Start?', 'y'],
      ['Redirect URL', `${world.app.redirectUri}?error=access_denied\r`],
      ['Open the consent page again?', 'n'],
    ]);
    expect(await session.exit).toBe(1);
    const folder = savedFolder(world);
    expect(session.screen()).toContain('it asks for the API key and secret again');
    expect(session.screen()).toContain(`setup --resume ${folder ?? '?'}`);
    expectNoLeak(world, session.screen(), { folder });
  });

  test('stores nothing if the user is not the right one, and continues with another', async () => {
    const world = await startWorld();
    const session = guidedWithValues(world, ['--no-browser', '--no-listen']);
    const pasted = newCode(world);
    await answer(session, [
      ['Start?', 'y'],
      ['Redirect URL', `${pasted}\r`],
      ['Store everything for this user and workspace?', 'n'],
    ]);
    expect(await session.exit).toBe(1);
    const folder = savedFolder(world);
    expect(session.screen()).toContain('You declined, so nothing was stored.');
    expect(session.screen()).toContain(`setup --resume ${folder ?? ''} --username NAME`);
    expect(world.gh.lines().filter((line) => line.includes(' set '))).toEqual([]);
    expectNoLeak(world, session.screen(), { folder, pasted: [pasted] });

    const flags = ['--resume', folder ?? '', '--username', 'other@example.com'];
    const { exitCode } = await scripted({ ...world, flags: [] }, flags);
    expect([exitCode, world.gh.stored('SPRINKLR_USERNAME'), registrations(world)]).toEqual([
      ...[0, 'other@example.com', 1],
    ]);
  });
});

/** The calls of gh in a run with `--env`, of which the repository has none. */
const GH_CALLS = 16;

describe('if gh fails', () => {
  test('a run has as many calls as the next test breaks', async () => {
    const world = await startWorld({ gh: { lacksEnvironments: true } });
    await scripted(world, ['--repo', REPOSITORY, '--env', 'live']);
    expect(world.gh.lines()).toHaveLength(GH_CALLS);
  });

  test.each(Array.from({ length: GH_CALLS }, (_, call) => call))(
    'at call %i, it says what exists, and --resume finishes it',
    async (call) => {
      const options = { lacksEnvironments: true };
      const world = await startWorld({ gh: { ...options, failsAt: call, says: 'HTTP 502' } });
      const flags = ['--repo', REPOSITORY, '--env', 'live'];
      const failed = await scripted(world, flags);
      expect([failed.exitCode, failed.json['ok']]).toEqual([1, false]);
      expect(failed.stderr).toContain('HTTP 502');
      const fixed = withGh(world, options);
      const wasEarly = call < 5;
      expect([failed.json['folder'] === null, registrations(world)]).toEqual([wasEarly, wasEarly ? 0 : 1]);
      const finished = await (wasEarly ? scripted(fixed, flags) : resume(fixed, failed));
      expectFinished(fixed, finished);
      expect(registrations(world)).toBe(1);
    },
  );
});

describe('if Sprinklr fails', () => {
  const status = (code: number): Fault => ({ kind: 'status', status: code });
  type Failure = readonly [endpoint: Endpoint, fault: Fault, code: string, registration: State];
  type Endpoint = Parameters<World['sprinklr']['fault']>[0];
  type State = 'none' | 'unknown' | 'done';
  const FAILURES: readonly Failure[] = [
    ['token', status(400), 'CREDENTIALS_REJECTED', 'none'],
    ['token', status(503), 'SERVER_ERROR', 'none'],
    ['token', { kind: 'reset' }, 'NETWORK_UNREACHABLE', 'none'],
    ['token', { kind: 'garbage' }, 'RESPONSE_INVALID', 'none'],
    ['register', status(401), 'CREDENTIALS_REJECTED', 'none'],
    ['register', status(403), 'PERMISSION_DENIED', 'none'],
    ['register', status(503), 'SERVER_ERROR', 'unknown'],
    ['register', { kind: 'reset' }, 'NETWORK_UNREACHABLE', 'unknown'],
    ['register', { kind: 'cut' }, 'NETWORK_UNREACHABLE', 'unknown'],
    ['register', { kind: 'html' }, 'RESPONSE_INVALID', 'unknown'],
    ['apptoken', status(401), 'CREDENTIALS_REJECTED', 'done'],
    ['apptoken', status(404), 'NOT_FOUND', 'done'],
    ['apptoken', { kind: 'garbage' }, 'RESPONSE_INVALID', 'done'],
    ['me', status(403), 'PERMISSION_DENIED', 'done'],
    ['me', { kind: 'garbage' }, 'RESPONSE_INVALID', 'done'],
  ];
  test.each(
    FAILURES.map((failure): [string, Failure] => [
      failure.map((part) => JSON.stringify(part)).join(', '),
      failure,
    ]),
  )('%s', async (_, [endpoint, fault, code, registration]) => {
    const world = await startWorld();
    world.sprinklr.fault(endpoint, fault);
    const failed = await scripted(world, ['--repo', REPOSITORY]);
    expect([failed.exitCode, failed.json['error-code'], failed.json['stored']]).toEqual([1, code, []]);
    expect(failed.stderr).toContain('In GitHub (octo-org/octo-repo): nothing was stored.');
    expect(world.gh.lines().filter((line) => line.includes(' set '))).toEqual([]);
    await expectState(world, failed, registration);
  });

  async function expectState(world: World, failed: Outcome, registration: string): Promise<void> {
    const sent = registrations(world);
    const fixed = withGh(world);
    if (registration === 'unknown') {
      expect(failed.stderr).toContain('the certificate may have been registered');
      expect(failed.stderr).toContain(`--resume ${String(failed.json['folder'])} --app-id APP_ID`);
      const refused = await resume(fixed, failed);
      expect([refused.exitCode, registrations(world)]).toEqual([1, sent]);
      expect(refused.stderr).toContain('Cannot resume this run');
      return;
    }
    const known =
      registration === 'done' ? `App ID: ${String(failed.json['app-id'])}` : 'no certificate was registered';
    expect(failed.stderr).toContain(known);
    expect(failed.stderr).toContain(`setup --resume ${String(failed.json['folder'])}`);
    expectFinished(fixed, await resume(fixed, failed));
    expect(registrations(world)).toBe(registration === 'done' ? sent : sent + 1);
  }

  test('a consent that is denied ends a run without a terminal, and can be resumed', async () => {
    const world = await startWorld({ decision: 'deny' });
    const failed = await scripted(world, ['--repo', REPOSITORY]);
    expect([failed.exitCode, failed.json['message']]).toEqual([
      1,
      expect.stringContaining('Consent was denied'),
    ]);
    await expectState(world, failed, 'none');
  });

  test('if the process was killed while Sprinklr registered, --resume does not register again', async () => {
    const world = await startWorld();
    world.sprinklr.fault('register', { kind: 'hang' });
    const program = startProcess(
      setupCall(world, [...world.flags, '--yes', '--repo', REPOSITORY], secretVariables),
    );
    await waitUntil(() => registrations(world) === 1);
    program.kill('SIGKILL');
    await program.exit;
    const { exitCode, stderr } = await scripted(world, ['--resume', savedFolder(world) ?? '']);
    expect([exitCode, registrations(world)]).toEqual([1, 1]);
    expect(stderr).toContain('the certificate may have been registered');
  });
});

describe('Ctrl-C', () => {
  test.each([0, 1, 2, 3, 4, 5, 6])('at question %i leaves nothing', async (index) => {
    const world = await startWorld();
    const session = startGuided(world);
    const list = questions(world, '');
    await answer(session, [...list.slice(0, index), [list[index]?.[0] ?? '', CTRL_C]]);
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('Nothing was changed.');
    expect([...filesIn(world.home), ...filesIn(world.cwd)]).toEqual([]);
    expectNoLeak(world, session.screen());
  });

  test('at the redirect URL names the folder', async () => {
    const world = await startWorld();
    const session = guidedWithValues(world, ['--no-browser']);
    await answer(session, [
      ['Start?', 'y'],
      ['Or paste the URL', CTRL_C],
    ]);
    await expectInterrupted(world, session, 'no certificate was registered');
  });

  test('at the last question names the App ID', async () => {
    const world = await startWorld();
    const session = guidedWithValues(world);
    await answer(session, [
      ['Start?', 'y'],
      ['Store everything for this user and workspace?', CTRL_C],
    ]);
    await expectInterrupted(world, session, 'the certificate is registered. App ID: eyJ');
  });

  test('while a workflow is about to be replaced keeps the workflow', async () => {
    const world = await startWorld();
    writeFileSync(join(world.cwd, 'mine.yml'), 'mine');
    const session = guidedWithValues(world, ['--workflow', 'mine.yml']);
    await answer(session, [
      ['Start?', 'y'],
      ['Store everything for this user and workspace?', 'y'],
      [join(world.cwd, 'mine.yml'), CTRL_C],
    ]);
    expect(await session.exit).toBe(1);
    expect(session.screen()).toContain('everything is stored');
    expect([filesIn(world.home), contentsOf(world.cwd)]).toEqual([[], { 'mine.yml': 'mine' }]);
  });

  test.each([
    ['token', 'no certificate was registered'],
    ['apptoken', 'the certificate is registered. App ID: eyJ'],
    ['me', 'the certificate is registered. App ID: eyJ'],
  ] as const)('during a call of %s ends at once', async (endpoint, state) => {
    const world = await startWorld();
    world.sprinklr.fault(endpoint, { kind: 'hang' });
    const session = guidedWithValues(world, ['--yes']);
    await waitUntil(() => world.sprinklr.requests.some((request) => request.endpoint === endpoint));
    session.press(CTRL_C);
    await expectInterrupted(world, session, state);
  });

  test('during the registration waits for its App ID', async () => {
    const world = await startWorld();
    world.sprinklr.fault('register', { kind: 'drip', everyMs: 30 });
    const session = guidedWithValues(world, ['--yes']);
    await waitUntil(() => registrations(world) === 1);
    session.press(CTRL_C);
    await session.shows('Finishing the registration first');
    await expectInterrupted(world, session, 'the certificate is registered. App ID: eyJ');
  });

  test('twice during the registration says that its outcome is unknown', async () => {
    const world = await startWorld();
    world.sprinklr.fault('register', { kind: 'hang' });
    const session = guidedWithValues(world, ['--yes']);
    await waitUntil(() => registrations(world) === 1);
    session.press(CTRL_C);
    await session.shows('Finishing the registration first');
    session.press(CTRL_C);
    await expectInterrupted(world, session, 'the certificate may have been registered');
  });

  test.each(Array.from({ length: 14 }, (_, call) => call))(
    'during call %i of gh names what exists',
    async (call) => {
      const world = await startWorld({ gh: { hangsAt: call } });
      const session = guidedWithValues(world, ['--yes']);
      await waitUntil(() => world.gh.lines().length > call);
      session.press(CTRL_C);
      if (call < 4) {
        expect(await session.exit).toBe(1);
        expect(filesIn(world.home)).toEqual([]);
        expectNoLeak(world, session.screen());
        return;
      }
      await expectInterrupted(world, session, 'the certificate is registered. App ID: eyJ');
      const fixed = withGh(world);
      const folder = savedFolder(world) ?? '';
      expectFinished(fixed, await scripted(fixed, ['--resume', folder]));
      expect(registrations(world)).toBe(1);
    },
  );

  test('SIGTERM without a terminal does the same', async () => {
    const world = await startWorld();
    const flags = [...world.flags, '--yes', '--repo', REPOSITORY, '--no-browser'];
    const program = startProcess(setupCall(world, flags, secretVariables));
    await program.prints(/Waiting for the browser/);
    program.kill('SIGTERM');
    expect(await program.exit).toEqual({ exitCode: 1, signal: null });
    expect(program.stderr()).toContain(`setup --resume ${savedFolder(world) ?? '?'}`);
  });

  async function expectInterrupted(world: World, session: Terminal, state: string): Promise<void> {
    const start = Date.now();
    expect(await session.exit).toBe(1);
    expect(Date.now() - start).toBeLessThan(10_000);
    const folder = savedFolder(world);
    expect(session.screen()).toContain(folder ?? 'a folder');
    expect(session.screen()).toContain(state);
    expect(session.screen()).not.toMatch(/\n\s+at /);
    expectNoLeak(world, session.screen(), { folder });
    // Nothing else is left.
    expect(readdirSync(world.cwd)).toEqual([]);
  }
});

test('the workflow reads every value from the secrets and variables', async () => {
  const world = await startWorld({ gh: { lacksEnvironments: true } });
  const outcome = await scripted(world, [
    '--repo',
    REPOSITORY,
    '--env',
    'live',
    '--workflow',
    'ci/sprinklr.yml',
  ]);
  expect(outcome.exitCode).toBe(0);
  const workflow = parse(readFileSync(join(world.cwd, 'ci/sprinklr.yml'), 'utf8')) as {
    permissions: unknown;
    concurrency: string;
    jobs: { me: { environment: string; steps: { uses?: string; with?: Record<string, string> }[] } };
  };
  expect(workflow).toMatchObject({ permissions: {}, concurrency: 'sprinklr-api-key' });
  const { environment, steps } = workflow.jobs.me;
  expect([environment, steps[0]?.uses]).toEqual(['live', 'org/sprinklr-token@v1']);
  const inputs = steps[0]?.with ?? {};
  for (const [name, value] of Object.entries(inputs)) {
    const variable = `SPRINKLR_${name.toUpperCase().replaceAll('-', '_')}`;
    expect(INPUT_NAMES).toContain(name);
    expect([`\${{ secrets.${variable} }}`, `\${{ vars.${variable} }}`]).toContain(value);
    expect([...SECRETS, ...VARIABLES]).toContain(variable);
  }
  // The environment is created after the proof, and everything is stored in it.
  const lines = world.gh.lines();
  expect(lines.slice(0, 5)).toEqual([
    'auth status',
    `api repos/${REPOSITORY}/environments/live`,
    `api repos/${REPOSITORY}/actions/secrets/public-key`,
    `variable list --repo ${REPOSITORY}`,
    `api repos/${REPOSITORY}`,
  ]);
  expect(lines[5]).toBe(`api repos/${REPOSITORY}/environments/live --method PUT`);
  expect(lines.slice(6).every((line) => line.endsWith(`--repo ${REPOSITORY} --env live`))).toBe(true);
});

test('the set is never saved in a git work tree', async () => {
  const world = await startWorld({ gh: { fails: 'secret set' } });
  execFileSync('git', ['init', '-q'], { cwd: world.home });
  const { json } = await scripted(world, ['--repo', REPOSITORY]);
  expect(String(json['folder'])).not.toContain(world.home);
});

test('a workflow is never replaced without asking', async () => {
  const world = await startWorld();
  writeFileSync(join(world.cwd, 'mine.yml'), 'mine');
  const { exitCode, json, stderr } = await scripted(world, ['--repo', REPOSITORY, '--workflow', 'mine.yml']);
  expect([exitCode, json['workflow'], contentsOf(world.cwd)]).toEqual([0, null, { 'mine.yml': 'mine' }]);
  expect(stderr).toContain('was not replaced');
});
