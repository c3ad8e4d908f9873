// Prints a bill of materials of dist/ in CycloneDX. The bill from npm lists everything in package-lock.json, which for an
// action is mostly the tools that bundle it.
import { execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @typedef {{ 'bom-ref': string, scope?: string, properties: { name: string }[] }} Component */
/**
 * @typedef {object} Bill the parts that are changed here
 * @property {string} [serialNumber]
 * @property {{ lifecycles: object[], timestamp: string, component: Component & { type: string, name: string, purl?: string } }} metadata
 * @property {Component[]} components
 * @property {{ ref: string, dependsOn: string[] }[]} dependencies
 */

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const run = (/** @type {string} */ command) =>
  execSync(command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });

const licenses = readFileSync('dist/licenses.txt', 'utf8');
const bundled = new Set(
  [...licenses.matchAll(/^=== (\S+) (\S+) \(.+\)$/gm)].map(
    ([, name = '', version = '']) => `${name}@${version}`,
  ),
);
/** @type {unknown} */
const parsed = JSON.parse(run('npm sbom --sbom-format cyclonedx --package-lock-only'));
const bill = /** @type {Bill} */ (parsed);

const committed = process.env['SOURCE_DATE_EPOCH'] ?? run('git log -1 --format=%ct').trim();
const action = bill.metadata.component;
bill.metadata.lifecycles = [{ phase: 'build' }];
bill.metadata.timestamp = new Date(Number(committed) * 1000).toISOString();
// npm uses the name of the folder, and an address in its registry.
Object.assign(action, { type: 'application', name: action['bom-ref'].replace(/@[^@]+$/, '') });
delete action.purl;

bill.components = bill.components.filter((component) => bundled.delete(component['bom-ref']));
if (bundled.size > 0)
  throw new Error(`package-lock.json does not list ${[...bundled].join(', ')}: run "npm run bundle"`);
for (const component of bill.components) {
  // For npm they are devDependencies.
  component.scope = 'required';
  component.properties = component.properties.filter((each) => each.name !== 'cdx:npm:package:development');
}
const refs = [action, ...bill.components].map((component) => component['bom-ref']);
bill.dependencies = bill.dependencies
  .filter(({ ref }) => refs.includes(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.includes(each)) }));

// actions/attest requires a serial number, and npm's is random. This number is a hash of the rest (a UUID of version 8, RFC
// 9562), so that each commit has one bill.
delete bill.serialNumber;
const digest = createHash('sha256').update(JSON.stringify(bill)).digest('hex');
bill.serialNumber = `urn:uuid:${digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5')}`;

console.log(JSON.stringify(bill, null, 2));
