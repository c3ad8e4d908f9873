import type { Endpoint, Fault } from './types.ts';

/** What `--fault` takes, for a help text. */
export const FAULT_GRAMMAR = `<endpoint>=<fault>[,<fault>...]   one fault per request, in order; after the last, all is well

endpoints: register, apptoken, token, authorize, me, any
faults:
  none                    let one request pass
  503 or status:503       answer with this status
  retry-after:2           429 with Retry-After in seconds, or an HTTP date
  redirect:<url>          302 to there
  reset                   drop the connection before any answer
  hang                    never answer
  drip:100                the real answer, one byte every 100 ms
  cut                     half of the real answer, then drop the connection
  giant or giant:<bytes>  an endless body (2 MiB)
  html, garbage, not-http a proxy's page, broken JSON, no HTTP at all
  body:<json>             200 with this JSON (takes the rest of the text)
  clock:-120              from now on, the clock is 120 s slow
  <fault>x3               the same three times (not after redirect and body)

examples: apptoken=503x2   me=none,status:401   any=hang`;

const endpoints = ['register', 'apptoken', 'token', 'authorize', 'me', 'any'] as const;
const plain = ['none', 'reset', 'hang', 'cut', 'html', 'garbage', 'not-http'] as const;

/** Reads one script in the grammar of `FAULT_GRAMMAR`; throws an `Error` whose message says what is wrong with it. */
export function parseFaults(text: string): { endpoint: Endpoint | 'any'; faults: Fault[] } {
  const [, name = '', script = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const endpoint = endpoints.find((known) => known === name.trim());
  if (endpoint === undefined) {
    throw new Error(`"${text}" must begin with one of ${endpoints.join('=, ')}=, as in apptoken=503x2.`);
  }
  return { endpoint, faults: steps(script).flatMap(parseStep) };
}

/** Splits at commas, save the one after an HTTP date's weekday and those inside the JSON of `body:`. */
function steps(script: string): string[] {
  const json = script.search(/(?<=^|,)\s*body:/);
  if (json < 0) return script.split(/(?<!:[A-Z][a-z]{2}),/);
  return [...(json > 0 ? steps(script.slice(0, json - 1)) : []), script.slice(json)];
}

function parseStep(step: string): Fault[] {
  const text = step.trim();
  const [, kind = '', argument = ''] = /^(redirect|body):(.*)$/s.exec(text) ?? [];
  if (kind === 'redirect' && argument !== '') return [{ kind, location: argument }];
  if (kind === 'body') return [{ kind, json: parseJson(argument) }];
  const [, single = text, times = '1'] = /^(.+?) ?x(\d+)$/.exec(text) ?? [];
  return Array.from({ length: wholeNumber(text, times, [1, 1000]) }, () => parseOne(single));
}

function parseOne(text: string): Fault {
  const [, name = '', argument] = /^(.*?)(?::(.*))?$/s.exec(text) ?? [];
  const kind = plain.find((known) => known === name);
  if (kind !== undefined && argument === undefined) return { kind };
  if (/^\d+$/.test(text)) return { kind: 'status', status: wholeNumber(text, text, [200, 599]) };
  switch (name) {
    case 'status':
      return { kind: 'status', status: wholeNumber(text, argument, [200, 599]) };
    case 'giant':
      return argument === undefined
        ? { kind: 'giant' }
        : { kind: 'giant', bytes: wholeNumber(text, argument, [1, 2 ** 40]) };
    case 'drip':
      return { kind: 'drip', everyMs: wholeNumber(text, argument, [1, 3_600_000]) };
    case 'clock':
      return { kind: 'clock', seconds: wholeNumber(text, argument, [-(2 ** 31), 2 ** 31]) };
    case 'retry-after':
      return { kind: 'retry-after', after: secondsOrDate(text, argument) };
    default:
      throw new Error(`"${text}" is no fault. One of:\n${FAULT_GRAMMAR}`);
  }
}

function secondsOrDate(text: string, argument = ''): number | string {
  if (/^[A-Z][a-z]{2}, .* GMT$/.test(argument) && !Number.isNaN(Date.parse(argument))) return argument;
  return wholeNumber(text, argument, [0, 2 ** 31]);
}

function wholeNumber(text: string, argument: string | undefined, [least, most]: [number, number]): number {
  const value = /^[+-]?\d+$/.test(argument ?? '') ? Number(argument) : NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`"${text}" needs a whole number from ${least} to ${most}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`"body:" must be followed by JSON, and "${text}" is none.`);
  }
}
