import { searchableText } from './classify-response.ts';

/** A value that can be the reason why Sprinklr rejects credentials. */
interface CredentialCheck {
  /** Follows "Check that". */
  readonly rule: string;
  /** The protocol's name of the value, as `searchableText` writes it. Ordinary words such as "user" say too little. */
  readonly named: RegExp;
}

const API_SECRET: CredentialCheck = {
  rule: '`api-secret` is the secret of `api-key`',
  named: /\b(client|api|app) ?secret\b/,
};
const REDIRECT_URI: CredentialCheck = {
  rule: '`redirect-uri` is exactly as registered, including any trailing slash',
  named: /\b(redirect|callback) ?ur[il]\b/,
};

/** The most likely first. */
const EXCHANGE_CHECKS: readonly CredentialCheck[] = [
  API_SECRET,
  REDIRECT_URI,
  {
    rule: '`private-key` belongs to the certificate registered under `app-id`',
    named: /\b(signature|iss|issuer|app ?id)\b/,
  },
  {
    rule: '`username` is an active login of this environment (a changed or expired password invalidates tokens)',
    named:
      /\b(user ?name|sub|subject|user is (not active|inactive|locked)|password (is |has |was )?(expired|changed))\b/,
  },
  {
    rule: '`audience` is https://www.sprinklr.com/ with the trailing slash',
    named: /\b(aud|audience)\b/,
  },
  {
    rule: 'the certificate has not expired',
    named: /\bcertificate (is |has |was )?(expired|not (yet )?valid)\b|\bexpired certificate\b/,
  },
  {
    rule: "the machine's clock is correct",
    named: /\b(exp|iat|nbf|clock)\b|\b(jwt|assertion) (is |has |was )?expired\b|\bexpired (jwt|assertion)\b/,
  },
];

/**
 * What to check after a rejected token exchange: what the server names or, if it names nothing, everything.
 *
 * @param quote what the server said. It only selects from our own texts
 */
export function exchangeRemedy(quote: string): string {
  const named = namedIn(quote, EXCHANGE_CHECKS);
  return checkThat(named.length > 0 ? named : EXCHANGE_CHECKS);
}

/** What to do about a rejected code exchange in which the server names a value. Undefined if it names nothing. */
export function codeExchangeRemedy(quote: string): string | undefined {
  const named = namedIn(quote, [API_SECRET, REDIRECT_URI]);
  return named.length > 0 ? `${checkThat(named)} Then get a new code from the browser consent.` : undefined;
}

function namedIn(quote: string, checks: readonly CredentialCheck[]): readonly CredentialCheck[] {
  const text = searchableText({ headers: {}, body: quote });
  const named = checks.filter((check) => check.named.test(text));
  // The error code of RFC 6749 §5.2 for a client that failed to authenticate.
  return named.length === 0 && /\binvalid client\b/.test(text) ? [API_SECRET] : named;
}

function checkThat(checks: readonly CredentialCheck[]): string {
  const rules = checks.map(({ rule }, index) => (checks.length > 1 ? `(${index + 1}) ${rule}` : rule));
  return `Check${checks.length > 1 ? ', in this order,' : ''} that ${rules.join('; ')}.`;
}
