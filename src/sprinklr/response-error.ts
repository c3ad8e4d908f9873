import { ActionError, type ErrorCode } from '../errors.ts';
import type { Secrets } from '../context.ts';
import { sanitize, describeError, type HttpResponse } from './response.ts';
import { classifyResponse } from './classify-response.ts';

/** Which call was refused; the same status wants another remedy in each. */
export type Operation = 'token exchange' | 'registration' | 'code exchange' | 'identity check';

/** The error for an answer that is not a success: what it means, what Sprinklr said, what to do. */
export function toResponseError(response: HttpResponse, operation: Operation, secrets: Secrets): ActionError {
  const code = classifyResponse(response)?.code ?? 'RESPONSE_INVALID';
  const said = describeError(response, secrets);
  const tries = response.attempts > 1 ? ` after ${response.attempts} attempts` : '';
  const problem = `${PROBLEMS[code] ?? 'Sprinklr refused the'} ${operation} (HTTP ${response.status}${tries}).`;
  const details = [
    code === 'REDIRECTED'
      ? `It points to ${redirectHost(response, secrets)}; redirects are never followed.`
      : '',
    response.retryAfterExceedsDeadline === undefined
      ? ''
      : `The next try would have to wait ${Math.ceil(response.retryAfterExceedsDeadline)} s, more than timeout-seconds leaves.`,
    said === '' ? 'It gave no reason.' : `It said: "${said}".`,
  ];
  return new ActionError(
    code,
    [problem, ...details.filter((detail) => detail !== '')].join(' '),
    // An nginx in front lets everybody shake hands, and says then that it wants a certificate or another one.
    response.status === 400 && said.includes('SSL certificate')
      ? MUTUAL_TLS_REMEDY
      : remedyFor(code, operation),
  );
}

/** The error for a 2xx that is not the documented answer. `flaw` completes "The answer …". */
export function toInvalidResponseError(
  response: HttpResponse,
  flaw: string,
  { operation, secrets }: { operation: Operation; secrets: Secrets },
): ActionError {
  const said = describeError(response, secrets);
  return new ActionError(
    'RESPONSE_INVALID',
    `Sprinklr's answer to the ${operation} (HTTP ${response.status}) ${flaw}.${said === '' ? '' : ` It said: "${said}".`}`,
    remedyFor('RESPONSE_INVALID', operation),
  );
}

const PROBLEMS: Partial<Record<ErrorCode, string>> = {
  API_KEY_INACTIVE: 'The api-key is unknown or inactive: Sprinklr refused the',
  ENVIRONMENT_MISMATCH: 'The api-key belongs to another environment: Sprinklr refused the',
  NOT_FOUND: 'There is nothing at the address of the',
  PERMISSION_DENIED: 'The user or app may not make the',
  RATE_LIMITED: 'Too many requests with this api-key for the',
  REDIRECTED: 'Sprinklr redirected the',
  RESPONSE_INVALID: 'Sprinklr gave an undocumented answer to the',
  SERVER_ERROR: 'Sprinklr failed to carry out the',
};

function remedyFor(code: ErrorCode, operation: Operation): string {
  return REMEDIES_BY_OPERATION[operation][code] ?? REMEDIES[code] ?? '';
}

/** One or the other credential is wrong; what to look at depends on what was sent. */
const REMEDIES_BY_OPERATION: Record<Operation, Partial<Record<ErrorCode, string>>> = {
  'token exchange': {
    CREDENTIALS_REJECTED:
      'Check, in this order: api-secret; redirect-uri (to the letter, with or without its final slash); that private-key is the key of the ' +
      'certificate registered under app-id; username (an active login of this Sprinklr environment); that the certificate has not expired; that the clock of the runner is right.',
    NOT_FOUND: 'Check environment, gateway and app-id (the one that registering in this environment gave).',
    PERMISSION_DENIED:
      'Ask a Sprinklr admin to give the user named in username the platform permission Generate Token.',
  },
  registration: {
    CREDENTIALS_REJECTED:
      'The access token is not valid: it may have expired, or a newer token of this api-key ended it. ' +
      'Get a new code from the browser consent and run this again within ten minutes.',
    NOT_FOUND: 'Check environment and gateway: api2 and api3 register at different addresses.',
    PERMISSION_DENIED:
      'Ask a Sprinklr admin to give the user who consented the platform permission Generate Token.',
    SERVER_ERROR:
      'The certificate may have been registered all the same, so it was not tried again. What a second registration of the same ' +
      "certificate does is not documented: ask Sprinklr's support, or make a new certificate and register that one.",
    RESPONSE_INVALID:
      'The certificate may have been registered all the same. If Sprinklr names a reason, start there; else check gateway, environment and base-url.',
  },
  'code exchange': {
    CREDENTIALS_REJECTED:
      'A code works once and for ten minutes: get a new one from the browser consent. ' +
      'If a fresh one is refused, check api-secret and redirect-uri (to the letter, with or without its final slash).',
    NOT_FOUND: 'Check environment and gateway.',
    PERMISSION_DENIED:
      'Ask a Sprinklr admin to give the user who consented the platform permission Generate Token.',
    SERVER_ERROR:
      'The code may be spent, so it was not tried again. Get a new one from the browser consent and run this once more.',
  },
  'identity check': {
    CREDENTIALS_REJECTED:
      'The token was made a moment ago, so the likely cause is another job that has made one with the same API key since: that ends this one. ' +
      'Mint once and share the token, see docs/parallel-jobs.md.',
    NOT_FOUND: 'Check environment and gateway.',
    PERMISSION_DENIED:
      'Ask a Sprinklr admin to let the user named in username use the API, or leave out verify and allowed-workspace-ids.',
  },
};

const REMEDIES: Partial<Record<ErrorCode, string>> = {
  API_KEY_INACTIVE:
    'Check api-key for a wrong or missing character, and that environment is the one the key was made for.',
  ENVIRONMENT_MISMATCH:
    'Set environment to the one the api-key was made for. To find it, search the page source of the Sprinklr UI for "sentry-environment".',
  RATE_LIMITED:
    'Sprinklr allows 10 requests a second and 1,000 an hour for one API key by default. Run the job later, or with fewer calls.',
  REDIRECTED: 'Check environment, gateway and base-url; a login page or a proxy on the way also redirects.',
  RESPONSE_INVALID:
    'Check gateway, environment and base-url, and whether a proxy answers in place of Sprinklr.',
  SERVER_ERROR: "Run the job again later. If it lasts, ask Sprinklr's support with the time of this run.",
};

const MUTUAL_TLS_REMEDY =
  'Check mtls-certificate and mtls-private-key: whoever answers wants a client certificate of a CA that it knows, not expired.';

/** A location may be relative (RFC 9110 §10.2.2), with or without a host. */
function redirectHost({ headers }: HttpResponse, secrets: Secrets): string {
  const { location = '' } = headers;
  const here = new URL('https://same.invalid');
  if (location === '' || !URL.canParse(location, here.href)) return 'no readable address';
  const { host } = new URL(location, here);
  return host === here.host ? 'the same host' : sanitize(host, secrets) || 'no host';
}
