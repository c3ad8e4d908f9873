import type { Secrets } from '../context.ts';
import { ActionError, type ErrorCode } from '../errors.ts';
import { sanitize, WITHHELD } from '../redaction.ts';
import { classifyResponse, searchableText, type ResponseErrorCode } from './classify-response.ts';
import { codeExchangeRemedy, exchangeRemedy } from './rejected-credentials.ts';
import { describeError, type HttpResponse } from './response.ts';

const DAY_SECONDS = 24 * 3600;
/** How much of a host name is quoted, in characters. */
const MAX_HOST_LENGTH = 100;

/** The call that failed. The same status needs a different remedy in each. */
export type Operation = 'token exchange' | 'registration' | 'code exchange' | 'identity check';

/** The error for a response that is not a success: what failed, what Sprinklr said, what to do. */
export function toResponseError(response: HttpResponse, operation: Operation, secrets: Secrets): ActionError {
  const code = classifyResponse(response) ?? 'RESPONSE_INVALID';
  const quote = describeError(response, secrets);
  const attempts = response.attempts > 1 ? ` after ${response.attempts} attempts` : '';
  const { status, retryAfterExceedsDeadline: delay } = response;
  const special = specialCaseOf(response, code, operation) ?? alreadyRegistered(quote, code, operation);
  const sentences = [
    `${capitalize(operation)} failed (HTTP ${status}${attempts}): ${special?.cause ?? CAUSES[code]}.`,
    code === 'REDIRECTED' ? `${redirectTarget(response, secrets)} Redirects are not followed.` : '',
    delay === undefined
      ? ''
      : `The next attempt requires a wait of ${delay < DAY_SECONDS ? `${Math.ceil(delay)} s` : '24 hours or more'}, longer than \`timeout-seconds\` allows.`,
    quote === '' ? 'The server gave no reason.' : quotation(quote),
  ];
  return new ActionError(code, sentences.filter((sentence) => sentence !== '').join(' '), {
    remedy: special?.remedy ?? remedyForQuote(code, operation, quote) ?? remedyFor(code, operation),
    status,
    possiblyProcessed: special === ALREADY_REGISTERED,
  });
}

/** What to do about rejected credentials that the server names. */
function remedyForQuote(code: ErrorCode, operation: Operation, quote: string): string | undefined {
  if (code !== 'CREDENTIALS_REJECTED') return undefined;
  if (operation === 'token exchange') return exchangeRemedy(quote);
  return operation === 'code exchange' ? codeExchangeRemedy(quote) : undefined;
}

function quotation(quote: string): string {
  return quote === WITHHELD
    ? "The server's message is not shown, because it contains a secret."
    : `The server said: "${quote}".`;
}

interface SpecialCase {
  readonly cause: string;
  readonly remedy: string;
}

/** A registration of a certificate that has an App ID. Sprinklr does not document its status or text. */
function alreadyRegistered(quote: string, code: ErrorCode, operation: Operation): SpecialCase | undefined {
  const isPossible =
    operation === 'registration' && (code === 'CREDENTIALS_REJECTED' || code === 'RESPONSE_INVALID');
  const isNamed =
    /\bcertificate\b[^.]{0,40}\balready (been )?(registered|exists?)\b|\bduplicate (app )?certificate\b/i.test(
      quote,
    );
  return isPossible && isNamed ? ALREADY_REGISTERED : undefined;
}

