/** The large matrix is in __tests__/slow/setup.slow.ts. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import { quoteForShell } from '../../src/cli/quoting.ts';
import { repositoryOfUrl } from '../../src/cli/setup/github.ts';
import { SavedSet, stateFolder } from '../../src/cli/setup/saved-set.ts';
import { processIo, type Io } from '../../src/cli/io.ts';
import { contentsOf, folderWith } from './folders.ts';
import { run, start, type Result } from './harness.ts';
import {
  expectFinished,
  filesIn,
  REPOSITORY,
  registrations,
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
} from './setup-harness.ts';

const io: Io = { ...processIo(), env: { XDG_STATE_HOME: folderWith() } };

/** A set that is not registered yet. */
function saveSet(on = io): Promise<SavedSet> {
  const material = { privateKeyPem: 'key', certificatePem: 'certificate' };
  const target = { kind: 'files', folder: '/files' } as const;
  return SavedSet.create(material, { values: {}, target, registration: 'none', stored: [] }, on);
}

test('with --yes and everything given, it asks nothing and stores a set that was proven first', async () => {
  const world = await startWorld();
  const { sprinklr, app, gh, cwd } = world;
  const outcome = await scripted(world, ['--repo', REPOSITORY]);
  expectFinished(world, outcome);
  expect(registrations(world)).toBe(1);
  // Nothing was stored before the identity was known.
  expect(outcome.stderr).toMatch(/customer +66000000[^]+Stored in octo-org\/octo-repo/);

  // A rehearsal that stores simulated values in a real repository.
  expect(outcome.stderr).toContain(
    `base-url is on this computer: ${REPOSITORY} would get simulated values. To try it out, use --files DIR.`,
  );
  expect(outcome.stderr).toContain('SPRINKLR_SEAL_KEY is a random key.');
  const expiry = String(outcome.json['certificate-expires-at']).slice(0, 10);
  expect(outcome.stderr).toContain(`Before the certificate expires on ${expiry}, run: `);
  // The folder is no clone of the repository.
  expect(outcome.stderr).toContain(`No git remote of this folder is ${REPOSITORY}.`);
  expect(outcome.stderr).toMatch(/git push\n.+ default branch[^]+gh workflow run/);

  const [set] = gh.calls().filter(({ args }) => args[1] === 'set');
  expect(set?.args).toEqual(['secret', 'set', 'SPRINKLR_PRIVATE_KEY', '--repo', REPOSITORY]);
  const key = createPrivateKey({
    key: Buffer.from(gh.stored('SPRINKLR_PRIVATE_KEY'), 'base64'),
    format: 'der',
    type: 'pkcs8',
  });
  const certificate = new X509Certificate(gh.stored('SPRINKLR_CERTIFICATE'));
  expect(certificate.checkPrivateKey(key)).toBe(true);
  const stored = Object.fromEntries([...SECRETS, ...VARIABLES].map((name) => [name, gh.stored(name)]));
  expect(stored).toMatchObject({
    SPRINKLR_API_KEY: app.apiKey,
    SPRINKLR_API_SECRET: app.apiSecret,
    SPRINKLR_SEAL_KEY: expect.stringMatching(/^[\w+/]{43}=$/),
    SPRINKLR_USERNAME: USERNAME,
    SPRINKLR_REDIRECT_URI: app.redirectUri,
    SPRINKLR_ENVIRONMENT: 'prod2',
    SPRINKLR_BASE_URL: sprinklr.origin,
  });
  expect(outcome.json).toMatchObject({
    'certificate-fingerprint': certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    'certificate-expires-at': new Date(certificate.validTo).toISOString(),
    'workspace-id': '66000002',
    repository: REPOSITORY,
    workflow: join(cwd, '.github/workflows/sprinklr.yml'),
  });
});

test('if gh fails, --resume continues without registering again', async () => {
  const world = await startWorld({ gh: { fails: 'variable set', says: 'HTTP 502' } });
  const failed = await scripted(world, ['--repo', REPOSITORY]);
  expect([failed.exitCode, failed.json['ok'], failed.json['error-code']]).toEqual([1, false, null]);
  expect(failed.json['stored']).toEqual(SECRETS);
  const { stderr } = failed;
  expect(stderr).toContain('Cannot store SPRINKLR_CERTIFICATE in octo-org/octo-repo.');
  expect(stderr).toContain(
    `At Sprinklr: the certificate is registered. App ID: ${String(failed.json['app-id'])}`,
  );
  expect(stderr).toContain(`stored ${SECRETS.join(', ')}.`);
  expect(stderr).toContain(`setup --resume ${String(failed.json['folder'])}`);
  expect(statSync(String(failed.json['folder'])).mode & 0o777).toBe(0o700);

  const fixed = withGh(world);
  const finished = await resume(fixed, failed);
  expectFinished(fixed, finished);
  expect(finished.json['app-id']).toBe(failed.json['app-id']);
  expect(registrations(world)).toBe(1);
});

