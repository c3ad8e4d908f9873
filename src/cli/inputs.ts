import type { ActionError } from '../errors.ts';
import { definitionOf, INPUT_NAMES, type InputName } from '../request/schema.ts';
import type { Io } from './io.ts';

/** The inputs that the command line has. */
const CLI_INPUTS: readonly InputName[] = INPUT_NAMES.filter((name) =>
  definitionOf(name).frontEnds.includes('cli'),
);

/** The inputs of a token request. The others of the command line are for registration. */
export const TOKEN_INPUTS: readonly InputName[] = CLI_INPUTS.filter(
  (name) => name !== 'access-token' && name !== 'authorization-code',
);

export function isSecret(name: InputName): boolean {
  return definitionOf(name).secret === true;
}

/** Whether the usual way to pass an input is a file: secrets, and public values of many lines. */
export function isUsuallyFile(name: InputName): boolean {
  return isSecret(name) || name === 'certificate' || name === 'mtls-certificate';
}

/** `SPRINKLR_API_KEY` */
export function variableOf(name: InputName): string {
  return `SPRINKLR_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** Whether a variable can pass an input. `exec` sets SPRINKLR_ACCESS_TOKEN for other programs, to a token that cannot register. */
export function hasVariable(name: InputName): boolean {
  return name !== 'access-token';
}

/** The environment for another program, which needs none of our secrets. */
export function withoutSecrets(env: Io['env']): Io['env'] {
  const removed = INPUT_NAMES.flatMap((name) => [
    `${variableOf(name)}_FILE`,
    ...(isSecret(name) ? [variableOf(name)] : []),
  ]);
  // Windows ignores case.
  return Object.fromEntries(Object.entries(env).filter(([name]) => !removed.includes(name.toUpperCase())));
}

/** The usual ways to pass an input, for messages: `--api-key-file or SPRINKLR_API_KEY`. */
export function whereToSet(name: InputName): string {
  const flag = `--${name}${isUsuallyFile(name) ? '-file' : ''}`;
  return hasVariable(name) ? `${flag} or ${variableOf(name)}` : flag;
}

function whereToPassFile(name: InputName): string {
  return `--${name}-file or ${variableOf(name)}_FILE`;
}

/** What a user of the command line does about an error: its remedy, and where to pass the inputs. */
export function remedyOf({ code, remedy, inputs, file }: ActionError): string {
  const names = CLI_INPUTS.filter((name) => inputs.includes(name));
  const places = names.map(whereToSet).join(', ');
  const advice =
    names.length === 0
      ? ''
      : code === 'INPUT_MISSING'
        ? `Pass ${places}.`
        : file !== undefined
          ? `${remedy === '' ? 'Pass' : 'Then pass'} ${file} with ${names.map(whereToPassFile).join(', ')}.`
          : code === 'INPUT_INVALID'
            ? `Correct ${places}.`
            : '';
  return [remedy, advice].filter((sentence) => sentence !== '').join(' ');
}
