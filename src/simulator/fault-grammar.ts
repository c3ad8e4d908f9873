import { ERROR_FORMS, type Endpoint, type Fault } from './types.ts';

/** The value of `--fault`, for a help text. */
export const FAULT_GRAMMAR = `<endpoint>=<fault>[,<fault>...]   one fault per request, in order; later requests succeed

endpoints: register, apptoken, token, authorize, me, any
faults:
  none                    no fault for one request
  503 or status:503       respond with this status
  503:<form>              respond with this status and a body of this form: oauth, list, data,
                          apigee, apigee-oauth, mashery, application, empty, page
  retry-after:2           429 with Retry-After in seconds, or an HTTP date
  redirect:<url>          302 to this URL
  reset                   close the connection without a response
  hang                    never respond
  drip:100                the real response, one byte every 100 ms
  cut                     half of the real response, then close the connection
  giant or giant:<bytes>  an oversized body (default: 2 MiB)
  html, garbage, not-http a proxy's page, malformed JSON, bytes that are not HTTP
  body:<json>             200 with this JSON (takes the rest of the text)
  no-expiry               the real response, without the lifetime of the token
  echo-key                the real response, with a header that contains the API key
  strict-iat              reject a JWT whose iat is in the future by a second
  clock:-120              from now on, the clock is 120 s slow
  <fault>x3               the same fault three times (not for redirect and body)

examples: apptoken=503x2   apptoken=401:mashery   me=none,status:401   any=hang`;

const ENDPOINTS = ['register', 'apptoken', 'token', 'authorize', 'me', 'any'] as const;
const KINDS_WITHOUT_ARGUMENT = [
  'none',
  'reset',
  'hang',
  'cut',
  'html',
  'garbage',
  'not-http',
  'no-expiry',
  'echo-key',
  'strict-iat',
] as const;

/** Parses one script in the grammar of `FAULT_GRAMMAR`. @throws {Error} with a message for the user */
export function parseFaults(text: string): { endpoint: Endpoint | 'any'; faults: Fault[] } {
  const [, name = '', script = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const endpoint = ENDPOINTS.find((known) => known === name.trim());
  if (endpoint === undefined) {
    throw new Error(`"${text}" must begin with one of ${ENDPOINTS.join('=, ')}=, as in apptoken=503x2.`);
  }
  return { endpoint, faults: splitFaults(script).flatMap(parseRepeatedFault) };
}

/** Splits at commas, except after the weekday of an HTTP date and in the JSON of `body:`. */
function splitFaults(script: string): string[] {
  const json = script.search(/(?<=^|,)\s*body:/);
  if (json < 0) return script.split(/(?<!:[A-Z][a-z]{2}),/);
  return [...(json > 0 ? splitFaults(script.slice(0, json - 1)) : []), script.slice(json)];
}

function parseRepeatedFault(untrimmed: string): Fault[] {
  const text = untrimmed.trim();
  const [, kind = '', argument = ''] = /^(redirect|body):(.*)$/s.exec(text) ?? [];
  if (kind === 'redirect' && argument !== '') return [{ kind, location: argument }];
  if (kind === 'body') return [{ kind, json: parseJson(argument) }];
  const [, fault = text, times = '1'] = /^(.+?) ?x(\d+)$/.exec(text) ?? [];
  return Array.from({ length: parseInteger(text, times, [1, 1000]) }, () => parseFault(fault));
}

function parseFault(text: string): Fault {
  const [, name = '', argument] = /^(.*?)(?::(.*))?$/s.exec(text) ?? [];
  const kind = KINDS_WITHOUT_ARGUMENT.find((known) => known === name);
  if (kind !== undefined && argument === undefined) return { kind };
  if (/^\d+$/.test(name)) {
    const status = parseInteger(text, name, [200, 599]);
    if (argument === undefined) return { kind: 'status', status };
    const form = ERROR_FORMS.find((known) => known === argument);
    if (form !== undefined) return { kind: 'status', status, form };
  }
  switch (name) {
    case 'status':
      return { kind: 'status', status: parseInteger(text, argument, [200, 599]) };
    case 'giant':
      return argument === undefined
        ? { kind: 'giant' }
        : { kind: 'giant', bytes: parseInteger(text, argument, [1, 2 ** 40]) };
    case 'drip':
      return { kind: 'drip', everyMs: parseInteger(text, argument, [1, 3_600_000]) };
    case 'clock':
      return { kind: 'clock', seconds: parseInteger(text, argument, [-(2 ** 31), 2 ** 31]) };
    case 'retry-after':
      return { kind: 'retry-after', after: parseSecondsOrDate(text, argument) };
    default:
      throw new Error(`"${text}" is not a fault. Use one of these:\n${FAULT_GRAMMAR}`);
  }
}

function parseSecondsOrDate(text: string, argument = ''): number | string {
  if (/^[A-Z][a-z]{2}, .* GMT$/.test(argument) && !Number.isNaN(Date.parse(argument))) return argument;
  return parseInteger(text, argument, [0, 2 ** 31]);
}

function parseInteger(text: string, argument: string | undefined, [min, max]: [number, number]): number {
  const value = /^[+-]?\d+$/.test(argument ?? '') ? Number(argument) : NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`"${text}" needs a whole number from ${min} to ${max}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`"body:" must be followed by JSON. "${text}" is not JSON.`);
  }
}
