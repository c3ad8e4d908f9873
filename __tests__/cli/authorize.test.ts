import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseAuthorizationCode } from '../../src/sprinklr/authorization-code.ts';
import { emptyPath, fakeGh } from './fake-programs.ts';
import { run, terminal, type Call, type Result } from './harness.ts';

const elsewhere = 'https://www.example.com/callback';
const apiKey = 'k7apikey+3n5x9w2q/8r4t6y1z==';
const env = { SPRINKLR_API_KEY: apiKey };
const code = '5f2c9a7be1d04c3388aa61d2';

function authorize(flags: readonly string[], call: Omit<Call, 'args'> = {}): Promise<Result> {
  return run({ env, ...call, args: ['authorize', '--redirect-uri', elsewhere, ...flags] });
}

/** Passes a redirect URL through standard input. */
const piped = (input: string, ...flags: string[]): Promise<Result> =>
  authorize(flags, { input: `${input}\n` });

describe('usage errors', () => {
  test.each([
    [['--redirect-uri', 'callback'], 'redirect-uri'],
    [['--redirect-uri', `${elsewhere}#here`], 'redirect-uri contains a #'],
    [['--environment', 'prod 2/..'], 'environment'],
    [['--gateway', 'api4'], 'gateway'],
    [['--base-url', 'http://sprinklr.test'], 'base-url'],
    [['--timeout-seconds', '0'], '--timeout-seconds must be'],
    ...['a.yml;id', '--help', ';a.yml'].map((workflow): [string[], string] => [
      [`--workflow=${workflow}`],
      '--workflow must look like register.yml',
    ]),
    [['--repo=a/b;id'], '--repo must have the form OWNER/REPO'],
    ...['a b', '-a', 'a;id', '$a'].map((ref): [string[], string] => [
      [`--ref=${ref}`],
      '--ref must look like main',
    ]),
    [['--api-key-file', '-'], 'Standard input is for the redirect URL'],
  ])('%j', async (flags, problem) => {
    const { exitCode, stdout, stderr } = await authorize(flags);
    expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringContaining(problem)]);
  });

  test.each([
    ['redirect-uri', {}],
    ['api-key', { SPRINKLR_REDIRECT_URI: elsewhere }],
  ])('a missing %s', async (name, variables) => {
    const { exitCode, stdout, stderr } = await run({ args: ['authorize'], env: variables });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(name);
  });

  test.each(['one two', 'schlüssel'])('the API key "%s", which is not repeated', async (key) => {
    const { exitCode, stdout, stderr } = await authorize([], { env: { SPRINKLR_API_KEY: key } });
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--api-key-file or SPRINKLR_API_KEY');
    expect(stderr).not.toContain(key);
  });
});

describe('the API key', () => {
  test('is asked for on a terminal, and not shown', async () => {
    const session = terminal({
      args: ['authorize', '--redirect-uri', elsewhere],
      env: { SPRINKLR_API_KEY: ' ' },
    });
    await session.shows('API key');
    session.type('two words');
    await session.shows('without spaces');
    session.press('\u007F'.repeat('two words'.length));
    const before = session.screen().length;
    session.type('typed-key');
    await session.shows('Redirect URL');
    // It is a parameter of the page, but it is not shown while it is typed.
    expect(session.screen()).toContain('client_id=typed-key&');
    expect(session.screen().slice(before).split('client_id=')[0]).not.toContain('typed-key');
    session.press('\u0003');
    await session.exit;
  });
});

