// Whose work besides ours is in the bundles, and on which terms.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

/** Where a package gives a choice, what we take, and which part of its text is about the other. */
const CHOICES = {
  '(BSD-3-Clause OR GPL-2.0)': {
    license: 'BSD-3-Clause',
    other: /\n-{70,}\n +GNU GENERAL PUBLIC LICENSE[^]*/,
  },
};

/** The files that webpack put into a bundle; what it looked at and dropped is in no chunk. */
export function bundledFiles({ compilation }) {
  const files = (module) => (module.modules ? [...module.modules].flatMap(files) : (module.resource ?? []));
  return [...compilation.modules]
    .filter((module) => compilation.chunkGraph.getNumberOfModuleChunks(module) > 0)
    .flatMap(files);
}

/** The text of licenses.txt for the files of all bundles. Throws if a package is not on terms that we agreed to. */
export function describeLicenses(files) {
  const packages = new Map();
  for (const file of [...new Set(files)].sort()) {
    const [, folder, path] =
      /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/](.+)$/.exec(file) ?? [];
    if (folder) packages.set(folder, [...(packages.get(folder) ?? []), path]);
  }
  const entries = [...packages].map(([folder, paths]) => describePackage(folder, paths));
  return ['What dist/ contains of the work of others.', ...new Set(entries.sort())].join('\n\n\n') + '\n';
}

function describePackage(folder, paths) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const taken = CHOICES[license]?.license ?? license;
  if (!ALLOWED.includes(taken)) {
    throw new Error(`${name} is bundled, but its licence "${license}" is none of ${ALLOWED.join(', ')}`);
  }
  const own = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice)\b/i.test(file))
    .sort()
    .map((file) => readText(join(folder, file)).replace(CHOICES[license]?.other ?? '', ''));
  if (own.length === 0) throw new Error(`${name} is bundled, but has no licence text`);

  const others = paths.flatMap((path) =>
    noticesOfOthers(readText(join(folder, path)), own.join()).map(
      (notice) => `--- in ${path.replaceAll('\\', '/')}\n\n${notice}`,
    ),
  );
  return [`=== ${name} ${version} (${taken})`, ...own, ...others].map((text) => text.trim()).join('\n\n');
}

/** Comments with a copyright of someone whom the licence of the package does not name. */
function noticesOfOthers(source, license) {
  const comments = source.match(/\/\*[^]*?\*\/|(?:^[ \t]*\/\/.*\n)+/gm) ?? [];
  return comments
    .filter((comment) =>
      [...comment.matchAll(/^\W*copyright (?:\(c\) )?[\d\s,-]*(.+?)\W*$/gim)].some(
        ([, holder]) => !license.includes(holder),
      ),
    )
    .map((comment) =>
      comment
        .replaceAll(/^[ \t]*(?:\/\*+|\*+\/|\*|\/\/) ?/gm, '')
        .replace(/\*\/$/, '')
        .trim(),
    );
}

/** As it is on every system. */
const readText = (path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
