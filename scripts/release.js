// Makes a release of the repository it is run in. A maintainer runs
//
//   npm run release -- 1.2.3
//
// which tags HEAD and pushes the tag, and nothing else. The rest is the workflow's that this starts:
//
//   node scripts/release.js --check v1.2.3    whether the tag that is checked out may become a release
//   node scripts/release.js --notes v1.2.3    what the changelog says of it
//   node scripts/release.js --move v1.2.3     moves v1 and v1.2 to it
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { git as gitIn } from './release/git.js';
import { checkOut, differences, run } from './release/rebuild.js';

const root = process.cwd();
const git = (...args) => gitIn(root, ...args);
const read = (file) => readFileSync(join(root, file), 'utf8');

const COMMANDS = { make, check, notes: readNotes, move };

try {
  const { command, version } = readArguments();
  console.log(COMMANDS[command](version));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function readArguments() {
  const type = 'string';
  const { values, positionals } = parseArgs({
    options: { check: { type }, notes: { type }, move: { type } },
    allowPositionals: true,
  });
  const wanted = [...Object.entries(values), ...positionals.map((version) => ['make', version])];
  if (wanted.length !== 1) throw new Error('Give one version, as in "npm run release -- 1.2.3".');
  const [[command, text]] = wanted;
  return { command, version: parseVersion(text) };
}

/** `tag` with, `text` without the v; `numbers` are major, minor and patch. */
function parseVersion(text) {
  const number = '(0|[1-9]\\d*)';
  const word = '(?:0|[1-9]\\d*|\\d*[a-zA-Z-][\\da-zA-Z-]*)';
  const semver = new RegExp(`^v?(${number}\\.${number}\\.${number}(-${word}(?:\\.${word})*)?)$`);
  const [, plain, major, minor, patch, prerelease] = semver.exec(text) ?? [];
  if (!plain) throw new Error(`"${text}" is not a version: give one such as 1.2.3 or 1.2.3-rc.1.`);
  return { text: plain, tag: `v${plain}`, numbers: [major, minor, patch].map(Number), prerelease };
}

function make(version) {
  const { tag } = version;
  refuseDirtyTree();
  const branch = git('branch', '--show-current');
  if (branch !== 'main')
    throw new Error(`This is not main but ${branch || 'no branch'}: run "git switch main".`);
  const remote = readRemote();
  const head = git('rev-parse', 'HEAD');
  if (head !== remote.get('refs/heads/main')) {
    throw new Error('main is not the same here and on origin: run "git pull" or "git push" first.');
  }
  if (commitOf(remote, tag))
    throw new Error(`${tag} is on origin already, and a release stays as it is: take the next version.`);
  if (git('tag', '--list', tag))
    throw new Error(`The tag ${tag} is here, though not on origin: run "git tag -d ${tag}".`);
  checkContent(version);

  git('tag', '--annotate', '--message', tag, tag);
  // An interrupt ends git; this must go on, to take the tag away again.
  process.once('SIGINT', () => {});
  try {
    git('push', '--quiet', '--atomic', '--no-follow-tags', 'origin', `refs/tags/${tag}`);
  } catch (error) {
    git('tag', '--delete', tag);
    throw error;
  }
  return `${tag} is tagged and pushed; .github/workflows/release.yml does the rest.`;
}

function check(version) {
  const { tag } = version;
  refuseDirtyTree();
  const head = git('rev-parse', 'HEAD');
  if (commitOf(readRemote(), tag) !== head) {
    throw new Error(
      `${tag} on origin is not what is checked out: run "git fetch --tags" and "git checkout ${tag}".`,
    );
  }
  git('fetch', '--quiet', '--no-tags', 'origin', 'main');
  if (git('merge-base', 'HEAD', 'FETCH_HEAD') !== head) {
    throw new Error(
      `${tag} is not on main: delete the tag, merge its commit, and make the release from main.`,
    );
  }
  checkContent(version);
  return `${tag} is fit for release.`;
}

function move({ tag, numbers, prerelease }) {
  if (prerelease) return `${tag} is a prerelease: nothing moves.`;
  const remote = readRemote();
  const commit = commitOf(remote, tag);
  if (!commit) throw new Error(`${tag} is not on origin: make the release first.`);
  const [major, minor] = numbers;
  const aliases = [`v${major}`, `v${major}.${minor}`];
  for (const alias of aliases) refuseToGoBack({ remote, alias, tag, numbers });

  // With a lease: what somebody else moved in the meantime stays.
  const leases = aliases.map(
    (alias) => `--force-with-lease=refs/tags/${alias}:${remote.get(`refs/tags/${alias}`) ?? ''}`,
  );
  const targets = aliases.map((alias) => `${commit}:refs/tags/${alias}`);
  git('push', '--quiet', '--atomic', '--no-follow-tags', ...leases, 'origin', ...targets);
  return `${aliases.join(' and ')} are at ${tag}.`;
}

function refuseToGoBack({ remote, alias, tag, numbers }) {
  const at = commitOf(remote, alias);
  if (!at) return;
  const releases = [...remote.keys()]
    .flatMap((ref) => /^refs\/tags\/(v\d+\.\d+\.\d+)$/.exec(ref)?.[1] ?? [])
    .filter((release) => commitOf(remote, release) === at);
  if (releases.length === 0) {
    throw new Error(`${alias} is at ${at}, which is no release: find out why, then delete it on origin.`);
  }
  const newer = releases.find((release) => isNewer(parseVersion(release).numbers, numbers));
  if (newer) throw new Error(`${alias} is at ${newer}, which is newer than ${tag}: leave it there.`);
}

function isNewer(left, right) {
  const difference = left.map((number, index) => number - right[index]).find((each) => each !== 0);
  return difference > 0;
}

function refuseDirtyTree() {
  if (git('status', '--porcelain')) {
    throw new Error('The work tree is not clean: commit or remove what "git status" shows.');
  }
}

/** The refs of origin as they are now, whatever was fetched last. */
function readRemote() {
  const lines = git('ls-remote', 'origin', 'refs/heads/main', 'refs/tags/v*').split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split('\t').reverse()));
}

