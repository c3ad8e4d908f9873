/** The files that GitHub and Dependabot read. "npm run lint:workflows" checks whether they are well-formed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Record<string, unknown>;
}

interface Job {
  readonly permissions?: Record<string, string>;
  readonly steps: readonly Step[];
}

const jobsOf = (workflow: string): Record<string, Job> =>
  (parse(read(`.github/workflows/${workflow}`)) as { jobs: Record<string, Job> }).jobs;
const commandsOf = ({ steps }: Job): string[] => steps.map(({ run, uses }) => run ?? uses ?? '');
const checkoutOf = ({ steps }: Job): Record<string, unknown> | undefined =>
  steps.find(({ uses }) => uses?.startsWith('actions/checkout@'))?.with;

describe('workflows', () => {
  const folder = '.github/workflows';
  const workflows = readdirSync(join(root, folder)).map((file) => {
    const text = read(join(folder, file));
    return { file, text, ...(parse(text) as Omit<Job, 'steps'> & { jobs: Record<string, Job> }) };
  });

  test('start without permissions, and only these jobs can write', () => {
    for (const { file, permissions } of workflows) expect([file, permissions]).toEqual([file, {}]);
    const writing = workflows.flatMap(({ file, jobs }) =>
      Object.entries(jobs).flatMap(([job, { permissions = {} }]) =>
        Object.entries(permissions).flatMap(([what, right]) =>
          right === 'read' ? [] : [`${file} ${job}: ${what} ${right}`],
        ),
      ),
    );
    expect(writing.sort()).toEqual([
      'codeql.yml analyze: security-events write',
      'dependabot-dist.yml commit: contents write',
      'release.yml move: contents write',
      'release.yml publish: attestations write',
      'release.yml publish: id-token write',
      'release.yml release: contents write',
    ]);
  });

  test('pin third-party actions to one commit each, with the version in a comment', () => {
    const used = workflows.flatMap(({ text }) =>
      [...text.matchAll(/uses: (\S+)@(.*)$/gm)].flatMap(([, action = '', at = '']) =>
        action.startsWith('org/sprinklr-token') ? [] : [{ action, at: at.replace(/ # zizmor: .*$/, '') }],
      ),
    );
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter(({ at }) => !/^[\da-f]{40} # v\d+\.\d+\.\d+$/.test(at))).toEqual([]);

    const pins = new Set(used.map(({ action, at }) => `${action.split('/').slice(0, 2).join('/')}@${at}`));
    const repositories = [...pins].map((pin) => pin.split('@')[0]);
    expect(repositories).toEqual([...new Set(repositories)]);
  });

  test('check out the full history where they run the tests, which read the commit that token.yml names', () => {
    const jobs = workflows.flatMap(({ file, jobs: all }) =>
      Object.entries(all).map(([id, job]) => ({ name: `${file} ${id}`, job })),
    );
    const testing = jobs.filter(({ job }) =>
      /^(\.ci\/run|npm (cit|run mutation))$/m.test(commandsOf(job).join('\n')),
    );
    expect(testing.length).toBeGreaterThan(3);
    expect(testing.filter(({ job }) => checkoutOf(job)?.['fetch-depth'] !== 0)).toEqual([]);
  });
});

describe('the release workflow', () => {
  const jobs = Object.values(jobsOf('release.yml'));

  test('checks out the commit that started it in every job', () => {
    expect(jobs.map((job) => checkoutOf(job)?.['ref'])).toEqual(jobs.map(() => '${{ github.sha }}'));
  });

  test('confirms that the tag is that commit right before it publishes anything', () => {
    const publishes = /^(actions\/attest@|npm publish|gh release create)/;
    const before = jobs.flatMap((job) => {
      const commands = commandsOf(job);
      const first = commands.findIndex((command) => publishes.test(command));
      return first === -1 ? [] : [commands[first - 1]];
    });
    expect(before).toEqual(Array(2).fill('node scripts/release.js --confirm "$GITHUB_REF_NAME"'));
  });

  test('publishes to npm with provenance, then the release with its notes, and then moves v1', () => {
    const commands = jobs.flatMap(commandsOf).filter((command) => /^npm publish|^gh |--move/.test(command));
    expect(commands).toEqual([
      expect.stringMatching(/^npm publish --provenance --ignore-scripts /),
      expect.stringMatching(/^gh release create \S+ --verify-tag --target "\$GITHUB_SHA" --notes-file /),
      'node scripts/release.js --move "$GITHUB_REF_NAME"',
    ]);
    const { repository } = JSON.parse(read('package.json')) as { repository: { url: string } };
    expect(repository.url).toBe('git+https://github.com/org/sprinklr-token.git');
  });
});

test('docs/security.md verifies an attestation by the workflow that signs it and the tag that it runs for', () => {
  const [, workflow = '', ref = ''] =
    /gh attestation verify (?:.*\\\n)?.*--signer-workflow org\/sprinklr-token\/(\S+) --source-ref (\S+)/.exec(
      read('docs/security.md'),
    ) ?? [];
  const { on } = parse(read(workflow)) as { on: { push: { tags: string[] } } };
  expect(read(workflow)).toContain('uses: actions/attest@');
  expect(on.push.tags.map((tag) => `refs/tags/${tag}`)).toEqual(['refs/tags/v*.*.*']);
  expect(ref).toMatch(/^refs\/tags\/v\d+\.\d+\.\d+$/);
});

describe('the workflow that rebuilds dist for Dependabot', () => {
  const { find, build, commit } = jobsOf('dependabot-dist.yml');
  const branch = 'dependabot/npm_and_yarn/jose-7.0.0';

  test('builds and commits the commit that it found first, and runs no code of it where it can write', () => {
    const found = '${{ needs.find.outputs.commit }}';
    expect([build, commit].map((job) => job && checkoutOf(job)?.['ref'])).toEqual([found, found]);
    const commands = [find, commit].flatMap((job) => (job ? commandsOf(job) : [])).join('\n');
    expect(commands).not.toMatch(/\b(npm|npx|node)\b(?!_and_yarn)/);
  });

  const env = {
    ...process.env,
    ...{ GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_COUNT: '1' },
    ...{ GIT_CONFIG_KEY_0: 'user.email', GIT_CONFIG_VALUE_0: 'a@example.com' },
    ...{ GIT_AUTHOR_NAME: 'A', GIT_COMMITTER_NAME: 'A' },
  };

  /** Runs the last step, in which another dist/ is ready, after `move` on origin. Returns the branch's commits on origin. */
  function pushAfter(move: (git: (...args: string[]) => string) => void): {
    status: number | null;
    before: string;
    after: string;
    parent: string;
  } {
    const home = mkdtempSync(join(tmpdir(), 'dependabot-'));
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: join(home, 'work'), env, encoding: 'utf8', stdio: 'pipe' }).trim();
    mkdirSync(join(home, 'work/dist'), { recursive: true });
    git('init', '-q', '--bare', '../origin.git');
    git('init', '-q', '-b', 'work');
    git('remote', 'add', 'origin', '../origin.git');
    for (const text of ['one', 'two']) {
      writeFileSync(join(home, 'work/dist/index.js'), text);
      git('add', '--all');
      git('commit', '-q', '-m', text);
    }
    git('push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
    const found = git('rev-parse', 'HEAD');
    move(git);
    const ref = (): string => git('ls-remote', 'origin', `refs/heads/${branch}`).split('\t')[0] ?? '';
    const before = ref();

    writeFileSync(join(home, 'work/dist/index.js'), 'three');
    const { status } = spawnSync('bash', ['-e', '-c', commit?.steps.at(-1)?.run ?? ''], {
      cwd: join(home, 'work'),
      env: { ...env, BRANCH: branch, COMMIT: found },
    });
    return { status, before, after: ref(), parent: git('rev-parse', 'HEAD~') };
  }

  test('adds a commit to the branch', () => {
    const { status, before, after, parent } = pushAfter(() => undefined);
    expect({ status, parent }).toEqual({ status: 0, parent: before });
    expect(after).not.toBe(before);
  });

  test.each<[what: string, move: (git: (...args: string[]) => string) => void]>([
    [
      'got another commit',
      (git) => {
        git(
          'push',
          '-q',
          'origin',
          `${git('commit-tree', '-p', 'HEAD', '-m', 'X', 'HEAD^{tree}')}:${branch}`,
        );
      },
    ],
    [
      'went back to an older commit',
      (git) => {
        git('push', '-q', '--force', 'origin', `HEAD~:refs/heads/${branch}`);
      },
    ],
    [
      'was deleted',
      (git) => {
        git('push', '-q', 'origin', `:refs/heads/${branch}`);
      },
    ],
  ])('pushes nothing if the branch %s', (_, move) => {
    const { status, before, after } = pushAfter(move);
    expect(status).not.toBe(0);
    expect(after).toBe(before);
  });
});

