import { ActionError } from '../../errors.ts';
import { inputText, parseGateway, parseInput } from '../../request/parse.ts';
import type { ReadInput } from '../../request/parsers.ts';
import { definitionOf, type InputName } from '../../request/schema.ts';
import { decodeAppId, parseAppId, type AppId } from '../../sprinklr/app-id.ts';
import { parseEnvironment, type Gateway } from '../../sprinklr/gateway.ts';
import type { CliError } from '../errors.ts';
import { TOKEN_INPUTS, whereToSet } from '../inputs.ts';
import type { Value } from '../values.ts';
import { attempt, failedCheck, type Check, type DoctorContext, type Status } from './check.ts';
import { findingsIn, isAppId } from './findings.ts';

/** Checked by credentials.ts, because they depend on each other. */
const CREDENTIALS: readonly InputName[] = [
  'private-key',
  'private-key-passphrase',
  'certificate',
  'mtls-certificate',
  'mtls-private-key',
  'mtls-passphrase',
];

/** What to say about a value without mistakes. */
type Describe = (text: string, context: DoctorContext) => string;

const DESCRIPTIONS: Partial<Record<InputName, Describe>> = {
  'app-id': describeAppId,
  'api-key': (text) => `${text.length} characters.`,
  'api-secret': (text) => `${text.length} characters.`,
  'redirect-uri': describeRedirectUri,
  environment: describeEnvironment,
  'parameters-in': (text) =>
    text.toLowerCase() === 'body'
      ? 'body, which is not documented for this call. If it is rejected, use query.'
      : 'query, as documented.',
};

/** One check for each input that is one line of text. */
export function checkInputs(context: DoctorContext): Check[] {
  return TOKEN_INPUTS.filter((name) => !CREDENTIALS.includes(name)).flatMap((name) =>
    checkInput(name, context),
  );
}

function checkInput(name: InputName, context: DoctorContext): Check[] {
  const { values, read, quote, reveals } = context;
  const unreadable = values.unreadable.get(name);
  if (unreadable !== undefined) return [unreadableCheck(name, unreadable, context)];
  const value = values.given.get(name);
  if (value === undefined) return absentCheck(name);

  const failed = parseFailure(name, read);
  // After an error from the parser, a guess would only confuse.
  const findings = findingsIn(name, value, { read, reveals }).filter(
    ({ status }) => !failed || status !== 'warning',
  );
  const describe = DESCRIPTIONS[name] ?? ((text) => `${quote(name, text)}.`);
  const found = failed?.found ?? describe(inputText(name, read), context);
  // A finding's remedy is more specific than the parser's.
  const specific = findings.flatMap(({ remedy: sentence }) => sentence ?? []);
  const remedy = [...new Set(specific.length > 0 ? specific : [failed?.remedy ?? ''])].join(' ');
  return [
    {
      name,
      status: worst([failed?.status ?? 'ok', ...findings.map(({ status }) => status)]),
      found: [found, ...findings.map((finding) => finding.found), sourceOf(value, context)].join(' '),
      ...(remedy !== '' && { remedy }),
      ...(failed?.code !== undefined && { code: failed.code }),
    },
  ];
}

function parseFailure(name: InputName, read: ReadInput): Check | undefined {
  if (inputText(name, read) === '' && definitionOf(name).requiredIn !== undefined) {
    const error = new ActionError('INPUT_MISSING', `\`${name}\` is empty.`, { remedy: '', inputs: [name] });
    return failedCheck(name, error);
  }
  const parsed = attempt(() => parseInput(name, read));
  return parsed instanceof ActionError ? failedCheck(name, parsed) : undefined;
}

/** The result for a file that could not be read. Its path can contain anything. */
export function unreadableCheck(name: string, error: CliError, { show }: DoctorContext): Check {
  return { ...failedCheck(name, error), found: show(error.message) };
}