test('a new run names the newest one that did not finish', async () => {
  const world = await startWorld({ gh: { fails: 'auth status' } });
  const home = { ...io, env: { HOME: world.home } };
  const [older, newer] = [await saveSet(home), await saveSet(home)];
  utimesSync(join(older.folder, 'setup.json'), 0, 0);
  const begin = (): Promise<Result> =>
    run(setupCall(world, [...world.flags, '--yes', '--repo', REPOSITORY], secretVariables));
  writeFileSync(join(older.folder, '../.DS_Store'), '');
  const { stderr } = await begin();
  expect(stderr).toContain(`or is still running in another terminal: ${newer.folder}.`);
  expect(stderr).toContain(`to continue it, use --resume ${newer.folder}. To discard it, delete`);
  expect(stderr).not.toContain(older.folder);
  await newer.update({ registration: 'unknown' }, home);
  expect((await begin()).stderr).toContain(
    `if Sprinklr support finds its App ID, use --resume ${newer.folder} --app-id APP_ID.`,
  );
  rmSync(newer.folder, { recursive: true });
  expect((await begin()).stderr).toContain('A run of 1970-01-01 is unfinished');
  rmSync(older.folder, { recursive: true });
  expect((await begin()).stderr).not.toContain('unfinished');
});

test('a value that --resume corrects stays corrected', async () => {
  const world = await startWorld({ gh: { fails: 'secret set' } });
  const failed = await scripted(world, ['--repo', REPOSITORY]);
  expect(failed.stderr).toMatch(/setup --resume \S+\nTo change a value, add its flag/);
  await resume(world, failed, ['--username', 'other@example.com']);
  const { state } = SavedSet.load(String(failed.json['folder']));
  expect(state.values).toEqual({ ...state.values, username: 'other@example.com' });
});

test('--resume never replaces the set of another run', async () => {
  const world = await startWorld({ gh: { fails: 'secret set' } });
  const failed = await scripted(world, ['--repo', REPOSITORY]);
  const other = withGh(world, { variables: { SPRINKLR_APP_ID: 'another App ID' } });
  const refused = await resume(other, failed);
  expect([refused.exitCode, refused.json['stored']]).toEqual([1, []]);
  expect(refused.stderr).toContain('is already set up, with the App ID another App ID');
  expect(other.gh.lines().filter((line) => line.includes(' set '))).toEqual([]);
  // The last call of an earlier run can have succeeded although gh failed.
  const own = withGh(world, { variables: { SPRINKLR_APP_ID: String(failed.json['app-id']) } });
  expectFinished(own, await resume(own, failed));
});

test('--resume takes only a folder that no other user can change', async () => {
  const world = await startWorld({ gh: { fails: 'secret set' } });
  const failed = await scripted(world, ['--repo', REPOSITORY]);
  chmodSync(String(failed.json['folder']), 0o770);
  const fixed = withGh(world);
  const flags = ['--resume', String(failed.json['folder']), '--yes'];
  const { exitCode, stderr } = await run(setupCall(fixed, flags, secretVariables));
  expect([exitCode, fixed.gh.lines()]).toEqual([2, []]);
  expect(stderr).toContain('Other users can change');
});

test('--resume takes only a folder of the same user', async () => {
  const set = await saveSet();
  expect(SavedSet.load(set.folder).state).toEqual(set.state);
  const user = jest.spyOn(process, 'getuid').mockReturnValue(statSync(set.folder).uid + 1);
  try {
    expect(() => SavedSet.load(set.folder)).toThrow('Other users can change');
  } finally {
    user.mockRestore();
  }
});

