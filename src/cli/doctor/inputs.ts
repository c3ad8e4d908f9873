import { INPUTS as SCHEMA, type InputName } from '../../request/schema.ts';
import { decodeAppId, parseAppId } from '../../sprinklr/app-id.ts';
import { parseEnvironment } from '../../sprinklr/gateway.ts';
import type { ActionReader } from './action-reader.ts';
import type { DeskError } from '../command.ts';
import { refused, type Check, type Status } from './check.ts';
import { slipsIn } from './slips.ts';
import { valueOf, variableOf, type Given, type Values } from './values.ts';

/** What every check of a value needs. */
export interface Subject {
  readonly values: Values;
  readonly action: ActionReader;
  /** Makes a value fit to be shown: without secrets, on one line, not too long. */
  readonly show: (text: string) => string;
}

/** What to say of a value that is in order; empty for nothing. */
type Describe = (text: string, subject: Subject) => string;

const characters: Describe = (text) => `${text.length} characters.`;
const itself: Describe = (text, { show }) => `${show(text)}.`;

const INPUTS: readonly (readonly [name: InputName, describe: Describe])[] = [
  ['app-id', describeAppId],
  ['username', itself],
  ['audience', itself],
  ['api-key', characters],
  ['api-secret', characters],
  ['redirect-uri', describeRedirectUri],
  ['gateway', itself],
  ['environment', describeEnvironment],
  ['base-url', itself],
  ['assertion-lifetime', itself],
  ['parameters-in', describePlace],
  ['certificate-warning-days', itself],
  ['timeout-seconds', itself],
];

/** What the action cannot do without. */
const REQUIRED = ['private-key', 'app-id', 'username', 'api-key', 'api-secret', 'redirect-uri'];

/** One check for each input that is one line of text. */
export function checkInputs(subject: Subject): Check[] {
  return INPUTS.flatMap(([name, describe]) => checkInput(name, describe, subject));
}

function checkInput(name: InputName, describe: Describe, subject: Subject): Check[] {
  const { values, action } = subject;
  const unreadable = values.unreadable.get(name);
  if (unreadable !== undefined) return [unread(name, unreadable, subject)];
  const given = values.given.get(name);
  if (given === undefined) return absent(name);

  const refusal = action(name);
  // Where the action is sure, a mere suspicion would only confuse.
  const slips = slipsIn(name, given, values).filter(({ status }) => !refusal || status !== 'warning');
  const text = valueOf(values, name);
  const start = refusal === undefined ? [describe(text, subject)] : [refusal.message];
  const remedies = [...slips.map(({ remedy = '' }) => remedy), refusal?.remedy ?? ''];
  const remedy = [...new Set(remedies)].filter((words) => words !== '').join(' ');
  return [
    {
      name,
      status: worst([refusal === undefined ? 'ok' : 'wrong', ...slips.map(({ status }) => status)]),
      found: [...start, ...slips.map(({ found }) => found), from(given, subject)].join(' '),
      ...(remedy !== '' && { remedy }),
      ...(refusal !== undefined && { code: refusal.code }),
    },
  ];
}

/** A file that could not be read. Its path may hold anything. */
export function unread(name: string, error: DeskError, { show }: Pick<Subject, 'show'>): Check {
  return { ...refused(name, error), found: show(error.message) };
}

/** Where a value came from. */
export function from({ source, text }: Given, { show }: Pick<Subject, 'show'>): string {
  return text.trim() === '' ? `(${show(source)} is set, but empty)` : `(from ${show(source)})`;
}

/** What is said of a value that is not there; nothing where nobody would miss it. */
export function absent(name: string): Check[] {
  if (REQUIRED.includes(name)) {
    const flag = ['private-key', 'api-key', 'api-secret'].includes(name) ? `--${name}-file` : `--${name}`;
    return [{ name, status: 'skipped', found: `Not given (${flag} or ${variableOf(name)}).` }];
  }
  if (name === 'environment') return [{ name, status: 'ok', found: `Not given: ${DEFAULT_PRODUCTION}` }];
  if (name !== 'audience' && name !== 'gateway') return [];
  return [{ name, status: 'ok', found: `${SCHEMA[name].default} (the default).` }];
}

const ORDER: readonly Status[] = ['ok', 'skipped', 'warning', 'wrong'];

function worst(statuses: readonly Status[]): Status {
  return ORDER[Math.max(...statuses.map((status) => ORDER.indexOf(status)))] ?? 'wrong';
}

function describeAppId(text: string): string {
  const { partnerId, registeredAt } = decodeAppId(parseAppId(text)) ?? {};
  const facts = [
    partnerId === undefined ? '' : `partner ${partnerId}`,
    registeredAt === undefined ? '' : `registered ${registeredAt.toISOString()}`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? `${text.length} characters.` : `An App ID: ${facts.join(', ')}.`;
}

function describePlace(text: string): string {
  return text.toLowerCase() === 'body'
    ? 'body, which is not documented for this call; if it is refused, go back to query.'
    : 'query, as documented.';
}

function describeRedirectUri(text: string, { show }: Subject): string {
  const slash = text.replace(/[?#].*$/s, '').endsWith('/') ? 'with' : 'without';
  return `${show(text)}, ${slash} a final slash; Sprinklr compares it to the letter with the one of the app.`;
}

const DEFAULT_PRODUCTION =
  'the default production environment (prod), whose name is left out of addresses. ' +
  'Where the Sprinklr UI\'s page source names another under "sentry-environment", give that.';

function describeEnvironment(text: string, { show }: Subject): string {
  const name = parseEnvironment(text);
  if (name === '') return `${text === '' ? 'Empty' : show(text)}: ${DEFAULT_PRODUCTION}`;
  return name === text ? `${name}.` : `Read as ${name}, given as ${show(text)}.`;
}