/** Responses whose text tells more than their status. */
function specialCaseOf(
  response: HttpResponse,
  code: ErrorCode,
  operation: Operation,
): SpecialCase | undefined {
  const { status, headers, body } = response;
  const text = searchableText(response);
  // An nginx in front of Sprinklr completes the handshake first, and then asks for a certificate or for another one.
  if (status === 400 && text.includes('ssl certificate'))
    return { cause: 'the server requires a client certificate that it trusts', remedy: MUTUAL_TLS_REMEDY };
  if (status === 400 && text.includes('access to resource is forbidden')) {
    return {
      cause: 'Sprinklr denied permission',
      remedy: REMEDIES_BY_OPERATION[operation].PERMISSION_DENIED ?? GRANT_PERMISSION,
    };
  }
  if (code === 'PERMISSION_DENIED' && isForeignPage(headers, body)) {
    return {
      cause: 'the response is a web page, so a proxy or firewall may have blocked the call',
      remedy:
        'Ask the network team whether a proxy or firewall blocks Sprinklr for this machine. If Sprinklr itself responded, ' +
        lowercaseFirst(REMEDIES_BY_OPERATION[operation].PERMISSION_DENIED ?? GRANT_PERMISSION),
    };
  }
  return undefined;
}

/** Whether a body is an HTML page, and not the bare heading that Mashery sends. */
function isForeignPage(headers: HttpResponse['headers'], body: string): boolean {
  const start = body.slice(0, 2000).trimStart();
  const isPage = start.startsWith('<') && /<(!doctype html|html|head|body|title)\b/i.test(start);
  const isHtml = /\bhtml\b/i.test(headers['content-type'] ?? '') && body.trim() !== '';
  const isGateway =
    headers['x-mashery-error-code'] !== undefined || /^\s*(<\?xml[^<>]*>\s*)?<h1>[^<]*<\/h1>\s*$/i.test(body);
  return (isPage || isHtml) && !isGateway;
}

/** The error for a 2xx response that cannot be used. `problem` completes "The response …". */
export function toInvalidResponseError(
  response: HttpResponse,
  problem: string,
  { operation, secrets }: { operation: Operation; secrets: Secrets },
): ActionError {
  const quote = describeError(response, secrets);
  const special = alreadyRegistered(quote, 'RESPONSE_INVALID', operation);
  const failure = special
    ? `failed (HTTP ${response.status}): ${special.cause}`
    : `failed: the response (HTTP ${response.status}) ${problem}`;
  return new ActionError(
    'RESPONSE_INVALID',
    `${capitalize(operation)} ${failure}.${quote === '' ? '' : ` ${quotation(quote)}`}`,
    {
      remedy: special?.remedy ?? remedyFor('RESPONSE_INVALID', operation),
      possiblyProcessed: special !== undefined,
    },
  );
}

const CAUSES: Readonly<Record<ResponseErrorCode, string>> = {
  API_KEY_INACTIVE: '`api-key` is unknown or inactive',
  CREDENTIALS_REJECTED: 'Sprinklr rejected the credentials',
  ENVIRONMENT_MISMATCH: '`api-key` belongs to another environment',
  NOT_FOUND: 'endpoint not found',
  PERMISSION_DENIED: 'Sprinklr denied permission',
  RATE_LIMITED: 'too many requests with this `api-key`',
  REDIRECTED: 'the server redirected the call',
  RESPONSE_INVALID: 'undocumented response',
  SERVER_ERROR: 'server error',
};

export function remedyFor(code: ErrorCode, operation: Operation): string {
  return REMEDIES_BY_OPERATION[operation][code] ?? REMEDIES[code] ?? '';
}

const GRANT_PERMISSION =
  'Ask a Sprinklr admin to grant the platform permission Generate Token to the user who consented.';

/** Sprinklr's own page does not say what is wrong. */
const NEW_CODE =
  'Get a new code from the browser consent. If the consent page shows HTTP 500, `redirect-uri` does not exactly match the registered callback URL.';

/** Sprinklr does not document what a second registration does. */
const NEW_CERTIFICATE =
  'create a new key and certificate and register those, or ask Sprinklr support for the App ID.';
const UNKNOWN_OUTCOME = `The certificate may have been registered, so do not register it again. ${capitalize(NEW_CERTIFICATE)}`;

const ALREADY_REGISTERED: SpecialCase = {
  cause: 'the certificate is already registered',
  remedy: `Use the App ID from that registration. If you don't have it, ${NEW_CERTIFICATE}`,
};