test('Dependabot updates the bundled packages and the bundler one by one', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as {
    updates: { groups: Record<string, { 'exclude-patterns'?: string[] }> }[];
  };
  const alone = updates.flatMap(({ groups }) => groups['tools']?.['exclude-patterns'] ?? []);
  const isAlone = (name: string): boolean =>
    alone.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
  const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: object };
  const bundled = [...read('dist/licenses.txt').matchAll(/^=== (\S+)/gm)].map(([, name = '']) => name);
  const makers = [...read('scripts/bundle.js').matchAll(/ from '([^.:']+)'/g)].map(([, name = '']) => name);

  const own = [...bundled, ...makers].filter((name) => name in devDependencies);
  expect(own.length).toBeGreaterThan(4);
  expect(own.filter((name) => !isAlone(name))).toEqual([]);
});

test('the bug form requires the error code, and every form warns against pasting secrets', () => {
  const { body } = parse(read('.github/ISSUE_TEMPLATE/bug.yml')) as {
    body: { id?: string; validations?: { required: boolean } }[];
  };
  expect(body.find(({ id }) => id === 'error-code')?.validations).toEqual({ required: true });
  for (const page of [
    'ISSUE_TEMPLATE/bug.yml',
    'ISSUE_TEMPLATE/feature.yml',
    'pull_request_template.md',
    'SUPPORT.md',
  ])
    expect([page, read(`.github/${page}`)]).toEqual([page, expect.stringMatching(/never paste a secret/i)]);
});

