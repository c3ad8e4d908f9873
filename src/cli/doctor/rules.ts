import { recognizeText } from '../../credentials/key-problems.ts';
import { describePrivateKey } from '../../credentials/private-key.ts';
import { decodeAppId, parseAppId } from '../../sprinklr/app-id.ts';
import { attempt } from './check.ts';
import type { Rule } from './rule.ts';
import { valueOf } from './values.ts';

/** Whether a text decodes to what Sprinklr's App IDs hold. */
export function isAppId(text: string): boolean {
  const appId = attempt(() => parseAppId(text));
  const claims = appId instanceof Error ? undefined : decodeAppId(appId);
  return claims?.partnerId !== undefined || claims?.registeredAt !== undefined;
}

const KEY_AND_SECRET = ['api-key', 'api-secret'];
/** The inputs that are one line of text, of which every letter counts. */
const EXACT = [...KEY_AND_SECRET, 'app-id', 'username', 'redirect-uri', 'audience', 'base-url'];
const LINES = [...EXACT, 'environment'];

const EVERYWHERE: Rule[] = [
  {
    inputs: EXACT,
    // The last line end of a file belongs to the file.
    applies: (text, given) => text !== (given.isFile ? given.text.replace(/\r?\n$/, '') : given.text),
    status: 'warning',
    found: 'A space or line end comes with it; the action drops that, other programs send it along.',
    remedy: 'Store it without (`printf %s`, not `echo`).',
  },
  {
    inputs: LINES,
    applies: (text) => /^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text),
    status: 'wrong',
    found: 'It is in quotes, and they are taken for a part of it.',
    remedy: 'Take the quotes away.',
  },
  {
    inputs: EXACT,
    applies: (text) => /^\{[^{}]*\}$/.test(text),
    status: 'wrong',
    found: 'It is in braces, which mark what an example leaves to fill in.',
    remedy: 'Take the braces away.',
  },
  {
    inputs: LINES,
    applies: (text) => recognizeText(text) === 'placeholder' && /[^A-Z0-9_]/.test(text),
    status: 'wrong',
    found: 'It is a placeholder that nothing was put in for.',
    remedy: 'Give the value itself. Only a workflow fills in ${{ … }}, only a shell $NAME.',
  },
  {
    inputs: KEY_AND_SECRET,
    applies: (text) => /^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(text),
    status: 'warning',
    found: 'It looks like the name of a variable or secret.',
    remedy: 'Give the value that is stored under that name.',
  },
  {
    inputs: LINES,
    applies: (text) => describePrivateKey(text) !== undefined,
    status: 'wrong',
    found: 'It is a private key.',
    remedy:
      'A private key belongs in private-key alone. If others could see this value, make a new key pair.',
  },
];

const KEYS: Rule[] = [
  {
    inputs: KEY_AND_SECRET,
    applies: isAppId,
    status: 'wrong',
    found: 'It decodes to what an App ID holds.',
    remedy: 'The App ID belongs in app-id; key and secret are on the page of the Sprinklr developer app.',
  },
  {
    inputs: KEY_AND_SECRET,
    applies: (text, _, values) => text === valueOf(values, 'app-id'),
    status: 'wrong',
    found: 'It is the same as app-id.',
    remedy: 'They are different things: copy each once more.',
  },
  {
    inputs: ['api-secret'],
    applies: (text, _, values) => text === valueOf(values, 'api-key'),
    status: 'wrong',
    found: 'It is the same as api-key.',
    remedy: 'Copy both once more from the page of the Sprinklr developer app.',
  },
  {
    inputs: ['api-secret'],
    applies: (text) => /[\s\p{Z}]|[^\p{ASCII}]/u.test(text),
    status: 'warning',
    found: 'It has a space or a character outside ASCII in it.',
    remedy: 'Copy it once more from the page of the Sprinklr developer app.',
  },
];

const APP_ID: Rule[] = [
  {
    inputs: ['app-id'],
    applies: (text) => /\\u003d/i.test(text),
    status: 'ok',
    found: 'It was escaped (\\u003d), which is read as =.',
  },
  {
    inputs: ['app-id'],
    applies: (text) => /%3d/i.test(text),
    status: 'wrong',
    found: 'It is percent-encoded.',
    remedy: 'Write = where it has %3D.',
  },
  {
    inputs: ['app-id'],
    applies: (text) => !isAppId(text),
    status: 'warning',
    found: 'It does not decode to the JSON that App IDs hold: it may be an API key, or damaged.',
    remedy: 'Give the value of "data" in the answer of the registration; it usually starts with eyJ.',
  },
  {
    inputs: ['app-id'],
    applies: (text) => isAppId(text) && text.replace(/\\u003d/gi, '=').length % 4 !== 0,
    status: 'warning',
    found: 'Its length is not a multiple of four, so it lost characters: = signs at the end, as a rule.',
    remedy: 'Copy all of it; a double click stops before the = signs.',
  },
];

const NAMES: Rule[] = [
  {
    inputs: ['username', 'environment', 'audience', 'redirect-uri'],
    applies: (text, _, values) => KEY_AND_SECRET.some((name) => valueOf(values, name) === text),
    status: 'wrong',
    found: 'It is the same as api-key or api-secret.',
    remedy:
      'Give each its own value. What is given here is shown in logs: if that is the secret, make a new one.',
  },
  {
    inputs: ['username'],
    applies: (text) => /[\s\p{Z}]/u.test(text),
    status: 'warning',
    found: 'It has a space in it, as names have and logins have not.',
    remedy: 'Give what the user types to log in to Sprinklr.',
  },
  {
    inputs: ['username'],
    applies: (text) => /^\d+$/.test(text),
    status: 'warning',
    found: 'It is a number, as user ids are.',
    remedy: 'Give what the user types to log in to Sprinklr.',
  },
  {
    inputs: ['audience'],
    applies: (text) => text !== 'https://www.sprinklr.com/',
    status: 'warning',
    found: 'The documented audience is https://www.sprinklr.com/ (with the final slash).',
    remedy: 'Leave audience away.',
  },
  {
    inputs: ['base-url'],
    applies: (text, _, values) =>
      /\/\/api[23]\.sprinklr\.com/i.test(text) &&
      !text.toLowerCase().includes(valueOf(values, 'gateway').toLowerCase()),
    status: 'warning',
    found: 'It is the host of the other gateway; the paths stay those of the gateway that is set.',
    remedy: 'Leave base-url away, and set gateway.',
  },
  {
    inputs: ['environment'],
    applies: (text) => /[./:]/.test(text),
    status: 'wrong',
    found: 'It looks like an address.',
    remedy: 'Give the name alone, such as prod2.',
  },
  {
    inputs: ['environment'],
    applies: (text) => /^\{*\s*(production|sandbox|staging|test|dev|default|api[23])\s*\}*$/i.test(text),
    status: 'warning',
    found: 'No Sprinklr environment with this name is documented: they are called prod, prod2, prod4, …',
    remedy: 'To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
  },
];

export const RULES: readonly Rule[] = [...EVERYWHERE, ...KEYS, ...APP_ID, ...NAMES];
