// Prints a bill of materials in CycloneDX: the packages that dist/ contains. npm's own lists what package-lock.json
// names, which for an action is mostly the tools that build it.
import { execSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const run = (command) =>
  execSync(command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 });

const bundled = new Set(
  [...readFileSync('dist/licenses.txt', 'utf8').matchAll(/^=== (\S+) (\S+) \(.+\)$/gm)].map(
    ([, name, version]) => `${name}@${version}`,
  ),
);
const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
const bill = JSON.parse(run('npm sbom --sbom-format cyclonedx --package-lock-only'));

const made = process.env.SOURCE_DATE_EPOCH ?? run('git log -1 --format=%ct').trim();
bill.metadata.lifecycles = [{ phase: 'build' }];
bill.metadata.timestamp = new Date(Number(made) * 1000).toISOString();

// npm takes the name of the folder, and an address in its registry, where this is not.
const action = bill.metadata.component;
Object.assign(action, { type: 'application', name });
delete action.purl;

bill.components = bill.components.filter((component) => bundled.delete(component['bom-ref']));
if (bundled.size > 0)
  throw new Error(`package-lock.json does not name ${[...bundled].join(', ')}: run "npm run bundle"`);
for (const component of bill.components) {
  // For npm they are tools, which need not be there; in the bundle they are.
  component.scope = 'required';
  component.properties = component.properties.filter(
    (property) => property.name !== 'cdx:npm:package:development',
  );
}

const refs = [action, ...bill.components].map((component) => component['bom-ref']);
bill.dependencies = bill.dependencies
  .filter(({ ref }) => refs.includes(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.includes(each)) }));

// The standard does not ask for a number, but actions/attest refuses a bill without one. npm makes it up each time; here
// it comes from all the rest (a UUID, version 8 of RFC 9562), so that two bills of one commit are the same.
bill.serialNumber = undefined;
const digest = createHash('sha256').update(JSON.stringify(bill)).digest('hex');
bill.serialNumber = `urn:uuid:${digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5')}`;

console.log(JSON.stringify(bill, null, 2));
