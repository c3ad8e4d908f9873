import { buffer } from 'node:stream/consumers';
import { definitionOf, INPUT_NAMES, INPUTS } from '../../request/schema.ts';
import { identifyDer } from '../../credentials/der.ts';
import { decodeText } from '../../credentials/pem.ts';
import { DeskError, usageError, type Flags, type Options } from '../command.ts';
import { readFile } from '../files.ts';

const SECRET_INPUTS = INPUT_NAMES.filter((name) => definitionOf(name).secret);

/** Inputs of the action that are public: a flag each. */
const PUBLIC = [
  'app-id',
  'username',
  'redirect-uri',
  'environment',
  'gateway',
  'base-url',
  'audience',
  'assertion-lifetime',
  'parameters-in',
  'certificate-warning-days',
  'timeout-seconds',
] as const;

/** Public as well, but longer than a line: the flag names a file. */
const FILES = ['certificate', 'mtls-certificate'] as const;

/** Never a flag's value: `--NAME-file` names a file. */
const SECRETS = [
  'private-key',
  'private-key-passphrase',
  'api-key',
  'api-secret',
  'mtls-private-key',
  'mtls-passphrase',
] as const;

const text = { type: 'string' } as const;

export const VALUE_FLAGS: Options = Object.fromEntries(
  [
    ...PUBLIC,
    ...FILES,
    ...SECRETS.map((name) => `${name}-file`),
    // Known only to be refused with a reason.
    ...SECRET_INPUTS,
  ].map((name) => [name, text] as const),
);

/** A value as it came, space and line ends included. */
export interface Given {
  readonly text: string;
  /** A flag, a variable, a file, or standard input. */
  readonly source: string;
  readonly isFile: boolean;
  /** The file is no text; `text` is its base64, as a secret would hold it. */
  readonly isBinary: boolean;
}

/** What there is to look at, by the names of the action's inputs. */
export interface Values {
  readonly given: ReadonlyMap<string, Given>;
  /** Files that were named but could not be read. */
  readonly unreadable: ReadonlyMap<string, DeskError>;
}

/** The variable that an input is read from where no flag gives it. */
export function variableOf(name: string): string {
  return `SPRINKLR_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The text of an input as the action takes it: without the space around it, its default or empty where it is not given. */
export function valueOf({ given }: Values, name: string): string {
  const text = given.get(name)?.text.trim() ?? '';
  return text === '' && Object.hasOwn(INPUTS, name)
    ? (definitionOf(name as keyof typeof INPUTS).default ?? '')
    : text;
}

/**
 * Gathers the values from flags, files and variables; a flag wins over a variable.
 *
 * @throws {DeskError} for wrong usage; a file that cannot be read is a result
 */
export async function gatherValues(flags: Flags): Promise<Values> {
  requireNoSecrets(flags);
  requireOneStandardInput(flags);
  const given = new Map<string, Given>();
  const unreadable = new Map<string, DeskError>();
  for (const name of PUBLIC) {
    const value = asGiven(flags[name], `--${name}`) ?? fromVariable(name);
    if (value !== undefined) given.set(name, value);
  }
  for (const [name, flag] of fileFlags()) {
    try {
      const path = flags[flag];
      const value = typeof path === 'string' ? await fromFile(path, name) : fromVariable(name);
      if (value !== undefined) given.set(name, value);
    } catch (error) {
      if (!(error instanceof DeskError)) throw error;
      unreadable.set(name, error);
    }
  }
  return { given, unreadable };
}

/** Whether one of the files is standard input. */
export function readsStandardInput(flags: Flags): boolean {
  return fileFlags().some(([, flag]) => flags[flag] === '-');
}

/** Each input that a file can give, with the flag that names the file. */
function fileFlags(): [name: string, flag: string][] {
  return [
    ...FILES.map((name): [string, string] => [name, name]),
    ...SECRETS.map((name): [string, string] => [name, `${name}-file`]),
  ];
}

function requireNoSecrets(flags: Flags): void {
  const name = SECRET_INPUTS.find((secret) => flags[secret] !== undefined);
  if (name === undefined) return;
  const taken = SECRETS.some((secret) => secret === name);
  throw usageError(
    `--${name} is not taken on the command line: it would stay in the shell's history, and every process of this machine could read it.`,
    taken
      ? `Name a file with --${name}-file (- for standard input), or set the variable ${variableOf(name)}. What was typed just now is in the history already: remove it there.`
      : 'doctor does not need it: leave it away. What was typed just now is in the history already: remove it there.',
  );
}

function requireOneStandardInput(flags: Flags): void {
  const readers = fileFlags().flatMap(([, flag]) => (flags[flag] === '-' ? [`--${flag}`] : []));
  if (readers.length < 2) return;
  throw usageError(
    `${readers.join(' and ')} cannot all be standard input.`,
    'Give - once, and a file or a variable for the others.',
  );
}

function asGiven(value: Flags[string], source: string): Given | undefined {
  return typeof value === 'string' ? { text: value, source, isFile: false, isBinary: false } : undefined;
}

function fromVariable(name: string): Given | undefined {
  return asGiven(process.env[variableOf(name)], variableOf(name));
}

async function fromFile(path: string, name: string): Promise<Given> {
  const source = path === '-' ? 'standard input' : path;
  const bytes = path === '-' ? await buffer(process.stdin) : readFile(path, `the ${name}`);
  if (bytes.toString('latin1').trim() === '') {
    throw new DeskError(
      `${path === '-' ? 'Standard input' : path} is empty, where the ${name} should be.`,
      'Check the path, or what is piped in.',
    );
  }
  const content = identifyDer(bytes) === undefined && bytes[0] !== 0xff ? decodeText(bytes) : undefined;
  return {
    text: content ?? bytes.toString('base64'),
    source,
    isFile: true,
    isBinary: content === undefined,
  };
}
