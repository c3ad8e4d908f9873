// Creates a release of the repository in the working directory. See docs/development/releasing.md. A maintainer runs
//
//   npm run release -- --pin 1.2.3    names HEAD in the reusable workflow, to be committed
//   npm run release -- 1.2.3          tags that commit and pushes the tag
//
// The workflow that this starts does the rest:
//
//   node scripts/release.js --check v1.2.3      checks that the checked-out tag can be released
//   node scripts/release.js --confirm v1.2.3    checks that the tag on origin still points to the checked-out commit
//   node scripts/release.js --notes v1.2.3      prints its entry of the changelog
//   node scripts/release.js --move v1.2.3       moves v1 and v1.2 to it
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pinnedCommit, REUSABLE_WORKFLOW } from './pinned-commit.js';
import { checkDist, run } from './rebuild.js';

/** @typedef {ReturnType<typeof parseVersion>} Version */

const root = process.cwd();
const git = (/** @type {string[]} */ ...args) => run(['git', ...args], { cwd: root });
const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');
const COMMANDS = { create, pin, check, confirm, notes: readNotes, move };

try {
  console.log(main());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function main() {
  const option = /** @type {const} */ ({ type: 'string' });
  const { values, positionals } = parseArgs({
    options: { pin: option, check: option, confirm: option, notes: option, move: option },
    allowPositionals: true,
  });
  const [command = 'create', ...others] = /** @type {(keyof typeof COMMANDS)[]} */ (Object.keys(values));
  const [text, ...more] = [...Object.values(values), ...positionals];
  if (text === undefined || others.length + more.length > 0)
    throw new Error('Pass one version, as in "npm run release -- 1.2.3".');
  return COMMANDS[command](parseVersion(text));
}

/** @param {string} text with or without the v */
function parseVersion(text) {
  const number = '(0|[1-9]\\d*)';
  const word = '(?:0|[1-9]\\d*|\\d*[a-zA-Z-][\\da-zA-Z-]*)';
  const semver = new RegExp(`^v?(${number}\\.${number}\\.${number}(-${word}(?:\\.${word})*)?)$`);
  const [, plain, major = '', minor = '', patch = '', prerelease] = semver.exec(text) ?? [];
  if (!plain) throw new Error(`"${text}" is not a version: pass one such as 1.2.3 or 1.2.3-rc.1.`);
  return { text: plain, tag: `v${plain}`, major, minor, patch, prerelease };
}

/** @param {Version} version */
function pin(version) {
  const { head } = requireMain();
  checkContent(version);
  const text = read(REUSABLE_WORKFLOW).replaceAll(/(?<=^ +(?:- )?uses: \S+@)\S+/gm, head);
  writeFileSync(join(root, REUSABLE_WORKFLOW), text);
  return `${REUSABLE_WORKFLOW} names ${head}. Commit and merge it, then run "npm run release -- ${version.text}".`;
}

/** @param {Version} version */
function create(version) {
  const { tag } = version;
  const { remote } = requireMain();
  if (commitOf(remote, tag)) throw new Error(`${tag} exists on origin: choose the next version.`);
  if (git('tag', '--list', tag))
    throw new Error(`${tag} exists here, but not on origin: run "git tag -d ${tag}".`);
  checkContent(version);
  checkPin(version);

  git('tag', '--annotate', '--message', tag, tag);
  // Ctrl-C ends git. This process must continue, to delete the tag.
  process.once('SIGINT', () => undefined);
  try {
    git('push', '--quiet', '--atomic', '--no-follow-tags', 'origin', `refs/tags/${tag}`);
  } catch (error) {
    git('tag', '--delete', tag);
    throw error;
  }
  return `Tagged and pushed ${tag}. The workflow release.yml does the rest.`;
}

/** @param {Version} version */
function check(version) {
  const { tag } = version;
  requireCleanTree();
  confirm(version);
  git('fetch', '--quiet', '--no-tags', 'origin', 'main');
  const head = git('rev-parse', 'HEAD');
  if (git('merge-base', 'HEAD', 'FETCH_HEAD') !== head)
    throw new Error(`${tag} is not on main: delete the tag, merge its commit, and release from main.`);
  checkContent(version);
  checkPin(version);
  return `${tag} can be released.`;
}

/** @param {Version} version */
function confirm({ tag }) {
  const head = git('rev-parse', 'HEAD');
  const found = commitOf(readRemote(), tag) ?? 'missing';
  if (found !== head)
    throw new Error(
      `${tag} on origin is ${found}, not ${head}, which is checked out: find out why before you publish.`,
    );
  return `${tag} on origin is ${head}.`;
}

/** @param {Version} version */
function move(version) {
  const { tag, major, minor, prerelease } = version;
  confirm(version);
  if (prerelease) return `${tag} is a prerelease: nothing to move.`;
  const remote = readRemote();
  const aliases = [`v${major}`, `v${major}.${minor}`];
  for (const alias of aliases) requireOlder(remote, alias, version);
  // The lease keeps a tag that someone else has moved in the meantime.
  const leases = aliases.map((alias) => `refs/tags/${alias}:${remote.get(`refs/tags/${alias}`) ?? ''}`);
  git(
    ...['push', '--quiet', '--atomic', '--no-follow-tags'],
    ...leases.map((lease) => `--force-with-lease=${lease}`),
    'origin',
    ...aliases.map((alias) => `HEAD:refs/tags/${alias}`),
  );
  return `${aliases.join(' and ')} point to ${tag}.`;
}

/**
 * @param {Map<string, string>} remote
 * @param {string} alias
 * @param {Version} version
 */
function requireOlder(remote, alias, { text, tag }) {
  const commit = commitOf(remote, alias);
  if (!commit) return;
  const tags = [...remote.keys()].flatMap((ref) => /^refs\/tags\/v(\d+\.\d+\.\d+)$/.exec(ref)?.[1] ?? []);
  const releases = tags.filter((release) => commitOf(remote, `v${release}`) === commit);
  if (releases.length === 0)
    throw new Error(`${alias} points to ${commit}, which is not a release: delete ${alias} on origin.`);
  const newer = releases.find((release) => release.localeCompare(text, 'en', { numeric: true }) > 0);
  if (newer) throw new Error(`${alias} points to v${newer}, which is newer than ${tag}: leave it there.`);
}

/** Requires that HEAD is main, here and on origin. */
function requireMain() {
  requireCleanTree();
  const branch = git('branch', '--show-current');
  if (branch !== 'main')
    throw new Error(`The branch is ${branch || 'detached'}, not main: run "git switch main".`);
  const remote = readRemote();
  const head = git('rev-parse', 'HEAD');
  if (head !== remote.get('refs/heads/main'))
    throw new Error('main differs from main on origin: run "git pull" or "git push" first.');
  return { head, remote };
}

function requireCleanTree() {
  if (git('status', '--porcelain'))
    throw new Error('The work tree is not clean: commit or remove what "git status" shows.');
}

/** The branch main and the tags on origin, each with its object. */
function readRemote() {
  const lines = git('ls-remote', 'origin', 'refs/heads/main', 'refs/tags/v*').split('\n').filter(Boolean);
  return new Map(lines.map((line) => /** @type {[string, string]} */ (line.split('\t').reverse())));
}

/**
 * The commit of a tag. An annotated tag is a separate object, and `^{}` its commit.
 *
 * @param {Map<string, string>} remote
 * @param {string} tag
 */
function commitOf(remote, tag) {
  return remote.get(`refs/tags/${tag}^{}`) ?? remote.get(`refs/tags/${tag}`);
}

/** @param {Version} version */
function checkContent(version) {
  for (const file of ['package.json', 'package-lock.json']) {
    const found = /"version": "([^"]*)"/.exec(read(file))?.[1] ?? 'no version';
    if (found === version.text) continue;
    const command = `npm version --no-git-tag-version ${version.text}`;
    throw new Error(`${file} has ${found}: run "${command}" and commit.`);
  }
  readNotes(version);
  checkDist(root, [['npm', 'run', 'bundle']]);
}

