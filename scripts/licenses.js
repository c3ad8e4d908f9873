// The licenses and copyright notices of the packages in dist/.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** For a package that offers a choice: the license that we choose, and the part of its text about the other license. */
const CHOICES = new Map([
  [
    '(BSD-3-Clause OR GPL-2.0)',
    { license: 'BSD-3-Clause', other: /\n-{70,}\n +GNU GENERAL PUBLIC LICENSE[^]*/ },
  ],
]);

/**
 * The text of licenses.txt.
 *
 * @param {string[]} files the files in the bundles, relative to the working directory or absolute
 * @throws {Error} if the license of a package is not one of those allowed, or its text is missing
 */
export function describeLicenses(files) {
  /** @type {Map<string, string[]>} */
  const packages = new Map();
  for (const file of [...new Set(files)].sort()) {
    const [, folder, path] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(file) ?? [];
    if (folder && path) packages.set(folder, [...(packages.get(folder) ?? []), path]);
  }
  const entries = [...packages].map(([folder, paths]) => describePackage(folder, paths));
  return ['Third-party software in dist/', ...entries].join('\n\n\n') + '\n';
}

/**
 * @param {string} folder
 * @param {string[]} paths
 */
function describePackage(folder, paths) {
  /** @type {unknown} */
  const manifest = JSON.parse(readText(join(folder, 'package.json')));
  const { name, version, license = '' } = /** @type {Record<string, string | undefined>} */ (manifest);
  const choice = CHOICES.get(license);
  const taken = choice?.license ?? license;
  if (!ALLOWED.includes(taken)) {
    throw new Error(`${name} has the license "${license}", which is not one of ${ALLOWED.join(', ')}`);
  }
  const texts = readdirSync(folder)
    .filter((file) => /^(?:license|notice)\b/i.test(file))
    .sort()
    .map((file) => readText(join(folder, file)).replace(choice?.other ?? '', ''));
  if (texts.length === 0) throw new Error(`${name} has no license text`);

  const notices = paths.flatMap((path) =>
    findNotices(readText(join(folder, path)), texts.join()).map((notice) => `--- in ${path}\n\n${notice}`),
  );
  return [`=== ${name} ${version} (${taken})`, ...texts, ...notices].map((text) => text.trim()).join('\n\n');
}

/**
 * Comments with a copyright notice of a holder that the package's license does not name.
 *
 * @param {string} source
 * @param {string} license
 */
function findNotices(source, license) {
  const comments = source.match(/\/\*[^]*?\*\/|(?:^[ \t]*\/\/.*\n)+/gm) ?? [];
  return comments
    .filter((comment) =>
      [...comment.matchAll(/^\W*copyright (?:\(c\) )?[\d\s,-]*(.+?)\W*$/gim)].some(
        ([, holder = '']) => !license.includes(holder),
      ),
    )
    .map((comment) =>
      comment
        .replaceAll(/^[ \t]*(?:\/\*+|\*+\/|\*|\/\/) ?/gm, '')
        .replace(/\*\/$/, '')
        .trim(),
    );
}

/** @param {string} path */
const readText = (path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