const REMEDIES_BY_OPERATION: Readonly<Record<Operation, Partial<Record<ErrorCode, string>>>> = {
  'token exchange': {
    NOT_FOUND: 'Check `environment`, `gateway`, and `app-id` (from registration in this environment).',
    PERMISSION_DENIED:
      'Ask a Sprinklr admin to grant the platform permission Generate Token to the user in `username`.',
  },
  registration: {
    CREDENTIALS_REJECTED:
      'The access token has expired, or a newer token for this `api-key` or a password change invalidated it. ' +
      NEW_CODE,
    NOT_FOUND: 'Check `environment` and `gateway`: `api2` and `api3` register at different addresses.',
    PERMISSION_DENIED: GRANT_PERMISSION,
    SERVER_ERROR: `The call was not retried. ${UNKNOWN_OUTCOME}`,
    RESPONSE_INVALID: `${UNKNOWN_OUTCOME} Before that, check \`gateway\`, \`environment\`, and \`base-url\`.`,
  },
  'code exchange': {
    CREDENTIALS_REJECTED:
      `A code works once, for 10 minutes. ${NEW_CODE} If a new code is also rejected, check ` +
      '`api-secret` and `redirect-uri`, exactly as registered, including any trailing slash.',
    NOT_FOUND: 'Check `environment` and `gateway`.',
    PERMISSION_DENIED: GRANT_PERMISSION,
    SERVER_ERROR: `The code may have been used, so the call was not retried. ${NEW_CODE} Then run this again.`,
  },
  'identity check': {
    CREDENTIALS_REJECTED:
      'Another job has probably requested a token with the same API key, which invalidates this token. Request one token, ' +
      'and share it with all jobs that need it. A password change also invalidates tokens.',
    NOT_FOUND: 'Check `environment` and `gateway`.',
    PERMISSION_DENIED:
      'Ask a Sprinklr admin to let the user in `username` call the API, or omit `verify` and `allowed-workspace-ids`.',
  },
};

const REMEDIES: Partial<Record<ErrorCode, string>> = {
  API_KEY_INACTIVE:
    'Check `api-key` for a wrong or missing character. Check that `environment` is the environment of that key.',
  ENVIRONMENT_MISMATCH:
    'Set `environment` to the environment of `api-key`. To find it, search the page source of the Sprinklr UI for "sentry-environment".',
  RATE_LIMITED:
    'By default, Sprinklr allows 10 requests per second and 1,000 per hour for each API key. Run this later, or with fewer calls.',
  REDIRECTED: 'Check `environment`, `gateway`, and `base-url`. A login page or a proxy can also redirect.',
  RESPONSE_INVALID:
    'Check `gateway`, `environment`, and `base-url`, and whether a proxy responds in place of Sprinklr.',
  SERVER_ERROR: "Run this again later. If it persists, contact Sprinklr support with this run's timestamp.",
};

const MUTUAL_TLS_REMEDY =
  'Check `mtls-certificate` and `mtls-private-key`: the server requires a client certificate that has not expired, from a CA that it trusts.';

function redirectTarget({ headers: { location = '' } }: HttpResponse, secrets: Secrets): string {
  if (location === '') return 'It does not say where to.';
  const host = redirectHost(location, secrets);
  return `The redirect points to ${host.length > MAX_HOST_LENGTH ? `${host.slice(0, MAX_HOST_LENGTH)}…` : host}.`;
}

/** A location can be relative (RFC 9110 §10.2.2), with or without a host. */
function redirectHost(location: string, secrets: Secrets): string {
  const base = new URL('https://same.invalid');
  if (!URL.canParse(location, base.href)) return 'an unreadable address';
  const { host } = new URL(location, base);
  // Not in the parsed host, which is lowercase: a secret's base64 could not be decoded.
  const [authority = ''] = /(?<=^[^/]*\/\/)[^/?#]*/.exec(location) ?? [];
  if (secrets.reveals(secrets.redact(authority))) return WITHHELD;
  return host === base.host ? 'the same host' : sanitize(host, secrets) || 'no host';
}

function lowercaseFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