/**
 * A release is two commits: one with the tested dist/, and one that names it in the reusable workflow.
 *
 * @param {Version} version
 */
function checkPin({ text }) {
  const commit = pinnedCommit(root);
  const changed = git('diff', '--name-only', commit, 'HEAD').split('\n');
  const other = changed.find((file) => file !== REUSABLE_WORKFLOW);
  if (other === undefined) return;
  const command = `npm run release -- --pin ${text}`;
  throw new Error(`${REUSABLE_WORKFLOW} names ${commit}, which has another ${other}: run "${command}".`);
}

/** @param {Version} version */
function readNotes({ text }) {
  const today = new Date().toISOString().slice(0, 10);
  const example = `head it with "## [${text}] - ${today}".`;
  const entry = read('CHANGELOG.md')
    .split(/^## /m)
    .find((each) => each.startsWith(`[${text}]`));
  if (entry === undefined) throw new Error(`CHANGELOG.md has no entry for ${text}: add one and ${example}`);
  const [heading = '', ...lines] = entry.split('\n');
  const date = / - (\d{4}-\d{2}-\d{2})$/.exec(heading)?.[1] ?? '';
  if (Number.isNaN(Date.parse(date)))
    throw new Error(`The entry for ${text} in CHANGELOG.md has no date: ${example}`);
  // Headings and link definitions don't say what has changed.
  if (!lines.some((line) => /\S/.test(line) && !/^(?:#|\[[^\]]+\]:)/.test(line)))
    throw new Error(`The entry for ${text} in CHANGELOG.md is empty: say what has changed.`);
  return lines.join('\n').trim();
}
