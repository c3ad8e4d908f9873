import { createSecrets } from '../../redaction.ts';
import { parseInput } from '../../request/parse.ts';
import type { ReadInput } from '../../request/parsers.ts';
import { definitionOf, type InputName } from '../../request/schema.ts';
import type { Check } from '../doctor/check.ts';
import { createDoctorContext } from '../doctor/context.ts';
import { checkInputs, readGateway } from '../doctor/inputs.ts';
import { checkMachine } from '../doctor/machine.ts';
import { usageError } from '../errors.ts';
import { isSecret, whereToSet } from '../inputs.ts';
import { note } from '../io.ts';
import { ask, askSecret, isInteractive } from '../prompts.ts';
import { rawReader, type Value } from '../values.ts';
import { warn, type Session } from './session.ts';

/** What setup needs to know, in the order of its questions. */
export const SETUP_INPUTS: readonly InputName[] = [
  'api-key',
  'api-secret',
  'redirect-uri',
  'environment',
  'username',
  'gateway',
  'base-url',
];

export type SetupValues = ReadonlyMap<InputName, Value>;

interface Question {
  readonly name: InputName;
  /** Whether an empty answer keeps an earlier value. */
  readonly canKeep?: true;
  readonly message: string;
  /** Where to find the value. */
  readonly hint: string;
  readonly placeholder?: string;
}

const QUESTIONS: readonly Question[] = [
  {
    name: 'api-key',
    message: 'API key',
    hint: "The API key is on your app's page in Sprinklr's developer portal (dev.sprinklr.com).",
  },
  { name: 'api-secret', message: 'API secret', hint: 'The API secret is on the same page.' },
  {
    name: 'redirect-uri',
    message: 'Callback URL',
    hint: 'The callback URL is on the same page. Enter it exactly as shown, including any trailing slash.',
    placeholder: 'https://www.example.com/callback',
  },
  {
    name: 'environment',
    message: 'Sprinklr environment (Enter for the default production environment)',
    hint: 'To find your environment, search the page source of the Sprinklr UI for "sentry-environment".',
    placeholder: 'prod2',
  },
  {
    name: 'username',
    message: 'Username',
    hint:
      'The login username of the Sprinklr user that the tokens act as. The user needs the platform permission Generate Token, ' +
      'which a Sprinklr admin grants.',
    placeholder: 'ci-bot@example.com',
  },
];

const ANSWER = 'your answer';

/** The Sprinklr environment has a default. */
function isRequired({ name }: Question): boolean {
  return definitionOf(name).requiredIn !== undefined;
}

/**
 * Asks for each value that is missing, and checks all of them with doctor's rules.
 *
 * @throws {CliError} usage error, if a value is wrong, or one is missing and there is no terminal to ask on
 */
export async function completeValues(given: SetupValues, session: Session): Promise<Map<InputName, Value>> {
  const values = new Map(given);
  if (isInteractive(session.io)) {
    for (const question of QUESTIONS.filter(({ name }) => !values.has(name)))
      if (isRequired(question) || session.options.yes !== true)
        values.set(question.name, await askFor(question, values, session));
  } else {
    requireGiven(values, session);
  }
  requireValid(checksOf(values, session), session);
  return values;
}

async function askFor(
  { name, hint, canKeep, ...question }: Question,
  values: SetupValues,
  session: Session,
): Promise<Value> {
  const { io, interruption } = session;
  const prompt = isSecret(name) ? askSecret : ask;
  const toValue = (text: string): Value => ({ text, source: ANSWER, isFile: false, isBinary: false });
  const validate = (text: string): string | undefined => {
    if (canKeep && text === '') return undefined;
    const checks = checksOf(new Map(values).set(name, toValue(text)), session);
    const error = checks.find((check) => check.name === name && check.status === 'error');
    const found = error?.found.replace(` (from ${ANSWER})`, '').replace(` (${ANSWER} is set, but empty)`, '');
    // The rest says where to find the value, or which flag to correct.
    const [fix = ''] = /^(?!Correct |Pass ).+?\.(?= |$)/.exec(error?.remedy ?? '') ?? [];
    return found === undefined ? undefined : `${found} ${fix}`.trim();
  };
  note(io, '', hint);
  return toValue(await interruption.abandon(() => prompt(io, { ...question, validate })));
}

