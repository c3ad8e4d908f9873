import { recognizeText } from '../../credentials/key-problems.ts';
import { describePrivateKey } from '../../credentials/private-key.ts';
import type { ReadInput } from '../../request/parsers.ts';
import { rejectPlaceholder } from '../../request/placeholders.ts';
import type { InputName } from '../../request/schema.ts';
import { decodeAppId, parseAppId } from '../../sprinklr/app-id.ts';
import { isLoopback } from '../../sprinklr/gateway.ts';
import type { Value } from '../values.ts';
import { attempt, type Status } from './check.ts';

/** A common mistake that a parser cannot be sure of, or that needs a more specific message. */
export interface Finding {
  readonly status: Exclude<Status, 'skipped'>;
  readonly found: string;
  readonly remedy?: string;
}

interface Rule extends Finding {
  readonly inputs: readonly InputName[];
  /** @param text without surrounding space; never empty */
  readonly applies: (text: string, value: Value, others: Others) => boolean;
}

interface Others {
  readonly read: ReadInput;
  /** Whether a text reveals one of the secrets that were given. */
  readonly reveals: (text: string) => boolean;
}

/** The mistakes that can be seen in a value. */
export function findingsIn(name: InputName, value: Value, others: Others): Finding[] {
  const text = value.text.trim();
  if (text === '') return [];
  return RULES.filter((rule) => rule.inputs.includes(name) && rule.applies(text, value, others));
}

/** Whether a text decodes to the content of an App ID. */
export function isAppId(text: string): boolean {
  const appId = attempt(() => parseAppId(text));
  const claims = appId instanceof Error ? undefined : decodeAppId(appId);
  return claims?.partnerId !== undefined || claims?.registeredAt !== undefined;
}

function isKnownPlaceholder(text: string): boolean {
  return (
    attempt(() => {
      rejectPlaceholder('', () => text);
    }) instanceof Error
  );
}

const KEY_AND_SECRET = ['api-key', 'api-secret'] as const;
/** One line of text in which every character counts. */
const EXACT = [...KEY_AND_SECRET, 'app-id', 'username', 'redirect-uri', 'audience', 'base-url'] as const;
const ONE_LINE = [...EXACT, 'environment'] as const;
const PUBLIC = ['app-id', 'username', 'redirect-uri', 'audience', 'base-url', 'environment'] as const;