/** An annotated tag is an object of its own; `^{}` is the commit behind it. */
function commitOf(remote, tag) {
  return remote.get(`refs/tags/${tag}^{}`) ?? remote.get(`refs/tags/${tag}`);
}

function checkContent(version) {
  for (const file of ['package.json', 'package-lock.json']) {
    const found = JSON.parse(read(file)).version;
    if (found === version.text) continue;
    throw new Error(
      `${file} says ${found}: run "npm version --no-git-tag-version ${version.text}" and commit.`,
    );
  }
  readNotes(version);
  checkDist();
}

function readNotes({ text }) {
  const [, ...entries] = read('CHANGELOG.md').split(/^## /m);
  const entry = entries.find((each) => each.startsWith(`[${text}]`));
  if (!entry)
    throw new Error(`CHANGELOG.md has no entry for ${text}: head one with "## [${text}] - ${today()}".`);
  const [head, ...lines] = entry.split('\n');
  const date = / - (\d{4}-\d{2}-\d{2})$/.exec(head)?.[1];
  if (!date || Number.isNaN(Date.parse(date))) {
    throw new Error(
      `The entry for ${text} in CHANGELOG.md has no date: head it with "## [${text}] - ${today()}".`,
    );
  }
  // Neither headings nor the addresses of links at the end say what has changed.
  if (!lines.some((line) => /\S/.test(line) && !/^(?:#|\[[^\]]+\]:)/.test(line))) {
    throw new Error(`The entry for ${text} in CHANGELOG.md is empty: say what has changed.`);
  }
  return lines.join('\n').trim();
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

function checkDist() {
  const work = mkdtempSync(join(tmpdir(), 'release-'));
  const folder = join(work, 'clone');
  try {
    checkOut(root, folder);
    run('npm run bundle', folder);
    const [difference] = differences(folder);
    if (difference) {
      throw new Error(
        `dist/ is not the build of this commit: ${difference}. Run "npm ci", "npm run bundle" and commit.`,
      );
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