/** Asks for the API secret again, because Sprinklr rejected the app's credentials. */
export async function correctApiSecret(values: Map<InputName, Value>, session: Session): Promise<void> {
  const value = await askFor(
    {
      name: 'api-secret',
      message: 'API secret (Enter to keep the earlier one)',
      hint: "If the API secret could be wrong, copy it again from your app's page.",
      canKeep: true,
    },
    values,
    session,
  );
  if (value.text !== '') values.set('api-secret', value);
}

/**
 * Checks, without a terminal, that nothing has to be asked.
 *
 * @param given undefined if an earlier run or the repository has more values
 * @throws {CliError} usage error that names everything that is missing
 */
export function requireGiven(given: SetupValues | undefined, { options }: Session): void {
  const names = QUESTIONS.filter(isRequired)
    .map(({ name }) => name)
    .filter((name) => given?.has(name) === false);
  const missing = [...names, ...(options.yes === true ? [] : ['--yes'])];
  if (missing.length === 0) return;
  const pass = names.length === 0 ? '' : `Pass ${names.map(whereToSet).join(', ')}. `;
  const agree = "Add --yes if you agree to invalidate the API key's current token.";
  throw usageError(
    `Missing: ${missing.join(', ')}. There is no terminal to ask on.`,
    `${pass}${options.yes === true ? '' : agree}`.trim(),
  );
}

/** Adds values that only setup knows to those that the user gave. */
export function withInputs(read: ReadInput, added: Readonly<Record<string, string>>): ReadInput {
  return (name) => added[name] ?? read(name);
}

/** By what is not secret. The environment is stored as `prod` if it is empty: GitHub has no empty variables. */
export function publicValues(values: SetupValues): Readonly<Record<string, string>> {
  const read = rawReader({ given: values, unreadable: new Map() });
  const optional = (name: InputName): Record<string, string> =>
    read(name) === '' ? {} : { [name]: read(name) };
  return {
    username: read('username'),
    'redirect-uri': read('redirect-uri'),
    environment: parseInput('environment', read) || 'prod',
    ...optional('gateway'),
    ...optional('base-url'),
  };
}

function checksOf(values: SetupValues, { io }: Session): Check[] {
  const secrets = createSecrets(() => undefined);
  for (const [name, { text }] of values) if (isSecret(name)) secrets.mask(text.trim());
  const all = { given: values, unreadable: new Map() };
  const context = createDoctorContext(all, secrets, io);
  const inputs = checkInputs(context).filter(({ name }) => SETUP_INPUTS.some((input) => input === name));
  const callback = values.get('redirect-uri')?.text ?? '';
  return [
    ...inputs.map((check) => (check.name === 'redirect-uri' && callback.includes('#') ? FRAGMENT : check)),
    ...checkMachine({ certificate: undefined, gateway: readGateway(context) }, context),
  ];
}

/** RFC 6749 §3.1.2 */
const FRAGMENT: Check = {
  name: 'redirect-uri',
  status: 'error',
  found: 'Contains a #, which OAuth forbids.',
  remedy: "Use exactly the app's callback URL.",
};

function requireValid(checks: readonly Check[], session: Session): void {
  const describe = ({ name, found }: Check): string => `${name}: ${found}`;
  const errors = checks.filter(({ status }) => status === 'error');
  if (errors.length > 0) {
    const remedies = new Set(errors.map(({ remedy = '' }) => remedy).filter((text) => text !== ''));
    throw usageError(errors.map(describe).join('\n'), [...remedies].join('\n'));
  }
  for (const check of checks.filter(({ status }) => status === 'warning'))
    warn(session, [describe(check), check.remedy ?? ''].join(' ').trim());
}