const RULES: readonly Rule[] = [
  {
    inputs: EXACT,
    // The last line break of a file belongs to the file.
    applies: (text, value) => text !== (value.isFile ? value.text.replace(/\r?\n$/, '') : value.text),
    status: 'warning',
    found: 'Starts or ends with a space or line break, which is ignored here. Other programs may send it.',
    remedy: 'Store the value without it: use `printf %s`, not `echo`.',
  },
  {
    // The parsers of the others check for quotes, except that of app-id, which removes them.
    inputs: ['base-url', 'environment'],
    applies: (text) => /^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text),
    status: 'error',
    found: 'Wrapped in quotes, which would be part of the value.',
    remedy: 'Remove the quotes.',
  },
  {
    inputs: EXACT,
    applies: (text) => /^\{[^{}]*\}$/.test(text),
    status: 'error',
    found: 'Wrapped in braces, which mark a placeholder in examples.',
    remedy: 'Remove the braces.',
  },
  {
    inputs: ONE_LINE,
    // The parsers find the most common ones.
    applies: (text) =>
      recognizeText(text) === 'placeholder' && /[^A-Z0-9_]/.test(text) && !isKnownPlaceholder(text),
    status: 'error',
    found: 'A placeholder that was never replaced.',
    remedy: 'Use the value itself.',
  },
  {
    inputs: KEY_AND_SECRET,
    applies: (text) => /^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(text),
    status: 'warning',
    found: 'Looks like the name of a variable or secret.',
    remedy: 'Use the value that is stored under that name.',
  },
  {
    inputs: ONE_LINE,
    applies: (text) => describePrivateKey(text) !== undefined,
    status: 'error',
    found: 'A private key.',
    remedy: 'Use a private key only as private-key. If others could see this value, create a new key pair.',
  },
  {
    inputs: KEY_AND_SECRET,
    applies: isAppId,
    status: 'error',
    found: 'Decodes to the content of an App ID.',
    remedy: "Use the App ID only as app-id. The API key and secret are on the Sprinklr developer app's page.",
  },
  {
    inputs: KEY_AND_SECRET,
    applies: (text, _, { read }) => text === read('app-id'),
    status: 'error',
    found: 'The same as app-id.',
    remedy: 'They are different values. Copy both again.',
  },
  {
    inputs: ['api-secret'],
    applies: (text, _, { read }) => text === read('api-key'),
    status: 'error',
    found: 'The same as api-key.',
    remedy: "Copy both again from the Sprinklr developer app's page.",
  },
  {
    inputs: ['api-secret'],
    applies: (text) => /[\s\p{Z}]|[^\p{ASCII}]/u.test(text),
    status: 'warning',
    found: 'Contains a space or a character that is not ASCII.',
    remedy: "Copy it again from the Sprinklr developer app's page.",
  },
  {
    inputs: ['app-id'],
    applies: (text) => /\\u003d/i.test(text),
    status: 'ok',
    found: 'Contains \\u003d, which is read as =.',
  },
  {
    inputs: ['app-id'],
    applies: (text) => !isAppId(text),
    status: 'warning',
    found: 'Does not decode to the JSON of an App ID. It may be damaged, or it may be an API key.',
    remedy: 'Use the value of "data" in the registration response. It usually starts with eyJ.',
  },
  {
    inputs: ['username', 'environment', 'audience', 'redirect-uri'],
    applies: (text, _, { read }) => KEY_AND_SECRET.some((name) => read(name) === text),
    status: 'error',
    found: 'The same as api-key or api-secret.',
    remedy: 'Use a different value. Logs show this input, so if it contains the secret, create a new secret.',
  },
  {
    inputs: PUBLIC,
    applies: (text, _, { read, reveals }) =>
      reveals(text) && !KEY_AND_SECRET.some((name) => read(name) === text),
    status: 'warning',
    found: 'Contains one of the secrets, or a part of it.',
    remedy: 'Use a different value. Logs show this input, so if it contains a secret, create a new secret.',
  },
  {
    inputs: ['username'],
    applies: (text) => /[\s\p{Z}]/u.test(text),
    status: 'warning',
    found: 'Contains a space, like a display name. Login usernames contain no spaces.',
    remedy: 'Use what the user types to log in to Sprinklr.',
  },
  {
    inputs: ['username'],
    applies: (text) => /^\d+$/.test(text),
    status: 'warning',
    found: 'A number, like a user ID.',
    remedy: 'Use what the user types to log in to Sprinklr.',
  },
  {
    inputs: ['audience'],
    applies: (text) => text !== 'https://www.sprinklr.com/',
    status: 'warning',
    found: 'The documented audience is https://www.sprinklr.com/ (with the trailing slash).',
    remedy: 'Omit audience.',
  },
  {
    inputs: ['base-url'],
    applies: (text, _, { read }) =>
      /\/\/api[23]\.sprinklr\.com/i.test(text) &&
      !text.toLowerCase().includes((read('gateway') || 'api2').toLowerCase()),
    status: 'warning',
    found: "The other gateway's host. The paths are still the selected gateway's.",
    remedy: 'Omit base-url, and set gateway.',
  },
  {
    inputs: ['environment'],
    applies: (text) => /[./:]/.test(text) && recognizeText(text) !== 'placeholder',
    status: 'error',
    found: 'Looks like a URL.',
    remedy: 'Use the name alone, such as prod2.',
  },
  {
    inputs: ['environment'],
    applies: (text) => /^\{*\s*(sandbox|staging|test|dev|default|api[23])\s*\}*$/i.test(text),
    status: 'warning',
    found:
      'No Sprinklr environment with this name is documented. The documented names are prod, prod2, prod4, …',
    remedy: 'To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
  },
  // Sprinklr compares the callback URL as text, so URLs that a browser treats as equal are different here.
  {
    inputs: ['redirect-uri'],
    applies: (text) => /%3a%2f%2f/i.test(text),
    status: 'error',
    found: 'Percent-encoded. It would be encoded again.',
    remedy: 'Use the plain URL, as a browser shows it: https://…',
  },
  redirectUriRule(
    ({ protocol, hostname }) => protocol === 'http:' && !isLoopback(hostname),
    'Uses http. Callback URLs usually use https.',
  ),
  redirectUriRule(
    ({ protocol }) => protocol !== 'http:' && protocol !== 'https:',
    'Does not start with https://.',
  ),
  redirectUriRule(
    (_, text) => /^[^/]*:\/\/[^/?#]*[A-Z]|^[^:/]*[A-Z]/.test(text),
    'Contains uppercase letters before the path. Browsers treat them as lowercase, but Sprinklr may not.',
  ),
  redirectUriRule(
    ({ protocol }, text) =>
      (protocol === 'http:' ? /^[^/]+:\/\/[^/?#]*:80(?!\d)/ : /^[^/]+:\/\/[^/?#]*:443(?!\d)/).test(text),
    'Contains the default port. Browsers omit it, but Sprinklr may not.',
  ),
  redirectUriRule(
    (_, text) => text.includes('#'),
    'Contains a fragment (#…), which a callback URL must not contain (RFC 6749 §3.1.2).',
  ),
  redirectUriRule(
    ({ searchParams }) => searchParams.has('code') || searchParams.has('error'),
    'A redirect URL from a consent, which still contains the response.',
  ),
];

function redirectUriRule(applies: (url: URL, text: string) => boolean, found: string): Rule {
  return {
    inputs: ['redirect-uri'],
    applies: (text) => URL.canParse(text) && applies(new URL(text), text),
    status: 'warning',
    found,
    remedy: "Compare it with the developer app's callback URL. They must match exactly.",
  };
}
