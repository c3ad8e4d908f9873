import type { ActionError } from '../errors.ts';
import { INPUTS, definitionOf, type InputName } from '../request/schema.ts';

/** What a GitHub Actions user does about an error in addition to its remedy: where to correct an input, how to store it. */
export function adviceFor({ code, remedy, inputs, file }: ActionError): string {
  // A code works once, so no workflow stores it, and the error's remedy says where to get a new one.
  const names = inputs
    .filter((name): name is InputName => Object.hasOwn(INPUTS, name))
    .filter((name) => name !== 'authorization-code');
  const [name] = names;
  if (name === undefined) return '';
  if (code === 'INPUT_MISSING') return adviceForMissing(names);
  if (file !== undefined) return `${remedy === '' ? 'Run' : 'Then run'} ${storeCommand(name, file)}.`;
  if (code !== 'INPUT_INVALID') return '';
  return definitionOf(name).secret
    ? `Store the secret for \`${name}\` again, without extra characters: ${storeCommand(name)}.`
    : `Correct \`${name}\` in the step's \`with:\` block, or the variable that it reads.`;
}

function adviceForMissing(names: readonly InputName[]): string {
  if (names.includes('sealed-token')) {
    return (
      'The sealing job must list `sealed-token` under `outputs`, and this job must list the sealing job under `needs`. ' +
      "If both do, check the sealing job's log for a warning: GitHub drops an output that contains a masked value."
    );
  }
  const commands = names.map((name) => storeCommand(name));
  return (
    'A missing secret or variable evaluates to an empty string. Check its name, that this repository has access to it, and ' +
    'that the job names its `environment`. A called workflow needs `secrets: inherit`. Runs from forks get no secrets, and ' +
    `Dependabot runs get only Dependabot secrets. If a value was never stored, run ${commands.join('; ')}.`
  );
}

/** The command that stores an input under the name that the documentation uses. */
function storeCommand(name: InputName, file?: string): string {
  const stored = `SPRINKLR_${name.toUpperCase().replaceAll('-', '_')}`;
  const set = `gh ${definitionOf(name).secret ? 'secret' : 'variable'} set ${stored}`;
  if (name === 'private-key') return `\`openssl base64 -A -in ${file ?? 'server.der'} | ${set}\``;
  const source = file ?? FILES[name];
  return source === undefined ? `\`${set}\`` : `\`${set} < ${source}\``;
}

/** The files that the documentation stores in inputs. */
const FILES: Partial<Record<InputName, string>> = {
  certificate: 'server.crt',
  'mtls-certificate': 'client.crt',
  'mtls-private-key': 'client.key',
};

/**
 * A link to the error's entry in the documentation of the running version. Empty on other servers, where the action can
 * still be from github.com.
 */
export function documentationLink({ code }: ActionError): string {
  const { GITHUB_SERVER_URL, GITHUB_ACTION_REPOSITORY = '', GITHUB_ACTION_REF = '' } = process.env;
  const known =
    GITHUB_SERVER_URL === 'https://github.com' &&
    /^[\w.-]+\/[\w.-]+$/.test(GITHUB_ACTION_REPOSITORY) &&
    /^[\w./-]+$/.test(GITHUB_ACTION_REF);
  if (!known) return '';
  const page = `${GITHUB_SERVER_URL}/${GITHUB_ACTION_REPOSITORY}/blob/${GITHUB_ACTION_REF}/docs/troubleshooting.md`;
  return `More: ${page}#${code.toLowerCase()}`;
}