const files = ['README.md', 'CHANGELOG.md', 'action.yml', '.ci/run'].concat(
  ['.github', 'docs', 'examples', 'scripts', 'src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [join(relative(root, entry.parentPath), entry.name)] : [],
    ),
  ),
);

test('every npm script, script, and page that a file names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  const missing = files.flatMap((file) => {
    const named = (what: RegExp): string[] => [...read(file).matchAll(what)].map(([, name = '']) => name);
    return [
      ...named(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g).filter((name) => !(name in scripts)),
      ...named(/\b((?:docs|scripts)\/[\w/-]+\.(?:md|js|sh))\b/g).filter(
        (path) => !existsSync(join(root, path)),
      ),
    ].map((name) => `${file} names ${name}`);
  });
  expect(missing).toEqual([]);
});

test('everything that names the owner of the repository names the owner in package.json', () => {
  const { name, repository } = JSON.parse(read('package.json')) as {
    name: string;
    repository: { url: string };
  };
  const [, owner = ''] = /github\.com\/([\w-]+)\/sprinklr-token\.git$/.exec(repository.url) ?? [];
  expect(name).toBe(`@${owner}/sprinklr-token`);
  const places = /(?:uses: |github\.com\/|raw\/|release\/|\B@)([\w-]+)\/sprinklr-token\b/g;
  const named = files
    .concat('package.json', 'package-lock.json')
    .flatMap((file) => [...read(file).matchAll(places)].map(([, found]) => `${file}: ${found ?? ''}`));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((place) => !place.endsWith(`: ${owner}`))).toEqual([]);
});

test('package.json has nothing that makes npm install the devDependencies of a git dependency', () => {
  // npm prepares a git dependency if one of these is present: it installs everything and runs every install script.
  const triggers = ['build', 'prepare', 'prepack', 'install', 'preinstall', 'postinstall'];
  const { scripts, workspaces } = JSON.parse(read('package.json')) as {
    scripts: object;
    workspaces?: unknown;
  };
  expect(Object.keys(scripts).filter((name) => triggers.includes(name))).toEqual([]);
  expect(workspaces).toBeUndefined();
});

test.each([
  ['It works through a proxy: see there.', []],
  ['It works by way of a proxy.', ['markdownlint']],
  ['It has to be set.', ['markdownlint']],
  ['It says one thing: another: and a third.', ['markdownlint']],
  ['It merely works.', ['cspell']], // cspell:disable-line
])('of the linters of pages, "%s" fails %j', (text, expected) => {
  const fails = (program: string, ...args: string[]): boolean =>
    spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
      cwd: root,
      input: `${text}\n`,
    }).status !== 0;
  const failed = [
    ...(fails('markdownlint-cli2/markdownlint-cli2-bin.mjs', '--no-globs', '-') ? ['markdownlint'] : []),
    ...(fails('cspell/bin.mjs', '--no-progress', 'stdin') ? ['cspell'] : []),
  ];
  expect(failed).toEqual(expected);
});
