import { howToStoreKey } from '../credentials/key-problems.ts';
import { ActionError } from '../errors.ts';
import type { Secrets } from '../context.ts';

/** Masked before anything is looked at. */
export const SECRET_INPUTS = [
  'private-key',
  'private-key-passphrase',
  'api-key',
  'api-secret',
  'access-token',
  'authorization-code',
  'mtls-private-key',
  'mtls-passphrase',
] as const;

/** What an input means when it is empty; the same as in action.yml. */
export const DEFAULTS = {
  mode: 'token',
  audience: 'https://www.sprinklr.com/',
  gateway: 'api2',
  'certificate-warning-days': '30',
  'assertion-lifetime': '180',
  'parameters-in': 'query',
  verify: 'false',
  seal: 'false',
  'export-env': 'false',
  'max-attempts': '4',
  'timeout-seconds': '60',
  'job-summary': 'true',
} as const;

/** What stores a value that was never stored, under the names of docs/setup.md; keys aside. */
const COMMANDS: Readonly<Record<string, string>> = {
  'app-id': '`gh variable set SPRINKLR_APP_ID` with what registering gave',
  'api-key': '`gh secret set SPRINKLR_API_KEY`',
  'api-secret': '`gh secret set SPRINKLR_API_SECRET`',
  certificate: '`gh variable set SPRINKLR_CERTIFICATE < server.crt`',
};

type DefaultedInput = keyof typeof DEFAULTS;

/** What the text of an input means: its default, where it is empty and has one. */
export function withDefault(name: string, text: string): string {
  return text === '' && name in DEFAULTS ? DEFAULTS[name as DefaultedInput] : text;
}

/** The raw inputs, each read in the one way that suits it. */
export class Inputs {
  readonly #read: (name: string) => string;
  readonly #secrets: Secrets;

  constructor(read: (name: string) => string, secrets: Secrets) {
    this.#read = read;
    this.#secrets = secrets;
    for (const name of SECRET_INPUTS) secrets.mask(read(name));
    // Not a secret, unless somebody pasted the wrong file.
    if (read('certificate').includes('PRIVATE KEY')) secrets.mask(read('certificate'));
  }

  has(name: string): boolean {
    return this.#read(name) !== '';
  }

  text(name: string): string {
    return withDefault(name, this.#read(name));
  }

  protected(value: string): string {
    this.#secrets.mask(value);
    return value;
  }

  /** @throws {ActionError} INPUT_MISSING, for all that are empty at once */
  require(...names: string[]): void {
    const missing = names.filter((name) => !this.has(name));
    if (missing.length === 0) return;
    const one = missing.length === 1;
    const commands = missing.flatMap(
      (name) => (name.endsWith('private-key') ? howToStoreKey(name) : COMMANDS[name]) ?? [],
    );
    throw new ActionError(
      'INPUT_MISSING',
      `${one ? 'The input' : 'The inputs'} ${missing.join(', ')} ${one ? 'is' : 'are'} empty.`,
      'A secret or variable that does not exist reads as empty: check its name and that of the input, that this repository may use it, ' +
        'and that the job names its environment if it belongs to one. Workflows started from a fork get no secrets, and those of Dependabot only its own.' +
        (commands.length === 0
          ? ''
          : ` If ${one ? 'it was' : 'they were'} never stored, run ${commands.join('; ')}.`),
    );
  }

  /** A text of one line, without control characters. */
  line(name: string): string {
    const text = this.#unquoted(name);
    // Asked first, and not as a literal: V8 takes long over the classes of Unicode, and over those of literals in each step.
    if (!/^[\x20-\x7e]+$/.test(text) && !new RegExp('^[^\\p{C}\\p{Zl}\\p{Zp}]+$', 'u').test(text))
      throw this.#invalid(name, 'one line without control characters');
    return text;
  }

  /** A text that goes into a header as it is. */
  ascii(name: string): string {
    const text = this.#unquoted(name);
    if (!/^[\x21-\x7e]+$/.test(text)) throw this.#invalid(name, 'one word of printable ASCII characters');
    return text;
  }

  /** YAML and shells take quotes away; those in a secret stay, and Sprinklr would only say that something is wrong. */
  #unquoted(name: string): string {
    const text = this.text(name);
    if (/^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text))
      throw this.#invalid(name, 'without quotes: those round it are taken for a part of it');
    return text;
  }

  choice<const Choice extends string>(name: DefaultedInput, choices: readonly Choice[]): Choice {
    const text = this.text(name).toLowerCase();
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw this.#invalid(name, choices.join(' or '));
    return found;
  }

  flag(name: DefaultedInput): boolean {
    return this.choice(name, ['true', 'false']) === 'true';
  }

  /** What stands between commas and line ends: digits, as Sprinklr's ids are. */
  list(name: string): string[] {
    const items = this.text(name)
      .split(/[\s,]+/)
      .filter((item) => item !== '');
    if (!items.every((item) => /^\d+$/.test(item)))
      throw this.#invalid(name, 'a list of numbers, with commas or line ends between them');
    return items;
  }

  integer(name: DefaultedInput, least: number, most: number): number {
    const text = this.text(name);
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!(value >= least && value <= most))
      throw this.#invalid(name, `a whole number from ${least} to ${most}`);
    return value;
  }

  #invalid(name: string, wanted: string): ActionError {
    return new ActionError(
      'INPUT_INVALID',
      `The input ${name} has to be ${wanted}.`,
      SECRET_INPUTS.some((secret) => secret === name)
        ? `Store the secret behind ${name} once more, without what came along in copying: \`gh secret set\` asks for its value.`
        : `Correct ${name} in the step's "with:" block.`,
    );
  }
}