test('if the App ID cannot be saved, the command that continues has it', async () => {
  const world = await startWorld();
  const failed = await withBrokenDisk(() => scripted(world, ['--repo', REPOSITORY]));
  const [folder, appId] = [String(failed.json['folder']), String(failed.json['app-id'])];
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toContain(
    `Cannot write the files to ${folder}: it is a folder.\nFix this, then continue`,
  );
  expect(failed.stderr).toContain(`the certificate is registered. App ID: ${appId}`);
  const [, flags = ''] = /^ {2}npx \S+ setup (--resume .+)$/m.exec(failed.stderr) ?? [];
  expect(flags).toBe(`--resume ${folder} --app-id '${appId}'`);

  const refused = await resume(world, failed);
  expect([refused.exitCode, registrations(world)]).toEqual([1, 1]);
  expect(refused.stderr).toContain(`--resume ${folder} --app-id APP_ID`);
  expectFinished(world, await resume(world, failed, ['--app-id', appId]));
  expect(registrations(world)).toBe(1);
});

test('an error of the code exchange that repeats the API key and secret shows neither', async () => {
  const world = await startWorld();
  const { apiKey, apiSecret } = world.app;
  const body = JSON.stringify({ error: 'invalid_client', error_description: `${apiKey} and ${apiSecret}` });
  world.sprinklr.fault('token', { kind: 'status', status: 400, body });
  // It searches the terminal and the JSON document for secrets.
  const { exitCode, stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('*** and ***');
});

test.each([
  [401, '', 'Another token for this API key may have invalidated this one.'],
  [400, '', 'Get a new code from the browser consent.'],
  [400, 'No required SSL certificate was sent', 'Check `mtls-certificate`'],
])('a registration rejected with HTTP %i and %j says why, and how to continue', async (status, body, why) => {
  const world = await startWorld();
  world.sprinklr.fault('register', { kind: 'status', status, body });
  const { json, stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(json['error-code']).toBe('CREDENTIALS_REJECTED');
  expect(stderr).toContain(why);
  expect(stderr.includes('Another token')).toBe(status === 401);
  expect(stderr).toContain('Run the command below. It starts a new consent.');
  expect(stderr).not.toContain('Run this again');
});

test('a certificate that is already registered is continued with its App ID', async () => {
  const world = await startWorld();
  const body = JSON.stringify({ errors: [{ message: 'Certificate already registered' }] });
  world.sprinklr.fault('register', { kind: 'status', status: 400, body });
  const { stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(stderr).toContain('the certificate is already registered.');
  expect(stderr).not.toContain('no certificate was registered');
  expect(stderr).toMatch(/setup --resume \S+ --app-id APP_ID$/m);
});

test('--resume --app-id corrects an App ID that was wrong', async () => {
  const world = await startWorld();
  const failed = await withBrokenDisk(() => scripted(world, ['--repo', REPOSITORY]));
  const wrong = await resume(world, failed, ['--app-id', 'eyJwSWQiOjEsICJ0SWQiOjE2NTgxMjg1NTIxMDZ9']);
  expect([wrong.exitCode, wrong.json['stored']]).toEqual([1, []]);
  expectFinished(world, await resume(world, failed, ['--app-id', String(failed.json['app-id'])]));
});

test.each([
  ['token', 'no certificate was registered'],
  ['apptoken', 'the certificate is registered. App ID: '],
] as const)('after a failure of %s, --resume takes no --app-id', async (endpoint, state) => {
  const world = await startWorld();
  world.sprinklr.fault(endpoint, { kind: 'status', status: 401 });
  const failed = await scripted(world, ['--repo', REPOSITORY]);
  const refused = await resume(world, failed, ['--app-id', 'eyJwSWQiOjEsICJ0SWQiOjE2NTgxMjg1NTIxMDZ9']);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain('--app-id is only for a run that may have registered its certificate');
  expect(refused.stderr).toContain(state);
  expectFinished(world, await resume(world, failed));
});

/** Fails every attempt to save an App ID. */
async function withBrokenDisk<Result>(work: () => Promise<Result>): Promise<Result> {
  const real = Object.getOwnPropertyDescriptor(SavedSet.prototype, 'update')?.value as SavedSet['update'];
  const update = jest.spyOn(SavedSet.prototype, 'update').mockImplementation(async function (
    this: SavedSet,
    changes,
    io,
  ) {
    const file = join(this.folder, 'setup.json');
    if (changes.registration !== 'done') {
      await real.call(this, changes, io);
      return;
    }
    renameSync(file, `${file}.old`);
    mkdirSync(file);
    try {
      await real.call(this, changes, io);
    } finally {
      rmdirSync(file);
      renameSync(`${file}.old`, file);
    }
  });
  try {
    return await work();
  } finally {
    update.mockRestore();
  }
}

test('a set for --files can be resumed in GitHub, with a workflow', async () => {
  const world = await startWorld();
  world.sprinklr.fault('apptoken', { kind: 'status', status: 401 });
  const failed = await scripted(world, ['--files', 'sprinklr']);
  expect(failed.stderr.match(/Step \d of \d/g)?.at(-1)).toBe('Step 5 of 6');
  const finished = await resume(world, failed, ['--repo', REPOSITORY]);
  expectFinished(world, finished);
  const steps = [1, 2, 3, 4].map((step) => `Step ${step} of 4`);
  expect(finished.stderr.match(/Step \d of \d/g)).toEqual(steps);
});

test('a set that cannot be saved before the certificate is sent was not sent', async () => {
  const set = await saveSet();
  rmSync(set.folder, { recursive: true });
  writeFileSync(set.folder, '');
  await expect(set.update({ registration: 'unknown' }, io)).rejects.toThrow('Cannot write the files');
  expect(set.state.registration).toBe('none');
  await expect(set.update({ registration: 'done', appId: 'eyJ' }, io)).rejects.toThrow('Cannot write');
  // The message about the failure contains it.
  expect(set.state.appId).toBe('eyJ');
});

test('a file that someone added to the folder keeps it, and the run finishes', async () => {
  const world = await startWorld({ gh: { fails: 'secret set' } });
  const failed = await scripted(world, ['--repo', REPOSITORY]);
  const folder = String(failed.json['folder']);
  writeFileSync(join(folder, '.DS_Store'), '', { mode: 0o600 });
  const { exitCode, json, stderr } = await resume(withGh(world), failed);
  expect([exitCode, json['ok'], json['folder']]).toEqual([0, true, folder]);
  expect(stderr).toContain(`${folder} could not be deleted`);
  expect(json['workflow']).not.toBeNull();
  expect(contentsOf(folder)).toEqual({ '.DS_Store': '' });
});

test('nothing starts if the answer of gh is not JSON: a set that exists would be overlooked', async () => {
  const world = await startWorld();
  const [folder = ''] = world.gh.path.split(delimiter);
  writeFileSync(join(folder, 'variables.json'), '\u001b[1;37m{\u001b[m"variables": []}');
  const { exitCode, stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Cannot read the variables of octo-org/octo-repo');
  expect(world.sprinklr.requests).toEqual([]);
});

test('without gh, it says that files need none', async () => {
  const world = await startWorld({ gh: { fails: 'auth status' } });
  const { exitCode, stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('is not logged in');
  expect(stderr).toContain('Without gh, use --files DIR.');
  const rotation = await scripted(world, ['--repo', REPOSITORY, '--rotate']);
  expect(rotation.stderr).toContain('is not logged in');
  expect(rotation.stderr).not.toContain('--files');
});

test('nothing starts if gh is too old to store variables', async () => {
  const says = 'unknown command "variable" for "gh"';
  const world = await startWorld({ gh: { fails: 'variable list', says } });
  const { exitCode, stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('This version of gh cannot store variables.');
  expect([world.sprinklr.requests, filesIn(world.home)]).toEqual([[], []]);
});

test('gh gets secrets only through standard input, and no error of gh shows one', async () => {
  const echoed = `'"$(cat "$call.input")"'`;
  const world = await startWorld({ gh: { fails: 'secret set', says: `could not send ${echoed}` } });
  const { stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(stderr).toContain('Cannot store SPRINKLR_PRIVATE_KEY');
  for (const { env } of world.gh.calls()) {
    expect(env).not.toContain('SPRINKLR_API_');
    expect(env).toContain('GH_FORCE_TTY=\n');
  }
});

test('text in the variables of a repository does not control the terminal', async () => {
  const world = await startWorld({ gh: { variables: { SPRINKLR_APP_ID: 'eyJ\u001b[2J\u009b1A' } } });
  const { exitCode, stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('is already set up');
  // eslint-disable-next-line no-control-regex
  expect(stderr).not.toMatch(/[\u001b\u009b]/);
});

test('a workflow is not written through a symbolic link', async () => {
  const world = await startWorld();
  const outside = join(folderWith(), 'outside.yml');
  symlinkSync(outside, join(world.cwd, 'link.yml'));
  const { exitCode, stderr } = await scripted(world, ['--repo', REPOSITORY, '--workflow', 'link.yml']);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('link.yml already exists and was not replaced');
  expect(existsSync(outside)).toBe(false);
});

test('--rotate replaces the variables of the repository, and names the old and the new set', async () => {
  const { gh: first, sprinklr, app, home, cwd } = await startWorld();
  const old = { ...(await startWorld()), sprinklr, app, home, cwd };
  const appId = 'eyJwSWQiOjgwMDAwLCAidElkIjoxNjU4MTI4NTUyMTA2fQ==';
  const world = withGh(
    { ...old, flags: [] },
    {
      variables: {
        SPRINKLR_APP_ID: appId,
        SPRINKLR_USERNAME: USERNAME,
        SPRINKLR_REDIRECT_URI: app.redirectUri,
        SPRINKLR_ENVIRONMENT: 'prod2',
        SPRINKLR_BASE_URL: sprinklr.origin,
      },
    },
  );
  const refused = await scripted({ ...world, flags: old.flags }, [
    '--repo',
    REPOSITORY,
    '--base-url',
    sprinklr.origin,
    '--redirect-uri',
    app.redirectUri,
  ]);
  expect([refused.exitCode, refused.json['folder']]).toEqual([1, null]);
  expect(refused.stderr).toContain(`is already set up, with the App ID ${appId}`);

  const { exitCode, json, stderr } = await scripted(world, ['--repo', REPOSITORY, '--rotate']);
  expect([exitCode, json['stored'], json['workflow']]).toEqual([0, [...SECRETS, ...VARIABLES], null]);
  const steps = [1, 2, 3, 4, 5, 6].map((step) => `Step ${step} of 6`);
  expect(stderr.match(/Step \d of \d/g)).toEqual(steps);
  expect(stderr).toContain(`old App ID       ${appId}`);
  expect(stderr).toContain(`new App ID       ${String(json['app-id'])}`);
  expect(stderr).toContain('old fingerprint  unknown');
  expect(stderr).toContain(`new fingerprint  ${String(json['certificate-fingerprint'])}`);
  expect(stderr).toContain('Sprinklr does not document whether the old App ID and key still work');
  expect(first.lines()).toEqual([]);
});

describe('--files', () => {
  test('writes files that only the user can read, and says how a shell loads the .env', async () => {
    const world = await startWorld();
    // On Windows, this is a path with folders.
    const name = String.raw`C:\Users\O'Neil\sprinklr`;
    const written = join(world.cwd, name);
    mkdirSync(written);
    chmodSync(written, 0o755);
    const outcome = await scripted(world, ['--files', name]);
    expect(outcome.exitCode).toBe(0);
    expect(Object.keys(contentsOf(written)).sort()).toEqual([
      '.env',
      '.gitignore',
      'server.crt',
      'server.key',
    ]);
    expect(contentsOf(written)['.gitignore']).toBe('*\n');
    expect(statSync(written).mode & 0o777).toBe(0o700);
    for (const file of filesIn(written)) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([filesIn(world.home), world.gh.lines()]).toEqual([[], []]);
    const [, load = ''] = /^To load them in a POSIX shell: (.+)$/m.exec(outcome.stderr) ?? [];
    // A program that the shell starts gets them, too.
    const print = 'printenv SPRINKLR_API_SECRET; printenv SPRINKLR_PRIVATE_KEY_FILE';
    const loaded = execFileSync('sh', ['-c', `${load}; ${print}`], { encoding: 'utf8' });
    expect(loaded).toBe(`${world.app.apiSecret}\n${join(written, 'server.key')}\n`);
    expect(outcome.stderr).toMatch(/GitLab: [^]+Jenkins: [^]+Azure Pipelines: /);
    expect(outcome.stderr).toMatch(
      /^Before the certificate expires on \d{4}-\d\d-\d\d, .* setup --files NEW_DIR$/m,
    );
  });

  test('never writes to a folder with files in it', async () => {
    const world = await startWorld();
    const folder = folderWith({ 'server.key': 'old' });
    const { exitCode, stderr } = await scripted(world, ['--files', folder]);
    expect([exitCode, contentsOf(folder)]).toEqual([2, { 'server.key': 'old' }]);
    expect(stderr).toContain('is not an empty folder');
    expect(world.sprinklr.requests).toEqual([]);
  });

  test('a folder that cannot be created is refused before anything else', async () => {
    const world = await startWorld();
    // Not even root can create a folder there.
    const folder = process.platform === 'darwin' ? '/System/sprinklr' : '/proc/sprinklr';
    const { exitCode, stderr } = await scripted(world, ['--files', folder]);
    expect([exitCode, world.sprinklr.requests, filesIn(world.home)]).toEqual([1, [], []]);
    expect(stderr).toContain(`Cannot create files in ${dirname(folder)}: `);
  });

  test('if the folder is no longer empty at the end, the run continues with another one', async () => {
    const world = await startWorld();
    const flags = [...world.flags, '--yes', '--json', '--no-listen', '--no-browser', '--files', 'first'];
    const program = start(setupCall(world, flags, secretVariables));
    await program.prints(/Waiting for that URL/);
    mkdirSync(join(world.cwd, 'first'));
    writeFileSync(join(world.cwd, 'first', 'other'), '');
    program.give(`${world.sprinklr.issueCode(world.app.apiKey)}\n`);
    expect((await program.exit).exitCode).toBe(2);
    expect(program.stderr()).toContain('is not an empty folder');
    expect(program.stderr()).toContain('add --files OTHER to the command below');
    const json = JSON.parse(program.stdout()) as Outcome['json'];
    const finished = await resume(world, { json }, ['--files', 'second']);
    expect([finished.exitCode, registrations(world)]).toEqual([0, 1]);
    expect(filesIn(join(world.cwd, 'second'))).toHaveLength(4);
  });

  test('a value that no dotenv parser can read is refused before anything is created', async () => {
    const world = await startWorld();
    const { exitCode, stderr } = await scripted(world, ['--files', `'#"\``]);
    expect([exitCode, contentsOf(world.cwd), world.sprinklr.requests]).toEqual([2, {}, []]);
    expect(stderr).toContain('The value of SPRINKLR_PRIVATE_KEY_FILE contains quotes');
  });
});

describe('a usage error, before anything is created, is', () => {
  test('a missing value or --yes without a terminal', async () => {
    const world = await startWorld();
    const { exitCode, stdout, stderr } = await run(setupCall(world, ['--repo', REPOSITORY]));
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Missing: api-key, api-secret, redirect-uri, username, --yes.');
    expect(stderr).toContain('--api-key-file or SPRINKLR_API_KEY');
    expect(world.gh.lines()).toEqual([]);
  });

  test.each([
    [['--username', 'ci bot"', '--redirect-uri', 'https://www.example.com/#top'], 'Contains a #'],
    [
      ['--environment', 'https://prod2'],
      'Looks like a URL. (from --environment)\nUse the name alone, such as prod2.\n',
    ],
    [['--env', 'a;b'], '--env is not the name of a GitHub environment'],
    [['--repo', 'octo-repo'], '--repo must have the form OWNER/REPO'],
    [['--resume', '.'], 'does not contain an unfinished run of setup'],
    [['--common-name', ' '], "The subject's common name is empty."],
    [['--common-name', 'x'.repeat(65)], 'longer than 64 characters'],
    [['--common-name', 'ci\u001b[2J'], 'a character that cannot be displayed'],
    [['--app-id', 'eyJwSWQiOjF9'], '--app-id requires --resume'],
    [['--app-id', '!', '--resume', '.'], '`app-id` is not an App ID'],
    [['--files', 'x', '--rotate'], '--rotate replaces only values in GitHub.'],
    [['--api-key-file', '-'], 'Standard input is reserved for'],
  ])('%j', async (flags, problem) => {
    const world = await startWorld();
    const { exitCode, stderr, json } = await scripted(world, [
      ...(flags.includes('--files') ? [] : ['--repo', REPOSITORY]),
      ...flags,
    ]);
    const isSubject = flags.includes('--common-name');
    expect([exitCode, json['ok'], json['error-code']]).toEqual([
      2,
      false,
      isSubject ? 'INPUT_INVALID' : null,
    ]);
    expect(stderr).toContain(problem);
    expect([world.sprinklr.requests, filesIn(world.home)]).toEqual([[], []]);
    if (isSubject) expect(stderr).not.toContain('Step 1');
  });
});

test("the repository is the folder's remote", async () => {
  const world = await startWorld({ gh: { fails: 'auth status' } });
  execFileSync('git', ['init', '-q'], { cwd: world.cwd });
  const url = 'https://octocat:t0ken-of-octocat@github.com/octo-org/octo-repo.git';
  execFileSync('git', ['remote', 'add', 'origin', url], { cwd: world.cwd });
  const { json, stderr } = await scripted({ ...world, cwd: world.cwd }, []);
  expect(json['repository']).toBe(REPOSITORY);
  expect(stderr).not.toContain('t0ken');
});

test('in a clone of the repository, the commands that commit the workflow need no other folder', async () => {
  const world = await startWorld();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: world.cwd });
  git('init', '-q');
  git('remote', 'add', 'origin', 'https://github.com/octocat/fork.git');
  git('remote', 'add', 'upstream', 'git@github.com:Octo-Org/octo-repo.git');
  const { stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect(stderr).toContain('git add .github/workflows/sprinklr.yml');
  expect(stderr).not.toContain('No git remote');
});

test.each([
  ['clone/docs', [], /commit it:\n {2}git add \.\.\/\.github\/workflows\/sprinklr\.yml$/m],
  [
    'other',
    ['--workflow', '../clone/.github/workflows/sprinklr.yml'],
    /commit it:\n {2}cd \S+\/clone\n {2}git add \.github\/workflows\/sprinklr\.yml$/m,
  ],
])('in the folder %s, the workflow goes to the root of the clone', async (folder, flags, commands) => {
  const world = await startWorld();
  const [clone, cwd] = [join(world.cwd, 'clone'), join(world.cwd, folder)];
  mkdirSync(clone);
  mkdirSync(cwd);
  execFileSync('git', ['init', '-q'], { cwd: clone });
  const url = 'https://github.com/octo-org/octo-repo.git';
  execFileSync('git', ['remote', 'add', 'origin', url], { cwd: clone });
  const { stderr } = await scripted({ ...world, cwd }, ['--repo', REPOSITORY, ...flags]);
  expect(existsSync(join(clone, '.github/workflows/sprinklr.yml'))).toBe(true);
  expect(stderr).toMatch(commands);
});

test('a workflow whose folder cannot exist leaves everything else stored', async () => {
  const world = await startWorld();
  writeFileSync(join(world.cwd, '.github'), '');
  const { exitCode, json, stderr } = await scripted(world, ['--repo', REPOSITORY]);
  expect([exitCode, json['stored'], json['workflow']]).toEqual([1, [...SECRETS, ...VARIABLES], null]);
  expect(stderr).toContain('Everything is stored. Create the workflow yourself');
});

test.each([
  ['https://github.com/octo-org/octo.repo.git', 'octo-org/octo.repo'],
  ['https://user:secret@github.com/octo-org/octo-repo/', 'octo-org/octo-repo'],
  ['git@github.com:octo-org/octo-repo.git', 'octo-org/octo-repo'],
  ['ssh://git@ssh.github.com:443/octo-org/octo-repo.git', 'octo-org/octo-repo'],
  ['https://github.example.com/octo-org/octo-repo', 'github.example.com/octo-org/octo-repo'],
  ['git@work:octo-org/octo-repo.git', undefined],
  ['/srv/git/octo-repo.git', undefined],
  ['', undefined],
])('the remote %j is the repository %j', (url, repository) => {
  expect(repositoryOfUrl(url)).toBe(repository);
});

test.each([
  [
    'win32',
    { LOCALAPPDATA: String.raw`C:\Users\me\AppData\Local` },
    String.raw`C:\Users\me\AppData\Local\sprinklr-token`,
  ],
  ['win32', {}, undefined],
  ['linux', { HOME: '/home/me' }, '/home/me/.local/state/sprinklr-token'],
  ['darwin', { HOME: '/Users/me', XDG_STATE_HOME: 'relative' }, '/Users/me/.local/state/sprinklr-token'],
  ['linux', { HOME: '/home/me', XDG_STATE_HOME: '/state' }, '/state/sprinklr-token'],
] as const)('on %s with %j, the set is saved in %s', (platform, env, folder) => {
  expect(stateFolder({ platform, env })).toBe(folder);
});

test('the command that resumes is quoted for the shell of the platform', () => {
  const path = String.raw`C:\Users\O'Neil\sprinklr-token\setup-1`;
  expect(quoteForShell(path, 'win32')).toBe(String.raw`'C:\Users\O''Neil\sprinklr-token\setup-1'`);
  expect(quoteForShell("/home/o'neil/setup-1", 'linux')).toBe(String.raw`'/home/o'\''neil/setup-1'`);
});