describe('the workflow', () => {
  test.each(['y', 'n', '\r'])('on a terminal, the answer %j starts it or not', async (answer) => {
    const gh = fakeGh();
    const session = terminal({
      args: ['authorize', '--redirect-uri', elsewhere],
      env: { ...env, PATH: gh.path },
    });
    await session.shows('Redirect URL');
    session.type(code);
    await session.shows('Start register.yml with it, using gh?');
    session.press(answer);
    expect(await session.exit).toBe(0);
    expect(gh.lines()).toEqual(answer === 'y' ? ['auth status', 'workflow run register.yml --json'] : []);
    expect(session.screen().includes(` -f code=${code}`)).toBe(answer !== 'y');
  });

  test.each([
    [['--repo=a/b'], '--repo a/b', []],
    [['--repo=team-1/pipe.line_2'], '--repo team-1/pipe.line_2', []],
    [
      ['--repo=g.example.com:8443/a-b/c', '--ref=release/2.x'],
      '--repo g.example.com:8443/a-b/c --ref release/2.x',
      ['--hostname', 'g.example.com:8443'],
    ],
    [['--ref=v'], '--ref v', []],
    [['--ref=feature/a+b-1.x'], '--ref feature/a+b-1.x', []],
    [[], '', []],
  ])('--dispatch with %j passes the code to gh, through standard input', async (flags, where, host) => {
    for (const file of ['register.yml', 'w']) {
      const gh = fakeGh();
      const call = { env: { ...env, PATH: gh.path }, input: `${elsewhere}?code=${code}` };
      const workflow = file === 'w' ? ['--workflow=w'] : [];
      const { exitCode, stdout, stderr } = await authorize(['--dispatch', ...workflow, ...flags], call);
      expect([exitCode, stdout]).toEqual([0, '']);
      expect(gh.lines()).toEqual([
        ['auth status', ...host].join(' '),
        ['workflow run', file, where, '--json'].filter((words) => words !== '').join(' '),
      ]);
      expect(JSON.parse(gh.calls()[1]?.input ?? '')).toEqual({ code });
      const [repo = ''] = /--repo \S+/.exec(where) ?? [];
      expect(stderr).toContain(`Started ${file}. To watch it: gh run watch ${repo}`.trim());
      expect(stderr).not.toContain(code);
    }
  });

  test('the default workflow has the input that the code is passed as', () => {
    const workflow = parse(readFileSync(new URL('../../examples/register.yml', import.meta.url), 'utf8')) as {
      on: { workflow_dispatch: { inputs: object } };
    };
    expect(Object.keys(workflow.on.workflow_dispatch.inputs)).toEqual(['code']);
  });

  const notExecutable = (): string => {
    const folder = emptyPath();
    writeFileSync(join(folder, 'gh'), '', { mode: 0o644 });
    return folder;
  };
  const failing = (says: string): string => fakeGh({ fails: 'auth status', says }).path;
  test.each([
    ['is missing', emptyPath, 'gh, is not installed.'],
    ['is not executable', notExecutable, 'gh, could not be started.'],
    ['says nothing', () => failing(''), 'gh, is not logged in.\n'],
    [
      'starts with empty lines',
      () => failing('\\n \\n\\r\\tfirst\\r\\nsecond\\n'),
      'is not logged in: first\n',
    ],
    ['says a lot', () => failing('x'.repeat(400)), `is not logged in: ${'x'.repeat(300)}\n`],
    [
      'prints control characters',
      () => failing('a\\033[1mb\\177c\\342\\200\\256d'),
      'is not logged in: abcd\n',
    ],
  ])('--dispatch fails before there is a code if gh %s', async (_, path, problem) => {
    const { exitCode, stdout, stderr } = await authorize(['--dispatch', '--repo=g.example.com/a/b'], {
      env: { ...env, PATH: path() },
    });
    expect([exitCode, stdout, stderr]).toEqual([1, '', expect.stringContaining(problem)]);
    expect(stderr).toContain('gh auth login');
    expect(stderr).not.toContain('/oauth/authorize');
  });

  test('if gh fails with the code, the command for it is printed', async () => {
    const gh = fakeGh({ fails: 'workflow run' });
    const call = { env: { ...env, PATH: gh.path }, input: code };
    const { exitCode, stdout, stderr } = await authorize(['--dispatch'], call);
    expect([exitCode, stdout]).toEqual([1, `gh workflow run register.yml -f code=${code}\n`]);
    expect(stderr).toContain('"gh workflow run" failed: could not find it');
    expect(stderr).toContain('The code is still unused');
  });

  test.each([
    code,
    'P9+ewuw~b.c_d-e==',
    'a/b',
    'code=a',
    'error=a',
    `a'b"c$(id)\`id\`d;e&f|g*h?i!j\\k%41,{l}<m>#n@o`,
  ])('the code %s reaches the action unchanged, from a shell or through gh', async (odd) => {
    const input = `${elsewhere}?code=${encodeURIComponent(odd)}`;
    const { stdout: command } = await piped(input, '--repo', 'team/pipeline');
    const shell = fakeGh();
    execFileSync('bash', ['--norc', '-c', command], { env: { PATH: shell.path }, input: '' });
    const [call] = shell.calls();
    expect(call?.args.slice(0, -1)).toEqual('workflow run register.yml --repo team/pipeline -f'.split(' '));
    const [, value = ''] = /^code=(.*)$/.exec(call?.args.at(-1) ?? '') ?? [];
    expect(parseAuthorizationCode(value)).toBe(odd);
    // One plain word for PowerShell and cmd, too.
    expect(command.trim()).toMatch(/^[\w .~+/=%-]+$/);

    const gh = fakeGh();
    await authorize(['--dispatch'], { env: { ...env, PATH: gh.path }, input });
    expect(gh.calls().at(-1)?.input).toBe(JSON.stringify({ code: value }));
  });
});
