import { resolve } from 'node:path';
import { Option, type Command, type OptionValues } from 'commander';
import { identifyDer } from '../credentials/der.ts';
import { decodeText } from '../credentials/pem.ts';
import type { ReadInput } from '../request/parsers.ts';
import { definitionOf, INPUT_NAMES, type InputName } from '../request/schema.ts';
import { CliError, usageError } from './errors.ts';
import { readBytes } from './files.ts';
import { hasVariable, isSecret, isUsuallyFile, variableOf, whereToSet } from './inputs.ts';
import type { Io } from './io.ts';

/** A value exactly as the user passed it, with surrounding space. */
export interface Value {
  readonly text: string;
  /** A flag, a variable, a path, or standard input. */
  readonly source: string;
  readonly isFile: boolean;
  /** The file is not text, and `text` is its base64. */
  readonly isBinary: boolean;
}

export interface Values {
  readonly given: ReadonlyMap<InputName, Value>;
  /** Why a file could not be read. */
  readonly unreadable: ReadonlyMap<InputName, CliError>;
}

/**
 * Adds the flags of inputs: `--NAME VALUE` for a public input, `--NAME-file FILE` for every input. In every command, the
 * flag of a secret exists only to explain why it is not accepted.
 */
export function addValueFlags(command: Command, names: readonly InputName[]): void {
  for (const name of names) {
    const help = helpFor(name);
    const fromFile = new Option(`--${name}-file <file>`, help).hideHelp(!isUsuallyFile(name));
    if (!isSecret(name)) {
      const option = new Option(`--${name} <value>`, help).hideHelp(isUsuallyFile(name));
      command.addOption(option.conflicts(attributeOf(`${name}-file`)));
    }
    command.addOption(fromFile);
  }
  for (const name of INPUT_NAMES)
    if (isSecret(name)) command.addOption(refusedFlag(name, names.includes(name)));
  command.addHelpText(
    'after',
    `
Each value comes from the first of these that is set: the flag --NAME, the file in --NAME-file (- for standard input),
the variable SPRINKLR_NAME, the file in SPRINKLR_NAME_FILE. For example: --username, --username-file, SPRINKLR_USERNAME,
SPRINKLR_USERNAME_FILE. Pass secrets in files or variables. They are never accepted as the value of a flag.`,
  );
}

/** The first sentence of an input's description, and its default. */
function helpFor(name: InputName): string {
  const { description, default: fallback } = definitionOf(name);
  const [sentence = ''] = description
    .replaceAll('`', '')
    .replace(/^register only: /, '')
    .split(/\.(?: |$)/);
  return fallback === undefined ? sentence : `${sentence} (default: ${fallback})`;
}

function refusedFlag(name: InputName, isUsed: boolean): Option {
  const refuse = (): never => {
    throw usageError(
      `--${name} is not accepted on the command line: the value would stay in the shell's history, and every process on this machine could read it.`,
      `${isUsed ? `Pass it with ${whereToSet(name)}.` : 'This command does not need it.'} If the shell's history contains the value, remove it there.`,
    );
  };
  // The preset reaches the parser if the flag has no value.
  return new Option(`--${name} [value]`).hideHelp().preset('').argParser(refuse);
}

/**
 * Reads the values of inputs from flags, files, and variables.
 *
 * @throws {CliError} if two of them are standard input
 */
export async function readValues(
  names: readonly InputName[],
  options: OptionValues,
  io: Io,
): Promise<Values> {
  const sources = names.map((name) => ({ name, source: findSource(name, options, io) }));
  const readers = sources.filter(({ source }) => source?.path === '-').map(({ name }) => `--${name}-file`);
  if (readers.length > 1) {
    throw usageError(
      `${readers.join(' and ')} cannot all be standard input.`,
      'Use - once, and a file or a variable for the others.',
    );
  }
  const given = new Map<InputName, Value>();
  const unreadable = new Map<InputName, CliError>();
  for (const { name, source } of sources) {
    if (source === undefined) continue;
    try {
      given.set(
        name,
        source.path === undefined
          ? { ...source, isFile: false, isBinary: false }
          : await readValueFile(source.path, name, io),
      );
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      unreadable.set(name, error);
    }
  }
  return { given, unreadable };
}

/** The same, for a command that needs every file. @throws {CliError} for the first file that cannot be read */
export async function requireValues(
  names: readonly InputName[],
  options: OptionValues,
  io: Io,
): Promise<ReadInput> {
  const values = await readValues(names, options, io);
  for (const error of values.unreadable.values()) throw error;
  return rawReader(values);
}

/** Reads values as the parsers of `request/` take them: without surrounding space, empty if absent. */
export function rawReader({ given }: Values): ReadInput {
  return (name) => given.get(name as InputName)?.text.trim() ?? '';
}

/** For the parser of token requests: the command line has no inputs that seal. */
export function sealScope(): never {
  throw new Error('The command line seals nothing.');
}

/** Whether one of the values is read from standard input, which then cannot answer a question. */
export function readsStandardInput(names: readonly InputName[], options: OptionValues, io: Io): boolean {
  return names.some((name) => findSource(name, options, io)?.path === '-');
}

/** Whether a value is passed, without reading its file. */
export function isPassed(name: InputName, options: OptionValues, io: Io): boolean {
  const source = findSource(name, options, io);
  return source !== undefined && (source.path !== undefined || source.text.trim() !== '');
}

type Source =
  { readonly path: string } | { readonly path?: undefined; readonly text: string; readonly source: string };

function findSource(name: InputName, options: OptionValues, io: Io): Source | undefined {
  const flags = options as Record<string, unknown>;
  const text = flags[attributeOf(name)];
  if (typeof text === 'string') return { text, source: `--${name}` };
  const path = flags[attributeOf(`${name}-file`)];
  if (typeof path === 'string') return { path };
  if (!hasVariable(name)) return undefined;
  const variable = variableOf(name);
  const { [variable]: value, [`${variable}_FILE`]: file = '' } = io.env;
  // A CI system may set a variable to an empty string if its secret does not exist.
  if (!value?.trim() && file.trim() !== '') return { path: file };
  return value === undefined ? undefined : { text: value, source: variable };
}

async function readValueFile(path: string, name: InputName, io: Io): Promise<Value> {
  const absolute = path === '-' ? path : resolve(io.cwd, path);
  const bytes = await readBytes(absolute, `the ${name}`, io);
  const text = identifyDer(bytes) === undefined ? decodeText(bytes) : undefined;
  return {
    text: text ?? bytes.toString('base64'),
    source: path === '-' ? 'standard input' : path,
    isFile: true,
    isBinary: text === undefined,
  };
}

/** Where commander puts the value of a flag. */
function attributeOf(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