/** Where a value comes from. */
export function sourceOf({ source, text }: Value, { show }: DoctorContext): string {
  return text.trim() === '' ? `(${show(source)} is set, but empty)` : `(from ${show(source)})`;
}

/** The result for an input that is absent; none if it is optional and has no default worth showing. */
export function absentCheck(name: InputName): Check[] {
  const { requiredIn, default: fallback } = definitionOf(name);
  if (requiredIn !== undefined)
    return [{ name, status: 'skipped', found: `Not given (${whereToSet(name)}).` }];
  if (name === 'environment') return [{ name, status: 'ok', found: `Not given: ${PRODUCTION}` }];
  if (name !== 'audience' && name !== 'gateway') return [];
  return [{ name, status: 'ok', found: `${fallback ?? ''} (the default).` }];
}

const SEVERITY: readonly Status[] = ['ok', 'skipped', 'warning', 'error'];

function worst(statuses: readonly Status[]): Status {
  return SEVERITY[Math.max(...statuses.map((status) => SEVERITY.indexOf(status)))] ?? 'error';
}

function describeAppId(text: string): string {
  const { partnerId, registeredAt } = decodeAppId(parseAppId(text)) ?? {};
  const facts = [
    partnerId === undefined ? '' : `partner ${partnerId}`,
    registeredAt === undefined ? '' : `registered ${registeredAt.toISOString()}`,
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? `${text.length} characters.` : `App ID: ${facts.join(', ')}.`;
}

function describeRedirectUri(text: string, { quote }: DoctorContext): string {
  const slash = text.replace(/[?#].*$/s, '').endsWith('/') ? 'with' : 'without';
  return `${quote('redirect-uri', text)}, ${slash} a trailing slash. It must match the app's callback URL exactly.`;
}

const PRODUCTION =
  'the default production environment (prod), which URLs omit. ' +
  'If the page source of the Sprinklr UI has another name under "sentry-environment", use that name.';

function describeEnvironment(text: string, { quote }: DoctorContext): string {
  const name = parseEnvironment(text);
  const given = quote('environment', text);
  if (name === '') return `${text === '' ? 'Empty' : given}: ${PRODUCTION}`;
  return name === text || given !== text ? `${given}.` : `Read as ${name}, given as ${text}.`;
}

/** Sprinklr's endpoints; undefined if environment, gateway, or base-url has an error. */
export function readGateway({ read }: DoctorContext): Gateway | undefined {
  const gateway = attempt(() => parseGateway(read));
  return gateway instanceof Error ? undefined : gateway;
}

/** The URLs that follow from environment, gateway, and base-url. */
export function checkEndpoints(gateway: Gateway | undefined, { read, quote }: DoctorContext): Check[] {
  if (gateway === undefined) {
    return [
      {
        name: 'endpoints',
        status: 'skipped',
        found: 'Unknown, because gateway, environment, or base-url has an error.',
      },
    ];
  }
  const isQuoted = (name: InputName): boolean => quote(name, read(name)) === read(name);
  const apiUrl = [
    read('base-url') === '' || isQuoted('base-url') ? new URL(gateway.apiUrl).origin : '{base-url}',
    isQuoted('environment') || read('environment') === ''
      ? new URL(gateway.apiUrl).pathname
      : '/{environment}',
  ]
    .join('')
    .replace(/\/$/, '');
  const text = read('app-id');
  // Any other text can be a key that was mistaken for an App ID.
  const appId = isAppId(text) ? parseAppId(text) : ('APP-ID' as AppId);
  const show = ({ href }: URL): string => `POST ${apiUrl}${href.slice(gateway.apiUrl.length)}`;
  return [
    { name: 'API URL', status: 'ok', found: apiUrl },
    { name: 'registration endpoint', status: 'ok', found: show(gateway.registrationEndpoint) },
    { name: 'exchange endpoint', status: 'ok', found: show(gateway.exchangeEndpoint(appId)) },
  ];
}
